"""Quantiles of two distributions, from elementary operations alone: the same bits on every processor."""

from fractions import Fraction
from functools import cache
from math import pi, sqrt

HALVINGS, TERMS = 4, 14  # of an angle, and of the series for what is left: exact to the last digit


@cache
def fewest_heads(n: int, chance: float) -> int:
    """The smallest number of heads that n tosses of a fair coin stay at or below with at least this ``chance``."""
    enough, heads, ways = Fraction(chance) * 2**n, 0, 1
    all_ways = ways
    while all_ways < enough:
        ways = ways * (n - heads) // (heads + 1)
        heads, all_ways = heads + 1, all_ways + ways
    return heads


@cache
def student_within(level: float, freedom: int) -> float:
    """The amount that Student's t with ``freedom`` >= 3 whole degrees of freedom stays within with a chance of
    ``level``, up to 0.99; error below 1e-13 of it."""
    low, high = 0.0, 8.0
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (middle, high) if _chance_within(middle, freedom) < level else (low, middle)
    return high


def _chance_within(t: float, freedom: int) -> float:
    """The chance that Student's t lies within plus and minus t (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4)."""
    cosine2 = freedom / (freedom + t * t)
    sine, term, terms = t / sqrt(freedom + t * t), 1.0, 0.0
    for i in range(2 + freedom % 2, freedom + 1, 2):
        terms += term
        term *= cosine2 * (i - 1) / i
    if freedom % 2 == 0:
        return sine * terms
    return 2.0 / pi * (_arctangent(t / sqrt(freedom)) + sine * sqrt(cosine2) * terms)


def _arctangent(x: float) -> float:
    """The angle with a tangent: half of it is halved again, until a short series gives it."""
    for _ in range(HALVINGS):
        x /= 1.0 + sqrt(1.0 + x * x)
    found = 0.0
    for i in range(2 * TERMS + 1, 0, -2):
        found = 1.0 / i - x * x * found
    return 2.0**HALVINGS * x * found
