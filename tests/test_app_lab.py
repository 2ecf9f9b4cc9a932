"""My lab, my country: what a price-taker trains follows from prices and knowledge alone, and countries add up."""

import re
from dataclasses import replace

import numpy as np
import pytest

from sim.app.charts import charts
from sim.app.lab import Lab, _terms, amount, behind, country, found_in, lab_of, ranged, told, trained
from sim.app.looks import span
from sim.app.places import columns_of
from sim.app.sizes import size_text
from sim.errors import InputError
from sim.measures.carbon import ENERGY, OPERATIONAL
from sim.measures.ids import emissions_in
from sim.measures.research import RESEARCHERS
from sim.report.words import number
from tests.ensembles import ensemble

LAB = Lab("academic_lab", "germany", 1e5, 2020)


@pytest.mark.slow
def test_a_price_taker_trains_in_proportion_and_begins_when_it_begins() -> None:
    worlds = ensemble("carbon_tax")
    once, twice = (trained(worlds, replace(LAB, budget=budget), 1) for budget in (1e5, 2e5))
    begins = worlds.years.index(2020)
    assert np.isnan(once.run[:, :begins]).all()
    assert np.isfinite(once.run[:, begins:]).all()
    assert np.allclose(twice.run[:, begins:], 2 * once.run[:, begins:], rtol=1e-12)
    assert (twice.error[:, begins:] < once.error[:, begins:]).all()
    assert (np.diff(once.error[:, begins:], axis=1) <= 0).all()  # a model once trained is there
    assert (twice.months[:, begins:] <= once.months[:, begins:]).all()
    assert (once.share[:, begins:] > 0).all()


@pytest.mark.slow
def test_the_budget_to_take_part_is_just_enough() -> None:
    worlds = ensemble("carbon_tax")
    needed = trained(worlds, LAB, 1).budget[:, -1]
    near = worlds.baseline.yardsticks.near
    for pair, budget in enumerate(needed):
        share = trained(worlds, replace(LAB, budget=float(budget)), 1).share[pair, -1]
        assert share == pytest.approx(1 / near)
    said = told(worlds, replace(LAB, budget=float(2 * needed.max())), [])["part"][-1]
    assert said.startswith("It takes part")
    assert "times this budget" in told(worlds, LAB, [])["part"][-1]


@pytest.mark.slow
def test_the_budget_to_take_part_is_said_to_be_for_more_than_the_run() -> None:
    """Of a year's budget a run is a part, so that the largest run itself may cost less than the budget for a tenth."""
    worlds = ensemble("carbon_tax", wide=False)
    run = trained(worlds, LAB, 1).run[0, -1]
    cost, _ = _terms(worlds.policy, worlds.found[0].places[1], LAB)
    share = number(run * cost[-1] / LAB.budget, "fraction")
    said = told(worlds, LAB, [])["part"][-1]
    assert said.startswith("To train a run within ")
    assert f" a year, of which {share} go into the run: " in re.sub(r" \([^)]*\)", "", said)


@pytest.mark.slow
def test_a_buyer_that_would_move_prices_is_told_so() -> None:
    said = told(ensemble("carbon_tax"), replace(LAB, budget=1e14), [])["part"][-1]
    assert "it would move prices" in said
    assert "move prices" not in told(ensemble("carbon_tax"), replace(LAB, budget=1e-3), [])["part"][-1]


@pytest.mark.slow
def test_countries_add_up_to_the_world() -> None:
    worlds = ensemble("carbon_tax")
    columns = columns_of(worlds.baseline)
    for name, measure, unit in (("energy", ENERGY, 1e-3), ("researchers", RESEARCHERS, 1.0)):
        for world in (0, 1):
            whole = worlds.values(measure, world)
            parts = np.array([both.places[world].rows[:, columns.of(name)].sum(axis=1) for both in worlds.found])
            assert np.allclose(parts * unit, whole, rtol=1e-9)


@pytest.mark.slow
def test_numbers_are_those_as_assumptions_stand_and_ranges_are_over_draws() -> None:
    """As on cards: drawn worlds have another centre. A country's emissions are those of the chart of regions,
    but that those are scaled to add up to the total."""
    worlds = replace(ensemble("carbon_tax"), luck=ensemble("carbon_tax", wide=False).found)
    standing, drawn = (trained(of, LAB, 0) for of in (worlds.as_they_stand, worlds))
    before, after = found_in(worlds, LAB)
    assert before.stands.run[-1] == np.median(standing.run[:, -1]) != np.median(drawn.run[:, -1])
    assert np.array_equal(before.pairs.run, drawn.run, equal_nan=True)
    shown = told(worlds, LAB, [("saved", worlds)])
    assert shown["rows"][1]["years"] == shown["rows"][2]["years"], "a saved setting is told by the same rule"
    assert shown["rows"][0]["years"][-1] == [
        ranged(getattr(before.stands, name)[-1], getattr(drawn, name)[:, -1], unit)
        for name, unit in (("run", "FLOP"), ("error", "fraction"), ("months", "months"), ("share", "fraction"),
                           ("budget", "USD/yr"))
    ]  # fmt: skip
    assert amount(float(after.stands.budget[-1]), "USD/yr") in shown["part"][-1]
    regions = next(one for one in charts(worlds, worlds.changes([])) if one["name"] == "regions")
    place = 1 + regions["heads"][1:].index(shown["region"]["name"])
    alone = [worlds.level(emissions_in(id), 1) for id in worlds.policy.region_ids]
    scales = worlds.level(OPERATIONAL, 1) / np.sum(alone, axis=0)
    here = alone[worlds.policy.region_ids.index(LAB.region)]
    for i, (of_chart, of_country) in enumerate(zip(regions["rows"], shown["region"]["years"], strict=True)):
        assert of_country[2][2].partition(" (")[0] == amount(here[i], "tCO2e/yr")
        assert of_chart[place] == number(here[i] * scales[i], "tCO2e/yr")


@pytest.mark.slow
def test_both_levels_of_a_country_and_its_change_fit() -> None:
    worlds = replace(ensemble("carbon_tax"), luck=ensemble("carbon_tax", wide=False).found)
    before, after = worlds.middles(emissions_in("germany"))
    change = worlds.changes([emissions_in("germany")])[emissions_in("germany")][-1]
    assert change is not None
    assert after[-1] == before[-1] * (1 + change.relative)
    _, first, second, told_, _ = country(worlds, "germany")[-1][2]
    assert first.startswith(amount(before[-1], "tCO2e/yr"))
    assert second.startswith(amount(after[-1], "tCO2e/yr"))
    assert told_.startswith(size_text(change, "tCO2e/yr").partition(" (")[0])


def test_columns_do_not_overlap() -> None:
    worlds = ensemble("baseline", 1, wide=False, until=2012)
    columns, size = columns_of(worlds.baseline), worlds.found[0].places[0].rows.shape[1]
    names = (
        "ln_cost", "knowledge", "ln_error", "ln_access", "energy", "sales", "researchers", "ln_largest", "ln_capacity",
    )  # fmt: skip
    taken = [i for name in names for i in range(size)[columns.of(name)]]
    assert taken == list(range(size))
    with pytest.raises(KeyError):
        columns.of("weather")


def test_months_behind_are_those_since_the_frontier_was_there() -> None:
    years = np.arange(2012, 2017)
    frontier = 0.16 * 0.5 ** np.arange(1, 6)  # at the ends of the years, from 0.16 at the start
    months, at_least = behind(np.array([0.32, 0.16, 0.02, 0.16 * 0.5**4.5, 0.0001]), frontier, 0.16, years)
    assert months.tolist() == pytest.approx([12, 24, 0, 0, 0])
    assert at_least.tolist() == [1, 0, 0, 0, 0]
    late, _ = behind(np.array([np.nan, np.nan, np.nan, 0.16 * 0.5**2.5, 0.16 * 0.5**2.5]), frontier, 0.16, years)
    assert late[3:].tolist() == pytest.approx([18, 30])
    assert np.isnan(late[:3]).all()


@pytest.mark.slow
def test_rows_name_settings_and_a_country_is_never_called_better() -> None:
    worlds = ensemble("carbon_tax")
    found = told(worlds, LAB, [("saved", ensemble("public_compute"))])
    assert [row["name"] for row in found["rows"]] == ["Baseline", "This setting", "saved"]
    assert all(len(row["years"]) == len(worlds.years) for row in found["rows"])
    assert all(len(cells) == len(found["heads"]) for row in found["rows"] for cells in row["years"])
    rows = country(worlds, "germany")
    words = " ".join(row[-1] for year in rows for row in year)
    assert any(word in words for word in ("rises", "falls", "may fall", "hardly changes", "direction unclear"))
    assert "better" not in words
    assert "worse" not in words
    assert all(row[3:] == ["0", "no difference"] for row in rows[0])  # before the policy


@pytest.mark.parametrize(
    "told_",
    [
        None, {}, {"kind": "robot"}, {"kind": "startup", "region": "atlantis"},
        *({"kind": "startup", "region": "france", "budget": budget, "start": 2020}
          for budget in ("", "x", "-1", "0", "nan", "inf", "1e99")),
        *({"kind": "startup", "region": "france", "budget": "5", "start": start} for start in ("", "x", 1999, 2099)),
    ],
)  # fmt: skip
def test_no_lab_is_refused(told_: object) -> None:
    with pytest.raises(InputError):
        lab_of(told_, ensemble("baseline", 1, wide=False, until=2012).baseline)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100 000", 1e5),
        ("2 M", 2e6),
        ("$2M", 2e6),
        ("1.5 billion", 1.5e9),
        ("100,000 USD", 1e5),
        ("1e5", 1e5),
        ("7", 7.0),
    ],
)
def test_a_budget_is_taken_as_people_write_it(text: str, amount: float) -> None:
    told_ = {"kind": "startup", "region": "france", "budget": text, "start": 2012}
    assert lab_of(told_, ensemble("baseline", 1, wide=False, until=2012).baseline).budget == amount
    for wrong in ("abc", "10 00", "1 2 M", "M", "2 MM", "100 000 0"):
        with pytest.raises(InputError, match="no budget"):
            lab_of({**told_, "budget": wrong}, ensemble("baseline", 1, wide=False, until=2012).baseline)


def test_a_range_repeats_no_unit_and_few_values_have_none() -> None:
    assert ranged(15.0, np.array([10.0] * 3 + [20.0] * 3), "months") == "15.0 months (10.0 to 20.0 months)"
    assert ranged(7e10, np.array([6.71e9] * 3 + [4.36e11] * 3), "USD/yr") == "$70.0 B ($6.71 B to $436 B)"
    assert span("3.24×/yr", "18.9×/yr") == "3.24 to 18.9×/yr"
    assert span("1.05 M tCO2e/yr", "10.7 M tCO2e/yr") == "1.05 M to 10.7 M tCO2e/yr"
    assert span("644 GWh/yr", "50.1 TWh/yr") == "644 GWh/yr to 50.1 TWh/yr"
    assert ranged(10.0, np.array([10.0]), "months") == "10.0 months"
    assert ranged(np.nan, np.array([np.nan]), "months") == "–"


def test_small_parts_and_researchers_are_told_as_people_say_them() -> None:
    """No powers of ten beside percent, and no part of a researcher."""
    assert ranged(4.65e-7, np.array([4.65e-7] * 6), "fraction") == "1 in 2,150,000 (1 in 2,150,000 to 1 in 2,150,000)"
    assert [amount(value, "fraction") for value in (0.0, 0.5, 0.002)] == ["0 %", "50.0 %", "0.200 %"]
    told = ["0 researchers", "1 researcher", "190,000 researchers"]
    assert [amount(value, "researchers") for value in (1e-5, 0.7, 189810.0)] == told
