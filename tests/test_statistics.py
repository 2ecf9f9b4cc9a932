"""Statistics of replicates: medians of pairs, and intervals that hold possible values only; no word from few draws."""

from math import comb
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.evidence.policies import effect_of
from sim.history.foretold import band
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.base import Scale
from sim.measures.economy import OUTLAY
from sim.mechanisms.theories import THEORIES
from sim.report.comparison import effects, verdict
from sim.report.comparison.verdict import SpokenEffect
from sim.report.laws import answer
from sim.report.run.data import bands
from sim.results.certainty import direction
from sim.results.once import once
from sim.results.statistics import FEWEST, LEVEL, Spread, alike, but_rounding, effect, medians, ranges
from sim.results.sweep import Sweep
from sim.results.theories import mixture


def test_the_interval_of_a_median_is_that_of_its_ranks() -> None:
    """The largest rank whose interval misses no more often than one time in twenty, by the binomial distribution."""

    def misses(n: int, rank: int) -> float:
        return sum(2 * comb(n, heads) for heads in range(rank)) / 2**n

    for n in range(FEWEST, 120):
        _, low, high = medians(np.arange(1.0, n + 1)[:, None])[:, 0]
        rank = int(low)
        assert high == n + 1 - rank
        assert misses(n, rank) <= 1 - LEVEL < misses(n, rank + 1)
    assert misses(FEWEST - 1, 1) > 1 - LEVEL


@pytest.mark.parametrize("count", range(1, FEWEST))
def test_from_few_draws_there_is_no_range_and_no_direction(count: int) -> None:
    """However clear the few are, and however often nothing changed in them."""
    level = np.arange(1.0, count + 1)
    for after in (level, 0.5 * level):
        got = effect(level, after, (level, after))
        assert got is not None
        assert got.few
        assert direction(got) == 0
        ends = (got.low, got.high, got.wide_low, got.wide_high, got.relative_low, got.relative_high)
        assert np.isnan([*ends, got.wide_relative_low, got.wide_relative_high]).all()
        assert not set("[]()") & set(effects.cell(got, "fraction"))
        claim = SpokenEffect(registry()[EMISSIONS], "tCO2e/yr", got, got)
        said = verdict.sentence(verdict.clauses([claim], (2027, 2040), {EMISSIONS: got}))
        assert verdict.judged(claim.measure, {EMISSIONS: got}.get) == "too few replicates"
        assert said == "Too few replicates to say what it does."
        assert "too few for a range or a direction: ask for at least 6 (--replicates 6)" in effects.intervals_note(
            count, drawn=True
        )
        law = answer("Flat", "steep", 2040, {EMISSIONS: got})
        for word in ("fall", "rise", "raises", "cuts", "hardly", "unclear", "not at all"):
            assert word not in said + law
    many = np.arange(1.0, 21)
    scarce = effect(many, 0.5 * many, (level, 0.5 * level))
    assert scarce is not None
    same = effect(many, many, None, Scale(logs=True))
    assert same is not None
    both = [SpokenEffect(registry()[EMISSIONS], "tCO2e/yr", scarce), SpokenEffect(registry()[DIVIDE], "ratio", same)]
    assert "too few values to say of emissions" in "; ".join(verdict.clauses(both, (2027, 2040), {}))


def test_ratios_are_taken_in_logs() -> None:
    """The middle between two ratios does not depend on which world comes first."""
    before = np.array([1.0, 100.0, 10.0, 1.0, 1.0, 1.0])
    after = before * np.array([1.0, 1.0, 1.0, 4.0, 4.0, 4.0])
    got, back = (effect(x, y, (x, y), Scale(logs=True)) for x, y in ((before, after), (after, before)))
    assert got is not None
    assert back is not None
    assert (got.relative, back.relative) == pytest.approx((1.0, -0.5))
    assert (got.wide_relative, back.wide_relative) == pytest.approx((1.0, -0.5))
    assert (got.relative_low, got.relative_high) == pytest.approx((0.0, 3.0))
    assert effect(np.array([np.nan]), np.array([1.0]), None) is None
    none = effect(np.zeros(8), np.ones(8), None)
    assert none is not None
    assert not none.is_relative


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=30), st.lists(st.floats(-1e3, 1e3), min_size=30, max_size=30)
)
@hypothesis_settings(max_examples=100)
def test_effects_keep_what_defines_them(before: list[float], shift: list[float]) -> None:
    x = np.array(before)
    y = x + np.array(shift[: x.size])
    one, other = effect(x, y, (x, y)), effect(y, x, (y, x))
    assert one is not None
    assert other is not None
    assert one.low <= one.difference <= one.high
    assert one.wide_low <= one.wide_difference <= one.wide_high
    assert one.difference == pytest.approx(-other.difference, abs=1e-9)
    assert one.low == pytest.approx(-other.high, abs=1e-6)
    assert one.wide_low == pytest.approx(-other.wide_high, abs=1e-6)


@given(st.lists(st.tuples(st.floats(1e-9, 1.0), st.floats(0.0, 1.0)), min_size=6, max_size=40), st.booleans())
@hypothesis_settings(max_examples=100)
def test_a_share_never_falls_by_more_than_all_of_it(pairs: list[tuple[float, float]], logs: bool) -> None:
    """Every number of an effect is one that can be: a share stays a share, and lies within its own range."""
    before, after = np.array(pairs).T
    got = effect(before, after, (before, after), Scale(logs=logs))
    if got is None:
        return
    for of in (got.luck.relative, got.wide.relative):
        assert np.isnan(of.low) or -1 - 1e-12 <= of.low <= of.middle + 1e-12 <= of.high + 2e-12
    for low, high in ((got.low, got.high), (got.wide_low, got.wide_high)):
        assert np.isnan(low) or -1 <= low <= high <= 1


def test_what_is_kept_goes_by_places_and_by_words() -> None:
    class Asked:
        calls = 0

        @once
        def wide(self, number: int, *, wide: bool = False) -> tuple[int, bool]:
            self.calls += 1
            return number, wide

    asked = Asked()
    for _ in range(2):
        assert [asked.wide(1), asked.wide(1, wide=True), asked.wide(2)] == [(1, False), (1, True), (2, False)]
    assert asked.calls == 3


@pytest.mark.parametrize("logs", [True, False])
def test_rounding_is_no_change(logs: bool) -> None:
    before = np.array([1e9, 2e9, 3e9, 4e9, 5e9, 6e9, 7e9])
    found = effect(before, before * (1 + 1e-13), (before, before * (1 - 1e-13)), Scale(logs=logs))
    assert found is not None
    assert found.is_nothing
    assert (found.relative, found.wide_relative_low, found.policy) == (0.0, 0.0, 4e9)
    small = effect(before, before * (1 + 1e-7), None, Scale(logs=logs))
    assert small is not None
    assert small.difference == pytest.approx(4e2)
    absent = effect(np.zeros(7), before * 1e-20, None)  # where there was nothing, any amount is one
    assert absent is not None
    assert absent.difference == pytest.approx(4e-11)


def test_small_values_that_differ_are_not_the_same() -> None:
    tiny = np.array([1e-9, np.nan])
    assert alike([(tiny, tiny * (1 + 1e-12)), (tiny, 5 * tiny), (np.zeros(2), tiny)]) == 1


def test_what_differs_by_rounding_alone_is_the_same_in_values_and_in_pairs() -> None:
    """By one rule, whichever side is larger; an infinity is the same as itself alone."""
    one, other = (
        np.array([1.0, 1.0 + 5e-10, np.inf, 1.0, np.inf, 1.0]),
        np.array([1.0 + 5e-10, 1.0, np.inf, 2.0, 1.0, np.inf]),
    )
    kept = but_rounding(one, other) == one
    assert kept.tolist() == [True, True, True, False, False, False]
    assert [alike([(one[i : i + 1], other[i : i + 1])]) for i in range(6)] == kept.tolist()
    assert alike([(np.array([np.nan]), np.array([np.nan])), (np.array([np.nan]), np.ones(1))]) == 1


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1, FEWEST, 40])
def test_a_range_is_the_same_wherever_it_is_told_and_there_is_none_of_few(count: int) -> None:
    """Of a summary, a forecast, a figure of a run, and by column beside others; what does not exist counts nowhere."""
    values = np.random.default_rng(count).normal(size=count)
    column = np.r_[values[: count // 2], np.nan, np.inf, values[count // 2 :]]
    median, low, high = ranges(np.array([column, np.arange(column.size)]).T)[:, 0]
    if count >= FEWEST:
        assert [low, median, high] == np.percentile(values, [5.0, 50.0, 95.0]).tolist()
    else:
        assert np.isnan([low, high]).all()
        assert median == pytest.approx(np.median(values)) if count else np.isnan(median)
    spread = Spread.of(column)
    assert [spread.median, spread.low, spread.high] == pytest.approx([median, low, high], rel=0.0, nan_ok=True)
    assert spread.count == count
    assert band(column) == pytest.approx((low, median, high, count), rel=1e-12, nan_ok=True)
    rows = pd.DataFrame({"replicate": range(count), "year": 2020, "value": values})
    assert bands(rows).to_numpy().ravel() == pytest.approx([low, median, high] if count else [], nan_ok=True)


def test_a_column_with_a_gap_has_the_range_of_what_is_there() -> None:
    values = np.random.default_rng(1).normal(size=(20, 3))
    values[4, 1] = values[7, 1] = np.nan
    assert ranges(values)[:, 1].tolist() == ranges(np.delete(values, [4, 7], axis=0))[:, 1].tolist()
    assert ranges(values)[:, ::2].tolist() == ranges(values[:, ::2]).tolist()


@pytest.mark.parametrize("id", [OUTLAY, EMISSIONS, DIVIDE, ACADEMIA_SHARE])
def test_an_effect_is_told_on_the_scale_of_its_measure_however_it_is_found(id: str) -> None:
    """Of two theories, of a sweep, of a record: public money in amounts, shares in points."""
    before, after = np.linspace(1.0, 2.0, FEWEST), np.linspace(1.5, 3.0, FEWEST)
    own = effect(before, after, None, registry()[id].scale)
    assert own is not None
    compared: Any = SimpleNamespace(drawn=False, measures=registry(), values=lambda i, *_, wide: after if i else before)
    swept: Any = SimpleNamespace(measures=registry(), _base={id: before}, assumptions=False)
    found = [
        mixture(dict.fromkeys(THEORIES, compared), dict.fromkeys(THEORIES, 1.0), 1, id),
        *Sweep._changes(swept, id, after[None]),
        effect_of(SimpleNamespace(measure=id, **own.row())),
    ]
    for other in found:
        assert other is not None
        assert (other.in_percent, other.in_points) == (own.in_percent, own.in_points)
    assert own.in_percent is (id != OUTLAY)
    assert own.in_points is (id == ACADEMIA_SHARE)
