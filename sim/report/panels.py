"""Where the axes of a figure stand: equal panels, with as much around them as their texts take, measured once.

matplotlib's constrained layout would do the same, but measures all texts twice and solves a system of inequalities: a
fifth of the time of a figure (docs/decisions/0007-figures.md).
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine

PAD = (0.06, 0.02)  # beside and above what is around a panel [in]
BETWEEN = 0.1  # more above each panel that stands below another [in], so that its title is seen to be its own
USUAL = (0.5, 0.6, 0.25, 0.05)  # left, right, below, above [in]: about what texts take, until it is measured


class Room(NamedTuple):
    """A rectangle of the canvas [in]."""

    left: float
    bottom: float
    width: float
    height: float


class Panels(LayoutEngine):
    """Lays out the axes of a figure in a room, when it is first drawn."""

    _adjust_compatible, _colorbar_gridspec = False, False

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room, self.done = room, False

    def execute(self, fig: Figure) -> None:
        """Give each panel its place."""
        if self.done:  # what was placed among the axes since stays there
            return
        self.done = True
        self.place(fig.axes, [_around(ax) for ax in fig.axes])

    def place(self, axes: list[Axes], around: list[tuple[float, ...]]) -> None:
        """Panels of one size, given what is around each [in]: left, right, below and above."""
        at = [_cell(ax) for ax in axes]
        rows, columns = (1 + max(cell[i] for cell in at) for i in (0, 1))

        def most(side: int, axis: int, line: int) -> float:
            return max(each[side] for each, cell in zip(around, at, strict=True) if cell[axis] == line)

        across = [(most(0, 1, column) + PAD[0], most(1, 1, column) + PAD[0]) for column in range(columns)]
        up = [(most(2, 0, row) + PAD[1], most(3, 0, row) + PAD[1] + (BETWEEN if row else 0.0))
              for row in reversed(range(rows))]  # fmt: skip
        wide = max(0.1, (self.room.width - sum(map(sum, across))) / columns)
        high = max(0.1, (self.room.height - sum(map(sum, up))) / rows)
        for ax, (row, column) in zip(axes, at, strict=True):
            above = rows - 1 - row  # counted from below
            left = self.room.left + sum(map(sum, across[:column])) + column * wide + across[column][0]
            bottom = self.room.bottom + sum(map(sum, up[:above])) + above * high + up[above][0]
            size = np.asarray(ax.figure.bbox.size) / ax.figure.dpi  # in
            ax.set_position((left / size[0], bottom / size[1], wide / size[0], high / size[1]))


def _cell(ax: Axes) -> tuple[int, int]:
    """Row and column of a panel, from the top left."""
    spec = ax.get_subplotspec()
    assert spec is not None
    return spec.rowspan.start, spec.colspan.start


def _around(ax: Axes) -> tuple[float, ...]:
    """What the texts of a panel take around it [in]: left, right, below, above."""
    inner, outer, dpi = ax.bbox, ax.get_tightbbox(for_layout_only=True), ax.figure.dpi
    if outer is None:
        return 0.0, 0.0, 0.0, 0.0
    sides = inner.x0 - outer.x0, outer.x1 - inner.x1, inner.y0 - outer.y0, outer.y1 - inner.y1
    return tuple(max(0.0, float(side) / dpi) for side in sides)
