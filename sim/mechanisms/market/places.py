"""Buyers who buy region by region, each with a part of its money.

A buyer computes in several regions. While policies price carbon alike in all of them it buys one bundle. Where they do
not, what it would have paid in each region is the money that it has there, and it buys there what that money pays for.
"""

import numpy as np

from sim.arrays import Array, Block, Table
from sim.compiled import equation, loop
from sim.mathematics import fill
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
    money = np.empty(places.share.shape)
    _parts(places.share, places.usual, usual.unit_cost, found.price, money)
    return money


@loop
def _parts(share: Table, cost: Table, whole: Array, price: Array, money: Block) -> None:
    """``part`` of each buyer's money in each region."""
    for region in range(share.shape[0]):
        for i in range(whole.size):
            rent = max(price[i] - whole[i], 0.0)
            money[region, i] = part(share[region, i], cost[region, i], whole[i], rent)


def cells(buyers: Buyers, places: Places, money: Array) -> Buyers:
    """One order for each region and buyer, (regions * n,), of buyers with parts ``money`` (regions, n) of their
    money."""
    found, licensed = np.empty((4, money.size)), np.ascontiguousarray(np.broadcast_to(buyers.licensed, money[0].shape))
    _cells(money, places.share, buyers.spend, places.most, buyers.reserved, licensed, found)
    spend, most, reserved, licensed = found
    carbon = places.carbon.reshape(len(places.carbon), -1)
    return Buyers(spend, places.unit_cost.ravel(), most, carbon, reserved, licensed)


@loop
def _cells(
    money: Table, share: Table, spend: Array, most: Array, reserved: Array, licensed: Array, found: Block
) -> None:
    """Money, most, what is reserved and what needs compute permits of each order."""
    for region in range(share.shape[0]):
        for i in range(spend.size):
            at = region * spend.size + i
            found[0, at] = spend[i] * money[region, i]
            found[1, at] = most[i] * share[region, i] if share[region, i] > 0.0 else 0.0
            found[2, at] = reserved[i] * share[region, i]
            found[3, at] = licensed[i]


def limits(most: Array, share: Array) -> Array:
    """Limits of orders that are parts of their buyers'; nothing of no limit is nothing."""
    with np.errstate(invalid="ignore"):
        return np.where(share > 0, most * share, 0.0)


def together(found: Clearing, money: Array, spend: Array) -> Clearing:
    """What cells bought, by buyer. The price of who buys nothing is what a dollar would buy, over a dollar."""
    compute, paid, price = (each.reshape(money.shape) for each in (found.compute, found.paid, found.price))
    sums, where = np.empty((3, spend.size)), np.empty(money.shape)
    _together(compute, paid, price, money, spend, sums, where)
    bought, whole, mean = sums
    return Clearing(
        bought, whole, mean, found.outside, found.rent, found.outcome, license_price=found.license_price,
        licenses=found.licenses, where=where, rented=found.rented,
    )  # fmt: skip


@loop
def _together(
    compute: Table, paid: Table, price: Table, money: Table, spend: Array, sums: Block, where: Block
) -> None:  # fmt: skip
    """What each bought, paid and paid for a FLOP, and the parts of it by region."""
    for row in range(sums.shape[0]):
        fill(sums[row], 0.0)
    for region in range(money.shape[0]):
        for i in range(spend.size):
            sums[0, i] += compute[region, i]
            sums[1, i] += paid[region, i]
            sums[2, i] += money[region, i] / price[region, i]
    for region in range(money.shape[0]):
        for i in range(spend.size):
            if sums[0, i] > 0.0:
                where[region, i] = compute[region, i] / sums[0, i]
            else:
                where[region, i] = money[region, i] / price[region, i] / sums[2, i]
    for i in range(spend.size):
        sums[1, i] = min(sums[1, i], spend[i])
        sums[2, i] = sums[1, i] / sums[0, i] if sums[0, i] > 0.0 else 1.0 / sums[2, i]


def twice(places: Places, share: Array) -> Places:
    """Places of buyers who buy twice, for training and for serving, each a ``share`` (2 n,)."""
    doubled = Places(*(np.tile(each, 2) for each in places))
    return doubled._replace(usual_most=limits(doubled.usual_most, share), most=limits(doubled.most, share))
