"""A verdict tells what a policy itself says that it moves in the first place, beside what it tells of every policy."""

import pytest

import sim
from sim.measures import registry
from sim.report.comparison.key import MOST_PROMISED, claims
from sim.report.comparison.summary import PolicySummary, summarize
from sim.results.statistics import FEWEST
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
    assert registry()[first].subject in " ".join(policy.verdict)
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


def test_few_are_told_of_a_policy_that_promises_much() -> None:
    usual = {row.measure for row in told("carbon_tax").key}
    rows = {row.measure for row in told("training_run_ceiling", "policy.training_run_ceiling.limit=1e15").key}
    promised = {"frontier_run_flop", "spend_bound_by_ceiling", "research_share"}
    assert len(rows & promised) == MOST_PROMISED
    assert not usual & promised
