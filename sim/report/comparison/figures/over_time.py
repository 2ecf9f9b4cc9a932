"""What scenarios change, year by year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import floor, isfinite
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.measures import Measure, told
from sim.report import words
from sim.report.certainty import held_of
from sim.report.colours import INK, LINE, SECONDARY
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.figures.common import FEW, dated, look, origin, percent, root_scale, titles
from sim.report.comparison.titles import first_called
from sim.report.labels import End, label_ends
from sim.report.origin import FigureOrigin, verbatim
from sim.report.style import DOTTED, canvas_of_years, png, policy_dates
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, outermost

TITLE = "What changes, year by year"
HEIGHT = 7.6  # in, of few policies
ROW, EDGES = 0.56, 1.2  # heights [in] where each has a row of its own: of a row, and of all else
LETTERS = 22  # of a line of a policy's name
AROUND, ROOM = 0.06, 0.26  # of an axis in a row: free at both ends, and for a tick's text
LEAST = 0.0005  # change in the last year below which it is told as 0
EARLIER = 3  # years before the first policy that the figure begins with


@GALLERY.figure(order=2)
def over_time(found: Comparison, fingerprint: str) -> bytes | None:
    """Change by year: the divide, emissions, the frontier's error; median and range over pairs."""
    return png(over_time_figure(found, fingerprint))


def over_time_figure(
    found: Comparison, fingerprint: str, height: float = HEIGHT, ids: Sequence[str] = ()
) -> Figure:  # fmt: skip
    """``over_time`` as a figure of matplotlib; ``height`` [in] is that of few policies, ``ids`` are other measures than
    the usual ones."""
    where = _of_what_changes(origin(found, fingerprint))
    measures = {id: found.measures[id] for id in ids} or told("by_year", found.measures)
    if len(found.names) <= FEW:
        return _together(found, where, measures, height)
    return _in_rows(found, where, measures)


def _ranges(found: Comparison) -> str:
    """What lines and bands are."""
    pairs = len(found.pairs)
    said = f"median{' and range' if pairs >= FEWEST else ''} of {held_of(pairs, 'replicates')}"
    return f"{said}; dotted, light: the same over drawn assumptions" if found.drawn else said


def _of_what_changes(where: FigureOrigin) -> FigureOrigin:
    """The same with its years from shortly before the first policy on: earlier ones hold nothing."""
    first, last = where.years
    started = (floor(max(one.start, first)) - EARLIER for one in where.policies)
    return replace(where, years=(max(min(started, default=first), first), last))


def _together(found: Comparison, where: FigureOrigin, measures: Mapping[str, Measure], height: float) -> Figure:
    """A panel for each measure, with all policies."""
    of_ratio = {id for id in measures if has_ratios(found, id)}
    relative_ = "Relative change" if len(of_ratio) == len(measures) else "Change"
    subtitle = f"{relative_} against {first_called(found)}: {_ranges(found)}"
    figure, axes = canvas_of_years(where, TITLE, subtitle, rows=len(measures), height=height)
    called = titles(found.scenarios)
    for ax, (id, measure) in zip(axes, measures.items(), strict=True):
        ends = []
        for i, title in enumerate(called):
            tone, dash = look(i)
            ends.append(End(_draw(ax, found, i + 1, id, tone, dash)[0], title, "", tone))
        ax.axhline(0, color=LINE, linewidth=1, zorder=1)
        ax.text(0, 1.03, measure.title, transform=ax.transAxes, color=INK)
        ax.yaxis.set_major_locator(MaxNLocator(5))
        unit = measure.unit_under(found.scenarios[0].law)
        ax.yaxis.set_major_formatter(FuncFormatter(percent if id in of_ratio else _amounts(unit)))
        label_ends(ax, ends, LETTERS)
    return figure


def _in_rows(found: Comparison, where: FigureOrigin, measures: Mapping[str, Measure]) -> Figure:
    """A row for each policy and a column for each measure, of one scale: more lines in a panel are a tangle."""
    called = titles(found.scenarios)
    subtitle = f"Change, square-root scales: {_ranges(found)}"
    every, where = where.policies, replace(where, policies=())
    figure, axes = canvas_of_years(where, TITLE, subtitle, len(measures), len(called), EDGES + ROW * len(called))
    columns = [axes[place :: len(measures)] for place in range(len(measures))]
    for column, (id, measure) in zip(columns, measures.items(), strict=True):
        column[0].set_title(measure.title, loc="left", fontsize=9, color=INK)
        spans = []
        for row, ax in enumerate(column):
            last, low, high = _draw(ax, found, row + 1, id, INK, "-")
            spans += [low, high]
            policy_dates(ax, replace(where, policies=dated(found.scenarios[row + 1])), told=every)
            ax.axhline(0, color=LINE, linewidth=1, zorder=1)
            if np.isfinite(last):
                ax.annotate(_in_the_end(last), (where.years[1], last), xytext=(3, 0), textcoords="offset points",
                            va="center", fontsize=7, color=INK)  # fmt: skip
        for ax in column:
            lowest = ax is column[-1]
            ax.tick_params(axis="x", labelsize=7, labelbottom=lowest, length=3 if lowest else 0)
            ax.tick_params(axis="y", labelsize=6.5, pad=1)
            root_scale(ax.yaxis, min(spans), max(spans), AROUND, ROOM)
    for ax, title in zip(columns[0], called, strict=True):
        name = fill(verbatim(title), LETTERS, break_long_words=False)
        ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=7.5, color=SECONDARY)
    return figure


def _in_the_end(change: float) -> str:
    """A change in the last year, behind its line."""
    if abs(change) < LEAST:
        return "0"
    text = words.rough(change)
    return text if words.is_factor(change) else f"{words.MINUS if change < 0 else '+'}{text}"


def _draw(
    ax: Axes, found: Comparison, scenario: int, measure: str, tone: str, dash: str
) -> tuple[float, float, float]:  # fmt: skip
    """Draw a scenario's change of a measure; its median in the last year, and the least and the most that is drawn."""
    reach = [0.0]
    changes = relative if has_ratios(found, measure) else differences
    luck, wide = (changes(found, scenario, measure, wide=wide) for wide in (False, True))
    for worlds, style, width, strength in ((wide, DOTTED, 1.0, 0.08), (luck, dash, 1.6, 0.18)):
        if not len(worlds):
            continue
        years, worlds = _from_its_start(found.years, worlds)
        middle = _middle(worlds, found.measures[measure].logs and changes is relative)
        ax.plot(years, middle, linestyle=style, color=tone, linewidth=width)
        reach += middle.tolist()
        if len(worlds) >= FEWEST:
            low, high = outermost(worlds)
            ax.fill_between(years, low, high, color=tone, alpha=strength, linewidth=0)
            reach += [*low.tolist(), *high.tolist()]
    return float(middle[-1]), float(np.nanmin(reach)), float(np.nanmax(reach))


def _middle(changes: NDArray[np.float64], in_logs: bool) -> NDArray[np.float64]:
    """The median over replicates of relative changes by (replicate, year), as tables have it: between two ratios the
    middle is that of their logarithms."""
    if not in_logs:
        return np.asarray(np.nanmedian(changes, axis=0))
    with np.errstate(divide="ignore"):
        return np.asarray(np.expm1(np.nanmedian(np.log1p(changes), axis=0)))


def _from_its_start(years: list[int], worlds: NDArray[np.float64]) -> tuple[list[int], NDArray[np.float64]]:
    """Years, and changes by (replicate, year), with nothing once more where its first year begins in which anything
    changes: else a line would leave zero a year before its policy starts."""
    moved = np.nan_to_num(worlds).any(axis=0)
    first = int(moved.argmax())
    if not moved.any() or not first:
        return years, worlds
    return [*years[: first + 1], *years[first:]], np.insert(worlds, first, 0.0, axis=1)


def has_ratios(found: Comparison, measure: str) -> bool:
    """Whether all scenarios change a measure by a ratio in the last year: not where it was nothing before."""
    every = [found.effect(i, measure) for i in range(1, len(found.scenarios))]
    return all(change is not None and isfinite(change.relative) for change in every)


def differences(found: Comparison, scenario: int, measure: str, *, wide: bool) -> NDArray[np.float64]:
    """Changes in amounts by (replicate, year); no rows where assumptions were not drawn."""
    if wide and not found.drawn:
        return np.zeros((0, len(found.years)))
    before, after = (found.paths(i, measure, wide=wide) for i in (0, scenario))
    return np.asarray(after - before)


def _amounts(unit: str) -> Callable[[float, object], str]:
    """How ticks of amounts are told."""
    return lambda value, _: words.signed(value, unit) if value else "0"


def relative(found: Comparison, scenario: int, measure: str, *, wide: bool) -> NDArray[np.float64]:
    """Relative changes by (replicate, year); no rows where assumptions were not drawn."""
    if wide and not found.drawn:
        return np.zeros((0, len(found.years)))
    before, after = (found.paths(i, measure, wide=wide) for i in (0, scenario))
    return np.asarray(np.divide(after, before, out=np.full_like(after, np.nan), where=before != 0) - 1)
