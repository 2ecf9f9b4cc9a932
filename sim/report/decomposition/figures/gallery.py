"""The figures of a decomposition: each of a measure taken apart, and of where it comes from."""

from dataclasses import replace
from pathlib import Path

from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.results.decomposition import Breakdown, Decomposition

GALLERY: Gallery[[Breakdown, FigureOrigin]] = Gallery("sim.report.decomposition.figures", [str(Path(__file__).parent)])


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
