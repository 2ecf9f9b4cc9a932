"""Draws of all kinds at once are those of each kind's own stream."""

import numpy as np
import pytest

from sim.rng import key_of, stream, uniform


@pytest.mark.parametrize("counts", [(1,), (4, 5), (61, 340, 602, 3)])
def test_draws_at_once_are_the_first_of_each_stream(counts: tuple[int, ...]) -> None:
    for year in (0, 2013, 2040):
        keys = [key_of(7, 2, f"exit of {kind}", year) for kind in range(len(counts))]
        alone = [stream(7, 2, f"exit of {kind}", year).random(count) for kind, count in enumerate(counts)]
        np.testing.assert_array_equal(uniform(keys, counts), np.concatenate(alone))
