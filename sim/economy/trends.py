"""What a scenario says of a moment or a year: prices, hardware and grids that move by themselves."""

import numpy as np

from sim.arrays import Array
from sim.mechanisms import carbon
from sim.scenario import Scenario
from sim.scenario.schema import grown, series_at, trend


def hardware_price(scenario: Scenario, time: float) -> float:
    """Price of compute net of energy [USD/FLOP] at a time [year]."""
    compute = scenario.compute
    whole = trend(1.0 / compute.flop_per_usd, compute.price_halving, time - compute.price_year)
    return (1.0 - compute.energy_share) * whole


def flop_per_kwh(scenario: Scenario, time: float) -> float:
    """Efficiency of hardware [FLOP/kWh] at a time [year]."""
    compute = scenario.compute
    return grown(compute.flop_per_kwh, compute.energy_gain, time - compute.energy_year)


def embodied_per_flop(scenario: Scenario, time: float) -> float:
    """Carbon of making hardware, per FLOP done on it [kgCO2e/FLOP], at a time [year]."""
    h = scenario.hardware
    device_hours = carbon.HOURS_PER_YEAR / (h.device_power * flop_per_kwh(scenario, time))  # power in kWh/yr
    per_flop = carbon.embodied(device_hours, h.device_carbon, h.server_carbon, h.devices_per_server, h.life, h.use)
    return per_flop * scenario.mechanisms.embodied_carbon


def intensity(scenario: Scenario, year: int) -> Array:
    """Carbon intensity of the grids [kgCO2e/kWh] in a calendar year, (regions,)."""
    return np.array([series_at(r.grid_intensity, r.grid_change, year) for r in scenario.regions])


def carbon_price(scenario: Scenario, year: int) -> Array:
    """Carbon prices in force without any policy [USD/kgCO2e] in a calendar year, (regions,)."""
    return np.array([series_at(r.carbon_price, r.carbon_price_growth, year) for r in scenario.regions])


def electricity(scenario: Scenario) -> Array:
    """Electricity prices [USD/kWh], (regions,)."""
    return np.array([region.electricity_price for region in scenario.regions])
