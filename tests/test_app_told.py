"""What the page tells is true of what is set: sizes as numbers stand, reasons why nothing differs, names of what was
changed, and one notation of a change."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.app import catalogue
from sim.app.answer import answer
from sim.app.choice import choose, chosen
from sim.app.desk import first_setting
from sim.app.edits import EDITS, said
from sim.app.ensemble import PairedWorlds, changes
from sim.app.sentence import NONE_ON, _more_or_less, _roughly, remark, sentence
from sim.app.setting import Setting
from sim.app.sizes import size_text, span_text
from sim.app.words import words_of_the_page
from sim.errors import InputError
from sim.experiment.compare import compare
from sim.measures import EMISSIONS, registry, told
from sim.measures.base import Scale
from sim.measures.economy import REVENUE
from sim.report.comparison.reasons import why_sometimes
from sim.report.comparison.verdict import SpokenEffect, clauses
from sim.results.certainty import Sureness, against, sureness
from sim.results.statistics import Effect
from tests.ensembles import ensemble, of, with_values
from tests.made_effects import NO_RATIO, altered, effect_of
from tests.pairs import BASELINE, FEW, Setup
from tests.worlds import ROOT, SCENARIOS

ONE = [1e6] * 6


def card(worlds: PairedWorlds, id: str, **more: Any) -> dict[str, Any]:
    made = answer(worlds, **more)
    found: dict[str, Any] = made["cards"][-1][[label["id"] for label in made["labels"]].index(id)]
    return found


@pytest.mark.slow
def test_sizes_are_those_of_numbers_as_they_stand_and_brackets_are_over_draws() -> None:
    """As in a comparison: drawn worlds have another centre."""
    worlds = ensemble("carbon_tax")
    as_they_stand = with_values(worlds, EMISSIONS, [2e6] * 6, [0.6e6, 0.58e6, 0.56e6, 0.62e6, 0.6e6, 0.6e6]).found
    drawn = with_values(worlds, EMISSIONS, ONE, [0.2e6, 0.19e6, 0.21e6, 0.22e6, 0.35e6, 0.1e6])
    both = replace(drawn, luck=as_they_stand)
    shown = card(both, EMISSIONS, luck=True)
    assert shown["change"] == "−70 % (−90 to −65 %)"
    assert (shown["baseline"], shown["value"]) == ("2.00 M", "600 k")
    assert "cuts emissions by about 70 %" in answer(both)["sentences"][-1]
    assert shown["bar"][1] != card(drawn, EMISSIONS)["bar"][1]
    chart = next(one for one in answer(both)["charts"] if one["name"] == "emissions")
    assert chart["rows"][-1][1:3] == ["2.00 M tCO2e/yr", "600 k tCO2e/yr"], "lines are where cards are"
    assert "as they stand" in answer(both)["sure"]
    assert "medians" in answer(drawn)["sure"], "where no pairs as they stand are at hand"
    assert len(answer(both)["sure"]) < 150, "one line"


@pytest.mark.slow
def test_every_number_lies_within_its_own_luck() -> None:
    worlds = replace(ensemble("two_caps"), luck=ensemble("two_caps", wide=False).found)
    every = [one for year in answer(worlds, luck=True)["cards"] for one in year if one["luck_bar"] and one["bar"]]
    assert every
    for one in every:
        low, high = one["luck_bar"]
        assert low <= one["bar"][1] <= high


@pytest.mark.slow
def test_what_may_be_better_has_a_lighter_bar_and_shades_nothing() -> None:
    worlds = ensemble("carbon_tax")
    perhaps = with_values(worlds, EMISSIONS, ONE, [0.9e6, 0.95e6, 0.98e6, 0.995e6, 0.97e6, 0.96e6])
    shown = card(perhaps, EMISSIONS)
    assert (shown["word"], shown["may"]) == ("may fall, better", True)
    assert not card(with_values(worlds, EMISSIONS, ONE, [0.5e6, 0.51e6] * 3), EMISSIONS)["may"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start": 2031.0}, "the policy starts in 2031"),
        ({"start": 2020.0, "end": 2025.0}, "the policy ended in 2025"),
        ({"start": 2020.0}, "the policy is on, and what it limits stays within its limits"),
        ({"cap": float("inf"), "cap_share": float("inf")}, "nothing is set that what is switched on could do"),
    ],
)
def test_nothing_differs_for_its_true_reason(changes: dict[str, float], reason: str) -> None:
    worlds = ensemble("cap_and_trade", 1)
    (policy,) = worlds.policy.policies
    same = [replace(one, values=(one.values[0], one.values[0])) for one in worlds.found]
    other = replace(worlds.policy, policies=(replace(policy, **changes),))
    text = answer(replace(worlds, policy=other, found=same))["sentences"][-1]
    assert text == f"In 2030 nothing differs: {reason}."
    assert answer(replace(worlds, policy=worlds.baseline, found=same))["sentences"][-1] == NONE_ON


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ([(2020.0, 2025.0), (2031.0, 2035.0)], "the policy ended in 2025"),
        ([(2020.0, 2025.0), (2028.0, 2031.0)], "the policy is on, and what it limits stays within its limits"),
        ([(2020.0, 2031.0), (2030.75, 2035.0)], "the policies are on, and what they limit stays within their limits"),
        ([(2033.0, 2035.0), (2031.0, 2033.0)], "the policy starts in 2031"),
    ],
)
def test_of_several_policies_those_count_that_are_on(dates: list[tuple[float, float]], reason: str) -> None:
    worlds = ensemble("cap_and_trade", 1)
    (policy,) = worlds.policy.policies
    same = [replace(one, values=(one.values[0], one.values[0])) for one in worlds.found]
    several = tuple(replace(policy, id=f"cap_{i}", start=start, end=end) for i, (start, end) in enumerate(dates))
    text = answer(replace(worlds, policy=replace(worlds.policy, policies=several), found=same))["sentences"][-1]
    assert text == f"In 2030 nothing differs: {reason}."


@pytest.mark.slow
def test_in_how_many_worlds_nothing_differs_is_told_as_in_a_comparison() -> None:
    scenarios = Setup(BASELINE, SCENARIOS / "cap_and_trade.toml", 3, settings=FEW, until=2029).scenarios()
    worlds = replace(of(*scenarios, 6), luck=of(*scenarios, 6, wide=False).found)
    said = "It changes nothing in 1 of 6 drawn worlds, where what it limits stays within its limits."
    assert remark(worlds) == why_sometimes(compare(scenarios, replicates=6, workers=1), 1) == said
    sentences = answer(worlds)["sentences"]
    assert sentences[-1].endswith(f". {said}")
    assert not sentences[0].endswith(said), "before the policy nothing differs in any of them"
    capped = ensemble("cap_and_trade")
    one, *others = capped.found
    bound = [replace(each, values=(each.values[0], each.values[0] + 1.0)) for each in others]
    some = replace(capped, found=[replace(one, values=(one.values[0], one.values[0])), *bound])
    assert remark(some) == said
    also = replace(some, luck=[replace(each, values=(each.values[0],) * 2) for each in capped.found])
    assert remark(also) == said.replace("in 1", "in 6 of 6 replicates and 1")
    assert remark(replace(some, found=bound)) == "", "few pairs say nothing of how many"
    assert remark(ensemble("baseline", until=2014)) == "", "the sentence has said that both worlds are the same"


@pytest.mark.slow
def test_a_world_without_policies_is_not_called_one() -> None:
    worlds = ensemble("green_grid")
    text = sentence(worlds, worlds.changes(list(worlds.measures)), len(worlds.years) - 1, 2100.0)
    assert re.match(r"In 2030, against the baseline, this world has emissions lower by about \d+ %", text), text
    assert "policy" not in text


def effect(middle: float, low: float, high: float, *, relative: bool = True) -> Effect:
    change = middle, low, high
    ratio = change if relative else NO_RATIO
    return effect_of(luck=change, wide=change, ratios=(ratio, ratio), replicates=32, draws=32)


@pytest.mark.parametrize(
    ("of", "text"),
    [
        ((-0.71234, -0.8, -0.3), "−71 % (−80 to −30 %)"),
        ((0.02, -0.1, 0.761), "+2 % (−10 to +76 %)"),
        ((0.0000273, -0.00107, 0.00761), "0 % (−0.1 to +0.8 %)"),
        ((20.0, 9.995, 90.0), "21-fold (11-fold to 91-fold)"),
        ((-1.0 + 1e-9,) * 3, "−99.9999 %"),
        ((-1.0,) * 3, "−100 %"),
    ],
)
def test_a_change_has_one_notation_rounded_as_in_sentences(of: tuple[float, float, float], text: str) -> None:
    assert size_text(effect(*of), "ratio") == text
    assert "[" not in span_text(effect(*of), "ratio")


@pytest.mark.parametrize(
    ("of", "unit", "span"),
    [
        ((-0.2, -0.3, -0.1), "fraction", "−30 to −10 percentage points"),
        ((0.2, 0.1, 0.3), "fraction", "+10 to +30 percentage points"),
        ((-3e9, -9e9, -1e9), "USD/yr", "−$9.0 B to −$1.0 B"),
        ((3e9, 1e9, 9e9), "USD/yr", "+$1.0 B to +$9.0 B"),
        ((-3e9, -9e9, 0.0), "USD/yr", "−$9.0 B to 0"),
    ],
)
def test_signed_ranges_go_from_low_to_high(of: tuple[float, float, float], unit: str, span: str) -> None:
    assert span_text(effect(*of, relative=False), unit) == span


def test_an_amount_whose_middle_is_nothing_is_told_by_how_much_it_may_be() -> None:
    revenue = next(one for one in told("money").values() if one.words.amount)
    claim = SpokenEffect(revenue, "USD/yr", replace(effect(0.0, 0.0, 2.1e11, relative=False), baseline=0.0))
    assert clauses([claim], (2030, 2030), {revenue.id: claim.last}) == ["may raise up to $210 B a year"]
    assert size_text(effect(3e10, 1e9, 9e10, relative=False), "USD/yr") == "+$30 B (+$1.0 B to +$90 B)"


@pytest.mark.parametrize(
    ("middle", "relative", "said"),
    [
        (-0.3, True, "{} −30 %"),
        (0.009, True, "hardly any change in {}"),
        (20.0, True, "{} 21-fold"),
        (3e10, False, "{} +$30 B"),
    ],
)
def test_one_pair_is_told_without_a_word_on_how_sure_it_is(middle: float, relative: bool, said: str) -> None:
    claim = SpokenEffect(registry()[REVENUE], "USD/yr", effect(middle, middle, middle, relative=relative))
    assert _roughly([claim]) == said.format(claim.measure.subject)


def test_no_doubt_of_the_page_is_by_luck_for_which_it_has_no_interval() -> None:
    """The range over draws stood for it, and was told twice: by luck −0.009 to +0.8, with drawn numbers the same."""
    before = np.array([0.0, *[0.1] * 15])[:, None]
    after = before + np.linspace(-9e-5, 8e-3, 16)[:, None]
    (change,) = changes((before, after), [Scale(in_points=True)], drawn=True, standing=(before[:3], after[:3]))
    assert change is not None
    assert (sureness(change), against(change)) == (Sureness.MAY, None)
    assert np.isnan([change.low, change.high]).all()


def test_the_page_tells_the_same_of_drawn_numbers_and_of_money() -> None:
    drawn = altered(effect(0.05, 0.02, 0.3), wide_relative=0.2)
    emissions = registry()[EMISSIONS]
    assert _more_or_less(SpokenEffect(emissions, emissions.unit, drawn)) == (
        "emissions perhaps higher by about 5 % (with drawn numbers about 20 %, 2 to 30 %)"
    )
    worlds = ensemble("carbon_tax")
    changes = worlds.changes([REVENUE, EMISSIONS])
    assert [change.in_amounts for id in (REVENUE, EMISSIONS) if (change := changes[id][-1])] == [True, False]


@pytest.fixture(scope="module")
def first() -> Iterator[Setting]:
    choose(BASELINE, SCENARIOS / "cap_and_trade.toml", list(FEW), None, 2030)
    yield first_setting()
    choose(BASELINE, BASELINE, [], None, None)


@pytest.mark.slow
def test_fields_keep_their_order_when_one_is_emptied(first: Setting) -> None:
    """Only the slider follows what gives the strength."""

    def row(setting: Setting) -> dict[str, Any]:
        every = catalogue.rows(setting, setting.scenarios()[0])
        return next(one for group in every for one in group["policies"] if one["name"] == "cap_and_trade")

    before = row(first)
    by_amount = EDITS["field"](first, {"name": "cap_and_trade", "key": "cap", "value": "5000000"})
    after = row(EDITS["field"](by_amount, {"name": "cap_and_trade", "key": "cap_share", "value": ""}))
    assert [one["key"] for one in after["fields"]] == [one["key"] for one in before["fields"]]
    assert [one["label"] for one in after["fields"]] == [one["label"] for one in before["fields"]]
    assert after["slider"]["label"] != before["slider"]["label"]


@pytest.mark.slow
def test_refusals_and_headings_speak_no_language_of_files(first: Setting) -> None:
    for told_ in ({"do": "start", "name": "cap_and_trade", "year": "2027.1"},
                  {"do": "start", "name": "cap_and_trade", "year": "2010"}):  # fmt: skip
        with pytest.raises(InputError) as caught:
            EDITS["start"](first, told_).scenarios()
        text = said(caught.value, told_)
        assert not re.search(r"\w_\w|`|steps_per_year", text), text
    slider = next(
        one for group in catalogue.rows(first, first.scenarios()[0]) for one in group["policies"] if one["on"]
    )
    assert slider["slider"]["text"] == "370 % of its emissions"
    headings = {one["label"] for one in answer(ensemble("carbon_tax", 1))["labels"]}
    assert "Policy revenue, a year" in headings
    known = {word.name for word in words_of_the_page()}
    assert {"pair of worlds", "tCO2e", "scarcity rent", "beyond the evidence", "interval score"} <= known


@pytest.mark.slow
def test_a_chart_says_what_its_permits_are_for_and_when_its_band_goes_on() -> None:
    worlds = ensemble("cap_and_trade")
    chart = next(one for one in answer(worlds)["charts"] if one["title"] == "Price of permits")
    assert chart["meaning"].startswith("USD per tonne of CO2e.")
    high = [point for one in chart["option"]["series"] if one.get("band") for *_, point in one["data"]]
    assert ("above the top" in chart["meaning"]) == (max(high) > chart["option"]["yAxis"]["max"])


@pytest.mark.slow
@pytest.mark.usefixtures("first")
def test_scenarios_are_offered_by_kind() -> None:
    kinds = {one["id"]: one["group"] for one in catalogue.presets(chosen().offered)}
    assert {kinds[id] for id in ("carbon_tax", "two_caps")} == {"Policies"}
    assert (kinds["canada"], kinds["squad"], kinds["green_grid"]) == ("Policies on record", "Tasks", "Worlds")


def test_the_guide_says_what_the_sentence_tells_last() -> None:
    """What has no clear direction; effects that may be are told in it."""
    guide = " ".join((ROOT / "sim" / "app" / "page" / "guide.vue").read_text(encoding="utf-8").split())
    assert "and last what has no clear direction." in guide.replace('" + "', "")
    assert "in doubt" not in guide
