"""Measures of kinds of actor that a scenario adds to the three that other measures know by name."""

from functools import partial
from math import nan

from sim.economy.observe import Period
from sim.measures.base import ERROR_UNIT, KEEP_BEST, Measure, Words
from sim.measures.ids import KINDS, best_of, emissions_of, group_of, known_runs, runs_above, share_of, training_of
from sim.measures.runs import IDLE, ONE, THRESHOLDS, above, reported
from sim.quantity import KG_PER_TONNE


def of_kind(kind: str, name: str) -> list[Measure]:
    """Training compute, its share, best error, emissions and large runs of one kind, which goes by a name; nothing for
    one that has its own."""
    if kind in KINDS:
        return []

    def compute(p: Period) -> float:
        total = float(p.compute.sum())
        return float(p.compute[p.groups.kinds[kind]].sum()) / total if total > 0 else nan

    def trained(p: Period) -> float:
        return float(p.compute[p.groups.kinds[kind]].sum())

    def error(p: Period) -> float:
        rows = p.groups.kinds[kind]
        living = p.error[rows][p.alive[rows]]
        return float(living.min()) if living.size else nan

    def emitted(p: Period) -> float:
        rows = p.groups.kinds[kind]
        return float(p.emissions[:, rows].sum() + p.embodied[rows].sum()) / KG_PER_TONNE

    def large(p: Period, threshold: str) -> float:
        return float(above(p, threshold)[p.groups.kinds[kind]].sum())

    nothing, group, named = "counted with nothing", group_of(kind), name.replace("_", " ") if name == kind else name
    return [
        Measure(share_of(group_of(kind)), f"Share of training compute: {named}", "fraction",
                f"share of the year's training compute bought by actors of kind {kind}", "neither", "year", nothing,
                compute, words=Words(f"the share of training compute of {named}")),
        Measure(training_of(group_of(kind)), f"Training compute: {named}", "FLOP/yr",
                f"compute that actors of kind {kind} train with in the year, whoever pays for it", "neither", "year",
                nothing, trained,
                words=Words(f"the training compute of {named}", makes=("raises", "cuts"), theme="access")),
        Measure(best_of(group_of(kind)), f"Best error: {named}", ERROR_UNIT,
                f"lowest error so far among living actors of kind {kind}", "lower", "year-end",
                KEEP_BEST, error, words=Words(f"the best error of {named}")),
        Measure(emissions_of(group_of(kind)), f"Emissions: {named}", "tCO2e/yr",
                f"emissions of actors of kind {kind}: operational and embodied, of training and of serving customers",
                "lower", "year", nothing, emitted, words=_many(f"emissions of {named}")),
        *(
            Measure(runs_above(threshold, group), f"Runs above the {threshold.partition('_')[0]} threshold: {named}",
                    "runs/yr", f"training runs of actors of kind {kind} above yardsticks.{threshold}, {ONE}", "neither",
                    "year", IDLE, partial(large, threshold=threshold),
                    words=_many(f"runs of {named} above the {threshold.partition('_')[0]} threshold"))
            for threshold in THRESHOLDS
        ),
        Measure(known_runs(group), f"Runs that became known: {named}", "runs/yr",
                f"training runs of actors of kind {kind} that became known by a duty to report them, {ONE}", "neither",
                "year", IDLE, lambda p: reported(p, p.groups.kinds[kind]),
                words=_many(f"runs of {named} that became known")),
    ]  # fmt: skip


def _many(subject: str) -> Words:
    """The words of a plural."""
    return Words(subject, ("rise", "fall"))
