"""Abatement: firm clean power in place of the grid's, and carbon taken out of the air again.

Of a kWh that emits g kgCO2e a buyer turns a share x to clean power and makes up for a share y of what is left. At a
price P of carbon it takes those that cost least:

    min over x, y of  premium(x) + g (1 - x) ((1 - y) P + removal(y))

The last part of clean power costs first + rise x / (1 - x), without bound towards all hours, the last removal
first + rise y: each is bought up to where it costs what it saves. What is least in P is concave in P, and its slope is
what is emitted after all, g (1 - x) (1 - y): so markets for permits clear with these choices as without them. Forms
assumed; that hourly matching costs ever more towards all hours: Riepin, Brown 2024.
"""

from math import inf
from typing import NamedTuple

from sim.compiled import equation
from sim.mathematics import log1p
from sim.quantity import HOURS_PER_YEAR

ALL = 1.0 - 1.0 / HOURS_PER_YEAR  # the most that is bought: all hours but one


class Offer(NamedTuple):
    """What there is to choose from, whatever the place."""

    rise: float  # USD/kWh: clean power for half of all hours over the first
    removal: float  # USD/kgCO2e: the first removal
    removal_rise: float  # USD/kgCO2e: the last removal over the first
    removable: float  # share of what is left that can be made up for
    free: float  # most clean power that is chosen for its price: 0 where it is bought for a promise alone


@equation
def removed(price: float, first: float, rise: float, most: float) -> float:
    """Share y of emissions that is removed again: where the last removal costs the ``price`` [USD/kgCO2e]."""
    return min(max((price - first) / rise, 0.0), most)


@equation
def removal_cost(share: float, first: float, rise: float) -> float:
    """What removing a ``share`` costs [USD per kgCO2e emitted]: the sum of first + rise y from 0 to it."""
    return share * (first + 0.5 * rise * share)


@equation
def burden(price: float, share: float, cost: float) -> float:
    """What a kg emitted costs in all [USD/kgCO2e]: the price of what stays, and the ``cost`` of what is removed."""
    return (1.0 - share) * price + cost


@equation
def clean_share(worth: float, first: float, rise: float) -> float:
    """Share x of clean power: where the last kWh costs what it is ``worth`` [USD/kWh], the carbon that it saves."""
    above = max(worth - first, 0.0)
    return above / (rise + above)


@equation
def premium(share: float, first: float, rise: float) -> float:
    """What a ``share`` of clean power costs above the grid's [USD per kWh used]: the sum of its last parts."""
    return share * first - rise * (share + log1p(-share)) if share > 0.0 else 0.0  # none may be on offer


@equation
def kept_promise(wanted: float, promised: float, first: float) -> float:
    """The share of clean power wanted, no less than what is promised where any is on offer: ``first`` [USD/kWh]."""
    return max(wanted, promised) if first < inf else wanted


@equation
def kept(share: float, ends: float) -> float:
    """The least share of clean power: of what was bought, contracts over a part ``ends`` run out."""
    return share * (1.0 - ends)


@equation
def built(share: float, builds: float) -> float:
    """The most: a share ``builds`` of all power can be added."""
    return min(share + builds, ALL)


@equation
def reachable(wanted: float, least: float, most: float) -> float:
    """The share nearest to the one wanted that contracts and building allow."""
    return min(max(wanted, least), most)
