"""A study of points of one's own, each a row of a table."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.study import design
from sim.study.own_points import OWN
from sim.study.sweep import wanted
from tests.worlds import small

RATE, MARGIN, COUNT = "policy.carbon_tax.rate", "product.margin", "kind.startup.count"
REGIONS = "policy.carbon_tax.regions"
TABLE = pd.DataFrame({RATE: [300, 0.0, 10], MARGIN: [0.4, 0.45, 0.4]})
BY_YEAR = {"years": [2012, 2013], "values": [0, 100], "unit": "USD/tCO2"}


def swept(points: Any, **more: Any) -> pd.DataFrame:
    return sim.sweep(small(until=2012), design=points, replicates=2, workers=1, **more)


@pytest.mark.slow
def test_each_row_is_a_point_with_the_values_that_a_grid_has_there(tmp_path: Path) -> None:
    own = swept(TABLE, out=tmp_path / "own")
    study = sim.open_study(tmp_path / "own")
    assert study.points[[RATE, MARGIN]].iloc[1:].to_numpy().tolist() == TABLE.to_numpy().tolist()
    assert study.query("select count(*) as n from worlds")["n"].item() == (1 + len(TABLE)) * 2
    grid = sim.sweep(small(until=2012), {RATE: [0, 10, 300], MARGIN: [0.4, 0.45]}, replicates=2, workers=1)
    both = own.merge(grid, on=[RATE, MARGIN, "measure"], suffixes=("", " in a grid"))
    assert len(both) >= len(TABLE) * own["measure"].nunique()
    for column in ("value", "base", "difference", "ci_low"):
        assert both[column].equals(both[f"{column} in a grid"].rename(column))
    assert swept(TABLE.to_dict("records")).equals(own)
    assert f"3 points ({OWN}) beside the base point" in (tmp_path / "own" / "report.html").read_text("utf-8")


@pytest.mark.slow
def test_it_goes_on_and_is_verified_as_any_study(tmp_path: Path) -> None:
    first = swept(TABLE, out=tmp_path / "own")
    next((tmp_path / "own" / "shards").iterdir()).unlink()
    assert sim.resume(tmp_path / "own", workers=1).equals(first)
    more = sim.resume(tmp_path / "own", replicates=3, workers=1)
    assert set(more["replicates"]) == {3}
    found = sim.verify(tmp_path / "own")
    assert found.good
    assert {"points.csv", "sweep.csv"} <= set(found.same)
    with pytest.raises(InputError, match="points cannot be added to this design"):
        sim.resume(tmp_path / "own", samples=4)
    swept(TABLE.iloc[::-1], out=tmp_path / "other")
    plans = [sim.open_study(tmp_path / name).plan for name in ("own", "other")]
    assert plans[0]["places"] != plans[1]["places"] or plans[0]["axes"] != plans[1]["axes"]


ROWS: dict[str, tuple[list[dict[str, Any]], str, list[Any]]] = {
    "texts with units": ([{RATE: "5 USD/tCO2"}, {RATE: "50.0 USD/tCO2"}, {RATE: "5e2 USD/tCO2"}], RATE, [5, 50, 500]),
    "whole numbers": ([{COUNT: 5}, {COUNT: 6}], COUNT, [5, 6]),
    "of numpy": ([{MARGIN: np.float64(0.4)}, {MARGIN: np.float32(0.5)}], MARGIN, [0.4, 0.5]),
    "lists of names": ([{RATE: 9, REGIONS: ["germany"]}, {RATE: 9, REGIONS: ["norway"]}], REGIONS,
                       ['["germany"]', '["norway"]']),
    "switches": ([{"mechanisms.luck": True}, {"mechanisms.luck": False}], "mechanisms.luck", [True, False]),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_a_row_takes_what_a_list_of_values_takes(what: str, tmp_path: Path) -> None:
    rows, path, told = ROWS[what]
    world = small(until=2012)
    wanted(world, (), named=rows, replicates=1).write(tmp_path, ["sim.sweep"])
    study = sim.open_study(tmp_path)
    assert study.points[path].iloc[1:].tolist() == told
    assert len(study.job.points) == 1 + len(rows)
    for number in range(1, 1 + len(rows)):
        assert (
            study.job.points.world(world, number).policies
            == wanted(world, (), named=rows).points.world(world, number).policies
        )


def test_numbers_by_year_are_points_too() -> None:
    asked = wanted(small(until=2013), (), named=[{RATE: BY_YEAR}, {RATE: {**BY_YEAR, "values": [9, 0]}}])
    assert [asked.points.world(asked.scenario, number).policies[0].start for number in (1, 2)] == [2012, 2012]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (TABLE.to_dict("list"), "a data frame or a list of dictionaries"),
        ([], "a data frame or a list of dictionaries"),
        ([{}], "a data frame or a list of dictionaries"),
        (pd.DataFrame({RATE: []}), "a data frame or a list of dictionaries"),
        ([0.4, 0.5], "a data frame or a list of dictionaries"),
        ([{3: 0.4}], "columns named by paths"),
        ([{MARGIN: 0.4}, {RATE: 3}], "the same paths in all rows"),
        ([{MARGIN: 0.4}, {MARGIN: None}], "nothing in row 1"),
        (pd.DataFrame({MARGIN: [0.4, float("nan")]}), "nothing in row 1"),
        (pd.DataFrame({MARGIN: pd.array([0.4, None], dtype="Float64")}), "nothing in row 1"),
        (pd.DataFrame([[0.4, 0.5]], columns=[MARGIN, MARGIN]), "columns named by paths"),
        (pd.DataFrame([[0.4, 0.5]]), "columns named by paths"),
        ([{MARGIN: 0.4}, {MARGIN: 0.5}, {MARGIN: 0.4}], "rows 0 and 2"),
        ([{COUNT: 5}, {COUNT: 5.0}], "rows 0 and 1"),
        ([{MARGIN: 0.4}, {MARGIN: 0.5}, {MARGIN: 7}], "out of range"),
        ([{"product.marge": 0.4}], "did you mean 'margin'"),
        ([{RATE: "5 USD/tCO2"}, {RATE: "50 EUR/tCO2"}], "one unit for all"),
        ("latin", "unknown design 'latin'"),
    ],
)
def test_what_is_no_table_of_points_is_refused(points: Any, said: str) -> None:
    with pytest.raises(InputError) as error:
        wanted(small(until=2012), {MARGIN: [0.4]} if isinstance(points, str) else (), named=points)
    assert said in str(error.value)


@pytest.mark.parametrize("more", [{"vary": {MARGIN: [0.4]}}, {"samples": 3}, {"goals": {"emissions_total": "-30%"}}])
def test_nothing_else_says_what_is_varied(more: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="this argument cannot be used"):
        swept(TABLE, **more)


def test_there_are_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design, "MOST_POINTS", 2)
    with pytest.raises(InputError, match="too many points"):
        swept(TABLE)
