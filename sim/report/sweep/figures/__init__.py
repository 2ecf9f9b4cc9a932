"""Figures of a sweep, each drawn from what was found and where that comes from. Dropping a file into this folder
registers the figure it declares."""

from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.results.sweep import Sweep

GALLERY: Gallery[[Sweep, FigureOrigin]] = Gallery(__name__, __path__)
