"""The figure of what a carbon tax changes, in two worlds, beside what others found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.evidence.figures.common import AMBER, BLUE
from sim.measures.carbon import OPERATIONAL
from sim.report.colours import INK, LINE, TERTIARY
from sim.report.comparison.figures.common import percent
from sim.report.style import canvas, png
from sim.results.statistics import Effect
from sim.scenario.data import published

TONES, MARKS = (AMBER, BLUE), ("D", "o")  # of the worlds, in their order
HEIGHT = 5.6  # in
TITLE = "What a carbon tax changes"
SUBTITLE = "Against no tax; ticks: luck (95 %), bands: luck and assumptions (95 %), dashed: their median"


@dataclass(frozen=True)
class Curve:
    """What a tax changes in one measure of one world in one year, by its rate [USD/t]."""

    world: str
    year: int
    measure: str
    changes: dict[int, Effect]


def draw(curves: Sequence[Curve], measures: Mapping[str, str], last_line: str) -> bytes:
    """Years below each other, measures side by side, worlds in one panel."""
    years = list(dict.fromkeys(curve.year for curve in curves))
    worlds = list(dict.fromkeys(curve.world for curve in curves))
    line = " · ".join([*named(), last_line])
    figure, axes = canvas(TITLE, SUBTITLE, line, columns=len(measures), rows=len(years), height=HEIGHT)
    for k, ax in enumerate(axes):
        year, id = years[k // len(measures)], list(measures)[k % len(measures)]
        for i, world in enumerate(worlds):
            for curve in curves:
                if (curve.world, curve.year, curve.measure) == (world, year, id) and curve.changes:
                    _curve(ax, curve.changes, i)
        ax.axhline(0, color=LINE, linewidth=0.8, zorder=0)
        if id == OPERATIONAL and year == years[0]:
            _published(ax)
        label = measures[id]
        ax.set_title(f"{label[:1].upper()}{label[1:]}, {year}", fontsize=9, color=INK, loc="left")
        ax.yaxis.set_major_formatter(FuncFormatter(percent))
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.xaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        if k >= len(axes) - len(measures):
            ax.set_xlabel("carbon tax [USD/t]", color=TERTIARY, fontsize=8)
    for column in (axes[i :: len(measures)] for i in range(len(measures))):
        ends = [end for ax in column for end in ax.get_ylim()]
        for ax in column:
            ax.set_ylim(min(ends), max(ends))
    for i, world in enumerate(worlds):
        figure.text(0.98, 1 - (i + 1) * 0.231 / HEIGHT, f"buyers {world}", fontsize=8, color=TONES[i], ha="right")
    return png(figure)


def _curve(ax: Axes, changes: dict[int, Effect], world: int) -> None:
    """One world: its medians with bars of luck, and a band over draws."""
    tone, rates = TONES[world], [0, *changes]
    luck = [(0.0, 0.0, 0.0), *(change.luck.relative for change in changes.values())]
    wide = [(0.0, 0.0, 0.0), *(change.wide.relative for change in changes.values())]
    ax.fill_between(rates, [w[1] for w in wide], [w[2] for w in wide], color=tone, alpha=0.13, linewidth=0)
    ax.plot(rates, [w[0] for w in wide], "--", color=tone, linewidth=1)
    ax.plot(rates, [of[0] for of in luck], MARKS[world] + "-", color=tone, markersize=3.5, linewidth=1.5)
    ax.vlines(rates, [of[1] for of in luck], [of[2] for of in luck], color=tone, linewidth=3, alpha=0.6)


def named() -> list[str]:
    """What is drawn of what others found, with its sign."""
    estimates = published("abatement")["estimates"]
    return [f"× {one['called']}" for one in estimates if "changes" in one]


def _published(ax: Axes) -> None:
    """What others found, at its price; what has no price stands in the page's table alone."""
    for estimate in published("abatement")["estimates"]:
        if "changes" in estimate:
            ax.plot(*zip(*estimate["changes"], strict=True), "x", color=INK, markersize=5, linewidth=0, zorder=4)
