"""Buyers who buy region by region, each with a part of its money.

A buyer computes in several regions. While policies price carbon alike in all of them it buys one bundle. Where they do
not, what it would have paid in each region is the money that it has there, and it buys there what that money pays for.
"""

import numpy as np

from sim.arrays import Array
from sim.compiled import equation
from sim.mechanisms.market.records import Buyers, Clearing, Places


@equation
def part(share: float, cost: float, whole: float, rent: float) -> float:
    """Part of its money that a buyer pays in a region: where a ``share`` of its compute costs ``cost`` a FLOP, and all
    of it ``whole`` on average, beside the ``rent`` [USD/FLOP]."""
    return share * (cost + rent) / (whole + rent)


def bundle(buyers: Buyers, places: Places) -> Buyers:
    """The buyers as usual, permits paid in full: each buys one bundle over its regions."""
    whole, nothing = (places.share * places.usual).sum(axis=0), np.zeros(buyers.spend.size)
    return Buyers(buyers.spend, whole, places.usual_most, nothing, buyers.reserved, buyers.licensed)


def parts(places: Places, usual: Buyers, found: Clearing) -> Array:
    """Parts of money by region, (regions, n), where bundles ``usual`` would clear as ``found``. What each pays above
    its own cost, for scarce compute, is the same in all regions."""
    rent = np.maximum(found.price - usual.unit_cost, 0.0)
    return part(places.share, places.usual, usual.unit_cost, rent)


def cells(buyers: Buyers, places: Places, money: Array) -> Buyers:
    """One order for each region and buyer, (regions * n,), of buyers with parts ``money`` (regions, n) of their
    money."""
    licensed = np.tile(np.broadcast_to(buyers.licensed, buyers.spend.shape), len(money))
    return Buyers(
        (buyers.spend * money).ravel(), places.unit_cost.ravel(), limits(places.most, places.share).ravel(),
        places.carbon.reshape(len(places.carbon), -1), (buyers.reserved * places.share).ravel(), licensed,
    )  # fmt: skip


def limits(most: Array, share: Array) -> Array:
    """Limits of orders that are parts of their buyers'; nothing of no limit is nothing."""
    with np.errstate(invalid="ignore"):
        return np.where(share > 0, most * share, 0.0)


def together(found: Clearing, money: Array, spend: Array) -> Clearing:
    """What cells bought, by buyer. The price of who buys nothing is what a dollar would buy, over a dollar."""
    compute, paid, price = (each.reshape(money.shape) for each in (found.compute, found.paid, found.price))
    bought, whole = compute.sum(axis=0), np.minimum(paid.sum(axis=0), spend)
    a_dollar = money / price
    where = np.where(bought > 0, compute, a_dollar)
    mean = np.divide(whole, bought, out=1.0 / a_dollar.sum(axis=0), where=bought > 0)
    return Clearing(
        bought, whole, mean, found.outside, found.rent, found.outcome, license_price=found.license_price,
        licenses=found.licenses, where=where / where.sum(axis=0),
    )  # fmt: skip


def twice(places: Places, share: Array) -> Places:
    """Places of buyers who buy twice, for training and for serving, each a ``share`` (2 n,)."""
    doubled = Places(*(np.tile(each, 2) for each in places))
    return doubled._replace(usual_most=limits(doubled.usual_most, share), most=limits(doubled.most, share))
