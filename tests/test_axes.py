"""What is varied is told before it is simulated and after: values, ranges and units."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.report.sweep.summary import IDLE, summarize
from sim.study.axes import read_axes
from sim.study.axiswords import unit_of
from tests.saying import Say, refused
from tests.test_sweep import made_up
from tests.worlds import SMALL, small

TAX, LABS = "policy.carbon_tax.rate", "kind.academic_lab.count"
TINY = small(until=2013)


@pytest.mark.parametrize(
    ("vary", "grid", "told", "typed"),
    [
        (f"{TAX}=7,5", True, "takes 2 values: 7, 5 USD/tCO2", "7,5"),  # a decimal comma is seen
        (f"{TAX}=0.05,0.07 USD/kgCO2", True, "takes 2 values: 0.05, 0.07 USD/kgCO2", "0.05,0.07"),
        (f"{TAX}=0:300", False, "is drawn: from 0 to 300 USD/tCO2", "0:300"),
        (f"{TAX}=1:300:log", False, "is drawn: from 1 to 300 USD/tCO2, evenly in the logarithm", "1:300:log"),
        (f"{LABS}=10:40", False, "is drawn: whole numbers from 10 to 40", "10:40"),
        ("market.allocation=price,queue", True, "takes 2 values: price, queue", "price,queue"),
        ("mechanisms.abatement=true", True, "takes 1 value: true", "true"),
        (f"{LABS}=1:20:20", True, "takes 20 values: 1, 2, 3, ..., 20", ",".join(map(str, range(1, 21)))),
    ],
)
def test_it_is_told_what_each_entry_takes(vary: str, grid: bool, told: str, typed: str) -> None:
    (axis,) = read_axes([vary], TINY, grid=grid)
    assert axis.told(unit_of(axis, TINY)) == told
    assert axis.as_typed == typed


def test_the_plan_tells_it_before_a_world_is_simulated(tmp_path: Path, say: Say) -> None:
    out = tmp_path / "study"
    said = say("sweep", *SMALL, "--vary", f"{TAX}=7,5", "--vary", f"{LABS}=20", "--workers", "1", "--out", out)
    note, *lines = said.err.splitlines()[:4]
    assert note.startswith("Note: policy carbon_tax has no start")
    assert lines[:2] == [f"{TAX} takes 2 values: 7, 5 USD/tCO2", f"{LABS} takes 1 value: 20"]
    rows = [line.split()[:2] for line in said.out.splitlines()]
    assert ["–", "(base)"] in rows  # which has no tax
    assert lines[2].startswith("3 points x 1 replicate = 3 worlds.")


def test_a_table_holds_what_is_varied(tmp_path: Path) -> None:
    """A reader of the tables alone has the units."""
    vary = {"mechanisms.abatement": [True], TAX: "0.05,0.07 USD/kgCO2", LABS: [20]}
    sim.sweep(TINY, vary, until=2012, replicates=1, workers=1, out=tmp_path / "study")
    of = pd.read_csv(tmp_path / "study" / "axes.csv", keep_default_na=False)
    assert list(of.columns) == ["key", "unit", "base", "values", "meaning"]
    assert of["key"].tolist() == list(vary)
    assert of["unit"].tolist() == ["", "USD/kgCO2", ""]
    assert of["base"].tolist() == ["false", "", "20"]  # which has no tax
    assert of["values"].tolist() == ["true", "0.05,0.07", "20"]
    assert of["meaning"].str.contains("tax when it begins").tolist() == [False, True, False]
    points = pd.read_csv(tmp_path / "study" / "points.csv")
    assert points["mechanisms.abatement"].tolist() == [False, True, True]  # the first is what the scenario says


@pytest.mark.parametrize("values", ["50 USD/tCO2,0.06 USD/kgCO2", "50 USD/tCO2,80,90 USD/kgCO2"])
def test_values_in_several_units_are_refused(values: str) -> None:
    """A column of a table has one unit."""
    with pytest.raises(InputError, match="values in several units") as caught:
        read_axes([f"{TAX}={values}"], TINY, grid=True)
    assert caught.value.found == "USD/tCO2, USD/kgCO2"


@pytest.mark.parametrize("samples", ["0", "1", "-1", "1.5"])
@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_too_few_samples_get_one_answer(samples: str, method: str, say: Say) -> None:
    said = say("sensitivity", *SMALL[:1], "--samples", samples, "--method", method)
    refused(said, f"found    '{samples}'", "allowed  a whole number of at least 2", key="--samples")
    if samples in ("0", "1"):
        with pytest.raises(InputError, match="a whole number of at least 2"):
            sim.sensitivity(TINY, samples=int(samples), method=method)


def test_what_is_varied_without_effect_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_up(f"{TAX}=0,50,300")
    assert IDLE not in summarize(made, TINY, "grid").notes
    same = np.ones((len(made.points), 6))
    idle = replace(made, read=lambda ids, some: dict.fromkeys(ids, same[some.start : some.stop]))
    assert IDLE in summarize(idle, TINY, "grid").notes
    with monkeypatch.context() as patch:
        patch.setattr("sim.results.sweep.MOST_ROWS", 1)
        assert IDLE not in summarize(replace(idle), TINY, "grid").notes  # nobody looked at the others


@pytest.mark.usefixtures("drawn")
def test_a_series_and_a_list_are_values_of_a_sweep(tmp_path: Path) -> None:
    """Their cells are texts, as a file has them: nothing can be told from a table whose cells are lists."""
    by_year = {"years": np.array([2012, 2013]), "values": [50, 100]}
    vary = {"policy.carbon_tax.rate": [by_year, 20], "policy.carbon_tax.regions": [["germany"], ["france"]]}
    table = sim.sweep(small(until=2013), vary, replicates=2, out=tmp_path / "out", workers=1)
    assert table["policy.carbon_tax.rate"].unique().tolist()[1:] == ["{years = [2012, 2013], values = [50, 100]}", 20]
    assert table.groupby("policy.carbon_tax.regions")["value"].count().index.tolist() == ['["france"]', '["germany"]']
    assert (tmp_path / "out" / "figures" / "heat_map.png").is_file()
