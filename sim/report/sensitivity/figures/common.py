"""What several figures of a sensitivity share: which panels there are, their titles and their scales."""

from itertools import product
from math import exp, expm1, log, log1p

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from sim.plurals import counted
from sim.report.colours import INK
from sim.report.origin import verbatim
from sim.report.sensitivity.words import points, size, subject
from sim.report.style import typeset
from sim.results.sensitivity import Found, Sensitivity

MOST = 8  # panels of a figure of bars
FEW = 4  # panels of the others, which are taller
CLOSE = log(5.0)  # logarithm of a factor below which ticks are evenly apart
ACROSS = 70  # letters of a panel's title that have room in full size
BARS, LEAST = 16, 3  # bars of a figure, about, and of a panel, at least


def shown(result: Sensitivity, most: int = FEW) -> list[Found]:
    """What has a panel: what is moved by anything, the worlds themselves first."""
    return moved(result)[:most]


def moved(result: Sensitivity) -> list[Found]:
    """What is moved by anything, in the order of the panels."""
    moved = [one for one in result.told if one.first]
    return sorted(moved, key=lambda one: (one.against != "", one.policy != ""))


def title(words: str, result: Sensitivity, panels: list[Found]) -> str:
    """What stands above a figure; it says where there are not all panels."""
    left = len(moved(result)) - len(panels)
    return f"{words} (the first {counted(len(panels), 'panel')}; the tables have {left} more)" if left else words


def panel_title(ax: Axes, result: Sensitivity, found: Found, size: float) -> None:
    """What stands above a panel, in letters of ``size`` [pt] or smaller where it is long; it says where there are too
    few samples for what it shows."""
    said = verbatim(", in ".join(filter(None, [subject(found), points(found, result.method)])))
    text = said if found.enough(result.method) else f"{said} · not enough samples"
    ax.set_title(text, loc="left", fontsize=size * min(1.0, ACROSS / len(text)), color=INK)


def bars(panels: list[Found]) -> int:
    """How many numbers a panel of bars has, so that the figure fits a page."""
    return max(LEAST, BARS // len(panels))


def scale(axis: Axis, found: Found, method: str, high: float, most: int) -> None:
    """At most so many ticks from 0 to ``high``, round in what is printed: shares, factors or amounts."""
    by_factor = method != "sobol" and found.logs
    if not by_factor:
        axis.set_major_locator(MaxNLocator(most))
    elif high < CLOSE:
        axis.set_major_locator(
            FixedLocator([log1p(x) for x in MaxNLocator(most).tick_values(0, expm1(high)) if x >= 0])
        )
    else:
        factors = [
            step * 10.0**power for power, step in product(range(300), (2, 5, 10)) if step * 10.0**power < exp(high)
        ]
        kept = factors if len(factors) <= most else [f for f in factors if f"{f:.0e}"[0] == "1"]
        every = -(-len(kept) // most)
        axis.set_major_locator(FixedLocator([0.0, *(log(factor) for factor in kept[every - 1 :: every])]))
    axis.set_major_formatter(FuncFormatter(lambda v, _: typeset(size(v, found, method)) if v > 0 or by_factor else "0"))
