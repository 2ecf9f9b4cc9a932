"""How compute is sold, slowly: prices by trying them, contracts before a spot market, or a queue."""

from collections.abc import Callable, Sequence
from functools import cache
from math import inf
from typing import Any, NamedTuple

from tests.reference.policies import Market
from tests.reference.roots import crossing


class Sale(NamedTuple):
    """What the market settles on."""

    bought: list[float]
    paid: list[float]
    outside: float
    rent: float
    outcome: str


Rule = Callable[[list[float], list[float], list[float], float, float], Sale]
UNPRICED: dict[str, Rule] = {}  # rules of allocation without a price for scarce compute, by name


def unpriced(rule: Rule) -> Rule:
    """Declare a rule by which compute is sold at cost. Its name is that of the function."""
    UNPRICED[rule.__name__] = rule
    return rule


def spot(
    purse: Sequence[float], cost: Sequence[float], most: Sequence[float], capacity: float,
    outside: Callable[[float], float], ceiling: float,
) -> tuple[list[float], float, float, str]:  # fmt: skip
    """No rent while all demand fits; else the rent at which it fits; at the highest rent, everyone gets a part."""

    def demand(rent: float) -> list[float]:
        return [min(money / (c + rent), limit) for money, c, limit in zip(purse, cost, most, strict=True)]

    def total(rent: float) -> float:
        return sum(demand(rent)) + outside(rent)

    low, high, served = 0.0, ceiling, 1.0
    if total(low) <= capacity:
        outcome, rent = "slack", low
    elif total(high) > capacity:
        outcome, rent, served = "rationed", high, capacity / total(high)
    else:
        outcome, rent = "cleared", crossing(lambda rent: scarcity(capacity, total(rent)), low, high)
    return [wish * served for wish in demand(rent)], outside(rent) * served, rent, outcome


def sell(
    rule: str, purse: list[float], cost: list[float], most: list[float], reserved: list[float], capacity: float,
    wanted: float, outside_reserved: float, price: float, elasticity: float, ceiling: float,
) -> Sale:  # fmt: skip
    """Sell ``capacity`` by a rule to those with money, and to the outside."""
    if rule in UNPRICED:
        return UNPRICED[rule](purse, cost, most, capacity, wanted)
    held, other_held, part = [0.0] * len(purse), 0.0, 1.0
    if rule == "contracts":
        held = [min(r, m, p / c) for r, m, p, c in zip(reserved, most, purse, cost, strict=True)]
        other_held = min(outside_reserved, wanted)
        part = min(1.0, capacity / (sum(held) + other_held)) if sum(held) + other_held > 0 else 1.0
        held, other_held = [part * h for h in held], part * other_held
    left = [max(p - h * c, 0.0) for p, h, c in zip(purse, held, cost, strict=True)]
    room = [m - h for m, h in zip(most, held, strict=True)]
    free = 0.0 if part < 1 else max(capacity - sum(held) - other_held, 0.0)

    def outside(rent: float) -> float:
        return (wanted - other_held) * (price / (price + rent)) ** elasticity

    bought, other, rent, outcome = spot(left, cost, room, free, outside, ceiling)
    paid = [h * c + b * (c + rent) for h, b, c in zip(held, bought, cost, strict=True)]
    return Sale([h + b for h, b in zip(held, bought, strict=True)], paid, other + other_held, rent, outcome)


def affords(money: float, cost: float, rent: float, held: float) -> float:
    """What money buys at a cost and a rent, which what is held under contract does not bear."""
    return money / cost if money <= held * cost else held + (money - held * cost) / (cost + rent)


def enough(flop: float, price: float, rent: float, held: float, serving: float) -> float:
    """Money for ``flop`` of training at a price that holds a rent; beside serving, it has its part of what is held."""
    if held == 0 or flop * price == inf:
        return flop * price

    def beyond(money: float) -> float:
        free = held * money / (money + serving)
        return 1 - (flop * price - rent * min(free, flop)) / money

    return crossing(beyond, flop * (price - rent) / 2, flop * price)


Prices = dict[Market, float]  # of emission permits


def sell_licensed(
    rule: str, purse: list[float], cost: list[float], most: list[float], licensed: list[float], cap: float, *rest: Any
) -> tuple[Sale, float]:
    """The sale, with the price of compute permits at which their cap is not exceeded."""

    @cache
    def at(price: float) -> Sale:
        return sell(rule, purse, [c + price * share for c, share in zip(cost, licensed, strict=True)], most, *rest)

    license = nearest_price(lambda price: used(at(price), licensed), cap, sum(purse))
    return at(license), license


def one_after_the_other(
    used_of: Callable[[Market, Prices], float], caps: dict[Market, float], bounds: dict[Market, tuple[float, float]],
    last: Prices, money: float,
) -> Prices:  # fmt: skip
    """Prices at which each market is at its cap, or at its lowest or highest price: each is set while the others stay,
    until none moves, beginning with the ``last`` ones."""
    permits = {market: min(max(last[market], lowest), highest) for market, (lowest, highest) in bounds.items()}
    for _ in range(1000):
        before = dict(permits)
        for market, cap in caps.items():
            near = permits[market]
            price = nearest_price(lambda p, m=market: used_of(m, permits | {m: p}), cap, money, near)
            permits[market] = min(max(price, bounds[market][0]), bounds[market][1])
        if len(caps) == 1 or all(abs(permits[m] - before[m]) <= 1e-11 * permits[m] for m in caps):
            break
    return permits


def used(sale: Sale, per_flop: list[float]) -> float:
    """Permits that a sale uses."""
    return sum(bought * need for bought, need in zip(sale.bought, per_flop, strict=True))


def nearest_price(demand: Callable[[float], float], cap: float, money: float, near: float = 0.0) -> float:
    """The price at which demand for permits stays within the cap; nothing while it does anyway. With as much ``money``
    no more can be bought than money / price; more is spent as prices rise, perhaps. It is looked for close to ``near``
    first, and then outwards from there: demand may rise in the price again, where full grids send less work on.
    """
    for away in (1e-8, 1e-4, 1e-1):
        if near and demand(near * (1 - away)) > cap >= demand(near * (1 + away)):
            return crossing(lambda price: scarcity(cap, demand(price)), near * (1 - away), near * (1 + away))
    if demand(0.0) <= cap:
        return 0.0
    low, high = 0.0, near or money / cap
    while demand(high) > cap:
        low, high = high, 2 * high
    while near and not low:
        low, high = (high / 2, high) if demand(high / 2) > cap else (0.0, high / 2)
    return crossing(lambda price: scarcity(cap, demand(price)), low, high)


def scarcity(there: float, demand: float) -> float:
    """Below zero where more is asked for than there is; almost straight in the price, as money buys 1 / price."""
    return there / max(demand, there / 1e9) - 1


@unpriced
def queue(purse: list[float], cost: list[float], most: list[float], capacity: float, wanted: float) -> Sale:
    """Largest first, at cost; the outside gets its part before."""
    wishes = [min(p / c, m) for p, c, m in zip(purse, cost, most, strict=True)]
    total = sum(wishes) + wanted
    if total <= capacity:
        return Sale(wishes, [w * c for w, c in zip(wishes, cost, strict=True)], wanted, 0.0, "slack")
    other = wanted * capacity / total
    left, bought = capacity - other, [0.0] * len(wishes)
    for size in sorted(set(wishes), reverse=True):
        equals = [row for row, wish in enumerate(wishes) if wish == size]
        for row in equals:
            bought[row] = min(size, left / len(equals))
        left -= sum(bought[row] for row in equals)
    return Sale(bought, [b * c for b, c in zip(bought, cost, strict=True)], other, 0.0, "rationed")
