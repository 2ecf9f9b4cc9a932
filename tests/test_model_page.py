"""What the page on the model says in numbers, measured again."""

import re

import numpy as np
import pandas as pd
import pytest

import sim
from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures import DIVIDE
from sim.scenario import load
from sim.scenario.schema import efficiency_at, path_at
from tests.worlds import BASELINE, ROOT, SCENARIOS

PAGE = " ".join((ROOT / "docs" / "model.md").read_text(encoding="utf-8").split())
ORDINALS = {6: "sixth", 11: "eleventh", 16: "sixteenth"}
TWICE = [
    "kind.corporation.count=120", "kind.startup.count=480", "kind.academic_lab.count=800",
    "market.outside_demand=5e25",
    'market.capacity={ years = [2012, 2023, 2024, 2025, 2026], values = [6e25, 6.2e27, 2.4e28, 7e28, 1.9e29], '
    'unit = "FLOP/yr" }',
]  # fmt: skip
# Of a row of the page's table: what it measures, and where fewer seeds than the page has may lie.
SCALE: dict[str, dict[str, tuple[float, float]]] = {
    "| frontier's error | −10 % [−11, −8] |": {"frontier_error": (0.86, 0.94)},
    "| largest run, its cost | 2.1 times [1.8, 2.3] |": dict.fromkeys(
        ("frontier_run_flop", "frontier_run_cost"), (1.6, 2.7)
    ),
    "that a frontier run costs | 2.0 times [1.7, 2.2] |": {"lab_years_per_frontier_run": (1.5, 2.6)},
    "| effective compute per FLOP +68 % [53, 84] public |": {"public_efficiency_factor": (1.4, 2.0)},
    "| Herfindahl index of capability | −50 % [−51, −50] |": {"capability_hhi": (0.48, 0.52)},
    "| Herfindahl index of compute | −31 % [−37, −21] |": {"compute_hhi": (0.55, 0.85)},
    "Gini of capability | −54 % [−56, −46], −57 % [−66, −46] |": {
        "share_near_frontier": (0.4, 0.58), "capability_gini": (0.3, 0.58)
    },
    "the divide | −4 to +3 % |": {
        "compute_share_academia": (0.94, 1.03), "compute_ratio_industry_academia": (0.9, 1.1)
    },
    "| 2.0 to 2.2 times |": dict.fromkeys(("emissions_total", "capacity_flop"), (2.0, 2.3)),
}  # fmt: skip


def in_2030(*settings: str) -> pd.Series:
    """Medians of the last year over 48 seeds, without limits of grids."""
    world = load(BASELINE, ["mechanisms.grid_limits=false", *settings], until=2030, replicates=48, seed=1001)
    series = sim.run(world).series
    return series[series["year"] == 2030].groupby("measure")["value"].median()


@pytest.mark.slow
def test_a_world_of_twice_the_size_differs_as_the_page_says() -> None:
    size = next(one.base for one in load(BASELINE).quantities if one.path == "product.size")
    ratio = in_2030(*TWICE, f"product.size={2 * float(size)!r}") / in_2030()
    for row, expected in SCALE.items():
        assert row in PAGE
        for measure, (low, high) in expected.items():
            assert low <= ratio[measure] <= high, (measure, ratio[measure])


@pytest.mark.slow
def test_electricity_is_the_part_of_what_compute_costs_that_the_page_says() -> None:
    """Of all that actors pay for compute, scarcity rent, carbon and clean power included."""
    parts: dict[int, list[float]] = {2012: [], 2024: [], 2040: []}
    for replicate in range(20):
        world = begin(load(BASELINE), 1, replicate)
        paid = {year: np.zeros(2) for year in parts}
        while not world.done:
            year = world.clock.year
            world, step = advance(world)
            if year in paid:
                for (_, payee, purpose), amount in step.flows.items():
                    for_compute = payee in ("cloud", "utilities", "removers") or (payee, purpose) == (
                        "government",
                        "carbon",
                    )
                    paid[year] += amount * for_compute * np.array([purpose == "electricity", True])
        for year, (power, whole) in paid.items():
            parts[year].append(power / whole)
    said = [f"a{'n' * (one == 11)} {ORDINALS[one]}" for one in (round(1 / np.median(parts[year])) for year in parts)]
    told = (
        r"in the baseline it is (an? \w+) of the cost in 2012, (.*?) in 2024 \((\d+) to (\d+) % .*?\) and (.*?) in 2040"
    )
    found = re.search(told, PAGE)
    assert found is not None
    assert [found[1], found[2], found[5]] == said
    assert [float(found[3]), float(found[4])] == pytest.approx(100 * np.percentile(parts[2024], [5, 95]), abs=0.5)


@pytest.mark.slow
def test_public_compute_is_the_part_of_actors_compute_that_the_page_says() -> None:
    """Whatever everyone else buys; exactly the share once there is no rent."""
    parts: dict[int, list[float]] = {2027: [], 2030: [], 2035: []}
    for replicate in range(4):
        world = begin(load(SCENARIOS / "public_compute.toml", until=2035), 1, replicate)
        bought = {year: np.zeros(2) for year in parts}
        while not world.done:
            year = world.clock.year
            world, step = advance(world)
            if year in bought:
                bought[year] += [(step.public / step.unit_cost).sum(), (step.compute + step.inference).sum()]
        for year, (public, whole) in bought.items():
            parts[year].append(100 * public / whole)
    found = re.search(
        r"as shipped, ([\d.]+) % of actors' compute comes in 2027, ([\d.]+) % in 2030 and ([\d.]+) %", PAGE
    )
    assert found is not None
    assert [*found.groups()] == [f"{np.median(each):.1f}" for each in parts.values()]


def test_research_is_chosen_by_less_than_knowledge_does() -> None:
    world = load(BASELINE)
    found = re.search(r"which is 1 / \([\d.]+ · [\d.]+\) = ([\d.]+) .*?stands at ([\d.]+) .*? for ([\d.]+) of", PAGE)
    assert found is not None
    does = begin(world, 1).elasticity
    told = world.research.response
    assert float(found[1]) == pytest.approx(float(does[0]), abs=5e-5)
    assert [float(found[2]), float(found[3])] == pytest.approx([told, told / float(does[0])], abs=5e-3)
    assert np.ptp(does) == 0


def fleet(year: int) -> float:
    """Energy per FLOP in the middle of a year over the newest hardware's, where hardware is as good as when it came:
    what is added to capacity on record in each quarter, and what replaces that of a life ago."""
    world = load(BASELINE)
    start, life, market = world.time.start, world.hardware.life, world.market

    def capacity(time: float) -> float:
        first = path_at(market.capacity, 0.0, start)
        return path_at(market.capacity, 0.0, time) if time > start else first * (
            path_at(market.capacity, 0.0, start + 1) / first
        ) ** (time - start)  # fmt: skip

    quarters = np.arange(start - 20 * life, year + 0.5, 0.25)
    added = np.diff([capacity(time) for time in (*quarters, year + 0.5)])
    back = round(4 * life)
    for i in range(back, added.size):
        added[i] += added[i - back]
    energy = [1.0 / efficiency_at(world.compute, time + 0.125) for time in quarters[-back:]]
    return float(np.average(energy, weights=added[-back:]) * efficiency_at(world.compute, year + 0.5))


def test_hardware_of_all_ages_would_take_the_energy_that_the_page_says() -> None:
    found = re.search(r"a FLOP would take ([\d.]+) times the energy of the newest in 2020,", PAGE)
    assert found is not None
    assert f"{fleet(2020):.1f}" == found[1]


@pytest.mark.slow
def test_other_steps_give_what_the_page_says() -> None:
    """In half of its years, for twelve steps, with half of its pairs."""
    four, twelve = (
        sim.run(load(BASELINE, [f"time.steps_per_year={steps}"], until=2023, replicates=4)).series.set_index(
            ["measure", "year", "replicate"]
        )["value"]
        for steps in (4, 12)
    )
    ratio = (twelve / four).groupby(["measure", "year"]).median()
    rows = {"AI product market": "market_value", "emissions": "emissions_total", "the compute divide": DIVIDE}
    for row, measure in rows.items():
        found = re.search(rf"\| {row} \| 1 \|.*? \| \| 12 \| (\S+) \| (\S+) \| (\S+) \|", PAGE)
        assert found is not None, row
        for place, year in enumerate((2021, 2023), start=2):
            assert ratio[measure, year] == pytest.approx(float(found[place]), abs=0.03), (row, year)
