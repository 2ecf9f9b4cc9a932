"""Effects in words, cells and marks follow from their numbers."""

import re
from dataclasses import replace
from math import nan

import numpy as np
import pytest

import sim
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.base import Scale
from sim.report.certainty import clause
from sim.report.comparison import effects
from sim.report.comparison.figures.over_time import _middle
from sim.report.comparison.summary import summarize
from sim.results.statistics import Effect, effect
from tests.made_effects import altered, an_effect, effect_of
from tests.worlds import ROOT, draw, small


def test_columns_have_the_names_of_an_effect_but_for_those_that_the_document_says() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    others = dict(re.findall(r"`(\w+)` is `(\w+)`", page))
    luck, wide, *ratios = ((at, at + 2.0, at + 4.0) for at in (20.0, 30.0, 40.0, 50.0))
    change = effect_of(luck=luck, wide=wide, ratios=(ratios[0], ratios[1]), baseline=0.37, replicates=14, draws=15)
    columns = change.row()
    assert len(set(columns.values())) == len(columns)
    assert altered(change) == change  # which a row is read into
    assert columns == {name: getattr(change, others.get(name, name)) for name in columns}
    assert others.keys() <= columns.keys()


def test_levels_that_differ_the_other_way_than_the_change_are_marked() -> None:
    """Medians of both worlds can be those of different replicates."""
    change = an_effect(0.02, (-0.1, 0.1), baseline=0.0093)
    assert effects.with_it(change, "fraction") == "0.949 %"
    contrary = replace(change, policy=0.0092)
    assert effects.with_it(contrary, "fraction") == "0.920 % †"
    little = an_effect(0.004, (-0.1, 0.1), baseline=0.0093)
    assert effects.with_it(replace(little, policy=0.00929999), "fraction") == "0.930 %"  # as the baseline is written
    amount = altered(contrary, relative=nan, wide_relative=nan)
    assert effects.with_it(amount, "fraction") == "0.920 % †"
    assert effects.cell(contrary, "fraction", marked=True).startswith("0.930 % → 0.920 % †\n")
    assert "†" not in effects.cell(contrary, "fraction")  # in documents no line says why


@pytest.mark.parametrize(
    ("relative", "policy", "unit", "marked"),
    [
        (0.08, 1.63 / 1.58, "tCO2e", True),  # 1.58 B, 1.63 B, +8 %: the first thing that is doubted
        (-0.09, 0.678 / 0.719, "fraction", True),
        (0.08, 1.075, "tCO2e", False),
        (0.005, 1.012, "tCO2e", False),  # as three figures are rounded
        (0.005, 1.02, "tCO2e", True),
        (-0.15, 0.8, "FLOP/yr", False),  # powers of ten show nothing of that
        (-0.15, 0.5, "FLOP/yr", True),
        (20.0, 20.0, "ratio", False),
        (-0.97, 0.002, "ratio", True),
    ],
)
def test_levels_that_differ_by_another_size_than_the_change_are_marked(
    relative: float, policy: float, unit: str, marked: bool
) -> None:
    level = 1e29 if unit.startswith("FLOP") else 0.1
    change = replace(an_effect(relative, (relative, relative), baseline=level), policy=policy * level)
    assert ("†" in effects.with_it(change, unit)) is marked
    in_amounts = altered(change, relative=nan, wide_relative=nan)
    if abs(relative) < 0.5:  # where logarithms and amounts come to the same
        assert ("†" in effects.with_it(in_amounts, unit)) is marked


def test_a_change_of_two_levels_that_look_the_same_has_its_amount() -> None:
    """Nobody can take 247 M from 247 M."""
    change = an_effect(0.00029, (0.0001, 0.0005), baseline=247e6)
    assert effects.amount_beside(change, "tCO2e/yr") == "\nabout +71.6 k tCO2e/yr"
    assert effects.amount_beside(an_effect(-0.3, (-0.5, -0.1), baseline=247e6), "tCO2e/yr") == ""
    nothing = an_effect(0.0, (0.0, 0.0), baseline=247e6)
    assert effects.amount_beside(altered(nothing, low=0.0, high=0.0), "tCO2e/yr") == ""
    assert effects.amount_beside(change, "FLOP") == ""
    assert effects.amount_beside(replace(change, in_amounts=True), "USD/yr") == ""
    tax = small("baseline", "policy.carbon_tax.rate=0.01", "policy.carbon_tax.start=2013", until=2014)
    found = sim.compare([small(until=2014), tax], replicates=1, workers=1, assumptions=False)
    summary = summarize(found, {})
    (row,) = (row for row in summary.policies[0].key if (row.measure, row.window) == (EMISSIONS, "final"))
    assert row.baseline == row.policy
    assert re.search(r"\nabout −[\d.,]+ (k )?tCO2e/yr$", row.change)
    (told,) = (row for row in summary.rows if row.measure == EMISSIONS)
    assert told.cells[found.names[0]].endswith(row.change)


def said(change: Effect) -> str:
    return clause(change, registry()[DIVIDE], change.told.on(relative=change.is_relative), 3)


def test_clauses_give_size_and_the_wide_range() -> None:
    assert said(an_effect(-0.3, (-0.5, -0.1))) == "narrows by 30.0 % (10.0 to 50.0 %)"
    assert said(an_effect(0.3, (0.1, 0.5))) == "widens by 30.0 % (10.0 to 50.0 %)"
    assert said(an_effect(20.0, (10.0, 30.0))) == "widens 21.0-fold (11.0-fold to 31.0-fold)"


def test_relative_changes_are_those_of_pairs() -> None:
    """A cut in proportion leaves no doubt of the proportion, however unequal the levels are."""
    levels = np.exp(np.linspace(-3, 3, 9))
    got = effect(levels, 0.1 * levels, (levels, 0.1 * levels))
    assert got is not None
    assert (got.relative_low, got.relative, got.relative_high) == pytest.approx((-0.9, -0.9, -0.9))
    assert (got.wide_relative_low, got.wide_relative_high) == pytest.approx((-0.9, -0.9))
    assert got.low < -0.9 * np.median(levels) < got.high  # of the amount there is doubt
    falls = np.linspace(0, 0.4, 41)
    ranged = effect(np.ones(41), 1 - falls, (np.ones(41), 1 - falls))
    assert ranged is not None
    assert (ranged.wide_relative_low, ranged.wide_relative_high) == pytest.approx((-0.39, -0.01))


@pytest.mark.slow
def test_draws_impossible_in_any_scenario_are_thrown_away() -> None:
    dear = small("baseline", "product.margin={ value = 0.65, low = 0.64, high = 0.66, basis = 'assumed', note = 'n' }",
                 until=2013)  # fmt: skip
    thrown = [draw(small(until=2013), 1, replicate, [dear])[1] for replicate in range(30)]
    assert sum(thrown) > 0


def test_marks_stand_where_the_numbers_are() -> None:
    reach = effects.reach([an_effect(1.0, (0.5, 3.0)), None])
    assert reach == pytest.approx(np.log(4))
    places = [float(x) for x in re.findall(r'c?x[12]?="([\d.]+)"', effects.mark(an_effect(1.0, (0.5, 3.0)), reach))]
    middle, _, low, high, ring, _, _, dot = places
    assert middle == 48
    assert ring == dot
    assert (low, high, dot) == pytest.approx(tuple(48 + 44 * np.log([1.5, 4, 2]) / np.log(4)), abs=0.06)
    assert effects.mark(None, reach) == ""


def test_cells_show_both_intervals_and_levels_of_small_shares() -> None:
    assert effects.cell(an_effect(-0.312, (-0.44, -0.12)), "USD") == "−31.2 % [−32.2, −30.2]\n−31.2 % (−44.0, −12.0)"
    small_share = effects.cell(an_effect(0.5, (0.2, 0.8), baseline=0.001), "fraction")
    alike = an_effect(0.0000151, (0.00001, 0.00002), baseline=0.00809)
    assert effects.cell(alike, "fraction").startswith("+0.00151 % [")  # 0.809 % → 0.809 % says nothing
    assert small_share == "0.100 % → 0.150 %\n+50.0 % [+49.0, +51.0]\n+50.0 % (+20.0, +80.0)"
    assert effects.cell(None, "USD") == "–"


def test_the_wide_range_stands_behind_its_own_centre() -> None:
    """Drawn worlds have another centre than the assumptions as they stand: a fall by 98.1 % beside (−97.9, −63.2)."""
    rng = np.random.default_rng(1)
    level = rng.uniform(50, 60, 50)
    drawn = level * rng.uniform(0.02, 0.4, 50)
    got = effect(level, 0.019 * level, (level, drawn))
    assert got is not None
    assert not got.wide_relative_low <= got.relative <= got.wide_relative_high
    luck, wide = effects.cell(got, "USD").split("\n")
    assert luck == "−98.1 % [−98.1, −98.1]"
    middle, low, high = (float(text.replace("−", "-")) for text in re.findall(r"−[\d.]+", wide))
    assert low < middle < high
    assert said(got) == f"narrows by {-middle} % ({-high} to {-low} %)"


@pytest.mark.parametrize("unit", ["fraction", "USD/yr"])
def test_a_cell_has_one_scale_that_it_names(unit: str) -> None:
    """Where any baseline is nothing there is no relative change: then all of the cell is in amounts."""
    level, nothing = np.linspace(0.1, 0.2, 20), np.zeros(20)
    some = np.where(np.arange(20) < 3, 0.0, level)
    for before, drawn in ((level, level), (level, some), (some, level), (nothing, nothing)):
        got = effect(before, before + 0.05, (drawn, drawn + 0.03))
        assert got is not None
        for line in effects.cell(got, unit).split("\n")[-2:]:
            relative = " % " in line
            assert relative == got.is_relative == (before is level and drawn is level)
            assert relative or (" percentage points " in line if unit == "fraction" else "$" in line)
            assert line.count("%") + line.count("points") == (unit == "fraction" or relative)


def test_words_speak_of_luck_where_nothing_was_drawn() -> None:
    level = np.linspace(1, 2, 20)
    got = effect(level, 0.9 * level, None)
    assert got is not None
    assert effects.cell(got, "USD") == "−10.0 % [−10.0, −10.0]"
    assert said(got) == "narrows by 10.0 % (10.0 to 10.0 %)"


@pytest.mark.parametrize("logs", [True, False])
def test_the_line_of_a_figure_ends_at_the_number_of_the_table(logs: bool) -> None:
    """Of an even number of pairs the middle of ratios is that of their logarithms: +68 % beside +69 %."""
    before, after = np.array([1.0, 2.0, 4.0, 5.0]), np.array([1.5, 2.5, 9.0, 20.0])
    change = effect(before, after, None, Scale(logs=logs))
    assert change is not None
    (middle,) = _middle((after / before - 1.0)[:, None], logs)
    if logs:
        assert middle == pytest.approx(change.relative, rel=1e-12)
    assert middle == pytest.approx(np.sqrt(1.5 * 2.25) - 1.0 if logs else 0.875)
