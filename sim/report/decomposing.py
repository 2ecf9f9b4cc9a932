"""A world taken apart, for people: cells, sentences whose words follow from the numbers, a waterfall."""

from collections.abc import Callable, Sequence
from math import exp, isfinite
from typing import Any, Protocol

from sim.report.drawing import GRID, INK, LINE, SECONDARY, canvas, decade, footer, png
from sim.report.effects import LEAST, change_text, signed
from sim.report.words import NONE, number, plain

SHOWN = 9  # parts that have a bar of their own; the others share one
UP, DOWN = INK, "#857667"


class Contribution(Protocol):
    """What these functions read of a contribution; attributes as in ``sim.results.decomposition``."""

    @property
    def part(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def added(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def label(part: str) -> str:
    """A part's name for people."""
    return part.replace("_", " ")


def cell(found: Contribution, unit: str, logs: bool) -> str:
    """A contribution with its interval: +26.5 % [+24.0, +29.0], × 71,600 [68,000, 75,000], or an amount."""
    if not isfinite(found.added):
        return NONE
    if not logs:
        texts = [signed(value, unit) for value in (found.added, found.low, found.high)]
    elif abs(exp(found.added) - 1) < LEAST:
        return "0"
    elif (found.added > 0 and exp(found.added) > 1 + 10) or exp(found.added) < 0.1:
        low, high = (plain(exp(end)) if isfinite(end) else NONE for end in (found.low, found.high))
        texts = [f"× {plain(exp(found.added))}", low, high]
    else:
        texts = [change_text(exp(value) - 1) for value in (found.added, found.low, found.high)]
        texts[0] = f"{texts[0]} %"
    return texts[0] if NONE in texts[1:] else f"{texts[0]} [{texts[1]}, {texts[2]}]"


def certain(found: Contribution) -> bool:
    """Whether the interval leaves out no contribution at all."""
    return found.low > 0 or found.high < 0


def sentences(
    subject: str, year: int, unit: str, levels: tuple[float, float, float], alone: Sequence[Contribution],
    out: Sequence[Contribution], unexplained: Contribution, total: Contribution, logs: bool,
) -> list[str]:  # fmt: skip
    """What makes a measure what it is. ``levels``: in the scenario, with nothing of it, with all endowments alike."""
    whole, nothing, alike = (number(level, unit) for level in levels)
    verb, they = ("are", "they") if subject.endswith("emissions") else ("is", "it")
    without = "with no mechanism at work and all endowments alike"
    said = [f"In {year} {subject} {verb} {whole}; {without} {they} would be {nothing}."]
    for way, found in (("Alone, most comes from", alone), ("In the whole, most comes from", out)):
        parts = [one for one in found if one.group != "interaction" and certain(one)]
        parts.sort(key=lambda one: -abs(one.added))
        if parts:
            listed = ", ".join(f"{label(one.part)} ({cell(one, unit, logs)})" for one in parts[:3])
            said.append(f"{way} {listed}; interaction {cell(found[-1], unit, logs)}.")
    share = unexplained.added / total.added if total.added else float("nan")
    if not certain(total):
        said.append(f"All parts together change {subject} by nothing that can be told from luck.")
    elif certain(unexplained) and share > 0:
        kept = "all" if share > 1 else f"{plain(100 * share)} %"
        tail = "" if share <= 1 else ": the differences in endowment make it smaller"
        said.append(
            f"With all endowments alike {they} {verb} {alike}, so that {kept} of the difference emerges from the "
            f"mechanisms{tail}."
        )
    else:
        said.append(f"With all endowments alike {they} {verb} {alike}: nothing of the difference emerges without them.")
    return said


def waterfall(
    title: str, unit: str, levels: tuple[float, float], found: Sequence[Contribution], logs: bool, about: dict[str, Any]
) -> bytes:
    """What the parts add one by one from a world with nothing at work to the whole; last comes their interaction."""
    step: Callable[[float, float], float] = (lambda at, by: at * exp(by)) if logs else (lambda at, by: at + by)
    parts = sorted(found[:-1], key=lambda one: -abs(one.added))
    bars: list[tuple[str, float, Contribution | None]] = [(label(one.part), one.added, one) for one in parts[:SHOWN]]
    rest = sum(one.added for one in parts[SHOWN:])
    bars.append((f"{len(parts) - SHOWN} others", rest, None))
    bars.append(("interaction", found[-1].added, found[-1]))
    figure, (ax,) = canvas(title, f"Each part alone added to a world without any; {about['what']}", footer(about))
    at, names = levels[0], ["nothing at work"]
    _level(ax, 0, at, unit)
    for i, (name, by, one) in enumerate(bars, start=1):
        to = step(at, by)
        ax.plot([at, to], [i, i], color=UP if by > 0 else DOWN, linewidth=7, solid_capstyle="butt")
        if one is not None and isfinite(one.low):
            ax.plot([step(at, one.low), step(at, one.high)], [i, i], color=SECONDARY, linewidth=1)
        ax.plot([to, to], [i, i + 1], color=LINE, linewidth=0.8, zorder=0)
        text = cell(one, unit, logs).split(" [")[0] if one is not None else _share(rest, unit, logs)
        ax.annotate(text, (max(at, to), i), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7.5,
                    color=SECONDARY)  # fmt: skip
        names.append(name)
        at = to
    _level(ax, len(bars) + 1, levels[1], unit)
    names.append("the scenario")
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=GRID)
    if logs:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda value, _: decade(value, unit))
        ax.minorticks_off()
    else:
        ax.xaxis.set_major_formatter(lambda value, _: number(value, unit) if value else "0")
    ax.margins(x=0.12)
    return png(figure)


def _level(ax: Any, row: int, at: float, unit: str) -> None:
    ax.plot([at], [row], "D", color=INK, markersize=5)
    ax.annotate(number(at, unit), (at, row), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8,
                fontweight="bold", color=INK)  # fmt: skip


def _share(added: float, unit: str, logs: bool) -> str:
    if not logs:
        return signed(added, unit)
    text = change_text(exp(added) - 1)
    return f"{text} %" if text not in ("0", NONE) else text
