"""What policies change under each law of the benchmark, and what of it holds under all."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.measures import DIVIDE, EMISSIONS
from sim.report.comparison import effects
from sim.report.comparison.theories import holds, survives
from sim.report.words import NONE, number
from sim.results.comparison import Comparison

AS_IT_STANDS = "as it stands"
LAW = "law"

Laws = Mapping[str, Comparison]  # the same scenarios by law


@dataclass(frozen=True)
class LawSummary:
    """The compared scenarios under a law: the baseline's levels, and what each of the others changes."""

    law: str
    replicates: int
    columns: list[str]
    rows: dict[str, list[str]]  # by scenario, the baseline first


def under_laws(found: Comparison, others: Laws) -> list[LawSummary]:
    """A table for each law: the baseline's own, as it stands, and the others; none where no other was asked for."""
    return [_law(law, under) for law, under in _every(found, others).items() if under.pairs]


def what_holds(found: Comparison, others: Laws) -> list[str]:
    """A sentence for each scenario on what it does under every law."""
    every = _every(found, others)
    if not every or not all(one.pairs for one in every.values()):
        return []
    replicates = min(len(one.pairs) for one in every.values())
    known = {id: found.measures[id] for id in _shown(found)}
    return [
        survives(
            name,
            {id: holds([one.effect(i, id) for one in every.values()]) for id in known},
            replicates,
            known,
            LAW,
            found.asked_measures,
        )
        for i, name in enumerate(found.names, start=1)
    ]


def _every(found: Comparison, others: Laws) -> Laws:
    own = f"{found.scenarios[0].law_table.profile}, {AS_IT_STANDS}"
    return {own: found, **others} if others else {}


def _shown(found: Comparison) -> list[str]:
    return list(dict.fromkeys((DIVIDE, EMISSIONS, *found.asked_measures)))


def _law(law: str, under: Comparison) -> LawSummary:
    ids = _shown(under)
    units = {id: under.measures[id].unit_under(under.scenarios[0].law) for id in ids}
    changes = {name: [under.effect(name, id) for id in ids] for name in under.names}
    first = next(iter(changes.values()))
    levels = [number(one.baseline, units[id]) if one else NONE for id, one in zip(ids, first, strict=True)]
    cells = {
        name: [effects.cell(one, units[id], levels=False) for id, one in zip(ids, of, strict=True)]
        for name, of in changes.items()
    }
    columns = [under.measures[id].label for id in ids]
    return LawSummary(law, len(under.pairs), columns, {under.scenarios[0].name: levels, **cells})
