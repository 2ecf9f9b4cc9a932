"""Error against compute on five benchmarks."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.evidence.figures import GALLERY
from sim.evidence.figures.common import BESIDE, source
from sim.evidence.thompson import powers
from sim.report.colours import INK, TERTIARY
from sim.report.labels import End, label_ends
from sim.report.origin import verbatim
from sim.report.style import canvas, png, typeset
from sim.scenario.data import laws
from sim.scenario.fits import published_law


@GALLERY.figure(order=1)
def thompson_error() -> bytes | None:
    """Error rate against training compute on five benchmarks, within and beyond the data."""
    subtitle = "Power laws of Thompson et al. 2020; thick where the source has data, thin beyond (extrapolated)"
    figure, (ax,) = canvas("Error against compute", subtitle, source("thompson"))
    left, right = 14.0, 45.0
    ends = []
    for benchmark, label in laws()["labels"].items():
        if "thompson2020_polynomial" not in laws()["benchmarks"][benchmark]:
            continue
        law = published_law(benchmark, "thompson2020_polynomial")
        tone = INK if benchmark == "imagenet" else TERTIARY
        for best, worst, width in ((law.best_error, law.worst_error, 3.0), (0.01, law.best_error, 1.0)):
            errors = np.geomspace(worst, best, 100)
            flop = np.array([powers(law, e)[0] + 9 for e in errors])
            seen = flop <= right
            ax.plot(flop[seen], 100 * errors[seen], color=tone, linewidth=width)
        power = powers(law, 0.01)[0] + 9
        reach = next((e for e in np.geomspace(0.01, 1, 400) if powers(law, e)[0] + 9 <= right), 1.0)
        if power <= right:
            ax.annotate(f"{verbatim(label)}, " + typeset(f"10^{power:.0f}"), (power, 1.0), color=tone, **BESIDE)
        else:
            ends.append(End(100 * float(reach), label, "", tone))
    ax.set_yscale("log")
    ax.set_xlim(left, right)
    ax.set_ylim(0.8, 100)
    _percent(ax, [1, 2, 5, 10, 20, 50])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"$10^{{{v:.0f}}}$"))
    ax.set_xlabel("FLOP of the training run", color=TERTIARY)
    label_ends(ax, ends)
    return png(figure)


def _percent(ax: Axes, ticks: list[float]) -> None:
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
