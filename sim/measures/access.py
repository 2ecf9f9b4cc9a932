"""Who can still take part: compute, accuracy, and the price of the next gain."""

from collections.abc import Callable
from functools import partial
from math import isfinite, nan

import numpy as np

from sim.economy.observe import Period
from sim.measures.base import ERROR_UNIT, KEEP_BEST, Told, Words, measure
from sim.measures.ids import GROUPS, best_of, could_pay, share_of, training_of, year_of_error
from sim.measures.rows import able_at, holds, lowest_at, mean_of_largest, part_above, part_of_largest
from sim.measures.shared import best, frontier, largest_run, mean_ln_run, middle, part, ratio_of, whole
from sim.quantity import KG_PER_TONNE

# Ids by which results, words and figures ask for a measure.
DIVIDE, FRONTIER_ERROR = "compute_ratio_industry_academia", "frontier_error"
ACADEMIA_SHARE, LABS_COMPUTE = share_of("academia"), training_of("academia")
BEST_CORPORATION, BEST_STARTUP, MEDIAN_LAB = best_of("corporation"), best_of("startup"), "error_median_lab"
STARTUP_LEADS, ACCESS_GAP, TOP_SHARE = "startup_leads", "access_gap_median_lab", "academic_share_top30"
MONTHS_BEHIND = "months_behind_median_lab"
HALVING_FLOP, HALVING_COST, HALVING_EMISSIONS = "next_halving_flop", "next_halving_cost", "next_halving_emissions"

TOP = 30  # runs among which labs are counted
LARGEST = 10  # actors of each sector that are set against each other
TRAINED = "left out of a mean; a mean over nobody does not exist"


def _share(p: Period, group: str) -> float:
    total = whole(p, "compute")
    return part(p, "compute", group) / total if total > 0 else nan


def _trained(p: Period, group: str) -> float:
    return part(p, "compute", group)


def _best(p: Period, group: str) -> float:
    return lowest_at(p.error, p.alive, p.groups.of(group))


def _median_lab(p: Period) -> float:
    return middle(p, "error", "academia")


@measure(
    DIVIDE, "Compute divide", "ratio",
    "geometric mean of the year's largest runs, industry (corporations and startups) over academia",
    order=1, better="lower", unless_worse=ACADEMIA_SHARE, idle=TRAINED, logs=True,
    words=Words(
        "the compute divide", ("widens", "narrows"), ("wider", "narrower"), ("widens", "narrows"), theme="access",
        heading="The divide", turned="labs' typical largest run is then {} times industry's",
    ),
    told=Told(run=1, policy=1, law=1, parts=1, card=1, by_year=1),
)  # fmt: skip
def compute_ratio(p: Period) -> float:
    industry, academia = (mean_ln_run(p, sector) for sector in ("industry", "academia"))
    return ratio_of(industry - academia)


@measure(
    "compute_ratio_ten_largest", "Divide of the ten largest", "ratio",
    "mean training compute of the ten that buy most in the year (of all, if fewer), industry over academia",
    order=2, better="lower", unless_worse=ACADEMIA_SHARE, logs=True,
    words=Words(
        "the divide of the ten largest", ("widens", "narrows"), ("wider", "narrower"),
        ("widens", "narrows"), theme="access",
        turned="the ten largest labs then buy {} times what the ten largest firms do",
    ),
    told=Told(policy=2),
)  # fmt: skip
def ratio_ten_largest(p: Period) -> float:
    """Unlike the divide it does not fall because firms at the bottom of industry become many and small."""
    industry, academia = (
        mean_of_largest(p.compute, p.groups.of(sector), LARGEST) for sector in ("industry", "academia")
    )
    return _finite(industry / academia) if industry > 0 and academia > 0 else nan


@measure(
    ACADEMIA_SHARE, "Academia's share of training compute", "fraction",
    "share of the year's training compute bought by academic labs", order=3, better="higher",
    words=Words(theme="access"), told=Told(run=2, policy=3),
)  # fmt: skip
def share_academia(p: Period) -> float:
    return _share(p, "academia")


@measure(
    share_of("startup"), "Startups' share of training compute", "fraction",
    "share of the year's training compute bought by startups", order=4,
)  # fmt: skip
def share_startup(p: Period) -> float:
    return _share(p, "startup")


@measure(
    share_of("corporation"), "Corporations' share of training compute", "fraction",
    "share of the year's training compute bought by corporations", order=5,
)  # fmt: skip
def share_corporation(p: Period) -> float:
    return _share(p, "corporation")


def _years_per_run(p: Period) -> float:
    means = middle(p, "means", "academia")
    cost = largest_run(p) * middle(p, "unit_cost", "academia")
    return cost / means if means > 0 else nan


@measure(
    "lab_years_per_frontier_run", "Frontier run in years of a lab's means", "yr",
    "years of a median lab's means for compute that the year's largest run would cost at a median lab's price at "
    "the year's end",
    order=7, better="lower", logs=True,
    words=Words("the frontier run in years of a lab's means", ("gets dearer", "gets cheaper")), told=Told(law=3),
)  # fmt: skip
def lab_years(p: Period) -> float:
    return _years_per_run(p)


def _always_behind(p: Period) -> bool:
    return bool(_median_lab(p) > p.past.errors[0])


@measure(
    MONTHS_BEHIND, "Median lab behind the frontier", "months",
    "months since the frontier had the median lab's error; where that was before the start, at least this long",
    order=8, better="lower", over="year-end", idle=KEEP_BEST, flag=_always_behind,
    words=Words(
        "the median lab's lag behind the frontier", comparatives=("more", "less"), heading="Median lab lags by"
    ),
    told=Told(card=4),
)  # fmt: skip
def months_behind(p: Period) -> float:
    return behind(p, _median_lab(p))


def behind(p: Period, error: float) -> float:
    """Months since the frontier had an error; at least, where that was before the start; NaN for no error."""
    times, errors = p.past.times, p.past.errors
    if not isfinite(error):
        return nan
    if error > errors[0]:
        return 12.0 * (p.end - times[0])
    reached = p.past.first_below(error)
    return max(0.0, 12.0 * (p.end - p.past.passed(error, reached))) if reached < len(errors) else 0.0


@measure(
    FRONTIER_ERROR, "Frontier error", ERROR_UNIT, "lowest error rate of all actors there are",
    order=9, better="lower", over="year-end", idle=KEEP_BEST,
    words=Words("the frontier's error"), told=Told(run=3, policy=4, law=4, parts=3, card=3, by_year=3),
)  # fmt: skip
def frontier_error(p: Period) -> float:
    return float(p.error[best(p)])


@measure(
    BEST_CORPORATION, "Best corporation's error", ERROR_UNIT, "lowest error rate of a corporation",
    order=10, better="lower", over="year-end", idle=KEEP_BEST,
    words=Words("the best corporation's error"),
)  # fmt: skip
def best_corporation(p: Period) -> float:
    return _best(p, "corporation")


@measure(
    BEST_STARTUP, "Best startup's error", ERROR_UNIT, "lowest error rate of a startup",
    order=11, better="lower", over="year-end", idle=KEEP_BEST,
    words=Words("the best startup's error"),
)  # fmt: skip
def best_startup(p: Period) -> float:
    return _best(p, "startup")


@measure(
    MEDIAN_LAB, "Median lab's error", ERROR_UNIT, "median over academic labs of their best error rate",
    order=12, better="lower", over="year-end", idle=KEEP_BEST,
    words=Words("the median lab's error"), told=Told(access=3),
)  # fmt: skip
def median_lab(p: Period) -> float:
    return _median_lab(p)


@measure(
    "accuracy_gap_median_lab", "Median lab's accuracy gap", ERROR_UNIT,
    "median lab's error rate minus the frontier's",
    order=13, better="lower", over="year-end", idle=KEEP_BEST,
    words=Words("the median lab's accuracy gap", ("widens", "narrows")), told=Told(law=2),
)  # fmt: skip
def accuracy_gap(p: Period) -> float:
    return _median_lab(p) - float(p.error[best(p)])


def _ln_halving(p: Period) -> float:
    return float(p.law.ln_run(np.asarray(frontier(p).halving), float(p.knowledge[best(p)])))


def _halving(p: Period) -> float:
    """FLOP of a run that halves the frontier's error with what the frontier knows; NaN beyond floating point."""
    return ratio_of(p.once(_ln_halving))


@measure(
    HALVING_FLOP, "Next halving of error: compute", "FLOP",
    "training run that would halve the frontier's error with what the frontier knows today",
    order=26, better="lower", over="year-end", logs=True,
)  # fmt: skip
def next_halving_flop(p: Period) -> float:
    return _halving(p)


@measure(
    HALVING_COST, "Next halving of error: cost", "USD",
    "what the run that halves the frontier's error would cost at the price the frontier actor pays", order=27,
    better="lower", over="year-end",
    logs=True, told=Told(run=4, card=5),
    words=Words(
        "the price of halving that error once more", comparatives=("dearer", "cheaper"),
        heading="Next halving of error",
    ),
)  # fmt: skip
def next_halving_cost(p: Period) -> float:
    return _finite(_halving(p) * float(p.unit_cost[best(p)]))


@measure(
    HALVING_EMISSIONS, "Next halving of error: carbon", "tCO2e",
    "what the run that halves the frontier's error would emit at the frontier actor's places and hardware", order=28,
    better="lower", over="year-end",
    logs=True,
)  # fmt: skip
def next_halving_emissions(p: Period) -> float:
    return halving_carbon(p) / KG_PER_TONNE


def halving_carbon(p: Period) -> float:
    """kgCO2e of the run that halves the frontier's error, making of the hardware included."""
    return _finite(_halving(p) * (float(p.carbon_per_flop[best(p)]) + p.embodied_per_flop))


def _payers(p: Period, group: str, run: Callable[[Period], float]) -> float:
    """How many of a group have yearly means for a run at their own price."""
    flop = run(p)
    return float(able_at(p.means, p.unit_cost, p.alive, p.groups.of(group), flop)) if isfinite(flop) else 0.0


def _year_of(p: Period, target: float) -> float:
    """Calendar year in which the frontier's error first was ``target`` or less; NaN before."""
    reached = p.past.first_at(target)
    if reached == len(p.past.errors) or p.law.law.unit != "fraction":
        return nan
    return p.past.passed(target, reached) if reached else p.past.times[0]


for _group, _label in GROUPS.items():
    measure(
        training_of(_group), f"Training compute of {_label}", "FLOP/yr",
        f"compute that {_label} train with in the year, whoever pays for it",
        better="higher" if _group == "academia" else "neither",
        words=Words(f"the training compute of {_label}", makes=("raises", "cuts"), theme="access"),
    )(partial(_trained, group=_group))  # fmt: skip
    measure(
        could_pay("frontier", _group), f"{_label.capitalize()} that could pay a frontier run", "actors",
        "actors whose means in the year cover a run as large as its largest, at their own price at the year's end",
        better="higher", words=Words(f"the number of {_label.split()[-1]} that could pay for a frontier run"),
        told=Told(access=2 if _group == "academia" else 0),
    )(partial(_payers, group=_group, run=largest_run))  # fmt: skip
    measure(
        could_pay("halving", _group), f"{_label.capitalize()} that could pay the next halving", "actors",
        "actors whose means in the year cover the run that halves the frontier's error, at their own price at the "
        "year's end",
        better="higher",
    )(partial(_payers, group=_group, run=_halving))  # fmt: skip

for _percent in (5, 1):
    measure(
        year_of_error(_percent), f"Year of an error of {_percent} %", "year",
        f"calendar year in which the frontier's error first was {_percent} % or less; none before, and none for a loss",
        better="lower", over="year-end", idle=KEEP_BEST,
    )(partial(_year_of, target=_percent / 100))  # fmt: skip


@measure(
    "compute_ratio_corporation_startup", "Corporations over startups", "ratio",
    "geometric mean of the year's largest runs, corporations over startups", idle=TRAINED, logs=True,
)  # fmt: skip
def ratio_corporation_startup(p: Period) -> float:
    corporations, startups = (mean_ln_run(p, rule) for rule in ("corporation", "startup"))
    return ratio_of(corporations - startups)


@measure(
    "access_error_median_lab", "Error at a median lab's hand", ERROR_UNIT,
    "median over academic labs of the best error at hand, own or of a released model", better="lower", over="year-end",
    idle="use what is released",
)  # fmt: skip
def access_median_lab(p: Period) -> float:
    return middle(p, "access", "academia")


@measure(
    ACCESS_GAP, "Median lab's access gap", ERROR_UNIT,
    "error at a median lab's hand, own or of a released model, minus the lowest at anyone's",
    order=14, better="lower", over="year-end", idle="use what is released",
    words=Words("the median lab's access gap", ("widens", "narrows"), makes=("widens", "narrows")), told=Told(access=1),
)  # fmt: skip
def access_gap(p: Period) -> float:
    """A released model may outlive the startup whose error was the lowest, so what is released counts on both sides."""
    return access_median_lab(p) - float(p.access.min())


@measure(
    "share_near_frontier", "Actors near the frontier", "fraction",
    "share of actors whose largest run of the year is within a factor (yardsticks.near) of the largest of all",
    better="higher",
)  # fmt: skip
def near_frontier(p: Period) -> float:
    return part_above(p.largest_run, p.alive, largest_run(p) / p.yardsticks.near)


@measure(
    TOP_SHARE, "Labs among the 30 largest runs", "fraction",
    "share of the year's 30 largest runs (of all, if fewer) made by academic labs; runs as large as the last of these "
    "share its place", better="higher",
    idle="left out; they train nothing",
)  # fmt: skip
def academic_top30(p: Period) -> float:
    return part_of_largest(p.largest_run, p.groups.of("academia"), TOP)


@measure(
    STARTUP_LEADS, "A startup leads", "fraction", "1 when the lowest error of all is a startup's, else 0",
    over="year-end", idle=KEEP_BEST,
)  # fmt: skip
def startup_leads(p: Period) -> float:
    return float(holds(p.groups.of("startup"), best(p)))


def _finite(value: float) -> float:
    return value if isfinite(value) else nan
