"""In words what changes from the first year of a run to its last."""

from dataclasses import replace
from math import isfinite

import numpy as np

from sim.arrays import Array
from sim.report.words import SUFFIX, figures, number
from sim.results.certainty import NEAR, SMALL
from sim.results.statistics import Spread

BARELY = 1.1  # factors nearer to one than this are called slight


def change_sentence(
    subject: str, first: Array, last: Array, unit: str, words: tuple[str, str], wide: tuple[Array, Array] | None = None
) -> str:  # fmt: skip
    """One sentence on a change, from values over replicates; its words follow from sign, size and interval.

    The interval is the 5th to 95th percentile of the factor last / first within each replicate. When it holds one, the
    direction is unclear, or it hardly changes. From too few replicates there is no word on a direction. ``wide`` are
    first and last values with drawn numbers, whose factor is told beside, with its range.
    """
    first, last = _both(first, last)
    if not first.size:
        return f"{subject} cannot be stated: there is no such value in the first or the last year."
    change, beyond = _factor(first, last), _factors(wide)
    low, factor, high = change.low, change.median, change.high
    singular = words[0].endswith("s")
    was, now = number(float(np.median(first)), unit), number(float(np.median(last)), unit)
    if not isfinite(low):
        if was == now and np.median(first) == np.median(last):
            return f"{subject} {'is' if singular else 'are'} unchanged at {now}."
        if was == now:
            return f"{subject} hardly {'changes' if singular else 'change'}: {now} before and after."
        return f"{subject} {'goes' if singular else 'go'} from {was} to {now}."
    fell = high < 1.0
    if fell:
        low, factor, high = 1 / high, 1 / factor, 1 / low
        beyond = replace(beyond, median=1 / beyond.median, low=1 / beyond.high, high=1 / beyond.low)
    (middle, *ends), scale = figures([factor, low, high], "ratio")
    middle += scale.removesuffix(SUFFIX["ratio"])
    drawn = _in_words(beyond)
    over = f"; with drawn numbers by {drawn}" if drawn else ""
    span = f"(by a factor of {middle} [{ends[0]}, {ends[1]}] over replicates{over})"
    if low <= 1.0 <= high:
        over = f"; with drawn numbers it is {drawn}" if drawn else ""
        inside = f"the factor lies in [{ends[0]}, {ends[1]}] over replicates{over}"
        if max(high - 1, 1 - low) < NEAR and abs(factor - 1) < SMALL:
            return f"{subject} hardly {'changes' if singular else 'change'}: {was} before, {now} after; {inside}."
        return f"{subject} {'goes' if singular else 'go'} from {was} to {now}, direction unclear: {inside}."
    verb = words[1] if fell else words[0]
    slight = " slightly" if factor < BARELY else ""
    return f"{subject} {verb}{slight} from {was} to {now} {span}."


def _both(first: Array, last: Array) -> tuple[Array, Array]:
    """The values of two years that exist in both."""
    first, last = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    both = np.isfinite(first) & np.isfinite(last)
    return first[both], last[both]


def _factor(first: Array, last: Array) -> Spread:
    """The factor between two years; none where any value is nothing, or below."""
    return Spread.of(last / first if min(first.min(), last.min()) > 0 else np.empty(0))


def _factors(wide: tuple[Array, Array] | None) -> Spread:
    """The factor between two years over drawn worlds, without a range where there are none or too few."""
    first, last = _both(*wide) if wide is not None else (np.empty(0), np.empty(0))
    return _factor(first, last) if first.size else Spread(0)


def _in_words(factors: Spread) -> str:
    """A median with its range: 92.1, from 27.7 to 323; nothing without a range."""
    if not isfinite(factors.low):
        return ""
    (middle, low, high), scale = figures([factors.median, factors.low, factors.high], "ratio")
    letter = scale.removesuffix(SUFFIX["ratio"])
    return f"{middle}{letter}, from {low}{letter} to {high}{letter}"
