"""Colours of the page, and the axes and lines that all charts share. Plain functions, no browser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, inf, isfinite, log10
from typing import Any, NamedTuple

from sim.report import words

UNIT = re.compile(r" [^\s\d]\S*$|×\S*$")  # behind a number
SCALES = ("", *(letter.strip() for _, letter in words.SCALES))

FONT = 'Inter, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif'
LETTER = 6.4  # px, the width of a letter of 12 px
RAISED = str.maketrans("0123456789.-−", "⁰¹²³⁴⁵⁶⁷⁸⁹·⁻⁻")
BEYOND = 1.6  # times the largest line that an axis of amounts goes up to for a band
TICKS = 5  # of a vertical axis, about
ROOM, LATE = 0.3, 0.7  # of an axis of years: words of two dates beside each other; from where on words stand before
DENSE = 40  # years on an axis up to which each has a mark
PARTS = {2: "half", 4: "a quarter", 8: "an eighth", 10: "a tenth", 100: "a hundredth", 1000: "a thousandth"}
SYMBOLS = {"corporation": "circle", "startup": "diamond", "academia": "rect"}


# Colours are names of the style sheet, which has one value of each for either theme; the browser puts it in.
INK, SECOND, THIRD = "var(--ink)", "var(--second)", "var(--third)"
AXIS, GRID, SURFACE, BASELINE = "var(--axis)", "var(--grid)", "var(--surface)", "var(--baseline)"
KINDS = {look: f"var(--{look})" for look in SYMBOLS}  # hues of the policy world
BEFORE = {look: f"var(--{look}-before)" for look in SYMBOLS}  # of the baseline
TEXT = {look: f"var(--{look}-text)" for look in SYMBOLS}
REGIONS = tuple(f"var(--region-{n})" for n in range(1, 5))  # dirtiest to cleanest grid


@dataclass(frozen=True)
class ChartLine:
    """One line of a chart: values through time in a unit; NaN leaves a gap."""

    name: str
    times: Sequence[float]
    values: Sequence[float]
    colour: str
    dashed: bool = False
    label: str = ""  # behind its end
    text_colour: str = ""
    filled: bool = False  # the room below it; later lines cover it
    drawn: bool = True  # False: it only holds a label
    amounts: Sequence[float] | None = None  # what a reader is told, where that is not where the line stands


@dataclass(frozen=True)
class Band:
    """The room between two lines, without outline: the middle part of an ensemble."""

    times: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    colour: str
    opacity: float = 0.16
    texture: str = ""  # dots or strokes on it, for those who do not see its colour


class PolicyDates(NamedTuple):
    """When policies start and when they end, in calendar years."""

    starts: Sequence[float] = ()
    ends: Sequence[float] = ()

    def within(self, years: tuple[int, int]) -> list[float]:
        """Those between the ends of an axis, in order."""
        return sorted({date for date in (*self.starts, *self.ends) if years[0] < date < years[1] + 1})

    def words(self, years: tuple[int, int]) -> list[tuple[float, str, str]]:
        """Where on the axis words stand, which, and to which side: on the first start and the first end, or, where
        these are near each other, on the first of both."""
        inside, span = self.within(years), years[1] + 1 - years[0]
        firsts = [(next((date for date in inside if date in of), inf), does)
                  for of, does in ((self.starts, "starts"), (self.ends, "ends"))]  # fmt: skip
        told = sorted((date, f"policy {does}") for date, does in firsts if date < inf)
        if len(told) == 2 and told[1][0] - told[0][0] < ROOM * span:
            told = [(told[0][0], f"{told[0][1]}, {told[1][1].removeprefix('policy ')}")]
        return [(date, text, "right" if (date - years[0]) / span > LATE else "center") for date, text in told]


@dataclass(frozen=True)
class ValueScale:
    """How values of a unit are placed: as they are, or as logarithms of a base; ticks with texts."""

    unit: str
    base: float = 0.0  # of the logarithm; 0: as they are
    origin: float = 1.0  # value at which a logarithmic axis has a gridline

    def place(self, value: float) -> float | None:
        """Where a value stands on the axis; None where it stands nowhere."""
        if not isfinite(value) or (self.base and value <= 0):
            return None
        return log10(value / self.origin) / log10(self.base) if self.base else value

    def gridlines(self, axis: dict[str, Any]) -> str:
        """How far apart the gridlines of a logarithmic axis are."""
        times = round(self.base ** axis["interval"])
        return f"each gridline is {PARTS.get(times, f'1/{times:,}')} of the one above it"

    def axis(self, values: list[float]) -> dict[str, Any]:
        """The vertical axis for these values, with round ticks and their texts."""
        placed = [place for value in values if (place := self.place(value)) is not None]
        if self.base:
            low, high = (min(placed), max(placed)) if placed else (0.0, 1.0)
            step = float(max(1, ceil((high - low) / TICKS)))
            first, last = step * floor(low / step), step * ceil(high / step)
            last = last if last > first else first + step
            marks = [float(first + i * step) for i in range(round((last - first) / step) + 1)]
            texts = {f"{mark:.6f}": tick(self.origin * self.base**mark, self.unit) for mark in marks}
        else:
            low, high = min([*placed, 0.0]), max([*placed, 0.0])
            step = _round_step((high - low) / (TICKS - 1) if high > low else 0.25)
            first, last = step * floor(low / step + 1e-9), step * ceil(high / step - 1e-9)
            last = last if last > first else first + step
            marks = [first + i * step for i in range(round((last - first) / step) + 1)]
            texts = {f"{mark:.6f}": tick(mark, self.unit) if mark else "0" for mark in marks}
        return {
            "type": "value", "min": marks[0], "max": marks[-1], "interval": step, "texts": texts,
            "axisLabel": {"color": THIRD, "fontSize": 12, "fontFamily": FONT, "margin": 6},
            "splitLine": {"lineStyle": {"color": GRID}}, "axisLine": {"show": False},
            "axisTick": {"show": False},
        }  # fmt: skip


def tick(value: float, unit: str) -> str:
    """A number behind a gridline: as short as it is exact, without a unit that the panel names."""
    text = words.number(value, unit)
    for named in (" tCO2e/yr", "/EFLOP", "/tCO2e", " FLOP"):
        text = text.removesuffix(named)
    return raised(re.sub(r"(\.\d*?)0+(?=\D|$)", lambda found: found[1].rstrip("."), text, count=1))


def _round_step(size: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    scale = 10.0 ** floor(log10(size))
    return float(next(step * scale for step in (1, 2, 2.5, 5, 10) if step * scale >= size * (1 - 1e-9)))


def through_time(
    lines: list[ChartLine], scale: ValueScale, years: tuple[int, int], dates: PolicyDates, *,
    limits: Sequence[float] = (), bands: Sequence[Band] = (),
    evidence_ends: float = inf,
) -> dict[str, Any]:  # fmt: skip
    """An option for lines through time, with labels behind their ends and dotted lines where policies start and end.

    ``limits`` are values that the vertical axis has to hold besides those of the lines. What comes after the year in
    which the evidence ends is hatched.
    """
    longest = max((len(line.label) for line in lines), default=0)
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 2, "right": 14 + LETTER * longest, "top": 22, "bottom": 4, "containLabel": True},
        "xAxis": calendar(years),
        "yAxis": value_axis(lines, scale, limits=limits, bands=bands),
        "tooltip": {
            "trigger": "axis", "renderMode": "richText", "confine": True, "backgroundColor": SURFACE,
            "borderColor": AXIS, "textStyle": {"color": INK, "fontSize": 12, "fontFamily": FONT},
            "axisPointer": {"lineStyle": {"color": AXIS}},
        },
        "series": [*hatched(evidence_ends, dates, years), *(_band(band, scale) for band in bands),
                   *(_series(line, scale) for line in lines), dotted(dates, years)],
    }  # fmt: skip


def value_axis(
    lines: Sequence[ChartLine], scale: ValueScale, *, limits: Sequence[float] = (), bands: Sequence[Band] = ()
) -> dict[str, Any]:
    """The vertical axis for lines, for bands as far as they do not press lines to the ground, and for limits."""
    shown = [value for line in lines for value in line.values if isfinite(value)]
    roof = float("inf") if scale.base else BEYOND * max([*shown, 0.0])
    ends = [min(end, roof) for band in bands for ends in (band.low, band.high) for end in ends if isfinite(end)]
    return scale.axis([*shown, *limits, *ends])


def _band(band: Band, scale: ValueScale) -> dict[str, Any]:
    """The room between the lines, which the browser fills: year, and both ends."""
    ends = [[time, scale.place(low), scale.place(high)]
            for time, low, high in zip(band.times, band.low, band.high, strict=True)]  # fmt: skip
    data = [[time, low, high] for time, low, high in ends if low is not None and high is not None]
    return {"type": "custom", "band": True, "data": data, "clip": True, "texture": band.texture, "silent": True,
            "tooltip": {"show": False},
            "itemStyle": {"color": band.colour, "opacity": band.opacity}}  # fmt: skip


def calendar(years: tuple[int, int]) -> dict[str, Any]:
    """The horizontal axis from the start of the first year to the end of the last."""
    first, last = years[0], years[1] + 1
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (last - first) / step <= 6)
    marks = [year for year in range(first, last + 1) if year % step == 0]
    return {
        "type": "value", "min": first, "max": last, "interval": 1, "texts": {f"{m:.6f}": str(m) for m in marks},
        "axisLabel": {"color": THIRD, "fontSize": 12, "fontFamily": FONT, "hideOverlap": True, "margin": 10,
                      "showMinLabel": first in marks, "showMaxLabel": last in marks},
        "axisLine": {"onZero": False, "lineStyle": {"color": AXIS}}, "splitLine": {"show": False},
        "axisTick": {"show": last - first <= DENSE, "length": 3, "lineStyle": {"color": AXIS}},
    }  # fmt: skip


def raised(text: str) -> str:
    """A text in which 10^27.4 stands with a raised exponent, for places that know no markup."""
    return words.POWER.sub(lambda found: "10" + found[1].translate(RAISED), text)


def span(low: str, high: str) -> str:
    """From one number to another; a unit that both have is said once, but not the letter of a scale: 2.75 to 8.54 %,
    $6.71 B to $436 B."""
    found = UNIT.search(high)
    unit = found[0] if found else ""
    return f"{low.removesuffix(unit) if unit.strip() not in SCALES else low} to {high}"


@lru_cache(maxsize=50_000)
def number(value: float, unit: str) -> str:
    """A number for people, with raised exponents. Texts are kept: lines, tables and cards repeat them, and so do the
    answers to the moves of a slider."""
    return raised(words.number(value, unit))


def _series(line: ChartLine, scale: ValueScale) -> dict[str, Any]:
    """A line; the browser puts its ``end`` behind it."""
    amounts = line.values if line.amounts is None else line.amounts
    points = [
        [time, scale.place(value), number(amount, scale.unit)]
        for time, value, amount in zip(line.times, line.values, amounts, strict=True)
    ]
    if not line.drawn:
        points = [[time, at, ""] for time, at, _ in points]
    series: dict[str, Any] = {
        "type": "line", "name": line.name, "data": points, "symbol": "circle", "symbolSize": 5,
        "showSymbol": len(points) == 1,
        "lineStyle": {"color": line.colour, "width": (2 if line.dashed else 2.4) if line.drawn else 0},
        "itemStyle": {"color": line.colour}, "emphasis": {"disabled": True}, "connectNulls": False,
    }  # fmt: skip
    if line.dashed:
        series["lineStyle"]["type"] = [5, 3]
    if line.filled:
        series |= {"areaStyle": {"color": line.colour, "opacity": 1}}
        series["lineStyle"] |= {"width": 1, "color": SURFACE}
    if line.label:
        series["end"] = {"text": line.label, "fill": line.text_colour or line.colour, "font": f"12px {FONT}"}
    return series


def dotted(dates: PolicyDates, years: tuple[int, int]) -> dict[str, Any]:
    """Dotted lines where policies start and end, the first of each with words; an empty series without any."""
    marks: list[dict[str, Any]] = [{"xAxis": date, "label": {"show": False}} for date in dates.within(years)]
    for date, text, side in dates.words(years):
        marks[dates.within(years).index(date)]["label"] = {
            "show": True, "formatter": text, "color": THIRD, "fontSize": 11, "fontFamily": FONT,
            "position": "end", "align": side, "distance": 9,
        }  # fmt: skip
    look = {"type": [1, 3], "color": THIRD, "width": 1}
    line = {"symbol": "none", "silent": True, "animation": False, "lineStyle": look, "data": marks}
    return {"type": "line", "data": [], "markLine": line}


def hatched(evidence_ends: float, dates: PolicyDates, years: tuple[int, int]) -> list[dict[str, Any]]:
    """The years that no evidence reaches, from where to where, which the browser hatches and names where there is room
    beside the words on policies, which stand third; nothing where evidence reaches all."""
    first, last = float(years[0]), years[1] + 1.0
    if evidence_ends >= last:
        return []
    return [{
        "type": "custom", "hatch": True, "data": [[max(evidence_ends, first), last, dates.words(years)]],
        "silent": True, "tooltip": {"show": False}, "itemStyle": {"color": AXIS, "opacity": 0.4},
        "label": {"color": THIRD, "fontFamily": FONT, "formatter": "evidence ends"},
    }]  # fmt: skip


def halvings(values: list[float]) -> float:
    """The base of an axis on which errors halve from line to line, or go by tens where they span much."""
    finite = [value for value in values if isfinite(value) and value > 0]
    return 10.0 if finite and max(finite) / min(finite) > 2**10 else 2.0
