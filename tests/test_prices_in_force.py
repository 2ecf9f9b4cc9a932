"""What carbon prices in force take in less is told beside what policies take in, and in place of a false "none"."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import sim
from sim.cli.compare import report
from sim.economy.moment import moment
from sim.economy.observe import observe
from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures import registry
from sim.measures.economy import OUTLAY, REVENUE
from sim.measures.permits import IN_FORCE
from sim.policies import Policy
from sim.policies import registry as policies
from sim.report.comparison.brief import brief_page
from sim.report.comparison.html import comparison_page
from sim.report.comparison.in_force import NOT_COUNTED, beside_money, prices_in_force
from sim.report.comparison.key import NET, claims
from sim.report.comparison.matrix import BUDGET
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.comparison.verdict import SpokenEffect, clauses
from sim.results.certainty import Sureness, sureness
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, Effect
from tests.made_effects import altered, an_effect
from tests.test_at_bounds import bare
from tests.test_caps import cap
from tests.test_verdict import YEARS, amount
from tests.worlds import small

CLEAN = "mechanisms.abatement=true"
TAX = ("policy.carbon_tax.rate=60", "policy.carbon_tax.start=2013", 'policy.carbon_tax.regions=["germany", "france"]')
LESS = "lowers the revenue of carbon prices in force by about"
NO_RATIO = dict.fromkeys(
    [f"{kind}relative{end}" for kind, ends in (("", ("", "_low", "_high")), ("wide_", ("", "_low", "_high")))
     for end in ends], float("nan"))  # fmt: skip


@pytest.mark.parametrize("policy", [
    None,
    policies()["carbon_tax"](id="tax", rate=0.3),
    policies()["carbon_tax"](id="tax", rate=0.3, regions=("germany",)),
    cap("cap", 1e6),
    policies()["compute_permits"](id="permits", cap=1e20),
])  # fmt: skip
def test_the_books_hold_what_the_price_of_a_region_makes_of_its_emissions(policy: Policy | None) -> None:
    scenario = small("baseline", CLEAN, until=2014)
    now = begin(replace(scenario, policies=(policy,) if policy else ()), 1)
    _, step = advance(now)
    prices = moment(scenario, now.clock).carbon_price
    owed = float(prices @ step.emissions.sum(axis=1))
    found = registry()[IN_FORCE](observe(now, [step])) / step.dt
    assert owed > 0
    assert found == pytest.approx(owed, rel=1e-9)


def test_without_any_price_in_force_they_take_in_nothing_whatever_rounding_leaves() -> None:
    scenario = small(
        "carbon_tax", "mechanisms.existing_carbon_prices=false", "policy.carbon_tax.start=2012", until=2014
    )
    now = begin(scenario, 1)
    _, step = advance(now)
    assert step.carbon_taxed.sum() > 0
    assert registry()[IN_FORCE](observe(now, [step])) == 0.0


@pytest.fixture(scope="module")
def found() -> Comparison:
    """A tax, a ceiling on runs and public compute, which emits more."""
    worlds = [
        small("baseline", CLEAN, until=2014), small("carbon_tax", CLEAN, *TAX, until=2014),
        small("training_run_ceiling", CLEAN, "policy.training_run_ceiling.start=2013",
              "policy.training_run_ceiling.limit=1e17", until=2014),
    ]  # fmt: skip
    return sim.compare(worlds, replicates=FEWEST, workers=1)


def told(summary: ComparisonSummary, place: int) -> str:
    return "; ".join(summary.policies[place].verdict)


def test_a_verdict_and_the_short_table_tell_it_beside_revenue_and_where_there_is_none(found: Comparison) -> None:
    summary = summarize(found, {})
    tax, ceiling = told(summary, 0), told(summary, 1)
    assert f", {NOT_COUNTED}; {LESS}" in tax
    assert LESS in ceiling
    assert NOT_COUNTED not in ceiling
    cells = [row[BUDGET] for row in summary.matrix.values()]
    assert cells[0].startswith("carbon prices in force take in $")
    assert cells[1].startswith("raises $")
    for cell in cells[1:]:
        assert "the revenue of carbon prices in force falls by $" in cell
    rows = {row.label for row in summary.policies[1].key}
    assert {registry()[IN_FORCE].label, f"{registry()[IN_FORCE].label}, 2013–2014"} <= rows


def test_it_stands_in_the_terminal_the_report_and_the_brief(found: Comparison) -> None:
    summary = summarize(found, {})
    for text in (report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0),
                 brief_page(summary, None, ""), comparison_page(found, summary, {}, {})):  # fmt: skip
        assert "revenue of carbon prices in force falls" in bare(text)


def only(changes: dict[str, Effect], monkeypatch: pytest.MonkeyPatch, found: Comparison) -> SpokenEffect | None:
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, id, _window="final": changes.get(id))
    return prices_in_force(found, 1)


PART_OF_ALL = an_effect(-0.02, (-0.03, -0.01), baseline=2e9)  # 40 M USD of 2 B


@pytest.mark.parametrize(("money", "is_told"), [(0.05e9, True), (0.5e9, True), (1.5e9, False)])
def test_it_is_told_where_it_is_a_good_part_of_public_money(
    money: float, is_told: bool, found: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is a small part of what all such prices take in."""
    for id in (REVENUE, OUTLAY):
        spoken = only({IN_FORCE: PART_OF_ALL, id: amount(money, 0.9 * money, 1.1 * money)}, monkeypatch, found)
        assert (spoken is not None) is is_told
        if spoken:
            assert sureness(spoken.last) is Sureness.SURE
            assert clauses([spoken], YEARS, {})[0].startswith(f"{LESS} $40 M a year")


@pytest.mark.parametrize(("change", "is_told"), [
    (an_effect(-0.3, (-0.4, -0.2), baseline=1e9), True),
    (an_effect(0.001, (-0.004, 0.009), baseline=1e9), False),
    (an_effect(0.16, (-0.04, 0.2), baseline=1e9), False),
    (altered(an_effect(-0.3, (-0.4, -0.2)), replicates=FEWEST - 1), False),
])  # fmt: skip
def test_without_public_money_it_is_told_where_it_has_a_direction(
    change: Effect, is_told: bool, found: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (only({IN_FORCE: change}, monkeypatch, found) is not None) is is_told


def test_the_treasurys_net_revenue_says_that_it_leaves_them_out(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ("policy.carbon_tax.start=2013", "policy.compute_voucher.value=1e3", "policy.compute_voucher.start=2013")
    worlds = [small("baseline", CLEAN, until=2014), small("carbon_tax", CLEAN, *settings, until=2014)]
    pair = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
    prices = SpokenEffect(registry()[IN_FORCE], "USD/yr", PART_OF_ALL)
    monkeypatch.setattr("sim.report.comparison.key.prices_in_force", lambda *_: prices)
    said = {claim.measure.id: claim for claim in claims(pair, 1, {})}
    assert [said[id].why for id in (REVENUE, NET)] == [NOT_COUNTED] * 2
    order = [id for id in said if id in (REVENUE, IN_FORCE, NET)]
    assert order == [REVENUE, IN_FORCE, NET]
    assert beside_money([said[NET]], None, without=(NET,)) == [said[NET]]


@pytest.mark.parametrize(("before", "after", "ends"), [
    (6.9e9, 6.904e9, "a year"),
    (6.9e9, 7.9e9, "a year, from $6.9 B to $7.9 B"),
])  # fmt: skip
def test_no_two_levels_are_told_that_are_written_alike(before: float, after: float, ends: str) -> None:
    change = altered(
        amount(after - before, 0.9 * (after - before), 1.1 * (after - before)), baseline=before, policy=after
    )
    change = replace(change, in_amounts=True)
    measure = registry()[REVENUE]
    (said,) = clauses([SpokenEffect(measure, measure.unit, change)], YEARS, {})
    assert said.partition(" (")[0].endswith(ends)


def test_what_all_pairs_take_in_is_what_the_flows_say(found: Comparison) -> None:
    """What governments get for carbon, less what policies bring in of it."""
    for i in (0, 1):
        flows = [pair.luck[i].flows[-1] for pair in found.pairs]
        carbon = [sum(usd for key, usd in one.items() if key[1:] == ("government", "carbon")) for one in flows]
        assert np.array(carbon) - found.values(i, REVENUE) == pytest.approx(found.values(i, IN_FORCE), rel=1e-9)
