"""Figures for a policy paper: each a function of tables that returns a PNG."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from sim.report import words

INK, SECONDARY, TERTIARY, GRID, LINE = "#1B2129", "#4A5360", "#66707D", "#E9ECF0", "#B5BCC6"
KINDS = {  # hue, text colour, marker: told apart by lightness and shape too
    "corporation": ("#23478F", "#23478F", "o"),
    "startup": ("#BF6D00", "#A05C00", "D"),
    "academia": ("#0E847E", "#0B7A74", "s"),
}
STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "axes.grid": True, "axes.grid.axis": "y", "grid.color": GRID, "grid.linewidth": 0.8,
    "axes.edgecolor": LINE, "axes.axisbelow": True, "xtick.color": TERTIARY, "ytick.color": TERTIARY,
    "ytick.left": False, "lines.linewidth": 2, "lines.solid_capstyle": "round", "savefig.facecolor": "white",
}  # fmt: skip
SIZE, DPI = (7.2, 4.2), 200


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


def bands(series: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Median and 90 % range over replicates by year: columns low, mid, high; empty when the measure has no values."""
    part = series[series["measure"] == measure]
    table = part.groupby("year")["value"].quantile([0.05, 0.5, 0.95]).unstack()
    table.columns = pd.Index(["low", "mid", "high"]) if len(table.columns) == 3 else table.columns
    return table


def divide(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """How many times larger industry's typical largest run is than academia's, by year."""
    table = bands(series, "compute_ratio_industry_academia")
    if table.empty:
        return None
    figure, (ax,) = _canvas(
        about,
        "The compute divide",
        "Typical largest run of the year, industry over academia (geometric means, ratio, logarithmic)",
    )
    _line(ax, table, INK)
    ax.axhline(1.0, color=LINE, linewidth=1)
    _log(ax, "ratio")
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
    """Share of the year's training compute bought by corporations, startups and labs."""
    figure, (ax,) = _canvas(about, "Who uses the compute", "Share of the year's training compute, percent")
    ends = []
    for kind, label in (
        ("corporation", "Corporations"),
        ("startup", "Startups"),
        ("academia", "Academic labs"),
    ):
        table = bands(series, f"compute_share_{kind}")
        if table.empty or not table["mid"].max() > 0:
            continue
        hue, text, marker = KINDS[kind]
        _line(ax, 100 * table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((100 * last, f"{label} {words.number(last, 'fraction')}", text))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def errors(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Best error reached by the best corporation, the best startup and the median lab, by year."""
    rate = about["error_unit"] == "fraction"
    scale, sign, name = (100.0, " %", "percent") if rate else (1.0, "", about["error_unit"])
    figure, (ax,) = _canvas(about, "Errors that actors reach", f"Best error so far on {about['benchmark']}, {name}")
    ends = []
    for measure, kind, label in (
        ("error_best_corporation", "corporation", "Best corporation"),
        ("error_best_startup", "startup", "Best startup"),
        ("error_median_lab", "academia", "Median lab"),
    ):
        table = bands(series, measure)
        if table.empty:
            continue
        hue, text, marker = KINDS[kind]
        _line(ax, scale * table, hue, marker)
        last = table["mid"].iloc[-1]
        ends.append((scale * last, f"{label} {words.number(last, about['error_unit'])}", text))
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    best = scale * about["best_error"]
    if low < best < high:
        ax.axhline(best, color=TERTIARY, linewidth=1, linestyle=(0, (2, 3)))
        note = f"below {words.plain(best)}{sign or ' ' + name} the law is extrapolated"
        _aside(ax, note, (about["years"][1], best))
    ticks = [100 / 2**i for i in range(40) if low <= 100 / 2**i <= high]
    if len(ticks) < 3:
        ticks = list(np.geomspace(low, high, 5)[1:-1])
    ax.yaxis.set_major_locator(mpl.ticker.FixedLocator(ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{words.plain(v)}{sign}"))
    label_ends(ax, ends)
    return png(figure) if ends else None


def next_halving(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """What a run that halves the frontier's error would take with the year's algorithms: compute, money, carbon."""
    parts = [
        ("next_halving_flop", "FLOP", "Compute"),
        ("next_halving_cost", "USD", "Cost, USD of 2023"),
        ("next_halving_emissions", "tCO2e", "Emissions"),
    ]
    tables = [(bands(series, measure), unit, label) for measure, unit, label in parts]
    if all(table.empty for table, _, _ in tables):
        return None
    subtitle = (
        "One run that halves the frontier's error with the algorithms, prices and places of its year, logarithmic"
    )
    figure, axes = _canvas(about, "The price of the next halving of error", subtitle, columns=3)
    for ax, (table, unit, label) in zip(axes, tables, strict=True):
        if table.empty:
            ax.set_title(label, loc="left", fontsize=9, color=SECONDARY)
            ax.text(0.5, 0.5, "beyond any number", ha="center", color=TERTIARY, transform=ax.transAxes)
            continue
        _line(ax, table, INK)
        _log(ax, unit)
        last = typeset(words.number(table["mid"].iloc[-1], unit))
        ax.set_title(f"{label}\n{table.index[-1]}: {last}", loc="left", fontsize=9, color=INK)
    return png(figure)


def emissions(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Operational emissions of training compute by year."""
    table = bands(series, "emissions_total")
    if table.empty or not table["high"].max() > 0:
        return None
    figure, (ax,) = _canvas(about, "Emissions of training", "Operational emissions in the year, tCO2e, logarithmic")
    _line(ax, table, INK)
    _log(ax, "tCO2e")
    label_ends(ax, [(table["mid"].iloc[-1], words.number(table["mid"].iloc[-1], "tCO2e/yr"), INK)])
    return png(figure)


def lorenz(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Cumulative share of compute held by the poorest share of actors, first and last year."""
    if actors.empty:
        return None
    no_calendar = {**about, "policies": [], "years": [0, 100]}
    figure, (ax,) = _canvas(
        no_calendar,
        "How unequal is compute?",
        "Cumulative share of the year's training compute, poorest actors first, percent",
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
    figure, (ax,) = _canvas(about, "What compute costs", subtitle)
    _line(ax, table, INK)
    _log(ax, "USD")
    label_ends(ax, [(table["mid"].iloc[-1], "$" + words.plain(table["mid"].iloc[-1]), INK)])
    return png(figure)


def bound(series: pd.DataFrame, actors: pd.DataFrame, about: dict[str, Any]) -> bytes | None:
    """Share of spending that is held back by means, by a carbon budget, or by how fast plans can grow."""
    figure, (ax,) = _canvas(
        about,
        "What holds spending back",
        "Share of spending on compute by actors at each limit, percent; the rest is what actors want",
    )
    ends = []
    for by, label, tone, style in (
        ("means", "Means", INK, "-"), ("carbon", "Carbon budget", "#857667", "--"), ("ramp", "Ramp", TERTIARY, ":"),
    ):  # fmt: skip
        table = bands(series, f"spend_bound_by_{by}")
        if table.empty or not table["high"].max() > 0:
            continue
        _line(ax, 100 * table, tone, style=style)
        ends.append((100 * table["mid"].iloc[-1], label, tone))
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
    "inequality": lorenz,
    "price": price,
    "limits": bound,
}


def _lorenz(values: Any, grid: Any) -> Any:
    ordered = np.sort(values)
    cumulated = np.concatenate([[0.0], np.cumsum(ordered)])
    return np.interp(grid, np.linspace(0, 100, cumulated.size), 100 * cumulated / max(cumulated[-1], 1e-300))


def _canvas(about: dict[str, Any], title: str, subtitle: str, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """A canvas whose horizontal axes are the years of a run."""
    figure, axes = canvas(title, subtitle, _footer(about), columns)
    first, last = about["years"]
    for ax in axes:
        ax.xaxis.set_major_locator(MaxNLocator(8 if columns == 1 else 3, integer=True, steps=[1, 2, 4, 5, 10]))
        if last > first:
            ax.set_xlim(first, last)
            ax.margins(x=0)
        _policy_start(ax, about)
    return figure, axes


def canvas(title: str, subtitle: str, footer: str, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure of the house style with its title, what it shows, and a line on where it comes from."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
        figure.set_layout_engine("constrained", rect=(0.012, 0.055, 0.976, 0.81), w_pad=0.06, h_pad=0.02)
        axes = [figure.add_subplot(1, columns, i + 1) for i in range(columns)]
    figure.text(0.02, 0.945, title, fontsize=11, fontweight="bold", color=INK)
    figure.text(0.02, 0.89, subtitle, fontsize=8, color=TERTIARY)
    figure.text(0.02, 0.02, footer, fontsize=7, color=TERTIARY)
    return figure, axes


def _footer(about: dict[str, Any]) -> str:
    count = about["replicates"]
    what = f"median and 90 % range over {count} replicates" if count > 1 else "one replicate"
    title = about["title"] if len(about["title"]) <= 46 else about["title"][:45] + "…"
    return f"{title} · {what} · seed {about['seed']} · {about['run']} · compute-divide"


def _policy_start(ax: Axes, about: dict[str, Any]) -> None:
    """A dotted line where each policy starts: before the first year it touches, since a year is drawn at its number."""
    starts: dict[float, list[str]] = {}
    for name, start in about.get("policies", []):
        if about["years"][0] < start < about["years"][1] + 1:
            starts.setdefault(start, []).append(name)
    several = len(starts) > 1
    for i, (start, names) in enumerate(sorted(starts.items())):
        at = start - 0.5
        ax.axvline(at, color=TERTIARY, linewidth=1, linestyle=":")
        if several and ax.figure.axes[1:]:
            continue  # small panels have room for the lines only
        text = f"{', '.join(names)} starts" if several else "policy starts"
        near: Any = {"xytext": (3, 2 + 9 * (i % 3) if several else -1), "textcoords": "offset points"}
        place = "bottom" if several else "top"
        ax.annotate(text, (at, 1.0), xycoords=("data", "axes fraction"), color=TERTIARY, fontsize=7.5, va=place, **near)


def _line(ax: Axes, table: pd.DataFrame, color: str, marker: str | None = None, style: str = "-") -> None:
    ax.plot(table.index, table["mid"], style, color=color)
    if marker:
        ax.plot(
            table.index[-1:],
            table["mid"].iloc[-1:],
            marker,
            color=color,
            markersize=5,
            clip_on=False,
            zorder=3,
        )
    if len(table) == 1:
        ax.plot(table.index, table["mid"], "o", color=color, markersize=5)
        ax.set_xlim(table.index[0] - 1, table.index[0] + 1)
    ax.fill_between(table.index, table["low"], table["high"], color=color, alpha=0.15, linewidth=0)


def _log(ax: Axes, unit: str) -> None:
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    narrow = high / low < 50
    ax.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if narrow else (1,), numticks=8))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: _decade(v, unit)))


def _decade(value: float, unit: str) -> str:
    exponent = int(np.floor(np.log10(value) + 1e-9))
    if abs(value / 10.0**exponent - 1) > 1e-6 and (unit == "FLOP" or exponent >= 12 or exponent < -3):
        return f"${value / 10.0**exponent:g}\\times10^{{{exponent}}}$"
    sign = "$" if unit == "USD" else ""
    suffix = "×" if unit == "ratio" else ""
    if unit == "FLOP" or exponent >= (12 if unit == "tCO2e" else 15) or exponent < -3:
        return f"{sign}$10^{{{exponent}}}$" if not sign else f"\\$$10^{{{exponent}}}$"
    if exponent >= 3 and unit != "ratio":
        scale, letter = next((s, name) for s, name in words.SCALES if value >= s * 0.999)
        return f"{sign}{value / scale:g}{letter}".replace("$", r"\$")
    return f"{sign}{value:,g}{suffix}".replace("$", r"\$")


def _aside(ax: Axes, text: str, at: tuple[float, float]) -> None:
    """A small remark above a point, ending there."""
    near: Any = {"xytext": (-2, 3), "textcoords": "offset points", "ha": "right"}
    ax.annotate(text, at, color=TERTIARY, fontsize=7.5, **near)


def label_ends(ax: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Direct labels behind the ends of lines, moved apart where they would collide."""
    height = 0.055  # of the axes, one line of text
    to_axes = ax.transData + ax.transAxes.inverted()
    x = ax.get_xlim()[0]
    ends = sorted(ends, key=lambda end: end[0])
    heights = [float(to_axes.transform((x, value))[1]) for value, _, _ in ends]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + height)
    overflow = max(heights[-1] - 1.0, 0.0) if heights else 0.0
    for y, (_, text, tone) in zip(heights, ends, strict=True):
        behind: Any = {"va": "center", "fontsize": 8, "fontweight": "bold"}
        ax.text(1.015, y - overflow, typeset(text), transform=ax.transAxes, color=tone, **behind)


def typeset(text: str) -> str:
    """Text for matplotlib: dollars are dollars, and powers of ten stand high."""
    return re.sub(r"10\^(-?[\d.]+)", r"$10^{\1}$", text.replace("$", r"\$"))


def png(figure: Figure) -> bytes:
    """The figure as PNG, the same bytes for the same picture."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()
