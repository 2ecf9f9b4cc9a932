"""Figures of a comparison: each a function of effects that returns a PNG. Policies differ by dash, tone and marker."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, told
from sim.report import words
from sim.report.colours import BROWN, INK, LINE, SECONDARY, TERTIARY
from sim.report.style import Origin, canvas, canvas_of_years, label_ends, png
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, Interval

TONES = (INK, BROWN, TERTIARY, SECONDARY)
DASHES = ("-", "--", "-.", ":")
LEAST = 1e-4  # relative change of error that is worth a number
FEW = 3  # policies whose ranges over drawn assumptions can be told apart in one panel
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*", "h")


def draw_all(found: Comparison, made: str) -> dict[str, bytes]:
    """Every figure that there is something for: file name to PNG, in the order of the report. ``made`` is the date."""
    drawn = {name: draw(found, made) for name, draw in FIGURES.items()}
    return {f"{name}.png": picture for name, picture in drawn.items() if picture is not None}


def describe(name: str) -> str:
    """The text alternative of a figure."""
    return (FIGURES[name.removesuffix(".png")].__doc__ or "").split("\n")[0]


def _percent(value: float, _: object = None) -> str:
    if words.is_factor(value):
        return f"×{1 + value:.3g}"
    return f"{100 * value:+.3g} %".replace("-", words.MINUS) if value else "0"


def over_time(found: Comparison, made: str) -> bytes | None:
    """Change against the baseline by year: the divide, emissions, the frontier's error; mean and range over pairs."""
    panels = told("by_year")
    few = len(found.names) <= FEW
    also = ", of drawn assumptions too (light)" if few else "; those over drawn assumptions stand in the table"
    subtitle = f"Relative change against the baseline: mean; 95 % of replicates{' (dark)' if few else ''}{also}"
    figure, axes = canvas_of_years(
        _origin(found, made), "What policies change, year by year", subtitle, columns=len(panels)
    )
    for ax, (id, measure) in zip(axes, panels.items(), strict=True):
        ends = []
        for i in range(len(found.names)):
            tone, dash = _look(i)
            luck, wide = (_relative(found, i + 1, id, wide=wide) for wide in (False, True))
            middle = np.nanmean(luck, axis=0)
            ax.plot(found.years, middle, dash, color=tone, linewidth=1.6)
            for worlds, strength in ((wide, 0.08), (luck, 0.18)):
                if len(worlds) and (few or worlds is luck):
                    low, high = np.nanpercentile(worlds, [2.5, 97.5], axis=0)
                    ax.fill_between(found.years, low, high, color=tone, alpha=strength, linewidth=0)
            ends.append((float(middle[-1]), str(i + 1), tone))
        ax.axhline(0, color=LINE, linewidth=1)
        ax.text(0, 1.03, measure.title, transform=ax.transAxes, color=INK)
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_formatter(FuncFormatter(_percent))
        label_ends(ax, ends)
    _key(figure, found.names)
    return png(figure)


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
    figure, (ax,) = canvas("Divide against emissions", subtitle, _origin(found, made).line)
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
        ax.text(1.02, 1.0 - 0.11 * i, f"{i + 1} {_short(point.name)}", **label)
        ax.text(
            1.02, 0.957 - 0.11 * i, f"   error {_error(point.error)}", **label | {"fontsize": 7, "fontweight": "normal"}
        )
    ax.grid(visible=True, axis="both")
    ax.margins(x=0.1, y=0.15)
    ax.set_xlim(left=max(ax.get_xlim()[0], -1.1))
    ax.set_xlabel(found.measures[DIVIDE].title, color=TERTIARY)
    ax.set_ylabel(found.measures[EMISSIONS].title, color=TERTIARY)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(_percent))
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
        return _percent(float(f"{value:.2g}")).removesuffix(" %") if abs(value) >= LEAST else "0"

    if change is None:
        return words.NONE
    luck, wide = _relative_spans(change)
    low, high = wide if isfinite(wide.low) else luck
    return f"{text(change.relative)} % ({text(low)}, {text(high)})" if isfinite(low) else f"{text(change.relative)} %"


def winners(found: Comparison, made: str) -> bytes | None:
    """Training compute in the last year over the baseline's, by kind and by decile of compute in the first year."""
    tables = {name: _tenths(found, i) for i, name in enumerate(found.names, start=1)}
    labels = {kind.id: kind.label or kind.id for kind in found.scenarios[0].kinds}
    kinds = list(dict.fromkeys(kind for table in tables.values() for kind in table["kind"]))
    if not kinds:
        return None
    subtitle = (
        "Training compute of the last year over the baseline's, by tenth of the kind in the first year; bands: luck"
    )
    figure, axes = canvas("Who gains and who loses compute", subtitle, _origin(found, made).line, columns=len(kinds))
    values = pd.concat(tables.values())["ratio"]
    values = values[np.isfinite(values) & (values > 0)]
    low, high = (min(values.min(), 0.9), max(values.max(), 1.1)) if len(values) else (0.5, 2.0)
    for ax, kind in zip(axes, kinds, strict=True):
        ends = []
        for i, table in enumerate(tables.values()):
            part = table[(table["kind"] == kind) & (table["ratio"] > 0)].sort_values("tenth")
            tone, dash = _look(i)
            ax.plot(part["tenth"], part["ratio"], dash, color=tone, linewidth=1.6)
            ax.fill_between(
                part["tenth"], part["low"].clip(lower=low / 2), part["high"], color=tone, alpha=0.15, linewidth=0
            )
            if len(part):
                ends.append((float(part["ratio"].iloc[-1]), str(i + 1), tone))
        ax.axhline(1, color=LINE, linewidth=1)
        ax.set_yscale("log")
        ax.set_ylim(low / 1.2, high * 1.2)
        ax.set_xlim(1, 10)
        ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}×"))
        ax.yaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
        ax.text(0, 1.03, labels.get(kind, kind), transform=ax.transAxes, color=INK)
        label_ends(ax, ends)
    axes[0].set_xlabel("Tenth, least compute first", color=TERTIARY)
    _key(figure, list(tables))
    return png(figure)


def _relative(found: Comparison, scenario: int, measure: str, *, wide: bool) -> NDArray[np.float64]:
    """Relative changes by (replicate, year); no rows where assumptions were not drawn."""
    if wide and not found.drawn:
        return np.zeros((0, len(found.years)))
    before, after = (found.paths(i, measure, wide=wide) for i in (0, scenario))
    return np.divide(after, before, out=np.full_like(after, np.nan), where=before != 0) - 1


def _tenths(found: Comparison, scenario: int) -> pd.DataFrame:
    """Kind, tenth, ratio of training compute, and its interval of luck."""
    rows = [
        (kind, tenth, 1 + change.relative, 1 + change.relative_low, 1 + change.relative_high)
        for (kind, tenth), change in found.tenths(scenario).items()
        if tenth
    ]
    return pd.DataFrame(rows, columns=["kind", "tenth", "ratio", "low", "high"])


def _origin(found: Comparison, made: str) -> Origin:
    """Where the figures come from; the first policy's start is marked."""
    baseline = found.scenarios[0]
    started = [(policy.id, policy.start) for scenario in found.scenarios[1:] for policy in scenario.policies]
    return Origin(
        title=f"Against {baseline.title}",
        replicates=len(found.pairs),
        seed=baseline.run.seed,
        made=made,
        years=(found.years[0], found.years[-1]),
        policies=tuple(started[:1]),
        spread="{} paired replicates",
    )


def _look(i: int) -> tuple[str, str]:
    """Tone and dash of the i-th policy: sixteen that differ."""
    return TONES[i % len(TONES)], DASHES[(i + i // len(TONES)) % len(DASHES)]


def _key(figure: Figure, names: list[str]) -> None:
    """Which number stands for which policy, at the right of the title."""
    parts = [f"{i + 1} {_short(name)}" for i, name in enumerate(names)]
    abreast = 3 if len(parts) <= 6 else 5
    rows = ["   ".join(parts[i : i + abreast]) for i in range(0, len(parts), abreast)]
    figure.text(0.98, 0.985, "\n".join(rows), fontsize=7 if abreast == 3 else 6, color=SECONDARY, ha="right", va="top")


def _short(name: str) -> str:
    return name.replace("_", " ")


FIGURES: dict[str, Callable[[Comparison, str], bytes | None]] = {
    "trade_off": trade_off,
    "over_time": over_time,
    "winners": winners,
}
