"""In how many years and draws permits of a cap cost its lowest or its highest price: then it is a tax."""

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Mask
from sim.measures.economy import CHEAPER_PERMIT, DEARER_PERMIT, PERMIT_PRICE
from sim.measures.permits import AT_HIGHEST, AT_LOWEST
from sim.plurals import counted
from sim.policies import Policy
from sim.report.certainty import PLACES
from sim.report.words import number
from sim.results.comparison import Comparison

LEVERS = {"carbon_ceiling", "carbon_floor"}
MOST = 0.5  # of a year: from there on a price counts as that of the year
BOUNDS = (  # measure, which price it is, that price under several caps, and what becomes of permits at it
    (AT_HIGHEST, "highest price of the cap", DEARER_PERMIT, "more of them than the cap are sold"),
    (AT_LOWEST, "lowest price of the cap", CHEAPER_PERMIT, "some of them stay unsold"),
)


def at_bounds(found: Comparison, scenario: int) -> list[str]:
    """A clause on each end that holds in any year and draw, where a scenario has caps of its own with such prices."""
    own = _own(found, scenario)
    if not own:
        return []
    start, end = min(one.start for one in own), max(one.end for one in own)
    years = [year for year in found.years if year >= int(start) and year < end]
    return [said for bound in BOUNDS if (said := _said(found, scenario, years, *bound))] if years else []


def _own(found: Comparison, scenario: int) -> list[Policy]:
    """The caps in force with a lowest or a highest price that a scenario has and the baseline has not, or not so."""
    policies = [one for one in found.scenarios[scenario].policies if one not in found.scenarios[0].policies]
    return [one for one in policies if not one.neutral and LEVERS & set(one.levers)]


def _said(found: Comparison, scenario: int, years: list[int], held: str, which: str, price: str, sold: str) -> str:
    first, last = (found.years.index(year) for year in (years[0], years[-1]))
    at = found.paths(scenario, held, wide=found.drawn)[:, first : last + 1] >= MOST
    if not at.any():
        return ""
    when = _when(at.sum(axis=1), years, "draw" if found.drawn else "replicate")
    tax = _as_a_tax(found, scenario, at[:, -1], price, years[-1])
    return f"emission permits cost the {which} {when}: {sold} then, and it works as a tax{tax}"


def _when(counts: NDArray[np.int_], years: list[int], draw: str) -> str:
    """In how many of the years, and in how many of the draws: in every year from 2028 to 2034 (all 10 draws); in 4 of
    7 years from 2028 to 2034 (the middle of 10 draws; in every year 3; in none of them 1)."""
    many, middle = len(years), float(np.median(counts))
    every, none = (int((counts == count).sum()) for count in (many, 0))
    all_ = counted(counts.size, draw)
    some = f"all {all_}" if every == counts.size else f"{every} of {all_}"
    if many == 1:
        return f"in {years[0]} ({some})"
    span, not_in = f"from {years[0]} to {years[-1]}", f"; in none of them {none}" if none else ""
    if middle == many:
        return f"in every year {span} ({some}{not_in})"
    often = f"; in every year {every}" if every else ""
    return f"in {middle:g} of {counted(many, 'year')} {span} (the middle of {all_}{often}{not_in})"


def _as_a_tax(found: Comparison, scenario: int, at: Mask, price: str,
              year: int) -> str:  # fmt: skip
    """Of which rate, in the last of the years, where it holds then in any draw: of $191/tCO2e in 2034."""
    if not at.any():
        return ""
    values = found.paths(scenario, price, wide=found.drawn)[:, found.years.index(year)][at]
    return f" of {number(float(np.median(values)), found.measures[PERMIT_PRICE].unit, PLACES)} in {year}"
