"""All measures of one window written by hand, against plain arithmetic; and indices against their definitions."""

import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from itertools import product
from math import exp, inf, isnan, log, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.actors.base import PARTIES
from sim.economy.groups import Groups
from sim.economy.moment import moment
from sim.economy.observe import Period, Step, Window
from sim.economy.parties import SUPPLIERS, Flows
from sim.economy.past import Past
from sim.economy.stages.books import REMAINDER
from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures import DIVIDE, registry, verdict
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.base import Measure
from sim.measures.ids import share_of
from sim.measures.inequality import gini, hhi, indices, theil, top_share
from sim.mechanisms.scaling import AnchoredLaw
from sim.mechanisms.scaling.polynomial import Polynomial
from sim.quantity import Series
from sim.scenario.schema import Yardsticks
from tests.worlds import ROOT, small

ROWS = {"corporation": slice(0, 2), "startup": slice(2, 3), "academic_lab": slice(3, 5)}
GROUPS = Groups(
    ROWS,
    {name: np.arange(rows.start, rows.stop) for name, rows in ROWS.items()},
    {"industry": np.arange(3), "academia": np.arange(3, 5)},
    5,
)
LAW = AnchoredLaw(Polynomial(best_error=0.1, worst_error=0.5, intercept=0, exponent=2), 0.4, 1e18, 1.0)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def flags(*rows: int) -> np.ndarray:
    return np.isin(np.arange(5), rows)


PAID_EARLY = {
    ("government", "lab", "public compute"): 12.0,
    ("government", "lab", "grants"): 99.0,
    ("government", "firm", "dividend"): 6.0,
    ("government", "lab", "dividend"): 2.0,
    ("firm", "government", "public compute"): 50.0,
    ("firm", "government", "carbon"): 30.0,
    ("firm", "cloud", "compute"): 400.0,
    ("firm", "suppliers", "cost of AI products"): 80.0,
}
PAID_LATE = {
    ("government", "lab", "academic compute"): 4.0,
    ("government", "lab", "efficiency research"): 2.0,
    ("government", "firm", "permits given away"): 8.0,
    ("firm", "cloud", "compute"): 800.0,
    ("lab", "utilities", "electricity"): 40.0,
    ("lab", "government", "carbon"): 6.0,
    ("firm", "government", "permits"): 20.0,
}
EARLY = Step(
    time=2013.0, dt=0.25, alive=np.ones(5, dtype=bool),
    compute=column(8, 4, 2, 1, 1) * 1e20, inference=column(4, 0, 0, 0, 0) * 1e20,
    run=column(2, 1, 0.5, 0.4, 0.1) * 1e20, paid=column(80, 40, 30, 10, 20), paid_inference=column(40, 0, 0, 0, 0),
    research=column(10, 20, 0, 0, 4), sponsored=column(0, 0, 0, 4, 0), means=column(1000, 400, 100, 20, 30),
    bound_by_means=flags(0), bound_by_carbon=flags(1), bound_by_ramp=flags(), bound_by_ceiling=flags(4),
    bound_by_power=True,
    public=column(0, 0, 0, 4, 8), licensed=column(4, 0, 0, 0, 0), license_price=1e-20,
    unit_cost=column(1, 1, 1, 1, 1), energy=np.array([np.full(5, 2.0), np.ones(5)]),
    emissions=np.array([column(1, 2, 3, 4, 5), np.ones(5)]), embodied=np.ones(5),
    clean=column(2, 0, 0, 0, 0), avoided=column(4, 0, 0, 0, 0), removed=np.zeros(5), abatement=column(8, 0, 0, 0, 0),
    carbon_taxed=column(1, 2, 3, 4, 5), sales=column(600, 300, 100, 0, 0), carbon_per_flop=np.ones(5),
    embodied_per_flop=1.0, error=np.full(5, 0.5), access=np.full(5, 0.5), knowledge=np.zeros(5), public_knowledge=0.0,
    frontier_knowledge=0.0,
    market=1000.0, rent=1e-20, rented=1.0, permit_price=0.0, permit_price_highest=0.0,
    permit_price_lowest=0.0, at_highest_price=0.0, at_lowest_price=1.0, outcome="slack", capacity=40e20,
    outside=10e20, damage=0.2, failed=0, acquired=0, founded=0, flows=Flows.of(PAID_EARLY), received=np.zeros(5),
    spent=np.zeros(5), cash_change=np.zeros(5), revenue_by_use=column(4, 0, 0), unspent=20.0,
    reports=column(1, 0, 0, 1, 0), known_run=2e20, sent_on=3e20,
)  # fmt: skip
LATE = replace(
    EARLY, time=2013.25, dt=0.75,
    compute=column(16, 8, 4, 2, 0) * 1e20, inference=column(8, 0, 0, 0, 0) * 1e20,
    run=column(1, 3, 0.25, 0.2, 0) * 1e20, paid=column(160, 80, 60, 40, 0), paid_inference=column(80, 0, 0, 0, 0),
    research=column(30, 20, 0, 0, 4), sponsored=column(0, 0, 0, 8, 0), means=column(2000, 800, 200, 40, 10),
    bound_by_means=flags(0, 3), bound_by_carbon=flags(), bound_by_ramp=flags(2), bound_by_ceiling=flags(),
    bound_by_power=False,
    public=np.zeros(5), licensed=column(8, 4, 0, 0, 0), license_price=5e-20,
    unit_cost=column(10, 12, 14, 20, 16) * 1e-20, energy=2 * EARLY.energy, emissions=2 * EARLY.emissions,
    clean=column(4, 2, 0, 0, 0), avoided=column(4, 4, 0, 0, 0), removed=column(0, 0, 4, 0, 0),
    abatement=column(8, 4, 4, 0, 0),
    embodied=3 * np.ones(5), carbon_taxed=np.zeros(5), carbon_per_flop=column(1, 2, 3, 4, 5) * 1e-20,
    embodied_per_flop=1e-21, error=column(0.10, 0.08, 0.12, 0.25, 0.30), access=column(0.10, 0.08, 0.10, 0.10, 0.10),
    knowledge=column(1.0, 1.2, 0.9, 0.4, 0.6), public_knowledge=0.8, frontier_knowledge=1.1,
    market=2000.0, rent=3e-20, rented=0.5, permit_price=0.004, permit_price_highest=0.008, permit_price_lowest=0.002,
    at_highest_price=1.0, at_lowest_price=0.0, outcome="cleared", capacity=80e20, outside=20e20, damage=0.4,
    failed=2, acquired=1, founded=3,
    revenue_by_use=column(0, 8, 0), flows=Flows.of(PAID_LATE), unspent=4.0,
    reports=column(0, 1, 0, 0, 0), known_run=3e20, sent_on=5e20,
)  # fmt: skip
PAST = Past((2012.0, 2013.0, 2014.0), (0.4, 0.2, 0.08))


@pytest.fixture(scope="module")
def window() -> Period:
    yardsticks = Yardsticks(
        social_cost=Series((2012,), (0.2,)), car=10.0, wage=7.0, near=4.0, lower_threshold=2.5e19, upper_threshold=1e20
    )
    found = Window(EARLY)
    found.add(LATE)
    return found.period(GROUPS, LAW, PAST, 5000.0, yardsticks)


HALVING = 1e18 * (0.4 / 0.04) ** 2 / exp(1.2)  # from an error of 8 % to 4 %, with what actor 2 knows
COMPUTE = [14.0, 7.0, 3.5, 1.75, 0.25]  # 1e20 FLOP: a quarter of the early step, three quarters of the late one
CARBON = [3.5 + 2.5, 5.25 + 2.5, 7 + 2.5, 8.75 + 2.5, 10.5 + 2.5]  # kg, operational and embodied
CAPABLE = [10.0, 12.5, 10.0, 10.0, 10.0]


def theils(values: list[float]) -> tuple[float, float, float]:
    mean = sum(values) / 5
    within = between = 0.0
    for rows in (values[:2], values[2:3], values[3:]):
        own = sum(rows) / len(rows)
        within += sum(x / 5 / mean * log(x / own) for x in rows)
        between += len(rows) / 5 * own / mean * log(own / mean)
    return sum(x / 5 / mean * log(x / mean) for x in values), within, between


def gini_by_pairs(values: list[float]) -> float:
    n, mean = len(values), sum(values) / len(values)
    return sum(abs(a - b) for a, b in product(values, values)) / (2 * n * n * mean)


RUNS = {
    name + of: count
    for name, counts in zip(("runs_above_lower_threshold", "runs_above_upper_threshold", "runs_known"),
                            ((4, 2, 1, 1), (2, 2, 0, 0), (3, 2, 0, 1)), strict=True)
    for of, count in zip(("", "_corporation", "_startup", "_academia"), counts, strict=True)
}  # fmt: skip
EXPECTED = {
    "compute_ratio_industry_academia": (2 * 3 * 0.5) ** (1 / 3) / sqrt(0.4 * 0.1),
    "compute_ratio_ten_largest": (24.5 / 3) / (2 / 2),
    "compute_share_academia": 2 / 26.5,
    "compute_share_startup": 3.5 / 26.5,
    "compute_share_corporation": 21 / 26.5,
    "training_compute_corporation": 21e20,
    "training_compute_startup": 3.5e20,
    "training_compute_academia": 2e20,
    "compute_gini": gini_by_pairs(COMPUTE),
    "lab_years_per_frontier_run": 3e20 * 18e-20 / 25,
    "months_behind_median_lab": 12 * (2014 - (2012 + log(0.4 / 0.275) / log(2))),
    "frontier_error": 0.08,
    "error_best_corporation": 0.08,
    "error_best_startup": 0.12,
    "error_median_lab": 0.275,
    "accuracy_gap_median_lab": 0.195,
    "emissions_total": 0.0475,
    "emissions_cumulative": 5.0,
    "energy_total": 0.02625,
    "compute_price": 370 / 33.5e20 * 1e18,
    "frontier_run_flop": 3e20,
    "frontier_run_cost": 36.0,
    "market_value": 1750.0,
    "spend_bound_by_means": 170 / 300,
    "spend_bound_by_carbon": 10 / 300,
    "spend_bound_by_ramp": 45 / 300,
    "next_halving_flop": HALVING,
    "next_halving_cost": HALVING * 12e-20,
    "next_halving_emissions": HALVING * 2.1e-20 / 1000,
    "compute_theil": theils(COMPUTE)[0],
    "compute_theil_within": theils(COMPUTE)[1],
    "compute_theil_between": theils(COMPUTE)[2],
    "compute_top10_share": 0.5 * 14 / 26.5,
    "compute_hhi": sum(x * x for x in COMPUTE) / 26.5**2,
    "compute_share_bottom_half_labs": 0.25 / 26.5,
    "capability_gini": gini_by_pairs(CAPABLE),
    "capability_theil": theils(CAPABLE)[0],
    "capability_theil_within": theils(CAPABLE)[1],
    "capability_theil_between": theils(CAPABLE)[2],
    "capability_top10_share": 0.5 * 12.5 / 52.5,
    "capability_hhi": (4 * 100 + 12.5**2) / 52.5**2,
    "capability_share_bottom_half_labs": 10 / 52.5,
    "compute_ratio_corporation_startup": sqrt(6) / 0.5,
    "could_pay_frontier_corporation": 2.0,  # 30 and 36 of 1750 and 700
    "could_pay_frontier_startup": 1.0,  # 42 of 175
    "could_pay_frontier_academia": 0.0,  # 60 and 48 of 35 and 15
    "could_pay_halving_corporation": 2.0,  # 3 and 3.6
    "could_pay_halving_startup": 1.0,
    "could_pay_halving_academia": 2.0,  # 6 and 4.8
    "access_error_median_lab": 0.10,
    "labs_could_retrain": 2.0,  # a quarter of 3e20 FLOP costs them 15 and 12 of 35 and 15
    "labs_could_inspect": 2.0,  # 10 % takes 1.6 times less than 8 %
    "months_behind_at_hand_median_lab": 12 * (2014 - (2013 + log(0.2 / 0.1) / log(0.2 / 0.08))),
    "access_gap_median_lab": 0.02,
    "share_near_frontier": 2 / 5,  # 2 and 3 of 3; 0.5 is six times less
    "academic_share_top30": 2 / 5,
    "startup_leads": 0.0,
    "emissions_operational": 0.035,
    "emissions_embodied": 0.0125,
    "emissions_gross": 0.035 + 0.007 + 0.003,
    "emissions_removed": 0.003,
    "clean_power_share": 5 / 26.25,
    "abatement_cost": 14.0,
    "emissions_training": (3.5 * 2 / 3 + 5.25 + 7 + 8.75 + 1.5) / 1000,
    "emissions_inference": (3.5 / 3 + 9) / 1000,
    "emissions_corporation": (CARBON[0] + CARBON[1]) / 1000,
    "emissions_startup": CARBON[2] / 1000,
    "emissions_academia": (CARBON[3] + CARBON[4]) / 1000,
    "emissions_region_here": 0.02625,
    "emissions_region_there": 0.00875,
    "emissions_cars": 4.75,
    "next_halving_cars": HALVING * 2.1e-20 / 10,
    "climate_damage": 0.25 * 25 * 0.2 + 0.75 * 55 * 0.4,
    "carbon_intensity": 35 / 26.25,
    "research_share": 49 / 349,
    "research_spending": 49.0,
    "spending_over_sales": (262.5 + 45) / 1000,
    "research_jobs": 7.0,
    "spending_jobs": (300 + 70 + 49 - 3.75 - 10) / 7,  # what carbon and permits cost is no spending
    "efficiency_factor": exp(1.2),
    "public_efficiency_factor": exp(0.8),
    "knowledge_lag_median_lab": exp(0.7),
    "frontier_gain_from_efficiency": 1.1 / (2 * log(5)),
    "net_value": 1750 - (0.25 * 480 + 0.75 * 840 - (0.25 * 20 + 0.75 * 114 / 2)) - 17.75,
    "inference_share": 7 / 33.5,
    "scarcity_rent": 0.025,
    "permit_price": 3.0,
    "permit_price_highest": 6.0,
    "permit_price_lowest": 1.5,
    "carbon_prices_in_force": 0.25 * (30 - 15 - 4) + 0.75 * (26 - 12),
    "permits_at_highest_price": 0.75,
    "permits_at_lowest_price": 0.25,
    **{f"market_{outcome}": part for outcome, part in (("slack", 0.25), ("cleared", 0.75), ("rationed", 0.0))},
    "capacity_flop": 70e20,
    "capacity_use": (33.5 + 17.5) / 70,
    "startups_alive": 1.0,
    "startups_founded": 3.0,
    "startups_failed": 2.0,
    "startups_acquired": 1.0,
    "policy_revenue": 7.0,
    "carbon_paid_corporation": 0.75,
    "carbon_paid_startup": 0.75,
    "carbon_paid_academia": 2.25,
    "sponsored_compute_academia": 7.0,
    "sponsored_share_labs": 7 / (0.25 * 30 + 0.75 * 40),
    "compute_permit_price": 0.04,
    "compute_permits_paid": 0.25 * 4 + 0.75 * 12,
    "public_outlay": 0.25 * 12 + 0.75 * 6,
    "public_unspent": 0.25 * 20 + 0.75 * 4,
    **RUNS,
    "known_run_flop": 3e20,
    "public_transfers": 0.25 * 8 + 0.75 * 8,
    "spend_bound_by_ceiling": 0.25 * 20 / 300,
    "spend_bound_by_power": 0.25 * 180 / 300,
    "work_sent_on": (0.25 * 3 + 0.75 * 5) / (26.5 + 7 + 17.5),
    "year_error_5": nan,
    "year_error_1": nan,
}


def test_every_measure_is_worked_out_by_hand() -> None:
    assert set(EXPECTED) == set(registry(("here", "there")))


@pytest.mark.parametrize("id", EXPECTED)
def test_measure(id: str, window: Period) -> None:
    assert registry(("here", "there"))[id](window) == pytest.approx(EXPECTED[id], rel=1e-9, nan_ok=True)


def test_the_year_an_error_is_reached(window: Period) -> None:
    later = replace(window, past=Past((2012.0, 2013.0, 2014.0), (0.4, 0.1, 0.02)))
    assert registry()["year_error_5"](later) == pytest.approx(2013 + log(0.1 / 0.05) / log(0.1 / 0.02))
    assert isnan(registry()["year_error_1"](later))


@pytest.mark.parametrize("first", ["access", "inequality", "research"])
def test_the_order_of_measures_does_not_depend_on_what_was_imported_first(first: str) -> None:
    """Worker processes import in an order of their own, and values go by place."""
    script = f"import sim.measures.{first}\nfrom sim.measures import registry\nprint(*registry())"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert printed.stdout.split() == list(registry())


def test_where_nobody_is_nothing_exists(window: Period) -> None:
    nobody = np.zeros(0, dtype=np.intp)
    empty = replace(window, groups=replace(GROUPS, rules={}, sectors={"academia": nobody}))
    for id in ("error_median_lab", "lab_years_per_frontier_run", "months_behind_median_lab", "error_best_startup",
               "access_gap_median_lab", "knowledge_lag_median_lab", "compute_ratio_industry_academia",
               "compute_ratio_ten_largest"):  # fmt: skip
        assert isnan(registry()[id](empty)), id
    nothing = replace(
        window, compute=np.zeros(5), largest_run=np.zeros(5), paid=np.zeros(5), inference=np.zeros(5),
        paid_inference=np.zeros(5), research=np.zeros(5), energy=np.zeros(2),
    )  # fmt: skip
    for id in ("compute_share_academia", "compute_ratio_ten_largest", "compute_gini", "compute_price",
               "spend_bound_by_means", "share_near_frontier",
               "academic_share_top30", "research_share", "compute_hhi", "carbon_intensity"):  # fmt: skip
        assert isnan(registry()[id](nothing)), id


def test_the_dead_do_not_count(window: Period) -> None:
    without = replace(window, alive=~flags(2), error=column(0.10, 0.08, 1.0, 0.25, 0.30))
    assert isnan(registry()["error_best_startup"](without))
    assert registry()["startups_alive"](without) == 0
    assert registry()["share_near_frontier"](without) == 2 / 4
    living = [CAPABLE[row] for row in (0, 1, 3, 4)]
    assert registry()["capability_gini"](without) == pytest.approx(gini_by_pairs(living))
    assert registry()["capability_hhi"](without) == pytest.approx(sum(x * x for x in living) / sum(living) ** 2)
    assert registry()["compute_gini"](without) == pytest.approx(gini_by_pairs(COMPUTE))  # it computed before it failed
    empty = replace(without, compute=without.compute * ~flags(2))
    assert registry()["compute_gini"](empty) == pytest.approx(gini_by_pairs([COMPUTE[row] for row in (0, 1, 3, 4)]))
    parts = [registry()[f"compute_theil{part}"](empty) for part in ("", "_within", "_between")]
    assert parts[0] == pytest.approx(parts[1] + parts[2])


@pytest.mark.parametrize("rounding", [1e-15, -1e-15])
def test_no_rounding_chooses_among_the_largest_runs(window: Period, rounding: float) -> None:
    """Under a ceiling several are as large: the cost of one is their mean."""
    runs = np.array([1e20, 1e20 * (1 + rounding), 1e20 * (1 - 1e-6), 1.0, 1.0])
    ceiling = replace(window, largest_run=runs, unit_cost=column(2, 4, 9, 9, 9))
    assert registry()["frontier_run_cost"](ceiling) == pytest.approx(3e20, rel=1e-12)


def test_ever_more_and_smaller_firms_narrow_the_divide_and_not_that_of_the_ten_largest(window: Period) -> None:
    """Losing firms that become many and tiny are no gain of labs: what the divide alone would say."""

    def with_tiny(firms: int) -> Period:
        def grown(values: np.ndarray, each: float) -> np.ndarray:
            return np.concatenate([values, np.full(firms, each)])

        n = 5 + firms
        industry = np.concatenate([np.arange(3), np.arange(5, n)])
        groups = replace(GROUPS, sectors={"industry": industry, "academia": np.arange(3, 5)}, size=n)
        return replace(
            window, groups=groups, alive=np.ones(n, dtype=bool),
            compute=grown(np.repeat([100.0, 1.0], [3, 2]) * 1e20, 1e10),
            largest_run=grown(window.largest_run, 1e10), energy=window.energy,
        )  # fmt: skip

    before, after = with_tiny(10), with_tiny(200)
    assert registry()[DIVIDE](after) < 0.5 * registry()[DIVIDE](before)
    for id in ("compute_ratio_ten_largest", ACADEMIA_SHARE):
        assert registry()[id](after) == pytest.approx(registry()[id](before), rel=1e-6), id


SIGNS = (-1.0, 0.0, 1.0, nan)


@pytest.mark.parametrize("measure", [m for m in registry().values() if m.better != "neither"], ids=lambda m: m.id)
def test_a_change_is_better_only_where_nothing_it_depends_on_gets_worse(measure: Measure) -> None:
    for moved, other in product(SIGNS, SIGNS):
        found = verdict(measure, {measure.id: moved, measure.unless_worse: other}.__getitem__)
        good = moved < 0 if measure.better == "lower" else moved > 0
        held = bool(measure.unless_worse) and other < 0
        assert (found.word == "better") == (good and not held), (moved, other)
        assert (found.word == "worse") == (not good and bool(moved < 0 or moved > 0)), (moved, other)
        assert bool(found.but) == (good and held), (moved, other)


def test_a_narrower_divide_is_not_better_when_academia_loses() -> None:
    for id in (DIVIDE, "compute_ratio_ten_largest"):
        found = verdict(registry()[id], {id: -0.9, ACADEMIA_SHARE: -0.66}.__getitem__)
        assert found == ("", "academia's share of training compute falls")


@pytest.mark.parametrize("group", ["academia", "startup", "corporation"])
def test_a_share_of_what_is_bought_for_training_says_so(group: str) -> None:
    assert registry()[share_of(group)].label.endswith("share of training compute")


def test_value_takes_off_what_is_used_up_and_no_transfers() -> None:
    """Every party of the books either gets money for what is used up, or hands it on. Without its rent compute costs
    what hardware costs a large buyer, and at most the list price."""
    assert {*PARTIES} - {*SUPPLIERS} == {"government", "investors", "customers"}
    scarce = (
        "policy.cap_and_trade.start=2014",
        "policy.cap_and_trade.cap_share=1",
        "mechanisms.capacity_response=false",
        "market.capacity={ years = [2012, 2030], values = [1e23, 1e23] }",
        "market.outside_demand=0",
    )
    world, rents, permits = begin(small("baseline", *scarce, until=2020), 1), 0.0, 0.0
    for _ in range(32):
        hardware = moment(world.scenario, world.clock).hardware_price
        world, step = advance(world)
        paid, bought = defaultdict[str, float](float), float((step.compute + step.inference).sum())
        for (_payer, payee, purpose), amount in step.flows.items():
            if payee in SUPPLIERS and purpose != REMAINDER.purpose:  # what labs spend on all else
                paid[purpose] += amount
        assert step.flows.used_up == pytest.approx(sum(paid.values()), rel=1e-12)
        rents, permits = rents + step.rent * bought, permits + float(step.revenue_by_use.sum())
        most = world.scenario.compute.small_buyer_limit
        assert 1 - 1e-9 <= (paid["compute"] - step.rent * bought) / (hardware * bought) <= most + 1e-9
    assert rents > 0
    assert permits > 0


VALUES = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=2, max_size=30).filter(any)


@pytest.mark.parametrize("values", [(0.0, 0.0), (1.0, inf), (inf, inf), (1e308, 1e308), (1.0, nan), (nan, nan)])
def test_no_index_is_told_of_values_without_a_sum(values: tuple[float, ...]) -> None:
    found = indices([np.array(values[:1]), np.array(values[1:])])
    assert np.isnan(found[1:]).all(), found


def test_emissions_of_serving_are_not_told_without_a_sum(window: Period) -> None:
    endless = replace(window, emissions=np.full_like(window.emissions, inf), training_emissions=np.full(5, inf))
    with np.errstate(invalid="ignore"):
        assert isnan(registry()["emissions_inference"](endless))


@given(VALUES, st.floats(1e-3, 1e3))
def test_indices_keep_what_defines_them(values: list[float], scale: float) -> None:
    x, n = np.array(values), len(values)
    assert gini(x) == pytest.approx(gini_by_pairs(values), abs=1e-9)
    whole, within, between = theil([x[: n // 2], x[n // 2 :]])
    assert whole == pytest.approx(within + between, abs=1e-12)
    assert -1e-12 <= whole <= log(n) + 1e-9
    assert 1 / n - 1e-12 <= hhi(x) <= 1 + 1e-12
    assert 0.1 - 1e-12 <= top_share(x) <= 1 + 1e-12
    for index in (gini, hhi, top_share, lambda v: theil([v[: n // 2], v[n // 2 :]])[0]):
        assert index(scale * x) == pytest.approx(index(x), rel=1e-9, abs=1e-9)
    for index in (gini, top_share):  # two of each
        assert index(np.repeat(x, 2)) == pytest.approx(index(x), rel=1e-9, abs=1e-9)
    assert hhi(np.repeat(x, 2)) == pytest.approx(hhi(x) / 2)


def test_what_carbon_binds_and_what_a_permit_costs_say_what_they_count() -> None:
    """A tax has a price, which is no limit, and no permit."""
    tax = ("policy.carbon_tax.rate=5000", "policy.carbon_tax.start=2012")
    found = sim.run(small("baseline", *tax, until=2013), replicates=1, workers=1).series.set_index("measure")["value"]
    for id in ("spend_bound_by_carbon", "permit_price", "permit_price_highest", "permit_price_lowest"):
        assert found[id].tolist() == [0.0, 0.0]
    assert (found["carbon_paid_corporation"] > 0).all()
    assert "prices of carbon, by tax or permit, are no limit" in registry()["spend_bound_by_carbon"].meaning
    assert "0 without a cap; taxes not counted" in registry()["permit_price"].meaning
