"""Prices, the frontier run, the market, and what bounds spending."""

from math import nan

from sim.measures.base import measure
from sim.period import Period

FLOP_PER_EFLOP = 1e18


def _frontier_cost(p: Period) -> float:
    biggest = p.largest_run.argmax()
    return float(p.largest_run[biggest] * p.unit_cost[biggest])


def _bound(p: Period, by: str) -> float:
    paid = float(p.paid.sum())
    return p.bound[by] / paid if paid > 0 else nan


@measure(
    "compute_price", "Price of compute", "USD/EFLOP",
    "what buyers pay for 10^18 FLOP in full: hardware, scarcity rent, electricity, carbon; mean over the year's FLOP",
    order=16, better="lower", idle="left out; they buy nothing",
)  # fmt: skip
def compute_price(p: Period) -> float:
    bought = float(p.compute.sum())
    return float(p.paid.sum()) / bought * FLOP_PER_EFLOP if bought > 0 else nan


@measure(
    "frontier_run_flop", "Largest run", "FLOP", "compute of the year's largest training run",
    order=17, idle="left out; they train nothing",
)  # fmt: skip
def frontier_run_flop(p: Period) -> float:
    return float(p.largest_run.max())


@measure(
    "frontier_run_cost", "Cost of the largest run", "USD", "what the year's largest run costs at its owner's price",
    order=18, better="lower", idle="left out; they train nothing",
)  # fmt: skip
def frontier_run_cost(p: Period) -> float:
    return _frontier_cost(p)


@measure("market_value", "AI product market", "USD/yr", "AI products sold in the year", order=19, better="higher")
def market_value(p: Period) -> float:
    return p.market


@measure(
    "spend_bound_by_means", "Spending bound by means", "fraction",
    "share of spending on compute by actors that would spend more if they could pay", order=20,
)  # fmt: skip
def bound_by_means(p: Period) -> float:
    return _bound(p, "means")


@measure(
    "spend_bound_by_carbon", "Spending bound by carbon", "fraction",
    "share of spending on compute by actors at the limit of a carbon budget", order=21,
)  # fmt: skip
def bound_by_carbon(p: Period) -> float:
    return _bound(p, "carbon")


@measure(
    "spend_bound_by_ramp", "Spending bound by ramp", "fraction",
    "share of spending on compute by actors whose plans cannot grow any faster", order=22,
)  # fmt: skip
def bound_by_ramp(p: Period) -> float:
    return _bound(p, "ramp")
