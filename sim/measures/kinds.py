"""Measures of kinds of actor that a scenario adds to the three that other measures know by name."""

from math import nan

from sim.economy.observe import Period
from sim.measures.base import ERROR_UNIT, Measure
from sim.measures.ids import best_of, emissions_of, group_of, share_of

KNOWN = ("corporation", "startup", "academic_lab")
KG_PER_TONNE = 1000.0


def of_kind(kind: str) -> list[Measure]:
    """Share of compute, best error and emissions of one kind; nothing for a kind that has measures of its own."""
    if kind in KNOWN:
        return []

    def compute(p: Period) -> float:
        total = float(p.compute.sum())
        return float(p.compute[p.groups.kinds[kind]].sum()) / total if total > 0 else nan

    def error(p: Period) -> float:
        rows = p.groups.kinds[kind]
        living = p.error[rows][p.alive[rows]]
        return float(living.min()) if living.size else nan

    def emitted(p: Period) -> float:
        rows = p.groups.kinds[kind]
        return float(p.emissions[:, rows].sum() + p.embodied[rows].sum()) / KG_PER_TONNE

    nothing = "counted with nothing"
    return [
        Measure(share_of(group_of(kind)), f"Share of compute: {kind}", "fraction",
                f"share of the year's training compute bought by actors of kind {kind}", "neither", "year", nothing,
                compute),
        Measure(best_of(group_of(kind)), f"Best error: {kind}", ERROR_UNIT,
                f"lowest error so far among living actors of kind {kind}", "lower", "year-end", nothing,
                error),
        Measure(emissions_of(group_of(kind)), f"Emissions: {kind}", "tCO2e/yr",
                f"emissions of actors of kind {kind}: operational and embodied, of training and of serving customers",
                "lower", "year", nothing, emitted),
    ]  # fmt: skip
