"""Whether policies add up, in sentences: what they do combined beside what each does alone."""

from sim.measures import told
from sim.measures.economy import OUTLAY, REVENUE
from sim.report.certainty import statement
from sim.report.comparison.verdict import listed
from sim.report.words import spaced
from sim.results.certainty import DIRECTED, Sureness, sureness
from sim.results.combined import Combination, beside_sum, combinations
from sim.results.comparison import Comparison

ADDED = "factors multiplied, public money added up"


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
    moved = {m: change for m, change in changes.items() if not (m.told.money and _nothing(found, one, m.id))}
    alike = [m for m, change in moved.items() if change.is_nothing or sureness(change) is Sureness.HARDLY]
    beyond = {m: change for m, change in moved.items() if m not in alike and sureness(change) in DIRECTED}
    open_ = [m for m in moved if m not in alike and m not in beyond]
    more = [statement(change, m, change.luck(relative=change.in_percent)) for m, change in beyond.items()]
    said = [
        f"yes in {listed([m.subject for m in alike])}" if alike else "",
        f"beyond that {'; '.join(more)}" if more else "",
        f"unclear in {listed([m.subject for m in open_])}" if open_ else "",
    ]  # fmt: skip
    if beyond or open_:
        return f"Do they add up? Against what each does alone ({ADDED}), {who}: {'; '.join(filter(None, said))}."
    return f"Do they add up? Yes: {who}, do what each does alone ({ADDED})."


def _nothing(found: Comparison, one: Combination, id: str) -> bool:
    """Whether neither the combination nor any of its parts changes a measure."""
    changes = [found.effect(place, id) for place in (one.place, *one.parts)]
    return all(change is None or change.is_nothing for change in changes)
