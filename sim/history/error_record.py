"""The error record: the lowest error on ImageNet by year, to the end of 2021."""

from datetime import date
from functools import cache
from math import log10
from typing import NamedTuple

from sim.scenario.data import tables

FILE = "imagenet_errors.toml"
TWO_SIDED = 1.96  # standard deviations that hold 95 % of a normal distribution


class ErrorRecord(NamedTuple):
    """log10 of the lowest error reached by the end of each year that has a result, and its standard deviation."""

    best: dict[int, float]
    spread: float


def days() -> list[date]:
    """Those of the packaged results."""
    return [result["date"] for result in tables(FILE)["result"]]


@cache
def error_record() -> ErrorRecord:
    """The packaged results, each year's with all before it."""
    table = tables(FILE)
    best: dict[int, float] = {}
    lowest = 1.0
    for result in sorted(table["result"], key=lambda each: each["date"]):
        lowest = min(lowest, result["error"])
        best[result["date"].year] = log10(lowest)
    return ErrorRecord(best, log10(1.0 + table["tolerance"]["value"]) / TWO_SIDED)
