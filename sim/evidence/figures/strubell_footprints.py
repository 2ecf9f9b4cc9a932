"""Carbon of training a language model."""

from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.evidence import strubell
from sim.evidence.figures import GALLERY
from sim.evidence.figures.common import BESIDE, BLUE, bars, source
from sim.report.colours import GRID, INK, LINE, TERTIARY
from sim.report.style import canvas, png

SHORTER = (", one passenger, New York to San Francisco and back", ", New York–San Francisco")
BROKEN = (" with neural architecture", "\nwith architecture")


@GALLERY.figure(order=3)
def strubell_footprints() -> bytes | None:
    """Carbon of two trainings beside a flight, a year of life and a car's lifetime."""
    cars = strubell.footprints()[strubell.SEARCH] / strubell.footprints()[strubell.CAR]
    subtitle = f"lb CO2e; training with architecture search is {cars:.2f} car lifetimes: nearly five cars"
    figure, (ax,) = canvas("Carbon of training a language model, 2019", subtitle, source("strubell"))
    computed = {strubell.BIG, strubell.SEARCH}
    rows = sorted(strubell.footprints().items(), key=lambda item: item[1])
    for i, (what, pounds) in enumerate(rows):
        tone = BLUE if what in computed else LINE
        ax.barh(i, pounds, color=tone, height=0.62)
        cited = "" if what in computed else " (cited)"
        ax.annotate(f"{pounds:,.0f}{cited}", (pounds, i), color=TERTIARY if cited else INK, **BESIDE)
    for car in range(1, int(cars) + 1):
        ax.axvline(car * strubell.footprints()[strubell.CAR], color=GRID, linewidth=1, zorder=0)
    bars(ax, [what.replace(*SHORTER).replace(*BROKEN) for what, _ in rows])
    ax.set_xlim(0, 1.15 * max(pounds for _, pounds in rows))
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    return png(figure)
