"""The steps from a published price to that of a world, as a figure."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from sim.evidence.bridge import OF_SOURCE, Bridge, BridgeStep
from sim.evidence.figures.common import bars, source
from sim.report.colours import BETTER, INK, LINE, POLICIES, SECONDARY, TERTIARY
from sim.report.style import canvas, png
from sim.results.statistics import Spread

TITLES = {"USD": "cost [USD]", "tCO2e": "carbon [t CO2e]"}
APART = 5  # powers of ten between two lines of the axis


def draw(bridges: tuple[Bridge, Bridge], error: float, year: int) -> bytes:
    """From the published price of an error to the baseline's, step by step, in dollars and in carbon."""
    what = f"A run that reaches an error of {100 * error:g} % on ImageNet"
    subtitle = f"{what}; green: cheaper, pink: dearer; thin lines: 90 % of draws end there"
    title = "From the published quintillions to the model's price"
    figure, axes = canvas(title, subtitle, source("thompson"), rows=2, height=7.2)
    for ax, bridge in zip(axes, bridges, strict=True):
        _waterfall(ax, bridge, year)
    return png(figure)


def _waterfall(ax: Axes, bridge: Bridge, year: int) -> None:
    names = [f"published ({OF_SOURCE})", *(step.name for step in bridge.steps), f"with the technology of {year}"]
    late = bridge.reached is not None
    bars(ax, [*names, *([bridge.later.name, f"first such run ({bridge.reached})"] if late else [])])
    ax.invert_yaxis()
    at = bridge.start
    _level(ax, at, 0)
    for row, step in enumerate(bridge.steps, start=1):
        at = _step(ax, step, at, row)
    row = len(bridge.steps) + 1
    _level(ax, at, row, bridge.end_over)
    if late:
        at = _step(ax, bridge.later, at, row + 1)
        _level(ax, at, row + 2, bridge.last_over)
    ax.set_title(TITLES[bridge.unit], loc="left", fontsize=9, color=SECONDARY)
    ax.grid(visible=True, axis="x")
    ax.margins(x=0.12)
    ax.xaxis.set_major_locator(MultipleLocator(APART))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"$10^{{{value:.0f}}}$"))
    ax.tick_params(axis="x", labelcolor=TERTIARY, labelsize=8)


def _step(ax: Axes, step: BridgeStep, at: float, row: int) -> float:
    """A bar from where the step before ended; where it ends."""
    tone = BETTER if step.power < 0 else POLICIES[1]
    ax.plot([at, at], [row - 1, row], color=LINE, linewidth=1, zorder=1)
    ax.barh(row, step.power, left=at, height=0.5, color=tone, alpha=0.55)
    ax.plot([at + step.over.low, at + step.over.high], [row, row], color=INK, linewidth=1)
    _label(ax, max(at, at + step.power, at + step.over.high), row, f"{step.power:+.1f}".replace("-", "−"))
    return at + step.power


def _level(ax: Axes, at: float, row: int, over: Spread | None = None) -> None:
    """A dot at what steps have come to."""
    if row:
        ax.plot([at, at], [row - 1, row], color=LINE, linewidth=1, zorder=1)
    if over is not None:
        ax.plot([over.low, over.high], [row, row], color=INK, linewidth=1)
    ax.plot([at], [row], "o", color=INK, zorder=3)
    _label(ax, at if over is None else max(at, over.high), row, f"$10^{{{at:.1f}}}$")


def _label(ax: Axes, at: float, row: int, text: str) -> None:
    ax.annotate(text, (at, row), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8, color=SECONDARY)
