"""What it emits and the energy it takes."""

from sim.measures.base import measure
from sim.period import Period

KG_PER_TONNE = 1000.0
KWH_PER_MWH = 1000.0


@measure(
    "emissions_total", "Emissions", "tCO2e/yr",
    "operational emissions of training compute in the year, by place", order=13, better="lower",
)  # fmt: skip
def emissions_total(p: Period) -> float:
    return float(p.emissions.sum()) / KG_PER_TONNE


@measure(
    "emissions_cumulative", "Emissions since the start", "tCO2e",
    "operational emissions of training compute since the start", order=14, better="lower", over="year-end",
)  # fmt: skip
def emissions_cumulative(p: Period) -> float:
    return p.emitted / KG_PER_TONNE


@measure(
    "energy_total", "Energy", "MWh/yr", "electricity of training compute in the year, data centres included",
    order=15, better="lower",
)  # fmt: skip
def energy_total(p: Period) -> float:
    return float(p.energy.sum()) / KWH_PER_MWH
