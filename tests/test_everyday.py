"""Emissions and electricity are pictured rightly: by hand, in every headline, and only where they are sure."""

import re
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.app.answer import answer
from sim.experiment.compare import compare
from sim.experiment.run import run
from sim.measures import DIVIDE, registry
from sim.measures.carbon import ABATEMENT, DAMAGE, EMISSIONS, ENERGY
from sim.measures.economy import MARKET, NET_VALUE
from sim.measures.research import ALL_RESEARCHERS, RESEARCH_SHARE, RESEARCHERS
from sim.report import everyday, forecast
from sim.report.comparison.pictured import pictured as pictured_of
from sim.report.comparison.summary import summarize as compared
from sim.report.decomposition.words import sentences
from sim.report.run.summary import summarize
from sim.report.words import number
from sim.results import Run
from sim.results.comparison import Comparison
from sim.results.decomposition import Breakdown, Contribution
from tests.ensembles import ensemble, with_values
from tests.made_effects import an_effect
from tests.worlds import ROOT, small

WAGE = 2e5
FEW = {"corporation": 4, "startup": 6, "academic_lab": 8}
SAID = re.compile(r"what (\d[\d.,]*)( million| billion)? (car|US household)s? (?:emit|use)")


def pictured(text: str) -> dict[str, float]:
    """How many cars and households a text speaks of."""
    scale = {"": 1.0, " million": 1e6, " billion": 1e9}
    return {thing: float(number.replace(",", "")) * scale[word] for number, word, thing in SAID.findall(text)}


@pytest.mark.parametrize(
    ("tonnes", "text"),
    [
        (4.6, "what one car emits in a year"),
        (1.0, "what less than one car emits in a year"),
        (4600.0, "what 1,000 cars emit in a year"),
        (4.6e6, "what 1.0 million cars emit in a year"),
        (4.5999e6, "what 1.0 million cars emit in a year"),
        (4.5999e9, "what 1.0 billion cars emit in a year"),
        (2.3e10, "what 5.0 billion cars emit in a year"),
    ],
)
def test_emissions_in_cars(tonnes: float, text: str) -> None:
    assert everyday.emissions(tonnes) == text


@pytest.mark.parametrize(
    ("mwh", "text"),
    [
        (10.715, "what one US household uses"),
        (10_715.0, "what 1,000 US households use"),
        (5.2226e6, "what 490,000 US households use, 1.0 % of that of Germany"),
        (5.2e8, "what 49 million US households use, about as much as Germany uses"),
        (5.4e8, "what 50 million US households use, about as much as Germany uses"),
        (1.04452e9, "what 97 million US households use, 2.0 times that of Germany"),
    ],
)
def test_electricity_in_households_and_of_a_country(mwh: float, text: str) -> None:
    assert everyday.electricity(mwh) == text


def test_every_figure_has_a_unit_a_year_and_a_source() -> None:
    found = tomllib.loads((ROOT / "sim/data/everyday.toml").read_text(encoding="utf-8"))
    assert set(found) == {"car", "household", "country"}
    for thing in found.values():
        assert {"value", "unit", "of", "title", "by", "url"} <= set(thing)


def test_a_run_pictures_its_last_year() -> None:
    result = run(small(until=2013, replicates=2), workers=1)
    last = {id: float(np.median(result.values(id)[:, -1])) for id in (EMISSIONS, ENERGY)}
    *_, said, worth = summarize(result).sentences
    assert said.startswith("In 2013 emissions are ")
    assert pictured(said)["car"] == pytest.approx(last[EMISSIONS] / 4.6, rel=0.05)
    assert pictured(said)["US household"] == pytest.approx(last[ENERGY] * 1000 / 10715, rel=0.05)
    share = float(np.median(result.values(RESEARCH_SHARE)[:, -1]))
    spent = f" each: {number(share, 'fraction', 2)} of all spending on training and research."
    for word in (
        "damage of $",
        f" carbon. {everyday.NET_OF} $",
        "Efficiency research takes $",
        spent,
    ):
        assert word in worth
    assert everyday.of_change({DAMAGE: 1e9}, WAGE) == ["climate damage rises by $1.00 B"]
    assert everyday.of_run(Run(result.scenario, [])) == []


def test_a_comparison_pictures_what_is_sure_of_the_verdict() -> None:
    tax = ("policy.carbon_tax.rate=5000", "policy.carbon_tax.start=2013")
    scenarios = [small("baseline", *settings, until=2016, replicates=6) for settings in ((), tax)]
    found = compare(scenarios, replicates=6, assumptions=False)
    summary = compared(found, {})
    assert summary.as_they_stand == "On the numbers as they stand, in 2016"
    said = "; ".join(summary.policies[0].pictured)
    change = found.effect(1, EMISSIONS)
    assert change is not None
    assert change.difference < 0
    assert "emissions fall by what" in said
    assert pictured(said)["car"] == pytest.approx(-change.difference / 4.6, rel=0.05)


def test_changes_are_told_with_their_direction_and_nothing_without_one() -> None:
    changes = {EMISSIONS: -4.6e6, ENERGY: 10.715e6, DAMAGE: -2e9, RESEARCHERS: -2e5, ALL_RESEARCHERS: 3e6}
    assert everyday.of_change(changes, WAGE) == [
        "emissions fall by what 1.0 million cars emit in a year",
        "electricity rises by what 1.0 million US households use, 2.1 % of that of Germany",
        "climate damage falls by $2.00 B",
        "spending on efficiency research falls by $40 B, what 200,000 researchers cost at $200 k each",
        "spending on compute and research rises by $600 B, what 3.0 million researchers cost at $200 k each",
    ]
    assert everyday.of_change(dict.fromkeys(changes, 0.0), WAGE) == []
    less = {EMISSIONS: 2.0, ENERGY: -5.0, RESEARCHERS: 0.32, ALL_RESEARCHERS: -0.5}
    assert everyday.of_change(less, WAGE) == []  # "by $64 k, what less than one researcher costs"
    assert everyday.of_change({DAMAGE: -2e9}, WAGE, "worth") == ["worth"]


@pytest.mark.parametrize(
    ("net", "damage", "market", "parts"),
    [
        (3e9, -2e9, -0.5e9, "$2.00 B less climate damage, $500 M less from AI products, $1.50 B lower {}"),
        (-3e9, 1e9, 2e9, "$1.00 B more climate damage, $2.00 B more from AI products, $4.00 B higher {}"),
        (3e9, 0.0, 1e6, "$3.00 B lower {}"),  # of which the rest is below the last digit
    ],
)
def test_value_less_cost_and_damage_is_told_by_its_parts(net: float, damage: float, market: float, parts: str) -> None:
    verb = "rises" if net > 0 else "falls"
    told = f"value less cost and damage {verb} by {number(abs(net), 'USD')} ({parts.format(everyday.COSTS)}"
    assert everyday.of_worth(net, damage, market) == f"{told})"
    assert everyday.of_worth(net, damage, market, capped=True) == f"{told}; {everyday.AT_CAP})"
    saved = f"; {everyday.AT_MOST}" if net > 0 else ""
    assert everyday.of_worth(net, damage, market, hardly=True) == f"{told}{saved})"
    assert everyday.AT_MOST not in everyday.of_worth(10e9, -9e9, 0.0, hardly=True)  # nearly all is damage


GOOD = ("rises by", "less climate damage", "more from", "lower costs")
BAD = ("falls by", "more climate damage", "less from", "higher costs")
AMOUNT = re.compile(rf"({GOOD[0]}|{BAD[0]})? ?\$([\d.,]+) ([kMBT]) ?({'|'.join((*GOOD[1:], *BAD[1:]))})?")


def amounts(text: str) -> list[float]:
    """What is told of value less cost and damage and of its parts, above nothing where it is for the better."""
    scale = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    found = AMOUNT.findall(text)
    assert all((before or behind) in (*GOOD, *BAD) for before, _, _, behind in found)
    return [(1 if (a or b) in GOOD else -1) * float(n.replace(",", "")) * scale[u] for a, n, u, b in found]


@pytest.fixture(scope="module")
def less_compute() -> Comparison:
    """Caps that take compute away and sell nearly as much, and one that takes sales as well."""
    cap = ("policy.cap_and_trade.start=2018", "policy.cap_and_trade.cap_share=3")
    budget = ("policy.carbon_budget.start=2014", "policy.carbon_budget.limit=1")
    worlds = [small(until=2018), small("cap_and_trade", *cap, until=2018), small("carbon_budget", *budget, until=2018)]
    return compare(worlds, replicates=6, assumptions=False, workers=1)


def test_parts_of_value_add_up_to_what_the_tables_say(less_compute: Comparison) -> None:
    found = less_compute
    for i in (1, 2):
        (said,) = (text for text in compared(found, {}).policies[i - 1].pictured if "less cost" in text)
        told = re.search(r"value less cost and damage [^(]*\([^)]*\)", said)
        assert told
        net, *parts = amounts(told[0])
        change, market = (found.effect(i, id) for id in (NET_VALUE, MARKET))
        assert change is not None
        assert market is not None
        assert net == pytest.approx(change.difference, rel=0.006)
        assert len(parts) >= 2
        assert sum(parts) == pytest.approx(net, abs=0.006 * sum(map(abs, parts)))
        assert (everyday.AT_MOST in said) == (i == 1)


def test_a_market_far_below_its_cap_is_not_said_to_be_held_by_it(less_compute: Comparison) -> None:
    """Nor one that only the baseline has at its cap."""
    found = less_compute

    def said(world: Comparison) -> list[bool]:
        return [everyday.AT_CAP in str(policy.pictured) for policy in compared(world, {}).policies]

    assert said(found) == [False, False]
    largest = float(np.median(found.values(1, MARKET)))
    product = found.scenarios[0].product
    low = replace(product, cap=0.99 * min(largest, float(np.median(found.values(0, MARKET)))) / product.size)
    at_cap = replace(found, scenarios=[replace(one, product=low) for one in found.scenarios])
    assert said(at_cap) == [True, False]


def test_a_forecast_pictures_its_last_year() -> None:
    rows = [(EMISSIONS, 2029, 1.0), (ENERGY, 2029, 1.0), (EMISSIONS, 2030, 9.2e6), (ENERGY, 2030, 1.04452e9)]
    table = pd.DataFrame(rows, columns=["measure", "year", "median"])
    assert forecast.pictured(table) == (
        "In 2030 emissions are what 2.0 million cars emit in a year; the electricity is what 97 million US households "
        "use, 2.0 times that of Germany."
    )
    assert forecast.pictured(table[table["measure"] == ENERGY]) == ""


def test_a_decomposition_pictures_the_level_that_it_takes_apart() -> None:
    nothing = Contribution("all", "all", 0.0, -0.1, 0.1)

    def said(id: str, level: float) -> str:
        measure = registry()[id]
        found = Breakdown(measure, measure.unit, True, level, 1.0, 1.0, [nothing], [nothing], nothing, nothing, nothing)
        return sentences(found, 2040)[0]

    assert "4.60 M tCO2e/yr, what 1.0 million cars emit in a year; with" in said(EMISSIONS, 4.6e6)
    assert "what 97 million US households use, 2.0 times that of Germany; with" in said(ENERGY, 1.04452e9)
    assert "what" not in said(EMISSIONS, 0.0)
    assert "cars" not in said(DIVIDE, 4.6e6)


@pytest.mark.parametrize("page", ["abatement.md", "quintillions.md"])
def test_pages_picture_in_what_they_answer_first(page: str) -> None:
    head = (ROOT / "docs" / page).read_text(encoding="utf-8").partition("\n## ")[0]
    assert re.search(r"what [\d.,]+( million| billion)? cars emit in a year", head)


def test_the_page_pictures_emissions() -> None:
    worlds = with_values(ensemble("carbon_tax"), EMISSIONS, [1e6] * 6, [2e6] * 6)
    worlds = with_values(worlds, ENERGY, [1e6] * 6, [3e7] * 6)
    found = next(chart["finding"] for chart in answer(worlds)["charts"] if chart["name"] == "emissions")
    assert pictured(found) == pytest.approx({"car": 2e6 / 4.6, "US household": 3e7 / 10.715}, rel=0.05)
    assert found.endswith("5.7 % of that of Germany.")


def test_no_measure_is_told_in_jobs_which_are_not_modelled() -> None:
    told = registry().values()
    assert {RESEARCHERS, ALL_RESEARCHERS} <= {one.id for one in told}
    assert [one.id for one in told if "job" in f"{one.label} {one.unit}".lower()] == []


def test_a_measure_in_lives_of_cars_says_so_in_name_and_unit() -> None:
    """Sentences speak of what cars emit in a year, a twelfth of that: a table beside them must not look the same."""
    in_cars = [one for one in registry().values() if re.search(r"\bcars?\b", f"{one.label} {one.unit}")]
    assert {"emissions_cars", "next_halving_cars"} <= {one.id for one in in_cars}
    assert [one.id for one in in_cars if "lives of cars" not in one.label or "car lives" not in one.unit] == []


def test_lower_costs_beside_dearer_power_say_where_they_come_from() -> None:
    """Of costs that fall while clean power costs more; not where they rise, or hardly are a part."""
    said = everyday.LESS_BOUGHT.format("$8.8 B")
    assert f"; {said})" in everyday.of_worth(54e9, -49e9, 0.0, cleaner=8.8e9)
    for net, damage, cleaner in ((54e9, -49e9, 0.0), (40e9, -49e9, 8.8e9), (49e9, -49e9, 8.8e9)):
        assert said[:20] not in everyday.of_worth(net, damage, 0.0, cleaner=cleaner)


@pytest.mark.parametrize(("power", "clean", "is_told"), [(-0.03, 0.5, True), (0.03, 0.5, False), (-0.03, -0.5, False)])
def test_a_report_says_so_where_less_compute_is_bought_and_more_is_paid_to_emit_less(
    power: float, clean: float, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_id = {NET_VALUE: 0.5, DAMAGE: -0.4, MARKET: 0.0, ENERGY: power, ABATEMENT: clean}
    effects = {id: an_effect(one, (0.9 * one, 1.1 * one), baseline=1e9) for id, one in by_id.items()}
    found = compare([small(until=2013), small("carbon_tax", until=2013)], replicates=1, workers=1)
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, id, _window="final": effects.get(id))
    assert (everyday.LESS_BOUGHT.format("$500 M") in " ".join(pictured_of(found, 1))) is is_told
