"""What of a comparison holds under every theory of progress and under other laws of scaling, in a line of each."""

from collections.abc import Mapping

from sim.measures import DIVIDE, EMISSIONS
from sim.plurals import counted
from sim.report.certainty import hardly
from sim.report.comparison.theories import HARDLY, holds, in_words
from sim.report.words import on_one_scale
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, Middle

THEORY, LAW = "theory", "scaling law"
OF = {THEORY: " of progress", LAW: ""}  # what stands behind them
TOLD = (DIVIDE, EMISSIONS)


def elsewhere(found: Comparison, laws: Mapping[str, Comparison], theories: Mapping[str, Comparison]) -> list[str]:
    """A sentence for each policy on theories, and on laws, where others were asked for too."""
    usual = found.scenarios[0].law_table
    said = []
    for what, own, others in ((THEORY, usual.theory, theories), (LAW, usual.profile, laws)):
        every = {own: found, **{name: one for name, one in others.items() if one.pairs}}
        if len(every) > 1:
            said += [
                _under(f"{counted(len(every), what)}{OF[what]}", [*every.values()], i)
                for i in range(1, len(found.scenarios))
            ]
    return said


def of_what(found: Comparison, laws: Mapping[str, Comparison], theories: Mapping[str, Comparison]) -> str:
    """Under which one theory and law all of it holds; nothing of what was compared under others, or differs."""
    by_theory, by_law = {one.law_table.theory for one in found.scenarios}, {one.law for one in found.scenarios}
    own = (THEORY, len(by_theory), theories), (LAW, len(by_law), laws)
    alone = [f"one {what}{OF[what]}" for what, many, asked in own if many == 1 and not asked]
    return f"All of it holds under {' and '.join(alone)}; under others it was not compared." if alone else ""


def _under(counted_worlds: str, worlds: list[Comparison], scenario: int) -> str:
    """Under 3 theories of progress: the compute divide may narrow in all; emissions +0.1 to +28 %."""
    title = f"{worlds[0].scenarios[scenario].title}: " if len(worlds[0].scenarios) > 2 else ""
    parts = []
    for id in TOLD:
        measure, changes = worlds[0].measures[id], [one.effect(scenario, id) for one in worlds]
        same = holds(changes)
        if same:
            plural = measure.plural
            verb = hardly(plural) if same == HARDLY else in_words(same, measure, plural=plural)
            parts.append(f"{measure.subject} {verb} in all")
        else:
            parts.append(f"{measure.subject} {_reach(changes)}")
    return f"Under {counted_worlds}: {title}{'; '.join(parts)}."


def _reach(changes: list[Effect | None]) -> str:
    """From the least to the most of all ranges."""
    ranges = [one.told.on(relative=one.is_relative) for one in changes if one and not one.few]
    if len(ranges) < len(changes) or not all(one and one.is_relative for one in changes):
        return "cannot be told in all"
    low, high = min(one.low for one in ranges), max(one.high for one in ranges)
    return on_one_scale(low, Middle(low, low, high), marked=True)[2]
