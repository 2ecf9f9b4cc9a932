"""A rule by which scarce compute is allocated."""

from abc import ABC, abstractmethod
from typing import ClassVar

from sim.mechanisms.market.records import Buyers, Clearing, Outside
from sim.registry import UNLISTED


class Rule(ABC):
    """Fits demand to capacity. Subclasses state ``name``, what scenarios write, and ``allocate``."""

    name: ClassVar[str]
    order: ClassVar[int] = UNLISTED  # place in the list of rules
    priced: ClassVar[bool] = True  # whether there is a price, beside which permits can be traded
    reserves: ClassVar[bool] = False  # whether what is held under contract bears no rent

    @staticmethod
    @abstractmethod
    def allocate(buyers: Buyers, capacity: float, outside: Outside, ceiling: float) -> Clearing:
        """What is bought of ``capacity`` [FLOP/yr] at no rent above ``ceiling`` [USD/FLOP]; permits are paid in what a
        FLOP costs each."""
