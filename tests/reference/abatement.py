"""Clean power and removals, slowly: each is bought as long as one more costs less than the carbon that it saves."""

from collections.abc import Callable
from functools import cache
from math import exp, inf, log1p
from typing import NamedTuple

from sim.scenario import Scenario
from tests.reference.roots import crossing

ALMOST_ALL = 8759 / 8760


class Terms(NamedTuple):
    """What a year's clean power and removals cost."""

    rise: float
    removal: float
    dearest_removal: float
    removable: float
    free: bool  # whether clean power is chosen for its price at all


class Done(NamedTuple):
    """What is done about a kWh in one place: shares of clean power in the middle and at the end of the step, the share
    removed of what is left, what clean power costs per kWh, and removals per kg left."""

    clean: float
    clean_after: float
    removed: float
    premium: float
    removal: float


def terms(assumptions: Scenario, now: float) -> Terms:
    """Costs at a moment."""
    a = assumptions.abatement
    cheaper = (1 + a.removal_change) ** (now - a.removal_year)
    return Terms(
        a.clean_rise * (1 + a.clean_change) ** (now - a.clean_year),
        a.removal_price * cheaper, a.removal_price * (1 + a.removal_spread) * cheaper,
        a.removable if assumptions.mechanisms.abatement else 0.0, assumptions.mechanisms.abatement,
    )  # fmt: skip


def worth_buying(marginal: Callable[[float], float], worth: float, most: float) -> float:
    """How much is bought at a rising marginal cost."""
    return crossing(lambda amount: marginal(amount) - worth, 0.0, most)


@cache
def removal(price: float, on: Terms) -> tuple[float, float]:
    """Share removed at a price of carbon, and what it costs per kg left: the mean of the first and the last."""

    def marginal(share: float) -> float:
        return on.removal + (on.dearest_removal - on.removal) * share

    share = worth_buying(marginal, price, on.removable)
    return share, share * (on.removal + marginal(share)) / 2


@cache
def wanted(price: float, dirt: float, first: float, on: Terms) -> tuple[float, float, float]:
    """Share of clean power at a price of carbon, the share removed of what is left, and what that costs per kg."""
    removed, cost = removal(price, on)
    saved = dirt * (price * (1 - removed) + cost)  # USD per kWh turned clean
    share = worth_buying(lambda share: first + on.rise * share / (1 - share), saved, ALMOST_ALL) if on.free else 0.0
    return share, removed, cost


def done(
    price: float,
    dirt: float,
    first: float,
    on: Terms,
    before: float,
    build: float,
    contract: float,
    dt: float,
    promised: float,
) -> Done:
    """What is done at a price of carbon, as far as contracts and building allow."""
    share, removed, cost = wanted(price, dirt, first, on)
    if share < promised and first < inf:
        share = promised

    def after(years: float) -> float:
        return min(max(share, before * exp(-years / contract)), min(before + build * years, ALMOST_ALL))

    clean = after(dt / 2)
    premium = 0.0 if not clean else first * clean + on.rise * -(log1p(-clean) + clean)
    return Done(clean, after(dt), removed, premium, cost)
