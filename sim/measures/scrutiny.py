"""How many labs could check what the frontier does: train such a model again, or look into released weights."""

from math import isfinite, nan

import numpy as np

from sim.economy.observe import Period
from sim.mathematics import log
from sim.measures.access import behind
from sim.measures.base import measure
from sim.measures.rows import able_at
from sim.measures.shared import best, largest_run, middle

# Ids by which results, words and figures ask for a measure.
RETRAIN, INSPECT, INSPECT_LAG = "labs_could_retrain", "labs_could_inspect", "months_behind_at_hand_median_lab"


@measure(
    RETRAIN, "Labs that could retrain a frontier model", "actors",
    "academic labs whose means in the year cover a run within a factor (yardsticks.near) of the year's largest, at "
    "their own price at the year's end", better="higher",
)  # fmt: skip
def retrain(p: Period) -> float:
    flop = largest_run(p) / p.yardsticks.near
    return float(able_at(p.means, p.unit_cost, p.alive, p.groups.of("academia"), flop)) if flop > 0 else 0.0


@measure(
    INSPECT, "Labs that could inspect a frontier model", "actors",
    "academic labs that hold a model, own or released, whose error takes within a factor (yardsticks.near) of the "
    "effective compute of the lowest error", better="higher", over="year-end", idle="use what is released",
)  # fmt: skip
def inspect(p: Period) -> float:
    rows = p.groups.of("academia")
    lowest = p.error[best(p)]
    if not isfinite(lowest):
        return nan
    least = p.law.ln_compute_for(lowest) - log(p.yardsticks.near)
    return float(np.count_nonzero(p.alive[rows] & (p.law.ln_compute_for(p.access[rows]) >= least)))


@measure(
    INSPECT_LAG, "What a median lab has at hand, behind the frontier", "months",
    "months since the frontier had the error that a median lab has at hand, own or of a released model; where that was "
    "before the start, at least this long", better="lower", over="year-end", idle="use what is released",
    flag=lambda p: middle(p, "access", "academia") > p.past.errors[0],
)  # fmt: skip
def inspect_lag(p: Period) -> float:
    return behind(p, middle(p, "access", "academia"))
