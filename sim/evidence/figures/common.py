"""What several figures of published tables share."""

from typing import Any

from matplotlib.axes import Axes

from sim.report.colours import LOOKS, SECONDARY
from sim.scenario.data import published

BESIDE: Any = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
BLUE, AMBER = LOOKS["corporation"].hue, LOOKS["startup"].hue


def bars(ax: Axes, names: list[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(axis="y", labelcolor=SECONDARY, labelsize=8)
    ax.grid(False)


def source(name: str) -> str:
    source: dict[str, Any] = published(name)
    return f"{source['by']} ({source['link']}), recomputed · compute-divide"
