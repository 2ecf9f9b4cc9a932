"""Whether policies add up, in sentences: what they do combined beside what each does alone."""

from sim.measures import told
from sim.measures.economy import OUTLAY, REVENUE
from sim.report.certainty import statement
from sim.report.comparison.verdict import listed
from sim.report.words import spaced
from sim.results.certainty import Sureness, sureness
from sim.results.combined import Combination, beside_sum, combinations
from sim.results.comparison import Comparison

ADDED = "added up (ratios multiplied)"


def sentences(found: Comparison) -> list[str]:
    """A sentence for each scenario that has the policies of others combined; none without a finished pair."""
    return [_sentence(found, one) for one in combinations(found)] if found.pairs else []


def _sentence(found: Comparison, one: Combination) -> str:
    names = listed([spaced(found.scenarios[part].name) for part in one.parts])
    pair, who = beside_sum(found, one), f"{names} combined, in {found.years[-1]}"
    ids = dict.fromkeys([*told("policy", found.measures), *found.told, OUTLAY, REVENUE])
    changes = {found.measures[id]: change for id in ids if (change := pair.effect(1, id))}
    if all(change.few for change in changes.values()):
        return f"Do they add up? Too few replicates to say: {who}."
    alike = [m for m, change in changes.items() if change.is_nothing or sureness(change) is Sureness.HARDLY]
    parts = [
        statement(change, measure, change.luck(relative=change.in_percent))
        for measure, change in changes.items() if measure not in alike
    ]  # fmt: skip
    if not parts:
        return f"Do they add up? Yes: {who}, do what each does alone, {ADDED}."
    most = f"Yes in {listed([measure.subject for measure in alike])}. Beyond" if alike else "No: beyond"
    return f"Do they add up? {most} what each does alone, {ADDED}, {'; '.join(parts)} ({who})."
