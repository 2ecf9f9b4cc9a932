"""Carbon of training BLOOM."""

from sim.arrays import added
from sim.evidence import bloom
from sim.evidence.figures import GALLERY
from sim.evidence.figures.common import BLUE, bars, source
from sim.report.colours import LINE
from sim.report.style import canvas, png
from sim.report.words import plain


@GALLERY.figure(order=5)
def bloom_parts() -> bytes | None:
    """BLOOM's carbon in use, idle and embodied."""
    found = bloom.parts()
    subtitle = f"tCO2e, {plain(added(found.values()))} t in all"
    figure, (ax,) = canvas("Carbon of training BLOOM", subtitle, source("bloom"))
    names = {"dynamic": "Training's own energy", "idle": "Idle machines", "embodied": "Making the hardware"}
    for i, (part, tonnes) in enumerate(reversed(found.items())):
        ax.barh(i, tonnes, color=BLUE if part == "dynamic" else LINE, height=0.62)
        share = 100 * tonnes / added(found.values())
        ax.annotate(
            f"{plain(tonnes)} t, {share:.0f} %", (tonnes, i), xytext=(5, 0), textcoords="offset points", va="center"
        )
    bars(ax, [names[part] for part in reversed(found)])
    ax.set_xlim(0, 30)
    return png(figure)
