"""Sizes that a verdict tells: with the median over draws where they lead elsewhere, and public money in amounts."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

import sim
from sim.app.sentence import _roughly
from sim.cli.compare import _before_and_after
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.economy import OUTLAY, REVENUE
from sim.report.comparison import matrix
from sim.report.comparison.key import NET_WORDS, bought
from sim.report.comparison.summary import summarize
from sim.report.words import POINTS, reach
from sim.results.statistics import FEWEST
from tests.made_effects import altered, an_effect
from tests.test_verdict import SMALL, amount, claim, luck, said
from tests.worlds import small


@pytest.mark.parametrize(
    ("size", "median", "ends", "told"),
    [
        (0.05, 0.06, (0.04, 0.066), "by about 5 %."),
        (0.05, 0.09, (0.02, 0.15), "by about 5 % (2 to 15 %)."),
        (0.6, 0.44, (0.28, 0.79), "by about 60 % (28 to 79 %)."),
        (0.6, 0.6, (0.59, 0.79), "by about 60 %."),
        (0.6, 0.6, (0.59, 0.82), "by about 60 % (59 to 82 %)."),
        (0.05, 0.11, (0.02, 0.3), "by about 5 % (with drawn numbers about 11 %, 2 to 30 %)."),
        (0.05, 0.02, (0.011, 0.08), "by about 5 % (with drawn numbers about 2 %, 1 to 8 %)."),
        (29.0, 117.0, (24.0, 730.0), "about 30-fold (with drawn numbers about 120-fold, 25-fold to 730-fold)."),
        (0.02, 15.0, (0.012, 40.0), "by about 2 % (with drawn numbers about 16-fold, 1 % to 41-fold)."),
    ],
)
def test_a_median_of_drawn_numbers_that_is_over_twice_or_below_half_of_a_size_stands_beside_it(
    size: float, median: float, ends: tuple[float, float], told: str
) -> None:
    change = luck(altered(an_effect(size, ends), wide_relative=median), 0.9 * size, 1.1 * size)
    assert said(claim(EMISSIONS, change)) == f"Raises emissions {told}"


def test_a_size_below_a_percent_is_told_where_drawn_numbers_lead_elsewhere() -> None:
    """ "May narrow the compute divide (1 to 90 %)" hid that it hardly does as the numbers stand."""
    change = luck(altered(an_effect(-0.0021, (-0.898, -0.0121)), wide_relative=-0.13), -0.0047, -0.0008)
    assert said(claim(DIVIDE, change)) == (
        "May narrow the compute divide by about 0.2 % (with drawn numbers about 13 %, 1 to 90 %)."
    )
    across = luck(altered(an_effect(0.002, (-0.00009, 0.5)), wide_relative=0.1), 0.001, 0.003)
    assert said(claim(DIVIDE, across)) == (
        "May widen the compute divide by about 0.2 % (with drawn numbers about 10 %, 0 to +50 %)."
    )
    none = luck(altered(an_effect(0.0, (0.0, 0.5)), wide_relative=0.1), 0.0, 0.0)
    assert said(claim(DIVIDE, none)) == (
        "May widen the compute divide by up to 50 % (nothing as the numbers stand, about 10 % with drawn ones)."
    )


def test_of_what_ended_before_the_last_year_the_range_is_told_as_of_others() -> None:
    total = luck(altered(an_effect(-0.05, (-0.6, -0.02)), wide_relative=-0.2), -0.06, -0.04)
    assert said(claim(EMISSIONS, SMALL, total)) == (
        "Cuts emissions by about 5 % over 2027–2040 (with drawn numbers about 20 %, 2 to 60 %; in 2040: hardly "
        "changes)."
    )


def test_sums_over_the_years_are_told_by_the_rule_for_the_last_year() -> None:
    """ "$110 B over 2027–2035" stood where drawn worlds say 35."""
    total = altered(amount(110e9, 8.6e9, 115e9), wide_difference=35.3e9)
    assert said(claim(REVENUE, amount(510e6, 83e6, 739e6), total)) == (
        "Raises about $510 M a year ($83 M to $740 M; $110 B over 2027–2040, median $35 B, $8.6 B to $120 B)."
    )
    year = luck(altered(an_effect(-0.03, (-0.09, -0.011)), wide_relative=-0.04), -0.031, -0.029)
    whole = luck(altered(an_effect(-0.0098, (-0.089, -0.003)), wide_relative=-0.0258), -0.0099, -0.0097)
    assert said(claim(EMISSIONS, year, whole)) == (
        "Cuts emissions by about 3 % (1 to 9 %; perhaps 0.98 % over 2027–2040, median 3 %, 0.3 to 9 %)."
    )
    against = altered(amount(-9e9, -12e9, -1e9), wide_difference=-3e9)
    assert said(claim(REVENUE, amount(4e9, 3e9, 5e9), against)) == (
        "Raises about $4.0 B a year ($3.0 B to $5.0 B; lowers the revenue of policies by about $9.0 B over 2027–2040, "
        "median $3.0 B, $1.0 B to $12 B)."
    )


def test_amounts_have_their_range_unless_it_is_rounding() -> None:
    assert said(claim(REVENUE, amount(510e6, 83e6, 739e6))) == "Raises about $510 M a year ($83 M to $740 M)."
    assert said(claim(OUTLAY, amount(400e6, 399.9e6, 400.1e6))) == "Costs the treasury about $400 M a year."


def test_public_money_is_told_in_amounts_also_where_there_was_some() -> None:
    """A treasury that takes in 15 billion and then loses 5 does not lower its net revenue by 138 %."""
    net = replace(luck(an_effect(-1.38, (-1.6, -1.2), baseline=14.7e9), -1.5, -1.3), policy=-5.6e9, in_amounts=True)
    assert not net.is_relative
    told = replace(claim(REVENUE, net), measure=replace(registry()[REVENUE], words=NET_WORDS))
    assert said(told) == (
        "Lowers the treasury's net revenue by about $20 B a year, from $15 B to −$5.6 B (by $18 B to $24 B)."
    )
    assert _roughly([told]) == f"{told.measure.subject} −$20 B"
    more = replace(an_effect(0.5, (0.3, 0.8), baseline=20e9), in_amounts=True)
    assert said(claim(OUTLAY, more)) == (
        "Raises public outlay by about $10 B a year, from $20 B to $30 B (by $6.0 B to $16 B)."
    )
    assert said(claim(OUTLAY, replace(SMALL, in_amounts=True))) == "Public outlay hardly changes."


def test_a_policy_that_changes_nothing_of_what_is_told_is_not_said_to_hardly_change_it() -> None:
    """And what it changes of its own is named: a reporting duty makes runs known."""
    settings = ("start=2013", "threshold=1e10", "lag=0")
    duty = small("reporting_duty", *(f"policy.reporting_duty.{setting}" for setting in settings), until=2015)
    found = sim.compare([small(until=2015), duty], replicates=FEWEST, workers=1)
    summary = summarize(found, {}).policies[0]
    nothing, moved = summary.verdict
    assert nothing == "changes nothing of access, the frontier's error, emissions and the AI product market"
    assert moved.startswith("raises runs that"), moved
    assert matrix.said(registry()[EMISSIONS], found.effect(1, EMISSIONS)) == "no change"
    dashes = next(line for line in _before_and_after(summary) if "---" in line)
    assert "  --\n" not in f"{dashes}\n"
    one = [claim(id, SMALL) for id in (DIVIDE, EMISSIONS)]
    assert said(replace(one[0], same=True), one[1]) == "Access and emissions hardly change."


def test_between_two_programmes_it_is_told_who_gets_more_and_who_less() -> None:
    """ "$68 M a year to startups" stood where labs and startups get 300, and labs had them all before."""
    labs = (
        "policy.public_compute.start=2013",
        "policy.public_compute.budget=2 MUSD/yr",
        "policy.public_compute.share=0",
    )
    both = ("policy.compute_voucher.start=2013", "policy.compute_voucher.budget=2 MUSD/yr",
            'policy.compute_voucher.kinds=["startup", "academic_lab"]')  # fmt: skip

    def told(first: Sequence[str], second: Sequence[str]) -> str:
        worlds = [small("baseline", *settings, until=2015) for settings in (first, second)]
        return bought(sim.compare(worlds, replicates=1, workers=1, assumptions=False), 1)

    moved = re.fullmatch(
        r"Public money for compute moves \(public compute and compute vouchers: \$(\d+) k a year more to startups, "
        r"\$(\d+) k less to academic labs\)\.",
        told(labs, both),
    )
    assert moved
    assert moved[1] == moved[2]
    assert " more " not in told((), both)
    more = told(labs, [*labs[:1], "policy.public_compute.budget=3 MUSD/yr", labs[2]])
    assert more == (
        "Public money pays for compute, which emits as well (public compute: $1.0 M a year more to academic labs)."
    )


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (("30 %", "80 %"), "30 to 80 %"),
        ((f"20{POINTS}", f"30{POINTS}"), "20 to 30 percentage points"),
        (("14 %", "15-fold"), "14 % to 15-fold"),
        (("0", f"3{POINTS}"), "0 to 3 percentage points"),
    ],
)
def test_a_unit_of_both_ends_is_said_once(ends: tuple[str, str], told: str) -> None:
    assert reach(*ends) == told
