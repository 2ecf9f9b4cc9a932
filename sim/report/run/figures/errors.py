"""Errors that actors reach."""

import numpy as np
import pandas as pd
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.measures.access import (
    BEST_CORPORATION,
    BEST_STARTUP,
    MEDIAN_LAB,
)
from sim.measures.ids import best_of
from sim.report import words
from sim.report.colours import LOOKS, OTHER, TERTIARY
from sim.report.labels import End, label_ends
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.figures.common import added
from sim.report.style import aside, canvas_of_years, line, png

SEEN = 1.1  # times as much, on a logarithmic axis


@GALLERY.figure(order=3)
def errors(run: RunData) -> bytes | None:
    """Best error reached by the best corporation, the best startup and the median lab, by year."""
    rate = run.scenario.law.unit == "fraction"
    scale, sign, name = (100.0, " %", "percent") if rate else (1.0, "", run.scenario.law.unit)
    tables = [(run.bands(measure), kind, label) for measure, kind, label in _told(run)]
    shown = [one for one in tables if not one[0].empty]
    bests = [table for table, kind, _ in shown if kind != "academia"]
    lost = "; it rises where the best of a kind fails" if any(map(_rises, bests)) else ""
    figure, (ax,) = canvas_of_years(
        run.by_law, "Errors that actors reach", f"Best error so far on {run.benchmark}, {name}, logarithmic{lost}"
    )
    ends = []
    for table, kind, label in shown:
        hue, text, marker = LOOKS.get(kind, OTHER)
        line(ax, scale * table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append(End(scale * last, label, words.number(last, run.scenario.law.unit), text))
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    best = scale * run.scenario.law.best_error
    if low < best < high:
        ax.axhline(best, color=TERTIARY, linewidth=1, linestyle=(0, (2, 3)))
        note = f"below {words.plain(best)}{sign or ' ' + name}: extrapolated"
        aside(ax, note, run.origin.years, best, [scale * table["mid"] for table, _, _ in shown])
    ticks = [m * 10.0**e for e in range(-12, 4) for m in (1, 2, 5) if low <= m * 10.0**e <= high]
    if len(ticks) < 3:
        ticks = list(np.geomspace(low, high, 5)[1:-1])
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.3g}{sign}"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def _told(run: RunData) -> list[tuple[str, str, str]]:
    """Measures, with the kind of each and its name."""
    return [
        (BEST_CORPORATION, "corporation", "Best corporation"),
        (BEST_STARTUP, "startup", "Best startup"),
        (MEDIAN_LAB, "academia", "Median lab"),
        *((best_of(kind), kind, f"Best of {label}") for kind, label in added(run)),
    ]


def _rises(table: pd.DataFrame) -> bool:
    """Whether the median or its range goes up from one year to the next, so that it is seen."""
    return bool((table.to_numpy()[1:] > SEEN * table.to_numpy()[:-1]).any())
