"""Theories of progress: who gains how much from better algorithms and from scale. Dropping a file into this folder
registers the theory it defines; its numbers stand under its name in ``sim/data/laws.toml``.
"""

from sim.mechanisms.theories.base import Theory
from sim.registry import defined

THEORIES: dict[str, type[Theory]] = defined(Theory, "name", __name__, __path__)  # by their name

__all__ = ["THEORIES", "Theory"]
