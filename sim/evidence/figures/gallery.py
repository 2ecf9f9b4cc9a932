"""The figures of published tables, each named for its source."""

from pathlib import Path

from sim.report.gallery import Gallery

GALLERY: Gallery[[]] = Gallery("sim.evidence.figures", [str(Path(__file__).parent)])
