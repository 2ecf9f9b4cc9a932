"""What is shaded in charts: savings beyond doubt alone, and the years that no evidence reaches."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from sim.app.answer import answer
from sim.app.ensemble import PairedWorlds
from sim.app.evidence import LAST
from sim.app.looks import PolicyDates, dotted, hatched
from sim.app.shades import SHADES, evidence_ends
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE
from tests.ensembles import ensemble, with_values
from tests.worlds import small

YEARS = (2012, 2040)
CLEAR, UNCLEAR = [0.5e6, 0.6e6, 0.4e6, 0.5e6, 0.5e6, 0.5e6], [0.5e6] * 5 + [1.5e6]


def chart(worlds: PairedWorlds, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in answer(worlds)["charts"] if one["name"] == name)
    return found


def shaded(worlds: PairedWorlds, name: str = "emissions") -> dict[str, list[float]]:
    """The years that a chart shades, by what they are called."""
    series = chart(worlds, name)["option"]["series"]
    looks = {look: tone for tone, look in SHADES.items()}
    bands = [((one["itemStyle"]["color"], one["texture"]), one["data"]) for one in series if one.get("band")]
    assert all((look in looks) == bool(look[1]) for look, _ in bands), "who sees no colours sees which is which"
    return {looks[look]: [point[0] for point in data] for look, data in bands if look in looks}


def in_years(worlds: PairedWorlds, id: str, before: list[float], after: list[float]) -> PairedWorlds:
    """The same with these values of a measure in the last two years, by pair."""
    column = list(worlds.measures).index(id)
    worlds = with_values(worlds, id, before, after)
    for one in worlds.found:
        for values in one.values:
            values[-2, column] = values[-1, column]
    return worlds


def test_what_is_shaded_differs_by_more_than_colour() -> None:
    assert len({"", *(texture for _, texture in SHADES.values())}) == 1 + len(SHADES)


@pytest.mark.slow
def test_only_a_saving_beyond_doubt_is_shaded() -> None:
    worlds = ensemble("carbon_tax")
    last = worlds.years[-2:]
    size = [1e6] * 6
    assert shaded(in_years(worlds, EMISSIONS, size, CLEAR))["better"][-2:] == last
    assert shaded(in_years(worlds, EMISSIONS, CLEAR, size))["worse"][-2:] == last
    for after in (UNCLEAR, [0.999e6, 0.998e6] * 3, size):  # luck, hardly any, nothing
        assert not {*last} & {
            year for years in shaded(in_years(worlds, EMISSIONS, size, after)).values() for year in years
        }
    assert shaded(ensemble("carbon_tax", 1)) == {}, "one pair shows no direction"


@pytest.mark.slow
def test_a_divide_that_closes_while_academia_loses_is_no_saving() -> None:
    worlds = in_years(ensemble("carbon_tax"), DIVIDE, [60.0] * 6, [40.0, 41.0] * 3)
    assert shaded(in_years(worlds, ACADEMIA_SHARE, [0.1] * 6, [0.2, 0.21] * 3), "divide") == {
        "better": worlds.years[-2:]
    }
    assert shaded(in_years(worlds, ACADEMIA_SHARE, [0.1] * 6, [0.05, 0.051] * 3), "divide") == {}


@pytest.mark.slow
def test_evidence_ends_by_one_rule() -> None:
    """After the last record; before, where the frontier leaves the law's evidence or hardware its trend."""
    worlds = ensemble("carbon_tax")
    assert evidence_ends(worlds, rests_on_law=False) == LAST
    column = list(worlds.measures).index(FRONTIER_ERROR)
    low = with_values(worlds, FRONTIER_ERROR, [0.3] * 6, [0.3] * 6)
    for one in low.found:
        for values in one.values:
            values[:, column] = 0.3
        one.values[1][4:, column] = 0.9 * worlds.baseline.law.best_error
    assert evidence_ends(low, rests_on_law=True) == worlds.years[4] - 1
    assert evidence_ends(low, rests_on_law=False) == LAST
    early = replace(worlds, policy=small("baseline", "compute.trend_end=2019", "compute.price_year=2012"))
    assert evidence_ends(early, rests_on_law=False) == early.policy.trends_end <= 2019
    for name in ("divide", "emissions", "regions"):
        assert f"Hatched from {LAST + 1} on" in chart(worlds, name)["finding"]
    (area,) = [one for one in chart(low, "errors")["option"]["series"] if one.get("hatch")]
    assert area["data"] == [[worlds.years[4] - 1, worlds.years[-1], [(2027, "policy starts", "right")]]]


STARTS = [(2024.0, "policy starts", "center")]


@pytest.mark.parametrize(
    ("ends", "starts", "found"),
    [(2021.0, [2027.0, 2024.0], [[2021.0, 2041.0, STARTS]]), (2000.0, [], [[2012.0, 2041.0, []]]), (2041.0, [], [])],
)
def test_hatching_stays_in_the_years_shown(ends: float, starts: list[float], found: list[Any]) -> None:
    assert [area["data"][0] for area in hatched(ends, PolicyDates(starts), YEARS)] == found


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [
        ([2020.0, 2022.0], [2032.0, inf], {2020.0: "policy starts", 2022.0: "", 2032.0: "policy ends"}),
        ([2027.0, 2030.0], [2029.5, 2035.0], {2027.0: "policy starts, ends", 2029.5: "", 2030.0: "", 2035.0: ""}),
        ([2012.0], [2034.0], {2034.0: "policy ends"}),  # from the first year on
        ([2012.0, 2030.0], [2027.0], {2027.0: "policy ends, starts", 2030.0: ""}),
        ([2027.0], [2041.0], {2027.0: "policy starts"}),  # to the last
        ([2045.0], [inf], {}),
    ],
)
def test_a_dotted_line_stands_where_a_policy_starts_and_where_it_ends(
    starts: list[float], ends: list[float], found: dict[float, str]
) -> None:
    lines = dotted(PolicyDates(starts, ends), YEARS)["markLine"]["data"]
    assert {line["xAxis"]: line["label"].get("formatter", "") for line in lines} == found
    assert len(lines) == len(found)
