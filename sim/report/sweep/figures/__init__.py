"""Figures of a sweep: one file each. Dropping a file into this folder registers the figure it declares."""

from sim.report.sweep.figures.gallery import GALLERY

__all__ = ["GALLERY"]
