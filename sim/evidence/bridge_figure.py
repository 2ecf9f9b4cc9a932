"""The steps from a published price to that of a world, as a figure."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from sim.evidence.bridge import OF_SOURCE, Bridge
from sim.evidence.figures.common import bars, source
from sim.report.colours import BETTER, INK, LINE, POLICIES, SECONDARY, TERTIARY
from sim.report.style import canvas, png

TITLES = {"USD": "cost [USD]", "tCO2e": "carbon [t CO2e]"}


def draw(bridges: tuple[Bridge, Bridge], error: float, year: int) -> bytes:
    """From the published price of an error to the baseline's, step by step, in dollars and in carbon."""
    what = f"A run that reaches an error of {100 * error:g} % on ImageNet"
    subtitle = f"{what}; green: cheaper, pink: dearer; lines: where a step may end (90 %)"
    title = f"From the published quintillions to the price of {year}"
    figure, axes = canvas(title, subtitle, source("thompson"), rows=2, height=6.0)
    for ax, bridge in zip(axes, bridges, strict=True):
        _waterfall(ax, bridge, year)
    return png(figure)


def _waterfall(ax: Axes, bridge: Bridge, year: int) -> None:
    names = [f"published ({OF_SOURCE})", *(step.name for step in bridge.steps), f"baseline in {year}"]
    bars(ax, names)
    ax.invert_yaxis()
    at = bridge.start
    ax.plot([at], [0], "o", color=INK)
    _label(ax, at, 0, f"$10^{{{at:.1f}}}$")
    for row, step in enumerate(bridge.steps, start=1):
        tone = BETTER if step.power < 0 else POLICIES[1]
        ax.plot([at, at], [row - 1, row], color=LINE, linewidth=1)
        ax.barh(row, step.power, left=at, height=0.5, color=tone, alpha=0.55)
        ax.plot([at + step.over.low, at + step.over.high], [row, row], color=INK, linewidth=1)
        _label(ax, max(at, at + step.power, at + step.over.high), row, f"{step.power:+.1f}".replace("-", "−"))
        at += step.power
    last = len(names) - 1
    ax.plot([at, at], [last - 1, last], color=LINE, linewidth=1)
    ax.plot([bridge.end_over.low, bridge.end_over.high], [last, last], color=INK, linewidth=1)
    ax.plot([at], [last], "o", color=INK)
    _label(ax, max(at, bridge.end_over.high), last, f"$10^{{{at:.1f}}}$")
    ax.set_title(TITLES[bridge.unit], loc="left", fontsize=9, color=SECONDARY)
    ax.grid(visible=True, axis="x")
    ax.margins(x=0.12)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"$10^{{{value:.0f}}}$"))
    ax.tick_params(axis="x", labelcolor=TERTIARY)


def _label(ax: Axes, at: float, row: int, text: str) -> None:
    ax.annotate(text, (at, row), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8, color=SECONDARY)
