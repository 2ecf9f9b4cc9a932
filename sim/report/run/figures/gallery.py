"""The figures of a run, for a policy paper."""

from pathlib import Path

from sim.report.gallery import Gallery
from sim.report.run.data import RunData

GALLERY: Gallery[[RunData]] = Gallery("sim.report.run.figures", [str(Path(__file__).parent)])
