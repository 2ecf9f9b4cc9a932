"""Luccioni et al. 2022: the carbon of BLOOM, in use, idle and embodied."""

from sim.arrays import added
from sim.evidence.cells import PREDICTED, TAKEN, Reproduction, digits, made
from sim.mechanisms.carbon import device_energy, embodied, emissions
from sim.quantity import KG_PER_TONNE
from sim.scenario.data import published


def parts() -> dict[str, float]:
    """BLOOM's carbon [tCO2e]: training's own energy, idle machines, making the hardware."""
    source = published("bloom")
    making = embodied(
        source["device_hours"], source["device_kg"], source["server_kg"], source["devices_per_server"],
        source["life_years"], source["use"],
    )  # fmt: skip
    return {
        "dynamic": emissions(energy(), source["kg_per_kwh"]) / KG_PER_TONNE,
        "idle": emissions(float(source["idle_kwh"]), source["kg_per_kwh"]) / KG_PER_TONNE,
        "embodied": making / KG_PER_TONNE,
    }


def energy() -> float:
    """Energy of the devices in training [kWh]."""
    source = published("bloom")
    return device_energy(source["watts"], source["device_hours"])


def reproduce() -> Reproduction:
    """Dynamic, idle and embodied carbon, and their sum, to the printed digit."""
    source = published("bloom")
    printed, where = source["printed"], {"table": "table 3", "row": "BLOOM, 176 B parameters"}
    cells = [digits(energy(), printed["kwh"], column="dynamic energy", unit="kWh", **where)]
    for part, value in [*parts().items(), ("total", float(added(parts().values())))]:
        note = source["idle_note"] if part == "idle" else ""
        ground = TAKEN if part in ("idle", "total") else PREDICTED
        cells.append(digits(value, printed[part], column=f"{part} tCO2e", unit="t", note=note, ground=ground, **where))
    remarks = ["Training's own energy is half of the whole: idle machines and making the hardware are the other half."]
    return made("bloom", cells, remarks)
