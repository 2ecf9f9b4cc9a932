"""Start, end and since at 1, 4, 12 and 52 steps a year: a policy acts in exactly the steps that lie between its dates,
and what is so much a year is that in a year."""

from dataclasses import replace
from math import inf

import pandas as pd
import pytest

from sim.economy.observe import Step
from sim.economy.past import Highest
from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.experiment.run import run
from sim.policies import Policy, registry
from sim.policies.view import Before, View
from sim.scenario import Scenario, load
from tests.reference import ReferenceEconomy
from tests.test_reference import agree
from tests.worlds import BASELINE, FEW, SCENARIOS, changed

EVERY = pytest.mark.parametrize("name", registry())
WEEKLY = pytest.param(52, marks=pytest.mark.slow)
FREQUENCIES = pytest.mark.parametrize("steps", [1, 4, 12, WEEKLY])
DATES = {1: (2013.0, 2014.0), 4: (2013.25, 2014.75), 12: (2013.42, 2014.58), 52: (2013.13, 2014.87)}
STRENGTHS = {  # that bind in the first years
    "carbon_budget": "limit=5 tCO2e/yr", "training_run_ceiling": "limit=1e17 FLOP", "training_run_pace": "ratio=1.2",
    "reporting_duty": "threshold=1e19 FLOP",
}  # fmt: skip


def world_of(name: str, steps: int, *settings: str, until: int = 2014) -> Scenario:
    """The scenario of a policy with few actors; ``settings`` are of the policy."""
    (policy,) = load(SCENARIOS / f"{name}.toml").policies
    strong = [STRENGTHS[policy.name]] if policy.name in STRENGTHS else []
    own = [f"policy.{policy.id}.{setting}" for setting in (*strong, *settings)]
    return load(SCENARIOS / f"{name}.toml", [*FEW, f"time.steps_per_year={steps}", *own], until=until, replicates=1)


def series_of(name: str, steps: int, *settings: str, until: int = 2015) -> pd.DataFrame:
    """Values by year and measure."""
    found = run(world_of(name, steps, *settings, until=until), workers=1).series
    return found.pivot(index="year", columns="measure", values="value")


def lived(scenario: Scenario) -> list[tuple[frozenset[str], Step]]:
    """What is pulled in every step, and what happens in it."""
    world, found = begin(scenario, 1), []
    for _ in range(scenario.steps):
        pulled = act(world).levers.pulled
        world, step = advance(world)
        found.append((pulled, step))
    return found


@FREQUENCIES
@EVERY
def test_it_acts_in_the_steps_between_its_dates_and_in_no_other(name: str, steps: int) -> None:
    start, end = DATES[steps]
    kept = ["revenue_use=treasury"] if "revenue_use" in registry()[name].parameters() else []  # none is paid out later
    found = lived(world_of(name, steps, f"start={start}", f"end={end}", *kept))
    first, after = (round((date - 2012) * steps) for date in (start, end))
    assert [bool(pulled) for pulled, _ in found] == [first <= i < after for i in range(len(found))]
    for _, step in found[:first] + found[after:]:
        assert step.permit_price == step.license_price == 0
        assert not step.revenue_by_use.any()
        assert not step.public.any()
        assert not step.bound_by_carbon.any()
        assert not step.bound_by_ceiling.any()


def with_policies(scenario: Scenario, *policies: Policy) -> Scenario:
    """The scenario as if these had been read."""
    other = replace(scenario, policies=policies)
    return replace(other, as_built=other.parts)


@FREQUENCIES
@EVERY
def test_two_entries_that_meet_are_one_where_the_second_counts_since_the_first(name: str, steps: int) -> None:
    """With growth and a ramp, and to the bit: the second has the first one's start as ``since``."""
    start, meet = DATES[steps]
    policy = registry()[name]
    more = ("ramp=1.5", *(["growth=20"] if "growth" in policy.parameters() else []))
    one = world_of(name, steps, f"start={start}", *more, until=2015)
    entry = one.policies[-1]
    first = replace(entry, end=meet)
    second = replace(entry, id="second", start=meet, since=start)
    both = with_policies(one, first, second)
    other = with_policies(one, first, replace(second, since=meet))
    whole = run(one, workers=1).series
    pd.testing.assert_frame_equal(whole, run(both, workers=1).series, check_exact=True)
    assert not whole.equals(run(other, workers=1).series)


@FREQUENCIES
def test_what_is_so_much_a_year_is_that_in_a_year_and_less_in_a_part_of_one(steps: int) -> None:
    """Vouchers, caps and taxes in the year in which they begin, and in the next."""
    start, _ = DATES[steps]
    part = (2014 * steps - round(start * steps)) / steps

    paid = series_of("compute_voucher", steps, f"start={start}", "value=100")["public_outlay"]
    labs = 20
    assert [paid[year] for year in (2012, 2013, 2014)] == pytest.approx([0, 100 * labs * part, 100 * labs])

    cap = series_of("cap_and_trade", steps, f"start={start}", "cap=50 tCO2e/yr", "cap_share=inf", "growth=0")
    assert cap["emissions_operational"][2014] == pytest.approx(50, rel=1e-6)
    scenario = world_of("cap_and_trade", steps, f"start={start}", "cap=50 tCO2e/yr", "cap_share=inf", "growth=0")
    emitted = sum(step.emissions.sum() * step.dt for pulled, step in lived(scenario) if pulled and step.time < 2014)
    assert emitted == pytest.approx(50_000 * part, rel=1e-6)

    tax = lived(world_of("carbon_tax", steps, f"start={start}", "rate=100", "growth=0"))
    for pulled, step in tax:
        assert step.revenue_by_use.sum() == pytest.approx(0.1 * step.emissions.sum() if pulled else 0.0)


@FREQUENCIES
def test_a_yearly_pace_is_kept_every_year(steps: int) -> None:
    """The largest run grows by the ratio each year, neither faster nor with a year's rest between."""
    largest = series_of("training_run_pace", steps, "start=2013", until=2019)["frontier_run_flop"].to_numpy()
    settled = 3  # years after which it grows as it may
    assert (largest[2:] / largest[1:-1])[settled - 2 :] == pytest.approx(1.2)


@pytest.mark.parametrize("per_year", [1, 2, 3, 5, 7, 12, 52, 365])
def test_a_pace_goes_by_the_step_that_ended_a_year_before(per_year: int) -> None:
    """With steps of any length: when runs are read for a pace never falls on when one was kept."""
    few = ("kind.corporation.count=2", "kind.startup.count=3", "kind.academic_lab.count=2")
    settings = (*few, f"time.steps_per_year={per_year}")
    free = load(BASELINE, settings)
    paced = load(BASELINE, [*settings, "policy.training_run_pace.ratio=1.5"])
    usual = float(advance(begin(free, 3))[1].run.max())
    for done in (2 * per_year, 7 * per_year + per_year // 2, 18 * per_year - 1):
        world = begin(paced, 3)
        kept = range(done - 2 * per_year + 1, done + 1)  # steps done when each run was kept
        runs = {steps: 0.01 * usual * 1.001 ** (steps - done) for steps in kept}
        largest = Highest(tuple(replace(world.clock, steps_done=steps).time for steps in kept), tuple(runs.values()))
        before = changed(world, steps_done=done, largest=largest)
        reference = ReferenceEconomy.from_world(before)
        reference.step()
        assert reference.pace == runs[done + 1 - per_year]
        world, step = advance(before)
        agree(before, world, step, reference)
        assert step.bound_by_ceiling.any()


@pytest.mark.parametrize("steps", [1, 2, 4, 12, WEEKLY])
def test_where_any_step_begins_can_be_written_with_two_decimals(steps: int) -> None:
    for k in range(steps):
        written = round(2013 + k / steps, 2)
        (policy,) = world_of("carbon_tax", steps, f"start={written}", f"end={round(2014 + k / steps, 2)}").policies
        middles = [2012 + (i + 0.5) / steps for i in range(3 * steps)]
        on = [bool(policy.pull(View(time, 2012.0))) for time in middles]
        assert on == [steps + k <= i < 2 * steps + k for i in range(3 * steps)]


@pytest.mark.parametrize(("start", "end", "years"), [
    (2013.0, 2014.0, [2013]), (2013.75, 2014.25, [2013, 2014]), (-inf, 2012.0, []), (2015.0, inf, []),
    (-inf, inf, [2012, 2013, 2014]),
])  # fmt: skip
def test_the_years_in_which_a_policy_acts(start: float, end: float, years: list[int]) -> None:
    tax = registry()["carbon_tax"](id="it", rate=1.0, start=start, end=end)
    assert [year for year in (2012, 2013, 2014) if tax.acts_within(year, year)] == years
    assert tax.acts_within(2012, 2014) == bool(years)
    assert not replace(tax, rate=0.0).acts_within(2012, 2014)


@pytest.mark.parametrize(("steps", "date"), [(1, 2026.5), (4, 2026.1), (12, 2026.46), (52, 2026.01)])
@pytest.mark.parametrize("key", ["start", "end"])
def test_a_date_within_a_step_is_refused(steps: int, date: float, key: str) -> None:
    settings = [f"time.steps_per_year={steps}", "policy.carbon_tax.rate=50", f"policy.carbon_tax.{key}={date}"]
    with pytest.raises(InputError, match=f"cannot {key} within a step") as found:
        load(BASELINE, settings)
    assert found.value.found == date
    assert found.value.fix.endswith("or time.steps_per_year = 2") == (steps == 1)
    assert ("steps_per_year" in found.value.fix) == (steps == 1)  # none that no calendar has
    assert "1 steps" not in found.value.allowed


@EVERY
@pytest.mark.parametrize(("steps", "start"), [(365, 2013.5), (100, 2013.005), (12, 2013.42)])
def test_a_ramp_has_begun_in_the_first_step(name: str, steps: int, start: float) -> None:
    """However far into its step a date is written, half a step has gone by in its middle: nothing is divided by 0."""
    (policy,) = world_of(name, steps, f"start={start}", "ramp=2").policies
    middle = (round((start - 0.5 / steps) * steps) + 0.5) / steps
    view = View(middle, 2012.0, lambda: Before(1e9, 1e24), steps, 4, 1e-18)
    assert policy.pull(view)
    assert policy.phase(view) == pytest.approx(0.25 / steps)


def test_a_cap_on_its_ramp_runs_from_a_date_in_the_middle_of_a_day() -> None:
    few = world_of("cap_and_trade", 365, "start=2013.5", "ramp=2", "cap=20 tCO2e/yr", until=2013)
    assert run(few, workers=1)
