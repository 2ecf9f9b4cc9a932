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
    "load": "sim.api",
    "Scenario": "sim.scenario",
    "ComputeEconomy": "sim.model",
    "World": "sim.economy.state",
    "begin": "sim.api",
    "advance": "sim.api",
    "compare": "sim.api",
    "run": "sim.api",
    "Comparison": "sim.api",
    "Run": "sim.api",
    "Result": "sim.api",
    "sweep": "sim.api",
    "sensitivity": "sim.api",
    "resume": "sim.api",
    "open_study": "sim.api",
    "decompose": "sim.examine",
    "Decomposition": "sim.examine",
    "validate": "sim.examine",
    "verify": "sim.examine",
}

__all__ = [
    "Comparison", "ComputeEconomy", "Decomposition", "InputError", "Result", "Run", "Scenario", "World",
    "advance", "begin", "compare", "decompose", "load", "open_study", "resume", "run",
    "sensitivity", "sweep", "validate", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("compute-divide")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
