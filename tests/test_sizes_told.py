"""Sizes that a verdict tells: with the median over draws where they lead elsewhere, and public money in amounts."""

from dataclasses import replace

import pytest

import sim
from sim.cli.compare import _before_and_after
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.economy import OUTLAY, REVENUE
from sim.report.comparison import matrix
from sim.report.comparison.key import NET_WORDS
from sim.report.comparison.summary import summarize
from sim.report.comparison.verdict import brief
from sim.results.statistics import FEWEST
from tests.test_effects import an_effect
from tests.test_verdict import SMALL, claim, luck, said
from tests.worlds import small


@pytest.mark.parametrize(
    ("size", "median", "ends", "told"),
    [
        (0.05, 0.09, (0.02, 0.15), "by about 5 %."),
        (0.05, 0.11, (0.02, 0.3), "by about 5 % (with drawn numbers about 11 %, 2 to 30 %)."),
        (0.05, 0.02, (0.011, 0.08), "by about 5 % (with drawn numbers about 2 %, 1 to 8 %)."),
        (29.0, 117.0, (24.0, 730.0), "about 30-fold (with drawn numbers about 120-fold, 25-fold to 730-fold)."),
        (0.02, 15.0, (0.012, 40.0), "by about 2 % (with drawn numbers about 16-fold, 1 % to 41-fold)."),
    ],
)
def test_a_median_of_drawn_numbers_that_is_over_twice_or_below_half_of_a_size_stands_beside_it(
    size: float, median: float, ends: tuple[float, float], told: str
) -> None:
    change = luck(replace(an_effect(size, ends), wide_relative=median), 0.9 * size, 1.1 * size)
    assert said(claim(EMISSIONS, change)) == f"Raises emissions {told}"


def test_a_size_below_a_percent_is_told_where_drawn_numbers_lead_elsewhere() -> None:
    """ "May narrow the compute divide (1 to 90 %)" hid that it hardly does as the numbers stand."""
    change = luck(replace(an_effect(-0.0021, (-0.898, -0.0121)), wide_relative=-0.13), -0.0047, -0.0008)
    assert said(claim(DIVIDE, change)) == (
        "May narrow the compute divide by about 0.2 % (with drawn numbers about 13 %, 1 to 90 %)."
    )
    across = luck(replace(an_effect(0.002, (-0.00009, 0.5)), wide_relative=0.1), 0.001, 0.003)
    assert said(claim(DIVIDE, across)) == (
        "May widen the compute divide by about 0.2 % (with drawn numbers about +10 %, 0 to +50 %)."
    )
    none = luck(replace(an_effect(0.0, (0.0, 0.5)), wide_relative=0.1), 0.0, 0.0)
    assert said(claim(DIVIDE, none)) == (
        "May widen the compute divide by up to 50 % (nothing as the numbers stand, about 10 % with drawn ones)."
    )


def test_of_what_ended_before_the_last_year_the_range_is_told_as_of_others() -> None:
    total = luck(replace(an_effect(-0.05, (-0.6, -0.02)), wide_relative=-0.2), -0.06, -0.04)
    assert said(claim(EMISSIONS, SMALL, total)) == (
        "Cuts emissions by about 5 % over 2027–2040 (with drawn numbers about 20 %, 2 to 60 %; in 2040: hardly "
        "changes)."
    )


def test_public_money_is_told_in_amounts_also_where_there_was_some() -> None:
    """A treasury that takes in 15 billion and then loses 5 does not lower its net revenue by 138 %."""
    net = replace(luck(an_effect(-1.38, (-1.6, -1.2), baseline=14.7e9), -1.5, -1.3), policy=-5.6e9, in_amounts=True)
    assert not net.is_relative
    told = replace(claim(REVENUE, net), measure=replace(registry()[REVENUE], words=NET_WORDS))
    assert said(told) == "Lowers the treasury's net revenue by about $20 B a year, from $15 B to −$5.6 B."
    assert brief(net, "USD/yr") == "−$20 B"
    more = replace(an_effect(0.5, (0.3, 0.8), baseline=20e9), in_amounts=True)
    assert said(claim(OUTLAY, more)) == "Raises public outlay by about $10 B a year, from $20 B to $30 B."
    assert said(claim(OUTLAY, replace(SMALL, in_amounts=True))) == "Public outlay hardly changes."


def test_a_policy_that_changes_nothing_of_what_is_told_is_not_said_to_hardly_change_it() -> None:
    """And what it changes of its own is named: a reporting duty makes runs known."""
    settings = ("start=2013", "threshold=1e10", "lag=0")
    duty = small("reporting_duty", *(f"policy.reporting_duty.{setting}" for setting in settings), until=2015)
    found = sim.compare([small(until=2015), duty], replicates=FEWEST, workers=1)
    summary = summarize(found, {}).policies[0]
    begins = "Changes nothing of access, the frontier's error, emissions and the AI product market; raises runs that"
    assert summary.verdict.startswith(begins), summary.verdict
    assert matrix.said(registry()[EMISSIONS], found.effect(1, EMISSIONS)) == "no change"
    dashes = next(line for line in _before_and_after(summary) if "---" in line)
    assert "  --\n" not in f"{dashes}\n"
    one = [claim(id, SMALL) for id in (DIVIDE, EMISSIONS)]
    assert said(replace(one[0], same=True), one[1]) == "Access and emissions hardly change."
