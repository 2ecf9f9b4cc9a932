"""Scaling laws: the error that compute can reach. Dropping a file into this folder registers the law it defines.

A law maps the physical FLOP of a training run to an error rate (a fraction), or to a loss. ``AnchoredLaw`` carries one
into a world where algorithms improve.
"""

from sim.mechanisms.scaling.anchored import AnchoredLaw
from sim.mechanisms.scaling.base import Law
from sim.registry import defined

LAWS: dict[str, type[Law]] = defined(Law, "form", __name__, __path__)  # by their form

__all__ = ["LAWS", "AnchoredLaw", "Law"]
