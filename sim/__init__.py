"""Who can still take part in deep learning, and what would a policy change?

>>> from sim import load, ComputeEconomy
>>> model = ComputeEconomy(load("scenarios/baseline.toml"), seed=1)
>>> model.step()

Names are handed on lazily, so that ``import sim`` stays instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for checkers alone, which look for mistakes in calls
    from sim.api import Comparison as Comparison
    from sim.api import Run as Run
    from sim.api import advance as advance
    from sim.api import begin as begin
    from sim.api import compare as compare
    from sim.api import load as load
    from sim.api import open_study as open_study
    from sim.api import resume as resume
    from sim.api import run as run
    from sim.api import sensitivity as sensitivity
    from sim.api import sweep as sweep
    from sim.economy.state import World as World
    from sim.errors import InputError as InputError
    from sim.examine import Decomposition as Decomposition
    from sim.examine import decompose as decompose
    from sim.examine import validate as validate
    from sim.examine import verify as verify
    from sim.model import ComputeEconomy as ComputeEconomy
    from sim.scenario import Scenario as Scenario

    __version__: str

_HOMES = {
    "Comparison": "sim.api", "Run": "sim.api", "advance": "sim.api", "begin": "sim.api", "compare": "sim.api",
    "load": "sim.api", "open_study": "sim.api", "resume": "sim.api", "run": "sim.api", "sensitivity": "sim.api",
    "sweep": "sim.api",
    "Decomposition": "sim.examine", "decompose": "sim.examine", "validate": "sim.examine", "verify": "sim.examine",
    "ComputeEconomy": "sim.model", "InputError": "sim.errors", "Scenario": "sim.scenario", "World": "sim.economy.state",
}  # fmt: skip

__all__ = [
    "Comparison", "ComputeEconomy", "Decomposition", "InputError", "Run", "Scenario", "World",
    "advance", "begin", "compare", "decompose", "load", "open_study", "resume", "run",
    "sensitivity", "sweep", "validate", "verify",
]  # fmt: skip


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("compute-divide")
        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
