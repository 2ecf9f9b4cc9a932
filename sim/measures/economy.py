"""Prices, the frontier run, the market, and what bounds spending."""

from functools import partial
from math import nan

import numpy as np

from sim.arrays import added
from sim.economy.observe import Period
from sim.economy.parties import PURCHASES, TRANSFERS
from sim.mathematics import count_at
from sim.measures.base import Told, Words, measure
from sim.measures.ids import GROUPS, bound_by
from sim.measures.rows import AS_LARGE
from sim.measures.shared import largest_run, part, whole
from sim.quantity import FLOP_PER_EFLOP, KG_PER_TONNE

# Ids by which results, words and figures ask for a measure.
COMPUTE_PRICE, FRONTIER_COST, MARKET = "compute_price", "frontier_run_cost", "market_value"
FRONTIER_FLOP = "frontier_run_flop"
PERMIT_PRICE, COMPUTE_PERMIT_PRICE = "permit_price", "compute_permit_price"
DEARER_PERMIT, CHEAPER_PERMIT = "permit_price_highest", "permit_price_lowest"  # of several markets for permits
UNSPENT, NET_VALUE = "public_unspent", "net_value"
REVENUE, OUTLAY, TRANSFERS_PAID = "policy_revenue", "public_outlay", "public_transfers"


def _frontier_cost(p: Period) -> float:
    (biggest,) = np.nonzero(p.largest_run >= largest_run(p) * (1.0 - AS_LARGE))
    return float((p.largest_run[biggest] * p.unit_cost[biggest]).mean())


def _bound(p: Period, by: str) -> float:
    paid = whole(p, "paid")
    return p.bound[by] / paid if paid > 0 else nan


@measure(
    COMPUTE_PRICE, "Price of compute", "USD/EFLOP",
    "what buyers pay for 10^18 FLOP in full: hardware, scarcity rent, electricity, carbon, permits; mean over the "
    "year's FLOP",
    order=18, better="lower", idle="left out; they buy nothing", words=Words("the price of compute"),
)  # fmt: skip
def compute_price(p: Period) -> float:
    bought = whole(p, "compute") + whole(p, "inference")
    return (whole(p, "paid") + whole(p, "paid_inference")) / bought * FLOP_PER_EFLOP if bought > 0 else nan


@measure(
    FRONTIER_FLOP, "Largest run", "FLOP", "compute of the year's largest training run",
    order=19, idle="left out; they train nothing", logs=True, words=Words("the largest run"),
)  # fmt: skip
def frontier_run_flop(p: Period) -> float:
    return largest_run(p)


@measure(
    FRONTIER_COST, "Cost of the largest run", "USD",
    "what the year's largest run costs at the price that its owner pays at the year's end; the mean where several are "
    "as large, as under a ceiling",
    order=20, better="lower", idle="left out; they train nothing", logs=True,
    words=Words("the cost of the largest run"),
)  # fmt: skip
def frontier_run_cost(p: Period) -> float:
    return _frontier_cost(p)


@measure(
    MARKET,
    "AI product market",
    "USD/yr",
    "AI products used in the year: sold, or made with released models that cost nothing",
    order=21,
    better="higher",
    words=Words("the AI product market", ("grows", "shrinks"), makes=("enlarges", "shrinks")),
    told=Told(policy=6),
)
def market_value(p: Period) -> float:
    return p.market


@measure(
    bound_by("means"), "Spending bound by means", "fraction",
    "share of spending on training by actors that would spend more if they could pay", order=22,
)  # fmt: skip
def bound_by_means(p: Period) -> float:
    return _bound(p, "means")


@measure(
    bound_by("carbon"), "Spending bound by a carbon budget", "fraction",
    "share of spending on training by actors at the limit of a carbon budget; prices of carbon, by tax or permit, are "
    "no limit and not counted",
    order=23,
)  # fmt: skip
def bound_by_carbon(p: Period) -> float:
    return _bound(p, "carbon")


@measure(
    bound_by("ramp"), "Spending bound by ramp", "fraction",
    "share of spending on training by actors whose plans cannot grow any faster", order=24,
)  # fmt: skip
def bound_by_ramp(p: Period) -> float:
    return _bound(p, "ramp")


@measure(
    NET_VALUE, "Value less cost and damage", "USD/yr",
    "market_value less the cost of making it and of training (hardware, power, abatement, efficiency research, other "
    "costs of sales) and climate damage; scarcity rent, taxes and permits are no cost, since others have them; what "
    "customers and science gain beyond prices is not in it",
    better="higher",
)  # fmt: skip
def net_value(p: Period) -> float:
    return p.market - (p.flows.used_up - p.rent_paid) - p.damage


@measure(
    "inference_share", "Serving's share of compute", "fraction", "share of compute that serves customers",
    idle="left out; they buy nothing",
)  # fmt: skip
def inference_share(p: Period) -> float:
    both = whole(p, "compute") + whole(p, "inference")
    return whole(p, "inference") / both if both > 0 else nan


@measure(
    "scarcity_rent", "Scarcity rent", "USD/EFLOP",
    "what 10^18 FLOP cost above hardware, power, carbon and permits; mean over the year",
    better="lower",
)  # fmt: skip
def scarcity_rent(p: Period) -> float:
    return p.rent * FLOP_PER_EFLOP


@measure(
    PERMIT_PRICE, "Price of emission permits", "USD/tCO2e",
    "price of a permit to emit a tonne, mean over the year; of several caps the mean weighted by the emissions that "
    "each covers; 0 without a cap; taxes not counted",
    words=Words("the price of emission permits", amount="makes a permit to emit cost {}"), told=Told(moved=3),
)  # fmt: skip
def permit_price(p: Period) -> float:
    return p.permit_price * KG_PER_TONNE


@measure(
    DEARER_PERMIT, "Highest price of emission permits", "USD/tCO2e",
    "price of a permit to emit a tonne under the cap where it is dearest, mean over the year; 0 without a cap",
)  # fmt: skip
def permit_price_highest(p: Period) -> float:
    return p.permit_price_highest * KG_PER_TONNE


@measure(
    CHEAPER_PERMIT, "Lowest price of emission permits", "USD/tCO2e",
    "price of a permit to emit a tonne under the cap where it is cheapest, mean over the year; 0 without a cap",
)  # fmt: skip
def permit_price_lowest(p: Period) -> float:
    return p.permit_price_lowest * KG_PER_TONNE


def _time(p: Period, outcome: str) -> float:
    return p.outcomes.get(outcome, 0.0) / p.years


def _carbon_paid(p: Period, group: str) -> float:
    return part(p, "carbon_taxed", group)


for _outcome in ("slack", "cleared", "rationed"):
    measure(
        f"market_{_outcome}", f"Market {_outcome}", "fraction",
        f"share of time in which the compute market is {_outcome}",
    )(partial(_time, outcome=_outcome))  # fmt: skip


@measure("capacity_flop", "Capacity", "FLOP/yr", "compute on offer in the year", better="higher")
def capacity(p: Period) -> float:
    return p.capacity


@measure("capacity_use", "Use of capacity", "fraction", "compute sold, to the outside too, over compute on offer")
def capacity_use(p: Period) -> float:
    return (whole(p, "compute") + whole(p, "inference") + p.outside) / p.capacity


@measure("startups_alive", "Startups alive", "actors", "startups that take part", better="higher", over="year-end")
def startups_alive(p: Period) -> float:
    return float(count_at(p.alive, p.groups.of("startup")))


@measure("startups_founded", "Startups founded", "actors/yr", "startups that begin at the year's end", better="higher")
def founded(p: Period) -> float:
    return float(p.founded)


@measure("startups_failed", "Startups failed", "actors/yr", "startups that run out of money, those bought included",
         better="lower")  # fmt: skip
def failed(p: Period) -> float:
    return float(p.failed)


@measure("startups_acquired", "Startups acquired", "actors/yr", "failing startups that a corporation buys")
def acquired(p: Period) -> float:
    return float(p.acquired)


@measure(
    REVENUE, "Revenue of policies", "USD/yr", "what policies take in; existing carbon prices not counted",
    words=Words(
        "the revenue of policies", comparatives=("more", "less"), amount="raises {} a year", heading="Policy revenue"
    ),
    told=Told(card=6, moved=2, money=1, total=2),
)  # fmt: skip
def revenue(p: Period) -> float:
    return float(p.revenue_by_use.sum())


for _group, _label in GROUPS.items():
    measure(
        f"carbon_paid_{_group}", f"Carbon revenue from {_label}", "USD/yr",
        f"what {_label} pay for carbon under policies; existing carbon prices not counted",
    )(partial(_carbon_paid, group=_group))  # fmt: skip


@measure(
    "sponsored_compute_academia", "Sponsored compute", "USD/yr", "compute of academic labs that sponsors pay",
    better="higher",
)  # fmt: skip
def sponsored(p: Period) -> float:
    return whole(p, "sponsored")


@measure(
    "sponsored_share_labs", "Sponsored share of labs' compute", "fraction",
    "share of academic labs' spending on training compute that sponsors pay",
)  # fmt: skip
def sponsored_share(p: Period) -> float:
    spent = part(p, "paid", "academia")
    return whole(p, "sponsored") / spent if spent > 0 else nan


@measure(
    COMPUTE_PERMIT_PRICE, "Price of compute permits", "USD/EFLOP",
    "price of a permit for 10^18 FLOP, mean over the year; 0 where compute permits are not traded", better="lower",
    words=Words("the price of compute permits", amount="makes a permit for compute cost {}"), told=Told(moved=4),
)  # fmt: skip
def compute_permit_price(p: Period) -> float:
    return p.license_price * FLOP_PER_EFLOP


@measure("compute_permits_paid", "Paid for compute permits", "USD/yr", "what actors pay for compute permits")
def compute_permits_paid(p: Period) -> float:
    return whole(p, "licensed")


@measure(
    OUTLAY, "Public outlay", "USD/yr",
    "what the treasury buys for actors: public compute, vouchers, compute and research out of revenue, "
    "and clean power", better="lower",
    words=Words("public outlay", amount="costs the treasury {} a year"),
    told=Told(card=7, moved=1, money=2, total=3),
)  # fmt: skip
def public_outlay(p: Period) -> float:
    return float(added(p.treasury.get(purpose, 0.0) for purpose in PURCHASES))


@measure(
    UNSPENT, "Public money that stays in the treasury", "USD/yr",
    "what programmes and vouchers out of revenue offered for compute that finds no compute, or nobody to take it; "
    "what labs keep of money that they are given is not in it", better="lower",
)  # fmt: skip
def public_unspent(p: Period) -> float:
    return p.unspent


@measure(
    TRANSFERS_PAID, "Revenue paid back", "USD/yr",
    "dividends from policies' revenue and the value of permits given away",
)  # fmt: skip
def public_transfers(p: Period) -> float:
    return float(added(p.treasury.get(purpose, 0.0) for purpose in TRANSFERS))


@measure(
    bound_by("ceiling"), "Spending bound by a ceiling", "fraction",
    "share of spending on training by actors that would spend more but for a ceiling on runs", told=Told(moved=5),
)  # fmt: skip
def bound_by_ceiling(p: Period) -> float:
    return _bound(p, "ceiling")


@measure(
    bound_by("power"), "Spending bound by power", "fraction",
    "share of spending on training while compute is scarce for want of power, whatever else binds those who spend",
    order=25,
)  # fmt: skip
def bound_by_power(p: Period) -> float:
    return _bound(p, "power")


@measure(
    "work_sent_on", "Work that full grids send on", "fraction",
    "share of all compute, everyone else's included, that is planned where the grid is full and done in other regions",
)  # fmt: skip
def work_sent_on(p: Period) -> float:
    bought = whole(p, "compute") + whole(p, "inference") + p.outside
    return p.sent_on / bought if bought > 0 else nan
