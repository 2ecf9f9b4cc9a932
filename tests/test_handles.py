"""What a study and an effect show of themselves in Python, and that asking changes nothing."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.report.words import reach
from sim.results.statistics import EVERY_COLUMN
from sim.study.engine import local
from sim.study.study import Study
from tests.made_effects import an_effect
from tests.studies import planned


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    found = planned(tmp_path_factory.mktemp("handles") / "study", replicates=2, until=2012)
    assert "6 worlds, 0 of them there" in repr(found)
    found.carry_out(local(1))
    return found


def test_a_study_says_what_it_is(study: Study) -> None:
    assert repr(study) == (
        f"<sweep of baseline over product.margin: 3 points, 2 replicates, 6 worlds, all there, in {study.directory}>"
    )


def test_an_effect_shows_the_names_that_it_is_asked_by() -> None:
    change = an_effect(0.02, (-0.1, 0.1), baseline=0.0093)
    told = repr(change)
    assert [name for name in EVERY_COLUMN.values() if f"{name}=" not in told] == []
    assert "low=" in told
    assert "TwoScales" not in told
    for part in told.removeprefix("Effect(").removesuffix(")").split(", "):
        name, _, value = part.partition("=")
        assert float(value) == pytest.approx(getattr(change, name), rel=1e-5, nan_ok=True)


WRITING = (
    "create table mine as select 1", "drop view worlds", "insert into worlds values (1)", "delete from worlds",
    "copy (select 1) to '{file}'", "copy (pivot (select 1 a, 2 b) on a using sum(b)) to '{file}'",
    "select 1; copy worlds to '{file}'", "attach '{file}'", "set threads = 1", "install spatial",
)  # fmt: skip


@pytest.mark.parametrize("sql", WRITING)
def test_a_query_that_writes_is_refused(sql: str, study: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the query failed: it does more than ask") as raised:
        study.query(sql.format(file=tmp_path / "there"))
    assert "select" in str(raised.value.allowed)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("sql", ["", " ; ", "-- nothing"])
def test_a_query_that_asks_nothing_is_refused(sql: str, study: Study) -> None:
    with pytest.raises(InputError, match="the query failed: it asks nothing"):
        study.query(sql)


@pytest.mark.parametrize("sql", [
    "select count(*) as n from worlds", "with a as (from worlds) select count(*) as n from a", "describe worlds",
    "summarize worlds", "explain select 1", "from points", "show tables", "select 1; select 2",
    "pivot worlds on year using count(*) group by point",
])  # fmt: skip
def test_a_query_that_asks_is_answered(sql: str, study: Study) -> None:
    assert len(study.query(sql)) > 0


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [
        ("55 percentage points", "100 percentage points", "55 to 100 percentage points"),
        ("−5 percentage points", "+10 percentage points", "−5 to +10 percentage points"),
        ("0", "4.1 percentage points", "0 to 4.1 percentage points"),
        ("30 %", "80 %", "30 to 80 %"),
        ("18-fold", "730-fold", "18-fold to 730-fold"),
        ("5 tCO2e", "100 tCO2e", "5 to 100 tCO2e"),
        ("900 k tCO2e", "1.2 M tCO2e", "900 k tCO2e to 1.2 M tCO2e"),
        ("$30 B", "$40 B", "$30 B to $40 B"),
        ("1 actor", "3 actors", "1 actor to 3 actors"),
    ],
)
def test_a_unit_of_both_ends_is_said_once(least: str, most: str, said: str) -> None:
    assert reach(least, most) == said
