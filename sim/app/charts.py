"""Charts of an ensemble as options of ECharts: the middle of both worlds through the years, and bands. No browser."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.app.ensemble import Change, PairedWorlds
from sim.app.looks import (
    BASELINE,
    BEFORE,
    INK,
    KINDS,
    REGIONS,
    SECOND,
    TEXT,
    Band,
    ChartLine,
    PolicyDates,
    ValueScale,
    halvings,
    number,
    through_time,
    value_axis,
)
from sim.app.shades import evidence_ends, evidence_of, saved
from sim.arrays import Array
from sim.history.divide import divide
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE, BEST_STARTUP, HALVING_COST, MEDIAN_LAB
from sim.measures.carbon import ENERGY, OPERATIONAL
from sim.measures.economy import COMPUTE_PERMIT_PRICE, COMPUTE_PRICE, PERMIT_PRICE
from sim.measures.ids import emissions_in
from sim.report import everyday
from sim.results.statistics import FEWEST, ranges

PERCENT = 0.01  # of an error: gridlines stand at 1 %, 2 %, 4 %
RECORDS = "Points: notable models on record, with 95 % intervals"
RECORD = "var(--record)"
LEAST = 1e-2  # ratio at which the interval of a record is cut
GRIDLINES = "{gridlines}"  # in a meaning: how far apart they are
SHARED_OUT = "Medians of regions, scaled to add up to the median of all."
WORLDS = ("Baseline", "Policy world")
PERMITS = {
    PERMIT_PRICE: ("Price of permits", "USD per tonne of CO2e."),
    COMPUTE_PERMIT_PRICE: ("Price of permits for compute", "USD per 10¹⁸ FLOP."),
}
CHARTED = (DIVIDE, EMISSIONS, ENERGY, ACADEMIA_SHARE, FRONTIER_ERROR, BEST_STARTUP, MEDIAN_LAB, HALVING_COST,
           COMPUTE_PRICE, *PERMITS)  # fmt: skip
Of = tuple[str, str, str, str, str]  # measure, name, colours of policy world, baseline and label


def charted(worlds: PairedWorlds) -> list[str]:
    """The measures of all charts."""
    return [*CHARTED, OPERATIONAL, *(emissions_in(region) for region in worlds.policy.region_ids)]


def charts(worlds: PairedWorlds, changes: Change) -> list[dict[str, Any]]:
    """All charts of the overview: name, title, meaning, finding, table and option. ``changes`` are what the cards
    say of the policy."""
    startup, academia = "startup", "academia"
    made = [
        _divide(worlds, saved(worlds, DIVIDE, changes)),
        _chart(worlds, "emissions", "Emissions", "tCO2e a year: training, serving, hardware.",
               [(EMISSIONS, "Policy", INK, BASELINE, INK)], 10.0, shades=saved(worlds, EMISSIONS, changes)),
        _chart(worlds, "academia", "Academia's share of training compute", f"Of all training FLOP; {GRIDLINES}.",
               [(ACADEMIA_SHARE, "Labs", KINDS[academia], BEFORE[academia], TEXT[academia])], 10.0),
        _chart(worlds, "errors", "Error on the shared task", f"Lower is better; {GRIDLINES}.",
               [(FRONTIER_ERROR, "Frontier", INK, BASELINE, INK),
                (BEST_STARTUP, "Best startup", KINDS[startup], BEFORE[startup], TEXT[startup]),
                (MEDIAN_LAB, "Median lab", KINDS[academia], BEFORE[academia], TEXT[academia])], 2.0),
        _chart(worlds, "halving", "Price of the next halving", "Cost of the run that halves the frontier's error.",
               [(HALVING_COST, "Policy", INK, BASELINE, INK)], 10.0),
        _chart(worlds, "price", "Price of compute", "USD per 10¹⁸ FLOP, carbon and scarcity included.",
               [(COMPUTE_PRICE, "Policy", INK, BASELINE, INK)], 10.0),
        _regions(worlds),
    ]  # fmt: skip
    issued = [id for id in PERMITS if np.nan_to_num(worlds.values(id, 1)).any()]
    return made + [
        _chart(worlds, id, *PERMITS[id],
               [(id, "Policy", INK, BASELINE, INK)], 0.0)
        for id in issued
    ]  # fmt: skip


def _divide(worlds: PairedWorlds, shades: Sequence[Band]) -> dict[str, Any]:
    """The divide with points of the record, which are of notable models and not of all actors."""
    first, last = worlds.years[0], worlds.years[-1]
    points = [point for point in divide() if first <= point.year <= last]
    meaning = f"Industry's typical largest training run over academia's.{f' {RECORDS}.' if points else ''}"
    limits = [end for point in points for end in (max(point.low, LEAST), point.high)]
    chart = _chart(worlds, "divide", "The compute divide", meaning, [(DIVIDE, "Policy", INK, BASELINE, INK)], 10.0,
                   limits, shades, [point.ratio for point in points])  # fmt: skip
    scale, series = ValueScale(worlds.unit(DIVIDE), 10.0), chart["option"]["series"]
    for point in points:
        ends = [[point.year, scale.place(max(end, LEAST)), ""] for end in (point.low, point.high)]
        series.append({"type": "line", "data": ends, "showSymbol": False, "silent": True, "z": 3,
                       "lineStyle": {"color": RECORD, "width": 1}})  # fmt: skip
    texts = [number(point.ratio, worlds.unit(DIVIDE)) for point in points]
    data = [[point.year, scale.place(point.ratio), text] for point, text in zip(points, texts, strict=True)]
    series.append({"type": "scatter", "name": "Notable models", "data": data, "symbol": "diamond", "symbolSize": 8,
                   "z": 4, "itemStyle": {"color": RECORD}})  # fmt: skip
    said = [f"{text} in {point.years}" for point, text in zip(points, texts, strict=True)]
    chart["finding"] += f" Records of notable models: {', '.join(said)}." if said else ""
    chart["heads"].append("Notable models, by years")
    for row in chart["rows"]:
        year = int(row[0])
        row.append(next((f"{text}, {point.years}" for point, text in zip(points, texts, strict=True)
                         if int(point.year) == year), ""))  # fmt: skip
    return chart


def _chart(worlds: PairedWorlds, name: str, title: str, meaning: str, of: list[Of], base: float,
           limits: Sequence[float] = (), shades: Sequence[Band] = (),
           points: Sequence[float] = ()) -> dict[str, Any]:  # fmt: skip
    """Measures in the middle of both worlds, and bands over the pairs where they are many enough. ``limits`` are what
    its axis holds besides, ``points`` what it holds where a reader asks for amounts as they are."""
    lines, bands, shown, heads, rows = [], [], [], ["Year"], [[str(year)] for year in worlds.years]
    unit = worlds.unit(of[0][0])
    for id, label, hue, before, text in of:
        for world, (colour, middle) in enumerate(zip((before, hue), worlds.middles(id), strict=True)):
            values = worlds.values(id, world)
            _, low, high = ranges(values).tolist()
            named = label if world else ("Baseline" if len(of) == 1 else "")
            series = f"{label}{'' if world else ', baseline'}" if len(of) > 1 or world else "Baseline"
            lines.append(ChartLine(series, worlds.years, middle, colour, not world, named, text if world else SECOND))
            shown += middle
            if len(values) >= FEWEST:
                bands.append(Band(worlds.years, low, high, colour))
            heads.append(WORLDS[world] if len(of) == 1 else f"{label}, {WORLDS[world].lower()}")
            for row, value in zip(rows, middle, strict=True):
                row.append(number(value, unit))
    ends = evidence_of(worlds, of[0][0])
    scale = ValueScale(unit, halvings(shown), PERCENT) if base == 2.0 else ValueScale(unit, base)
    option = through_time(lines, scale, _years(worlds), policy_dates(worlds), bands=[*bands, *shades], limits=limits,
                          evidence_ends=ends)  # fmt: skip
    straight = ValueScale(unit)
    upright = value_axis(lines, straight, limits=points, bands=[*bands, *shades])
    linear = {"base": scale.base, "origin": scale.origin, "yAxis": upright,
              "meaning": _told(meaning.replace(f"; {GRIDLINES}", ""), bands, straight, upright)}  # fmt: skip
    meaning = _told(meaning, bands, scale, option["yAxis"])
    pictured = _pictured(worlds) if of[0][0] == EMISSIONS else []
    last = [f"{heads[i + 1].lower()} {rows[-1][i + 1]}" for i in range(len(heads) - 1)]
    finding = f"{title}. In {worlds.years[-1]}: {', '.join(last)}. {_beyond(ends, worlds)}".strip()
    return {"name": name, "title": title, "meaning": meaning, "option": option, "heads": heads, "rows": rows,
            "pictured": pictured, "finding": " ".join([finding, *pictured[-1:]]),
            "linear": linear if scale.base else None}  # fmt: skip


def _told(meaning: str, bands: Sequence[Band], scale: ValueScale, axis: dict[str, Any]) -> str:
    """What a chart means, with how far apart its gridlines are, and where a band does not end."""
    text = meaning.replace(GRIDLINES, scale.gridlines(axis)) if GRIDLINES in meaning else meaning
    return f"{text} The band goes on above the top." if _leaves(bands, scale, axis["max"]) else text


def _leaves(bands: Sequence[Band], scale: ValueScale, top: float) -> bool:
    """Whether a band goes beyond the top of its axis, which many far ends would else press to the ground."""
    ends = [scale.place(high) for band in bands for high in band.high]
    return any(end is not None and end > top * (1 + 1e-9) for end in ends) if not scale.base else False


def _pictured(worlds: PairedWorlds) -> list[str]:
    """By year, emissions and electricity of the policy world beside what a reader knows; empty where there are none."""
    tonnes, power = (worlds.middles(id)[1] for id in (EMISSIONS, ENERGY))
    return [
        f"Policy world in {year}: {everyday.emissions(emitted)}; electricity: {everyday.electricity(used)}."
        if emitted > 0 and used > 0 else "" for year, emitted, used in zip(worlds.years, tonnes, power, strict=True)
    ]  # fmt: skip


def _regions(worlds: PairedWorlds) -> dict[str, Any]:
    """Operational emissions by region in the policy world, stacked from the dirtiest grid, and the totals of both."""
    start = worlds.policy.time.start
    ends = evidence_ends(worlds, rests_on_law=False)
    dirtiest = sorted(worlds.policy.regions, key=lambda region: -region.grid_intensity.at(start))
    labels = [region.label or region.id for region in dirtiest]
    totals = [worlds.level(OPERATIONAL, world) for world in (0, 1)]
    parts = _parts(np.array([worlds.level(emissions_in(region.id), 1) for region in dirtiest]), totals[1])
    below = np.cumsum([np.zeros(len(worlds.years)), *parts], axis=0)
    stack, names = [], []
    for i, name in enumerate(labels):
        tone = REGIONS[round(i * (len(REGIONS) - 1) / max(len(dirtiest) - 1, 1))]
        stack.append(ChartLine(name, worlds.years, below[i + 1].tolist(), tone, filled=True, amounts=parts[i].tolist()))
        if parts[i][-1] >= 0.04 * below[-1][-1]:  # a thinner one has no room for its name
            middle = ((below[i] + below[i + 1]) / 2).tolist()
            names.append(ChartLine(name, worlds.years, middle, tone, label=name, text_colour=SECOND, drawn=False))
    whole = ChartLine(f"All, {WORLDS[1].lower()}", worlds.years, totals[1].tolist(), INK)
    other = ChartLine(f"All, {WORLDS[0].lower()}", worlds.years, totals[0].tolist(), BASELINE, True, "Baseline")
    option = through_time([*reversed(stack), *names, whole, other], ValueScale("tCO2e/yr"), _years(worlds),
                          policy_dates(worlds), evidence_ends=ends)  # fmt: skip
    columns = [*parts, totals[1], totals[0]]
    rows = [[str(year), *(number(float(column[i]), "tCO2e/yr") for column in columns)]
            for i, year in enumerate(worlds.years)]  # fmt: skip
    most = labels[int(np.argmax([part[-1] for part in parts]))]
    finding = f"Emissions by region. In {worlds.years[-1]} most are in {most}. {_beyond(ends, worlds)}".strip()
    return {"name": "regions", "title": "Emissions by region", "option": option, "rows": rows, "finding": finding,
            "heads": ["Year", *labels, whole.name, other.name],
            "meaning": f"tCO2e a year of electricity; filled: policy world. {SHARED_OUT}"}  # fmt: skip


def _parts(medians: Array, total: Array) -> Array:
    """Medians by region and year as parts of a total: medians do not add up to the median of the sum."""
    whole = medians.sum(axis=0)
    parts: Array = medians * np.divide(total, whole, out=np.ones_like(whole), where=whole > 0)
    return parts


def _beyond(ends: float, worlds: PairedWorlds) -> str:
    """What is hatched, in words."""
    first = max(int(ends) + 1, worlds.years[0])
    return f"Hatched from {first} on: no evidence reaches these years." if first <= worlds.years[-1] else ""


def _years(worlds: PairedWorlds) -> tuple[int, int]:
    """The axis: a year's value stands at its number, from the first to the last."""
    return worlds.years[0], worlds.years[-1] - 1


def policy_dates(worlds: PairedWorlds) -> PolicyDates:
    """When policies of the policy world begin and end."""
    first, policies = float(worlds.years[0]), [entry for entry in worlds.policy.policies if not entry.neutral]
    return PolicyDates([max(entry.start, first) for entry in policies], [entry.end for entry in policies])
