"""Figures for a policy paper: each a function of tables that returns a PNG."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from sim.economy.network import facts
from sim.report import words
from sim.report.drawing import (
    INK,
    KINDS,
    LINE,
    SECONDARY,
    TERTIARY,
    aside,
    bands,
    canvas,
    canvas_of_years,
    footer,
    label_ends,
    line,
    log_scale,
    png,
    typeset,
)  # fmt: skip

MOST_SHOWN = 300  # actors in a picture of the network
MOST_DESCRIBED = 5000  # actors of a network whose measures are worth the wait


def draw_all(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> dict[str, bytes]:
    """Every figure the tables allow: file name to PNG, in the order of the report."""
    drawn = {}
    for name, draw in FIGURES.items():
        png = draw(series, actors, about)
        if png is not None:
            drawn[f"{name}.png"] = png
    return drawn


def describe(name: str) -> str:
    """The text alternative of a figure."""
    return (FIGURES[name.removesuffix(".png")].__doc__ or "").split("\n")[0]


def divide(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """How many times larger industry's typical largest run is than academia's, by year."""
    table = bands(series, "compute_ratio_industry_academia")
    if table.empty:
        return None
    figure, (ax,) = canvas_of_years(
        about,
        "The compute divide",
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


def shares(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Share of the year's training compute bought by corporations, startups, labs and kinds that a scenario adds."""
    figure, (ax,) = canvas_of_years(about, "Who uses the compute", "Share of the year's training compute, percent")
    ends = []
    for kind, label in (
        ("corporation", "Corporations"),
        ("startup", "Startups"),
        ("academia", "Academia" if _added(series, about) else "Academic labs"),
        *_added(series, about),
    ):
        table = bands(series, f"compute_share_{kind}")
        if table.empty or not table["mid"].max() > 0:
            continue
        hue, text, marker = KINDS.get(kind, (SECONDARY, SECONDARY, "^"))
        line(ax, 100 * table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((100 * last, f"{label} {words.number(last, 'fraction')}", text))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def _added(series: pd.DataFrame, about: dict[str, Any]) -> list[tuple[str, str]]:
    """Kinds that the scenario adds: end of their measures' ids, and label."""
    found = set(series["measure"])
    return [(f"kind_{id}", str(label)) for id, label in about["labels"].items() if f"compute_share_kind_{id}" in found]


def errors(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Best error reached by the best corporation, the best startup and the median lab, by year."""
    rate = about["error_unit"] == "fraction"
    scale, sign, name = (100.0, " %", "percent") if rate else (1.0, "", about["error_unit"])
    figure, (ax,) = canvas_of_years(
        about, "Errors that actors reach", f"Best error so far on {about['benchmark']}, {name}, logarithmic"
    )
    ends = []
    for measure, kind, label in (
        ("error_best_corporation", "corporation", "Best corporation"),
        ("error_best_startup", "startup", "Best startup"),
        ("error_median_lab", "academia", "Median lab"),
        *((f"error_best_{kind}", kind, f"Best of {label}") for kind, label in _added(series, about)),
    ):
        table = bands(series, measure)
        if table.empty:
            continue
        hue, text, marker = KINDS.get(kind, (SECONDARY, SECONDARY, "^"))
        line(ax, scale * table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((scale * last, f"{label} {words.number(last, about['error_unit'])}", text))
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    best = scale * about["best_error"]
    if low < best < high:
        ax.axhline(best, color=TERTIARY, linewidth=1, linestyle=(0, (2, 3)))
        note = f"below {words.plain(best)}{sign or ' ' + name} the law is extrapolated"
        aside(ax, note, (about["years"][1], best))
    ticks = [m * 10.0**e for e in range(-12, 4) for m in (1, 2, 5) if low <= m * 10.0**e <= high]
    if len(ticks) < 3:
        ticks = list(np.geomspace(low, high, 5)[1:-1])
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.3g}{sign}"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def next_halving(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """What a run that halves the frontier's error would take with the year's algorithms: compute, money, carbon."""
    parts = [
        ("next_halving_flop", "FLOP", "Compute, FLOP"),
        ("next_halving_cost", "USD", "Cost, USD of 2023"),
        ("next_halving_emissions", "tCO2e", "Emissions, tCO2e"),
    ]
    tables = [(bands(series, measure), unit, label) for measure, unit, label in parts]
    if all(table.empty for table, _, _ in tables):
        return None
    subtitle = (
        "One run that halves the frontier's error with the algorithms, prices and places of its year, logarithmic"
    )
    figure, axes = canvas_of_years(about, "The price of the next halving of error", subtitle, columns=3)
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


def emissions(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Emissions of training, of serving customers, and of making the hardware, by year."""
    figure, (ax,) = canvas_of_years(about, "Emissions", "Emissions in the year by origin, tCO2e, logarithmic")
    ends = []
    for measure, label, tone, style in (
        ("emissions_total", "All", INK, "-"),
        ("emissions_training", "Training", "#857667", "--"),
        ("emissions_inference", "Serving", SECONDARY, "-."),
        ("emissions_embodied", "Hardware", TERTIARY, ":"),
    ):
        table = bands(series, measure)
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


def research(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Share of spending on AI that goes to efficiency research, and share of the frontier's gain that it brought."""
    subtitle = (
        "Research's part of spending, and knowledge's part of the gain in effective compute since the start, percent"
    )
    figure, (ax,) = canvas_of_years(about, "How far effort turns to ideas", subtitle)
    ends = []
    for measure, label, tone, style in (
        ("research_share", "Of spending", INK, "-"),
        ("frontier_gain_from_efficiency", "Of the frontier's gain", "#857667", "--"),
    ):
        table = bands(series, measure)
        if table.empty:
            continue
        line(ax, 100 * table, tone, style=style)
        last = table["mid"].iloc[-1]
        ends.append((100 * last, f"{label} {words.number(last, 'fraction')}", tone))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def payers(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """How many corporations, startups and labs could pay for a run as large as the year's largest."""
    subtitle = "Actors whose means in the year cover a run as large as its largest, at their own price"
    figure, (ax,) = canvas_of_years(about, "Who could pay for a frontier run", subtitle)
    ends = []
    labs = "Academia" if _added(series, about) else "Academic labs"
    for kind, label in (("corporation", "Corporations"), ("startup", "Startups"), ("academia", labs)):
        table = bands(series, f"could_pay_frontier_{kind}")
        if table.empty:
            continue
        hue, text, marker = KINDS[kind]
        line(ax, table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((last, f"{label} {words.plain(last)}", text))
    ax.set_ylim(bottom=0)
    label_ends(ax, ends)
    return png(figure) if ends else None


def network(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Who is linked to whom, kinds apart, size by compute in the last year of the first replicate."""
    if actors.empty:
        return None
    last = actors[(actors["replicate"] == actors["replicate"].min()) & (actors["year"] == actors["year"].max())]
    compute = last["compute_flop"].to_numpy()
    kinds = list(dict.fromkeys(last["kind"]))
    shown, places = _places(last["kind"].to_numpy(), compute, kinds)
    subtitle = f"Links by which actors learn from each other; the {len(shown)} of {len(last)} actors with most compute"
    subtitle = subtitle if len(shown) < len(last) else "Links by which actors learn from each other"
    figure, (ax,) = canvas(
        "The knowledge network",
        f"{subtitle}; size by compute, largest in the middle",
        footer({**about, "replicates": 1}),
    )
    if len(last) <= MOST_DESCRIBED:
        ax.text(0.0, 0.0, _described(facts(about["graph"]())), transform=ax.transAxes, fontsize=8, color=TERTIARY)
    links = [(places[a], places[b]) for a, b in about["graph"](shown).edges]
    ax.add_collection(LineCollection(links, colors=LINE, linewidths=0.3, alpha=0.5, zorder=1))
    top = max(compute.max(), 1e-300)
    for i, kind in enumerate(kinds):
        rows = [row for row in shown if last["kind"].iloc[row] == kind]
        hue, text, marker = KINDS.get(about["looks"].get(kind, ""), (SECONDARY, SECONDARY, "^"))
        sizes = [6 + 90 * float(compute[row] / top) ** 0.25 if compute[row] > 0 else 4 for row in rows]
        xy = np.array([places[row] for row in rows])
        ax.scatter(xy[:, 0], xy[:, 1], s=sizes, color=hue, marker=marker, linewidth=0.4, edgecolor="white", zorder=2)
        ax.text(2.6 * i, 1.22, about["labels"].get(kind, kind), color=text, ha="center", fontweight="bold")
    ax.set_xlim(-1.3, 2.6 * (len(kinds) - 1) + 1.3)
    ax.set_ylim(-1.25, 1.4)
    ax.set_axis_off()
    return png(figure)


def _described(of: dict[str, float]) -> str:
    """The whole network in a line."""
    mixing = f"; assortativity of sectors {of['assortativity']:.2f}" if np.isfinite(of["assortativity"]) else ""
    return (
        f"Of all actors: {of['links_per_actor']:.1f} links each, {of['most_links']:.0f} at most; "
        f"clustering {of['clustering']:.2f}{mixing}; {100 * of['connected']:.0f} % hang together"
    )


def _places(kind: Any, compute: Any, kinds: list[str]) -> tuple[list[int], dict[int, tuple[float, float]]]:
    """Rows shown, and where: each kind a disc like a sunflower's, its largest actor in the middle."""
    part = min(1.0, MOST_SHOWN / len(compute))
    shown, places = [], {}
    for i, name in enumerate(kinds):
        rows = np.flatnonzero(kind == name)
        rows = rows[np.argsort(-compute[rows], kind="stable")][: max(1, int(part * rows.size))]
        turn = np.arange(rows.size) * np.pi * (3 - np.sqrt(5))
        radius = np.sqrt((np.arange(rows.size) + 0.5) / rows.size)
        for row, angle, distance in zip(rows.tolist(), turn, radius, strict=True):
            places[row] = (2.6 * i + distance * np.cos(angle), distance * np.sin(angle))
            shown.append(row)
    return shown, places


def lorenz(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Cumulative share of compute held by the share of actors with least, first and last year."""
    if actors.empty:
        return None
    no_calendar = {**about, "policies": [], "years": [0, 100]}
    figure, (ax,) = canvas_of_years(
        no_calendar,
        "How unequal is compute?",
        "Cumulative share of the year's training compute, actors with least first, percent",
    )
    grid = np.linspace(0.0, 100.0, 201)
    ax.plot([0, 100], [0, 100], color=LINE, linewidth=1)
    ax.annotate("equality", (50, 50), xytext=(-4, 4), textcoords="offset points", ha="right", color=TERTIARY)
    years = sorted(actors["year"].unique())
    chosen = [years[0], years[-1]] if len(years) > 1 else years
    gini = bands(series, "compute_gini")
    notes = []
    for year, style, tone in zip(chosen, ("--", "-"), (TERTIARY, INK), strict=False):
        part = actors[actors["year"] == year]
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


def price(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Full price of compute, scarcity, electricity and carbon included, by year."""
    table = bands(series, "compute_price")
    if table.empty:
        return None
    subtitle = "USD of 2023 for $10^{18}$ FLOP, with scarcity rent, electricity and carbon; mean over FLOP, logarithmic"
    figure, (ax,) = canvas_of_years(about, "What compute costs", subtitle)
    line(ax, table, INK)
    log_scale(ax, "USD")
    label_ends(ax, [(table["mid"].iloc[-1], "$" + words.plain(table["mid"].iloc[-1]), INK)])
    return png(figure)


def bound(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Share of spending that is held back by means, by a carbon budget, or by how fast plans can grow."""
    figure, (ax,) = canvas_of_years(
        about,
        "What holds spending back",
        "Share of spending on training by actors at each limit, percent; the rest is what actors want",
    )
    ends = []
    for by, label, tone, style in (
        ("means", "Means", INK, "-"), ("carbon", "Carbon budget", "#857667", "--"), ("ramp", "Ramp", TERTIARY, ":"),
        ("ceiling", "Ceiling", SECONDARY, "-."),
    ):  # fmt: skip
        table = bands(series, f"spend_bound_by_{by}")
        if table.empty or not table["high"].max() > 0:
            continue
        line(ax, 100 * table, tone, style=style)
        last = table["mid"].iloc[-1]
        ends.append((100 * last, f"{label} {words.number(last, 'fraction')}", tone))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    label_ends(ax, ends)
    return png(figure) if ends else None


FIGURES: dict[str, Callable[[pd.DataFrame, pd.DataFrame, dict[str, Any]], bytes | None]] = {
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


def _lorenz(values: Any, grid: Any) -> Any:
    ordered = np.sort(values)
    cumulated = np.concatenate([[0.0], np.cumsum(ordered)])
    return np.interp(grid, np.linspace(0, 100, cumulated.size), 100 * cumulated / max(cumulated[-1], 1e-300))
