"""The pictures of a calibration: record against model, target by target, on the same axes; and its profiles."""

import numpy as np

from sim.history.calibration import Calibration
from sim.history.profile import RULED_OUT, Profiles
from sim.report.calibration.tables import CLOSE, targets
from sim.report.style import canvas, png

SECTORS = ("industry", "academia")


def records_png(found: Calibration) -> bytes:
    """A panel for each unit: the record with its 95 % interval beside the ensemble with its own."""
    table = targets(found)
    units = list(dict.fromkeys(table["unit"]))
    figure, axes = canvas(
        "Records and the fitted model", "dots: records, 95 % interval; squares: ensemble, 95 %; crosses: best point",
        f"{found.evidence.records.time.size} records to {found.evidence.last} · seed {found.scenario.run.seed} · "
        "compute-divide", columns=2, rows=(len(units) + 1) // 2, height=1.0 + 2.6 * ((len(units) + 1) // 2),
    )  # fmt: skip
    for ax, unit in zip(axes, units, strict=False):
        rows = table[table["unit"] == unit].iloc[::-1]
        at = np.arange(len(rows))
        spread = CLOSE * rows["ensemble_sd"]
        ax.hlines(at + 0.15, rows["record_low"], rows["record_high"], color="#444444", linewidth=1.5)
        ax.plot(rows["record"], at + 0.15, "o", color="#444444", markersize=4)
        ax.hlines(
            at - 0.15, rows["ensemble_mean"] - spread, rows["ensemble_mean"] + spread, color="#2a78b5", linewidth=1.5
        )
        ax.plot(rows["ensemble_mean"], at - 0.15, "s", color="#2a78b5", markersize=4)
        ax.plot(rows["best"], at - 0.15, "x", color="#b5452a", markersize=5)
        ax.set_yticks(at, [_label(name) for name in rows["target"]], fontsize=6.5)
        ax.set_xlabel(unit, fontsize=7.5)
    for ax in axes[len(units) :]:
        ax.set_axis_off()
    return png(figure)


def profiles_png(found: Calibration, held: Profiles) -> bytes:
    """A panel for each fact: by how much chi-square rises as it is held along its range."""
    names = found.fitted.names
    rows = (len(names) + 3) // 4
    figure, axes = canvas(
        "Profiles", "one number is held, the others are fitted anew (by the emulator); below the line: not ruled out",
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
