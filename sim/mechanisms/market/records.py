"""Who buys and sells compute and permits, and what the markets settle on."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.records import record

SLACK, CLEARED, RATIONED, FREE = "slack", "cleared", "rationed", "free"
TOLERANCE, CHECKED = 1e-13, 1e-9  # of capacity and cap: the solver's precision, and what is verified
MOST_TRIES = 200

Price = Array | float  # of emission permits [USD/kgCO2e]: of each kind, (markets,), or of the only one


class Answer(NamedTuple):
    """What buyers are like at a price of emission permits, (n,)."""

    unit_cost: Array  # USD/FLOP in full, before rent and permits
    carbon: Array  # kgCO2e/FLOP that needs permits; (markets, n) where there are kinds of them
    most: Array  # FLOP/yr


class Places(NamedTuple):
    """Where buyers compute, and what a FLOP is like there at a price of emission permits, (regions, n) unless said
    otherwise. As usual means: were carbon priced by policies in every region as little as in the one where it is
    least."""

    share: Array  # of a buyer's compute, as usual
    usual: Array  # USD/FLOP before rent, permits included, as usual
    usual_most: Array  # (n,) FLOP/yr, as usual
    unit_cost: Array  # USD/FLOP in full, before rent and permits
    carbon: Array  # kgCO2e/FLOP that needs permits; (markets, regions, n) where there are kinds of them
    most: Array  # (n,) FLOP/yr of a buyer who computes where it usually does


@record
class Buyers:
    """Those who buy compute, by columns of (n,)."""

    spend: Array  # USD/yr
    unit_cost: Array  # USD/FLOP in full, before rent and permits; above 0
    most: Array  # FLOP/yr; infinite for no limit
    carbon: Array  # kgCO2e/FLOP that needs permits; (markets, n) where there are kinds of them
    reserved: Array  # FLOP/yr held under contract; of no effect unless contracts allocate
    licensed: Array | float = 1.0  # share of compute that needs compute permits
    answer: Callable[[Any], NamedTuple] | None = None  # columns at a ``Price`` of permits, where they move
    places: Callable[[Any], Places] | None = None  # at a ``Price`` of permits, where each buys region by region

    def at(self, permit: Price) -> "Buyers":
        """These buyers at a price of emission permits. What they emit falls in it, and with permits their unit cost is
        concave in it."""
        return self if self.answer is None else replace(self, **self.answer(permit)._asdict())  # an Answer, or Cells

    def under_one(self) -> "Buyers":
        """These buyers where there is one kind of permits, so that nothing is told apart by kind."""
        answer, places = self.answer, self.places

        def one(give: Callable[[Any], Any]) -> Callable[[float], Any]:
            def given(permit: float) -> Any:
                found = give(np.array([permit]))
                return found._replace(carbon=found.carbon[0])

            return given

        return replace(
            self, carbon=self.carbon[0], answer=answer and one(answer), places=places and one(places)
        )  # fmt: skip


@record
class Outside:
    """Everyone else who buys compute."""

    demand: float  # FLOP/yr at no rent
    price: float  # USD/FLOP of hardware
    elasticity: float
    reserved: float  # FLOP/yr held under contract


@record
class Supply:
    """Compute there is, and the rule by which it is allocated."""

    rule: str
    capacity: float  # FLOP/yr
    ceiling: float  # USD/FLOP: the highest rent


@record
class Caps:
    """Permits issued, and the highest price that anyone pays for one of emissions."""

    carbon: Array | float = inf  # kgCO2e/yr, (markets,) where there are kinds of permits
    compute: float = inf  # FLOP/yr
    permit_ceiling: float = inf  # USD/kgCO2e


@record
class Clearing:
    """What the markets settle on."""

    compute: Array  # FLOP/yr, (n,)
    paid: Array  # USD/yr in full, (n,)
    price: Array  # USD/FLOP in full on average, (n,); for who buys nothing, what a FLOP would cost
    outside: float  # FLOP/yr
    rent: float  # USD/FLOP
    permit_price: Array | float  # USD/kgCO2e, (markets,) where there are kinds of permits
    outcome: str  # slack, cleared or rationed
    permits: str  # free, cleared or rationed
    license_price: float = 0.0  # USD/FLOP of a compute permit
    licenses: str = "free"  # free, cleared or rationed
    where: Array | None = None  # (regions, n) shares of compute, where each bought region by region
