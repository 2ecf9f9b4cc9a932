"""What it emits and the energy it takes."""

from functools import partial
from math import nan

from sim.arrays import added
from sim.economy.observe import Period
from sim.mathematics import total
from sim.measures.access import halving_carbon
from sim.measures.base import Measure, Told, Words, measure
from sim.measures.ids import GROUPS, emissions_in, emissions_of
from sim.measures.shared import part, whole
from sim.quantity import KG_PER_TONNE, KWH_PER_MWH

# Ids by which results, words and figures ask for a measure.
EMISSIONS, OPERATIONAL, EMBODIED = "emissions_total", "emissions_operational", "emissions_embodied"
ENERGY, DAMAGE, INTENSITY = "energy_total", "climate_damage", "carbon_intensity"
ABATEMENT = "abatement_cost"
GROSS, CLEAN_POWER, REMOVALS = "emissions_gross", "clean_power_share", "emissions_removed"
OF_TRAINING, OF_SERVING, HALVING_CARS = "emissions_training", "emissions_inference", "next_halving_cars"

RISE = ("rise", "fall")
MANY = Words(verbs=RISE)


def _all(p: Period) -> float:
    """Operational and embodied emissions of all actors [kgCO2e]."""
    return float(total(p.carbon))


def _operational(p: Period) -> float:
    """Operational emissions of all actors [kgCO2e]."""
    return float(added(p.emitted_in))


@measure(
    EMISSIONS, "Emissions", "tCO2e/yr",
    "emissions of the year: operational and embodied, of training and of serving customers", order=15,
    better="lower", words=Words("emissions", RISE, level="yearly emissions", makes=("raises", "cuts")),
    told=Told(run=5, policy=5, total=1, parts=2, card=2, by_year=2),
)  # fmt: skip
def emissions_total(p: Period) -> float:
    return p.once(_all) / KG_PER_TONNE


@measure(
    "emissions_cumulative", "Emissions since the start", "tCO2e",
    "emissions since the start, operational and embodied, of training and of serving customers", order=16,
    better="lower", over="year-end",
    words=MANY,
)  # fmt: skip
def emissions_cumulative(p: Period) -> float:
    return p.emitted / KG_PER_TONNE


@measure(
    ENERGY, "Energy", "MWh/yr",
    "electricity of the year's compute, training and serving, data centres included", order=17,
    better="lower", words=Words("electricity"),
)  # fmt: skip
def energy_total(p: Period) -> float:
    return float(p.energy.sum()) / KWH_PER_MWH


@measure(
    OPERATIONAL, "Operational emissions", "tCO2e/yr",
    "emissions of the electricity used, by place, net of clean power and removals",
    better="lower", words=MANY,
)  # fmt: skip
def operational(p: Period) -> float:
    return p.once(_operational) / KG_PER_TONNE


@measure(
    GROSS, "Gross operational emissions", "tCO2e/yr",
    "what the electricity used would emit without clean power and removals", better="lower", words=MANY,
)  # fmt: skip
def gross(p: Period) -> float:
    return (p.once(_operational) + p.avoided + p.removed) / KG_PER_TONNE


@measure(
    CLEAN_POWER, "Clean power's share", "fraction", "firm clean power over all electricity used", better="higher",
)  # fmt: skip
def clean_power(p: Period) -> float:
    used = float(p.energy.sum())
    return p.clean / used if used > 0 else nan


@measure(
    REMOVALS, "Removals", "tCO2e/yr", "emissions that are removed again, counted in none of the others",
    better="higher", words=MANY,
)  # fmt: skip
def removals(p: Period) -> float:
    return p.removed / KG_PER_TONNE


@measure(
    ABATEMENT, "Cost of abatement", "USD/yr",
    "what actors pay for clean power above the grid's price, net of what the state pays of it, and for removals",
    better="lower",
)  # fmt: skip
def abatement_cost(p: Period) -> float:
    return p.abatement


@measure(
    EMBODIED, "Embodied emissions", "tCO2e/yr", "emissions of making the hardware used", better="lower", words=MANY
)
def embodied(p: Period) -> float:
    return whole(p, "embodied") / KG_PER_TONNE


@measure(
    OF_TRAINING, "Emissions of training", "tCO2e/yr", "operational emissions of training compute",
    better="lower", words=MANY,
)  # fmt: skip
def of_training(p: Period) -> float:
    return whole(p, "training_emissions") / KG_PER_TONNE


@measure(
    OF_SERVING, "Emissions of serving", "tCO2e/yr",
    "operational emissions of compute that serves customers", better="lower", words=MANY,
)  # fmt: skip
def of_inference(p: Period) -> float:
    if not whole(p, "inference") > 0:
        return 0.0
    rest = p.once(_operational) - whole(p, "training_emissions")
    return max(rest, 0.0) / KG_PER_TONNE  # rounding may leave less than nothing


def _of(p: Period, group: str) -> float:
    return part(p, "carbon", group) / KG_PER_TONNE


for _group, _label in GROUPS.items():
    measure(
        emissions_of(_group), f"Emissions of {_label}", "tCO2e/yr",
        f"emissions of {_label}: operational and embodied, of training and of serving customers", better="lower",
        words=MANY,
    )(partial(_of, group=_group))  # fmt: skip


def in_region(column: int, region: str, name: str) -> Measure:
    """The measure of emissions in one region, which goes by a name."""
    return Measure(
        emissions_in(region), f"Emissions in {name}", "tCO2e/yr",
        f"operational emissions in {name}, of training and of serving customers", "lower", "year",
        "counted with nothing", lambda p: p.emitted_in[column] / KG_PER_TONNE, words=MANY,
    )  # fmt: skip


@measure(
    "emissions_cars", "Emissions in whole lives of cars", "car lives/yr",
    "the year's emissions over those of a car in its life, fuel included (yardsticks.car)", better="lower",
    words=MANY,
)  # fmt: skip
def in_cars(p: Period) -> float:
    return p.once(_all) / p.yardsticks.car


@measure(
    HALVING_CARS, "Next halving of error in whole lives of cars", "car lives",
    "what the run that halves the frontier's error would emit over a car in its life", better="lower", over="year-end",
    logs=True,
)  # fmt: skip
def halving_cars(p: Period) -> float:
    return halving_carbon(p) / p.yardsticks.car


@measure(DAMAGE, "Climate damage", "USD/yr", "the year's emissions at the social cost of carbon", better="lower")
def damage(p: Period) -> float:
    return p.damage


@measure(
    INTENSITY, "Carbon of electricity", "kgCO2e/kWh", "operational emissions over electricity used",
    better="lower",
)  # fmt: skip
def intensity(p: Period) -> float:
    used = float(p.energy.sum())
    return p.once(_operational) / used if used > 0 else nan
