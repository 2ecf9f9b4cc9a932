"""Charts of a pair as options of ECharts. Plain functions of what both worlds did, no browser."""

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.app.looks import (
    AXIS,
    BASELINE,
    BEFORE,
    FONT,
    INK,
    KINDS,
    REGIONS,
    SECOND,
    TEXT,
    THIRD,
    Line,
    Scale,
    halvings,
    through_time,
)
from sim.app.pair import Pair, Track
from sim.measures import FRONTIER_ERROR
from sim.measures.access import BEST_STARTUP, MEDIAN_LAB
from sim.measures.carbon import OPERATIONAL
from sim.measures.ids import emissions_in
from sim.report.colours import look_of

Array = NDArray[np.float64]
PERCENT = 0.01  # of an error: gridlines stand at 1 %, 2 %, 4 %


def starts(pair: Pair) -> list[float]:
    """When policies of the policy world begin: those that continue no other."""
    return sorted({max(p.start, float(years(pair)[0])) for p in pair.policy.scenario.policies if p.since == -inf})


def years(pair: Pair) -> tuple[int, int]:
    """First and last calendar year."""
    time = pair.policy.scenario.time
    return time.start, time.end


def looks(track: Track) -> dict[str, str]:
    """Whose colours and symbols each kind has."""
    return {kind.id: look_of(kind) for kind in track.scenario.kinds}


def label(track: Track, kind: str) -> str:
    """The name of a kind for people."""
    return next(k.label or k.id for k in track.scenario.kinds if k.id == kind)


def shares(pair: Pair) -> dict[str, Any]:
    """Shares of training compute by kind, both worlds."""
    lines = []
    for policy, track in enumerate(pair.tracks):
        total = [max(float(now.sum()), 1e-300) for now in track.actors["compute"]]
        for kind, rows in track.model.world.groups.kinds.items():
            look = looks(track)[kind]
            part = [float(now[rows].sum()) / all_ for now, all_ in zip(track.actors["compute"], total, strict=True)]
            name = label(track, kind)
            hue = KINDS[look] if policy else BEFORE[look]
            lines.append(
                Line(f"{name}{'' if policy else ', baseline'}", track.times, part, hue, not policy,
                     name if policy else "", TEXT[look])
            )  # fmt: skip
    return through_time(lines, Scale("fraction"), years(pair), starts(pair), limits=[1.0])


def errors(pair: Pair) -> dict[str, Any]:
    """Errors of the frontier, the best startup and the median lab, both worlds."""
    of = (
        (FRONTIER_ERROR, "Frontier", INK, BASELINE, INK),
        (BEST_STARTUP, "Best startup", KINDS["startup"], BEFORE["startup"],
         TEXT["startup"]),
        (MEDIAN_LAB, "Median lab", KINDS["academia"], BEFORE["academia"],
         TEXT["academia"]),
    )  # fmt: skip
    lines = measured(pair, of)
    values = [value for line in lines for value in line.values]
    scale = Scale(pair.policy.unit(FRONTIER_ERROR), halvings(values), PERCENT)
    return through_time(lines, scale, years(pair), starts(pair))


def measured(pair: Pair, of: Sequence[tuple[str, str, str, str, str]]) -> list[Line]:
    """Lines of measures in both worlds: id, name, colours of policy world, baseline and label."""
    lines = []
    for id, name, hue, before, text in of:
        for policy, track in enumerate(pair.tracks):
            lines.append(
                Line(f"{name}{'' if policy else ', baseline'}", track.times, track.values[id],
                     hue if policy else before, not policy, name if policy else "", text)
            )  # fmt: skip
    return lines


def one(pair: Pair, id: str, name: str, *, base: float = 10.0) -> dict[str, Any]:
    """One measure in both worlds, on an axis of powers of ten, or of amounts with ``base`` 0."""
    lines = measured(pair, [(id, name, INK, BASELINE, INK)])
    return through_time(lines, Scale(pair.policy.unit(id), base), years(pair), starts(pair))


def regions(pair: Pair) -> dict[str, Any]:
    """Operational emissions by region in the policy world, stacked from the dirtiest grid, and the baseline's total."""
    track = pair.policy
    start = track.scenario.time.start
    dirtiest = sorted(track.scenario.regions, key=lambda region: -region.grid_intensity.at(start))
    tones = [REGIONS[round(i * (len(REGIONS) - 1) / max(len(dirtiest) - 1, 1))]
             for i in range(len(dirtiest))]  # fmt: skip
    parts = [np.array(track.values[emissions_in(region.id)]) for region in dirtiest]
    below = np.cumsum([np.zeros(len(track.times)), *parts], axis=0)
    stack, names = [], []
    for i, (region, tone) in enumerate(zip(dirtiest, tones, strict=True)):
        name = region.label or region.id
        stack.append(Line(name, track.times, below[i + 1].tolist(), tone, filled=True))
        middle = (below[i] + below[i + 1]) / 2
        names.append(Line(name, track.times, middle.tolist(), tone, label=name, text_colour=SECOND, drawn=False))
    base = pair.baseline
    total = Line("Baseline", base.times, base.values[OPERATIONAL], BASELINE, True, "Baseline")
    lines = [*reversed(stack), *names, total]
    return through_time(lines, Scale("tCO2e/yr"), years(pair), starts(pair))


def lorenz(pair: Pair) -> dict[str, Any]:
    """Cumulative shares of training compute, least first: now in both worlds, and at the start."""
    curves = []
    if pair.policy.times:
        first = pair.baseline.actors["compute"][0]
        for name, values, hue, dash in (
            ("At the start", first, THIRD, "dotted"),
            ("Baseline, now", pair.baseline.actors["compute"][-1], BASELINE, [5, 3]),
            ("Policy, now", pair.policy.actors["compute"][-1], INK, "solid"),
        ):
            curves.append(_curve(name, _cumulative(values), hue, dash))
    even = _curve("", [[0.0, 0.0], [1.0, 1.0]], AXIS, "solid")
    even["lineStyle"]["width"] = 1
    axis = Scale("fraction").axis([0.0, 1.0])
    return {
        "animation": False, "textStyle": {"fontFamily": FONT},
        "grid": {"left": 2, "right": 18, "top": 10, "bottom": 22, "containLabel": True},
        "xAxis": {
            **axis, "splitLine": {"show": False}, "axisLine": {"show": True, "lineStyle": {"color": AXIS}},
            "name": "Share of actors", "nameLocation": "middle", "nameGap": 26,
            "nameTextStyle": {"color": THIRD, "fontSize": 12},
        },
        "yAxis": axis, "series": [even, *curves],
    }  # fmt: skip


def _curve(name: str, points: list[list[float]], hue: str, dash: Any) -> dict[str, Any]:
    style = {"color": hue, "width": 2.4 if dash == "solid" else 2, "type": dash}
    return {"type": "line", "name": name, "data": points, "showSymbol": False, "lineStyle": style, "silent": True}


def _cumulative(values: Array, points: int = 100) -> list[list[float]]:
    """At most so many points of a Lorenz curve."""
    ordered = np.cumsum(np.sort(values))
    total = float(ordered[-1]) if ordered.size and ordered[-1] > 0 else 1.0
    at = np.unique(np.linspace(0, ordered.size, points + 1).round().astype(int))
    heights = np.concatenate([[0.0], ordered])[at] / total
    curve: list[list[float]] = np.stack([at / max(ordered.size, 1), heights], axis=1).round(5).tolist()
    return curve
