"""What a sensitivity tells of two policies, and of numbers that move together."""

from dataclasses import replace

import numpy as np
import pytest

from sim.report.sensitivity.words import plain_name, subject
from sim.results.sensitivity import Fact
from sim.study.indices import indices
from sim.study.points import Blocks
from sim.study.sensitivity import METHODS, sampled
from tests.test_sensitivity import some


def test_two_policies_are_set_against_each_other_where_both_change_something() -> None:
    """Where one changes next to nothing, the difference is the other's effect with signs turned."""
    result, one = some([3.0, 2.0, 1.0], 0.1, [1, 1, 0])
    centre = replace(one, policy="the_centre")
    both = replace(one, policy="tax", against="the_centre")
    assert subject(both) == "Tax against the centre: emissions"
    for size, told in ((0.05, False), (0.2, True)):
        tax = replace(one, policy="tax", importance=size * one.importance)
        every = replace(result, found=[one, centre, tax, both])
        assert (both in every.told) is told
        assert len(every.table) == 4 * 3  # the table holds all
        assert len(replace(every, method="sobol").told) == 4  # whose shares say nothing of sizes


def test_of_two_numbers_that_move_together_both_are_named() -> None:
    two = Fact("price_of_it", ("a.b", "c.d"), ("", ""), ("how dear", "how much"), (False, False))
    assert plain_name(two) == "price of it: how dear, with how much"
    three = Fact("price_of_it", ("a.b", "c.d", "e.f"), ("",) * 3, ("how dear", "how much", "how"), (False,) * 3)
    assert plain_name(three) == "price of it: how dear, with 2 more"


@pytest.mark.parametrize("varies", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_of_two_numbers_together_only_sobol_tells_also_where_nothing_moves(method: str, varies: bool) -> None:
    samples, facts = 4, [["a"], ["b"]]
    blocks = sampled(method, facts, [{}], samples, 1)
    assert isinstance(blocks, Blocks)
    values = np.zeros((samples, blocks.rows))
    if varies:
        values += np.arange(blocks.rows)
    found = indices(method, ["a", "b"], blocks, list(range(samples)), values, 1)
    assert found.importance.any() == varies
    assert found.pairs.shape == found.pairs_half.shape == ((0, 0) if method == "morris" else (2, 2))
