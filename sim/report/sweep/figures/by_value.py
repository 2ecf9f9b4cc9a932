"""Each measure against what is varied, in small panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from sim.arguments import is_number
from sim.arrays import Array
from sim.report.colours import INK, LINE, POLICIES, SECONDARY
from sim.report.labels import End, label_ends
from sim.report.origin import FigureOrigin, verbatim
from sim.report.style import NEXT, ApartTicks, canvas, log_scale, png
from sim.report.sweep.figures import GALLERY
from sim.report.sweep.words import axis_title, value
from sim.results.statistics import Spread
from sim.results.sweep import Sweep

PANEL, EDGES = 1.55, 1.1  # heights [in]: of a row of panels, and of all else
MOST_LINES, MOST_AXES = 10, 3
LETTERS = (84, 40, 22)  # of a line below one panel, two beside each other, three
SPARSE, USUAL = 3, 5  # ticks of an axis that shares a row with two others, and of any other
UNLIKE = 30  # times as large, from where on values are of unlike size
MOST_TICKS = 12  # of an axis, so that each value has its own
BASE: dict[str, Any] = {"markerfacecolor": "white", "markersize": 5.5, "zorder": 4}
GOAL: dict[str, Any] = {"color": POLICIES[1], "linewidth": 1.2, "linestyle": (0, (4, 2)), "zorder": 1}
STRONGEST, WEAKEST = 0.95, 0.3  # of the colour map of lines


@GALLERY.figure(order=1)
def by_value(found: Sweep, origin: FigureOrigin) -> bytes | None:
    """Each measure against what is varied: the median at each point and, where there is one line of them, the range."""
    lines, across = _lines(found)
    measures, paths = found.shown, [across] if lines is not None else found.moving[:MOST_AXES]
    also = f"; lines: {axis_title(found, lines)}" if lines else ""
    every, some = len(found.points) - 1, len(found.plotted)
    part = f"; {some:,} of {every:,} points, drawn at random" if some < every else ""
    ranged = lines is not None and any(
        isfinite(found.spread(id, at).low) for id in measures for at in found.plotted["point"]
    )
    luck = f", 90 % range of {'luck and draws' if found.assumptions else 'luck'}" if ranged else ""
    goals = "; dashes: the goal, and the values that it takes" if found.goals else ""
    subtitle = f"In {found.year}: median{luck}{also}; diamond and dotted line: the base point{goals}{part}"
    labels = [fill(verbatim(axis_title(found, path)), LETTERS[len(paths) - 1]) for path in paths]
    height = EDGES + PANEL * len(measures) + NEXT * max(label.count("\n") for label in labels)
    figure, axes = canvas("What changes with what", verbatim(subtitle), origin.line, len(paths), len(measures), height)
    for row, id in enumerate(measures):
        for column, path in enumerate(paths):
            ax = axes[row * len(paths) + column]
            _panel(ax, found, id, path, lines)
            if column == 0:
                ax.text(0, 1.04, verbatim(found.measures[id].title), transform=ax.transAxes, color=INK)
            if row == len(measures) - 1:
                ax.set_xlabel(labels[column], fontsize=8, color=SECONDARY)
    return png(figure)


def _near(base: float, values: Any) -> bool:
    """Whether the base point is so near to what is varied that both can be seen on one axis."""
    low, high = float(min(values)), float(max(values))
    return low == high or 2 * low - high <= base <= 2 * high - low


def _lines(found: Sweep) -> tuple[str | None, str]:
    """The path that lines stand for, if any (nothing where there is one path alone), and the one across."""
    points = found.plotted
    numbers = {path: int(points[path].nunique()) for path in found.moving}
    gridded = int(np.prod(list(numbers.values()))) == len(points)
    if len(numbers) == 1 and gridded:
        return "", found.moving[0]
    fewest, most = sorted(numbers, key=lambda path: numbers[path]) if len(numbers) == 2 else ("", "")
    if gridded and fewest and numbers[fewest] <= MOST_LINES:
        return fewest, most
    return None, found.moving[0]


@dataclass(frozen=True)
class Across:
    """An entry that is varied, as an axis: where each value stands."""

    texts: bool  # whether values are told in words, and stand side by side
    values: list[Any]  # different ones, and the base point's, where it is shown
    at: Array  # where each point stands
    base: float | None  # where the base point stands; None where it is not shown


def _across(found: Sweep, path: str) -> Across:
    given, base = list(found.plotted[path]), found.points[path].iloc[0]
    texts = not all(is_number(each) and isfinite(each) for each in given)  # no limit has no place on a scale
    shown = base == base and base is not None and (texts or (is_number(base) and _near(float(base), given)))
    values = list(dict.fromkeys([*given, *([base] if shown else [])]))
    places = {each: float(i if texts else each) for i, each in enumerate(values)}
    return Across(texts, values, np.array([places[each] for each in given]), places[base] if shown else None)


def _panel(ax: Axes, found: Sweep, id: str, path: str, lines: str | None) -> None:
    across, level = _across(found, path), found.spread(id, 0).median
    spreads = [found.spread(id, int(i)) for i in found.plotted["point"]]
    if lines is None:
        ax.plot(across.at, [each.median for each in spreads], "o", color=INK, markersize=2.5, alpha=0.6)
    ends = [] if lines is None else _curves(ax, found, across.at, spreads, lines)
    if across.base is not None:
        ax.plot([across.base], [level], "D", markeredgecolor=INK, **BASE)
    ax.axhline(level, color=LINE, linewidth=1.2, linestyle=":", zorder=1)
    shown = [
        getattr(each, end) for each in spreads for end in ("median", *(("low", "high") if lines is not None else ()))
    ]
    _measured_axis(ax, found, id, [level, *shown, *_goals(ax, found, id)])
    _varied_axis(ax, found, path, across, lines)
    if ends:
        label_ends(ax, ends)


def _goals(ax: Axes, found: Sweep, id: str) -> list[float]:
    """Draws the goals of a measure, and the values that they take with their range; the levels of these goals."""
    own = [answer for answer in found.answers if answer.goal.measure == id and isfinite(answer.level)]
    for answer in own:
        spread, places = answer.spread, answer.reached.places
        ax.axhline(answer.level, **GOAL)
        if isfinite(spread.median):
            ax.axvline(spread.median, **GOAL)
        if spread.low < spread.high:
            ends = np.clip([spread.low, spread.high], places[0], places[-1])
            ax.axvspan(*ends, color=POLICIES[1], alpha=0.08, linewidth=0, zorder=0)
    return [answer.level for answer in own]


def _curves(ax: Axes, found: Sweep, at: Array, spreads: Sequence[Spread], lines: str) -> list[End]:
    """A curve with its range for each value of the path that lines stand for, or one; where those of several end."""
    points, ends = found.plotted, list[End]()
    middle, low, high = (np.array([getattr(each, name) for each in spreads]) for name in ("median", "low", "high"))
    groups = list(dict.fromkeys(points[lines])) if lines else [None]
    tones = mpl.colormaps["viridis_r"](np.linspace(WEAKEST, STRONGEST, len(groups)))
    for group, tone in zip(groups, tones, strict=True):
        own = np.isfinite(middle) & ((points[lines] == group).to_numpy() if lines else True)
        if not own.any():
            continue
        order = np.flatnonzero(own)[np.argsort(at[own], kind="stable")]
        colour: Any = INK if group is None else tuple(tone)
        ax.fill_between(at[order], low[order], high[order], color=colour, alpha=0.12, linewidth=0)
        ax.plot(at[order], middle[order], "o-", color=colour, linewidth=1.5, markersize=3)
        if lines:
            ends.append(End(float(middle[order][-1]), value(group, found.units[lines]), "", colour))
    return ends


def _measured_axis(ax: Axes, found: Sweep, id: str, levels: Sequence[float]) -> None:
    """The upright axis, of a measure that takes these values: logarithmic where they are of unlike size."""
    unit, known = found.measure_units[id], [level for level in levels if isfinite(level)]
    lowest, highest = min(known, default=0.0), max(known, default=0.0)
    if lowest > 0 and (found.measures[id].logs or highest > UNLIKE * lowest):
        log_scale(ax, unit)
    else:
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.set_major_formatter(ApartTicks(unit))


def _varied_axis(ax: Axes, found: Sweep, path: str, across: Across, lines: str | None) -> None:
    """The level axis, of what is varied: a tick at each value where they are few."""
    if across.texts:
        ax.set_xticks(range(len(across.values)), [verbatim(value(each, found.units[path])) for each in across.values])
        return
    ticks = sorted(across.values)
    gap = min((b - a for a, b in pairwise(ticks)), default=0.0)
    few = lines is not None and gap * MOST_TICKS >= ticks[-1] - ticks[0]
    many = SPARSE if lines is None and len(found.moving) >= MOST_AXES else USUAL
    ax.xaxis.set_major_locator(FixedLocator(ticks) if few else MaxNLocator(many))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: value(v, found.units[path])))
