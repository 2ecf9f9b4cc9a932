"""Notes on numbers by year and on caps that are a slip: nominal money of years to come, years that nobody means, caps
of next to nothing."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from typing import Any

from sim.arrays import added
from sim.plurals import counted
from sim.quantity import LINEAR, Series, amounts, factor
from sim.scenario.data import currencies
from sim.scenario.moneywords import LATEST, NOMINAL
from sim.scenario.scenario import Scenario
from sim.scenario.schema import efficiency_at, path_at, series_at
from sim.scenario.slips import in_table

EARLIEST = 1950  # calendar year: before it, as after LATEST, a year that is far from its neighbour is hardly meant
FAR = 50  # years between two that are given
ODD = 1e-3  # of what is emitted, and as many times as much
OF_SOME_KINDS = 0.01  # of what all emit, that some kinds may emit
MILLIONS = "MtCO2e/yr"
MANY = 20.0  # times the year before: a share without % that may be meant in percent


def nominal_money_of_years_to_come(scenario: Scenario) -> Iterator[str]:
    """A series without a year of money, with amounts of years to come: those of plans are mostly in constant prices."""
    table = currencies()
    last = table["years"][-1]
    for number in scenario.quantities:
        if not isinstance(number.base, Series) or not number.converted:
            continue
        currency, year = number.converted[-1]
        own = [each for _, each in number.converted] == [int(each) for each in number.base.years]
        if own and year > last and "year" not in _written(scenario, number.path):
            becomes = f"{number.base.values[-1] / number.scale:.4g} {number.unit} of {table['year']}"
            yield (
                f"{number.path} names no year of its money, so it is taken as nominal: that of {year} is deflated by "
                f"{100 * table['inflation']:g} % a year after {last}, to {becomes}. For constant prices write the year "
                f'whose {currency} it is, e.g. year = {last}; year = "{NOMINAL}" says that it is nominal.'
            )


def _written(scenario: Scenario, path: str) -> Any:
    """The entry at a path as it was written, whatever it is."""
    head, *middle, key = path.split(".")
    entries: Any = scenario.tree.data.get(head, {})
    if head == "policy":
        entries = next((entry for entry in entries if entry.get("id") == middle[0]), {})
    elif middle:
        entries = entries.get(middle[0], {})
    entry = entries.get(key)
    return entry if isinstance(entry, dict) else {}


def years_that_nobody_means(scenario: Scenario) -> Iterator[str]:
    """A year far from the others, 2204 for 2024, or one that stands between others in a table, 2052 for 2025."""
    for number in scenario.quantities:
        if not isinstance(number.base, Series):
            continue
        if number.astray:
            yield f"{number.path} is taken as it stands, and {number.astray}: is that year meant?"
        for before, after in pairwise(number.base.years):
            odd = after if after > LATEST else before if before < EARLIEST else None
            if odd is not None and after - before > FAR:
                way = "along a straight line" if number.base.between == LINEAR else "in one step"
                near = after if odd == before else before
                yield (
                    f"{number.path} is given for {odd:g}, {counted(int(after - before), 'year')} from {near:g}, "
                    f"and goes {way} between them: is that year meant?"
                )


def caps_of_another_size(scenario: Scenario) -> Iterator[str]:
    """Permits to emit a thousandth of what is emitted, or a thousand times as much."""
    for policy in scenario.policies:
        number = scenario.numbers.get(f"policy.{policy.id}.cap")
        if "carbon_cap" not in policy.levers or number is None or policy.neutral:
            continue
        begins = max(policy.start, float(scenario.time.start))
        cap = number.base.at(begins) if isinstance(number.base, Series) else number.base
        if not 0 < cap < inf:
            continue
        market, target = scenario.market, scenario.target(policy)
        dirt = [series_at(each.grid_intensity, each.grid_change, int(begins)) for each in scenario.regions]
        energy = path_at(market.capacity, market.capacity_growth, begins) / efficiency_at(scenario.compute, begins)
        mean = energy * added(dirt[place] for place in target.regions) / len(dirt)
        least = ODD * mean * (OF_SOME_KINDS if policy.kinds else 1.0)
        if cap < least or cap > max(dirt) * energy / ODD:
            size, amount = (
                "less than a thousandth of" if cap < least else "more than a thousand times",
                cap / number.scale,
            )
            large = f", and {amount:.6g} Mt a year is written {in_table(f'{amount:.6g}', MILLIONS)}" * (cap < least)
            yield (
                f"{number.path} is {amount:.6g} {number.unit}, {size} what all compute on offer there emits by "
                f"electricity in {begins:g} (about {mean / factor(MILLIONS, MILLIONS):.2g} {MILLIONS}){large}."
            )


def caps_in_percent(scenario: Scenario) -> Iterator[str]:
    """A share of the year before that is written without % and may be meant in percent: 100 for 100 %."""
    for policy in scenario.policies:
        number = scenario.numbers.get(f"policy.{policy.id}.cap_share")
        if number is None or number.unit != "1" or policy.neutral:
            continue
        most = max((amount for amount in amounts(number.base) if amount < inf), default=0.0)
        if most > MANY:
            yield (
                f"{number.path} is {most:g}, {most:g} times the year before, and is never scarce; {most:g} % is "
                f'written {most / 100:g}, or {{ value = {most:g}, unit = "%" }}.'
            )
