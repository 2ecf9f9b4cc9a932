"""Whether policies add up, in sentences: what they do combined beside what each does alone."""

from math import isfinite

from sim.measures import Measure, told
from sim.measures.economy import OUTLAY, REVENUE
from sim.report.certainty import statement
from sim.report.comparison.titles import called
from sim.report.comparison.verdict import listed
from sim.results.certainty import DIRECTED, NEAR, NEAR_POINTS, Sureness, sureness
from sim.results.combined import Combination, beside_sum, combinations
from sim.results.comparison import Comparison
from sim.results.statistics import Effect

ADDED = "Factors are multiplied, public money is added up."


def sentences(found: Comparison) -> list[str]:
    """A few sentences for each scenario that has the policies of others combined; none without a finished pair."""
    return [_said(found, one) for one in combinations(found)] if found.pairs else []


def _said(found: Comparison, one: Combination) -> str:
    pair, year = beside_sum(found, one), found.years[-1]
    ids = dict.fromkeys([*told("policy", found.measures), *found.asked_measures, OUTLAY, REVENUE])
    changes = {found.measures[id]: change for id in ids if (change := pair.effect(1, id))}
    first = f"{_of_what(found, one)}Do they add up?"
    if all(change.few for change in changes.values()):
        return f"{first} Too few replicates to say."
    moved = {m: change for m, change in changes.items() if not (m.told.money and _nothing(found, one, m.id))}
    alike = [m for m, change in moved.items() if change.is_nothing or sureness(change) is Sureness.HARDLY]
    beyond = {m: change for m, change in moved.items() if m not in alike and sureness(change) in DIRECTED}
    open_ = [m for m in moved if m not in alike and m not in beyond]
    nearly = not open_ and all(map(_is_small, beyond.values()))
    what = "" if nearly or not alike else f" in {listed([m.subject for m in alike])}"
    how = ("Nearly" if beyond else "Yes") if nearly else "Not in all" if alike else "No"
    alone = f": together they do in {year} what each does alone{what}." if nearly or alike else "."
    return " ".join(filter(None, [f"{first} {how}{alone}", _more(beyond, small=nearly), _open(open_), ADDED]))


def _more(beyond: dict[Measure, Effect], *, small: bool) -> str:
    """What they do beyond that."""
    more = "; ".join(statement(change, m, change.luck.on(relative=change.in_percent)) for m, change in beyond.items())
    return f"Beyond that{', and small' if small else ''}: {more}." if more else ""


def _open(measures: list[Measure]) -> str:
    """In which measures it is unclear."""
    return f"Unclear in {listed([m.subject for m in measures])}." if measures else ""


def _of_what(found: Comparison, one: Combination) -> str:
    """Which policies are meant, where the comparison has others too."""
    if len(one.parts) == len(found.names) - 1:
        return ""
    names = called(found.scenarios)
    return f"""{listed([f'"{names[found.scenarios[part].name]}"' for part in one.parts])}: """


def _is_small(change: Effect) -> bool:
    """Whether it is near nothing, of amounts beside what each does alone, with all of its range."""
    relative = isfinite(change.relative)
    if not relative and not change.in_points:
        return False
    ends = (*change.told.on(relative=relative), change.luck.on(relative=relative).middle)
    return all(abs(end) < (NEAR if relative else NEAR_POINTS) for end in ends)


def _nothing(found: Comparison, one: Combination, id: str) -> bool:
    """Whether neither the combination nor any of its parts changes a measure."""
    changes = [found.effect(place, id) for place in (one.place, *one.parts)]
    return all(change is None or change.is_nothing for change in changes)
