"""Carbon of six large models."""

from matplotlib.ticker import FuncFormatter, NullLocator

from sim.evidence import patterson, strubell
from sim.evidence.figures import GALLERY
from sim.evidence.figures.common import AMBER, BESIDE, BLUE, bars, source
from sim.quantity import TONNES_PER_POUND
from sim.report.colours import TERTIARY
from sim.report.style import canvas, png
from sim.report.words import plain
from sim.scenario.data import published


@GALLERY.figure(order=4)
def patterson_systems() -> bytes | None:
    """Net carbon of six systems, computed beside published, and the earlier figure for the first."""
    subtitle = "Net tCO2e of training, logarithmic: bar computed, line published; dashed: the figure of 2019"
    figure, (ax,) = canvas("Carbon of six large models", subtitle, source("patterson"))
    table = published("patterson")["systems"]
    earlier = strubell.footprints()[strubell.SEARCH] * TONNES_PER_POUND
    ax.barh(0, earlier, color="none", edgecolor=TERTIARY, height=0.62, linestyle="--")
    note = f"{earlier:,.0f} t in 2019, {earlier / patterson.tonnes(table[0]):.0f} times too high"
    ax.annotate(note, (earlier, 0), color=TERTIARY, **BESIDE)
    for i, system in enumerate(table):
        tonnes = patterson.tonnes(system)
        ax.barh(i, tonnes, color=BLUE, height=0.62)
        ax.plot([system["tonnes"]] * 2, [i - 0.4, i + 0.4], color=AMBER, linewidth=2)
        if i:
            ax.annotate(
                f"{plain(tonnes)} t", (tonnes, i), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8
            )
    ax.set_xscale("log")
    ax.set_xlim(1, 10_000)  # with room for the note
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
    bars(ax, [system["name"] for system in table])
    return png(figure)
