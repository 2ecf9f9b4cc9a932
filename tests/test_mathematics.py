"""Exponentials, logarithms and powers against exact values, to the last bit alike however they are called."""

from collections.abc import Callable
from math import inf, isnan, nan

import mpmath
import numpy as np
import pytest

from sim import mathematics
from sim.mathematics import (
    count_at,
    exp,
    expm1,
    highest,
    log,
    log1p,
    mean_ln,
    median_at,
    power,
    solved,
    total,
    total_at,
)

EXACT = {"exp": mpmath.exp, "log": mpmath.log, "log1p": mpmath.log1p, "expm1": mpmath.expm1}
FUNCTIONS = {"exp": exp, "log": log, "log1p": log1p, "expm1": expm1}
EDGES = (0.0, -0.0, inf, -inf, nan, 1.0, -1.0, 5e-324, -5e-324, 2.3e-308, 709.78, 709.79, -745.13, -745.14, -746.0,
         -746.1, 1.79e308)  # fmt: skip


def numbers(name: str, count: int) -> np.ndarray:
    """Numbers all over the range of a function, near where it is 0, and where its result is subnormal."""
    rng = np.random.default_rng(17)
    near, wide = rng.normal(0, 1, count), rng.uniform(-1, 1, count)
    small, positive = rng.normal(0, 1e-8, count), 2.0 ** rng.uniform(-1074, 1024, count)
    return {
        "exp": np.concatenate([near, small, 700 * wide, rng.uniform(-745, -708, count)]),
        "log": np.concatenate([positive, 2.0 ** (wide / 2), 1 + small, 2.0 ** rng.uniform(-1074, -1022, count)]),
        "log1p": np.concatenate([positive, 0.9 * wide, small, 2.0 ** -rng.uniform(0, 50, count) - 1]),
        "expm1": np.concatenate([near, small, 60 * wide, 350 + 350 * wide, 0.5 * wide, 1e-300 * wide]),
    }[name]


def errors(found: np.ndarray, exact: list[mpmath.mpf]) -> np.ndarray:
    """Errors in units in the last place of the exact values; of the least number where they are subnormal."""
    units = [max(float(np.spacing(abs(float(value)))), 5e-324) for value in exact]
    differences = [abs(mpmath.mpf(y) - e) for y, e in zip(found, exact, strict=True)]
    return np.array([float(d / mpmath.mpf(u)) for d, u in zip(differences, units, strict=True)])


@pytest.mark.parametrize("name", EXACT)
def test_errors_stay_below_one_unit_in_the_last_place(name: str) -> None:
    values = numbers(name, 3000)
    with mpmath.workprec(160):
        exact = [EXACT[name](mpmath.mpf(value)) for value in values.tolist()]
        assert errors(np.asarray(FUNCTIONS[name](values)), exact).max() < 1.0


@pytest.mark.parametrize("name", EXACT)
def test_infinities_and_what_is_no_number_come_out_as_they_should(name: str) -> None:
    edges = np.array(EDGES)
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(edges)
    found = np.asarray(FUNCTIONS[name](edges))
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.array_equal(np.isinf(found), np.isinf(expected))
    assert np.signbit(found[~np.isnan(found)]).tolist() == np.signbit(expected[~np.isnan(expected)]).tolist()
    assert found == pytest.approx(expected, rel=4e-16, abs=1e-323, nan_ok=True)


@pytest.mark.parametrize("name", EXACT)
def test_bits_do_not_depend_on_how_a_function_is_called(name: str) -> None:
    """Compiled over an array, where the processor works on vectors, compiled for a number, and in plain Python."""
    function, values = FUNCTIONS[name], np.concatenate([numbers(name, 300), EDGES])
    plain: Callable[[float], float] = getattr(mathematics, name).function
    over = np.asarray(function(values))
    with np.errstate(all="ignore"):
        alone, by_python = ([call(x) for x in values.tolist()] for call in (function, plain))
    assert np.array_equal(over, np.array(alone), equal_nan=True)
    assert np.array_equal(over, np.array(by_python), equal_nan=True)


def test_powers_lie_within_their_bound() -> None:
    rng = np.random.default_rng(3)
    bases, exponents = 10.0 ** rng.uniform(-30, 30, 5000), rng.uniform(-3, 3, 5000)
    with mpmath.workprec(160):
        exact = [mpmath.power(mpmath.mpf(b), mpmath.mpf(e)) for b, e in zip(bases, exponents, strict=True)]
        found = errors(np.asarray(power(bases, exponents)), exact)
    assert (found < 1.0 + 3.0 * np.abs(exponents * np.log(bases))).all()


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        (0.0, 0.5, 0.0), (0.0, -0.5, inf), (0.0, 0.0, 1.0), (inf, 0.5, inf), (inf, -1.0, 0.0), (3.7, 0.0, 1.0),
        (3.7, 1.0, 3.7), (1.0, 1e300, 1.0), (1.0, inf, 1.0), (2.0, -inf, 0.0), (-1.0, 0.5, nan),
    ],
)  # fmt: skip
def test_powers_at_the_edges(base: float, exponent: float, expected: float) -> None:
    found = power(base, exponent)
    assert found == expected or (np.isnan(found) and np.isnan(expected))
    assert power(np.array([base]), np.array([exponent]))[0] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 100, 1001])
def test_sums_and_what_lies_in_the_middle(size: int) -> None:
    values = np.random.default_rng(size).lognormal(0, 3, size)
    rows = np.flatnonzero(values > 1)
    assert total(values) == pytest.approx(values.sum(), rel=1e-14)
    assert total_at(values, rows) == pytest.approx(values[rows].sum(), rel=1e-14)
    assert highest(values) == (values.max() if size else -inf)
    assert mean_ln(values, rows) == pytest.approx(np.log(values[rows]).mean() if rows.size else nan, nan_ok=True)
    if size:
        everyone = np.arange(values.size)
        assert median_at(values, everyone, np.ones(values.size, dtype=bool)) == np.median(values)
        half = everyone % 2 == 0
        assert median_at(values, everyone, half) == np.median(values[half])
        assert isnan(median_at(values, everyone, np.zeros(values.size, dtype=bool)))
        assert count_at(half, everyone) == half.sum()


def test_equations_are_solved_and_what_says_nothing_new_is_nothing() -> None:
    rng = np.random.default_rng(5)
    for size in (1, 2, 3, 4) * 50:
        matrix, right = rng.normal(size=(size, size)) * 10 ** rng.uniform(-3, 3, (size, 1)), rng.normal(size=size)
        assert matrix @ solved(matrix, right) == pytest.approx(right, rel=1e-9, abs=1e-9)
    assert solved(np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([1.0, 2.0])).tolist() == [1.0, 0.0]
    assert solved(np.array([[0.0, 2.0], [3.0, 0.0]]), np.array([4.0, 9.0])).tolist() == [3.0, 2.0]
    assert solved(np.zeros((2, 2)), np.ones(2)).tolist() == [0.0, 0.0]
