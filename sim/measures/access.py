"""Who can still take part: compute, accuracy, and the price of the next gain."""

from math import exp, isfinite, log, nan

import numpy as np

from sim.measures.base import ERROR_UNIT, measure
from sim.mechanisms.product import Array
from sim.period import Period

LN_LARGEST = 709.0  # ln of about the largest number that floating point holds
TRAINED = "left out of a mean; a mean over nobody does not exist"


def _mean_ln(values: Array) -> float:
    values = values[values > 0]
    return float(np.log(values).mean()) if values.size else nan


def _exp(ln: float) -> float:
    """exp(ln); NaN beyond floating point."""
    return exp(ln) if ln < LN_LARGEST else nan


def _share(p: Period, group: str) -> float:
    total = float(p.compute.sum())
    return float(p.compute[p.groups.of(group)].sum()) / total if total > 0 else nan


def _best(p: Period, group: str) -> float:
    rows = p.groups.of(group)
    return float(p.error[rows].min()) if rows.size else nan


def _median_lab(p: Period) -> float:
    rows = p.groups.of("academia")
    return float(np.median(p.error[rows])) if rows.size else nan


@measure(
    "compute_ratio_industry_academia", "Compute divide", "ratio",
    "geometric mean of the year's largest runs, industry (corporations and startups) over academia",
    order=1, better="lower", idle=TRAINED,
)  # fmt: skip
def compute_ratio(p: Period) -> float:
    industry, academia = (_mean_ln(p.largest_run[p.groups.of(sector)]) for sector in ("industry", "academia"))
    return _exp(industry - academia)


@measure(
    "compute_share_academia", "Academia's share of compute", "fraction",
    "share of the year's training compute bought by academic labs", order=2, better="higher",
)  # fmt: skip
def share_academia(p: Period) -> float:
    return _share(p, "academia")


@measure(
    "compute_share_startup", "Startups' share of compute", "fraction",
    "share of the year's training compute bought by startups", order=3,
)  # fmt: skip
def share_startup(p: Period) -> float:
    return _share(p, "startup")


@measure(
    "compute_share_corporation", "Corporations' share of compute", "fraction",
    "share of the year's training compute bought by corporations", order=4,
)  # fmt: skip
def share_corporation(p: Period) -> float:
    return _share(p, "corporation")


def _years_per_run(p: Period) -> float:
    rows = p.groups.of("academia")
    if not rows.size:
        return nan
    means = float(np.median(p.means[rows]))
    cost = float(p.largest_run.max()) * float(np.median(p.unit_cost[rows]))
    return cost / means if means > 0 else nan


@measure(
    "lab_years_per_frontier_run", "Frontier run in years of a lab's means", "yr",
    "years of a median lab's means for compute that the year's largest run would cost at a median lab's price",
    order=6, better="lower",
)  # fmt: skip
def lab_years(p: Period) -> float:
    return _years_per_run(p)


def _always_behind(p: Period) -> bool:
    return bool(_median_lab(p) > p.past.errors[0])


@measure(
    "months_behind_median_lab", "Median lab behind the frontier", "months",
    "months since the frontier had the median lab's error; where that was before the start, at least this long",
    order=7, better="lower", over="year-end", idle="keep the best error they ever had", flag=_always_behind,
)  # fmt: skip
def months_behind(p: Period) -> float:
    error, times, errors = _median_lab(p), p.past.times, p.past.errors
    if not isfinite(error):
        return nan
    if error > errors[0]:
        return 12.0 * (p.end - times[0])
    reached = next((i for i, value in enumerate(errors) if value < error), None)
    if reached is None:
        return 0.0
    t0, t1, e0, e1 = times[reached - 1], times[reached], errors[reached - 1], errors[reached]
    when = t0 + (t1 - t0) * log(e0 / error) / log(e0 / e1)
    return max(0.0, 12.0 * (p.end - when))


@measure(
    "frontier_error", "Frontier error", ERROR_UNIT, "lowest error rate that any actor has reached",
    order=8, better="lower", over="year-end", idle="keep the best error they ever had",
)  # fmt: skip
def frontier_error(p: Period) -> float:
    return float(p.error.min())


@measure(
    "error_best_corporation", "Best corporation's error", ERROR_UNIT, "lowest error rate of a corporation",
    order=9, better="lower", over="year-end", idle="keep the best error they ever had",
)  # fmt: skip
def best_corporation(p: Period) -> float:
    return _best(p, "corporation")


@measure(
    "error_best_startup", "Best startup's error", ERROR_UNIT, "lowest error rate of a startup",
    order=10, better="lower", over="year-end", idle="keep the best error they ever had",
)  # fmt: skip
def best_startup(p: Period) -> float:
    return _best(p, "startup")


@measure(
    "error_median_lab", "Median lab's error", ERROR_UNIT, "median over academic labs of their best error rate",
    order=11, better="lower", over="year-end", idle="keep the best error they ever had",
)  # fmt: skip
def median_lab(p: Period) -> float:
    return _median_lab(p)


@measure(
    "accuracy_gap_median_lab", "Median lab's accuracy gap", ERROR_UNIT,
    "median lab's error rate minus the frontier's",
    order=12, better="lower", over="year-end", idle="keep the best error they ever had",
)  # fmt: skip
def accuracy_gap(p: Period) -> float:
    return _median_lab(p) - float(p.error.min())


def _halving(p: Period) -> float:
    """FLOP of a run that halves the frontier's error with the knowledge of today; NaN beyond floating point."""
    ln_flop = float(p.law.ln_compute_for(np.asarray(float(p.error.min()) / 2.0))) - p.knowledge
    return _exp(ln_flop)


@measure(
    "next_halving_flop", "Next halving of error: compute", "FLOP",
    "training run that would halve the frontier's error with today's algorithms",
    order=23, better="lower", over="year-end",
)  # fmt: skip
def next_halving_flop(p: Period) -> float:
    return _halving(p)


@measure(
    "next_halving_cost", "Next halving of error: cost", "USD",
    "what that run would cost at the price the frontier actor pays", order=24, better="lower", over="year-end",
)  # fmt: skip
def next_halving_cost(p: Period) -> float:
    return _finite(_halving(p) * float(p.unit_cost[p.error.argmin()]))


@measure(
    "next_halving_emissions", "Next halving of error: carbon", "tCO2e",
    "what that run would emit at the frontier actor's places and hardware", order=25, better="lower", over="year-end",
)  # fmt: skip
def next_halving_emissions(p: Period) -> float:
    return _finite(_halving(p) * float(p.carbon_per_flop[p.error.argmin()]) / 1000.0)


def _finite(value: float) -> float:
    return value if isfinite(value) else nan
