"""Whose the largest values are, where some are equal."""

from fractions import Fraction

import numpy as np
import pytest

from sim.measures.rows import part_of_largest

PLACES = 30


def shared_places(values: list[float], rows: range) -> Fraction:
    """The share of rows in the places: the mean over all orders of those that are equal but for rounding."""
    edge = sorted(values, reverse=True)[PLACES - 1]
    equal = {row for row, value in enumerate(values) if abs(value - edge) <= 1e-9 * edge}
    above = {row for row, value in enumerate(values) if value > edge} - equal
    each = Fraction(PLACES - len(above), len(equal))
    return (len(above & {*rows}) + each * len(equal & {*rows})) / PLACES


@pytest.mark.parametrize(
    ("firms", "labs", "share"),
    [
        ([9.0] * 20, [9.0] * 180, 0.9),  # a ceiling on runs: every place is anyone's
        ([9.0] * 20 + [1.0] * 20, [9.0, 2.0, *[1.0] * 40], (2 + 8 * 40 / 60) / 30),  # the last places alone
        ([9.0] * 20, [9.0 * (1 + 1e-15), 9.0 * (1 - 1e-15), *[9.0] * 38], 2 / 3),  # equal but for rounding
        ([9.0] * 31, [9.0 * (1 - 1e-6)] * 40, 0.0),  # less by more than that
        ([9.0] * 20, [9.0] * 10, 1 / 3),  # as many as there are places
        ([float(run) for run in range(1, 60)], [run + 0.5 for run in range(1, 60)], 0.5),  # none is equal
    ],
)
def test_equal_values_share_the_places_whatever_their_order(
    firms: list[float], labs: list[float], share: float
) -> None:
    for first, second in ((firms, labs), (labs, firms)):
        values, start = first + second, len(firms) if first is firms else 0
        rows = range(start, start + len(labs))
        found = part_of_largest(np.array(values), np.arange(rows.start, rows.stop), PLACES)
        assert found == pytest.approx(share, rel=1e-15)
        assert found == pytest.approx(float(shared_places(values, rows)), rel=1e-15)


def test_of_fewer_values_than_places_all_count() -> None:
    assert part_of_largest(np.array([1.0, 1.0, 0.0, 2.0]), np.array([1, 2]), PLACES) == 1 / 3
    assert np.isnan(part_of_largest(np.zeros(4), np.array([1]), PLACES))
