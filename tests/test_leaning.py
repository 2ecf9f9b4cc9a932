"""Where a direction is unclear, a verdict says on which side nearly all draws lie, if it is not next to nothing."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from sim.measures import EMISSIONS, registry
from sim.report.comparison.leaning import with_leaning
from sim.report.comparison.verdict import SpokenEffect
from sim.results.comparison import Comparison
from sim.results.statistics import Effect, ahead, effect
from tests.test_verdict import said

MANY_LOWER = (-0.79, -0.6, -0.55, -0.5, -0.48, -0.46, -0.4, -0.35, -0.3, 0.05)  # as a cap on the largest runs gives
LUCK = (-0.48,) * 10


def told(drawn: tuple[float, ...], luck: tuple[float, ...] = LUCK) -> str:
    one = np.ones(len(drawn))
    change = cast("Effect", effect(one, one + luck, (one, one + drawn)))
    count = ahead(one[:, None], 1 + np.array(drawn)[:, None])[0]
    measure = registry()[EMISSIONS]
    found = SimpleNamespace(drawn=True, measures={EMISSIONS: measure}, ahead=lambda *_: count)
    return said(with_leaning(cast("Comparison", found), 1, SpokenEffect(measure, measure.unit, change)))


def test_nine_tenths_of_draws_on_one_side_are_told_with_the_middle_one() -> None:
    assert told(MANY_LOWER) == (
        "Direction unclear: emissions (−79 to +5 %, though lower in 9 of 10 draws, by 47 % in the middle one)."
    )
    upward = tuple(-one for one in MANY_LOWER)
    assert "though higher in 9 of 10 draws, by 47 % in the middle one" in told(upward, (0.48,) * 10)


@pytest.mark.parametrize(
    ("drawn", "luck"),
    [
        ((*MANY_LOWER[:-2], 0.1, 0.05), LUCK),  # 8 of 10
        (MANY_LOWER, (0.2,) * 10),  # numbers as they stand go the other way
        (MANY_LOWER, (-0.004,) * 10),  # they are next to nothing
        ((*(-0.004,) * 9, 0.2), LUCK),  # the middle one is
    ],
)
def test_else_a_direction_is_unclear_without_a_side(drawn: tuple[float, ...], luck: tuple[float, ...]) -> None:
    assert "though" not in told(drawn, luck)
    assert "irection unclear" in told(drawn, luck)


def test_without_drawn_numbers_it_is_of_replicates_and_of_what_is_no_measure_nothing() -> None:
    one, measure = np.ones(10), registry()[EMISSIONS]
    change = cast("Effect", effect(one, one + MANY_LOWER, None))
    change = replace(change, luck=change.luck._replace(relative=change.luck.relative._replace(high=0.05)))
    claim = SpokenEffect(measure, measure.unit, change)
    found = SimpleNamespace(drawn=False, measures={EMISSIONS: measure}, ahead=lambda *_: (9, 1, 10))
    assert "lower in 9 of 10 replicates" in with_leaning(cast("Comparison", found), 1, claim).leaning
    found.measures = {}
    assert with_leaning(cast("Comparison", found), 1, claim) == claim
