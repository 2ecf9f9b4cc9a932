"""Nothing grows without an end: trends of hardware meet limits, and a run beyond them says so."""

import re
from dataclasses import dataclass, fields, replace
from functools import cache
from math import inf, nan
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.actors import registry as kinds
from sim.arrays import Array
from sim.economy import trends
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.experiment.run import run
from sim.measures.ids import bound_by
from sim.policies import registry as policies
from sim.report.run.data import RunData
from sim.report.run.scarce import SLACK, scarce_sentence
from sim.report.run.summary import summarize
from sim.report.style import canvas_of_years
from sim.results.run import Run
from sim.scenario import Scenario, load, shipped_files
from sim.scenario.checks import check
from sim.scenario.drawing import worlds
from sim.scenario.schema import LANDAUER, TABLES, Region
from tests.saying import Say
from tests.worlds import BASELINE, FEW, ROOT, SCENARIOS, small

EXACT = 1e-13  # relative: what rounding leaves
FAR, YEARLY = 2110, "time.steps_per_year=1"
PLAUSIBLE = 40_000e9  # kWh/yr: a third more than all electricity of the world in 2024


@cache
def baseline() -> Scenario:
    return load(BASELINE)


def possible(scenario: Scenario) -> float:
    """Simulate to the end, check every step against the limits, and give the most energy of a year [kWh]."""
    world, most = begin(scenario, seed=3), 0.0
    compute, m, pue = scenario.compute, scenario.market, max(kind.pue for kind in scenario.kinds)
    cheapest = (1 - compute.energy_share) / compute.price_limit
    while world.clock.steps_done < scenario.steps:
        middle = world.clock.middle
        world, step = advance(world)
        bought = float(step.compute.sum() + step.inference.sum()) + step.outside
        price = trends.hardware_price(scenario, middle)
        least = min(r.electricity_price for r in scenario.regions) / compute.energy_limit
        assert cheapest <= price < inf
        assert trends.flop_per_kwh(scenario, middle) <= compute.energy_limit
        assert bought <= step.capacity * (1 + 1e-9)
        assert step.energy.sum() <= m.electricity_limit * pue * (1 + 1e-9)
        assert step.outside * price <= m.outside_limit * (1 + 1e-9)
        assert (step.unit_cost > least).all()
        assert np.isfinite(step.run).all()
        assert step.run.max() <= m.electricity_limit * compute.energy_limit
        assert step.frontier_knowledge < 100
        most = max(most, float(step.energy.sum()))
    return most


@pytest.mark.slow
@pytest.mark.parametrize("name", [file.stem for file in shipped_files()])
def test_a_run_to_2110_is_possible(name: str) -> None:
    scenario = load(SCENARIOS / f"{name}.toml", [*FEW, YEARLY], until=FAR)
    assert possible(scenario) < PLAUSIBLE
    assert scenario.trends_end == pytest.approx(2043)


@pytest.mark.slow
@pytest.mark.parametrize("replicate", range(10))
def test_so_is_one_with_drawn_assumptions(replicate: int) -> None:
    scenario = load(BASELINE, [*FEW, YEARLY], until=FAR)
    ((drawn,),) = worlds([scenario], 7, replicate)[2:]
    assert possible(drawn) < PLAUSIBLE


def test_without_response_and_with_endless_demand_it_is_too() -> None:
    grows = ["market.capacity_growth=150", "market.outside_growth=150", "mechanisms.capacity_response=false"]
    assert possible(small("baseline", YEARLY, *grows, until=FAR)) < PLAUSIBLE


@settings(max_examples=200)
@given(st.floats(2012, 2210), st.floats(0, 50), st.floats(2012, 2200), st.floats(0.5, 100), st.floats(0.5, 1000))
def test_price_and_energy_fall_to_their_limits_and_no_further(
    time: float, later: float, end: float, halving: float, after: float
) -> None:
    scenario = baseline()
    compute = replace(scenario.compute, trend_end=end, price_halving=halving, halving_after=after)
    world = replace(scenario, compute=compute)
    now, then = (trends.hardware_price(world, when) for when in (time, time + later))
    assert then <= now * (1 + 1e-12)
    assert then >= (1 - compute.energy_share) / compute.price_limit
    first, second = (trends.flop_per_kwh(world, when) for when in (time, time + later))
    assert first <= second <= compute.energy_limit
    rest = world.market.outside_demand * (1 + world.market.outside_growth) ** (time - 2012)
    if time <= min(end, world.trends_end) and rest * now < world.market.outside_limit:
        assert trends.outside_demand(world, time) == pytest.approx(rest)
    assert trends.outside_demand(world, time) * now <= world.market.outside_limit * (1 + 1e-12)


def test_until_the_end_trends_are_what_they_were() -> None:
    """What was published on years up to 2040 holds, but for the rounding of powers."""
    scenario = load(BASELINE)
    c, m = scenario.compute, scenario.market
    for quarter in range(4 * 28):
        time = 2012 + (quarter + 0.5) / 4
        price = (1.0 - c.energy_share) * (1.0 / c.flop_per_usd * 2.0 ** (-(time - c.price_year) / c.price_halving))
        assert trends.hardware_price(scenario, time) == pytest.approx(price, rel=EXACT)
        efficiency = c.flop_per_kwh * (1.0 + c.energy_gain) ** (time - c.energy_year)
        assert trends.flop_per_kwh(scenario, time) == pytest.approx(efficiency, rel=EXACT)
        outside = m.outside_demand * (1.0 + m.outside_growth) ** (time - 2012.0)
        assert trends.outside_demand(scenario, time) == pytest.approx(outside, rel=EXACT)


def test_after_its_end_the_price_falls_more_slowly() -> None:
    scenario = load(BASELINE)
    price = {year: trends.hardware_price(scenario, year) for year in (2043, 2053, 2200)}
    assert price[2053] == pytest.approx(price[2043] / 2)
    assert price[2200] == pytest.approx(0.96 / 3e22)
    assert trends.flop_per_kwh(scenario, 2043) < 7e20 == trends.flop_per_kwh(scenario, 2044)


def test_outside_spending_goes_on_as_before_when_the_price_does_not() -> None:
    scenario = load(BASELINE)

    def spending(year: float) -> float:
        return trends.outside_demand(scenario, year) * trends.hardware_price(scenario, year)

    growth = 1.46 / 2 ** (1 / 2.3)
    for year in (2020, 2042, 2043, 2060, 2090):
        assert spending(year + 1) / spending(year) == pytest.approx(growth)
    assert spending(2150) == pytest.approx(1e12)


def test_a_start_beyond_the_trend_has_the_demand_it_says() -> None:
    begun = replace(load(BASELINE), time=replace(load(BASELINE).time, start=2060, end=2070))
    assert trends.outside_demand(begun, 2060.0) == begun.market.outside_demand


def test_capacity_stays_within_electricity_on_record_too() -> None:
    tight = small("baseline", "market.electricity_limit=0.0001", until=2014, replicates=1)
    world = begin(tight, seed=1)
    for _ in range(8):
        end = world.clock.time + world.clock.dt
        world = advance(world)[0]
        assert world.markets.capacity == pytest.approx(1e5 * trends.flop_per_kwh(tight, end))
    assert any("market.capacity is 3e+25 FLOP/yr in 2012, of which" in note for note in tight.notes)


@pytest.mark.parametrize(
    ("setting", "until", "said"),
    [
        (YEARLY, 2042, ""),
        (YEARLY, 2043, "hardware is beyond trend from 2043 on"),
        ("compute.trend_end=2030", 2040, "hardware is beyond trend from 2030 on"),
        ("compute.energy_limit=1e20", 2040, "hardware is beyond trend from 2037 on"),
        ("compute.price_limit=1e20", 2040, "hardware is beyond trend from 2038 on"),
        ("compute.energy_gain=1e-16", 2042, ""),
        ("market.outside_demand=1e30", 2040, "market.outside_demand is 1e+30 FLOP/yr, of which"),
    ],
)
def test_a_run_beyond_trend_says_so(setting: str, until: int, said: str) -> None:
    scenario = load(BASELINE, [setting], until=until)
    notes = [note for note in scenario.notes if "beyond trend" in note or "it is held there" in note]
    assert [said in note for note in notes] == ([True] if said else [])


@pytest.mark.slow
def test_check_run_and_compare_note_it(say: Say, tmp_path: Path) -> None:
    file, said = tmp_path / "ended.toml", "hardware is beyond trend from 2012 on"
    few = "".join(f"[kind.{kind}]\ncount = 9\n" for kind in ("corporation", "startup", "academic_lab"))
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "Ended"\nquestion = "What then?"\n'
        f"[time]\nend = 2013\n[compute]\ntrend_end = 2012.5\n{few}",
        encoding="utf-8",
    )
    other = tmp_path / "other.toml"
    other.write_text(file.read_text(encoding="utf-8") + "[product]\nmargin = 0.4\n", encoding="utf-8")
    quick = ["--replicates", "1", "--workers", "1", "--out"]
    for command, *words in (["check", file], ["run", file, *quick, tmp_path / "run"],
                            ["compare", file, other, *quick, tmp_path / "compared"]):  # fmt: skip
        answer = say(command, *words)
        assert said in " ".join((answer.out + answer.err).split()), (command, answer)


def test_figures_shade_the_years_beyond() -> None:
    result = run(small("baseline", YEARLY, until=2014, replicates=1), workers=1)
    ended = replace(result.scenario, compute=replace(result.scenario.compute, trend_end=2013.0))
    for scenario, years in ((result.scenario, []), (ended, [[2013.0, 2014.0]])):
        origin = RunData(scenario, result.series, result.actors, "").origin
        _, (ax,) = canvas_of_years(origin, "", "")
        shades = [
            patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches if not patch.get_hatch()
        ]
        assert [shade.intervalx.tolist() for shade in shades] == [pytest.approx(span) for span in years]
    assert summarize(run(small("baseline", YEARLY, "compute.trend_end=2012.5", until=2012, replicates=1))).notes


@pytest.mark.parametrize(
    ("setting", "key", "found"),
    [
        ("compute.flop_per_usd=1e23", "compute.flop_per_usd", "1e+23 above 3e+22"),
        ("compute.energy_limit=1e17", "compute.energy_limit", "3e+17 above 1e+17"),
        ("compute.trend_end=2011", "compute.trend_end", "2012 above 2011"),
        ("region.norway.grid_change=20", "region.norway.grid_change", "gCO2e/kWh in 2110"),
    ],
)
def test_what_cannot_be_is_refused(setting: str, key: str, found: str) -> None:
    with pytest.raises(InputError) as refused:
        load(BASELINE, [setting], until=FAR)
    assert key in str(refused.value)
    assert found in str(refused.value)


def test_no_hardware_beats_thermodynamics() -> None:
    landauer = 1.380649e-23 * 300 * np.log(2)  # J
    assert pytest.approx(3.6e6 / (landauer * 1000 / 2), rel=0.01) == LANDAUER
    with pytest.raises(InputError):
        load(BASELINE, ["compute.energy_limit=3e24"])


def test_every_rate_is_listed_with_what_ends_it() -> None:
    """In the table of docs/model.md. A rate that is added without saying so fails."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    table = page.split("| rate | what ends it |")[1].split("\n\n")[0]
    listed = set(re.findall(r"`([\w.]+)`", " ".join(row.split("|")[1] for row in table.splitlines() if "|" in row)))
    declared = {**TABLES, "region": Region, **{f"kind.{rule}": cls for rule, cls in kinds().items()}}
    tables = [*declared.items(), *(("policy", cls) for cls in policies().values())]
    keys = [(f"{name}.{key.name}", key.metadata.get("spec")) for name, cls in tables for key in fields(cls)]
    rates = {path for path, spec in keys if spec and (spec.unit == "%/yr" or "halving" in path)}
    assert len(rates) >= 9
    assert rates <= listed


@dataclass
class Supplied:
    """A run of four years, in which nothing but the supply is known."""

    slack: list[list[float]]  # by replicate and year
    power: list[list[float]]
    years: tuple[int, ...] = (2028, 2029, 2030, 2031)
    replicates: tuple[int, ...] = (0, 1)
    drawn: bool = False

    def values(self, id: str) -> Array:
        return np.array({SLACK: self.slack, bound_by("power"): self.power}[id])


@pytest.mark.parametrize(
    ("slack", "power", "told"),
    [
        ([[0, 0.5, 0, 1]] * 2, [[0, 0.6, 1, 0]] * 2,
         "is scarce in 2028 to 2030 (in all 2 replicates), for want of power in 2029 to 2030 (in all 2 replicates)."),
        ([[0, 1, 0, 0], [1, 1, 0, 0]], [[0.4] * 4] * 2,
         "is scarce in 2028, 2030 to 2031 (in 1 or more of 2 replicates)."),
        ([[0, 1, 1, 1]] * 2 + [[1] * 4], [[0] * 4] * 3, "is scarce in 2028 (in 2 or more of 3 replicates)."),
        ([[0, 1, 1, 1]] * 199 + [[1] * 4], [[0] * 4] * 200, "is scarce in 2028 (in 99 % or more of 200 replicates)."),
        ([[1, 0, 1, 1]], [[0] * 4], "is scarce in 2029."),
        ([[0.6] * 4] * 2, [[0] * 4] * 2, ""),
        ([[nan] * 4] * 2, [[nan] * 4] * 2, ""),  # nobody trains
    ],
)  # fmt: skip
def test_a_run_says_in_which_years_compute_is_scarce(
    slack: list[list[float]], power: list[list[float]], told: str
) -> None:
    """The short table shows few years."""
    assert scarce_sentence(cast(Run, Supplied(slack, power))) == (told and f"Compute {told}")


def test_the_summary_of_a_run_says_when_compute_is_scarce() -> None:
    found = run(small(until=2013))
    for replicate in found.replicates:
        replicate.yearly[:, list(found.measures).index(SLACK)] = 0.0
    assert "Compute is scarce in 2012 to 2013 (in all 2 replicates)." in summarize(found).notes


def test_a_world_is_refused_by_the_memory_of_one_step_alone() -> None:
    """However many steps a year has: they are added up. With many regions a step of few actors is large too."""
    many = ["run.replicates=1", "kind.academic_lab.count=1000000"]
    assert load(BASELINE, [*many, "time.steps_per_year=52"]).time.steps_per_year == 52
    world = load(BASELINE, [*many, "kind.startup.count=3000000"])
    regions = tuple(replace(region, id=f"{region.id}{i}") for i in range(6) for region in world.regions)
    with pytest.raises(InputError) as caught:
        check(replace(world, regions=regions))
    assert (caught.value.problem, caught.value.found) == (
        "too large to hold in memory", "4,000,060 actors in 36 regions",
    )  # fmt: skip
