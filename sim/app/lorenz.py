"""Lorenz curves of training compute in a pair of worlds: chart, words and table. No browser."""

from typing import Any

import numpy as np

from sim.app.crowd import Crowd
from sim.app.looks import AXIS, BASELINE, FONT, INK, THIRD, ValueScale
from sim.arrays import Array
from sim.measures.inequality import gini
from sim.measures.inequality import lorenz as shares_held
from sim.report import words

START, BEFORE, AFTER = "At the start", "Baseline", "Policy world"
POINTS = 100  # of a curve, at most
TENTHS = range(1, 10)  # rows of the table

Three = tuple[Crowd, Crowd, Crowd]  # the start, and both worlds now


def lorenz_words(three: Three) -> str:
    """The Gini index at the start, in the baseline and in the policy world, of those who take part."""
    if not three[0].has_trained:
        return "Cumulative share of FLOP, least first."
    first, *now = (words.number(gini(crowd.held), "1") for crowd in three)
    return f"Gini index {first} at the start (dotted), {now[0]} in the baseline (dashed), {now[1]} in the policy world."


def lorenz(three: Three) -> dict[str, Any]:
    """Cumulative shares of training compute of those who take part, least first: at the start, and now in both
    worlds."""
    curves = [
        _curve(name, _points(crowd.held), hue, dash)
        for crowd, (name, hue, dash) in zip(
            three, ((START, THIRD, "dotted"), (BEFORE, BASELINE, [5, 3]), (AFTER, INK, "solid")), strict=True
        )
        if crowd.has_trained
    ]
    even = _curve("", [[0.0, 0.0], [1.0, 1.0]], AXIS, "solid")
    even["lineStyle"]["width"] = 1
    axis = ValueScale("fraction").axis([0.0, 1.0])
    return {
        "animation": False, "textStyle": {"fontFamily": FONT},
        "grid": {"left": 2, "right": 18, "top": 10, "bottom": 24, "containLabel": True},
        "xAxis": {
            **axis, "splitLine": {"show": False}, "axisLine": {"show": True, "lineStyle": {"color": AXIS}},
            "name": "Share of actors", "nameLocation": "middle", "nameGap": 26,
            "nameTextStyle": {"color": THIRD, "fontSize": 12},
        },
        "yAxis": axis, "series": [even, *curves],
    }  # fmt: skip


def lorenz_rows(three: Three) -> list[list[str]]:
    """The curves as a table: by tenth of the actors what those with least hold together."""
    shares = [shares_held(crowd.held) for crowd in three]
    return [
        [f"{10 * tenth} %", *(words.number(float(np.interp(tenth / 10, *share)), "fraction") for share in shares)]
        for tenth in TENTHS
    ]


def _curve(name: str, points: list[list[float]], hue: str, dash: Any) -> dict[str, Any]:
    style = {"color": hue, "width": 2.4 if dash == "solid" else 2, "type": dash}
    return {"type": "line", "name": name, "data": points, "showSymbol": False, "lineStyle": style, "silent": True}


def _points(held: Array) -> list[list[float]]:
    """At most so many points of a curve, the last ones among them, where it turns upwards."""
    at, heights = shares_held(held)
    few = np.unique(np.linspace(0, held.size, POINTS + 1).round().astype(int))
    points: list[list[float]] = np.stack([at[few], heights[few]], axis=1).round(5).tolist()
    return points
