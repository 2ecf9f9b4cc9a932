"""Figures of published tables: one file each, its name that of the source and what it shows. Dropping a file into this
folder registers the figure it declares."""

from sim.report.gallery import Gallery

GALLERY: Gallery[[]] = Gallery(__name__, __path__)


def draw(source: str) -> dict[str, bytes]:
    """The figures of one source: file name to PNG."""
    return GALLERY.draw([name for name in GALLERY.figures if name.startswith(f"{source}_")])
