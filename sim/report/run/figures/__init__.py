"""Figures of a run: one file each. Dropping a file into this folder registers the figure it declares."""

from sim.report.run.figures.gallery import GALLERY

__all__ = ["GALLERY"]
