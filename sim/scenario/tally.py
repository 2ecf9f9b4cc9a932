"""How many numbers of a scenario come from a source, are fitted or are assumed: one count for all that tells it."""

from collections import Counter
from math import inf

from sim.quantity import Quantity
from sim.scenario.alike import OWN
from sim.scenario.drawing import fact
from sim.scenario.ensemble import FITTED
from sim.scenario.scenario import Scenario


def tally(scenario: Scenario) -> Counter[str]:
    """Numbers and choices by what they rest on: source, fitted, assumed or choice. What kinds of one rule share counts
    once, as it is one fact; what is not given is no number."""
    rules = {f"kind.{kind.id}": kind.rule for kind in scenario.kinds}
    drawn = scenario.ensemble.paths if scenario.ensemble else ()
    found = dict[object, str]()
    for number in scenario.quantities:
        if number.basis == "choice" or number.base != inf:
            fitted = number.source == FITTED or number.path in drawn
            found.setdefault(_told(number, rules), FITTED if fitted else number.basis)
    return Counter(found.values())


def _told(number: Quantity, rules: dict[str, str]) -> object:
    """What a number tells: itself, or what kinds of its rule share. How many there are of a kind is its own."""
    table, _, key = number.path.rpartition(".")
    if table not in rules or key in OWN or number.basis == "choice":
        return number.path
    return rules[table], fact(number._replace(fact=None))
