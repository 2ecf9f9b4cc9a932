"""Who gains compute and who loses it."""

from collections.abc import Mapping
from math import ceil, floor, log, log10
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from sim.measures.ids import called, within
from sim.report.certainty import held_of
from sim.report.colours import LINE, LOOKS, OTHER, SECONDARY, look_of
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.figures.common import origin, titles
from sim.report.comparison.titles import first_called
from sim.report.origin import verbatim
from sim.report.style import canvas, png
from sim.report.words import plain
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, Effect

LEAST = 0.05  # relative change of compute, of a kind or of a tenth of it, below which a kind has no panel
TENTHS = 10
LETTERS = 32  # of a line of a policy's name
ROW, EDGES = 0.3, 1.75  # heights [in]: of a policy, and of all else
LARGE, LITTLE = 7.0, 4.0  # sizes of marks
NOTHING = 1e-4  # ratio to which compute that is gone is drawn
PANELS, LETTER = 360.0, 4.5  # widths of all panels, and of a letter of a number [pt]
MOST_TICKS, LEAST_TICKS = 9, 3  # ticks of all panels, and those that a narrow panel has room for
LONG = 300.0  # ratio of the ends of an axis from which a narrow panel has room for one tick less: labels are long
HEADING = 64  # letters of the headings of all panels
NEAR = 3.0  # ratio of the ends of an axis below which ticks are evenly apart
STEPS = (0.01, 0.02, 0.05, 0.04, 0.1, 0.2, 0.5, 0.4)  # between them

Tenths = Mapping[tuple[str, int], Effect | None]


@GALLERY.figure(order=3)
def winners(found: Comparison, fingerprint: str) -> bytes | None:
    """Change of training compute in the last year: of kinds, and of a kind's least and most endowed tenth."""
    changes = [found.tenths(i) for i in range(1, len(found.scenarios))]
    kinds = found.scenarios[0].kinds
    shown = [kind for kind in kinds if any(_moved(of, kind.id) for of in changes)]
    if not shown:
        return None
    names_of = called(kinds)
    rest = [within(names_of[kind.id]) for kind in kinds if kind not in shown]
    first, last = found.years[0], found.years[-1]
    wide = "; thin: luck and assumptions, upright: their median" if found.drawn else ""
    subtitle = (
        f"Training compute in {last} over {first_called(found)}'s (log scale); bar: luck{wide}; small: the tenth with "
        f"least (hollow) and most (full) in {first}"
    )
    figure, axes = canvas(
        "Who gains and who loses compute",
        subtitle,
        origin(found, fingerprint).line,
        columns=len(shown),
        height=EDGES + ROW * len(changes) + (ROW if rest else 0),
    )
    names = [fill(verbatim(title), LETTERS, break_long_words=False) for title in titles(found.scenarios)]
    for ax, kind in zip(axes, shown, strict=True):
        look = LOOKS.get(look_of(kind), OTHER)
        for row, of in enumerate(changes):
            _draw(ax, row, of, kind.id, look.hue, look.marker)
        heading = fill(verbatim(names_of[kind.id]), HEADING // len(shown))
        ax.set_title(heading, loc="left", fontsize=9, color=look.text, fontweight="bold")
    _scale(axes, names)
    for ax, kind in zip(axes, shown, strict=True):
        for row, of in enumerate(changes):
            _say(ax, row, of, kind.id, LOOKS.get(look_of(kind), OTHER).text, PANELS / len(shown))
    if rest:
        ranged = found.drawn and len(found.pairs) >= FEWEST
        also = f" and by {held_of(len(found.pairs), 'draws')}" if ranged else ""
        note = f"Left out, below {100 * LEAST:g} % on the numbers as they stand{also}: {', '.join(rest)}."
        axes[0].set_xlabel(verbatim(note), loc="left", fontsize=8, color=SECONDARY)
    return png(figure)


def _moved(of: Tenths, kind: str) -> bool:
    """Whether a policy changes the compute of a kind by so much that it shows, as numbers stand or are drawn; or that
    of a tenth of it as they stand."""
    whole, *changes = [of.get((kind, tenth)) for tenth in range(TENTHS + 1)]
    sizes = [change.relative for change in (whole, *changes) if change is not None]
    sizes += [whole.wide_relative_low, whole.wide_relative_high] if whole is not None else []
    return any(abs(size) >= LEAST for size in sizes)


def _draw(ax: Axes, row: int, of: Tenths, kind: str, hue: str, marker: str) -> None:
    """A policy's row: the kind, and its tenths with least and most at first."""
    small: Any = {"markersize": LITTLE, "markeredgecolor": hue, "markeredgewidth": 1, "linestyle": "none", "zorder": 3}
    ends = [of.get((kind, tenth)) for tenth in (1, TENTHS)]
    for change, face in zip(ends, ("white", hue), strict=True):
        if change is not None:
            ax.plot([_ratio(change.relative)], [row], marker, markerfacecolor=face, **small)
    whole = of.get((kind, 0))
    if whole is not None:
        wide = [_ratio(whole.wide_relative_low), _ratio(whole.wide_relative_high)]
        ax.plot(wide, [row, row], color=hue, linewidth=1, solid_capstyle="butt")
        ax.plot([_ratio(whole.wide_relative)], [row], "|", color=hue, markersize=LARGE)
        luck = [_ratio(whole.relative_low), _ratio(whole.relative_high)]
        ax.plot(luck, [row, row], color=hue, linewidth=2.5, alpha=0.5, solid_capstyle="butt")
        ax.plot([_ratio(whole.relative)], [row], marker, color=hue, markersize=LARGE, markeredgecolor="white", zorder=2)


def _say(ax: Axes, row: int, of: Tenths, kind: str, tone: str, width: float) -> None:
    """What a policy makes of a kind's compute, in a number beside its mark where no other is between, or else above it;
    none where it is below what counts. ``width`` is that of the panel [pt]."""
    whole, ends = of.get((kind, 0)), [of.get((kind, tenth)) for tenth in (1, TENTHS)]
    if whole is None or not abs(whole.relative) >= LEAST:
        return
    reach = [_ratio(end) for of in (whole.luck.relative, whole.wide.relative) for end in of]
    reach += [_ratio(change.relative) for change in ends if change is not None]
    text, at = f"{plain(1 + whole.relative)}×", _ratio(whole.relative)
    ends_of_axis = ax.get_xlim()
    scale = width / log(ends_of_axis[1] / ends_of_axis[0])
    need = 10 + LETTER * len(text)
    first, last = float(np.nanmin(reach)), float(np.nanmax(reach))
    look: Any = {"textcoords": "offset points", "fontsize": 7, "color": tone}
    if scale * log(last / at) < LARGE and scale * log(ends_of_axis[1] / last) > need:
        ax.annotate(text, (last, row), xytext=(6, 0), ha="left", va="center", **look)
    elif scale * log(at / first) < LARGE and scale * log(first / ends_of_axis[0]) > need:
        ax.annotate(text, (first, row), xytext=(-6, 0), ha="right", va="center", **look)
    else:
        ax.annotate(text, (at, row), xytext=(0, 5), ha="center", va="bottom", **look)


def _ratio(relative: float) -> float:
    return max(1.0 + relative, NOTHING) if np.isfinite(relative) else np.nan


def _scale(axes: list[Axes], names: list[str]) -> None:
    """One logarithmic scale for all panels, a row to a policy, names at the left."""
    values = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for ax in axes for line in ax.lines])
    values = values[np.isfinite(values)]
    low, high = min(values.min(), 1 - LEAST), max(values.max(), 1 + LEAST)
    most = max(MOST_TICKS // len(axes), LEAST_TICKS - (high / low >= LONG))
    for ax in axes:
        ax.axvline(1, color=LINE, linewidth=1, zorder=0)
        ax.set_xscale("log")
        ax.set_xlim(low / (high / low) ** 0.06, high * (high / low) ** 0.06)
        ax.xaxis.set_major_locator(FixedLocator(_ticks(low, high, most)))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}×"))
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.set_yticks(range(len(names)), names if ax is axes[0] else [""] * len(names))
        ax.tick_params(axis="y", length=0, labelsize=8, labelcolor=SECONDARY)
        ax.grid(visible=True, axis="both")


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round ratios, no more than so many, one among them: powers of ten, or closer where those are too few, or evenly
    apart where the ends are near."""
    for step in STEPS if high / low < NEAR else ():
        first, last = ceil((low - 1) / step - 1e-9), floor((high - 1) / step + 1e-9)
        if 0 < last - first < most:
            return [round(1 + i * step, 2) for i in range(first, last + 1)]
    for parts in (range(1, 10), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        found = [part * 10.0**e for e in range(-12, 13) for part in parts if low <= part * 10.0**e <= high]
        if 1 < len(found) <= most:
            return found
    exponents = [round(log10(ratio)) for ratio in found]
    return [10.0**e for e in exponents if e % -(-len(exponents) // most) == 0]
