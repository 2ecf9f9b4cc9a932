"""How unequal compute is."""

from dataclasses import replace

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.arrays import Array
from sim.measures.inequality import COMPUTE_GINI, lorenz, partaking
from sim.report import words
from sim.report.colours import INK, LINE, TERTIARY
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import canvas_of_years, png
from sim.results.statistics import FEWEST, ranges


@GALLERY.figure(order=8)
def inequality(run: RunData) -> bytes | None:
    """Cumulative share of training compute held by the share of actors with least, first and last year."""
    if run.actors.empty:
        return None
    no_calendar = replace(run.origin, policies=(), years=(0, 100))
    figure, (ax,) = canvas_of_years(
        no_calendar,
        "How unequal is compute?",
        "Cumulative share of the year's training compute, actors with least first, percent",
    )
    grid = np.linspace(0.0, 100.0, 201)
    ax.plot([0, 100], [0, 100], color=LINE, linewidth=1)
    ax.annotate("equality", (50, 50), xytext=(-4, 4), textcoords="offset points", ha="right", color=TERTIARY)
    years = sorted(run.actors["year"].unique())
    chosen = [years[0], years[-1]] if len(years) > 1 else years
    gini = run.bands(COMPUTE_GINI)
    notes = []
    for year, style, tone in zip(chosen, ("--", "-"), (TERTIARY, INK), strict=False):
        part = run.actors[run.actors["year"] == year]
        part = part[partaking(part["alive"].to_numpy(), part["compute_flop"].to_numpy())]
        curves = [_percent(group["compute_flop"].to_numpy(), grid) for _, group in part.groupby("replicate")]
        if not curves:
            continue
        mid, low, high = ranges(np.array(curves))
        ax.plot(grid, mid, style, color=tone)
        if len(curves) >= FEWEST:
            ax.fill_between(grid, low, high, color=tone, alpha=0.15, linewidth=0)
        mark = "dashed" if style == "--" else "solid"
        value = f", Gini {words.plain(gini['mid'].loc[year])}" if year in gini.index else ""
        notes.append((f"{year} ({mark}){value}", tone))
    for i, (text, tone) in enumerate(notes):
        ax.text(0.03, 0.90 - 0.075 * i, text, transform=ax.transAxes, color=tone, fontweight="bold")
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.set_xlabel("Share of actors", color=TERTIARY)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    return png(figure)


def _percent(held: Array, grid: Array) -> Array:
    """What the shares of actors in ``grid`` [percent] with least hold together [percent]."""
    return 100 * np.asarray(np.interp(grid / 100, *lorenz(held)))
