"""The price of the next halving of error."""

from sim.measures.access import (
    HALVING_COST,
    HALVING_EMISSIONS,
    HALVING_FLOP,
)
from sim.report import words
from sim.report.colours import INK, SECONDARY, TERTIARY
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import canvas_of_years, line, log_scale, png, typeset


@GALLERY.figure(order=4)
def next_halving(run: RunData) -> bytes | None:
    """What a run that halves the frontier's error would take with the year's algorithms: compute, money, carbon."""
    parts = [
        (HALVING_FLOP, "FLOP", "Compute, FLOP"),
        (HALVING_COST, "USD", "Cost, USD of 2023"),
        (HALVING_EMISSIONS, "tCO2e", "Emissions, tCO2e"),
    ]
    tables = [(run.bands(measure), unit, label) for measure, unit, label in parts]
    if all(table.empty for table, _, _ in tables):
        return None
    subtitle = (
        "One run that halves the frontier's error with the algorithms, prices and places of its year, logarithmic"
    )
    figure, axes = canvas_of_years(run.by_law, "The price of the next halving of error", subtitle, columns=3, heading=2)
    for ax, (table, unit, label) in zip(axes, tables, strict=True):
        if table.empty:
            ax.text(0, 1.1, label, transform=ax.transAxes, color=SECONDARY)
            ax.text(0.5, 0.5, "beyond any number", ha="center", color=TERTIARY, transform=ax.transAxes)
            continue
        line(ax, table, INK)
        log_scale(ax, unit)
        last = typeset(words.number(table["mid"].iloc[-1], unit))
        for height, text in ((1.1, label), (1.03, f"{table.index[-1]}: {last}")):
            ax.text(0, height, text, transform=ax.transAxes, color=INK)
    return png(figure)
