"""One rule says how sure an effect is, and one set of words says it: in reports, on the page, and in documents."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.economy import REVENUE
from sim.report import laws
from sim.report.certainty import called, clause, statement
from sim.report.comparison import matrix
from sim.report.comparison.verdict import SpokenEffect, clauses, judged, sentence
from sim.report.words import LEAST_FACTOR, TENFOLD, on_one_scale, rough
from sim.results.certainty import MANY, Against, Sureness, against, direction, moved, sureness
from sim.results.statistics import Effect, Middle, effect
from tests.made_effects import altered, an_effect, effect_of
from tests.test_verdict import amount, few, luck

ORDER = [Sureness.FEW, Sureness.UNCLEAR, Sureness.MAY, Sureness.SURE]  # ever firmer
MIDDLES = st.floats(-0.9, 20)


def drawn(change: Effect, draws: int) -> Effect:
    return replace(change, draws=draws)


def middling(change: Effect, median: float) -> Effect:
    """The effect with this median over draws."""
    return altered(change, wide_relative=median, wide_difference=median * change.baseline)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (an_effect(-0.71, (-0.8, -0.3)), "falls by 71 % (30 to 80 %)"),
        (an_effect(-0.71, (-0.8, -0.001)), "may fall by 71 % (0.1 to 80 %)"),
        (an_effect(-0.71, (-0.8, 0.0)), "may fall by 71 % (0 to 80 %)"),
        (an_effect(-0.71, (-0.8, 0.004)), "may fall by 71 % (−80 to +0.4 %)"),
        (an_effect(-0.71, (-0.8, 0.2)), "direction unclear (−80 to +20 %)"),
        (luck(an_effect(0.004, (-0.01, 0.02)), 0.003, 0.005), "hardly changes"),
        (luck(an_effect(0.004, (0.0, 0.2)), 0.003, 0.005), "may rise by 0.4 % (0 to 20 %)"),
        (luck(an_effect(0.00004, (0.0, 0.2)), 0.0, 0.005), "may rise (0 to 20 %)"),
        (luck(an_effect(0.004, (-0.005, 0.2)), 0.003, 0.005), "direction unclear (−0.5 to +20 %)"),
        (an_effect(0.02, (-0.02, 0.03)), "direction unclear (−2 to +3 %)"),
        (
            luck(an_effect(0.0075, (-0.9, -0.08)), -0.03, 0.045),
            "direction unclear (+0.8 % as numbers stand, with drawn numbers −90 to −8 %)",
        ),
        (
            luck(an_effect(-0.3, (-0.5, -0.1)), -0.6, 0.1),
            "direction unclear (by luck −60 to +10 %, with drawn numbers −50 to −10 %)",
        ),
        (an_effect(235.0, (80, 600)), "rises 240-fold (81-fold to 600-fold)"),
        (middling(an_effect(0.3, (0.2, 2.5)), 0.5), "rises by 30 % (20 to 250 %)"),
        (middling(an_effect(0.3, (0.2, 2.5)), 0.7), "rises by 30 % (median 70 %, 20 to 250 %)"),
        (middling(an_effect(-0.63, (-0.997, -0.25)), -0.974), "falls by 63 % (median 97 %, 25 to 99.7 %)"),
        (middling(an_effect(-0.63, (-0.997, -0.25)), -0.8), "falls by 63 % (25 to 99.7 %)"),  # 37 % left, and 20 %
        (middling(an_effect(29.0, (24.0, 730.0)), 117.0), "rises 30-fold (median 120-fold, 25-fold to 730-fold)"),
        (middling(an_effect(-0.0007, (-0.6, -0.0001)), -0.21), "may fall by 0.07 % (median 21 %, 0.01 to 60 %)"),
        (an_effect(-0.9968, (-0.999, -0.99)), "falls by 99.7 % (99 to 99.9 %)"),
        (few(an_effect(-0.71, (-0.8, -0.3))), "too few replicates"),
    ],
)
def test_an_effect_has_the_same_words_everywhere(change: Effect, words: str) -> None:
    """In the README's table, in a verdict, in the table below it and in the sentence on laws."""
    share = registry()[ACADEMIA_SHARE]
    assert matrix.said(registry()[ACADEMIA_SHARE], change) == words
    short = words.split(" by ")[0].split(" (")[0]
    assert judged(share, {ACADEMIA_SHARE: change}.get).split(", ")[0].startswith(re.split(r" \d", short)[0])
    said = sentence(clauses([SpokenEffect(share, "fraction", change)], (2027, 2040), {ACADEMIA_SHARE: change}))
    verbs = {"falls": "Lowers", "rises": "Raises", "may fall": "May lower", "may rise": "May raise"}
    assert verbs.get(called(share, change), short.capitalize()).lower() in said.lower()
    law = laws.answer("Flat", "steep", 2040, {DIVIDE: change})
    if not change.few:
        narrow = called(registry()[DIVIDE], change)
        assert f"the compute divide{':' if 'unclear' in narrow else ''} {narrow}" in law


ALONE = re.compile(r"(median|highest|lowest|largest|lower half|top|next|year|error|cost|use|concentration|size) ")


@pytest.mark.parametrize("id", registry())
def test_what_is_one_thing_has_an_article_in_a_sentence(id: str) -> None:
    """A policy lowered median lab's access gap."""
    one = registry()[id]
    assert not ALONE.match(one.subject)
    assert not one.title.startswith("The ")
    assert not one.label.startswith("The ")


def test_words_follow_the_number_of_their_subject() -> None:
    """A cell has no subject; a sentence has one."""
    fall, emissions = an_effect(-0.3, (-0.5, -0.1)), registry()[EMISSIONS]
    assert called(emissions, fall) == "falls"
    assert statement(fall, emissions, fall.luck.relative) == "emissions fall by 30 % (10 to 50 %)"
    none = luck(an_effect(0.001, (-0.004, 0.009)), 0.0, 0.002)
    assert statement(none, emissions, none.luck.relative) == "emissions hardly change"


def test_what_goes_against_a_range_one_way_is_told() -> None:
    """All draws go one way, and yet the direction is unclear: a reader is told why in sentences, tables and the key."""
    other = luck(an_effect(0.0075, (-0.9, -0.08)), -0.03, 0.045)
    doubt = luck(an_effect(-0.3, (-0.5, -0.1)), -0.6, 0.1)
    both_ways = an_effect(0.3, (-0.6, 0.9))
    rows = [judged(registry()[DIVIDE], {DIVIDE: change}.get) for change in (other, doubt, both_ways)]
    assert rows == [
        "direction unclear: drawn numbers go the other way",
        "direction unclear: luck alone goes both ways",
        "direction unclear",
    ]
    said = sentence(clauses([SpokenEffect(registry()[DIVIDE], "ratio", other)], (2027, 2040), {DIVIDE: other}))
    assert said == ("Direction unclear: the compute divide (+0.8 % as numbers stand, with drawn numbers −90 to −8 %).")
    opposed = replace(amount(-9e9, 1e9, 9e9), policy=-9e9)
    money = sentence(clauses([SpokenEffect(registry()[REVENUE], "USD/yr", opposed)], (2027, 2040), {REVENUE: opposed}))
    assert "(−$9.0 B as numbers stand, with drawn numbers +$1.0 B to +$9.0 B)" in money


def test_draws_on_both_sides_of_nothing_do_not_go_the_other_way() -> None:
    """−1.22 % beside a median of −0.175 % was "drawn numbers go the other way"."""
    change = luck(middling(an_effect(-0.0122, (-0.0058, 0.00676)), -0.00175), -0.0147, -0.01)
    divide = registry()[DIVIDE]
    assert judged(divide, {DIVIDE: change}.get) == "direction unclear: drawn numbers lie on both sides of nothing"
    said = sentence(clauses([SpokenEffect(divide, "ratio", change)], (2027, 2040), {DIVIDE: change}))
    assert "(−1 % as numbers stand, with drawn numbers −0.6 to +0.7 %)" in said


@given(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_the_other_way_is_said_of_draws_that_all_go_there(middle: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    change = luck(an_effect(middle, (low, high)), middle - 0.001, middle + 0.001)
    what = against(change)
    if what is Against.SIZE:
        assert low >= 0 >= middle or high <= 0 <= middle
    if what is Against.AROUND:
        assert low < 0 < high
        assert not low <= middle <= high


@given(MIDDLES, st.floats(-0.9, 20), st.floats(-0.9, 20), st.floats(-0.9, 20), st.floats(-0.9, 20))
def test_no_range_that_goes_one_way_is_called_unclear_without_what_goes_against_it(
    middle: float, low: float, high: float, one: float, other: float
) -> None:
    change = luck(an_effect(middle, (min(low, high), max(low, high))), *sorted((one, other, middle))[::2])
    told = clause(change, registry()[DIVIDE], change.luck.relative)
    goes_one_way = min(low, high) > 0 or max(low, high) < 0
    if sureness(change) is Sureness.UNCLEAR and goes_one_way:
        assert "as numbers stand, with drawn numbers" in told or "(by luck " in told


@pytest.mark.parametrize(("one", "other"), [(6, 7), (6, 32), (10, 50), (32, 50), (40, 80)])
@given(MIDDLES, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_few_draws_give_no_firmer_words_than_many(one: int, other: int, middle: float, low: float, high: float) -> None:
    """On the same range."""
    spread = an_effect(middle, (-1 + (1 + middle) * (1 - 0.999 * low), (1 + middle) * (1 + 3 * high) - 1))
    less, more = (sureness(drawn(spread, draws)) for draws in (one, other))
    if Sureness.HARDLY in (less, more):
        assert less is more or more is Sureness.HARDLY
    else:
        assert ORDER.index(less) <= ORDER.index(more)


def test_a_range_over_few_draws_counts_as_wider() -> None:
    near = an_effect(-0.3, (-0.5, -0.1))
    assert sureness(drawn(near, MANY)) is Sureness.SURE
    assert sureness(drawn(near, 10)) is Sureness.MAY
    assert sureness(drawn(an_effect(28.4, (24.0, 730.0)), 10)) is Sureness.SURE
    hardly = luck(an_effect(0.001, (-0.04, 0.04)), 0.0, 0.002)
    assert sureness(drawn(hardly, MANY)) is Sureness.HARDLY
    assert sureness(drawn(hardly, 10)) is Sureness.UNCLEAR


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((0.0, -0.00004, 0.0), Sureness.HARDLY),
        ((0.0009, 0.0002, 0.004), Sureness.HARDLY),
        ((0.0011, 0.0005, 0.004), Sureness.SURE),
        ((0.0009, 0.0002, 0.006), Sureness.MAY),
        ((0.02, -0.01, 0.05), Sureness.UNCLEAR),
    ],
)
def test_a_tiny_part_of_a_share_hardly_changes_and_of_other_amounts_may(
    change: tuple[float, float, float], said: Sureness
) -> None:
    """Where there is no relative change."""
    middle = change[0]
    share = effect_of(luck=(middle,) * 3, wide=change, replicates=50, draws=50, in_points=True)
    assert sureness(share) is said
    assert sureness(replace(share, in_points=False)) is not Sureness.HARDLY


def test_a_tiny_share_of_few_draws_is_not_surely_more() -> None:
    """Its range is no range of ratios: as one its upper end would lie fifty times as far out."""
    luck, wide = (4e-5, 3e-5, 5e-5), (4e-5, 7e-7, 1.4e-4)
    change = effect_of(luck=luck, wide=wide, replicates=7, draws=7, in_points=True)
    assert sureness(change) is Sureness.HARDLY


def test_a_small_change_whose_draws_go_the_other_way_has_no_direction() -> None:
    """A divide that narrows by 0.1 % does not widen, though all draws that differ go that way."""
    for middle, said in ((-0.00117, Sureness.UNCLEAR), (0.00117, Sureness.MAY)):
        change = luck(an_effect(middle, (0.0, 0.03)), middle - 0.003, middle + 0.002)
        assert sureness(drawn(change, 8)) is said


def test_no_large_unsettled_change_is_called_none() -> None:
    """Nor is a direction named that pairs give one way in amounts and the other in relative changes."""
    before, after = np.array([100.0] * 30 + [1.0]), np.array([90.0] * 30 + [1.5])
    got = effect(before, after, (before, after))
    assert got is not None
    assert sureness(got) is Sureness.UNCLEAR
    assert (direction(got), moved(got)) == (0, 0.0)
    assert clause(an_effect(0.3, (-0.6, 0.9)), registry()[DIVIDE], got.luck.relative).startswith("direction unc")


@given(st.floats(-0.9999, 8.0))
def test_rounding_moves_no_number_across_what_it_is_compared_to(relative: float) -> None:
    shown = float(rough(relative).removesuffix(" %").replace(",", "")) / 100
    for edge in (0.01, 0.05):
        assert (shown < edge - 1e-12) == (abs(relative) < edge) or abs(abs(relative) - edge) < 1e-7


@given(MIDDLES, st.floats(-0.99, 500), st.floats(-0.99, 500))
def test_a_range_has_one_notation(middle: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    """Factors where one number is told so, but for what is hardly a factor: 2 %, and not 1.02-fold."""
    size, _, ends = on_one_scale(middle, Middle(middle, low, high))
    folds = max(middle, low, high) >= TENFOLD
    near, far = (low, high) if low < 0 < high else sorted((low, high), key=abs)
    for relative, text in zip((middle, near, far), (size, *ends.split(" to ")), strict=True):
        assert ("-fold" in text) == (folds and abs(relative) >= LEAST_FACTOR)


def test_the_range_of_an_amount_begins_where_it_does() -> None:
    """Revenue is never less than nothing; an amount that may be either has signs."""

    def said(change: Effect) -> str:
        return sentence(clauses([SpokenEffect(registry()[REVENUE], "USD/yr", change)], (2027, 2040), {REVENUE: change}))

    assert said(amount(704e9, 0.0, 2.3e12)) == "May raise about $700 B a year (0 to $2.3 T)."
    assert said(amount(704e9, 46e9, 1.3e12)) == "Raises about $700 B a year ($46 B to $1.3 T)."
    assert said(amount(704e9, -46e9, 1.3e12)) == ("Direction unclear: the revenue of policies (−$46 B to +$1.3 T).")


def test_public_money_in_the_readme_has_the_median_over_draws_beside_it() -> None:
    change = amount(7e11, 0.0, 2.7e12)
    assert matrix.ranged(change, "USD/yr") == "$700 B (0 to $2.7 T)"
    less = altered(change, wide_difference=2.4e11)
    assert matrix.ranged(less, "USD/yr") == "$700 B (median $240 B, 0 to $2.7 T)"


@pytest.mark.parametrize("relative", [0.5, 0.005, -0.005, -0.5])
def test_a_mixture_of_which_one_theory_has_too_few_pairs_has_no_direction(relative: float) -> None:
    """It has no range, whatever number of pairs the others have; a rise and a fall are called alike."""
    ranged = an_effect(relative, (relative, relative))
    change = replace(ranged, draws=15, luck=ranged.luck.bare)
    assert sureness(change) in (Sureness.SURE, Sureness.MAY, Sureness.HARDLY)  # of theories, whose luck has no interval
    assert sureness(replace(change, wide=change.wide.bare)) is Sureness.FEW


@given(st.floats(-0.95, 20), st.floats(-0.95, 20), st.floats(-0.95, 20), st.floats(-0.95, 20))
def test_a_median_behind_by_has_no_sign_that_the_word_has(size: float, middle: float, one: float, two: float) -> None:
    """Cut by about 8 % (with drawn numbers about −24 %) was a rise."""
    low, middle, high = sorted((middle, one, two))
    said, told, _ = on_one_scale(size, Middle(middle, low, high))
    assert said[0] not in "+−"
    if (middle > 0) == (size > 0):
        assert told[0] not in "+−"
