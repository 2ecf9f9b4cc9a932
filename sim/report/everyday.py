"""Emissions and electricity beside what a reader knows: cars, households, a country."""

from collections.abc import Mapping

import numpy as np

from sim.measures import registry
from sim.measures.carbon import DAMAGE, EMISSIONS, ENERGY
from sim.measures.economy import MARKET, NET_VALUE
from sim.measures.research import ALL_RESEARCHERS, RESEARCH_SHARE, RESEARCHERS
from sim.quantity import KG_PER_TONNE, KWH_PER_MWH, factor
from sim.report.words import number, plain
from sim.results.run import Run
from sim.results.statistics import FEWEST, Spread
from sim.scenario.data import everyday

PLACES = 2  # significant figures of what is pictured
LARGE = ((1e9, " billion"), (1e6, " million"))
ONE = 1.5  # what is nearer to one than this factor is called one
LESS = "what less than one "
ALIKE = 0.05  # of a country's electricity: what differs less from it is about as much
LEAST_SHARE = 1e-4  # of a country's electricity: below it nobody can picture it
LEAST_PART = 1e-3  # of a change: a part of it below this is not told
LEAST_REST = 0.1  # of public outlay: what of it is no cost is told from there on
AS_MUCH = 0.1  # of the share by which compute falls: where sales fall by less, they hardly depend on it
PARTED = (NET_VALUE, DAMAGE, MARKET)  # what is worth something, and what of its parts is measured
AS_THEY_STAND = "On the numbers as they stand, in {}"  # before what a policy changes in plain comparisons
COSTS = "costs of hardware, power, research and the like"
NO_COST = (
    "{} of the {} that the treasury pays is no cost here: it takes the place of what others buy, or is rent or tax"
)
AT_MOST = "what is saved is an upper bound: the model sells nearly as many products with less compute"
LESS_BOUGHT = (
    "costs are lower although clean power and removals cost {} more, since money is fixed and less compute is bought"
)
MATTERS = 0.25  # of a change: costs saved beyond it are said to be no more than that
# "value less cost and damage"
NET_OF = "Sales of AI products, less what is used up for them and for training and less that damage, leave"
AT_CAP = "AI product sales stand at their assumed limit (product.cap)"
TOLD = (EMISSIONS, ENERGY, DAMAGE, NET_VALUE, RESEARCHERS, ALL_RESEARCHERS, RESEARCH_SHARE)  # of a run


def emissions(tonnes: float) -> str:
    """What as many cars emit in a year as emissions [tCO2e/yr] are: what 1.2 million cars emit in a year."""
    cars = tonnes * KG_PER_TONNE / _worth("car", "tCO2e/yr")
    return f"what {_many(cars, 'car')} {_verb('emit', cars)} in a year"


def electricity(mwh: float) -> str:
    """How many households, and which part of a country, electricity [MWh/yr] is enough for."""
    kwh = mwh * KWH_PER_MWH
    homes, share = kwh / _worth("household", "TWh/yr"), kwh / _worth("country", "TWh/yr")
    said = f"what {_many(homes, 'US household')} {_verb('use', homes)}"
    if share < LEAST_SHARE:
        return said
    country = everyday()["country"]["name"]
    if abs(share - 1) < ALIKE:
        return f"{said}, about as much as {country} uses"
    of = f"{plain(share, PLACES)} times" if share >= 1 else f"{number(share, 'fraction', PLACES)} of"
    return f"{said}, {of} that of {country}"


def sentence(year: int, tonnes: float, mwh: float) -> str:
    """A year's emissions [tCO2e/yr] and electricity [MWh/yr], both above 0, in plain comparisons."""
    return f"In {year} emissions are {emissions(tonnes)}; the electricity is {electricity(mwh)}."


def of_run(run: Run) -> list[str]:
    """The last year's emissions and electricity in plain comparisons, and what they are worth; of medians."""
    if not run.replicates:
        return []
    last, wage = {id: float(np.median(run.values(id)[:, -1])) for id in TOLD}, run.scenario.yardsticks.wage
    if not (last[EMISSIONS] > 0 and last[ENERGY] > 0):
        return []
    return [
        sentence(run.years[-1], last[EMISSIONS], last[ENERGY]) + _drawn(run),
        f"Emissions do damage of {number(last[DAMAGE], 'USD')} then, at the social cost of carbon. {NET_OF} "
        f"{number(last[NET_VALUE], 'USD')}. Efficiency research takes {_paid(last[RESEARCHERS], wage)}: "
        f"{number(last[RESEARCH_SHARE], 'fraction', PLACES)} of all spending on training and research. All that is "
        f"spent on compute and research is {number(last[ALL_RESEARCHERS] * wage, 'USD', PLACES)}.",
    ]


def _drawn(run: Run) -> str:
    """The same of emissions with drawn numbers, with their range; empty where too few were drawn for one."""
    if not run.drawn or len(run.replicates) < FEWEST:
        return ""
    over = Spread.of(run.drawn_values(EMISSIONS)[:, -1])
    if not over.low > 0:
        return ""
    low, middle, high = map(emissions, (over.low, over.median, over.high))
    return f" With drawn numbers emissions are {middle}; nine of ten draws lie between {low} and {high}."


def of_worth(
    net: float, damage: float, market: float, *, outlay: float = 0.0, cleaner: float = 0.0, hardly: bool = False,
    capped: bool = False,
) -> str:  # fmt: skip
    """What a change of value less cost and damage is made of [USD/yr], in parts that add up to it, and what of public
    ``outlay`` is no cost. ``cleaner`` is what actors pay more to emit less, while they buy less compute, ``hardly``
    says that products hardly depend on the compute that is bought less, ``capped`` that their market is at its assumed
    cap."""
    costs = net - market + damage
    parts = [
        (damage, f"{'less' if damage < 0 else 'more'} {registry()[DAMAGE].subject}"),
        (market, f"{'less' if market < 0 else 'more'} from AI products"),
        (costs, f"{'lower' if costs > 0 else 'higher'} {COSTS}"),
    ]
    told = [f"{number(abs(usd), 'USD')} {what}" for usd, what in parts if abs(usd) >= LEAST_PART * abs(net)]
    made_of = f"{_changes(NET_VALUE, net)} ({', '.join(told)}"
    but = [no_cost(outlay, costs)] * bool(no_cost(outlay, costs))
    but += [LESS_BOUGHT.format(number(cleaner, "USD", PLACES))] if costs > LEAST_PART * abs(net) and cleaner > 0 else []
    but += [AT_MOST] * (hardly and costs > MATTERS * abs(net)) + [AT_CAP] * capped
    return f"{'; '.join([made_of, *but])})"


def no_cost(outlay: float, costs: float) -> str:
    """What of public ``outlay`` is no cost, in a clause, where all ``costs`` together fall by so much [USD/yr]."""
    rest = outlay - max(-costs, 0.0)
    paid = [number(usd, "USD", PLACES) for usd in (rest, outlay)]
    return NO_COST.format(*paid) if rest >= LEAST_REST * outlay > 0 else ""


def of_change(changes: Mapping[str, float], wage: float, worth: str = "") -> list[str]:
    """Changes of a year's emissions, electricity and what they are worth, by measure, in plain comparisons, in clauses.
    What is less than one car, household or researcher is not told. ``worth`` is told in the place of
    damage, which is a part of it. Spending is told by how many researchers cost as much, each a ``wage`` [USD/yr]; jobs
    are not modelled."""
    said = []
    for id, pictured in ((EMISSIONS, emissions), (ENERGY, electricity)):
        change = changes.get(id, 0.0)
        if not (told := pictured(abs(change))).startswith(LESS):
            measure = registry()[id]
            said.append(f"{measure.subject} {measure.words.verbs[change < 0]} by {told}")
    if worth:
        said.append(worth)
    elif changes.get(DAMAGE):
        said.append(_changes(DAMAGE, changes[DAMAGE]))
    for id, what in ((RESEARCHERS, "efficiency research"), (ALL_RESEARCHERS, "compute and research")):
        change = changes.get(id, 0.0)
        if abs(change) >= 1 / ONE:
            said.append(f"spending on {what} {'rises' if change > 0 else 'falls'} by {_paid(abs(change), wage)}")
    return said


def _changes(id: str, usd: float) -> str:
    """That a measure rises or falls by an amount of money."""
    measure = registry()[id]
    return f"{measure.subject} {measure.words.verbs[usd < 0]} by {number(abs(usd), 'USD')}"


def _paid(researchers: float, wage: float) -> str:
    """A sum [USD/yr] and how many researchers cost as much: $150 B, what 770,000 researchers cost at $200 k each."""
    cost = f"{_many(researchers, 'researcher')} {_verb('cost', researchers)}"
    return f"{number(researchers * wage, 'USD', PLACES)}, what {cost} at {number(wage, 'USD', PLACES)} each"


def _worth(name: str, unit: str) -> float:
    """A thing's yearly amount in base units: kgCO2e or kWh."""
    found = everyday()[name]
    return float(found["value"]) * factor(found["unit"], unit)


def _verb(verb: str, count: float) -> str:
    return verb if count >= ONE else f"{verb}s"


def _many(count: float, name: str) -> str:
    """How many of something: 1.2 million cars, 340 cars, one car, less than one car."""
    if count < 1 / ONE:
        return f"less than one {name}"
    if count < ONE:
        return f"one {name}"
    count = float(f"{count:.{PLACES}g}")  # as it will be printed: 999,900 are a million
    size, word = next(((size, word) for size, word in LARGE if count >= size), (1.0, ""))
    return f"{plain(count / size, PLACES)}{word} {name}s"
