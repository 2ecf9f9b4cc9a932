"""What a worker of a study keeps of its work."""

import pickle
from dataclasses import replace
from typing import cast

from sim.errors import InputError
from sim.scenario import Scenario
from sim.study.points import Points
from sim.study.worlds import KEPT, WorldsJob
from tests.worlds import small


def test_as_many_scenarios_are_kept_built_as_is_said() -> None:
    """With blocks of more than half as many it built each anew."""
    asked: list[int] = []

    class Counted:
        def world(self, scenario: Scenario, point: int) -> Scenario:
            asked.append(point)
            if point == 1:
                raise InputError("no possible world")
            return scenario

    job = WorldsJob(small(until=2013), cast(Points, Counted()), (), "", (), ())
    for _ in range(2):
        assert [job.built(point) is None for point in range(KEPT)] == [point == 1 for point in range(KEPT)]
    assert asked == list(range(KEPT))
    assert pickle.loads(pickle.dumps(replace(job, points=asked))).built.cache_info().currsize == 0
