"""Where a function crosses zero."""

from collections.abc import Callable

CLOSE = 4e-16  # parts of a number that are as near to it as can be told


def crossing(rising: Callable[[float], float], low: float, high: float) -> float:
    """The end of a bracket as narrow as can be, at whose beginning a function is below zero and at its end is not.

    By false position: the line through both ends shows where to look next, and an end that stays has half its weight
    (the Illinois rule). Every fourth time the bracket is halved, so that no function can hold it up. A function that is
    nowhere below zero crosses it at ``low``, one that stays below it at ``high``.
    """
    below, above = rising(low), rising(high)
    if below >= 0:
        return low
    if above < 0:
        return high
    stayed, tries = "", 0
    while high - low > CLOSE * high:
        tries += 1
        guess = high - above * (high - low) / (above - below) if tries % 4 else (low + high) / 2
        least = CLOSE / 2 * high  # away from both ends, so that the bracket closes from both sides
        guess = min(max(guess, low + least), high - least)
        value = rising(guess)
        if value < 0:
            low, below, above = guess, value, above / 2 if stayed == "high" else above
            stayed = "high"
        else:
            high, above, below = guess, value, below / 2 if stayed == "low" else below
            stayed = "low"
    return high
