"""Policies by what they do to the divide and to emissions."""

from dataclasses import dataclass
from math import hypot, isfinite
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, Measure
from sim.policies.levers import BOUGHT, EMITTED, GIVEN, KNOWN, LEVERS, RUNS
from sim.report.certainty import by, called
from sim.report.colours import BETTER, LINE, POLICIES, TERTIARY
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.figures.common import LONGEST, look, origin, ratio_scale, titles
from sim.report.comparison.verdict import worse
from sim.report.labels import Box, LabelSpot, label_points
from sim.report.origin import verbatim
from sim.report.style import BELOW, canvas, png
from sim.report.words import rough
from sim.results.certainty import direction
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, Interval
from sim.scenario import Scenario

LEAST = 0.01  # relative change of error that is worth a number
NAMED = len(POLICIES)  # points that have their names beside them; more have numbers there, and their names below
KEY, KEY_LETTERS, KEY_LINE = 57, 7.0, 0.16  # letters of a line of the key, their size [pt], its height [in]
KEY_TITLE = 80  # letters of a title there; a longer line goes on below
KEY_GAP = 0.08  # above the key [in]
OTHER, ERROR = "the world itself, or something else", "error"
TONES = {  # by what policies act on
    EMITTED: POLICIES[4], BOUGHT: POLICIES[3], RUNS: POLICIES[1], GIVEN: POLICIES[2], KNOWN: POLICIES[0],
    OTHER: TERTIARY,
}  # fmt: skip
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*", "h")
MARKER = 9.0  # half the width of one [px]
SIZE, WIDER = 6.0, 5.0  # the same [pt], and by how much one around another is wider
BESIDE = 4.0  # margin around an interval [px]
WRAPPED = 22  # letters of a line of a name
HEIGHT = 5.0  # in
AROUND, ROOM = 0.09, 0.09  # of an axis: free at both ends, and for a tick's text


@GALLERY.figure(order=1)
def trade_off(found: Comparison, fingerprint: str) -> bytes | None:
    """By what each changes in the divide and in emissions, with intervals of luck and of assumptions too."""
    figure = trade_off_figure(found, fingerprint)
    return png(figure) if figure else None


def trade_off_figure(
    found: Comparison, fingerprint: str, height: float = HEIGHT, across: str = DIVIDE
) -> Figure | None:  # fmt: skip
    """``trade_off`` as a figure of matplotlib, ``height`` [in] without its key, with another measure than the divide
    ``across``; None where there is nothing to draw."""
    points = _points(found, across)
    if not points:
        return None
    errors = any(text.startswith(ERROR) for point in points for text in point.also)
    of = "; error: the frontier's" if errors else ""
    wide = "; ring, thin: luck and assumptions" if found.drawn else ""
    subtitle = f"Change in the last year, scales stretched near 0; thick: luck{wide}{of}"
    key = _key(points) if len(found.scenarios) - 1 > NAMED else []
    room = KEY_LINE * _rows(key) + KEY_GAP if key else 0.0
    line, measures = origin(found, fingerprint).line, (found.measures[across], found.measures[EMISSIONS])
    figure, (ax,) = canvas(_title(measures), subtitle, line, height=height + room, below=room)
    _write(figure, key)
    _axes(ax, points, measures)
    ax.axhline(0, color=LINE, linewidth=1, zorder=1)
    ax.axvline(0, color=LINE, linewidth=1, zorder=1)
    name = _better_field(ax, measures)
    spans = []
    faint = 0.45 if key else 1.0
    for point in points:
        tone = _look(point, key)[0]
        x, y = point.divide.relative, point.emissions.relative
        centre = point.divide.wide_relative, point.emissions.wide_relative
        (x_luck, x_wide), (y_luck, y_wide) = _relative_spans(point.divide), _relative_spans(point.emissions)
        for (place, level), low, high, width, alpha in (
            ((x, y), x_luck, y_luck, 3.0, 1.0), (centre, x_wide, y_wide, 1.0, faint)
        ):  # fmt: skip
            ax.plot(low, [level, level], color=tone, linewidth=width, alpha=alpha, solid_capstyle="butt")
            ax.plot([place, place], high, color=tone, linewidth=width, alpha=alpha, solid_capstyle="butt")
            spans += [(low, (level, level)), ((place, place), high)]
        ax.plot((x, centre[0]), (y, centre[1]), ":", color=tone, linewidth=0.8, alpha=faint, zorder=1.5)
        ax.plot(*([value] for value in centre), "o", color=tone, markersize=4, markerfacecolor="white", alpha=faint,
                zorder=2.8)  # fmt: skip
    figure.draw_without_rendering()
    largest = _mark(ax, points, key)
    taken = _within_field(ax, name) if name else []
    bars = [_bar(ax, *ends) for ends in spans if all(isfinite(end) for span in ends for end in span)]
    number = {entry.point.place: str(entry.number) for entry in key if entry.point}
    spots = [
        LabelSpot(p.divide.relative, p.emissions.relative, (number[p.place],) if key else p.lines, _look(p, key)[0])
        for p in points
    ]
    label_points(ax, spots, MARKER * largest / SIZE, bars, taken)
    return figure


def _mark(ax: Axes, points: "list[_Point]", key: "list[_Entry]") -> float:
    """A marker for each point, a hollow one around those that it would hide; the size of the largest [pt]. Of a canvas
    whose layout is done."""
    places: list[tuple[float, float]] = []
    sizes = [SIZE]
    for point in points:
        tone, marker = _look(point, key)
        at = point.divide.relative, point.emissions.relative
        x, y = map(float, ax.transData.transform(at))
        around = sum(hypot(x - other, y - up) < MARKER for other, up in places)
        sizes.append(SIZE + WIDER * around)
        inner: Any = {"markerfacecolor": "none"} if around else {"markeredgecolor": "white"}
        ax.plot(*([value] for value in at), marker, color=tone, markersize=sizes[-1], zorder=3 - 0.01 * around, **inner)
        places.append((x, y))
    return max(sizes)


@dataclass(frozen=True)
class _Point:
    """A policy in the trade-off."""

    place: int  # among those compared
    title: str
    also: tuple[str, ...]  # what else is said of it
    divide: Effect
    emissions: Effect
    group: str

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands beside it where there is no key."""
        return tuple(line for text in (self.title, *self.also) for line in wrap(text, WRAPPED, break_long_words=False))


def _title(measures: tuple[Measure, Measure]) -> str:
    """What stands above."""
    first, second = ("divide" if of.id == DIVIDE else of.title for of in measures)
    return f"{first[:1].upper()}{first[1:]} against {second[:1].lower()}{second[1:]}"


def _better_field(ax: Axes, measures: tuple[Measure, Measure]) -> Text | None:
    """The field in which both get better, with what that is; none where it is open which way that is."""
    across = measures[0]
    if across.better == "neither":
        return None
    (left, right), (bottom, _) = ax.get_xlim(), ax.get_ylim()
    higher = across.better == "higher"
    width = right if higher else -left
    ax.add_patch(Rectangle((0 if higher else left, bottom), width, -bottom, facecolor=BETTER, alpha=0.1, linewidth=0,
                           zorder=0))  # fmt: skip
    said = ", ".join(
        f"{of.words.comparatives[of.better == 'lower']} {of.title[:1].lower()}{of.title[1:]}" for of in measures
    )
    corner: Any = {"transform": ax.transAxes, "color": BETTER, "fontsize": 8, "style": "italic"}
    return ax.text(0.99 if higher else 0.01, 0.015, said, ha="right" if higher else "left", **corner)


def _within_field(ax: Axes, name: Text) -> list[Box]:
    """Where the field's name stands, on two lines where it would be wider than the field."""
    zero, box = ax.transData.transform((0.0, 0.0))[0], name.get_window_extent()
    if box.x0 < zero < box.x1:
        name.set_text(name.get_text().replace(", ", ",\n"))
    return [Box(*name.get_window_extent().extents)]


def _points(found: Comparison, across: str) -> list[_Point]:
    """The policies of which both axes have a value."""
    points = []
    many = len(found.scenarios) - 1 > NAMED
    for i, title in enumerate(titles(found.scenarios, KEY_TITLE if many else LONGEST)):
        divide, emissions, error = (found.effect(i + 1, id) for id in (across, EMISSIONS, FRONTIER_ERROR))
        if divide and emissions and isfinite(divide.relative) and isfinite(emissions.relative):
            also = []
            if across != FRONTIER_ERROR and error and direction(error) and abs(error.relative) >= LEAST:
                changed = f"{ERROR} {called(found.measures[FRONTIER_ERROR], error)} {by(rough(error.relative))}"
                also.append(changed.replace(" ", "\u00a0"))  # stays in one line
            but = worse(found.measures[across], lambda id, i=i: found.effect(i + 1, id))  # type: ignore[misc]
            also += [f"but {but}"] if but else []
            points.append(_Point(i, title, tuple(also), divide, emissions, _acts_on(found.scenarios[i + 1])))
    return points


def _acts_on(scenario: Scenario) -> str:
    """What the last policy of a scenario acts on, by its first lever; OTHER where it has none."""
    return next((LEVERS[policy.levers[0]].acts_on for policy in scenario.policies[-1:]), OTHER)


@dataclass(frozen=True)
class _Entry:
    """A line of the key: the number of a point, or the heading of a group."""

    group: str
    text: str
    point: _Point | None = None
    number: int = 0

    @property
    def heads(self) -> bool:
        """Whether it is the heading of a group."""
        return bool(self.group) and self.point is None


def _key(points: list[_Point]) -> list[_Entry]:
    """The points by group, numbered, each group below its heading."""
    entries, number = [], 0
    for group in TONES:
        members = [point for point in points if point.group == group]
        entries += [_Entry(group, f"act on {group}")] if members else []
        for point in members:
            number += 1
            first, *more = wrap(", ".join((point.title, *point.also)), KEY)
            entries.append(_Entry(group, first, point, number))
            entries += [_Entry("", line) for line in more]
    return entries


def _first(key: list[_Entry]) -> int:
    """Lines of the first of two columns: as near to half of all as groups end; where there is one alone, as parts
    neither a point from its other lines nor the heading from its points."""
    heads = [i for i, entry in enumerate(key) if entry.heads and i]
    if heads:
        return min(heads, key=lambda i: (max(i, len(key) - i), -i))
    half = (len(key) + 1) // 2
    while half < len(key) and not key[half].group:
        half += 1
    return half - (half > 0 and key[half - 1].heads)


def _rows(key: list[_Entry]) -> int:
    """Lines of the longer one of two columns."""
    return max(_first(key), len(key) - _first(key))


def _look(point: _Point, key: list[_Entry]) -> tuple[str, str]:
    """Tone and marker of a point: its own, or those of its group where there is a key."""
    if not key:
        return look(point.place)[0], MARKERS[point.place % len(MARKERS)]
    return TONES[point.group], MARKERS[list(TONES).index(point.group)]


def _write(figure: Figure, key: list[_Entry]) -> None:
    """The key in two columns, in the room below the axes."""
    height, rows, first = float(figure.get_figheight()), _rows(key), _first(key)
    for i, entry in enumerate(key):
        column, row = (0, i) if i < first else (1, i - first)
        x, y = 0.02 + 0.49 * column, (BELOW + KEY_LINE * (rows - row - 0.5)) / height
        tone = TONES[entry.group] if entry.group else TERTIARY
        letters: Any = {"fontsize": KEY_LETTERS, "va": "center", "color": tone}
        if entry.point:
            marker = MARKERS[list(TONES).index(entry.group)]
            figure.add_artist(Line2D([x + 0.007], [y], color=tone, marker=marker, markersize=4, linestyle=""))
            figure.text(x + 0.038, y, str(entry.number), ha="right", fontweight="bold", **letters)
        style: Any = {"style": "italic"} if entry.heads else {}
        figure.text(x if style else x + 0.045, y, verbatim(entry.text), **letters, **style)


def _relative_spans(change: Effect) -> tuple[Interval, Interval]:
    """Intervals of the relative change: luck, and luck and assumptions."""
    wide = Interval(change.wide_relative_low, change.wide_relative_high)
    return Interval(change.relative_low, change.relative_high), wide


def _axes(ax: Axes, points: list[_Point], measures: tuple[Measure, Measure]) -> None:
    """Axes of ratios that hold all points and intervals, and zero."""
    of = {"x": [point.divide for point in points], "y": [point.emissions for point in points]}
    for (which, effects), measure in zip(of.items(), measures, strict=True):
        values = [-LEAST, LEAST]
        for effect in effects:
            values += [
                effect.relative,
                effect.wide_relative,
                *(end for span in _relative_spans(effect) for end in span),
            ]
        ends = [value for value in values if isfinite(value)]
        axis: Axis = getattr(ax, f"{which}axis")
        ratio_scale(axis, min(ends), max(ends), AROUND, ROOM)
        axis.set_label_text(measure.title, color=TERTIARY)
    ax.grid(visible=True, axis="both")


def _bar(ax: Axes, across: tuple[float, float], up: tuple[float, float]) -> Box:
    """Where an interval is drawn, with a margin [px]."""
    (left, bottom), (right, top) = ax.transData.transform([(across[0], up[0]), (across[1], up[1])])
    return Box(float(left) - BESIDE, float(bottom) - BESIDE, float(right) + BESIDE, float(top) + BESIDE)
