"""The pictures of a calibration: record against model, target by target, on the same axes; and its profiles."""

from collections.abc import Callable
from math import log10

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from sim.history.calibration import Calibration
from sim.history.profile import RULED_OUT, Profiles
from sim.history.targets import ERROR, FLOP, SECTORS, SHARE, USD
from sim.report.calibration.tables import targets
from sim.report.style import canvas, png

ERRORS = [log10(percent / 100) for percent in (5, 7, 10, 15, 20, 25, 30)]  # that an axis of errors shows
AXES: dict[str, tuple[str, Callable[[float, int], str]]] = {  # what an axis is called, and its numbers
    FLOP: ("training compute [FLOP]", lambda value, _: f"$10^{{{value:.0f}}}$"),
    USD: ("cost [USD]", lambda value, _: f"$10^{{{value:.0f}}}$"),
    ERROR: ("lowest error [%]", lambda value, _: f"{100 * 10.0**value:.0f}"),
    SHARE: ("share [%]", lambda value, _: f"{100 * value:.0f}"),
}


def records_png(found: Calibration) -> bytes:
    """A panel for each unit: the record with its 95 % interval beside the ensemble with its own."""
    table = targets(found)
    units = list(dict.fromkeys(table["unit"]))
    most = int(table["unit"].value_counts().max())
    figure, axes = canvas(
        "Records and the fitted model",
        "dots: records; squares: median of the ensemble; lines: 95 % intervals; crosses: best point",
        f"{found.evidence.records.time.size} records to {found.evidence.last} · seed {found.scenario.run.seed} · "
        "compute-divide", columns=2, rows=(len(units) + 1) // 2, height=1.0 + 2.6 * ((len(units) + 1) // 2),
    )  # fmt: skip
    for ax, unit in zip(axes, units, strict=False):
        rows = table[table["unit"] == unit].iloc[::-1]
        at = np.arange(len(rows))
        ax.hlines(at + 0.15, rows["record_low"], rows["record_high"], color="#444444", linewidth=1.5)
        ax.plot(rows["record"], at + 0.15, "o", color="#444444", markersize=4)
        ax.hlines(at - 0.15, rows["ensemble_low"], rows["ensemble_high"], color="#2a78b5", linewidth=1.5)
        ax.plot(rows["ensemble_median"], at - 0.15, "s", color="#2a78b5", markersize=4)
        ax.plot(rows["best"], at - 0.15, "x", color="#b5452a", markersize=5)
        ax.set_yticks(at, [_label(name) for name in rows["target"]], fontsize=6.5)
        ax.set_ylim(len(rows) - most - 0.5, len(rows) - 0.5)  # rows are as far apart in all panels
        what, told = AXES.get(unit, (unit, None))
        ax.set_xlabel(what, fontsize=7.5)
        ax.tick_params(axis="x", labelsize=6.5)
        if told:
            ax.xaxis.set_major_locator(FixedLocator(ERRORS) if unit == ERROR else MaxNLocator(5, integer=unit != SHARE))
            ax.xaxis.set_major_formatter(FuncFormatter(told))
    for ax in axes[len(units) :]:
        ax.set_axis_off()
    return png(figure)


def profiles_png(found: Calibration, held: Profiles) -> bytes:
    """A panel for each fact: by how much chi-square rises as it is held along its range."""
    names = found.fitted.names
    rows = (len(names) + 3) // 4
    figure, axes = canvas(
        "Profiles", "across: where in its range a number is held; up: by how much chi-square rises, the others fitted "
        "anew (by the emulator); below the dotted line: not ruled out; red: best point",
        f"{found.evidence.records.time.size} records to {found.evidence.last} · seed {found.scenario.run.seed} · "
        "compute-divide", columns=4, rows=rows, height=1.0 + 1.5 * rows,
    )  # fmt: skip
    for ax, name, rise, best in zip(axes, names, held.rise, found.shares[found.best], strict=False):
        ax.plot(held.shares, rise, color="#2a78b5", linewidth=1.2)
        ax.axhline(RULED_OUT, color="#444444", linewidth=0.8, linestyle=":")
        ax.axvline(best, color="#b5452a", linewidth=0.8)
        ax.set_ylim(0.0, 3 * RULED_OUT)
        ax.set_xlim(0.0, 1.0)
        ax.set_title(name, fontsize=6.5)
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    return png(figure)


def _label(target: str) -> str:
    """A target in words: compute level of academia, 2012–14."""
    name, first, last = target.rsplit("_", 2)
    what, _, sector = name.rpartition("_")
    told = f"{what} of {sector}" if sector in SECTORS else name
    return f"{told.replace('_', ' ')}, {first}–{last[2:]}"
