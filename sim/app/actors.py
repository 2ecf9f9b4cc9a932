"""What the page shows of single actors: the network, a table of the largest and the typical, one through time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.app.looks import (
    AXIS,
    FONT,
    INK,
    KINDS,
    SURFACE,
    SYMBOLS,
    TEXT,
    THIRD,
    raised,
)
from sim.app.pair import Pair, Track
from sim.app.views import label, looks
from sim.measures import FRONTIER_ERROR
from sim.report import words
from sim.report.sunflower import sunflower

MOST_DOTS = 300  # actors in the picture of the network
MOST_LINKS = 900
SAME = 1e-9  # relative difference that is rounding


@dataclass(frozen=True)
class Picture:
    """The actors that the network shows, where, and their links; made once for a pair."""

    rows: list[int]
    places: dict[int, tuple[float, float]]
    links: list[tuple[int, int]]
    centres: dict[str, tuple[float, float, float]]  # of kinds: place, and radius
    all: int


def picture(pair: Pair) -> Picture:
    """Who is shown: all, or of each kind the largest and every so-manyth of the others. Kinds sit in circles of their
    own, the largest actors in the middle (a sunflower: each dot has the same room)."""
    world = pair.policy.model.world
    total = world.groups.size
    rows: list[int] = []
    places: dict[int, tuple[float, float]] = {}
    centres: dict[str, tuple[float, float, float]] = {}
    chosen: dict[str, list[int]] = {}
    for kind, of in world.groups.kinds.items():
        order = of.start + np.argsort(-world.fixed.traits.start_plan[of], kind="stable")
        room = max(round(MOST_DOTS * order.size / total), min(order.size, 3)) if total > MOST_DOTS else order.size
        step = np.unique(np.linspace(0, order.size - 1, min(room, order.size)).round().astype(int))
        chosen[kind] = order[step].tolist()
    left = 0.0
    for i, (kind, members) in enumerate(chosen.items()):
        radius = max(len(members), 1) ** 0.5
        centre = left + radius, (radius * 0.35 if i % 2 else -radius * 0.35)
        left += 2 * radius + 2.5
        centres[kind] = (*centre, radius)
        seeds = (radius * sunflower(len(members)) + centre).tolist()
        places |= {row: (x, y) for row, (x, y) in zip(members, seeds, strict=True)}
        rows += members
    shown = np.zeros(total, dtype=bool)
    shown[rows] = True
    pairs = world.fixed.network.pairs
    among = pairs[shown[pairs].all(axis=1)]
    some = among[:: max(1, -(-len(among) // MOST_LINKS))]
    return Picture(rows, places, [(int(a), int(b)) for a, b in some], centres, total)


def network(pair: Pair, drawn: Picture) -> dict[str, Any]:
    """The policy world's knowledge network: dots by training compute over the last year (area), shapes and colours by
    kind."""
    track = pair.policy
    compute = track.actors["compute"][-1] if track.times else np.zeros(track.model.world.groups.size)
    largest = max(float(compute.max()), 1e-300)
    kinds = _kind_of(track)
    total = max(float(compute.sum()), 1e-300)
    data = []
    for row in drawn.rows:
        kind = kinds[row]
        x, y = drawn.places[row]
        size = max(5.0, 34.0 * (float(compute[row]) / largest) ** 0.5)
        alive = bool(track.model.world.actors.alive[row])
        hue = KINDS[looks(track)[kind]]
        data.append({
            "value": [x, y], "symbol": SYMBOLS[looks(track)[kind]], "symbolSize": round(size, 1),
            "text": about(track, row),
            "itemStyle": {"color": hue if alive else AXIS, "borderWidth": 0.7, "borderColor": SURFACE},
        })  # fmt: skip
    links = [{"coords": [drawn.places[a], drawn.places[b]]} for a, b in drawn.links]
    names, heights = [], []
    for place, kind in enumerate(drawn.centres):
        part = float(compute[track.model.world.groups.kinds[kind]].sum()) / total
        count = track.model.world.groups.kinds[kind]
        said = f"{count.stop - count.start} {label(track, kind).lower()}"
        text = f"{{a|{said}}}\n{{b|{words.number(part, 'fraction')} of compute}}" if track.times else f"{{a|{said}}}"
        hue = TEXT[looks(track)[kind]]
        rich = {
            "a": {"color": hue, "fontWeight": 600, "fontSize": 12, "lineHeight": 17},
            "b": {"color": THIRD, "fontSize": 12, "lineHeight": 15},
        }
        at, position, align = _beyond(place, list(drawn.centres.values()))
        beyond = {"show": True, "formatter": text, "rich": rich, "position": position, "align": align}
        names.append({"value": at, "symbolSize": 0, "label": beyond})
        heights.append(at[1])
    xs, ys = zip(*drawn.places.values(), strict=True)
    hidden = {"show": False, "type": "value"}
    return {
        "animation": False, "textStyle": {"fontFamily": FONT},
        "grid": {"left": 16, "right": 16, "top": 40, "bottom": 40},  # room for the labels above and below the circles
        "xAxis": {**hidden, "min": min(xs) - 1.5, "max": max(xs) + 1.5},
        "yAxis": {**hidden, "min": min(min(ys) - 1.5, *heights), "max": max(max(ys) + 1.5, *heights)},
        "tooltip": {"trigger": "item", "renderMode": "richText", "confine": True, "backgroundColor": SURFACE,
                    "borderColor": AXIS, "textStyle": {"color": INK, "fontSize": 12}},
        "series": [
            {"type": "lines", "coordinateSystem": "cartesian2d", "data": links, "silent": True,
             "lineStyle": {"color": THIRD, "width": 0.6, "opacity": 0.22, "curveness": 0.12}},
            {"type": "scatter", "data": data, "cursor": "pointer", "emphasis": {"disabled": True}},
            {"type": "scatter", "data": names, "silent": True},
        ],
    }  # fmt: skip


def _beyond(place: int, circles: list[tuple[float, float, float]]) -> tuple[list[float], str, str]:
    """Where the label of a circle stands: its point, side and alignment. By turns below and above all circles that it
    spans, within the panel; a label takes up to half of the panel's width."""
    x, _, radius = circles[place]
    left, right = circles[0][0] - circles[0][2], circles[-1][0] + circles[-1][2]
    half = (right - left) / 2
    if len(circles) > 1 and (place == 0 or x - half / 2 < left):
        align, x = "left", x - radius
        span = x, x + half
    elif len(circles) > 1 and (place == len(circles) - 1 or x + half / 2 > right):
        align, x = "right", x + radius
        span = x - half, x
    else:
        align, span = "center", (x - half / 2, x + half / 2)
    under = [(b, r) for a, b, r in circles if a - r < span[1] and span[0] < a + r]
    if place % 2:
        return [x, max(b + r for b, r in under) + 0.6], "top", align
    return [x, min(b - r for b, r in under) - 0.6], "bottom", align


def _kind_of(track: Track) -> dict[int, str]:
    return {row: kind for kind, of in track.model.world.groups.kinds.items() for row in range(of.start, of.stop)}


def name_of(track: Track, row: int) -> str:
    """An actor's name for people: Startup 12."""
    kind = _kind_of(track)[row]
    singular = label(track, kind).removesuffix("s")
    return f"{singular} {row - track.model.world.groups.kinds[kind].start + 1}"


def about(track: Track, row: int) -> str:
    """What is said of an actor under the pointer."""
    world = track.model.world
    home = track.scenario.regions[int(world.fixed.traits.home[row])]
    lines = [f"{name_of(track, row)}, {home.label or home.id}"]
    if not world.actors.alive[row]:
        return f"{lines[0]}\nhas failed, or is not founded yet"
    if track.times:
        unit = track.unit(FRONTIER_ERROR)
        lines += [
            f"trains {words.number(float(track.actors['compute'][-1][row]), 'FLOP')} a year",
            f"largest run {words.number(float(track.actors['run'][-1][row]), 'FLOP')}",
            f"best error {words.number(float(track.actors['error'][-1][row]), unit)}",
        ]
    return raised("\n".join(lines))


def table(pair: Pair) -> list[dict[str, Any]]:
    """The largest and the typical actors by their largest run over the last year in the policy world: that run in both
    worlds, change, error."""
    if not pair.policy.times:
        return []
    rows = []
    largest = pair.policy.actors["run"][-1]
    unit = pair.policy.unit(FRONTIER_ERROR)
    for kind, of in pair.policy.model.world.groups.kinds.items():
        members = np.arange(of.start, of.stop)
        training = members[largest[members] > 0]
        if not training.size:
            continue
        order = training[np.argsort(-largest[training], kind="stable")]
        last = order.size - 1
        ranks = {0: "Largest"}  # by place; an actor has the first of its ranks alone
        for at, rank in ((1, "Second largest"), (last // 2, "Median"), (round(0.9 * last), "Smallest tenth")):
            if at <= last and not (rank == "Second largest" and last < 2):
                ranks.setdefault(at, rank)
        for at, rank in ranks.items():
            row = int(order[at])
            runs = [float(track.actors["run"][-1][row]) for track in pair.tracks]
            rows.append({
                "row": row, "look": looks(pair.policy)[kind], "rank": f"{rank} of {label(pair.policy, kind).lower()}",
                "name": name_of(pair.policy, row),
                "runs": [words.number(run, "FLOP") if run > 0 else words.NONE for run in runs],
                "change": _change(*runs),
                "error": words.number(float(pair.policy.actors["error"][-1][row]), unit),
                "access": words.number(float(pair.policy.actors["access"][-1][row]), unit),
            })  # fmt: skip
    return rows


def _change(before: float, after: float) -> str:
    if not before > 0:
        return words.NONE
    share = after / before - 1
    if abs(share) <= SAME:
        return "none"
    if words.is_factor(share):
        return f"× {words.plain(1 + share)}"
    return f"{'+' if share > 0 else words.MINUS}{words.plain(abs(100 * share))} %"
