"""Runs above thresholds are counted, and a duty to report makes them known."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim.economy.reports import Due
from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.state import Clock
from sim.measures import registry as measures
from sim.measures.ids import known_runs, runs_above
from sim.scenario import Scenario
from tests.test_policies import bits
from tests.worlds import changed, played, small, walked

THRESHOLD = 1e20
GROUPS = ("", "corporation", "startup", "academia")
COUNTED = ("yardsticks.lower_threshold=1e20", "yardsticks.upper_threshold=1e21")


def duty(*keys: str, until: int = 2016, steps: int = 4) -> Scenario:
    given = [f"policy.reporting_duty.{key}" for key in (f"threshold={THRESHOLD}", *keys)]
    return small("baseline", *COUNTED, f"time.steps_per_year={steps}", *given, until=until, replicates=1)


def yearly(scenario: Scenario) -> pd.DataFrame:
    series = sim.run(scenario, workers=1).series
    return series.pivot(index="year", columns="measure", values="value")


def test_runs_are_counted_by_year_and_kind_with_one_of_each_actor() -> None:
    scenario = small("baseline", *COUNTED, until=2016, replicates=1)
    world, steps = played(scenario)
    found = yearly(scenario)
    for year in range(2012, 2017):
        runs = np.max([step.run for step in steps if int(step.time) == year], axis=0)
        for group in GROUPS:
            rows = world.groups.of(group) if group else slice(None)
            for threshold, flop in (("lower_threshold", 1e20), ("upper_threshold", 1e21)):
                assert found.loc[year, runs_above(threshold, group)] == (runs[rows] > flop).sum()
    assert found["runs_above_lower_threshold"].iloc[-1] > found["runs_above_upper_threshold"].iloc[-1] > 0
    assert (found["runs_known"] == 0).all()
    assert (found["known_run_flop"] == 0).all()


@pytest.mark.parametrize("steps", [1, 4, 12])
def test_a_duty_on_all_without_a_lag_makes_known_what_is_counted(steps: int) -> None:
    found = yearly(duty(steps=steps))
    for group in GROUPS:
        counted, known = found[runs_above("lower_threshold", group)], found[known_runs(group)]
        assert known.to_numpy() == pytest.approx(counted.to_numpy()), group
    assert found["runs_known"].iloc[-1] > 5


def test_a_run_becomes_known_after_the_lag_and_once_in_a_year() -> None:
    _, now = played(duty("start=2014", until=2016))
    _, later = played(duty("start=2014", "lag=9 months", until=2016))
    counts = [[step.reports.sum() for step in steps] for steps in (now, later)]
    assert counts[1][3:] == counts[0][:-3]
    assert sum(counts[0][:8]) == 0 < counts[0][8]
    by_actor = sum(step.reports for step in now[8:12])
    assert by_actor.max() == 1
    assert now[-1].known_run >= later[-1].known_run > THRESHOLD


def test_what_was_reported_becomes_known_after_the_duty_has_ended() -> None:
    _, steps = played(duty("start=2014", "end=2015", "lag=2 yr", until=2018))
    known = {step.time: step.reports.sum() for step in steps}
    assert [time for time, count in known.items() if count and not 2016 <= time < 2017] == []
    assert known[2016.0] > 0


def test_coverage_is_a_share_of_actors_and_a_report_changes_nothing_else() -> None:
    plain = small("baseline", *COUNTED, until=2016, replicates=1)
    (_, free), (_, half), (_, all_) = played(plain), played(duty("coverage=0.5")), played(duty())
    assert 0 < sum(step.reports.sum() for step in half) < sum(step.reports.sum() for step in all_)
    for one, other in zip(free, half, strict=True):
        values, others = bits(one), bits(other)
        for name in values.keys() - {"reports", "known_run"}:
            assert np.array_equal(values[name], others[name]), name


def test_methods_come_with_the_report_where_the_duty_says_so() -> None:
    closed = ("kind.corporation.openness=0", "kind.startup.openness=0")
    with_methods = ("methods=0.9", "lag=6 months", "start=2014")
    scenario = duty(*with_methods)
    world, steps = walked(begin(scenario, 1), 12)
    shares = act(world).sharing
    told = np.zeros(world.groups.size, dtype=bool)
    for due in world.memory.reports.recent:
        told[due.rows] |= due.when > world.clock.time - 1
    assert told.any()
    assert (shares[told] >= 0.9).all()
    assert (shares[~told] == world.fixed.traits.openness[~told]).all()
    firms = small("baseline", *closed, *(f"policy.reporting_duty.{key}" for key in
                                         ("threshold=1e18", *with_methods)), until=2018)  # fmt: skip
    secret = small("baseline", *closed, until=2018)
    assert played(firms)[1][-1].public_knowledge > played(secret)[1][-1].public_knowledge
    assert steps[-1].public_knowledge > 0
    later = changed(world, steps_done=world.clock.steps_done + 8)
    assert (act(later).sharing == world.fixed.traits.openness).all()  # known for more than a year


@pytest.mark.parametrize("steps", [1, 4, 6, 12, 52])
def test_methods_are_published_for_a_year_in_steps_of_any_length(steps: int) -> None:
    """Rounding of dates makes it no step more or less."""
    found = set()
    for done in range(40 * steps):
        told = Clock(2012, steps, done)
        due = Due(told.time + told.dt, np.zeros(1, dtype=np.intp), np.ones(1), THRESHOLD)
        found.add(sum(due.is_fresh(Clock(2012, steps, later).time) for later in range(done + 1, done + 2 * steps + 1)))
    assert found == {steps}


def test_a_startup_in_the_place_of_another_has_reported_nothing() -> None:
    world, _ = walked(begin(duty("threshold=1e16", until=2020), 1), 8)
    gone = world.fixed.traits.raises
    assert (world.memory.reports.made[gone] > 0).any()
    after, _ = walked(changed(world, alive=world.actors.alive & ~gone), 4)
    new = gone & after.actors.alive
    assert new.any()
    assert (after.memory.reports.made[new] < 0).all()
    assert not any(new[due.rows].any() for due in after.memory.reports.recent)


def test_what_a_startup_reported_is_not_that_of_another_in_its_place() -> None:
    """Though it becomes known after it is gone; the run itself counts among those known."""
    world, _ = walked(begin(duty("threshold=1e16", "lag=3", until=2020), 1), 8)
    gone, due = world.fixed.traits.raises, {due.when: due.rows for due in world.memory.reports.due}
    assert any(gone[rows].any() for rows in due.values())
    after, _ = walked(changed(world, alive=world.actors.alive & ~gone), 4)
    new = gone & after.actors.alive
    assert new.any()
    for late in after.memory.reports.due:
        if late.when in due:
            assert not new[late.rows].any()
            assert set(late.rows) <= set(due[late.when])


def test_an_added_kind_is_counted_too() -> None:
    ids = set(measures((), ("national_lab",)))
    group = "kind_national_lab"
    assert {runs_above("lower_threshold", group), runs_above("upper_threshold", group), known_runs(group)} <= ids
