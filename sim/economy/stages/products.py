"""The market for AI products: where it tends, and customers who come back."""

from dataclasses import replace
from math import isfinite

import numpy as np

from sim.arrays import Array
from sim.economy.moment import pace
from sim.economy.state import Actors, Fixed, Sellers
from sim.mathematics import log, total
from sim.mechanisms import planning, product


def at_rest(fixed: Fixed, sellers: Sellers, products: float) -> float:
    """Where the market [USD/yr] tends with the errors at hand; as it is, ``products``, when nobody sells."""
    p, ln_error = fixed.scenario.product, sellers.ln_used
    if isfinite(sellers.open_error):
        ln_error += (1.0 - total(sellers.share)) * log(sellers.open_error)
    elif not sellers.share.any():
        return products
    start = fixed.scenario.law_table.start_error
    return float(product.market_at_rest(p.size, p.growth_exponent, p.cap, start, ln_error))


def after(fixed: Fixed, actors: Actors, open_error: float, products: float) -> tuple[Actors, float]:
    """The actors, with customers' habit, and the market [USD/yr] after a step, with the errors reached in it."""
    sellers = Sellers.of(fixed, actors, open_error)
    if fixed.scenario.mechanisms.brand_habit:
        actors = replace(actors, reach=_habit(fixed, actors, sellers))
        sellers = Sellers.of(fixed, actors, open_error)
    rest = at_rest(fixed, sellers, products)
    return actors, float(planning.approached(products, rest, pace(fixed.scenario).adoption.whole))


def _habit(fixed: Fixed, actors: Actors, sellers: Sellers) -> Array:
    """Reach after a step in which customers come back to those who sold; its sum stays."""
    share, reach = sellers.share, actors.reach
    if not share.any():
        return reach
    target = share / share.sum() * reach[share > 0].sum()
    closed = pace(fixed.scenario).habit
    return np.where(share > 0, reach + (target - reach) * closed, reach)
