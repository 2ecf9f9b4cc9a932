"""A scenario that differs in entries of the world is no policy: it has no cost, and what it takes is not counted."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sim
from sim.cli.compare import report
from sim.errors import InputError, unknown
from sim.policies import registry
from sim.report.comparison.brief import brief_page
from sim.report.comparison.html import comparison_page
from sim.report.comparison.matrix import BUDGET, NO_MONEY
from sim.report.comparison.other_entries import ALONE, TOO, WORLD_BUDGET, what
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.results.cost import NO_POLICY
from sim.results.statistics import FEWEST
from sim.scenario import load
from sim.synonyms import CLEAN_POWER_SUPPORT, SUPPORT_IS
from tests.worlds import BASELINE, small

CLEAN = "mechanisms.abatement=true"
REGIONS = ("united_states", "china", "india", "germany", "france", "norway")
CHEAP = tuple(f"region.{id}.clean_premium=0" for id in REGIONS)
TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")
DUTY = "policy.reporting_duty.start=2013"


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    """A tax, cheaper clean power, both, and a policy without public money, each in place of the plain world."""
    worlds = [
        small("baseline", CLEAN, until=2014), small("carbon_tax", CLEAN, *TAX, until=2014),
        small("baseline", CLEAN, *CHEAP, until=2014), small("carbon_tax", CLEAN, *TAX, *CHEAP, until=2014),
        small("reporting_duty", CLEAN, DUTY, until=2014),
    ]  # fmt: skip
    return sim.compare(worlds, replicates=FEWEST, workers=1)


@pytest.fixture(scope="module")
def summary(found: sim.Comparison) -> ComparisonSummary:
    return summarize(found, {})


PLACES = [("tax", 1, False), ("cheap", 2, True), ("both", 3, True), ("duty", 4, False)]


@pytest.mark.parametrize(("name", "place", "differs"), PLACES)
def test_what_is_no_policy_costs_nothing_a_tonne(name: str, place: int, differs: bool, found: sim.Comparison) -> None:
    cost = found.cost(place)
    for per in ("per_tonne", "per_halving"):
        assert (cost.why[per] == NO_POLICY) is differs, name
    if differs:
        assert (cost.per_tonne, cost.per_halving) == (None, None)


@pytest.mark.parametrize(("name", "place", "differs"), PLACES)
def test_a_verdict_says_that_what_it_takes_is_not_counted(
    name: str, place: int, differs: bool, summary: ComparisonSummary
) -> None:
    verdict = summary.policies[place - 1].verdict
    said = [line for line in verdict if line in (ALONE, TOO)]
    assert said == ([ALONE if name == "cheap" else TOO] if differs else []), name


def test_its_public_budget_is_not_called_none(found: sim.Comparison, summary: ComparisonSummary) -> None:
    cells = [row[BUDGET] for row in summary.matrix.values()]
    assert cells[2].startswith(WORLD_BUDGET)
    assert [WORLD_BUDGET in cell for cell in cells] == [False, False, True, False, False]
    assert cells[4] == NO_MONEY
    assert cells[3].startswith("raises")
    alone = sim.compare([found.scenarios[0], found.scenarios[2]], replicates=FEWEST, workers=1, assumptions=False)
    assert summarize(alone, {}).policies[0].verdict[-1] == ALONE


def test_it_is_counted_as_a_world_where_policies_are(found: sim.Comparison, summary: ComparisonSummary) -> None:
    assert summary.worlds == 1
    page = comparison_page(found, summary, {}, {})
    assert "<h1>What policies and other worlds change</h1>" in page
    assert "or where a scenario itself makes it cheaper" in page
    assert "<h1>What 3 policies and 1 other world change</h1>" in brief_page(summary, None, "")
    for text in (report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0), page):
        assert ALONE in " ".join(text.split())


@pytest.mark.parametrize(("policies", "worlds", "numbered", "plain"), [
    (3, 0, "3 policies", "policies"),
    (1, 2, "1 policy and 2 other worlds", "policies and other worlds"),
    (0, 2, "2 other worlds", "other worlds"),
])  # fmt: skip
def test_what_is_compared_in_words(policies: int, worlds: int, numbered: str, plain: str) -> None:
    assert what(policies, worlds, how_many=True) == numbered
    assert what(policies, worlds, how_many=False) == plain


@pytest.mark.parametrize(("name", "told"), [
    ("subsidy", SUPPORT_IS), ("nuclear_incentive", SUPPORT_IS), ("Green premium", SUPPORT_IS),
    *((name, f"did you mean '{CLEAN_POWER_SUPPORT}'?") for name in (
        "production tax credit", "Renewable-subsidies", "subsidy for renewables", "45Y", "contract for difference",
        "PPA", "feed in tariff", "clean_power_suport",
    )),
])  # fmt: skip
def test_whoever_asks_for_support_of_clean_power_is_told_what_it_is_called(
    name: str, told: str, tmp_path: Path
) -> None:  # fmt: skip
    file = tmp_path / "support.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE}"\ntitle = "x"\nquestion = "x?"\n[[policy]]\nname = "{name}"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load(file)
    assert told in str(caught.value.fix)
    assert str(caught.value.fix).count(CLEAN_POWER_SUPPORT) == 1


@pytest.mark.parametrize(("what_", "name"), [("policy", "carbon_taxx"), ("key", "clean_power"), ("policy", "grant")])
def test_nobody_else_is(what_: str, name: str) -> None:
    assert SUPPORT_IS not in str(unknown(what_, name, registry()).fix)
