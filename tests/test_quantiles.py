"""Quantiles that intervals rest on, against those of another library."""

import pytest
from scipy import stats

from sim.results.quantiles import fewest_heads, student_within


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_quantiles_are_those_of_the_distributions(level: float) -> None:
    for n in (*range(3, 80), 999, 1000):
        assert fewest_heads(n, (1 - level) / 2) == int(stats.binom.ppf((1 - level) / 2, n, 0.5))
        assert student_within(level, n) == pytest.approx(float(stats.t.ppf(0.5 + level / 2, n)), rel=1e-12)
