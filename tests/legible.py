"""Figures as they are saved, and whether they can be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.report.labels import Box


@contextmanager
def saved() -> Iterator[list[Figure]]:
    """Every figure that is saved within, in this process, as matplotlib has it; nothing is made of it."""
    figures: list[Figure] = []

    def kept(canvas: FigureCanvasAgg) -> np.ndarray:
        figures.append(canvas.figure)
        return np.zeros((1, 1, 4), np.uint8)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.experiment.pool.way_to_start", lambda: "spawn")
        patch.setattr(FigureCanvasAgg, "buffer_rgba", kept)
        yield figures


def texts(figure: Figure) -> list[tuple[str, Box]]:
    """What is written in a figure, and where [px]; ticks beyond the ends of an axis are never drawn."""
    written: list[Text] = []
    with pytest.MonkeyPatch.context() as patch:
        draw = Text.draw
        patch.setattr(Text, "draw", lambda self, renderer: (written.append(self), draw(self, renderer)))
        figure.draw_without_rendering()
    return [
        (text.get_text(), Box(*Text.get_window_extent(text).extents)) for text in written if text.get_text().strip()
    ]


def legible(figure: Figure) -> None:
    """No text on another, none beyond the canvas."""
    canvas = Box(0, 0, *(float(side) * figure.dpi for side in figure.get_size_inches()))
    written = texts(figure)
    assert [text for text, box in written if not box.within(canvas)] == []
    assert [(a, b) for (a, one), (b, other) in combinations(written, 2) if one.meets(other, -1)] == []
