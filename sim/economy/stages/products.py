"""The market for AI products: where it tends, and customers who come back."""

from dataclasses import replace
from math import isfinite, log

import numpy as np

from sim.arrays import Array
from sim.economy.state import Actors, Fixed, Sellers
from sim.mechanisms import product


def at_rest(fixed: Fixed, sellers: Sellers, products: float) -> float:
    """Where the market [USD/yr] tends with the errors at hand; as it is, ``products``, when nobody sells."""
    p, share = fixed.scenario.product, sellers.share
    sold = share > 0
    ln_error = float((share[sold] * np.log(sellers.access[sold])).sum())
    if isfinite(sellers.open_error):
        ln_error += (1.0 - float(share.sum())) * log(sellers.open_error)
    elif not sold.any():
        return products
    return product.market_at_rest(p.size, p.growth_exponent, p.cap, fixed.scenario.law_table.start_error, ln_error)


def after(fixed: Fixed, actors: Actors, open_error: float, products: float, dt: float) -> tuple[Actors, float]:
    """The actors, with customers' habit, and the market [USD/yr] after a step, with the errors reached in it."""
    sellers = Sellers.of(fixed, actors, open_error)
    if fixed.scenario.mechanisms.brand_habit:
        actors = replace(actors, reach=_habit(fixed, actors, sellers, dt))
        sellers = Sellers.of(fixed, actors, open_error)
    rest = at_rest(fixed, sellers, products)
    return actors, product.adopted(products, rest, fixed.scenario.product.adoption, dt)


def _habit(fixed: Fixed, actors: Actors, sellers: Sellers, dt: float) -> Array:
    """Reach after a step in which customers come back to those who sold."""
    reach, selling = actors.reach.copy(), np.flatnonzero(sellers.share > 0)
    if selling.size:
        rate = fixed.scenario.product.habit
        reach[selling] = product.habit(reach[selling], sellers.share[selling], rate, dt)
    return reach
