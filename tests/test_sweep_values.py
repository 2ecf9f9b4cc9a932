"""Whatever form a value of a sweep has, its plan, its worlds and its tables have it, and nothing is no value."""

import json
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.scenario.variants import changed
from sim.study.axes import FROM_VARY
from sim.study.study import Study
from sim.study.sweep import wanted
from tests.worlds import small

TAX, LIMIT, LAST = "policy.carbon_tax.rate", "policy.training_run_ceiling.limit", "policy.carbon_tax.end"
BY_YEAR, OTHERS = ({"years": [2012, 2013], "values": values} for values in ([0, 500], [500, 0]))
TAXED = small("carbon_tax", "policy.carbon_tax.start=2012", until=2013, replicates=1)
BOUND = small("training_run_ceiling", f"{LIMIT}=1e19", "policy.training_run_ceiling.start=2012", until=2013,
              replicates=1)  # fmt: skip
IN_A_FILE = {"basis": "assumed", "note": "n", "low": 0.1, "high": 0.6}
PRICE, DEAR = "{years = [2012, 2013], values = [0, 500]", "{years = [2012, 2013], values = [500, 0]"

FORMS: list[tuple[str, list[Any], str, list[Any]]] = [  # path, values, their unit, and what tables have of them
    (TAX, [5, 6.5], "USD/tCO2", [5, 6.5]),
    (TAX, ["5 USD/tCO2", "6 USD/tCO2"], "USD/tCO2", [5, 6]),
    (TAX, ["0.05 USD/kgCO2", "0.06 USD/kgCO2"], "USD/kgCO2", [0.05, 0.06]),
    (TAX, [{"value": 5}, {"value": 6}], "USD/tCO2", [5, 6]),
    (TAX, [{"value": 5, "unit": "USD/tCO2"}, {"value": 6, "unit": "USD/tCO2"}], "USD/tCO2", [5, 6]),
    (TAX, [{"value": 5, "year": 2020}, {"value": 6, "year": 2020}], "USD/tCO2 of 2020", [5, 6]),
    (TAX, [{"value": 5, "unit": "EUR/tCO2", "year": 2020}], "EUR/tCO2 of 2020", [5]),
    (TAX, [BY_YEAR, OTHERS], "USD/tCO2", [f"{PRICE}}}", f"{DEAR}}}"]),
    (TAX, [{**BY_YEAR, "year": 2020}], "USD/tCO2 of 2020", [f"{PRICE}, year = 2020}}"]),
    (TAX, [{**BY_YEAR, "unit": "USD/tCO2"}], "USD/tCO2", [f'{PRICE}, unit = "USD/tCO2"}}']),
    ("policy.carbon_tax.growth", [{"value": 3}, {"value": 4}], "%/yr", [3, 4]),
    (LAST, [inf, 2013], "year", [inf, 2013]),
    (LIMIT, [inf, 1e18], "FLOP", [inf, 1e18]),
    (LIMIT, [{"value": inf}, {"value": 1e18}], "FLOP", [inf, 1e18]),
    (LIMIT, [{"value": inf, "unit": "EFLOP"}, {"value": 1, "unit": "EFLOP"}], "EFLOP", [inf, 1]),
    (LIMIT, [{**BY_YEAR, "values": [inf, 1e18]}], "FLOP", ["{years = [2012, 2013], values = [inf, 1e+18]}"]),
    ("product.margin", [{"value": 0.4}, {"value": 0.5}], "", [0.4, 0.5]),
    ("product.margin", [{"value": 0.4, **IN_A_FILE}], "", [0.4]),
    ("kind.academic_lab.count", [{"value": 10}, {"value": 20}], "", [10, 20]),
    ("kind.startup.home", [{"united_states": 1}, {"france": 1}], "", ["{united_states = 1}", "{france = 1}"]),
    ("policy.carbon_tax.kinds", [["corporation"], []], "", ['["corporation"]', "[]"]),
    ("market.allocation", ["price", "queue"], "", ["price", "queue"]),
    ("mechanisms.abatement", [True, False], "", [True, False]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "values", "unit", "cells"), FORMS, ids=[f"{one[0]}-{one[1]}" for one in FORMS])
def test_every_form_of_a_value_goes_through_the_plan_into_worlds_and_tables(
    path: str, values: list[Any], unit: str, cells: list[Any], tmp_path: Path
) -> None:
    scenario = BOUND if path == LIMIT else TAXED
    wanted(scenario, {path: values}, replicates=1, measures=["emissions_total"]).write(tmp_path, ["sim.sweep"])
    study = Study(tmp_path)
    assert study.points[path].tolist()[1:] == cells
    assert study.plan["more"]["units"] == {path: unit}
    for number, value in enumerate(study.axes[0].values, 1):
        meant = changed(scenario, {path: value}, origin=FROM_VARY)
        assert study.job.points.world(study.scenario, number).parts == meant.parts
    as_given = [one for one in values if not isinstance(one, str)]
    assert list(study.axes[0].values) == as_given or any(isinstance(one, str) for one in values)


@pytest.mark.parametrize("values", [[None, 3], [3, None], None])
def test_nothing_is_no_value(values: Any) -> None:
    with pytest.raises(InputError, match="nothing is no value") as caught:
        sim.sweep(TAXED, {TAX: values}, replicates=1, workers=1)
    assert "inf where a number has no limit" in str(caught.value.fix)


def test_no_limit_is_a_value_in_files_too_and_numbers_by_year_are_told(tmp_path: Path) -> None:
    table = sim.sweep(BOUND, {LIMIT: [inf, 1e18, BY_YEAR | {"values": [inf, 1e18]}]}, replicates=1, workers=1,
                      measures=["emissions_total"], out=tmp_path / "out")  # fmt: skip
    by_year = "{years = [2012, 2013], values = [inf, 1e+18]}"
    assert table[LIMIT].tolist() == [1e19, inf, 1e18, by_year]
    assert pd.read_csv(tmp_path / "out" / "points.csv")[LIMIT].tolist() == ["1e+19", "inf", "1e+18", by_year]
    assert pd.read_csv(tmp_path / "out" / "axes.csv")["values"].tolist() == [f"inf,1e+18,{by_year}"]
    assert len(sim.open_study(tmp_path / "out").query(f'select "{LIMIT}", count(*) from points group by all')) == 4
    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [row[0] for row in told["rows"]] == ["1e+19", "inf", "1e+18", by_year]
    assert sim.resume(tmp_path / "out")[LIMIT].tolist() == table[LIMIT].tolist()
