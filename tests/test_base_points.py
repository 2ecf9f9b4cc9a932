"""The base point of a sweep is shown in the unit of its axis, whatever unit its scenario is written in."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.scenario.variants import changed
from sim.study.axes import read_axes
from sim.study.axiswords import base_of, unit_of
from tests.worlds import BASELINE, FEW, small

TAX = "policy.carbon_tax.rate"


@pytest.mark.parametrize(
    ("written", "vary", "told"),
    [
        ("kind.corporation.openness=40 %", "0.2,0.6", 0.4),
        ("kind.corporation.openness=40 %", "20,60 %", 40.0),
        ("kind.corporation.openness=0.4", "20,60 %", 40.0),
        ("product.size=0.8 MUSD/yr", "400000,900000", 8e5),
        ("product.size=0.8 MUSD/yr", "0.4,0.9 kUSD/yr", 800.0),
        ("compute.flop_per_usd=20 USD/EFLOP", "1e16,9e16", 5e16),
        ("compute.flop_per_usd=5e16 FLOP/USD", "10,40 USD/EFLOP", 20.0),
        (f"{TAX}=0.05 USD/kgCO2", "0,300", 50.0),
        (f"{TAX}=50", "0,0.3 USD/kgCO2", 0.05),
        (f"{TAX}=50 EUR/tCO2 of 2024", "0,80 EUR/tCO2 of 2024", 50.0),
        ("kind.corporation.count=6", "7,8", 6),
        ("mechanisms.abatement=true", "false", True),
    ],
)
def test_a_number_is_in_the_unit_of_its_axis(written: str, vary: str, told: Any) -> None:
    path = written.partition("=")[0]
    world = small("baseline", written, until=2012)
    (axis,) = read_axes([f"{path}={vary}"], world, grid=True)
    found = base_of(axis, world, unit_of(axis, world))
    assert found == told
    if isinstance(told, float):
        as_typed = {**axis.values[0], "value": found} if isinstance(axis.values[0], dict) else found
        then, now = (
            [q.base for q in one.quantities if q.path == path] for one in (world, changed(world, {path: as_typed}))
        )
        assert now == pytest.approx(then, rel=1e-11)


@pytest.mark.parametrize(
    ("vary", "told"),
    [("10,60 USD/tCO2", "50 from 2012, 80 from 2020"), ("0.1,0.6 USD/kgCO2", "0.05 from 2012, 0.08 from 2020")],
)
def test_numbers_by_year_are_in_the_unit_of_their_axis(vary: str, told: str) -> None:
    by_year = f'{TAX}={{ years = [2012, 2020], values = [50, 80], unit = "USD/tCO2" }}'
    world = small("baseline", by_year, until=2012)
    (axis,) = read_axes([f"{TAX}={vary}"], world, grid=True)
    assert base_of(axis, world, unit_of(axis, world)) == f"in steps: {told}"


def test_all_tables_of_a_sweep_have_one_unit(tmp_path: Path) -> None:
    world = sim.load(BASELINE, [*FEW, "kind.corporation.openness=40 %"], until=2012)
    path, out = "kind.corporation.openness", tmp_path / "study"
    table = sim.sweep(world, {path: [0.2, 0.6]}, replicates=1, workers=1, out=out)
    assert table[path].unique().tolist() == [0.4, 0.2, 0.6]
    assert pd.read_csv(out / "points.csv")[path].tolist() == [0.4, 0.2, 0.6]
    assert pd.read_csv(out / "axes.csv")["base"].tolist() == [0.4]
    asked = sim.open_study(out).query(f'select "{path}" from points order by point')
    assert asked[path].tolist() == [0.4, 0.2, 0.6]
