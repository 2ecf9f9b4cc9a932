"""Figures of a run, for a policy paper. Dropping a file into this folder registers the figure it declares."""

from sim.report.gallery import Gallery
from sim.report.run.data import RunData

GALLERY: Gallery[[RunData]] = Gallery(__name__, __path__)
