"""Direct labels that never lie on each other: behind the ends of lines, and beside points."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, inf, pi, sin
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from sim.report.origin import verbatim
from sim.report.style import typeset

POINTS = 72  # in an inch
LETTERS = 8.0  # size of labels [pt]
LEADING = 1.3  # height of a line of labels over the size of its letters
NEAR = 0.4  # of a line's height: how far a label may stand from its line without a leader
GAP = 3.0  # between the boxes of labels, and around markers [px]
ANGLES, STEP, STEPS = 32, 6.0, 80  # places that are tried around a point: directions, and distances [px]
FAR = 30.0  # distance from which on a leader ties a label to its point [px]
COVERED = 2.0  # what a pixel of a bar below a label costs, in pixels of distance
MANY = 14  # labels from which on they get smaller
PASSES = 3  # times that every label may look for a better place


class Box(NamedTuple):
    """A rectangle [px]."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box", gap: float = 0.0) -> bool:
        """Whether both share room, or come nearer than ``gap``."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.bottom < other.top + gap
            and other.bottom < self.top + gap
        )

    def within(self, other: "Box") -> bool:
        """Whether it lies inside."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.bottom <= self.bottom
            and self.top <= other.top
        )

    def shared(self, other: "Box") -> float:
        """The longer side of what both share; 0 where they do not meet."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(wide, high) if min(wide, high) >= 0 else 0.0


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places as near as can be to those wanted (least squares), in their order, within ``low`` and ``high``, and at
    least ``apart`` from each other; where there is no room for that, evenly."""
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    apart = min(apart, (high - low) / max(len(wanted) - 1, 1))
    blocks: list[list[float]] = []  # sum and count of what shares one place, once the distances are taken away
    for rank, i in enumerate(order):
        blocks.append([wanted[i] - rank * apart, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    level = [total / count for total, count in blocks for _ in range(int(count))]
    roof = high - (len(wanted) - 1) * apart
    found = [0.0] * len(wanted)
    for rank, i in enumerate(order):
        found[i] = min(max(level[rank], low), roof) + rank * apart
    return found


class End(NamedTuple):
    """The end of a line: where [data], and what its label says: a name, as its user wrote it, and a number of ours."""

    value: float
    name: str
    number: str
    tone: str


def label_ends(ax: Axes, ends: Sequence[End], wrapped: int = 0, size: float = LETTERS) -> None:
    """Labels behind the ends of lines in letters of a ``size`` [pt], moved apart where they would collide, in lines of
    ``wrapped`` letters or in one; a thin leader ties a label to its line where it had to move."""
    if not ends:
        return
    height = ax.get_position().height * float(ax.figure.bbox.height) / ax.figure.dpi * POINTS
    names = [
        "\n".join(map(verbatim, wrap(name, wrapped, break_long_words=False) if wrapped else [name]))
        for _, name, *_ in ends
    ]
    lines = 1 + max(name.count("\n") for name in names)
    letters = min(size, height / LEADING / lines / len(ends))
    line = LEADING * letters * lines
    to_axes = ax.transData + ax.transAxes.inverted()
    x = ax.get_xlim()[0]
    heights = [height * min(max(float(to_axes.transform((x, value))[1]), 0.0), 1.0) for value, *_ in ends]
    more = 0.5 * LEADING * letters * (lines - 1)  # that a label reaches over one of a single line
    placed = spread(heights, line, more, height - more)
    moved = any(abs(at - wanted) > NEAR * line for at, wanted in zip(placed, heights, strict=True))
    for name, (_, _, number, tone), wanted, at in zip(names, ends, heights, placed, strict=True):
        arrow = {"arrowstyle": "-", "color": tone, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)}
        behind: Any = {"va": "center", "fontsize": letters, "fontweight": "bold", "color": tone}
        text = f"{name} {typeset(number)}".strip()
        ax.annotate(
            text, (1.0, wanted / height), xycoords="axes fraction", xytext=(14 if moved else 6, at - wanted),
            textcoords="offset points", annotation_clip=False, arrowprops=arrow if moved else None, **behind,
        )  # fmt: skip


@dataclass(frozen=True)
class LabelSpot:
    """A point that gets a label: where [data], lines as they are written, in which tone."""

    x: float
    y: float
    lines: tuple[str, ...]
    tone: str


def label_points(
    ax: Axes, spots: Sequence[LabelSpot], marker: float, bars: Sequence[Box], taken: Sequence[Box]
) -> None:
    """Labels beside points: none on another, on a marker (``marker`` is its radius [px]) or on what is ``taken``, all
    within the axes, and as near to their points and as far from ``bars`` as can be. Boxes are of the canvas [px], whose
    layout is done. A thin leader ties a label to its point where it stands far off."""
    frame = Box(*ax.get_window_extent().extents)
    at = [tuple(map(float, ax.transData.transform((spot.x, spot.y)))) for spot in spots]
    letters = (LETTERS - 0.5) * min(1.0, MANY / max(len(spots), 1)) ** 0.5
    made = [_measured(ax, spot, letters) for spot in spots]
    markers = [Box(x - marker, y - marker, x + marker, y + marker) for x, y in at]
    crowded = sorted(range(len(spots)), key=lambda i: sum(hypot(x - at[i][0], y - at[i][1]) for x, y in at))
    choices = [_around(place, size, marker, frame) for place, (_, size) in zip(at, made, strict=True)]
    placed: dict[int, Box] = {}
    for _ in range(PASSES):
        for i in crowded:
            others = [box for j, box in placed.items() if j != i]
            found = _best(choices[i], at[i], bars, [*others, *markers, *taken]) or _best(choices[i], at[i], bars, [])
            if not found:
                raise ValueError("a label that is larger than the axes")
            placed[i] = found
    for i, box in placed.items():
        text, (wide, high) = made[i]
        middle = box.left + wide / 2, box.bottom + high / 2
        text.set_position(ax.transData.inverted().transform(middle))
        near = min(max(at[i][0], box.left), box.right), min(max(at[i][1], box.bottom), box.top)
        if hypot(near[0] - at[i][0], near[1] - at[i][1]) > FAR:
            ends: NDArray[np.float64] = ax.transData.inverted().transform([at[i], near])
            ax.plot(*ends.T, color=spots[i].tone, linewidth=0.6, zorder=2.5)


def _measured(ax: Axes, spot: LabelSpot, letters: float) -> tuple[Any, tuple[float, float]]:
    """A label and its size [px]."""
    look: Any = {"ha": "center", "va": "center", "fontsize": letters, "fontweight": "bold", "linespacing": 1.1}
    text = ax.text(spot.x, spot.y, "\n".join(map(verbatim, spot.lines)), color=spot.tone, zorder=4, **look)
    text.set_path_effects([withStroke(linewidth=2, foreground="white", alpha=0.8)])
    size = text.get_window_extent()
    return text, (float(size.width), float(size.height))


def _around(at: tuple[float, ...], size: tuple[float, float], marker: float, frame: Box) -> list[Box]:
    """Boxes of a size around a point, within the frame, the nearest first."""
    found = []
    for step in range(STEPS):
        for turn in range(ANGLES):
            away, angle = marker + GAP + 1 + STEP * step, 2 * pi * turn / ANGLES
            x = at[0] + (away + size[0] / 2) * cos(angle)
            y = at[1] + (away + size[1] / 2) * sin(angle)
            box = Box(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)
            if box.within(frame):
                found.append(box)
    return sorted(found, key=lambda box: _off(box, at))


def _best(boxes: Sequence[Box], at: tuple[float, ...], bars: Sequence[Box], blocked: Sequence[Box]) -> Box | None:
    """Of boxes, the nearest first, the one that stands least far off and covers least, and meets none of ``blocked``;
    None where each does."""
    found, least = None, inf
    for box in boxes:
        off = _off(box, at)
        if off >= least:  # and no other is nearer
            break
        if not any(box.meets(each, GAP) for each in blocked):
            cost = off + COVERED * sum(box.shared(bar) for bar in bars)
            found, least = (box, cost) if cost < least else (found, least)
    return found


def _off(box: Box, at: tuple[float, ...]) -> float:
    """How far a box stands off a point."""
    x, y = min(max(at[0], box.left), box.right), min(max(at[1], box.bottom), box.top)
    return hypot(x - at[0], y - at[1])
