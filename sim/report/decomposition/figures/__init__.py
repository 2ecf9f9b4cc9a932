"""Figures of a decomposition: one file each. Dropping a file into this folder registers the figure it declares."""

from sim.report.decomposition.figures.gallery import GALLERY, draw_all, file_of

__all__ = ["GALLERY", "draw_all", "file_of"]
