"""Measures: one declared function each. Dropping a file into this folder registers the measures it declares."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sim.measures.base import DECLARED, Measure
from sim.period import Period


@cache
def registry() -> dict[str, Measure]:
    """Every measure by its id, in the order in which a reader meets them."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {measure.id: measure for measure in sorted(DECLARED, key=lambda measure: measure.order)}


__all__ = ["Measure", "Period", "registry"]
