"""Figures of a run for a policy paper: each a function of its data that returns a PNG, or None without anything."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.access import (
    BEST_CORPORATION,
    BEST_STARTUP,
    HALVING_COST,
    HALVING_EMISSIONS,
    HALVING_FLOP,
    MEDIAN_LAB,
)
from sim.measures.carbon import EMBODIED, OF_SERVING, OF_TRAINING
from sim.measures.economy import COMPUTE_PRICE
from sim.measures.inequality import COMPUTE_GINI
from sim.measures.research import GAIN_FROM_EFFICIENCY, RESEARCH_SHARE
from sim.report import words
from sim.report.colours import BROWN, INK, LINE, LOOKS, OTHER, SECONDARY, TERTIARY
from sim.report.run.data import RunData
from sim.report.run.network import network
from sim.report.style import aside, bands, canvas_of_years, label_ends, line, log_scale, png, typeset
from sim.results.statistics import Array


def draw_all(run: RunData) -> dict[str, bytes]:
    """Every figure the tables allow: file name to PNG, in the order of the report."""
    drawn = {name: draw(run) for name, draw in FIGURES.items()}
    return {f"{name}.png": picture for name, picture in drawn.items() if picture is not None}


def describe(name: str) -> str:
    """The text alternative of a figure."""
    return (FIGURES[name.removesuffix(".png")].__doc__ or "").split("\n")[0]


def divide(run: RunData) -> bytes | None:
    """How many times larger industry's typical largest run is than academia's, by year."""
    table = bands(run.series, DIVIDE)
    if table.empty:
        return None
    figure, (ax,) = canvas_of_years(
        run.origin,
        registry()[DIVIDE].opening,
        "Typical largest run of the year, industry over academia (geometric means, ratio, logarithmic)",
    )
    line(ax, table, INK)
    ax.axhline(1.0, color=LINE, linewidth=1)
    log_scale(ax, "ratio")
    label_ends(ax, [(table["mid"].iloc[-1], words.number(table["mid"].iloc[-1], "ratio"), INK)])
    ax.annotate(
        "parity",
        (table.index[-1], 1.0),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        color=TERTIARY,
    )
    return png(figure)


def shares(run: RunData) -> bytes | None:
    """Share of the year's training compute bought by corporations, startups, labs and kinds that a scenario adds."""
    figure, (ax,) = canvas_of_years(run.origin, "Who uses the compute", "Share of the year's training compute, percent")
    lines = []
    for kind, label in (
        ("corporation", "Corporations"),
        ("startup", "Startups"),
        ("academia", "Academia" if _added(run) else "Academic labs"),
        *_added(run),
    ):
        table, look = bands(run.series, f"compute_share_{kind}"), LOOKS.get(kind, OTHER)
        if not table.empty and table["mid"].max() > 0:
            lines.append(_Share(table, label, look.hue, look.text, look.marker))
    return _shares(figure, ax, lines)


@dataclass(frozen=True)
class _Share:
    """A line of shares: low, mid, high by year (fractions), its label, and how both look."""

    table: pd.DataFrame
    label: str
    hue: str
    text: str
    marker: str | None = None
    style: str = "-"


def _shares(figure: Figure, ax: Axes, lines: list[_Share]) -> bytes | None:
    """A figure of shares in percent, each line labelled with its last value; None without a line."""
    ends = []
    for share in lines:
        line(ax, 100 * share.table, share.hue, share.marker, share.style)
        last = share.table["mid"].iloc[-1]
        ends.append((100 * last, f"{share.label} {words.number(last, 'fraction')}", share.text))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def _added(run: RunData) -> list[tuple[str, str]]:
    """Kinds that the scenario adds: end of their measures' ids, and label."""
    found = set(run.series["measure"])
    return [(f"kind_{id}", str(label)) for id, label in run.labels.items() if f"compute_share_kind_{id}" in found]


def errors(run: RunData) -> bytes | None:
    """Best error reached by the best corporation, the best startup and the median lab, by year."""
    rate = run.scenario.law.unit == "fraction"
    scale, sign, name = (100.0, " %", "percent") if rate else (1.0, "", run.scenario.law.unit)
    figure, (ax,) = canvas_of_years(
        run.origin, "Errors that actors reach", f"Best error so far on {run.benchmark}, {name}, logarithmic"
    )
    ends = []
    for measure, kind, label in (
        (BEST_CORPORATION, "corporation", "Best corporation"),
        (BEST_STARTUP, "startup", "Best startup"),
        (MEDIAN_LAB, "academia", "Median lab"),
        *((f"error_best_{kind}", kind, f"Best of {label}") for kind, label in _added(run)),
    ):
        table = bands(run.series, measure)
        if table.empty:
            continue
        hue, text, marker = LOOKS.get(kind, OTHER)
        line(ax, scale * table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((scale * last, f"{label} {words.number(last, run.scenario.law.unit)}", text))
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    best = scale * run.scenario.law.best_error
    if low < best < high:
        ax.axhline(best, color=TERTIARY, linewidth=1, linestyle=(0, (2, 3)))
        note = f"below {words.plain(best)}{sign or ' ' + name} the law is extrapolated"
        aside(ax, note, (run.origin.years[1], best))
    ticks = [m * 10.0**e for e in range(-12, 4) for m in (1, 2, 5) if low <= m * 10.0**e <= high]
    if len(ticks) < 3:
        ticks = list(np.geomspace(low, high, 5)[1:-1])
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.3g}{sign}"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def next_halving(run: RunData) -> bytes | None:
    """What a run that halves the frontier's error would take with the year's algorithms: compute, money, carbon."""
    parts = [
        (HALVING_FLOP, "FLOP", "Compute, FLOP"),
        (HALVING_COST, "USD", "Cost, USD of 2023"),
        (HALVING_EMISSIONS, "tCO2e", "Emissions, tCO2e"),
    ]
    tables = [(bands(run.series, measure), unit, label) for measure, unit, label in parts]
    if all(table.empty for table, _, _ in tables):
        return None
    subtitle = (
        "One run that halves the frontier's error with the algorithms, prices and places of its year, logarithmic"
    )
    figure, axes = canvas_of_years(run.origin, "The price of the next halving of error", subtitle, columns=3)
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


def emissions(run: RunData) -> bytes | None:
    """Emissions of training, of serving customers, and of making the hardware, by year."""
    figure, (ax,) = canvas_of_years(
        run.origin, registry()[EMISSIONS].opening, "Emissions in the year by origin, tCO2e, logarithmic"
    )
    ends = []
    for measure, label, tone, style in (
        (EMISSIONS, "All", INK, "-"),
        (OF_TRAINING, "Training", BROWN, "--"),
        (OF_SERVING, "Serving", SECONDARY, "-."),
        (EMBODIED, "Hardware", TERTIARY, ":"),
    ):
        table = bands(run.series, measure)
        if table.empty or not table["low"].min() > 0:
            continue
        line(ax, table, tone, style=style)
        last = table["mid"].iloc[-1]
        ends.append((last, f"{label} {words.number(last, 'tCO2e')}", tone))
    if not ends:
        return None
    log_scale(ax, "tCO2e")
    label_ends(ax, ends)
    return png(figure)


def research(run: RunData) -> bytes | None:
    """Share of spending on AI that goes to efficiency research, and share of the frontier's gain that it brought."""
    subtitle = (
        "Research's part of spending, and knowledge's part of the gain in effective compute since the start, percent"
    )
    figure, (ax,) = canvas_of_years(run.origin, "How far effort turns to ideas", subtitle)
    lines = []
    for measure, label, tone, style in (
        (RESEARCH_SHARE, "Of spending", INK, "-"),
        (GAIN_FROM_EFFICIENCY, "Of the frontier's gain", BROWN, "--"),
    ):
        table = bands(run.series, measure)
        if not table.empty:
            lines.append(_Share(table, label, tone, tone, style=style))
    return _shares(figure, ax, lines)


def payers(run: RunData) -> bytes | None:
    """How many corporations, startups and labs could pay for a run as large as the year's largest."""
    subtitle = "Actors whose means in the year cover a run as large as its largest, at their own price"
    figure, (ax,) = canvas_of_years(run.origin, "Who could pay for a frontier run", subtitle)
    ends = []
    labs = "Academia" if _added(run) else "Academic labs"
    for kind, label in (("corporation", "Corporations"), ("startup", "Startups"), ("academia", labs)):
        table = bands(run.series, f"could_pay_frontier_{kind}")
        if table.empty:
            continue
        hue, text, marker = LOOKS[kind]
        line(ax, table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((last, f"{label} {words.plain(last)}", text))
    ax.set_ylim(bottom=0)
    label_ends(ax, ends)
    return png(figure) if ends else None


def lorenz(run: RunData) -> bytes | None:
    """Cumulative share of compute held by the share of actors with least, first and last year."""
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
    gini = bands(run.series, COMPUTE_GINI)
    notes = []
    for year, style, tone in zip(chosen, ("--", "-"), (TERTIARY, INK), strict=False):
        part = run.actors[run.actors["year"] == year]
        curves = [_lorenz(group["compute_flop"].to_numpy(), grid) for _, group in part.groupby("replicate")]
        low, mid, high = np.percentile(curves, [5, 50, 95], axis=0)
        ax.plot(grid, mid, style, color=tone)
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


def price(run: RunData) -> bytes | None:
    """Full price of compute, scarcity, electricity and carbon included, by year."""
    table = bands(run.series, COMPUTE_PRICE)
    if table.empty:
        return None
    subtitle = "USD of 2023 for $10^{18}$ FLOP, with scarcity rent, electricity and carbon; mean over FLOP, logarithmic"
    figure, (ax,) = canvas_of_years(run.origin, "What compute costs", subtitle)
    line(ax, table, INK)
    log_scale(ax, "USD")
    label_ends(ax, [(table["mid"].iloc[-1], "$" + words.plain(table["mid"].iloc[-1]), INK)])
    return png(figure)


def bound(run: RunData) -> bytes | None:
    """Share of spending that is held back by means, by a carbon budget, or by how fast plans can grow."""
    figure, (ax,) = canvas_of_years(
        run.origin,
        "What holds spending back",
        "Share of spending on training by actors at each limit, percent; the rest is what actors want",
    )
    lines = []
    for by, label, tone, style in (
        ("means", "Means", INK, "-"), ("carbon", "Carbon budget", BROWN, "--"), ("ramp", "Ramp", TERTIARY, ":"),
        ("ceiling", "Ceiling", SECONDARY, "-."),
    ):  # fmt: skip
        table = bands(run.series, f"spend_bound_by_{by}")
        if not table.empty and table["high"].max() > 0:
            lines.append(_Share(table, label, tone, tone, style=style))
    return _shares(figure, ax, lines)


FIGURES: dict[str, Callable[[RunData], bytes | None]] = {
    "divide": divide,
    "shares": shares,
    "errors": errors,
    "next_halving": next_halving,
    "emissions": emissions,
    "research": research,
    "payers": payers,
    "inequality": lorenz,
    "price": price,
    "limits": bound,
    "network": network,
}


def _lorenz(values: Array, grid: Array) -> Array:
    """The cumulative share [percent] of the least shares of actors in ``grid`` [percent]."""
    ordered = np.sort(values)
    cumulated = np.concatenate([[0.0], np.cumsum(ordered)])
    heights = 100 * cumulated / max(cumulated[-1], 1e-300)
    return np.asarray(np.interp(grid, np.linspace(0, 100, cumulated.size), heights))
