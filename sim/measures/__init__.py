"""Measures: one declared function each. Dropping a file into this folder registers the measures it declares."""

from functools import cache

from sim.economy.observe import Period
from sim.measures.access import DIVIDE, FRONTIER_ERROR
from sim.measures.base import DECLARED, Measure
from sim.measures.carbon import EMISSIONS, in_region
from sim.measures.kinds import of_kind
from sim.registry import present


@cache
def registry(regions: tuple[str, ...] = (), kinds: tuple[str, ...] = ()) -> dict[str, Measure]:
    """Every measure by its id, in the order in which a reader meets them, whatever was imported first.

    For each region of a scenario there is one more, and for each kind of actor that the measures do not know by name
    a few more.
    """
    present(__name__, __path__)
    found = sorted(DECLARED, key=lambda measure: (measure.order, measure.home))
    found += [in_region(i, id) for i, id in enumerate(regions)]
    found += [measure for id in kinds for measure in of_kind(id)]
    return {measure.id: measure for measure in found}


def headline() -> list[str]:
    """Ids of the measures that stand in the short table of a run."""
    return [id for id, measure in registry().items() if measure.headline]


def told(where: str) -> dict[str, Measure]:
    """Measures that have a place there (a field of ``Told``), by id and in the order of the places."""
    found = [measure for measure in registry().values() if getattr(measure.told, where)]
    return {measure.id: measure for measure in sorted(found, key=lambda measure: int(getattr(measure.told, where)))}


__all__ = ["DIVIDE", "EMISSIONS", "FRONTIER_ERROR", "Measure", "Period", "headline", "registry", "told"]
