"""Energy and operational carbon of compute, by region."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def energy_per_flop(pue: Array, flop_per_kwh: float) -> Array:
    """kWh per FLOP at the meter: PUE (power usage effectiveness) over the hardware's FLOP per kWh."""
    return pue / flop_per_kwh


def by_region(energy: Array, region_share: Array) -> Array:
    """Split an energy [kWh or kWh per FLOP], shape (n,), over regions by shares (n, regions): shape (n, regions)."""
    return energy[:, None] * region_share


def emissions(energy: Array, intensity: Array) -> Array:
    """Carbon [kgCO2e, or per FLOP] of energy (n, regions) at location-based average intensities [kgCO2e/kWh].

    Location-based accounting of operational emissions: Lacoste et al. 2019; Patterson et al. 2021.
    """
    return energy * intensity


def across(values: Array, prices: Array) -> Array:
    """Sum over regions of values (n, regions) times prices, (regions,) or (n, regions): shape (n,).

    A sum of products, never a product of averages.
    """
    return np.asarray((values * prices).sum(axis=1))
