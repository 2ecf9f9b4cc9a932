"""Figures of the published tables."""

from math import log10
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from sim.arrays import added
from sim.evidence import bloom, patterson, strubell
from sim.evidence.thompson import powers, published_law
from sim.quantity import factor
from sim.report.colours import GRID, INK, LINE, LOOKS, SECONDARY, TERTIARY
from sim.report.labels import End, label_ends
from sim.report.letters import verbatim
from sim.report.style import canvas, png, typeset
from sim.report.words import plain
from sim.scenario.data import laws, published

SHORTER = (", one passenger, New York to San Francisco and back", ", New York–San Francisco")
BROKEN = (" with neural architecture", "\nwith architecture")
BESIDE: Any = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
POUND = factor("lbCO2e", "tCO2e") / factor("tCO2e", "tCO2e")  # t
BLUE, AMBER = LOOKS["corporation"].hue, LOOKS["startup"].hue


def draw(name: str) -> dict[str, bytes]:
    """The figures of one source: file name to PNG."""
    drawn = {
        "thompson": {"error": error_against_compute, "next_halving": next_halving},
        "strubell": {"footprints": footprints},
        "patterson": {"systems": systems},
        "bloom": {"parts": parts},
    }
    return {f"{name}_{figure}.png": function() for figure, function in drawn[name].items()}


def error_against_compute() -> bytes:
    """Error rate against training compute on five benchmarks, within and beyond the data."""
    subtitle = "Power laws of Thompson et al. 2020; thick where the source has data, thin beyond (extrapolated)"
    figure, (ax,) = canvas("Error against compute", subtitle, _source("thompson"))
    left, right = 14.0, 45.0
    ends = []
    for benchmark, label in laws()["labels"].items():
        if "thompson2020_polynomial" not in laws()["benchmarks"][benchmark]:
            continue
        law = published_law(benchmark, "thompson2020_polynomial")
        tone = INK if benchmark == "imagenet" else TERTIARY
        for best, worst, width in ((law.best_error, law.worst_error, 3.0), (0.01, law.best_error, 1.0)):
            errors = np.geomspace(worst, best, 100)
            flop = np.array([powers(law, e)[0] + 9 for e in errors])
            seen = flop <= right
            ax.plot(flop[seen], 100 * errors[seen], color=tone, linewidth=width)
        power = powers(law, 0.01)[0] + 9
        reach = next((e for e in np.geomspace(0.01, 1, 400) if powers(law, e)[0] + 9 <= right), 1.0)
        if power <= right:
            ax.annotate(f"{verbatim(label)}, " + typeset(f"10^{power:.0f}"), (power, 1.0), color=tone, **BESIDE)
        else:
            ends.append(End(100 * float(reach), label, "", tone))
    ax.set_yscale("log")
    ax.set_xlim(left, right)
    ax.set_ylim(0.8, 100)
    _percent(ax, [1, 2, 5, 10, 20, 50])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"$10^{{{v:.0f}}}$"))
    ax.set_xlabel("FLOP of the training run", color=TERTIARY)
    label_ends(ax, ends)
    return png(figure)


def next_halving() -> bytes:
    """What a run that halves an ImageNet error takes, from 11.5 % down, under four published fits."""
    subtitle = "One run that halves the ImageNet error, against the error it starts from; all of it extrapolated"
    figure, axes = canvas("The price of the next halving of error", subtitle, _source("thompson"), columns=3)
    fits = {
        "ninth_power": ("ninth power", AMBER, "-."), "thompson2022_hardware": ("power law, 2022", BLUE, "-"),
        "thompson2020_polynomial": ("power law, 2020", INK, "--"),
        "thompson2020_exponential": ("exponential, 2020", TERTIARY, ":"),
    }  # fmt: skip
    errors = np.geomspace(0.115, 0.02, 60)
    for i, (ax, title) in enumerate(zip(axes, ("FLOP", "USD (of the paper)", "t CO2"), strict=True)):
        for profile, (label, tone, style) in fits.items():
            law = published_law("imagenet", profile)
            shift = (9.0, 0.0, log10(POUND))[i]
            column = (0, 2, 1)[i]
            cost = [powers(law, e / 2)[column] + shift for e in errors]
            ax.plot(-np.log10(errors), cost, style, color=tone, label=label)
        ax.set_title(title, loc="left", fontsize=9, color=SECONDARY)
        ax.set_ylim(top=min(ax.get_ylim()[1], (60, 42, 38)[i]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"$10^{{{v:.0f}}}$"))
        ax.xaxis.set_major_locator(FixedLocator([-log10(e) for e in (0.1, 0.05, 0.025)]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{plain(100 * 10**-v)} %"))
    axes[1].set_xlabel("error before the halving", color=TERTIARY)
    place: Any = {"loc": "upper right", "bbox_to_anchor": (1.04, 0.70)}
    axes[2].legend(frameon=False, fontsize=7, labelcolor=SECONDARY, handlelength=2.2, **place)
    return png(figure)


def footprints() -> bytes:
    """Carbon of two trainings beside a flight, a year of life and a car's lifetime."""
    cars = strubell.footprints()[strubell.SEARCH] / strubell.footprints()[strubell.CAR]
    subtitle = f"lb CO2e; training with architecture search is {cars:.2f} car lifetimes: nearly five cars"
    figure, (ax,) = canvas("Carbon of training a language model, 2019", subtitle, _source("strubell"))
    computed = {strubell.BIG, strubell.SEARCH}
    rows = sorted(strubell.footprints().items(), key=lambda item: item[1])
    for i, (what, pounds) in enumerate(rows):
        tone = BLUE if what in computed else LINE
        ax.barh(i, pounds, color=tone, height=0.62)
        cited = "" if what in computed else " (cited)"
        ax.annotate(f"{pounds:,.0f}{cited}", (pounds, i), color=TERTIARY if cited else INK, **BESIDE)
    for car in range(1, int(cars) + 1):
        ax.axvline(car * strubell.footprints()[strubell.CAR], color=GRID, linewidth=1, zorder=0)
    _bars(ax, [what.replace(*SHORTER).replace(*BROKEN) for what, _ in rows])
    ax.set_xlim(0, 1.15 * max(pounds for _, pounds in rows))
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    return png(figure)


def systems() -> bytes:
    """Net carbon of six systems, computed beside published, and the earlier figure for the first."""
    subtitle = "Net tCO2e of training, logarithmic: bar computed, line published; dashed: the figure of 2019"
    figure, (ax,) = canvas("Carbon of six large models", subtitle, _source("patterson"))
    table = published("patterson")["systems"]
    search = next(run for run in published("strubell")["runs"] if run["model"] == "NAS" and "watts" in run)
    earlier = strubell.pounds(search) * POUND
    ax.barh(0, earlier, color="none", edgecolor=TERTIARY, height=0.62, linestyle="--")
    note = f"{earlier:,.0f} t in 2019, {earlier / patterson.tonnes(table[0]):.0f} times too high"
    ax.annotate(note, (earlier, 0), color=TERTIARY, **BESIDE)
    for i, system in enumerate(table):
        tonnes = patterson.tonnes(system)
        ax.barh(i, tonnes, color=BLUE, height=0.62)
        ax.plot([system["tonnes"]] * 2, [i - 0.4, i + 0.4], color=AMBER, linewidth=2)
        if i:
            ax.annotate(
                f"{plain(tonnes)} t", (tonnes, i), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8
            )
    ax.set_xscale("log")
    ax.set_xlim(1, 3000)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}"))
    _bars(ax, [system["name"] for system in table])
    return png(figure)


def parts() -> bytes:
    """BLOOM's carbon in use, idle and embodied."""
    found = bloom.parts()
    subtitle = f"tCO2e, {plain(added(found.values()))} t in all"
    figure, (ax,) = canvas("Carbon of training BLOOM", subtitle, _source("bloom"))
    names = {"dynamic": "Training's own energy", "idle": "Idle machines", "embodied": "Making the hardware"}
    for i, (part, tonnes) in enumerate(reversed(found.items())):
        ax.barh(i, tonnes, color=BLUE if part == "dynamic" else LINE, height=0.62)
        share = 100 * tonnes / added(found.values())
        ax.annotate(
            f"{plain(tonnes)} t, {share:.0f} %", (tonnes, i), xytext=(5, 0), textcoords="offset points", va="center"
        )
    _bars(ax, [names[part] for part in reversed(found)])
    ax.set_xlim(0, 30)
    return png(figure)


def _bars(ax: Axes, names: list[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(axis="y", labelcolor=SECONDARY, labelsize=8)
    ax.grid(False)


def _percent(ax: Axes, ticks: list[float]) -> None:
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g} %"))


def _source(name: str) -> str:
    source: dict[str, Any] = published(name)
    return f"{source['by']} ({source['link']}), recomputed · compute-divide"
