"""What of a comparison holds under every theory of progress and under other laws of scaling, for a page to hand on."""

from collections.abc import Mapping

from sim.mathematics import log
from sim.measures import DIVIDE, EMISSIONS
from sim.plurals import counted
from sim.report.certainty import amount, hardly
from sim.report.comparison.theories import HARDLY, holds, in_words
from sim.report.comparison.titles import called
from sim.report.words import MINUS, number, on_one_scale, reach, spaced
from sim.results.certainty import log_ratio
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, Middle

THEORY, LAW = "theory", "scaling law"
OF = {THEORY: " of progress", LAW: ""}  # what stands behind them
FAR = 10  # times by which a world's own level differs from the baseline's from which it is told beside percents
UNTOLD = "cannot be told in all"

Worlds = Mapping[str, Comparison]  # the same scenarios by theory, or by law


def in_other_worlds(found: Comparison, laws: Worlds, theories: Worlds) -> list[str]:
    """A sentence for each policy on theories, and on laws, where others were asked for too; behind each of both one on
    measures that are at levels far from the baseline's."""
    usual = found.scenarios[0].law_table
    said = []
    for what, own, others in ((THEORY, usual.theory, theories), (LAW, usual.profile, laws)):
        every = {own: found, **{name: one for name, one in others.items() if one.pairs}}
        if len(every) > 1:
            under = f"{counted(len(every), what)}{OF[what]}"
            said += [_under(under, [*every.values()], i) for i in range(1, len(found.scenarios))]
            said += filter(None, [_levels(what, every)])
    return said


def of_what(found: Comparison, laws: Worlds, theories: Worlds) -> str:
    """Under which one theory and law all of it holds; nothing of what was compared under others, or differs."""
    by_theory, by_law = {one.law_table.theory for one in found.scenarios}, {one.law for one in found.scenarios}
    own = (THEORY, len(by_theory), theories), (LAW, len(by_law), laws)
    alone = [f"one {what}{OF[what]}" for what, many, asked in own if many == 1 and not asked]
    return f"All of it holds under {' and '.join(alone)}; under others it was not compared." if alone else ""


def _told(found: Comparison) -> list[str]:
    """The measures that are spoken of: what was asked for first."""
    return list(dict.fromkeys((*found.asked_measures, DIVIDE, EMISSIONS)))


def _under(counted_worlds: str, worlds: list[Comparison], scenario: int) -> str:
    """Under 3 theories of progress: the training compute of labs may rise in all, +15 % to 250-fold; the compute divide
    may narrow in all; emissions +0.1 to +28 %."""
    every = worlds[0].scenarios
    title = f"{called(every)[every[scenario].name]}: " if len(every) > 2 else ""
    parts = []
    for id in _told(worlds[0]):
        measure, changes = worlds[0].measures[id], [one.effect(scenario, id) for one in worlds]
        same, ends = holds(changes), _reach(changes, [measure.unit_under(one.scenarios[0].law) for one in worlds])
        if same:
            plural = measure.plural
            verb = hardly(plural) if same == HARDLY else in_words(same, measure, plural=plural)
            sized = id in worlds[0].asked_measures and same != HARDLY and ends != UNTOLD
            parts.append(f"{measure.subject} {verb} in all{f', {ends}' if sized else ''}")
        else:
            parts.append(f"{measure.subject} {ends}")
    return f"Under {counted_worlds}: {title}{'; '.join(parts)}."


def _reach(changes: list[Effect | None], units: list[str]) -> str:
    """From the least to the most of all ranges, and of all sizes on the numbers as they stand: in percent where all
    have them, else in amounts of one unit."""
    told = [one for one in changes if one and not one.few]
    relative = all(one.in_percent for one in told)
    if len(told) < len(changes) or not (relative or len(set(units)) == 1):
        return UNTOLD
    ends = [end for one in told for end in one.told.on(relative=relative)[1:]]
    ends += [one.luck.on(relative=relative).middle for one in told]
    low, high = min(ends), max(ends)
    if relative:
        return on_one_scale(low, Middle(low, low, high), marked=True)[2]
    return reach(*(f"{MINUS if end < 0 else '+' if end > 0 else ''}{amount(end, units[0])}" for end in (low, high)))


def _levels(what: str, worlds: Worlds) -> str:
    """Sizes are of very different levels: without it emissions are down to 320 k tCO2e/yr under the scaling law x, not
    210 M tCO2e/yr. Of each measure the world farthest from the baseline is named; nothing where all levels are within
    FAR times of each other."""
    (_, found), *others = worlds.items()
    parts = []
    for id in _told(found):
        measure, own = found.measures[id], found.effect(1, id)
        levels = {name: change.baseline for name, one in others if (change := one.effect(1, id)) and change.in_percent}
        if own is None or not own.in_percent or not levels:
            continue
        name = max(levels, key=lambda name: abs(_over(levels[name], own)))
        if abs(_over(levels[name], own)) > log(FAR):
            level, usual = (number(one, measure.unit_under(found.scenarios[0].law), 2)
                            for one in (levels[name], own.baseline))  # fmt: skip
            way = f"{'are' if measure.plural else 'is'} {'up' if _over(levels[name], own) > 0 else 'down'} to"
            parts.append(f"{measure.subject} {way} {level} under the {what} {spaced(name)}, not {usual}")
    them = "it" if len(found.scenarios) == 2 else "them"
    return f"Sizes are of very different levels: without {them} {'; '.join(parts)}." if parts else ""


def _over(level: float, own: Effect) -> float:
    """The logarithm of a level over that of the baseline."""
    return log_ratio(level / own.baseline - 1.0)
