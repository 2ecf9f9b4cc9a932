"""Figures of a sensitivity: one file each. Dropping a file into this folder registers the figure it declares."""

from sim.report.sensitivity.figures.gallery import GALLERY

__all__ = ["GALLERY"]
