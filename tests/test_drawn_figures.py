"""What figures show of drawn numbers: their median beside what lies elsewhere on the numbers as they stand."""

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from sim.measures import DIVIDE
from sim.report.comparison.figures.common import percent, root_scale
from sim.report.comparison.figures.over_time import AROUND, ROOM
from sim.report.comparison.figures.winners import LEAST, _draw, _moved
from sim.report.run.data import RunData
from sim.report.style import even_lines, line
from sim.results.statistics import FEWEST
from sim.scenario import load
from tests.made_effects import altered, an_effect
from tests.worlds import BASELINE, FEW


def series(factor: float) -> pd.DataFrame:
    rows = [(r, year, DIVIDE, factor * (r + 1)) for r in range(FEWEST) for year in (2012, 2013)]
    return pd.DataFrame(rows, columns=["replicate", "year", "measure", "value"])


def test_a_run_with_drawn_numbers_draws_their_median_dotted_and_says_so() -> None:
    of = RunData(load(BASELINE, FEW), series(1.0), pd.DataFrame(), "", series(100.0))
    table = of.bands(DIVIDE)
    assert table["wide_mid"].to_numpy() == pytest.approx(100 * table["mid"].to_numpy())
    assert "dotted, light: with drawn numbers" in of.origin.line
    ax = Figure().add_subplot()
    line(ax, table, "black")
    usual, drawn = ax.lines
    assert np.asarray(usual.get_ydata()) == pytest.approx(table["mid"].to_numpy())
    assert np.asarray(drawn.get_ydata()) == pytest.approx(table["wide_mid"].to_numpy())
    assert drawn.is_dashed()
    assert not usual.is_dashed()
    alone = RunData(of.scenario, of.series, of.actors, "")
    assert "dotted" not in alone.origin.line
    line(plain := Figure().add_subplot(), alone.bands(DIVIDE), "black")
    assert len(plain.lines) == 1


def test_a_kind_that_may_lose_much_by_drawn_numbers_is_shown_with_its_range() -> None:
    still = altered(an_effect(0.001, (-0.002, 0.003)), relative_low=0.0, relative_high=0.002)
    wide = altered(still, wide_relative=-0.4, wide_relative_low=-0.8, wide_relative_high=0.01)
    assert not _moved({("labs", 0): still}, "labs")
    assert _moved({("labs", 0): wide}, "labs")
    assert _moved({("labs", 0): still, ("labs", 1): an_effect(2 * LEAST, (0.0, 0.2))}, "labs")
    ax = Figure().add_subplot()
    _draw(ax, 0, {("labs", 0): wide}, "labs", "black", "o")
    spans = [tuple(np.asarray(each.get_xdata(), dtype=float)) for each in ax.lines]
    assert (pytest.approx(0.2), pytest.approx(1.01)) in spans
    assert (pytest.approx(0.6),) in spans  # the median of draws


@given(
    st.lists(st.sampled_from(["a", "of", "luck", "assumptions", "2012"]), min_size=1, max_size=60), st.integers(20, 126)
)
def test_a_subtitle_leaves_no_word_alone_on_a_line(words: list[str], longest: int) -> None:
    lines = even_lines(text := " ".join(words), longest)
    assert " ".join(lines) == text
    assert max(map(len, lines)) <= longest
    if len(lines) == 2:
        assert abs(len(lines[0]) - len(lines[1])) <= 2 * len("assumptions")


@given(st.floats(1e-6, 100.0), st.floats(0.0, 1.0))
def test_a_panel_of_changes_has_a_tick_beside_zero(reach: float, other: float) -> None:
    """Of a change below a percent there was none."""
    for low, high in ((-other * reach, reach), (-min(reach, 1.0), other * reach)):
        axis = Figure().add_subplot().yaxis
        root_scale(axis, low, high, AROUND, ROOM)
        ticks = cast(Any, axis.get_major_locator()).locs
        assert 0.0 in ticks
        assert len({percent(tick) for tick in ticks}) == len(ticks) > 1
