"""What hardware costs and does with a kilowatt-hour at a time, and what everyone not modelled spends on it."""

from sim.scenario import Scenario
from sim.scenario.schema import Compute


def price(compute: Compute, now: float) -> float:
    """USD per FLOP without energy: halvings are counted, fast ones and then slow ones."""
    fast, slow = (now, now) if now <= compute.trend_end else (compute.trend_end, now)
    halvings = (fast - compute.price_year) / compute.price_halving + (slow - fast) / compute.halving_after
    per_dollar = compute.flop_per_usd * 2**halvings
    return (1 - compute.energy_share) / min(per_dollar, compute.price_limit)


def per_kwh(compute: Compute, now: float) -> float:
    """FLOP per kWh: a kilowatt-hour per FLOP falls to its least."""
    kwh = (1 + compute.energy_gain) ** (compute.energy_year - now) / compute.flop_per_kwh
    return 1 / max(kwh, 1 / compute.energy_limit)


def outside(assumptions: Scenario, years: float) -> float:
    """FLOP/yr of everyone not modelled, from what they spend: it grows as on trend, whatever the price becomes."""
    market, compute, start = assumptions.market, assumptions.compute, assumptions.time.start
    first = market.outside_demand * price(compute, start)
    spent = first * ((1 + market.outside_growth) * 0.5 ** (1 / compute.price_halving)) ** years
    return min(spent, market.outside_limit) / price(compute, start + years)
