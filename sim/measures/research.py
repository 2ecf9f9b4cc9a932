"""How far effort turns to ideas, and what they bring."""

from math import nan

from sim.economy.observe import Period
from sim.economy.parties import GOVERNMENT, LEVIED
from sim.mathematics import log
from sim.measures.base import Words, measure
from sim.measures.shared import best, frontier, middle, part, ratio_of, whole

# Ids by which results, words and figures ask for a measure.
RESEARCH_SHARE, EFFICIENCY = "research_share", "efficiency_factor"
GAIN_FROM_EFFICIENCY = "frontier_gain_from_efficiency"
RESEARCHERS, ALL_RESEARCHERS = "research_jobs", "spending_jobs"
LN2 = float(log(2.0))
MANY = Words(verbs=("rise", "fall"))


@measure(
    RESEARCH_SHARE, "Efficiency research's share", "fraction",
    "efficiency research over spending on research and training", better="neither",
)  # fmt: skip
def research_share(p: Period) -> float:
    spent = whole(p, "research") + whole(p, "paid")
    return whole(p, "research") / spent if spent > 0 else nan


@measure(
    "spending_over_sales", "Firms' spending over sales", "fraction",
    "what corporations and startups spend on training compute and efficiency research, over their sales of AI products",
)  # fmt: skip
def spending_over_sales(p: Period) -> float:
    sales = part(p, "sales", "industry")
    return (part(p, "paid", "industry") + part(p, "research", "industry")) / sales if sales > 0 else nan


@measure("research_spending", "Efficiency research", "USD/yr", "spending on efficiency research")
def spending(p: Period) -> float:
    return whole(p, "research")


@measure(
    RESEARCHERS, "Researchers that efficiency research could pay", "researchers",
    "researchers whom the modelled spending on efficiency research could pay, each yardsticks.wage; no count of jobs",
    words=MANY,
)  # fmt: skip
def researchers(p: Period) -> float:
    return whole(p, "research") / p.years / p.yardsticks.wage


@measure(
    ALL_RESEARCHERS, "Researchers that all spending could pay", "researchers",
    "researchers whom all modelled spending, on compute and efficiency research, could pay, each yardsticks.wage, but "
    "for what policies take for carbon, permits and compute: how large it is, and not who works, since most buys "
    "hardware and power",
    better="neither", words=MANY,
)  # fmt: skip
def all_researchers(p: Period) -> float:
    spent = whole(p, "paid") + whole(p, "paid_inference") + whole(p, "research")
    levied = p.flows.paid_to(GOVERNMENT).get(LEVIED, 0.0)
    return (spent - whole(p, "carbon_taxed") - whole(p, "licensed") - levied) / p.years / p.yardsticks.wage


@measure(
    EFFICIENCY, "Efficiency of the frontier's algorithms", "ratio",
    "how many times less compute the frontier's algorithms take than those of the start", better="higher",
    over="year-end", idle="know what they know", logs=True,
)  # fmt: skip
def efficiency_factor(p: Period) -> float:
    return ratio_of(float(p.law.gained(p.error[best(p)], float(p.knowledge[best(p)]))))


@measure(
    "public_efficiency_factor", "Efficiency of public algorithms", "ratio",
    "how many times less compute public algorithms take than those of the start", better="higher", over="year-end",
    logs=True, words=Words("the efficiency of public algorithms"),
)  # fmt: skip
def public_efficiency_factor(p: Period) -> float:
    return ratio_of(p.public_knowledge)


@measure(
    "knowledge_lag_median_lab", "Median lab's algorithms behind", "ratio",
    "how many times less compute the frontier's algorithms take than a median lab's", better="lower", over="year-end",
    idle="know what they know", logs=True,
)  # fmt: skip
def knowledge_lag(p: Period) -> float:
    return ratio_of(float(p.knowledge[best(p)]) - middle(p, "knowledge", "academia"))


@measure(
    GAIN_FROM_EFFICIENCY, "Frontier's gain from algorithms", "fraction",
    "share of the growth of the frontier's ln effective compute that knowledge brought, from a doubling on",
    over="year-end", idle="know what they know",
)  # fmt: skip
def gain_from_efficiency(p: Period) -> float:
    gained = frontier(p).now - frontier(p).start
    return float(p.law.gained(p.past.at(p.end), p.frontier_knowledge)) / gained if gained > LN2 else nan
