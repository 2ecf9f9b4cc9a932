"""The figures of a sensitivity, each drawn from what was found and where that comes from."""

from itertools import product
from math import exp, expm1, log, log1p
from pathlib import Path

from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from sim.report.gallery import Gallery
from sim.report.sensitivity.words import DOUBLE, size
from sim.report.style import Origin, typeset
from sim.results.sensitivity import Found, Sensitivity

GALLERY: Gallery[[Sensitivity, Origin]] = Gallery("sim.report.sensitivity.figures", [str(Path(__file__).parent)])
MOST = 8  # panels of a figure


def shown(result: Sensitivity) -> list[Found]:
    """What has a panel: what is moved by anything, the worlds themselves first."""
    moved = [one for one in result.found if one.first]
    return sorted(moved, key=lambda one: (one.against != "", one.policy != ""))[:MOST]


def scale(axis: Axis, found: Found, method: str, high: float, most: int) -> None:
    """At most so many ticks from 0 to ``high``, round in what is printed: percent, factors or amounts."""
    if method == "sobol" or not found.logs:
        axis.set_major_locator(MaxNLocator(most))
    elif high < DOUBLE:
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
    axis.set_major_formatter(FuncFormatter(lambda v, _: typeset(size(v, found, method)) if v > 0 else "0"))
