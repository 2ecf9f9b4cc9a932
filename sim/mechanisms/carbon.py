"""Energy and carbon of compute: at the meter, by place, and embodied in hardware.

The same functions account for the published tables and for the simulation. Intensities are location-based yearly
averages, as in Strubell 2019, Lacoste 2019, Patterson 2021 and Luccioni 2022; marginal accounting (Dodge 2022) would
need hourly data.
"""

from sim.compiled import equation
from sim.quantity import HOURS_PER_YEAR, WATTS_PER_KILOWATT


def device_energy(watts: float, hours: float) -> float:
    """Energy of hardware that draws ``watts`` for ``hours`` [kWh]."""
    return watts * hours / WATTS_PER_KILOWATT


@equation
def at_the_meter(energy: float, pue: float) -> float:
    """Energy of the whole data centre [as ``energy``]: the hardware's times the PUE (power usage effectiveness)."""
    return energy * pue


@equation
def energy_per_flop(pue: float, flop_per_kwh: float) -> float:
    """kWh at the meter per FLOP, from the hardware's FLOP per kWh."""
    return at_the_meter(1.0 / flop_per_kwh, pue)


@equation
def emissions(energy: float, intensity: float) -> float:
    """Operational carbon [kgCO2e, or per FLOP] of energy [kWh] at an average intensity [kgCO2e/kWh]."""
    return energy * intensity


def embodied(
    device_hours: float, device_kg: float, server_kg: float, devices_per_server: float, life_years: float, use: float
) -> float:
    """Carbon of making the hardware [kgCO2e] that falls to a number of device hours.

    Each device carries its own carbon and its part of the server's, spread over the hours it works in its life:
    ``life_years`` at a share ``use``. Source: Luccioni et al. 2022, section 3.2.
    """
    working_hours = life_years * HOURS_PER_YEAR * use
    return device_hours * (device_kg + server_kg / devices_per_server) / working_hours
