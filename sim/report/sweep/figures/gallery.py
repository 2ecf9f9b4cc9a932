"""The figures of a sweep, each drawn from what was found and where that comes from."""

from pathlib import Path

from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.results.sweep import Sweep

GALLERY: Gallery[[Sweep, FigureOrigin]] = Gallery("sim.report.sweep.figures", [str(Path(__file__).parent)])
