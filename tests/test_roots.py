"""The root finder of the slow reference, on functions whose crossing is known."""

from collections.abc import Callable

import pytest

from tests.reference.roots import crossing


@pytest.mark.parametrize(
    ("rising", "high", "expected"),
    [
        (lambda x: 7 * x - 1, 1e9, 1 / 7),
        (lambda x: x**9 - 2, 1e3, 2 ** (1 / 9)),
        (lambda x: 1 - 1e-12 / (1e-15 + x), 1e12, 1e-12 - 1e-15),
        (lambda x: x / (1 - x) - 8000, 8759 / 8760, 8000 / 8001),
        (lambda x: -1.0 if x < 0.3 else 2.0, 1.0, 0.3),
        (lambda x: x + 1, 5.0, 0.0),
        (lambda x: x - 7, 5.0, 5.0),
    ],
)
def test_a_crossing_is_found_to_the_last_digits(rising: Callable[[float], float], high: float, expected: float) -> None:
    tried = []

    def noted(x: float) -> float:
        tried.append(x)
        return rising(x)

    assert crossing(noted, 0.0, high) == pytest.approx(expected, rel=2e-15, abs=0)
    assert len(tried) <= 70
