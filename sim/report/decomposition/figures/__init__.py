"""Figures of a decomposition, each drawn from a measure taken apart and where that comes from. Dropping a file into
this folder registers the figure it declares."""

from dataclasses import replace

from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.results.decomposition import Breakdown, Decomposition

GALLERY: Gallery[[Breakdown, FigureOrigin]] = Gallery(__name__, __path__)


def draw_all(found: Decomposition, fingerprint: str) -> dict[str, dict[str, bytes]]:
    """The figures of every measure by its id: name with ending to PNG. ``fingerprint`` may be empty."""
    scenario = found.scenario
    origin = FigureOrigin(
        title=scenario.title,
        replicates=len(found.replicates),
        seed=scenario.run.seed,
        fingerprint=fingerprint,
        years=(scenario.time.start, scenario.time.end),
        spread="{} paired replicates",
    )
    taken = {id: found.breakdown(id) for id in found.measures if found.replicates}
    return {
        id: GALLERY.draw_all(one, replace(origin, replicates=origin.replicates - one.left_out))
        for id, one in taken.items()
    }


def file_of(figure: str, measure: str) -> str:
    """The file of a measure's figure: what_makes_energy_total.png."""
    return figure.replace(".", f"_{measure}.")
