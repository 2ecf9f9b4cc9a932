"""What pictures of single actors share: years, kinds and their looks, and the Lorenz curves of a pair. No browser."""

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.app.looks import AXIS, BASELINE, FONT, INK, THIRD, Scale
from sim.app.pair import Pair, Track
from sim.measures.inequality import COMPUTE_GINI
from sim.report import words
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


def lorenz_words(pair: Pair) -> str:
    """The Gini index at the start, in the baseline and in the policy world."""
    if not pair.policy.times:
        return "Cumulative share of FLOP, least first."
    first = words.number(pair.baseline.values[COMPUTE_GINI][0], "1")
    now = [words.number(track.now(COMPUTE_GINI), "1") for track in pair.tracks]
    return f"Gini {first} at the start (dotted), baseline {now[0]}, policy {now[1]}."


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
