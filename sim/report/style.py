"""How figures of the house style are made: canvas, lines with bands, logarithmic scales, direct labels."""

from collections.abc import Sequence
from math import inf
from textwrap import wrap
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import Formatter, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from sim.report import words
from sim.report.colours import GRID, INK, LINE, TERTIARY
from sim.report.letters import FONT, readable
from sim.report.origin import Dated, FigureOrigin, verbatim
from sim.report.panels import USUAL, Panels, Room
from sim.report.pixels import as_png

STYLE: Any = {
    "font.family": FONT, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "axes.grid": True, "axes.grid.axis": "y", "grid.color": GRID, "grid.linewidth": 0.8,
    "axes.edgecolor": LINE, "axes.axisbelow": True, "xtick.color": TERTIARY, "ytick.color": TERTIARY,
    "ytick.left": False, "lines.linewidth": 2, "lines.solid_capstyle": "round", "savefig.facecolor": "white",
}  # fmt: skip
FEW = 3  # dates that are told one by one
LETTER = 0.012  # of the years that a letter of a remark on a level takes, about
CLEAR = 0.4  # of such a remark: logarithm of a line over the level from which on it is not in the way
LATE = 0.9  # part of the years after which words stand before a line, not behind it
HEADED, LINE_HEIGHT = 0.4, 12.5  # part of a panel of full width that its heading may take; of one of its lines [pt]
SIZE, DPI = (7.2, 4.2), 200  # in
# Around the axes [in]: title and subtitle, the line on the origin, and at both sides.
ABOVE, BELOW, BESIDE = 0.567, 0.231, 0.0864
SMALLEST, SMALLER = 4.0, 0.25  # letters across a figure, and by how much they get smaller [pt]
MARGIN = 0.02  # of a figure's width, beside the words across it
DOTTED: Any = (0, (1, 2))  # what is over drawn numbers
DASHED_TWICE_DOTTED: Any = (0, (6, 2, 1, 2, 1, 2))
LONGEST, NEXT = 126, 0.14  # letters of a line of the subtitle, and how far the next one stands below it [in]
ABOVE_LINES = 6  # where words stand that no line is to cross
ONE_VALUE, TWOFOLD = 1 + 1e-9, 2.0  # spans below which a logarithmic axis has one value, or is told as an even one
USUAL_FIGURES, MOST_FIGURES, SLIP = 3, 10, 0.01  # of the text of a tick, and how far it may be off, in steps


def canvas_of_years(
    origin: FigureOrigin, title: str, subtitle: str, columns: int = 1, rows: int = 1, height: float = SIZE[1],
    heading: int = 1,
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """A canvas whose horizontal axes are the years of a run, each with a ``heading`` of so many lines."""
    figure, axes = canvas(title, subtitle, origin.line_of_years, columns, rows, height)
    first, last = origin.years
    for ax in axes:
        ax.xaxis.set_major_locator(MaxNLocator(8 if columns == 1 else 3, integer=True, steps=[1, 2, 4, 5, 10]))
        if last > first:
            ax.set_xlim(first, last)
            ax.margins(x=0)
        policy_dates(ax, origin, heading)
        beyond_trend(ax, origin)
        beyond_evidence(ax, origin)
    return figure, axes


def canvas(
    title: str, subtitle: str, last_line: str, columns: int = 1, rows: int = 1, height: float = SIZE[1],
    below: float = 0.0,
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """A figure of the house style with its title, what it shows, and a line on where it comes from; ``height`` [in], of
    which so much stays free ``below`` the axes. More lines on what it shows make it so much higher."""
    first, *more = even_lines(subtitle, LONGEST)
    room = height - ABOVE - BELOW - below
    height += NEXT * len(more)
    with mpl.rc_context(STYLE):
        panels = Panels(Room(BESIDE, BELOW + below, SIZE[0] - 2 * BESIDE, room))
        figure = Figure(figsize=(SIZE[0], height), dpi=DPI, layout=panels)
        FigureCanvasAgg(figure)
        axes = [figure.add_subplot(rows, columns, i + 1) for i in range(rows * columns)]
        panels.place(axes, [USUAL] * len(axes))
    across = [figure.text(MARGIN, 1 - 0.231 / height, title, fontsize=11, fontweight="bold", color=INK)]
    for i, line in enumerate([first, *more]):
        across.append(figure.text(MARGIN, 1 - (0.462 + NEXT * i) / height, line, fontsize=8, color=TERTIARY))
    across.append(figure.text(MARGIN, 0.084 / height, last_line, fontsize=7, color=TERTIARY))
    _fit(figure, across)
    return figure, axes


def even_lines(text: str, longest: int) -> list[str]:
    """A text on as few lines as it takes, about as long as each other."""
    lines = wrap(text, longest) or [""]
    return next(found for width in range(len(text) // len(lines), longest + 1)
                if width and len(found := wrap(text, width) or [""]) == len(lines))  # fmt: skip


def _fit(figure: Figure, across: list[Text]) -> None:
    """Words across a figure get smaller where they would leave it, step by step: their letters have whole pixels."""
    room = (1 - 2 * MARGIN) * float(figure.bbox.width)
    with readable(figure):
        for text in across:
            size = float(text.get_fontsize())
            while text.get_window_extent().width > room and size > SMALLEST:
                size -= SMALLER
                text.set_fontsize(size)


def policy_dates(ax: Axes, origin: FigureOrigin, heading: int = 1, told: tuple[Dated, ...] = ()) -> None:
    """A dotted line where each policy starts, and where it ends: at its date, and a year is drawn at
    its number. The words stand above the frame, over a ``heading`` of so many lines that stands there too where there
    are several panels; of these the first tells all dates, those of the others too where they are ``told``."""
    starts, ends = _dates(origin, origin.policies)
    for date in sorted({*starts, *ends}):
        ax.axvline(min(date, origin.years[1]), color=TERTIARY, linewidth=1, linestyle=":")
    if len(ax.figure.axes) == 1:
        alone = max(len(starts), len(ends)) == 1 and len({*map(tuple, (*starts.values(), *ends.values()))}) == 1
        told_each = [(date, _each(names, "start", date, alone)) for date, names in starts.items()]
        told_each += [(date, _each(names, "end", date, alone)) for date, names in ends.items()]
        for i, (date, text) in enumerate(sorted(told_each)):
            _above(ax, text, date, origin.years, 2 + 9 * (i % 3))
    elif ax is ax.figure.axes[0]:
        starts, ends = _dates(origin, (*origin.policies, *told))
        text = "; ".join(_all(dates, word) for dates, word in ((starts, "start"), (ends, "end")) if dates)
        if text:
            first = min((*starts, *ends))
            headed = first < origin.years[0] + HEADED * _columns(ax) * (origin.years[1] - origin.years[0])
            _above(ax, text, first, origin.years, 3 + LINE_HEIGHT * heading if headed else 2)


def _each(names: list[str], does: str, date: float, alone: bool) -> str:
    """start: 2027, where all words are of the same policies; else tax, vouchers start in 2027."""
    if alone:
        return f"{does}: {date:g}"
    return f"{verbatim(', '.join(names))} {does}{'' if names[1:] else 's'} in {date:g}"


def _all(dates: dict[float, list[str]], does: str) -> str:
    """starts: 2027, 2029.5; or from the first to the last of many."""
    told = [f"{date:g}" for date in dates]
    return f"{does}{'s' if told[1:] else ''}: {', '.join(told) if len(told) <= FEW else f'{told[0]} to {told[-1]}'}"


def _dates(origin: FigureOrigin, policies: tuple[Dated, ...]) -> tuple[dict[float, list[str]], dict[float, list[str]]]:
    """The policies by their start, and by their end, in order, of those that start, or end, within the figure."""
    return (
        _by_date(origin.years, [(one.start, one.policy) for one in policies]),
        _by_date(origin.years, [(one.end, one.policy) for one in policies]),
    )


def _by_date(years: tuple[int, int], policies: list[tuple[float, str]]) -> dict[float, list[str]]:
    found: dict[float, list[str]] = {}
    for date, name in sorted(policies, key=lambda policy: policy[0]):
        if years[0] < date < years[1] + 1:
            found.setdefault(date, []).append(name)
    return found


def _above(ax: Axes, text: str, start: float, years: tuple[int, int], lift: float) -> None:
    """Words on a date, so many points above the frame."""
    first, last = years
    at = min(start, last)
    side = "right" if at > first + LATE * (last - first) else "left"
    near: Any = {"xytext": (3 if side == "left" else -3, lift), "textcoords": "offset points"}
    place: Any = {"ha": side, "va": "bottom", "color": TERTIARY, "fontsize": 7.5}
    ax.annotate(text, (at, 1.0), xycoords=("data", "axes fraction"), **place, **near)


def _columns(ax: Axes) -> int:
    """How many panels stand beside each other."""
    spec = ax.get_subplotspec()
    return 1 if spec is None else int(spec.get_gridspec().ncols)


def beyond_trend(ax: Axes, origin: FigureOrigin) -> None:
    """A shade over the years in which hardware is beyond trend, from its date on as on the page."""
    first, last = origin.years
    start = max(origin.trends_end, first)
    if start < last:
        ax.axvspan(start, last, color=GRID, alpha=0.5, linewidth=0, zorder=0)
        near: Any = {"xytext": (3, 3), "textcoords": "offset points", "zorder": ABOVE_LINES}
        at: Any = {"xycoords": ("data", "axes fraction"), "path_effects": [withStroke(linewidth=3, foreground="white")]}
        ax.annotate("beyond trend", (start, 0.0), color=TERTIARY, fontsize=7.5, **near, **at)


def beyond_evidence(ax: Axes, origin: FigureOrigin) -> None:
    """Oblique lines over the years that no evidence reaches, as on the page; the last line says so."""
    first, last = origin.years
    start = max(origin.evidence_ends, first)
    if start < last:
        with mpl.rc_context({"hatch.linewidth": 0.6}):
            ax.axvspan(start, last, facecolor="none", edgecolor=GRID, hatch="//", linewidth=0, zorder=0)


def line(ax: Axes, table: pd.DataFrame, color: str, marker: str | None = None, style: Any = "-") -> None:
    """A table of a row for each year: ``mid`` as a line, with a marker at its end if one is named, ``wide_mid``
    as a dotted one; as bands what lies between ``low`` and ``high``, and between ``wide_low`` and ``wide_high``. What
    is wide is drawn where it is there."""
    ax.plot(table.index, table["mid"], linestyle=style, color=color)
    if marker:
        ax.plot(
            table.index[-1:],
            table["mid"].iloc[-1:],
            marker,
            color=color,
            markersize=5,
            clip_on=False,
            zorder=3,
        )
    if len(table) == 1:
        ax.plot(table.index, table["mid"], "o", color=color, markersize=5)
        ax.set_xlim(table.index[0] - 1, table.index[0] + 1)
    ax.fill_between(table.index, table["low"], table["high"], color=color, alpha=0.15, linewidth=0)
    if "wide_low" in table:
        ax.plot(table.index, table["wide_mid"], linestyle=DOTTED, color=color, linewidth=1)
        ax.fill_between(table.index, table["wide_low"], table["wide_high"], color=color, alpha=0.07, linewidth=0)


def log_scale(ax: Axes, unit: str) -> None:
    """A logarithmic axis upwards, of values in a unit as measures have it (USD, FLOP, tCO2e, ratio)."""
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    if high / low < ONE_VALUE:
        low, high = ax.set_ylim(low / TWOFOLD, high * TWOFOLD)
    log_ticks(ax.yaxis, low, high, unit)


def log_ticks(axis: Axis, low: float, high: float, unit: str) -> None:
    """Powers of ten, or closer where those are too few to read a value by."""
    if high / low < TWOFOLD:
        axis.set_major_locator(MaxNLocator(4))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(ApartTicks(unit))
        return
    narrow = high / low < 50
    axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if narrow else (1,), numticks=8))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(FuncFormatter(lambda v, _: decade(v, unit)))


class ApartTicks(Formatter):
    """Texts of ticks in a unit as measures have it, in as many figures as make equal steps look equal."""

    def __init__(self, unit: str) -> None:
        self.unit, self.figures, self.exponent = unit, USUAL_FIGURES, 0

    def set_locs(self, locs: Any) -> None:
        """How many figures these ticks take, and the power of ten that all have where the unit is told in powers."""
        super().set_locs(locs)
        ticks = np.unique(np.asarray(locs, dtype=float))
        slip = SLIP * np.diff(ticks).min() if ticks.size > 1 else inf
        many = range(USUAL_FIGURES, MOST_FIGURES)
        enough = (i for i in many if all(abs(float(f"{tick:.{i - 1}e}") - tick) <= slip for tick in ticks))
        self.figures = next(enough, MOST_FIGURES)
        largest = np.abs(ticks).max(initial=0.0)
        self.exponent = int(np.floor(np.log10(largest))) if largest > 0 else 0

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of a tick."""
        text = words.number(x, self.unit, self.figures)
        if words.POWER.search(text):
            power, after = f"10^{self.exponent}".replace("-", words.MINUS), words.unit_text(self.unit)
            text = f"{words.plain(x / 10.0**self.exponent, self.figures)}×{power}{after}"
        return typeset(text)


def decade(value: float, unit: str) -> str:
    """The text of a tick at a value, above 0, in a unit as measures have it: 10^6, 2×10^6 or, where it is short, in
    full."""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    if abs(value / 10.0**exponent - 1) > 1e-6 and (unit == "FLOP" or exponent >= 12 or exponent < -3):
        return f"${value / 10.0**exponent:g}\\times10^{{{exponent}}}$"
    sign = "$" if unit == "USD" else ""
    suffix = "×" if unit == "ratio" else ""
    if unit == "FLOP" or exponent >= (12 if unit == "tCO2e" else 15) or exponent < -3:
        return f"{sign}$10^{{{exponent}}}$" if not sign else f"\\$$10^{{{exponent}}}$"
    if exponent >= (6 if unit == "ratio" else 3):
        scale, letter = next((s, name) for s, name in words.SCALES if value >= s * 0.999)
        return f"{sign}{value / scale:g}{letter}{suffix}".replace("$", r"\$")
    if unit == "fraction":
        return f"{100 * value:g} %"
    return f"{sign}{value:,g}{suffix}".replace("$", r"\$")


def aside(ax: Axes, text: str, years: tuple[int, int], level: float, lines: Sequence[pd.Series]) -> None:
    """A small remark on a level of a logarithmic axis: at the end of the years, or at their beginning where lines
    cross it there and keep further away here."""
    first, last = years
    reach = len(text) * LETTER * (last - first)
    points = pd.concat([line[line > 0] for line in lines])
    away = np.abs(np.log(points / level))
    beside = away[away.index <= first + reach], away[away.index >= last - reach]
    begins, ends = (min(near, default=np.inf) for near in beside)
    side, at, step = ("left", first, 2) if ends < min(begins, CLEAR) else ("right", last, -2)
    above: Any = {"zorder": ABOVE_LINES, "path_effects": [withStroke(linewidth=3, foreground="white")]}
    place: Any = {"xytext": (step, 3), "textcoords": "offset points", "ha": side}
    ax.annotate(text, (at, level), color=TERTIARY, fontsize=7.5, **place, **above)


def typeset(text: str) -> str:
    """A number that we format, for matplotlib: dollars are dollars, and powers of ten stand high."""
    return words.POWER.sub(r"$10^{\1}$", verbatim(text))


def png(figure: Figure) -> bytes:
    """The figure as PNG, the same bytes for the same picture."""
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    figure.set_facecolor("white")
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        if not axis.get_label_text():
            axis.set_label_coords(0.0, 0.0)  # or all ticks are measured to find where it would stand
    with readable(figure):
        canvas.draw()  # type: ignore[no-untyped-call]
        return as_png(np.asarray(canvas.buffer_rgba()), figure.dpi)  # type: ignore[no-untyped-call]
