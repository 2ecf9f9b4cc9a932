"""Patterson et al. 2021, table 4: energy and carbon of six large models, and the correction of an earlier figure."""

from typing import Any

from sim.evidence import strubell
from sim.evidence.cells import Cell, Reproduction, digits, made, near
from sim.mechanisms.carbon import at_the_meter, device_energy, emissions
from sim.quantity import FLOP_PER_TFLOP, HOURS_PER_DAY, KWH_PER_MWH, SECONDS_PER_HOUR, TONNES_PER_POUND
from sim.scenario.data import published


def reproduce() -> Reproduction:
    """Six systems from chips, days, watts, PUE and intensity; each within the stated tolerance."""
    source = published("patterson")
    cells: list[Cell] = []
    for system in source["systems"]:
        where = {"table": "table 4", "row": system["name"]}
        cells.append(near(flop(system), system["flop"], source["tolerance"], column="FLOP", unit="FLOP", **where))
        cells.append(
            near(megawatt_hours(system), system["mwh"], source["tolerance"], column="MWh", unit="MWh", **where)
        )
        cells.append(near(tonnes(system), system["tonnes"], source["tolerance"], column="net tCO2e", unit="t", **where))
    earlier = strubell.footprints()[strubell.SEARCH] * TONNES_PER_POUND
    ratio = earlier / tonnes(source["systems"][0])
    cells.append(
        digits(
            ratio, source["strubell_factor"], table="section 4", row="Evolved Transformer NAS",
            column="earlier figure over this one", unit="times",
        )
    )  # fmt: skip
    remarks = [
        f"Cells of table 4 are met within {100 * source['tolerance']:.0f} %: it prints days, watts and FLOP rounded.",
        f"Strubell's architecture search, {earlier:,.0f} t, was computed for other hardware, a full-size search and an "
        f"average data centre; on the hardware used it was {source['systems'][0]['tonnes']} t, {ratio:.0f} times less.",
    ]
    return made("patterson", cells, remarks)


def _hours(system: dict[str, Any]) -> float:
    return float(system["chips"] * system["days"] * HOURS_PER_DAY)


def flop(system: dict[str, Any]) -> float:
    """Compute of a system [FLOP] from chips, time and measured speed."""
    return float(_hours(system) * SECONDS_PER_HOUR * system["tflops"] * FLOP_PER_TFLOP)


def megawatt_hours(system: dict[str, Any]) -> float:
    """Energy of a system at the meter [MWh]."""
    return at_the_meter(device_energy(system["watts"], _hours(system)), float(system["pue"])) / KWH_PER_MWH


def tonnes(system: dict[str, Any]) -> float:
    """Net operational carbon of a system [tCO2e]."""
    return emissions(megawatt_hours(system), float(system["kg_per_kwh"]))
