"""How compute is sold, slowly: prices by trying them, contracts before a spot market, or a queue."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

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


class Asked(NamedTuple):
    """What buyers ask for at a price of emission permits: permits and cost per FLOP, and the most each may buy."""

    carbon: list[float]
    cost: list[float]
    most: list[float]
    purse: list[float] | None = None  # where money depends on that price too


def sell_permitted(
    ask: Callable[[float], Asked], carbon_cap: float, licensed: list[float], compute_cap: float,
    rule: str, purse: list[float], *rest: Any,
) -> tuple[Sale, float, float]:  # fmt: skip
    """The sale, with the prices of emission permits and of compute permits at which neither cap is exceeded."""

    def with_licenses(price: float) -> tuple[Sale, float]:
        def with_permits(permit: float) -> tuple[Sale, list[float]]:
            carbon, own, most, money = ask(permit)
            cost = [c + price * share + permit * kg for c, share, kg in zip(own, licensed, carbon, strict=True)]
            return sell(rule, money or purse, cost, most, *rest), carbon

        permit = lowest_price(lambda p: used(*with_permits(p)), carbon_cap, purse)
        return with_permits(permit)[0], permit

    license = lowest_price(lambda p: used(with_licenses(p)[0], licensed), compute_cap, purse)
    sale, permit = with_licenses(license)
    return sale, permit, license


def used(sale: Sale, per_flop: list[float]) -> float:
    """Permits that a sale uses."""
    return sum(bought * need for bought, need in zip(sale.bought, per_flop, strict=True))


def lowest_price(demand: Callable[[float], float], cap: float, purse: list[float]) -> float:
    """The lowest price at which demand for permits stays within the cap; nothing while it does anyway."""
    if demand(0.0) <= cap:
        return 0.0
    return crossing(lambda price: scarcity(cap, demand(price)), 0.0, sum(purse) / cap)


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
