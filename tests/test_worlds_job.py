"""How the worlds of a study are divided, and what a worker keeps of its work."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from sim.errors import InputError
from sim.outputs.planned import extend
from sim.scenario import Scenario
from sim.study.study import Study
from sim.study.sweep import wanted
from sim.study.worlds import KEPT, WorldsJob
from tests.studies import SINGLE
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

    job = WorldsJob(small(until=2013), cast(Any, Counted()), (), "", (), ())
    for _ in range(2):
        assert [job.built(point) is None for point in range(KEPT)] == [point == 1 for point in range(KEPT)]
    assert asked == list(range(KEPT))
    assert pickle.loads(pickle.dumps(replace(job, points=asked))).built.cache_info().currsize == 0


LABS, TAX = "kind.academic_lab.count", {"policy.carbon_tax.start": [2012], "policy.carbon_tax.rate": "0:300"}


@pytest.mark.parametrize(
    ("vary", "fewer", "more"),
    [
        ({LABS: "40:80", **TAX}, 8, 64),  # rounded numbers of labs repeat among more points
        ({"product.margin": [0.3, 0.4, 0.5, 0.6, 0.7], **TAX}, 4, 8),
        (TAX, 8, 64),
    ],
)
def test_more_samples_leave_shards_as_they_are_where_more_worlds_share_a_past(
    tmp_path: Path, vary: dict[str, Any], fewer: int, more: int
) -> None:
    """What was simulated before was cut anew, lost its name and was simulated once more."""
    asked = wanted(small(until=2013), vary, named="sobol", samples=fewer, replicates=2)
    replace(asked, chunk=SINGLE).write(tmp_path, ["sweep"])
    study = Study(tmp_path)
    before, beside = study.job.names, study.job.points.side_by_side
    extend(study, samples=more)
    assert study.job.points.side_by_side > beside
    assert set(before) < set(study.job.names)
    extend(study, replicates=3)
    assert set(before) < set(study.job.names)
    worlds = sorted(world for chunk in study.job.chunks for world in chunk.worlds)
    assert worlds == [(replicate, point) for replicate in range(3) for point in range(more + 1)]


def test_a_plan_that_says_nothing_of_worlds_side_by_side_is_read(tmp_path: Path) -> None:
    """Plans were so before."""
    asked = wanted(small(until=2013), TAX, named="sobol", samples=8, replicates=2)
    asked.write(tmp_path, ["sweep"])
    now = Study(tmp_path)
    before = Study(tmp_path, {**now.plan, "rounds": [one[:2] for one in now.plan["rounds"]]})
    assert before.job.names == now.job.names
