"""The step once more, one actor at a time: what the simulator's arrays are checked against."""

from tests.reference.economy import ReferenceEconomy

__all__ = ["ReferenceEconomy"]
