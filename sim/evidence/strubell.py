"""Strubell et al. 2019, tables 1 and 3: energy, carbon and cloud cost of training language models."""

from typing import Any

from sim.evidence.cells import CITED, PREDICTED, REPEATED, TAKEN, Cell, Reproduction, digits, made
from sim.mechanisms.carbon import at_the_meter, device_energy, emissions
from sim.scenario.data import published

CAR = "Car, average with fuel, one lifetime"
BIG, SEARCH = "Transformer (big)", "Transformer (big) with neural architecture search"


def reproduce() -> Reproduction:
    """Both tables to the printed digit; what the paper cites is marked so."""
    source = published("strubell")
    cells: list[Cell] = []
    for run in source["runs"]:
        cells += _run(run)
    cells += [
        Cell("table 1", what, "lb CO2e", "lb", "", f"{printed:,}", CITED, "cited by the paper")
        for what, printed in source["compared"].items()
    ]
    trained = _trained()
    for what, run in trained.items():
        where = {"table": "table 1", "row": what, "column": "lb CO2e", "unit": "lb", "ground": REPEATED}
        cells.append(digits(pounds(run), run["pounds"], **where))
    search = pounds(trained[SEARCH])
    cars = search / source["compared"][CAR]
    odd = [
        f"{run['hours']:,} h instead of {run['printed_hours']:,} for {run['model']} on {run['device']}"
        for run in source["runs"]
        if "printed_hours" in run
    ]
    remarks = [
        f"Training with architecture search: {search:,.0f} lb, {cars:.2f} car lifetimes: nearly five cars.",
        "Cloud prices of a device are computed from the printed dollars: where a device has one run they say nothing, "
        "where it has several, that cost is in proportion to hours.",
        f"Printed hours that do not give the printed results are replaced and named: {'; '.join(odd)}.",
    ]
    return made("strubell", cells, remarks)


def footprints() -> dict[str, float]:
    """Table 1 as numbers [lb CO2e]: what the paper cites and the two trainings computed."""
    return {**published("strubell")["compared"], **{what: pounds(run) for what, run in _trained().items()}}


def _trained() -> dict[str, dict[str, Any]]:
    """The two trainings of table 1 that are computed."""
    runs = {run["model"]: run for run in published("strubell")["runs"] if "watts" in run}
    return {BIG: runs["Transformer big"], SEARCH: runs["NAS"]}


def energy(run: dict[str, Any]) -> float:
    """Energy of a run at the meter [kWh]."""
    return at_the_meter(device_energy(run["watts"], run["hours"]), float(published("strubell")["pue"]))


def pounds(run: dict[str, Any]) -> float:
    """Carbon of a run [lb CO2e] at the paper's intensity."""
    return emissions(energy(run), float(published("strubell")["pounds_per_kwh"]))


def _run(run: dict[str, Any]) -> list[Cell]:
    note = f"printed hours {run['printed_hours']:,}, used {run['hours']:,}" if "printed_hours" in run else ""
    where = {"table": "table 3", "row": f"{run['model']}, {run['device']} x{run['count']}", "note": note}
    cells = []
    if "watts" in run:
        stated = {**where, "ground": TAKEN if "printed_hours" in run else PREDICTED}
        cells.append(digits(energy(run), run["kwh"], column="kWh x PUE", unit="kWh", **stated))
        cells.append(digits(pounds(run), run["pounds"], column="lb CO2e", unit="lb", **stated))
    for bound, rate, printed in zip(
        ("low", "high"), published("strubell")["usd_per_hour"][run["device"]], run["usd"], strict=True
    ):
        cost = rate * run["count"] * run["hours"]
        cells.append(digits(cost, printed, column=f"cloud USD, {bound}", unit="USD", ground=TAKEN, **where))
    return cells
