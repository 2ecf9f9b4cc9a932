"""Everything that a policy, a measure or a kind of actor of one's own is written with, in one place.

>>> from sim.extend import Policy, View, quantity

Names are handed on from where they are at home when they are asked for: a file that is itself part of ``sim`` may
import them from here too.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for checkers alone, which look for mistakes in calls
    from sim.actors.base import Economy as Economy
    from sim.actors.base import Endowment as Endowment
    from sim.actors.base import Funds as Funds
    from sim.actors.base import Kind as Kind
    from sim.actors.base import OwnMeans as OwnMeans
    from sim.arrays import Array as Array
    from sim.arrays import added as added
    from sim.economy.observe import Period as Period
    from sim.errors import BrokenCode as BrokenCode
    from sim.errors import InputError as InputError
    from sim.errors import Notice as Notice
    from sim.mathematics import exp as exp
    from sim.mathematics import log as log
    from sim.mathematics import power as power
    from sim.measures.base import Told as Told
    from sim.measures.base import Words as Words
    from sim.measures.base import measure as measure
    from sim.policies.base import FALLS as FALLS
    from sim.policies.base import RISES as RISES
    from sim.policies.base import Claim as Claim
    from sim.policies.base import Policy as Policy
    from sim.policies.base import Refusal as Refusal
    from sim.policies.programme import Programme as Programme
    from sim.policies.view import Before as Before
    from sim.policies.view import View as View
    from sim.quantity import choice as choice
    from sim.quantity import flag as flag
    from sim.quantity import integer as integer
    from sim.quantity import names as names
    from sim.quantity import quantity as quantity

HOMES = {
    "Economy": "sim.actors.base", "Endowment": "sim.actors.base", "Funds": "sim.actors.base",
    "Kind": "sim.actors.base", "OwnMeans": "sim.actors.base",
    "Array": "sim.arrays", "added": "sim.arrays",
    "Period": "sim.economy.observe",
    "BrokenCode": "sim.errors", "InputError": "sim.errors", "Notice": "sim.errors",
    "exp": "sim.mathematics", "log": "sim.mathematics", "power": "sim.mathematics",
    "Told": "sim.measures.base", "Words": "sim.measures.base", "measure": "sim.measures.base",
    "FALLS": "sim.policies.base", "RISES": "sim.policies.base", "Claim": "sim.policies.base",
    "Policy": "sim.policies.base", "Refusal": "sim.policies.base",
    "Programme": "sim.policies.programme",
    "Before": "sim.policies.view", "View": "sim.policies.view",
    "choice": "sim.quantity", "flag": "sim.quantity", "integer": "sim.quantity", "names": "sim.quantity",
    "quantity": "sim.quantity",
}  # fmt: skip
__all__ = [*HOMES]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in HOMES:
            return getattr(import_module(HOMES[name]), name)
        raise AttributeError(f"module 'sim.extend' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
