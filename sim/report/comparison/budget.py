"""Which number of public money is one for a budget: where the size that stands first lies outside its own range."""

import numpy as np

from sim.measures import EMISSIONS
from sim.measures.economy import OUTLAY, REVENUE
from sim.plurals import counted
from sim.results.certainty import DIRECTED, sureness
from sim.results.comparison import Comparison

MOST = 0.75  # of the draws: how many emit less, or more, than numbers as they stand, for these to be such a case


def for_a_budget(found: Comparison) -> str:
    """What to take for a budget, and why; nothing where every size lies within its range."""
    places = range(1, len(found.scenarios)) if found.drawn else ()
    if not any(_outside(found, i, id) for i in places for id in (REVENUE, OUTLAY)):
        return ""
    return f"For a budget take the range of public money, and not the size before it, which lies outside{_why(found)}."


def _outside(found: Comparison, scenario: int, id: str) -> bool:
    """Whether public money has a direction, and its size as numbers stand is not in its range over draws."""
    change = found.effect(scenario, id)
    if change is None or sureness(change) not in DIRECTED:
        return False
    low, high = change.told.amount[1:]
    return not low <= change.difference <= high


def _why(found: Comparison) -> str:
    """That the numbers as they stand are a case of high or of low emissions, where most draws emit less or more."""
    stands = float(np.median(found.values(0, EMISSIONS)))
    draws = found.values(0, EMISSIONS, wide=True)
    for word, side, beyond in (("high", "less", draws < stands), ("low", "more", draws > stands)):
        if beyond.mean() >= MOST:
            of = f"{int(beyond.sum())} of {counted(draws.size, 'draw')} of the baseline emit {side}"
            return f": the numbers as they stand are a case of {word} emissions, and {of}"
    return ""
