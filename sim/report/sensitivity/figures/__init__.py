"""Figures of a sensitivity, each drawn from what was found and where that comes from. Dropping a file into this folder
registers the figure it declares."""

from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.results.sensitivity import Sensitivity

GALLERY: Gallery[[Sensitivity, FigureOrigin]] = Gallery(__name__, __path__)
