"""Measures that a user declares, before and after a simulation: each value stands under its own name."""

import pickle
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
import sim.measures
from sim.actors.academic_lab import AcademicLab
from sim.app.pair import Track
from sim.economy.observe import Period, observe
from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures import EMISSIONS, registry
from sim.measures.base import DECLARED, Told, measure
from sim.report.comparison.key import claims
from sim.results.flat import replicate_arrays, replicate_of
from sim.store.arrays import as_archive, in_archive
from sim.study.worlds import WorldsJob
from tests.worlds import BASELINE, FEW, ROOT, small

TAXED = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2012")


def my_own(_: Any) -> float:
    return 1.0


def declare(id: str = "my_own") -> None:
    """In front of all others, and with a place wherever there is one."""
    told = Told(run=99, policy=99, money=99, by_year=99, moved=99)
    measure(id, "Mine", "1", "a number", order=1, told=told)(my_own)


def ran() -> sim.Run:
    return sim.run(small("carbon_tax", *TAXED, until=2013, replicates=2), workers=1, every_step=True)


def compared() -> sim.Comparison:
    return sim.compare([small(until=2013), small("carbon_tax", *TAXED, until=2013)], replicates=2, workers=1)


def test_a_measure_that_is_declared_after_a_run_changes_nothing_in_it(tmp_path: Path) -> None:
    looked_at, found = ran(), ran()
    expected = {id: looked_at.values(id) for id in looked_at.measures}
    tables = [looked_at.series, looked_at.steps, looked_at.summary(), looked_at.missing]
    declare()
    assert list(found.measures) == list(expected)
    for id, values in expected.items():
        assert np.array_equal(found.values(id), values, equal_nan=True)
    again = [found.series, found.steps, found.summary(), found.missing]
    assert all(one.equals(other) if hasattr(one, "equals") else one == other
               for one, other in zip(again, tables, strict=True))  # fmt: skip
    found.report(tmp_path / "out")
    with pytest.raises(sim.InputError, match="'my_own' was declared after this was simulated"):
        found.values("my_own")
    assert ran().values("my_own").tolist() == [[1.0, 1.0]] * 2


def test_a_measure_that_is_declared_after_a_comparison_changes_nothing_in_it(tmp_path: Path) -> None:
    looked_at, found = compared(), compared()
    table, drawn = looked_at.table, looked_at.drawn_series
    declare()
    assert found.table.equals(table)
    assert found.drawn_series.equals(drawn)
    assert found.gain(1) == looked_at.gain(1)
    found.report(tmp_path / "out")
    with pytest.raises(sim.InputError, match="'my_own' was declared after this was simulated"):
        found.effect(1, "my_own")


@pytest.mark.parametrize(
    ("unit", "over", "flows"), [("runs/yr", "year", True), ("runs/yr", "year-end", False), ("runs", "year", False)]
)
def test_one_rule_says_what_flows(unit: str, over: str, flows: bool) -> None:
    """A rate that holds at the end of a year is no amount: in a step and in a year that is not over it stays a rate,
    and there is no sum of it over the years."""
    measure("my_own", "Mine", unit, "a number", over=over, told=Told(total=99, policy=99))(my_own)
    found = ran().steps
    assert {*found[found["measure"] == "my_own"]["unit"]} == {"runs" if flows else unit}
    both = compared()
    table = both.table
    units = table[table["measure"] == "my_own"].set_index("window")["unit"]
    assert units.to_dict() == {"final": unit, "mean": unit, **({"total": "runs"} if flows else {})}
    (claim,) = [claim for claim in claims(both, 1, {}) if claim.measure.id == "my_own"]
    assert (claim.total is not None) == flows
    track = Track(small(until=2013), 1)
    track.step()
    assert track.values["my_own"] == [4.0 if flows else 1.0]


def test_what_a_measure_works_out_once_is_found_under_its_own_function() -> None:
    """Two functions of one name are two, also where what they are given is alike."""

    def best(p: Period, column: str) -> float:
        asked.append(column)
        return float(getattr(p, column).max())

    asked: list[str] = []
    world, step = advance(begin(small(until=2013), 1))
    period = observe(world, [step])
    shipped = {id: one(period) for id, one in registry().items()}
    for column in ("error", "access", "error"):
        assert period.once(best, column) == getattr(period, column).max()
    assert asked == ["error", "access"]
    other = observe(world, [step])
    assert other.once(best, "error") == period.once(best, "error")
    again = {id: one(other) for id, one in registry().items()}
    assert np.array_equal([*again.values()], [*shipped.values()], equal_nan=True)


def test_replicates_that_were_measured_otherwise_are_not_put_together() -> None:
    before = ran()
    declare()
    mixed = replace(before, replicates=[before.replicates[0], ran().replicates[1]])
    with pytest.raises(sim.InputError, match="measures that others have not") as raised:
        mixed.values(EMISSIONS)
    assert raised.value.found == "my_own"


def test_a_run_that_was_kept_needs_its_measures_again() -> None:
    declare()
    found = ran()
    kept = replicate_of(in_archive(as_archive(replicate_arrays(found.replicates[0]))))
    assert kept.measures == found.replicates[0].measures
    DECLARED.pop()
    sim.measures._registered.cache_clear()
    with pytest.raises(sim.InputError, match="'my_own' is not declared in this process"):
        replace(found).values(EMISSIONS)


SCRIPT = """
import threading
import sim
from sim.measures.base import measure

{above}
if __name__ == "__main__":
{below}
    threading.Thread(target=threading.Event().wait, daemon=True).start()  # so that workers are not forked
    one = sim.load({file!r}, {few!r}, until=2012, replicates=2)
    try:
        found = sim.run(one, workers={workers})
        print(found.values("my_own").tolist(), found.measures["my_own"].label)
        both = sim.compare([one, sim.load({tax!r}, {few!r}, until=2012)], replicates=2, workers={workers})
        print(both.values(0, "my_own").tolist())
    except sim.InputError as error:
        print(str(error).splitlines()[0], error.fix)
"""
OWN = """
@measure("my_own", "Mine", "1", "a number", order=1)
def my_own(_):
    return 1.0
"""
INDENTED = OWN.replace("\n", "\n    ")
RIGHT = "[[1.0], [1.0]] Mine\n[1.0, 1.0]\n"


@pytest.mark.parametrize(
    ("above", "below", "workers", "said"),
    [
        (OWN, "", 2, RIGHT),  # which each worker imports
        ("", INDENTED, 2, "the measure 'my_own' is not declared in this process"),  # as in a cell of a notebook
        ("", INDENTED, 1, RIGHT),
    ],
)
@pytest.mark.slow
def test_spawned_workers_measure_what_is_asked_for_or_say_that_they_cannot(
    above: str, below: str, workers: int, said: str, tmp_path: Path
) -> None:
    script, tax = tmp_path / "script.py", BASELINE.with_name("carbon_tax.toml")
    text = SCRIPT.format(above=above, below=below, workers=workers, file=str(BASELINE), tax=str(tax), few=list(FEW))
    script.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert said in done.stdout, done.stdout + done.stderr
    assert said == RIGHT or "workers=1" in done.stdout


@pytest.mark.parametrize("made", [ran, compared])
def test_results_are_pickled_and_copied_after_a_look(made: Any) -> None:
    found = made()
    tables = found.series, found.measures, found.report, repr(found)
    if isinstance(found, sim.Comparison):
        tables = (*tables, found.table, found.flows(1), found.tenths(1), found.effect(1, EMISSIONS))
    assert tables
    for other in (pickle.loads(pickle.dumps(found)), deepcopy(found)):
        assert type(other) is type(found)
        assert other.series.equals(found.series)
        assert list(other.measures) == list(found.measures)


def test_nobody_can_change_what_others_are_handed(tmp_path: Path) -> None:
    found = compared()
    expected = found.values(1, EMISSIONS).copy()
    for handed in (registry(), found.measures, found.results[0].measures, found.flows(1), found.tenths(1)):
        with pytest.raises((TypeError, AttributeError)):
            handed.clear()  # type: ignore[attr-defined]
        with pytest.raises(TypeError):
            del handed[next(iter(handed))]  # type: ignore[attr-defined]
    for values in (found.paths(1, EMISSIONS), *(found.values(1, EMISSIONS, window) for window in ("final", "total"))):
        with pytest.raises(ValueError, match="read-only"):
            values[:] = 0
    assert np.array_equal(found.values(1, EMISSIONS), expected)
    assert EMISSIONS in registry()


def test_no_measure_can_change_what_others_see() -> None:
    """Nor sort it in place: they are handed one window."""
    world, steps = begin(small(until=2012), 1), []
    while not world.done:
        world, step = advance(world)
        steps.append(step)
    period = observe(world, steps)
    seen = {name: getattr(period, name) for name in (*vars(period), "carbon")}
    arrays = {name: value for name, value in seen.items() if isinstance(value, np.ndarray)}
    assert {"alive", "compute", "emissions", "energy", "error", "unit_cost", "revenue_by_use", "carbon"} <= {*arrays}
    assert [name for name, array in arrays.items() if array.flags.writeable] == []
    for table in (period.bound, period.outcomes, period.treasury, period.wholes):
        with pytest.raises(TypeError):
            table.clear()  # type: ignore[attr-defined]
    assert isinstance(period.emitted_in, tuple)
    assert [array.flags.writeable for _, array in period.flows.posted] == [False] * len(period.flows.posted) != []


def test_a_report_holds_what_was_simulated_whatever_became_of_tables(tmp_path: Path) -> None:
    for made, table in ((ran, "series"), (ran, "actors"), (ran, "steps"), (compared, "series")):
        plain, changed = made(), made()
        frame = getattr(changed, table)
        frame[frame.columns[-1]] *= 0
        for name, found in (("plain", plain), ("changed", changed)):
            found.report(tmp_path / f"{made.__name__}_{table}_{name}")
        written = [(tmp_path / f"{made.__name__}_{table}_{name}" / f"{table}.csv").read_bytes()
                   for name in ("plain", "changed")]  # fmt: skip
        assert written[0] == written[1]


def swept(tmp_path: Path) -> object:
    return sim.sweep(small(until=2012), {"product.margin": [0.3, 0.4]}, replicates=1, workers=1, out=tmp_path / "out")


def test_a_rule_that_gives_no_amount_is_no_world_without_prices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Studies go on without worlds in which no prices meet the caps, and would count these among them."""
    monkeypatch.setattr(AcademicLab, "wants", lambda self, funds, _: -funds.start_plan)
    with pytest.raises(sim.InputError, match="`wants` of the rule academic_lab gave what is no amount"):
        swept(tmp_path)


def test_a_measure_that_a_worker_of_a_study_does_not_know_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a worker is another process, and the measure was declared in a notebook's cell."""
    declare()
    usual = WorldsJob._simulated

    def elsewhere(self: WorldsJob, worlds: Any) -> Any:
        DECLARED[:] = [one for one in DECLARED if one.id != "my_own"]
        return usual(self, worlds)

    monkeypatch.setattr(WorldsJob, "_simulated", elsewhere)
    with pytest.raises(sim.InputError, match="'my_own' is not declared in this process"):
        swept(tmp_path)
