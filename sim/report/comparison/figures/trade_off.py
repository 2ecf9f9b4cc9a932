"""Policies by what they do to the divide and to emissions."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.report import words
from sim.report.colours import LINE, TERTIARY
from sim.report.comparison.figures.common import TONES, origin, percent, short
from sim.report.comparison.figures.gallery import GALLERY
from sim.report.style import canvas, png
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, Interval

LEAST = 1e-4  # relative change of error that is worth a number
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*", "h")


@GALLERY.figure(order=1)
def trade_off(found: Comparison, made: str) -> bytes | None:
    """Policies by what they change in the divide and in emissions, with intervals of luck and of assumptions too."""
    figure = trade_off_figure(found, made)
    return png(figure) if figure else None


def trade_off_figure(found: Comparison, made: str) -> Figure | None:
    """The same as a figure of matplotlib."""
    points = _points(found)
    if not points:
        return None
    subtitle = (
        "Relative change in the last year, with that of the frontier's error; bars: luck, boxes: luck and assumptions"
    )
    figure, (ax,) = canvas("Divide against emissions", subtitle, origin(found, made).line)
    ax.axhline(0, color=LINE, linewidth=1)
    ax.axvline(0, color=LINE, linewidth=1)
    for i, point in enumerate(points):
        tone, x, y = TONES[i % len(TONES)], point.divide.relative, point.emissions.relative
        x_luck, x_wide, y_luck, y_wide = (*_relative_spans(point.divide), *_relative_spans(point.emissions))
        ax.plot(x_luck, [y, y], color=tone, linewidth=2.5, solid_capstyle="butt")
        ax.plot([x, x], y_luck, color=tone, linewidth=2.5, solid_capstyle="butt")
        if isfinite(x_wide[0] + y_wide[0]):
            corner, wide, high = (x_wide[0], y_wide[0]), x_wide[1] - x_wide[0], y_wide[1] - y_wide[0]
            ax.add_patch(Rectangle(corner, wide, high, facecolor=tone, edgecolor=tone, alpha=0.18, linewidth=0.8))
            ax.plot([x_wide[0], x_wide[1]], [y_wide[0], y_wide[1]], alpha=0)  # so that the axes hold the box
        ax.plot([x], [y], MARKERS[i % len(MARKERS)], color=tone, markersize=6, markeredgecolor="white", zorder=3)
        ax.annotate(str(i + 1), (x, y), xytext=(6, 5), textcoords="offset points", color=tone, fontweight="bold")
        label: Any = {"transform": ax.transAxes, "color": tone, "fontsize": 8, "fontweight": "bold", "va": "top"}
        ax.text(1.02, 1.0 - 0.11 * i, f"{i + 1} {short(point.name)}", **label)
        ax.text(
            1.02, 0.957 - 0.11 * i, f"   error {_error(point.error)}", **label | {"fontsize": 7, "fontweight": "normal"}
        )
    ax.grid(visible=True, axis="both")
    ax.margins(x=0.1, y=0.15)
    ax.set_xlim(left=max(ax.get_xlim()[0], -1.1))
    ax.set_xlabel(found.measures[DIVIDE].title, color=TERTIARY)
    ax.set_ylabel(found.measures[EMISSIONS].title, color=TERTIARY)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(percent))
    return figure


@dataclass(frozen=True)
class _Point:
    """A policy in the trade-off."""

    name: str
    divide: Effect
    emissions: Effect
    error: Effect | None


def _points(found: Comparison) -> list[_Point]:
    """The policies of which both axes have a value."""
    points = []
    for i, name in enumerate(found.names, start=1):
        divide, emissions, error = (found.effect(i, id) for id in (DIVIDE, EMISSIONS, FRONTIER_ERROR))
        if divide and emissions and isfinite(divide.relative) and isfinite(emissions.relative):
            points.append(_Point(name, divide, emissions, error))
    return points


def _relative_spans(change: Effect) -> tuple[Interval, Interval]:
    """Intervals of the relative change: luck, and luck and assumptions."""
    wide = Interval(change.wide_relative_low, change.wide_relative_high)
    return Interval(change.relative_low, change.relative_high), wide


def _error(change: Effect | None) -> str:
    """The change of the frontier's error in few signs, with the interval of luck and assumptions."""

    def text(value: float) -> str:
        return percent(float(f"{value:.2g}")).removesuffix(" %") if abs(value) >= LEAST else "0"

    if change is None:
        return words.NONE
    luck, wide = _relative_spans(change)
    low, high = wide if isfinite(wide.low) else luck
    return f"{text(change.relative)} % ({text(low)}, {text(high)})" if isfinite(low) else f"{text(change.relative)} %"
