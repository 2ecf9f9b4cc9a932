"""What charts say is what they draw: numbers beside the mouse, parts of a total, distances of gridlines."""

from typing import Any

import numpy as np
import pytest

from sim.app.answer import answer
from sim.app.ensemble import PairedWorlds
from sim.app.looks import ValueScale, number
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE, HALVING_COST
from sim.measures.carbon import OPERATIONAL
from sim.measures.economy import COMPUTE_PRICE
from tests.ensembles import ensemble

POLICIES = ("carbon_tax", "public_compute", "cap_and_trade")


STRAIGHT = {"divide": DIVIDE, "emissions": EMISSIONS, "academia": ACADEMIA_SHARE, "errors": FRONTIER_ERROR,
            "halving": HALVING_COST, "price": COMPUTE_PRICE}  # fmt: skip


def charts(worlds: PairedWorlds) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in answer(worlds)["charts"]}


def named(chart: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in chart["option"]["series"] if one.get("name")]


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_what_stands_beside_the_mouse_is_in_the_table(policy: str) -> None:
    """Also where a line stands elsewhere, as in a stack: emissions of a region were those of all below it."""
    worlds = ensemble(policy)
    for chart in charts(worlds).values():
        rows = {int(row[0]): row for row in chart["rows"]}
        for series in named(chart):
            for year, _, text in series["data"]:
                cells = [f"{cell}, " for cell in rows[int(year)][1:]]
                where = chart["name"], series["name"], year
                assert not text or any(cell.startswith(f"{text}, ") for cell in cells), where
        told = {one["name"] for one in named(chart) if any(point[2] for point in one["data"])}
        assert chart["name"] != "regions" or told == set(chart["heads"][1:]), "each region, and both totals"


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_regions_are_stacked_up_to_the_total_that_the_dashed_line_is_compared_with(policy: str) -> None:
    """Medians of regions do not add up to the median of their sum: the stack lay below it, which seemed a saving."""
    worlds = ensemble(policy)
    series = named(charts(worlds)["regions"])
    top = next(one for one in series if "areaStyle" in one)
    for middle, name in zip(worlds.middles(OPERATIONAL), ("All, baseline", "All, policy world"), strict=True):
        line = next(one for one in series if one["name"] == name)
        assert [point[1:] for point in line["data"]] == [[value, number(value, "tCO2e/yr")] for value in middle]
    assert np.allclose([point[1] for point in top["data"]], worlds.middles(OPERATIONAL)[1], rtol=1e-9)


@pytest.mark.slow
def test_on_a_linear_scale_a_line_stands_where_its_number_is() -> None:
    """The browser takes powers of what a logarithmic axis has."""
    worlds = ensemble("carbon_tax")
    linear = {name: chart for name, chart in charts(worlds).items() if chart.get("linear")}
    assert [*linear] == [*STRAIGHT]
    for name, chart in linear.items():
        how, unit = chart["linear"], worlds.unit(STRAIGHT[name])
        assert "gridline" not in how["meaning"]
        for series in (one for one in chart["option"]["series"] if one.get("end")):
            for _, place, text in (point for point in series["data"] if point[1] is not None):
                value = how["origin"] * how["base"] ** place
                assert how["yAxis"]["min"] == 0 <= value <= how["yAxis"]["max"], name
                assert text in {number(value * (1 + near), unit) for near in (-1e-12, 0, 1e-12)}, name


@pytest.mark.slow
def test_gridlines_are_as_far_apart_as_is_said() -> None:
    worlds = ensemble("carbon_tax")
    shown = [chart for chart in charts(worlds).values() if "gridline" in chart["meaning"]]
    assert [chart["name"] for chart in shown] == ["academia", "errors"]
    base = {"academia": 10.0, "errors": 2.0}
    for chart in shown:
        times = base[chart["name"]] ** chart["option"]["yAxis"]["interval"]
        part = {2: "half", 4: "a quarter", 8: "an eighth", 10: "a tenth", 100: "a hundredth"}[round(times)]
        assert f"each gridline is {part} of the one above it" in chart["meaning"]


@pytest.mark.parametrize(
    ("base", "values", "said"),
    [(2.0, [0.64, 0.16], "half"), (2.0, [0.64, 0.005], "a quarter"), (10.0, [1e-3, 1.0], "a tenth"),
     (10.0, [1e-9, 1.0], "a hundredth"), (10.0, [1e-20, 1.0], "1/10,000")],
)  # fmt: skip
def test_thinned_gridlines_are_told_by_their_own_distance(base: float, values: list[float], said: str) -> None:
    scale = ValueScale("fraction", base, 0.01)
    axis = scale.axis(values)
    assert scale.gridlines(axis) == f"each gridline is {said} of the one above it"
    assert len(axis["texts"]) <= 7
