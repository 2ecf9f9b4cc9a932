"""What several figures of a comparison share."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from sim.report import words
from sim.report.colours import POLICIES
from sim.report.comparison.titles import behind, told_apart
from sim.report.origin import Dated, FigureOrigin
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.variants import CHANGED

DASHES = ("-", "--", "-.", ":")
FEW = 3  # policies whose ranges over drawn assumptions can be told apart in one panel
STILL = 0.1  # of an axis on which nothing changes: free at both ends, a root of a change
LONGEST = 60  # letters of a scenario's title in a figure, in several lines
TICKS = sorted({sign * m * 10.0**e for sign in (-1, 1) for e in range(-2, 9) for m in (1, 2, 5)})
FINER = 1e-4  # times such a tick, where none of them has room
NEARLY_ALL = (-0.8, -0.9, -0.95, -0.98, -0.99, -0.999, -0.9999)  # falls that are told apart
OF_RATIOS = sorted(tick for tick in {*TICKS, *NEARLY_ALL} if tick > -1)
Scaling = Callable[[ArrayLike], NDArray[np.float64]]
FROM = re.compile(r",? from (\d{4})$")


def percent(value: float, _: object = None) -> str:
    """A relative change for people: a tick of an axis, or a factor where it is large."""
    if words.is_factor(value):
        return f"×{1 + value:.3g}"
    return f"{100 * value:+.4g} %".replace("-", words.MINUS) if value else "0"


def origin(found: Comparison, fingerprint: str) -> FigureOrigin:
    """Where the figures come from, with the dates of each policy that is compared."""
    baseline = found.scenarios[0]
    return FigureOrigin(
        title=f"Against {baseline.title}",
        replicates=len(found.pairs),
        seed=baseline.run.seed,
        fingerprint=fingerprint,
        years=(found.years[0], found.years[-1]),
        policies=tuple(date for scenario in found.scenarios[1:] for date in dated(scenario)),
        trends_end=min(scenario.trends_end for scenario in found.scenarios),
        spread="{} paired replicates",
    )


def dated(scenario: Scenario) -> tuple[Dated, ...]:
    """The dates of its policies."""
    return tuple(Dated(policy.id, policy.start, policy.end) for policy in scenario.policies)


def look(i: int) -> tuple[str, str]:
    """Tone and dash of the i-th policy: twenty that differ."""
    return POLICIES[i % len(POLICIES)], DASHES[i % len(DASHES)]


def titles(scenarios: list[Scenario], longest: int = LONGEST) -> list[str]:
    """What scenarios but the first are called in figures: their titles in so many letters, without a year that all
    share, and behind one that several have what is set otherwise in each; the name of the file where that tells no two
    apart, and for one that a setting changed alone, whose title may tell a number that no longer holds."""
    differs = told_apart(scenarios)
    first, *others = [
        CHANGED.sub("", one.title) if one.name in differs else title
        for one, title in zip(scenarios, _titles_as_changed(scenarios), strict=True)
    ]
    years = {found[1] for title in others if (found := FROM.search(title))}
    said = [FROM.sub("", title) if len(years) == 1 else title for title in others]
    cut = [
        shortened(behind(title, differs.get(one.name, "")), longest)
        for one, title in zip(scenarios[1:], said, strict=True)
    ]
    count = Counter([behind(first, differs.get(scenarios[0].name, "")), *cut])
    names = [scenario.name.replace("_", " ") for scenario in scenarios[1:]]
    return [title if count[title] == 1 else shortened(name) for title, name in zip(cut, names, strict=True)]


def _titles_as_changed(scenarios: list[Scenario]) -> list[str]:
    """Titles without what settings changed; of one that is not changed as the first is, the name of its file."""
    found, of_first = [], CHANGED.search(scenarios[0].title)
    for scenario in scenarios:
        title, change = " ".join(scenario.title.split()), CHANGED.search(scenario.title)
        alone = change is not None and (of_first is None or change[1] != of_first[1])
        found.append(f"{_named(scenario)} (changed)" if alone else CHANGED.sub("", title))
    return found


def _named(scenario: Scenario) -> str:
    name = scenario.name.replace("_", " ")
    return name[:1].upper() + name[1:]


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text of no more than so many letters, cut between words where it can be."""
    if len(text) <= longest:
        return text
    return (text[:longest].rpartition(" ")[0] or text[: longest - 1]).rstrip(",;:") + "…"


def root_scale(axis: Axis, low: float, high: float, around: float, room: float) -> None:
    """Make an axis one of signed square roots, on which small changes have room beside large ones: from ``low`` to
    ``high`` with a share ``around`` of it free at both ends, and ticks that are a share ``room`` of it apart."""
    _scaled(axis, (low, high), (_root, _square), (TICKS, around, room))


def ratio_scale(axis: Axis, low: float, high: float, around: float, room: float) -> None:
    """The same of the ratio's logarithm: falls by nearly all have room too, and twice is as far as half."""
    _scaled(axis, (low, high), (_log_root, _of_log_root), (OF_RATIOS, around, room))


def _scaled(
    axis: Axis, span: tuple[float, float], functions: tuple[Scaling, Scaling],
    ticks: tuple[Sequence[float], float, float],
) -> None:  # fmt: skip
    """An axis from low to high, scaled forth and back; ticks, what is free around them and the room of each."""
    (forth, back), (among, around, room) = functions, ticks
    ends = [float(end) for end in forth(list(span))]
    free = around * (ends[1] - ends[0]) or STILL
    first, last = ends[0] - free, ends[1] + free
    which: str = axis.axis_name  # type: ignore[attr-defined]
    getattr(axis.axes, f"set_{which}scale")("function", functions=functions)
    getattr(axis.axes, f"set_{which}lim")(*back([first, last]))
    places = dict(zip(among, map(float, forth(among)), strict=True))
    inside = {tick: at for tick, at in places.items() if tick >= -1 and first <= at <= last}
    told = _apart(inside, room * (last - first))
    if told == [0.0]:
        finer = [FINER * tick for tick in TICKS]
        places = dict(zip(finer, map(float, forth(finer)), strict=True))
        told = _apart({tick: at for tick, at in places.items() if first <= at <= last}, room * (last - first))
    axis.set_major_locator(FixedLocator(told))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(percent))


def _apart(places: dict[float, float], room: float) -> list[float]:
    """Round changes whose texts do not meet, the outermost first, and none."""
    kept = {0.0: 0.0}
    for value, at in sorted(places.items(), key=lambda entry: abs(entry[1]), reverse=True):
        if all(abs(at - other) > room for other in kept.values()):
            kept[value] = at
    return sorted(kept)


def _log_root(values: ArrayLike) -> NDArray[np.float64]:
    """Signed square roots of the logarithm of ratios, of changes; beyond a fall that leaves a ten-thousandth straight
    on, so that a fall by all has a place."""
    found = np.asarray(values, dtype=float)
    logs = np.log1p(np.maximum(found, NEARLY_ALL[-1]))
    return _root(logs + np.minimum(found - NEARLY_ALL[-1], 0.0) / (1.0 + NEARLY_ALL[-1]))


def _of_log_root(values: ArrayLike) -> NDArray[np.float64]:
    """What they are those of."""
    logs, least = _square(values), np.log1p(NEARLY_ALL[-1])
    return np.asarray(np.expm1(np.maximum(logs, least)) + np.minimum(logs - least, 0.0) * (1.0 + NEARLY_ALL[-1]))


def _root(values: ArrayLike) -> NDArray[np.float64]:
    """Signed square roots."""
    found = np.asarray(values, dtype=float)
    return np.asarray(np.sign(found) * np.sqrt(np.abs(found)))


def _square(values: ArrayLike) -> NDArray[np.float64]:
    """What they are the signed square roots of."""
    found = np.asarray(values, dtype=float)
    return np.asarray(found * np.abs(found))
