"""Figures of a comparison: one file each. Dropping a file into this folder registers the figure it declares."""

from sim.report.comparison.figures.gallery import GALLERY

__all__ = ["GALLERY"]
