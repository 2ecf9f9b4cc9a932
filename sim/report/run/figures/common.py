"""What several figures of a run share."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.measures.ids import KINDS, group_of, share_of
from sim.report import words
from sim.report.colours import look_of
from sim.report.labels import End, label_ends
from sim.report.run.data import RunData
from sim.report.style import line, png


@dataclass(frozen=True)
class Share:
    """A line of shares: low, mid, high by year (fractions), its label, and how both look."""

    table: pd.DataFrame
    label: str
    hue: str
    text: str
    marker: str | None = None
    style: Any = "-"


def draw_shares(figure: Figure, ax: Axes, lines: list[Share]) -> bytes | None:
    """A figure of shares in percent, each line labelled with its last value; None without a line."""
    ends = []
    for share in lines:
        line(ax, 100 * share.table, share.hue, share.marker, share.style)
        last = share.table["mid"].iloc[-1]
        ends.append(End(100 * last, share.label, words.number(last, "fraction"), share.text))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def with_added(run: RunData, group: str, label: str) -> str:
    """The label of a group of kinds, with the kinds that a scenario adds to it: what is measured of it holds them."""
    others = [words.spaced(kind.label or kind.id) for kind in run.scenario.kinds
              if kind.id not in KINDS and look_of(kind) == group]  # fmt: skip
    return f"{label} with {', '.join(others)}" if others else label


def added(run: RunData) -> list[tuple[str, str]]:
    """Kinds that the scenario adds: what stands for them in ids of measures, and label."""
    found = set(run.series["measure"].unique())
    named = {group_of(id): label for id, label in run.labels.items()}
    return [(group, label) for group, label in named.items() if share_of(group) in found]
