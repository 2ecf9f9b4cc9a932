"""Who can still take part in deep learning, and what would a policy change?

>>> from sim import load, ComputeEconomy
>>> model = ComputeEconomy(load("scenarios/baseline.toml"), seed=1)
>>> model.step()

Names are handed on lazily, so that ``import sim`` stays instant.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "InputError": "sim.errors",
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "ComputeEconomy": "sim.model",
    "World": "sim.economy.state",
    "compare": "sim.experiment",
    "run": "sim.experiment",
    "Comparison": "sim.results",
    "Result": "sim.results",
}

__all__ = ["Comparison", "ComputeEconomy", "InputError", "Result", "Scenario", "World", "compare", "load", "run"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
