"""Who buys and sells compute and permits, and what the markets settle on."""

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

from sim.arrays import Array
from sim.records import record

SLACK, CLEARED, RATIONED, FREE = "slack", "cleared", "rationed", "free"
TOLERANCE, CHECKED = 1e-13, 1e-9  # of capacity and cap: the solver's precision, and what is verified
MOST_TRIES = 200


class NoRest(ArithmeticError):
    """Markets that no prices were found for at which all of them rest."""


class Places(NamedTuple):
    """Where buyers compute, and what a FLOP is like there, (regions, n) unless said otherwise. As usual means: were
    carbon priced by policies in every region as little as in the one where it is least."""

    share: Array  # of a buyer's compute, as usual
    usual: Array  # USD/FLOP before rent, permits included, as usual
    usual_most: Array  # (n,) FLOP/yr, as usual
    unit_cost: Array  # USD/FLOP in full, before rent and permits
    carbon: Array  # kgCO2e/FLOP that needs permits, (markets, regions, n)
    most: Array  # (n,) FLOP/yr of a buyer who computes where it usually does


@record
class Buyers:
    """Those who buy compute, by columns of (n,)."""

    spend: Array  # USD/yr
    unit_cost: Array  # USD/FLOP in full, before rent and permits; above 0
    most: Array  # FLOP/yr; infinite for no limit
    carbon: Array  # kgCO2e/FLOP that needs permits, (markets, n), or (n,) of one market
    reserved: Array  # FLOP/yr held under contract; of no effect unless contracts allocate
    licensed: Array | float = 1.0  # share of compute that needs compute permits
    places: Places | None = None  # where each buys region by region


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
    """Permits issued. One of emissions costs at least the lowest price, and what is asked for at the highest is sold
    whatever the cap."""

    carbon: Array | float = inf  # kgCO2e/yr, (markets,), or of the only one
    compute: float = inf  # FLOP/yr
    lowest: Array | float = 0.0  # USD/kgCO2e, as carbon or of all alike
    highest: Array | float = inf  # USD/kgCO2e, the same way


class Request(NamedTuple):
    """What is asked of the market, and what there is, at some prices of emission permits."""

    buyers: Buyers
    supply: Supply
    training: Array | None = None  # (n,) share of their money that is for training
    basis: Any = None  # what it follows from, for who asks


Ask = Callable[[Array], Request]  # at prices (markets,) [USD/kgCO2e]


@record
class Clearing:
    """What the markets settle on."""

    compute: Array  # FLOP/yr, (n,)
    paid: Array  # USD/yr in full, (n,)
    price: Array  # USD/FLOP in full on average, (n,); for who buys nothing, what a FLOP would cost
    outside: float  # FLOP/yr
    rent: float  # USD/FLOP
    outcome: str  # slack, cleared or rationed
    permit_price: Array | float = 0.0  # USD/kgCO2e, (markets,), or of the only one
    permits: str = FREE  # free, cleared or rationed
    license_price: float = 0.0  # USD/FLOP of a compute permit
    licenses: str = FREE  # free, cleared or rationed
    where: Array | None = None  # (regions, n) shares of compute, where each bought region by region
    rented: float = 1.0  # part of buyers' compute for which they pay the rent
