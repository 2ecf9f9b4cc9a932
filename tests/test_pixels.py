"""Pictures are files that others read, pixel by pixel, and panels share their room without lying on each other."""

from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from sim.report.labels import Box
from sim.report.pixels import as_png
from sim.report.style import DPI, SIZE, canvas, png


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (200, 1)])
def test_a_picture_is_read_as_it_was_drawn(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 4), dtype=np.uint8)
    read = Image.open(BytesIO(as_png(pixels, 200.0)))
    assert np.array_equal(np.asarray(read), pixels[:, :, :3])
    assert read.info["dpi"] == pytest.approx((200.0, 200.0), abs=0.01)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("columns", [1, 3])
def test_panels_are_of_one_size_and_hold_their_texts(rows: int, columns: int) -> None:
    """Whatever stands around one of them."""
    figure, axes = canvas("Title", "Subtitle", "Last line", columns, rows)
    axes[0].set_ylabel("a label")
    axes[0].set_yticks([0, 1], ["nothing", "a word that is longer\nthan others"])
    axes[-1].annotate("behind", (1.0, 0.5), xycoords="axes fraction", annotation_clip=False)
    picture = Image.open(BytesIO(png(figure)))
    assert picture.size == (SIZE[0] * DPI, SIZE[1] * DPI)
    whole = Box(0, 0, *picture.size)
    boxes = [Box(*ax.get_tightbbox().extents) for ax in axes]
    assert all(box.within(whole) for box in boxes)
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    sizes = np.array([ax.get_position().size for ax in axes])
    assert np.allclose(sizes, sizes[0])
    assert sizes[0][0] * columns > 0.5  # of the canvas


def test_a_layout_is_done_once() -> None:
    """What is placed among the axes, where labels are measured, stays where it is when the figure is drawn."""
    figure, (ax,) = canvas("Title", "Subtitle", "Last line")
    figure.draw_without_rendering()
    before = ax.get_position().extents
    ax.set_yticks([0, 1], ["nothing", "a word that is longer than others"])
    png(figure)
    assert np.array_equal(ax.get_position().extents, before)
