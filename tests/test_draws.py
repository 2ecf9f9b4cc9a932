"""Draws of all kinds at once are those of each kind's own stream."""

import numpy as np
import pytest

from sim.economy.draws import Draws
from sim.rng import brief_stream, key_of, stream, uniform


@pytest.mark.parametrize("counts", [(1,), (4, 5), (61, 340, 602, 3)])
def test_draws_at_once_are_the_first_of_each_stream(counts: tuple[int, ...]) -> None:
    for year in (0, 2013, 2040):
        keys = [key_of(7, 2, f"exit of {kind}", year) for kind in range(len(counts))]
        alone = [stream(7, 2, f"exit of {kind}", year).random(count) for kind, count in enumerate(counts)]
        ends = np.cumsum(counts, dtype=np.intp)
        begins = ends - counts + 2  # behind two places that nothing is drawn for
        drawn = uniform(keys, np.array(counts, dtype=np.intp), begins, int(ends[-1]) + 3)
        np.testing.assert_array_equal(drawn, np.concatenate([np.zeros(2), *alone, np.zeros(1)]))


@pytest.mark.parametrize("kinds", [(), ("b",), ("a", "c"), ("a", "b", "c")])
def test_draws_of_some_kinds_are_those_of_all_and_nothing_for_others(kinds: tuple[str, ...]) -> None:
    counts = (("a", 61), ("b", 340), ("c", 3))
    some, every = (Draws(7, 2, counts).uniform("exit", 2020, only) for only in (kinds, None))
    chosen = np.repeat([id in kinds for id, _ in counts], [n for _, n in counts])
    np.testing.assert_array_equal(some, np.where(chosen, every, 0.0))
    assert every.all()


def test_draws_do_not_depend_on_who_asked_before() -> None:
    counts = (("a", 61), ("b", 340))
    draws, one = Draws(7, 2, counts), frozenset({"b"})
    some, every = draws.uniform("exit", 2020, one), draws.uniform("exit", 2020)
    np.testing.assert_array_equal(every, Draws(7, 2, counts).uniform("exit", 2020))
    assert not some[:61].any()
    assert draws.uniform("exit", 2020, one) is some


def test_a_stream_goes_on_whatever_is_drawn_meanwhile_and_a_brief_one_is_the_same() -> None:
    drawn = stream(7, 2, "truths").random(6)
    apart = stream(7, 2, "truths")
    first = apart.random(3)
    brief = brief_stream(7, 2, "truths").random(6)
    stream(7, 3, "another").random(2)
    np.testing.assert_array_equal([*first, *apart.random(3)], drawn)
    np.testing.assert_array_equal(brief, drawn)
