"""Figures of a comparison, each drawn from the comparison and its fingerprint. Dropping a file into this folder
registers the figure it declares. Policies differ by dash, tone and marker."""

from sim.report.gallery import Gallery
from sim.results.comparison import Comparison

GALLERY: Gallery[[Comparison, str]] = Gallery(__name__, __path__)
