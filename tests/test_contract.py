"""All that registers itself keeps its contract, before anyone writes its own test: policies, measures, kinds of actor,
laws, rules of allocation, figures."""

from dataclasses import fields, replace
from inspect import getfile
from math import isfinite, isnan
from pathlib import Path

import numpy as np
import pytest

import sim.policies
from sim.actors import Kind
from sim.actors import registry as kinds
from sim.economy.observe import observe
from sim.economy.parties import GRANTED, VOUCHERS
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.evidence.figures import GALLERY as of_evidence
from sim.measures import Measure, headline, registry
from sim.mechanisms.market.rules import RULES, Rule
from sim.mechanisms.scaling import LAWS, Law
from sim.policies import FALLS, RISES, Policy
from sim.policies import registry as policies
from sim.policies.levers import LEVERS, REVENUE_USES
from sim.policies.view import Before, View
from sim.registry import defined
from sim.report.comparison.figures import GALLERY as of_comparisons
from sim.report.decomposition.figures import GALLERY as of_decompositions
from sim.report.gallery import Gallery
from sim.report.run.figures import GALLERY as of_runs
from sim.scenario import load, shipped_files
from sim.scenario.schema import TABLES, Region
from tests.own_kinds import FLAGS, Flags, with_own_kind
from tests.test_invariants import checked
from tests.worlds import SCENARIOS, changed, played, small, walked

HEADLINE = [
    "compute_ratio_industry_academia",
    "compute_ratio_ten_largest",
    "compute_share_academia",
    "compute_share_startup",
    "compute_share_corporation",
    "compute_gini",
    "lab_years_per_frontier_run",
    "months_behind_median_lab",
    "frontier_error",
    "error_best_corporation",
    "error_best_startup",
    "error_median_lab",
    "accuracy_gap_median_lab",
    "emissions_total",
    "emissions_cumulative",
    "energy_total",
    "compute_price",
    "frontier_run_flop",
    "frontier_run_cost",
    "market_value",
    "spend_bound_by_means",
    "spend_bound_by_carbon",
    "spend_bound_by_ramp",
    "next_halving_flop",
    "next_halving_cost",
    "next_halving_emissions",
]

POLICIES = pytest.mark.parametrize("policy", policies().values(), ids=policies())
MEASURES = pytest.mark.parametrize("measure", registry().values(), ids=registry())
SHIPPED = [file.stem for file in shipped_files()]


def test_no_headline_measure_goes_missing_or_changes_its_place() -> None:
    """New ones may come between them."""
    assert [id for id in headline() if id in HEADLINE] == HEADLINE


@MEASURES
def test_measure_is_declared_in_full(measure: Measure) -> None:
    assert measure.label
    assert measure.meaning
    assert measure.idle
    assert measure.unit
    assert measure.better in ("lower", "higher", "neither")
    assert measure.over in ("year", "year-end")


@pytest.fixture(scope="module")
def windows() -> list:
    world = begin(small(until=2016), 1)
    found = []
    for _ in range(5):
        world, steps = walked(world, 4)
        found.append(observe(world, steps))
    return found


@MEASURES
def test_measure_has_a_value_in_an_ordinary_world(measure: Measure, windows: list) -> None:
    values = [measure(window) for window in windows]
    assert all(map(isnan, values)) if measure.id.startswith("year_error") else all(map(isfinite, values))


@pytest.mark.parametrize("missing", ["corporation", "startup", "academic_lab"])
def test_measures_do_without_a_kind(missing: str, tmp_path) -> None:
    file = tmp_path / "fewer.toml"
    file.write_text(
        f'schema = 1\nextends = "{SCENARIOS / "baseline.toml"}"\ntitle = "t"\nquestion = "q"\n'
        f"[kind.{missing}]\ndrop = true\n"
    )
    window = observe(*walked(begin(load(file, until=2013), 1), 4))
    values = {id: measure(window) for id, measure in registry().items()}
    assert not any(np.isinf(value) for value in values.values())
    gone = {
        "corporation": "error_best_corporation",
        "startup": "error_best_startup",
        "academic_lab": "error_median_lab",
    }
    assert isnan(values[gone[missing]])
    assert isfinite(values["frontier_error"])


def test_shares_are_parts_of_a_whole(windows: list) -> None:
    parts = [registry()[f"compute_share_{kind}"](windows[-1]) for kind in ("academia", "startup", "corporation")]
    assert sum(parts) == pytest.approx(1.0)


@POLICIES
def test_policy_is_declared_in_full(policy: type[Policy]) -> None:
    assert policy.__doc__
    assert policy.source
    assert policy.effect
    for said in (policy.cannot, policy.effect, *policy.laws):
        assert said
        assert not said.endswith(".")
    assert policy.laws
    assert policy.told().count(". ") == 1  # two sentences
    assert set(policy.levers) <= set(LEVERS)
    assert policy.strength in policy.parameters()
    assert policy.hardly != policy.__dataclass_fields__[policy.strength].default
    assert policy.claims
    for claim in policy.claims:
        assert claim.measure in registry()
        assert claim.moves in (RISES, FALLS)
        assert 0 <= claim.least < claim.most
        assert claim.most <= 1 or claim.moves == RISES
    for field in fields(policy):
        assert field.metadata["spec"].doc


@POLICIES
def test_policy_at_its_default_is_neutral(policy: type[Policy]) -> None:
    it = policy(id="it")
    assert it.neutral
    assert it.pull(seen(2020.0)) == {}
    pulled = it.act(seen(2020.0))
    assert set(pulled) == set(policy.levers)
    assert pulled[policy.levers[0]] == LEVERS[policy.levers[0]].neutral


def seen(time: float) -> View:
    """What a policy sees that began after a year in which there was something to take a share of."""
    return View(time, 2012.0, lambda: Before(1e9, 1e24), hardware_price=1e-18)


@POLICIES
def test_schedule(policy: type[Policy]) -> None:
    """With the strength of the shipped scenario of the same name: nothing outside the schedule, half way on a ramp."""
    shipped = next(p for p in load(SCENARIOS / f"{policy.name}.toml").policies if p.name == policy.name)
    it = replace(shipped, start=2015.0, end=2020.0, ramp=2.0)
    lever, at_once = policy.levers[0], replace(it, ramp=0.0)
    assert it.pull(seen(2014.9)) == {}
    assert it.pull(seen(2020.0)) == {}
    half, full = (of.pull(seen(2016.0))[lever] for of in (it, at_once))
    assert full != LEVERS[lever].neutral
    assert half in (pytest.approx(full / 2), pytest.approx(full * 2))  # half a price, or twice a limit
    assert it.pull(seen(2019.0)) == at_once.pull(seen(2019.0))
    always = replace(at_once, start=float("-inf"), end=float("inf"))
    assert always.pull(seen(2013.0))[lever] == pytest.approx(full)


def test_growth_counts_from_the_start() -> None:
    tax = policies()["carbon_tax"](id="it", rate=0.1, growth=0.02, start=2015.0)
    assert tax.pull(View(2025.0, 2012.0))["carbon_price"] == pytest.approx(0.1 * 1.02**10)


@pytest.mark.parametrize(("by_region", "rounding"), [("false", 0.0), ("true", 1e-15)])
def test_targets_leave_others_alone(by_region: str, rounding: float) -> None:
    """To the bit where all buy a bundle; where purchases are added up by region, but for the last digit."""
    everyone = begin(small(), 1)
    targeted = begin(
        small("baseline", "policy.carbon_tax.rate=100", 'policy.carbon_tax.kinds=["corporation"]',
              'policy.carbon_tax.regions=["china"]', f"mechanisms.regional_purchases={by_region}"), 1,
    )  # fmt: skip
    plain, taxed = advance(everyone)[1], advance(targeted)[1]
    corporations, labs = everyone.groups.of("corporation"), everyone.groups.of("academic_lab")
    assert taxed.unit_cost[labs] == pytest.approx(plain.unit_cost[labs], rel=rounding, abs=0)
    assert (taxed.unit_cost[corporations] > plain.unit_cost[corporations]).all()  # each works in part in China
    china = targeted.scenario.region_ids.index("china")
    assert taxed.revenue_by_use[0] == pytest.approx(0.1 * taxed.emissions[china, corporations].sum())


@pytest.mark.parametrize("use", REVENUE_USES)
def test_revenue_goes_where_it_should(use: str) -> None:
    settings = ["policy.carbon_tax.rate=300", f'policy.carbon_tax.revenue_use="{use}"']
    _, steps = played(small("baseline", *settings, until=2016))
    paid = {"dividend": 0.0, "academic compute": 0.0, VOUCHERS: 0.0, "efficiency research": 0.0}
    for step in steps:
        for (payer, _, purpose), amount in step.flows.items():
            if payer == "government" and purpose in paid:
                paid[purpose] += amount
    assert (paid["dividend"] > 0) == (use == "equal_dividend")
    assert (paid["academic compute"] > 0) == (use == "academic_compute")
    assert (paid[VOUCHERS] > 0) == (use == "compute_vouchers")
    assert (paid["efficiency research"] > 0) == (use == "efficiency_research")


@pytest.mark.parametrize("table", [*TABLES.values(), Region, *kinds().values(), *LAWS.values()])
def test_every_entry_says_what_it_means(table: type) -> None:
    for field in fields(table):
        assert field.metadata["spec"].doc


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_law_is_declared_in_full(law: type[Law]) -> None:
    assert law.__doc__
    assert law.formula
    assert law.unit in ("fraction", "nats")
    assert law.steepness in ("", *(field.name for field in fields(law)))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule_of_allocation_is_declared_in_full(rule: type[Rule]) -> None:
    assert rule.__doc__
    scenario = small("baseline", f'market.allocation="{rule.name}"', until=2013)
    assert {step.outcome for step in played(scenario)[1]} <= {"slack", "cleared", "rationed"}
    cap = ("policy.cap_and_trade.cap=1000", f'market.allocation="{rule.name}"')
    if rule.priced:
        played(small("baseline", *cap, until=2012))
    else:
        with pytest.raises(InputError, match="has no prices"):
            small("baseline", *cap)


GALLERIES = {
    "runs": of_runs,
    "comparisons": of_comparisons,
    "decompositions": of_decompositions,
    "evidence": of_evidence,
}


@pytest.mark.parametrize("gallery", GALLERIES.values(), ids=GALLERIES)
def test_figure_is_declared_in_full(gallery: Gallery) -> None:
    """Its name is its file's, and its first line describes it to who cannot see it."""
    files = {name: Path(getfile(draw)).stem for name, draw in gallery.figures.items()}
    assert files
    assert all(name == file for name, file in files.items())
    for name in files:
        assert gallery.describe(f"{name}.png").endswith(".")


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_kind_is_declared_in_full(kind: type[Kind]) -> None:
    assert kind.__doc__
    assert kind.sector in ("industry", "academia")
    assert kind.title
    numbers = {field.name for field in fields(kind)}
    assert {name for name in kind.own_means if name is not None} <= numbers


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: flags.name)
def test_all_that_a_kind_may_say_of_its_money_goes_together(flags: Flags) -> None:
    """Its books close and its cash is what they say, also where it buys others; who is founded plans to spend."""
    world = begin(with_own_kind(flags), 1)
    own, failed, founded, bought = world.groups.kinds["own"], 0, 0, 0
    for _ in range(world.scenario.steps):
        before, (world, step) = world.actors, checked(world)
        new = np.flatnonzero(world.actors.alive[own] & ~before.alive[own])
        assert (world.actors.plan[own][new] > 0).all()
        assert flags.pays_from_cash or not step.cash_change[own].any()
        failed, founded = failed + (before.alive[own] & ~world.actors.alive[own]).sum(), founded + new.size
        bought += ("own", "investors", "acquisitions") in step.flows
    assert (failed > 0, founded > 0, bought > 0) == (flags.comes_and_goes, flags.comes_and_goes, flags.sponsors)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenario_opens_with_its_question_and_runs(name: str) -> None:
    file = SCENARIOS / f"{name}.toml"
    assert file.read_text(encoding="utf-8").startswith("#")
    scenario = load(file, until=2013)
    assert scenario.question.endswith("?")
    played(scenario)


def test_baseline_names_benchmark_and_profile_and_sources_every_fact() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    assert (scenario.law_table.benchmark, scenario.law_table.profile) == ("imagenet", "thompson2022_hardware")
    assert len(scenario.regions) == 6
    assert {kind.rule: kind.count for kind in scenario.kinds} == {
        "corporation": 60,
        "startup": 240,
        "academic_lab": 400,
    }
    for quantity in scenario.quantities:
        assert quantity.basis == "choice" or quantity.source or quantity.note, quantity.path
        assert quantity.note != "a bare number without a source", quantity.path


def test_two_of_one_name_are_refused() -> None:
    class Twin(Policy):
        name = "carbon_tax"

    with pytest.raises(InputError, match="two classes") as raised:
        defined(Policy, "name", "sim.policies", list(sim.policies.__path__))
    assert (raised.value.fix, str(raised.value.key).rpartition(".")[2]) == ("give it another name", "name")
    assert "Twin" in str(raised.value.key)


def test_money_for_labs_stays_where_there_are_none(tmp_path: Path) -> None:
    file = tmp_path / "no_labs.toml"
    file.write_text(
        f'schema = 1\nextends = "{SCENARIOS / "baseline.toml"}"\ntitle = "t"\nquestion = "q"\n'
        "[kind.academic_lab]\ndrop = true\n"
        '[[policy]]\nname = "carbon_tax"\nrate = 100\nrevenue_use = "academic_compute"\n',
        encoding="utf-8",
    )
    world, steps = walked(begin(load(file, until=2014), 1), 12)
    raised = sum(float(step.revenue_by_use.sum()) * step.dt for step in steps)
    assert world.treasury.earmarked.sum() == pytest.approx(raised)


GOING = Flags(pays_from_cash=True, raises_venture=True, sponsors=False, academia=True)


def test_money_for_labs_waits_while_all_are_gone() -> None:
    """It left the treasury and came to nobody."""
    *firms, _, only = with_own_kind(GOING).kinds
    world, _ = walked(begin(replace(with_own_kind(GOING), kinds=(*firms, only)), 1), 2)
    gone = world.actors.alive.copy()
    gone[world.groups.kinds["own"]] = False
    for there, alive in ((True, world.actors.alive), (False, gone)):
        after, step = advance(changed(world, alive=alive))
        given = step.flows.get(("government", "own", GRANTED), 0.0)
        assert (given > 0.0) is there
        kept = world.treasury.earmarked.sum() + (step.revenue_by_use.sum() - given) * step.dt
        assert after.treasury.earmarked.sum() == pytest.approx(kept)


def test_each_measure_of_the_short_table_has_a_place_of_its_own() -> None:
    """Two with one number stood in the order in which they were declared."""
    places = [measure.order for measure in registry().values() if measure.headline]
    assert places == list(range(1, len(places) + 1))
