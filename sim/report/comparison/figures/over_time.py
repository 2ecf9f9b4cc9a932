"""What policies change, year by year."""

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.measures import told
from sim.report.colours import INK, LINE
from sim.report.comparison.figures.common import FEW, look, origin, percent, titles
from sim.report.comparison.figures.gallery import GALLERY
from sim.report.labels import End, label_ends
from sim.report.style import canvas_of_years, png
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST

HEIGHT = 7.6  # in


@GALLERY.figure(order=2)
def over_time(found: Comparison, fingerprint: str) -> bytes | None:
    """Change against the baseline by year: the divide, emissions, the frontier's error; median and range over pairs."""
    panels = told("by_year")
    few = len(found.names) <= FEW
    also = "; dotted, light: the same over drawn assumptions" if few else "; over drawn assumptions: drawn.csv"
    subtitle = f"Relative change against the baseline: median; 95 % of replicates{' (dark)' if few else ''}{also}"
    figure, axes = canvas_of_years(
        origin(found, fingerprint), "What policies change, year by year", subtitle, rows=len(panels), height=HEIGHT
    )
    called = titles(found.scenarios)
    for ax, (id, measure) in zip(axes, panels.items(), strict=True):
        ends = []
        for i, title in enumerate(called):
            tone, dash = look(i)
            luck, wide = (relative(found, i + 1, id, wide=wide) for wide in (False, True))
            middle = np.nanmedian(luck, axis=0)
            ax.plot(found.years, middle, dash, color=tone, linewidth=1.6)
            for worlds, strength in ((wide, 0.08), (luck, 0.18)):
                if few and worlds is wide and len(wide):
                    ax.plot(found.years, np.nanmedian(wide, axis=0), linestyle=(0, (1, 2)), color=tone, linewidth=1)
                if len(worlds) >= FEWEST and (few or worlds is luck):
                    low, high = np.nanpercentile(worlds, [2.5, 97.5], axis=0)
                    ax.fill_between(found.years, low, high, color=tone, alpha=strength, linewidth=0)
            ends.append(End(float(middle[-1]), title, "", tone))
        ax.axhline(0, color=LINE, linewidth=1, zorder=1)
        ax.text(0, 1.03, measure.title, transform=ax.transAxes, color=INK)
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_formatter(FuncFormatter(percent))
        label_ends(ax, ends)
    return png(figure)


def relative(found: Comparison, scenario: int, measure: str, *, wide: bool) -> NDArray[np.float64]:
    """Relative changes by (replicate, year); no rows where assumptions were not drawn."""
    if wide and not found.drawn:
        return np.zeros((0, len(found.years)))
    before, after = (found.paths(i, measure, wide=wide) for i in (0, scenario))
    return np.divide(after, before, out=np.full_like(after, np.nan), where=before != 0) - 1
