"""What a scenario says of a moment or a year: prices, hardware and grids that move by themselves."""

from math import inf

import numpy as np

from sim.arrays import Array, added
from sim.mechanisms import carbon
from sim.mechanisms.abatement import Offer
from sim.quantity import HOURS_PER_YEAR
from sim.scenario import Scenario
from sim.scenario.schema import amount_at, efficiency_at, grown, price_at, series_at, trend


def hardware_price(scenario: Scenario, time: float) -> float:
    """Price of compute net of energy [USD/FLOP] at a time [year]: on trend, then slower, down to its limit."""
    return price_at(scenario.compute, time)


def flop_per_kwh(scenario: Scenario, time: float) -> float:
    """Efficiency of hardware [FLOP/kWh] at a time [year]: on trend, up to its limit."""
    return efficiency_at(scenario.compute, time)


def most_capacity(scenario: Scenario, efficiency: float) -> float:
    """Compute [FLOP/yr] that the electricity to be had can drive with hardware of an efficiency [FLOP/kWh]."""
    return scenario.market.electricity_limit * efficiency


def outside_demand(scenario: Scenario, time: float) -> float:
    """What everyone not modelled wants at no rent [FLOP/yr] at a time [year].

    It grows at a rate while the price of hardware is on trend, by as much less as the price falls less, and is never
    worth more than the most that they spend.
    """
    m, start, price = scenario.market, float(scenario.time.start), hardware_price(scenario, time)
    on_trend = grown(m.outside_demand, m.outside_growth, time - start)
    lag = _over_trend(scenario, time, price) / _over_trend(scenario, start, hardware_price(scenario, start))
    return min(on_trend / lag, m.outside_limit / price)


def _over_trend(scenario: Scenario, time: float, price: float) -> float:
    """A price of hardware [USD/FLOP] over what its trend without an end would be at a time [year]."""
    c = scenario.compute
    endless = trend(1.0 / c.flop_per_usd, c.price_halving, time - c.price_year)
    return price / ((1.0 - c.energy_share) * endless)


def embodied_per_flop(scenario: Scenario, efficiency: float) -> float:
    """Carbon of making hardware of an efficiency [FLOP/kWh], per FLOP done on it [kgCO2e/FLOP]."""
    h = scenario.hardware
    device_hours = HOURS_PER_YEAR / (h.device_power * efficiency)  # power in kWh/yr
    per_flop = carbon.embodied(device_hours, h.device_carbon, h.server_carbon, h.devices_per_server, h.life, h.use)
    return per_flop * scenario.mechanisms.embodied_carbon


def intensity(scenario: Scenario, year: int) -> Array:
    """Carbon intensity of the grids [kgCO2e/kWh] in a calendar year, (regions,)."""
    return np.array([series_at(r.grid_intensity, r.grid_change, year) for r in scenario.regions])


def carbon_price(scenario: Scenario, year: int) -> Array:
    """Carbon prices in force without any policy [USD/kgCO2e] in a calendar year, (regions,)."""
    if not scenario.mechanisms.existing_carbon_prices:
        return np.zeros(len(scenario.regions))
    return np.array([series_at(r.carbon_price, r.carbon_price_growth, year) for r in scenario.regions])


def clean_premium(scenario: Scenario, time: float) -> Array:
    """What the first kWh of firm clean power costs above the grid's [USD/kWh] at a time [year], (regions,)."""
    a = scenario.abatement
    first = np.array([region.clean_premium for region in scenario.regions])
    return np.asarray(first * grown(1.0, a.clean_change, time - a.clean_year))


def offer(scenario: Scenario, time: float) -> Offer:
    """What more clean power and removals cost at a time [year]."""
    a = scenario.abatement
    rise = grown(a.clean_rise, a.clean_change, time - a.clean_year)
    removal = grown(a.removal_price, a.removal_change, time - a.removal_year)
    free = scenario.mechanisms.abatement
    return Offer(rise, removal, removal * a.removal_spread, a.removable if free else 0.0, 1.0 if free else 0.0)


def kept_promise(scenario: Scenario, year: int) -> float:
    """Share of firm clean power that large buyers have because they promised it, in a calendar year."""
    on = scenario.pledges
    return on.credibility * on.clean_share.at(year) if scenario.mechanisms.pledges else 0.0


def connections(scenario: Scenario, year: int) -> float:
    """Most power for hardware that all grids connect anew in a calendar year [kWh/yr per year]."""
    if not scenario.mechanisms.grid_limits:
        return inf
    m, most = scenario.market, float(added(region.grid_connections for region in scenario.regions))
    return grown(most, m.connection_growth, max(year - m.connection_year, 0.0))


def connections_in(scenario: Scenario, year: int) -> Array:
    """Most power that each grid connects anew in a calendar year [kWh/yr per year], (regions,), limited or not."""
    m, by_region = scenario.market, np.array([region.grid_connections for region in scenario.regions])
    return np.asarray(by_region * grown(1.0, m.connection_growth, max(year - m.connection_year, 0.0)))


def electricity(scenario: Scenario, year: int) -> Array:
    """Electricity prices [USD/kWh] in a calendar year, (regions,)."""
    return np.array([amount_at(region.electricity_price, year) for region in scenario.regions])
