"""What the page shows of single actors: the network, a table of the largest and the typical, one through time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.app.crowd import Cast, Crowd, Crowds, looks
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
from sim.app.lorenz import AFTER, BEFORE, START, lorenz, lorenz_rows, lorenz_words
from sim.app.words import help_text
from sim.measures import FRONTIER_ERROR, registry
from sim.measures.ids import within
from sim.report import words
from sim.report.sunflower import sunflower
from sim.results.statistics import SAME

MOST_DOTS = 300  # actors in the picture of the network
MOST_LINKS = 900
HEADS = ("Rank", "Actor", "Largest run, baseline", "Policy world", "Change", "Best error", "At hand")
STANDING = ("Kind", "Places", "Train, policy world", "Share of training compute, baseline", "Policy world")


@dataclass(frozen=True)
class NetworkPicture:
    """The actors that the network shows, where, and their links; made once for a pair."""

    rows: list[int]
    places: dict[int, tuple[float, float]]
    links: list[tuple[int, int]]
    centres: dict[str, tuple[float, float, float]]  # of kinds: place, and radius
    all: int


def picture(cast: Cast) -> NetworkPicture:
    """Who is shown: all, or of each kind the largest and every so-manyth of the others. Kinds sit in circles of their
    own, the largest actors in the middle (a sunflower: each dot has the same room)."""
    total = cast.groups.size
    rows: list[int] = []
    places: dict[int, tuple[float, float]] = {}
    centres: dict[str, tuple[float, float, float]] = {}
    chosen: dict[str, list[int]] = {}
    for kind, of in cast.groups.kinds.items():
        order = of.start + np.argsort(-cast.start_plan[of], kind="stable")
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
    among = cast.links[shown[cast.links].all(axis=1)]
    some = among[:: max(1, -(-len(among) // MOST_LINKS))]
    return NetworkPicture(rows, places, [(int(a), int(b)) for a, b in some], centres, total)


def network(cast: Cast, crowd: Crowd, drawn: NetworkPicture) -> dict[str, Any]:
    """A world's knowledge network: dots by training compute over the last year (area), shapes and colours by kind."""
    largest = max(float(crowd.compute.max()), 1e-300)
    kinds, hues = cast.kind_of, looks(cast.scenario)
    data = []
    for row in drawn.rows:
        look = hues[kinds[row]]
        size = max(5.0, 34.0 * (float(crowd.compute[row]) / largest) ** 0.5)
        hue = KINDS[look] if crowd.alive[row] else AXIS
        data.append({
            "value": list(drawn.places[row]), "symbol": SYMBOLS[look], "symbolSize": round(size, 1),
            "text": about(cast, crowd, row), "itemStyle": {"color": hue, "borderWidth": 0.7, "borderColor": SURFACE},
        })  # fmt: skip
    links = [{"coords": [drawn.places[a], drawn.places[b]]} for a, b in drawn.links]
    names = _names(cast, crowd, drawn)
    heights = [name["value"][1] for name in names]
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


def _names(cast: Cast, crowd: Crowd, drawn: NetworkPicture) -> list[dict[str, Any]]:
    """The names of the circles, with what each kind has of all compute."""
    names = []
    for place, kind in enumerate(drawn.centres):
        said = f"{counts(cast, kind)} {within(cast.label(kind))}"
        part = f"\n{{b|{share(cast, crowd, kind)} of compute}}" if crowd.has_trained else ""
        hue = TEXT[looks(cast.scenario)[kind]]
        rich = {
            "a": {"color": hue, "fontWeight": 600, "fontSize": 12, "lineHeight": 17},
            "b": {"color": THIRD, "fontSize": 12, "lineHeight": 15},
        }
        at, position, align = _beyond(place, list(drawn.centres.values()))
        beyond = {"show": True, "formatter": f"{{a|{said}}}{part}", "rich": rich, "position": position, "align": align}
        names.append({"value": at, "symbolSize": 0, "label": beyond})
    return names


def counts(cast: Cast, kind: str) -> int:
    """How many actors of a kind there are places for."""
    return next(one.count for one in cast.scenario.kinds if one.id == kind)


def share(cast: Cast, crowd: Crowd, kind: str) -> str:
    """A kind's part of all training compute."""
    total = max(float(crowd.compute.sum()), 1e-300)
    return words.number(float(crowd.compute[cast.groups.kinds[kind]].sum()) / total, "fraction")


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


def name_of(cast: Cast, row: int) -> str:
    """An actor's name for people: Startup 12."""
    kind = cast.kind_of[row]
    return f"{cast.label(kind).removesuffix('s')} {row - cast.groups.kinds[kind].start + 1}"


def about(cast: Cast, crowd: Crowd, row: int) -> str:
    """What is said of an actor under the pointer."""
    home = cast.scenario.regions[int(cast.homes[row])]
    lines = [f"{name_of(cast, row)}, {home.label or home.id}"]
    if not crowd.alive[row]:
        return f"{lines[0]}\nhas failed, or is not founded yet"
    if crowd.has_trained:
        lines += [
            f"trains {words.number(float(crowd.compute[row]), 'FLOP')} a year",
            f"largest run {words.number(float(crowd.run[row]), 'FLOP')}",
            f"best error {words.number(float(crowd.error[row]), unit_of(cast))}",
        ]
    return raised("\n".join(lines))


def unit_of(cast: Cast) -> str:
    """The unit in which the law of a world tells errors: a fraction, or nats."""
    return registry()[FRONTIER_ERROR].unit_under(cast.scenario.law)


def table(cast: Cast, both: tuple[Crowd, Crowd]) -> list[dict[str, Any]]:
    """The largest and the typical actors by their largest run over the last year in the policy world: that run in both
    worlds, change, error."""
    after = both[1]
    if not after.has_trained:
        return []
    rows = []
    unit = unit_of(cast)
    for kind, of in cast.groups.kinds.items():
        members = np.arange(of.start, of.stop)
        training = members[after.run[members] > 0]
        if not training.size:
            continue
        order = training[np.argsort(-after.run[training], kind="stable")]
        last = order.size - 1
        ranks = {0: "Largest"}  # by place; an actor has the first of its ranks alone
        for at, rank in ((1, "Second largest"), (last // 2, "Median"), (round(0.9 * last), "Smallest tenth")):
            if at <= last and not (rank == "Second largest" and last < 2):
                ranks.setdefault(at, rank)
        for at, rank in ranks.items():
            row = int(order[at])
            runs = [float(crowd.run[row]) for crowd in both]
            rows.append({
                "row": row, "rank": f"{rank} of {within(cast.label(kind))}", "name": name_of(cast, row),
                "runs": [raised(words.number(run, "FLOP")) if run > 0 else words.NONE for run in runs],
                "change": _change(*runs),
                "error": words.number(float(after.error[row]), unit),
                "access": words.number(float(after.access[row]), unit),
            })  # fmt: skip
    return rows


def _change(before: float, after: float) -> str:
    if not before > 0:
        return words.NONE
    share = after / before - 1
    if abs(share) <= SAME:
        return "none"
    if words.is_factor(share):
        return f"{words.plain(1 + share)}-fold"
    return f"{'+' if share > 0 else words.MINUS}{words.plain(abs(100 * share))} %"


def told(crowds: Crowds, drawn: NetworkPicture, year: int) -> dict[str, Any]:
    """What the browser shows of single actors in a year: two charts, and the table."""
    cast, both = crowds.cast, crowds.of(year)
    three = crowds.worlds[0][0], *both
    kinds = [(cast.label(kind), *_standing(cast, both, kind)) for kind in cast.groups.kinds]
    parts = ", ".join(f"{within(name)} {after}" for name, _, _, _, after in kinds)
    curves = lorenz_words(three)
    charts = [
        {
            "name": "network", "title": "Who learns from whom", "meaning": dots(drawn),
            "option": network(cast, both[1], drawn), "heads": STANDING, "rows": [[*row] for row in kinds],
            "finding": f"Knowledge network of the policy world. Of all training compute have: {parts}.",
        },
        {
            "name": "lorenz", "title": "How unequal is compute?", "meaning": curves, "option": lorenz(three),
            "heads": ["Those with least", START, BEFORE, AFTER], "rows": lorenz_rows(three),
            "finding": f"Lorenz curves of training compute. {curves}",
        },
    ]  # fmt: skip
    cells = [[row["rank"], row["name"], *row["runs"], row["change"], row["error"], row["access"]]
             for row in table(cast, both)]  # fmt: skip
    return {"year": year, "charts": charts, "heads": HEADS, "rows": cells, "help": help_text("actors")}


def dots(drawn: NetworkPicture) -> str:
    """How to read the picture of the network, and that not all actors are in it, where they are not."""
    some = f" {len(drawn.rows)} of {drawn.all} actors are drawn." if len(drawn.rows) < drawn.all else ""
    return f"{help_text('network')}{some}"


def _standing(cast: Cast, both: tuple[Crowd, Crowd], kind: str) -> tuple[str, str, str, str]:
    """Of a kind: how many there are places for, how many train, and its part of compute in both worlds."""
    before, after = both
    train = int((after.compute[cast.groups.kinds[kind]] > 0).sum())
    return str(counts(cast, kind)), str(train), share(cast, before, kind), share(cast, after, kind)
