"""Words follow from numbers: sign, size and interval."""

import re
from dataclasses import fields

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.app.looks import RAISED, raised
from sim.cli.tables import wrapped
from sim.measures import registry
from sim.measures.ids import within
from sim.plurals import unbroken
from sim.policies import registry as policies
from sim.report import words
from sim.report.letters import readable
from sim.report.run.course import change_sentence
from sim.report.style import png, typeset
from sim.report.template import _powers
from sim.results import Spread
from sim.results.statistics import FEWEST, Middle
from sim.scenario.schema import Mechanisms

START = np.array([10.0, 11.0, 9.0, 10.0, 10.0, 10.0])
UP_DOWN = ("widens", "narrows")


def sentence(factor: float | np.ndarray) -> str:
    return change_sentence("The divide", START, START * factor, "ratio", UP_DOWN)


def test_sign_chooses_the_verb() -> None:
    assert "widens from 10.0× to 20.0×" in sentence(2.0)
    assert "narrows from 10.0× to 5.00×" in sentence(0.5)
    assert "by a factor of 2.00" in sentence(0.5)


def test_size_chooses_the_adverb() -> None:
    assert "widens slightly" in sentence(1.05)
    assert "narrows slightly" in sentence(0.95)
    assert "slightly" not in sentence(1.5)


def test_interval_that_holds_no_change_says_so() -> None:
    text = sentence(np.array([0.8, 0.9, 1.0, 1.0, 1.1, 1.2]))
    assert "direction unclear" in text
    assert "direction unclear" not in sentence(np.array([0.999, 1.0, 1.0, 1.0, 1.001, 1.0]))
    assert "widens" not in text
    assert "narrows" not in text


def test_the_verb_has_the_number_of_its_subject() -> None:
    same = np.array([0.8, 0.9, 1.0, 1.0, 1.1, 1.2])
    text = change_sentence("Yearly emissions", START, START * same, "tCO2e/yr", ("rise", "fall"))
    assert "Yearly emissions go from 10.0 tCO2e/yr to" in text
    assert "The divide goes from" in sentence(same)
    assert "The divide hardly changes" in sentence(1.0)


def test_the_interval_is_the_5th_to_95th_percentile() -> None:
    factors = 1 + np.arange(1, 102) / 10  # 1.1 to 11.1: the 5th and the 95th of a hundred steps
    text = change_sentence("The divide", np.ones(101), factors, "ratio", UP_DOWN)
    assert "(by a factor of 6.10 [1.60, 10.6] over replicates)" in text


def test_a_factor_and_its_range_are_on_one_scale() -> None:
    text = sentence(5e6 * (1 + np.linspace(-0.5, 1.5, START.size)))
    assert re.search(r"by a factor of [\d.]+ M \[[\d.]+, [\d.]+\]", text), text
    assert "10^" not in text


def test_the_range_over_draws_has_a_median_and_a_unit_of_its_own() -> None:
    """757 years [393, 1,090] (1,040, 85,400): the value lay outside its range, and no unit stood behind that."""
    luck, drawn = Spread(9, 757, 393, 1090), Spread(9, 5200, 1040, 85_400)
    assert words.ranged(luck, "yr", wide=drawn) == "757 years [393, 1,090]\n5,200 years (1,040, 85,400)"
    dollars = words.ranged(Spread(9, 2.34e9, 0.765e9, 5.91e9), "USD/yr", wide=Spread(9, 4e5, 1e5, 9e5))
    assert dollars == "$2.34 B [0.765, 5.91]\n$400 k (100, 900)"
    assert words.ranged(luck, "yr", wide=Spread(2, 5200)) == "757 years [393, 1,090]"


def over(factor: float | np.ndarray, wide: float | np.ndarray) -> str:
    return change_sentence("The divide", START, START * factor, "ratio", UP_DOWN, (START, START * wide))


def test_a_range_over_an_ensemble_is_told_beside_that_over_replicates() -> None:
    factors = np.linspace(4.0, 8.0, START.size)
    assert over(2.0, factors).endswith(
        "(by a factor of 2.00 [2.00, 2.00] over replicates; with drawn numbers by 6.00, from 4.20 to 7.80)."
    )
    assert over(0.5, 1 / factors).endswith("; with drawn numbers by 5.97, from 4.17 to 7.78).")
    assert "narrows from" in over(0.5, 1 / factors)
    both_ways = np.array([0.8, 0.9, 1.0, 1.0, 1.1, 1.2])
    assert over(both_ways, factors).endswith(
        "the factor lies in [0.825, 1.18] over replicates; with drawn numbers it is 6.00, from 4.20 to 7.80."
    )
    assert "drawn" not in over(2.0, np.nan)
    assert "drawn" not in sentence(2.0)


@pytest.mark.parametrize("count", range(1, FEWEST))
def test_few_replicates_have_no_range_and_no_direction(count: int) -> None:
    """One replicate told of a factor of 1.14 [1.14, 1.14]."""
    values = np.arange(1.0, count + 1)
    for factor in (0.5, 1.14, 700.0):
        text = change_sentence("Yearly emissions", values, factor * values, "tCO2e/yr", ("rise", "fall"))
        assert re.fullmatch(r"Yearly emissions go from [\d.]+ tCO2e/yr to [\d.,]+ (k )?tCO2e/yr\.", text), text
    assert change_sentence("The divide", values, 2 * values, "ratio", UP_DOWN).startswith("The divide goes from ")
    stays = change_sentence("The divide", values, values, "ratio", UP_DOWN)
    assert re.fullmatch(r"The divide is unchanged at [\d.]+×\.", stays)  # it went from 0 % to 0 %
    barely = change_sentence("The divide", values, 1.0001 * values, "ratio", UP_DOWN)
    assert re.fullmatch(r"The divide hardly changes: [\d.]+× before and after\.", barely)
    assert "[" not in words.ranged(Spread.of(values), "ratio")
    assert "--replicates 6" in words.range_sentence(count)


def test_what_is_counted_follows_the_mechanisms() -> None:
    on, off = (Mechanisms(**{field.name: works for field in fields(Mechanisms)}) for works in (True, False))
    assert words.scope_sentences(on)[0] == (
        "Emissions are those of electricity for training and serving customers, and of making the hardware."
    )
    assert words.scope_sentences(off)[0] == (
        "Emissions are those of electricity for training only, without making the hardware."
    )
    assert "follows demand" in words.scope_sentences(on)[1]
    nobody = "Nobody buys cleaner power because of a price or cap of carbon, or of support for it"
    assert words.scope_sentences(off)[1] == f"{nobody}."
    for name in ("carbon_tax", "clean_power_support"):
        assert words.scope_sentences(off, [policies()[name](id="it")])[1].startswith(f"{nobody}, which is a switch")
    assert len(words.scope_sentences(off, [policies()["compute_voucher"](id="it")])) == 2
    assert "an assumed path" in words.scope_sentences(off)[2]


@pytest.mark.parametrize("value", [5e-6, 2.5e27, -1e-7])
def test_a_power_of_ten_stands_high_wherever_it_is_written(value: float) -> None:
    """In reports, figures and charts of the page, however small it is, and beside what ends a sentence."""
    text = words.plain(value)
    exponent = text.partition("^")[2]
    sign = "−" if value < 0 else ""
    assert _powers(f"{text}. So") == f"{sign}10<sup>{exponent}</sup>. So"
    assert typeset(f"{text}. So") == f"{sign}$10^{{{exponent}}}$. So"
    assert raised(f"{text}. So") == f"{sign}10{exponent.translate(RAISED)}. So"
    with readable(figure := Figure()):
        figure.text(0, 0, typeset(text))
        assert png(figure)


def test_nothing_to_compare() -> None:
    assert "cannot be stated" in change_sentence("It", [np.nan], [1.0], "ratio", UP_DOWN)
    none = change_sentence("It", [0.1] * 9, [0.0] * 9, "fraction", UP_DOWN)
    assert none == "It goes from 10.0 % to 0 %."  # nothing is a value, of which no factor tells
    some = change_sentence("It", [0.1] * 9, [0.2] * 4 + [0.0] * 5, "fraction", UP_DOWN)
    assert some == "It goes from 10.0 % to 0 %."


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3.9e9, "USD", "$3.90 B"), (612e6, "USD/yr", "$612 M"), (9.4e6, "tCO2e/yr", "9.40 M tCO2e/yr"),
        (0.037, "fraction", "3.70 %"), (33.0, "ratio", "33.0×"), (52.0, "months", "52.0 months"),
        (10**27.4, "FLOP", "10^27.4 FLOP"), (1.5e15, "USD", "$10^15.2"), (12.6e6, "MWh/yr", "12.6 TWh/yr"),
        (0.0000139, "fraction", "0.00139 %"), (float("nan"), "USD", "–"), (0.0, "USD", "$0"), (-4.2, "ratio", "−4.20×"),
        (-689e9, "USD", "−$689 B"), (-0.5, "fraction", "−50.0 %"),
        (1e30, "MWh/yr", "10^30.0 MWh/yr"), (999_999.0, "USD", "$1.00 M"), (999_999.0, "MWh/yr", "1.00 TWh/yr"),
        (60.0, "actors", "60 actors"), (1234.0, "actors/yr", "1,234 actors/yr"), (0.0, "actors", "0 actors"),
        (9.5, "actors", "9.50 actors on average"), (1.0, "actors", "1 actor"), (-2.0, "actors", "−2 actors"),
        (30400.0, "ratio", "30,400×"), (0.61234, "index", "0.612"), (999.9, "USD", "$1.00 k"),
        (0.412, "USD/EFLOP", "$0.412/EFLOP"),
        (12.0, "papers/yr", "12.0 papers/yr"), (12.0, "USD/paper", "$12.0/paper"),  # units that nobody knows
    ],
)  # fmt: skip
def test_numbers_for_people(value: float, unit: str, text: str) -> None:
    assert words.number(value, unit) == text


@pytest.mark.parametrize(
    ("relative", "text"),
    [(-1.0, "−100"), (-0.9999, "−99.990"), (-0.9996, "−99.96"), (-0.996, "−99.6"), (-0.99, "−99.0"), (0.5, "+50.0"),
     (-1 + 1e-9, "−99.9999"), (1e-6, "0"), (-0.0, "0"), (np.nan, "–")],
)  # fmt: skip
def test_a_change_that_leaves_a_little_is_told_from_one_that_leaves_nothing(relative: float, text: str) -> None:
    assert words.change_text(relative) == text
    assert words.change_text(-0.996, places=2) == "−99.6"


def test_a_range_shares_its_scale() -> None:
    values = Spread(20, 58.4e12, 2.6e13, 1.73e14)
    assert words.ranged(values, "USD") == "$58.4 T [26.0, 173]"
    assert words.ranged(values, "USD", at_least=True).startswith("≥ ")
    assert words.ranged(Spread(0), "USD") == "–"


def test_counts_in_a_range_are_whole() -> None:
    """A median between two counts goes up, as the ends of the range go to the nearest."""
    assert words.ranged(Spread(20, 9.5, 1.95, 21.2), "actors") == "10 actors [2, 21]"
    assert words.ranged(Spread(20, 8.5, 8.5, 8.5), "actors/yr") == "9 actors/yr [9, 9]"


def test_two_counts_are_told_in_the_same_words() -> None:
    """Of which one is a mean: "222 actors on average" stood beside "221 actors"."""
    assert words.pair(221.5, 221.0, "actors") == ("222 actors on average", "221 actors on average")
    assert words.pair(222.0, 221.0, "actors") == ("222 actors", "221 actors")
    assert words.pair(1.0, 0.5, "runs/yr") == ("1.00 runs/yr", "0.500 runs/yr")


def test_what_is_hardly_a_factor_is_told_in_percent_beside_factors() -> None:
    """A rise by 2 % was "1.02-fold" where the other end of its range is a factor."""
    assert words.on_one_scale(0.02, Middle(0.02, 0.01, 15.9))[::2] == ("2 %", "1 % to 17-fold")
    assert words.on_one_scale(0.02, Middle(0.02, 0.01, 15.9), 3)[::2] == ("2.00 %", "1.00 % to 16.9-fold")
    assert words.on_one_scale(0.3, Middle(0.3, -0.05, 15.9))[::2] == ("1.3-fold", "−5 % to 17-fold")
    assert words.on_one_scale(0.3, Middle(0.3, -0.5, 15.9))[2] == "0.50-fold to 17-fold"
    assert words.on_one_scale(0.0, Middle(0.0, 0.0, 15.9))[::2] == ("0 %", "0 % to 17-fold")


def test_names_keep_their_capitals_within_a_sentence() -> None:
    """ "German labs" were "german labs", and Norway "norway"."""
    assert [within(label) for label in ("Academic labs", "Startups", "German labs")] == [
        "academic labs", "startups", "German labs",
    ]  # fmt: skip
    paths = ["region.united_states.grid_change", "region.norway.grid_change", "kind.academic_lab.ramp"]
    regions = ("rest_of_world", "eu", "usa", "norway", "South_Asia")
    assert [words.region_name(id) for id in regions] == ["Rest of World", "EU", "USA", "Norway", "South Asia"]
    assert words.whose("what it is", paths) == "what it is (United States, Norway, academic lab)"


def test_a_number_keeps_its_percent_sign_and_its_billions_on_its_line() -> None:
    text = "raises about $6.9 B a year (5 to 12 %), and 3 k tonnes of 40 Mt"
    kept = unbroken(text)
    assert kept.replace("\N{NO-BREAK SPACE}", "~") == "raises about $6.9~B a year (5 to 12~%), and 3~k tonnes of 40 Mt"
    assert "$6.9\n" not in "".join(wrapped(text, width) for width in range(12, 40))


@pytest.mark.parametrize(("values", "said"), [
    ((545, 278, 1_540), "545 car lives [278, 1,540]"),
    ((4.86e6, 1.56e6, 2e7), "4.86 million car lives [1.56, 20.0]"),
    ((4e8, 2.5e8, 1e9), "400 million car lives [250, 1,000]"),
    ((5e9, 1e9, 2e12), "5.00 billion car lives [1.00, 2,000]"),
])  # fmt: skip
def test_what_anybody_is_to_picture_has_no_powers_of_ten(values: tuple[float, float, float], said: str) -> None:
    """It read 10^8.6 cars."""
    middle, low, high = values
    for unit in words.LIVES:
        assert words.ranged(Spread(6, middle, low, high), unit) == said.replace("car lives", unit)


def test_all_lives_of_cars_are_told_so() -> None:
    assert set(words.LIVES) == {one.unit for one in registry().values() if "car" in one.unit.split()}
