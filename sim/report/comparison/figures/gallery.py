"""The figures of a comparison: each of the comparison and its fingerprint. Policies differ by dash, tone and marker."""

from pathlib import Path

from sim.report.gallery import Gallery
from sim.results.comparison import Comparison

GALLERY: Gallery[[Comparison, str]] = Gallery("sim.report.comparison.figures", [str(Path(__file__).parent)])
