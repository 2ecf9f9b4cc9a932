"""Draws of assumptions under which worlds can be simulated."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sim.errors import NoPrices
from sim.scenario import Scenario
from sim.scenario.drawing import worlds

Made = TypeVar("Made")
MOST_DRAWS = 20  # of a replicate that come to a market that cannot be cleared, before that is told


def on_draw(
    scenarios: Sequence[Scenario], seed: int, replicate: int, simulate: Callable[[list[Scenario]], Made],
    *, observed: bool = False,
) -> tuple[dict[str, float], int, Made]:  # fmt: skip
    """A draw as ``worlds`` makes it, how many were thrown away before, and what ``simulate`` makes of the scenarios
    with its values. A draw under which no prices meet the caps is thrown away as well. Raises NoPrices where that
    happens ``MOST_DRAWS`` times."""
    first = 0
    for left in reversed(range(MOST_DRAWS)):
        values, thrown_away, drawn = worlds(scenarios, seed, replicate, observed=observed, first=first)
        try:
            return values, thrown_away, simulate(drawn)
        except NoPrices:
            if not left:
                raise
        first = thrown_away + 1
    raise AssertionError
