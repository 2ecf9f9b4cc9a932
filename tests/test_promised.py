"""A verdict tells what a policy itself says that it moves in the first place, and what is sure of who can take part,
beside what it tells of every policy."""

import pytest

import sim
from sim.measures import registry
from sim.report.comparison import verdict
from sim.report.comparison.key import MOST_PROMISED, MOST_SURE, claims
from sim.report.comparison.summary import PolicySummary, summarize
from sim.report.comparison.verdict import SpokenEffect
from sim.results import Comparison
from sim.results.statistics import FEWEST, Effect
from tests.made_effects import an_effect, effect_of
from tests.worlds import small


def told(name: str, *settings: str) -> PolicySummary:
    """What is said of a shipped policy that starts early."""
    worlds = [small(until=2016), small(name, f"policy.{name}.start=2013", *settings, until=2016)]
    (policy,) = summarize(sim.compare(worlds, replicates=FEWEST, workers=1), {}).policies
    return policy


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("open_publication", "access_gap_median_lab"),
        ("training_run_pace", "frontier_run_flop"),
        ("compute_permits", "compute_permit_price"),
    ],
)
def test_its_main_effect_stands_in_the_verdict_and_below_it(name: str, first: str) -> None:
    """A duty to publish closes the gap in what labs can use, and nothing that is told of every policy shows it."""
    policy = told(name)
    words = registry()[first].words
    assert (words.amount.partition("{}")[0] or registry()[first].subject) in " ".join(policy.verdict)
    assert first in [row.measure for row in policy.key]


def test_what_is_told_anyway_is_told_once_and_no_part_of_it() -> None:
    worlds = [small(until=2016), small("carbon_tax", "policy.carbon_tax.start=2013", until=2016)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1)
    ids = [claim.measure.id for claim in claims(found, 1, {})]
    assert len(ids) == len(set(ids))
    assert {"emissions_total", "policy_revenue"} <= set(ids)
    assert "emissions_operational" not in ids  # nearly all of the former


def test_a_policy_that_changes_nothing_else_is_told_as_before() -> None:
    policy = told("reporting_duty", "policy.reporting_duty.threshold=1e15")
    assert policy.verdict[0].startswith("changes nothing of ")
    assert any("report" in line or "known" in line for line in policy.verdict[1:])


def test_all_is_told_that_a_policy_promises_and_labs_that_can_pay_for_a_frontier_run_since_it_acts() -> None:
    """Under a ceiling: none could pay, and all can. A number of labs is told without a unit."""
    usual = {row.measure for row in told("carbon_tax").key}
    policy = told("training_run_ceiling", "policy.training_run_ceiling.limit=1e15")
    rows = {row.measure for row in policy.key}
    promised = {"frontier_run_flop", "spend_bound_by_ceiling", "research_share"}
    assert promised <= rows
    assert len(promised) <= MOST_PROMISED
    assert not usual & promised
    (line,) = (line for line in policy.verdict if "could pay" in line)
    assert line.startswith("raises the number of labs that could pay for a frontier run by about ")
    assert "actors" not in line


def test_what_a_policy_says_that_it_moves_is_told_where_its_direction_is_unclear() -> None:
    known = registry()
    usual = [SpokenEffect(known["emissions_total"], "tCO2e/yr", an_effect(0.0, (0.0, 0.0)), same=True)]
    own = [SpokenEffect(known["runs_known"], "runs/yr", an_effect(0.1, (-0.4, 0.5)))]
    first, second = verdict.clauses(usual, (2020, 2020), {}, own)
    assert first == "changes nothing of emissions"
    assert second.startswith("direction unclear: runs that became known (")


GAP, PAYING, ERROR = "access_gap_median_lab", "could_pay_frontier_academia", "error_median_lab"
FALLS, LITTLE, UNCLEAR = an_effect(-0.5, (-0.6, -0.4)), an_effect(-0.03, (-0.04, -0.02)), an_effect(-0.5, (-0.6, 0.4))
FROM_NOTHING = effect_of(luck=(5.0, 4.0, 6.0), wide=(5.0, 4.0, 6.0), baseline=1.0, replicates=20, draws=40)


@pytest.fixture(scope="module")
def found() -> Comparison:
    """A comparison with a policy that promises nothing of labs."""
    worlds = [small(until=2014), small("carbon_tax", "policy.carbon_tax.start=2013", until=2014)]
    return sim.compare(worlds, replicates=FEWEST, workers=1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({GAP: FALLS, ERROR: UNCLEAR, PAYING: UNCLEAR}, [GAP]),
        ({GAP: LITTLE, ERROR: UNCLEAR, PAYING: UNCLEAR}, []),  # less than anything else that moves
        ({GAP: FALLS, ERROR: an_effect(-0.2, (-0.3, -0.1)), PAYING: UNCLEAR}, [GAP, ERROR]),
        ({GAP: FALLS, ERROR: FALLS, PAYING: FROM_NOTHING}, [PAYING, GAP]),
    ],
)
def test_what_is_sure_of_access_is_told_unasked(
    monkeypatch: pytest.MonkeyPatch, found: Comparison, changes: dict[str, Effect], said: list[str]
) -> None:
    """The largest first, no more than MOST_SURE, and none that is less than all that is told anyway."""
    usual = an_effect(0.05, (0.03, 0.07))
    monkeypatch.setattr(Comparison, "effect", lambda *_: usual)
    ids = [claim.measure.id for claim in claims(found, 1, changes)]
    assert [id for id in ids if id in changes] == said
    assert len(said) <= MOST_SURE
