"""Published tables, recomputed with the laws and the carbon accounting that the simulation uses."""

from collections.abc import Callable

from sim.evidence import bloom, patterson, strubell, thompson
from sim.evidence.cells import Cell, Reproduction

__all__ = ["SOURCES", "Cell", "Reproduction"]

SOURCES: dict[str, Callable[[], Reproduction]] = {
    "thompson": thompson.reproduce,
    "strubell": strubell.reproduce,
    "patterson": patterson.reproduce,
    "bloom": bloom.reproduce,
}
