"""The price of electricity of a region by year: read as any series, paid in its years, and to the bit what one number
is where it stays."""

import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.app import catalogue
from sim.app.choice import choose, chosen
from sim.app.desk import first_setting
from sim.app.edits import EDITS, said
from sim.app.setting import Setting, from_link
from sim.economy.moment import moment
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.experiment.run import run
from sim.quantity import STEPS, Series
from sim.scenario import Scenario, load
from sim.scenario.differences import differences
from sim.scenario.drawing import uncertain
from sim.scenario.schema import Region
from sim.scenario.variants import changed, with_options
from sim.scenario.writing import inputs, resolved_toml
from tests.saying import Say, refused
from tests.test_reference import agreeing
from tests.worlds import BASELINE, FEW, SCENARIOS, draw, small

KEY = "region.germany.electricity_price"
WHY = 'basis = "assumed", note = "n"'
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
WORLDS = {  # with settings, so that policies are in force early
    "baseline": (),
    "cap_and_trade_clean": ("policy.cap_and_trade.start=2013",),
    "carbon_tax": ("policy.carbon_tax.start=2013", "policy.carbon_tax.regions=['germany']"),
}
TABLE = "Year,Germany,France\n2012,140,70\n2013,150,\n2014,,90\n2015,60,80\n"


def price(scenario: Scenario, region: str = "germany") -> float | Series:
    return next(one.electricity_price for one in scenario.regions if one.id == region)


def file_of(folder: Path, entry: str) -> Path:
    (folder / "prices.csv").write_text(TABLE, encoding="utf-8")
    file = folder / "path.toml"
    file.write_text(f"{HEAD}[region.germany]\nelectricity_price = {entry}\n", encoding="utf-8")
    return file


def by_year(years: Sequence[int], values: Sequence[float], between: str = "") -> str:
    way = f', between = "{between}"' if between else ""
    return f'{{ years = {list(years)}, values = {list(values)}, unit = "USD/kWh"{way} }}'


def everywhere(scenario: Scenario, factors: dict[int, float], between: str = "linear") -> Scenario:
    """A scenario whose prices by year are its own times these factors."""
    prices = {f"region.{one.id}.electricity_price": one.electricity_price for one in scenario.regions}
    return changed(scenario, {
        path: {"years": [*factors], "values": [factor * base for factor in factors.values()], "unit": "USD/kWh",
               "between": between}
        for path, base in prices.items()
    })  # fmt: skip


def series(scenario: Scenario) -> pd.DataFrame:
    return run(with_options(scenario, replicates=1), workers=1).series.drop(columns="scenario")


# ---------------------------------------------------------------- reading


def test_one_number_is_one_number(tmp_path: Path) -> None:
    assert price(load(BASELINE)) == 0.155
    for entry in (
        "0.2",
        f'{{ value = 200, unit = "USD/MWh", {WHY} }}',
        f"{{ value = 0.2, low = 0.1, high = 0.3, {WHY} }}",
    ):
        found = price(load(file_of(tmp_path, entry)))
        assert (found, type(found)) == (0.2, float)


@pytest.mark.parametrize(
    ("entry", "years", "values"),
    [
        (f"{{ years = [2012, 2020], values = [0.1, 0.2], {WHY} }}", [2012, 2020], [0.1, 0.2]),
        (f'{{ years = [2012, 2020], values = [100, 200], unit = "USD/MWh", {WHY} }}', [2012, 2020], [0.1, 0.2]),
        (f'{{ file = "prices.csv", column = "Germany", unit = "USD/MWh", between = "linear", {WHY} }}',
         [2012, 2013, 2015], [0.14, 0.15, 0.06]),
        (f'{{ from = 2012, value = 0.1, falls = 50, {WHY} }}', [2012, 2013, 2014], [0.1, 0.05, 0]),
    ],
)  # fmt: skip
def test_it_may_be_a_series_or_a_table(entry: str, years: list[int], values: list[float], tmp_path: Path) -> None:
    scenario = load(file_of(tmp_path, entry))
    found = price(scenario)
    assert isinstance(found, Series)
    assert (list(found.years), list(found.values)) == (years, pytest.approx(values))
    assert scenario.numbers[KEY].base == found
    alone = tmp_path / "alone" / "scenario.toml"
    alone.parent.mkdir()
    alone.write_text(resolved_toml(scenario), encoding="utf-8")
    again = load(alone)
    assert again.is_same(scenario)
    assert differences(scenario, again) == []


def test_its_money_is_that_of_a_number() -> None:
    """Of a year, converted as one amount is; in another currency without a year each is of its own."""
    path = f'{KEY}={{ years = [2012, 2030], values = [85, 170], unit = "EUR/MWh", year = 2021 }}'
    (found, one, two) = (
        price(load(BASELINE, [text])) for text in (path, *(f"{KEY}={n} EUR/MWh of 2021" for n in (85, 170)))
    )
    assert isinstance(found, Series)
    assert found.values == (one, two)
    nominal = price(load(BASELINE, [f'{KEY}={{ years = [2012, 2021], values = [85, 85], unit = "EUR/MWh" }}']))
    assert isinstance(nominal, Series)
    assert nominal.values == (price(load(BASELINE, [f"{KEY}=85 EUR/MWh of 2012"])), one)


WRONG = """
a list alone: [0.1, 0.2]  # write { years = [2027, 2028]
years as keys: { 2012 = 0.1, 2030 = 0.2 }  # write { years = [2027, 2028]
unequal lengths: { years = [2012, 2030], values = [0.1], WHY }  # as many values as years
a range: { years = [2012], values = [0.1], low = 0.05, WHY }  # 'low'
no reason: { years = [2012], values = [0.1] }  # a number needs a source or a note
another unit: { years = [2012], values = [0.1], unit = "USD/tCO2", WHY }  # is not a price per kilowatt-hour
per MWh: { years = [2012, 2013], values = [85, 92], WHY }  # by 1000 and cents by 100, or write unit = "USD/MWh"
euros per MWh: { years = [2021, 2022], values = [200, 9], unit = "EUR/kWh", WHY }  # or write unit = "EUR/MWh"
below nothing: { years = [2012], values = [-0.1], WHY }  # choose a value within the allowed range
packaged data: { data = "grid_intensity_by_country_year", entity = "Germany", WHY }  # price per kilowatt-hour
a moment: { years = [2012.5], values = [0.1], WHY }  # whole years
text: { years = [2012], values = ["0.1"], WHY }  # write 0.1, without quotes
no column: { file = "prices.csv", unit = "USD/MWh", WHY }  # column
a gap: { file = "prices.csv", column = "France", unit = "USD/MWh", WHY }  # 2013
in a table: { file = "prices.csv", column = "Germany", between = "linear", WHY, unit = "USD/kWh" }  # "USD/MWh"
""".strip().splitlines()


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.partition(":")[0])
def test_wrong_paths_are_refused(case: str, say: Say, tmp_path: Path) -> None:
    entry, text = case.partition(": ")[2].replace("WHY", WHY).split("  # ")
    file = file_of(tmp_path, entry)
    told = say("check", file)
    refused(told, text, file=file)
    assert f"{KEY}\n" in told.err


def test_what_is_told_of_it(tmp_path: Path) -> None:
    """In notes, explain and diff; it has no range, and no draw moves it."""
    one, path = load(BASELINE), load(file_of(tmp_path, by_year([2020, 2030], [0.1, 0.2]).replace("}", f", {WHY} }}")))
    assert f"Note: {KEY} stays at its first value, 0.1 USD/kWh, from 2012 to 2019." in path.notes
    told = {entry["path"]: entry for entry in inputs(path)}[KEY]
    assert (told["value"], told["range"]) == ("0.1 (2020) to 0.2 (2030) USD/kWh", "")
    (found,) = differences(one, path)
    assert (found.key, found.first, found.second) == (KEY, "0.155 USD/kWh", told["value"])
    assert KEY in uncertain(one)
    assert uncertain(path).keys() == uncertain(one).keys() - {KEY}
    values, _ = draw(one, 1, 0, [path])
    assert KEY in values


def test_it_is_set_and_varied(tmp_path: Path) -> None:
    """A number in place of a path, and a path among numbers."""
    path = load(file_of(tmp_path, by_year([2012, 2030], [0.1, 0.2]).replace("}", f", {WHY} }}")), [f"{KEY}=0.3"])
    assert price(path) == 0.3
    doubling = {"years": [2012, 2014], "values": [0.1, 0.2]}
    table = sim.sweep(small(until=2014), {KEY: [0.1, doubling]}, replicates=1, workers=1)
    assert len(table[KEY].unique()) == 3
    table = sim.sweep(changed(small(until=2013), {KEY: doubling}), {KEY: "0.1,0.2"}, replicates=1, workers=1)
    assert table[KEY].unique().tolist() == ["0.1 (2012) to 0.2 (2014)", 0.1, 0.2]


def test_only_what_says_so_may_be_by_year() -> None:
    assert [one.name for one in fields(Region) if one.metadata["spec"].by_year] == ["electricity_price"]
    with pytest.raises(InputError, match="is one number for all years"):
        load(BASELINE, ["region.germany.clean_premium={ years = [2012, 2013], values = [0.1, 0.2] }"])


# ---------------------------------------------------------------- what it does


@pytest.mark.parametrize("name", WORLDS)
def test_a_flat_path_is_the_number_to_the_bit(name: str) -> None:
    one = small(name, *WORLDS[name], until=2015)
    for between in ("linear", "steps"):
        flat = everywhere(one, {2012: 1.0, 2013: 1.0, 2030: 1.0}, between)
        assert isinstance(price(flat), Series)
        pd.testing.assert_frame_equal(series(one), series(flat), check_exact=True)


@pytest.mark.parametrize("name", WORLDS)
def test_a_price_that_doubles_is_felt_from_that_year_on(name: str) -> None:
    """Before, all is the same to the bit."""
    one = small(name, *WORLDS[name], until=2026)
    found, expected = (series(world).set_index(["year", "measure"])["value"] for world in
                       (everywhere(one, {2024: 1.0, 2025: 2.0}), one))  # fmt: skip
    assert found.index.equals(expected.index)
    year = found.index.get_level_values("year")
    assert found[year < 2025].equals(expected[year < 2025])
    for later in (2025, 2026):
        assert not found[later].equals(expected[later])


def test_the_world_begins_at_the_prices_of_its_first_year() -> None:
    """Where mobile work begins follows them."""
    one = small()
    dear = changed(one, {KEY: 0.5})
    path = changed(one, {KEY: {"years": [2012, 2013], "values": [0.5, 0.1], "unit": "USD/kWh"}})
    sites = [begin(world, 1).actors.site for world in (one, dear, path)]
    assert np.array_equal(sites[1], sites[2])
    assert not np.array_equal(sites[0], sites[2])


@pytest.mark.parametrize(("between", "later"), [("linear", 0.15), ("steps", 0.1)])
def test_a_value_holds_for_its_calendar_year(between: str, later: float) -> None:
    path = f"{KEY}={by_year([2012, 2014, 2015], [0.1, 0.2, 0.05], between)}"
    world, paid = begin(small("baseline", path), 1), []
    place = world.scenario.region_ids.index("germany")
    for _ in range(5 * world.scenario.time.steps_per_year):
        paid.append(moment(world.scenario, world.clock).electricity[place])
        before, (world, step) = world, advance(world)
        bills = sum(
            amount for (_, payee, what), amount in step.flows.items() if (payee, what) == ("utilities", "electricity")
        )
        prices = moment(before.scenario, before.clock).electricity
        assert bills == pytest.approx((step.energy * prices[:, None]).sum(), rel=1e-9)
    assert paid == pytest.approx(np.repeat([0.1, later, 0.2, 0.05, 0.05], 4))


@pytest.mark.parametrize("case", range(8))
@pytest.mark.parametrize("name", ["cap_and_trade_clean", "carbon_tax", "two_caps"])
def test_the_slow_reference_knows_paths(name: str, case: int) -> None:
    rng = np.random.default_rng(case)
    one = small(name, "mechanisms.abatement=true", until=2016, seed=case + 1)
    paths = {
        f"region.{region}.electricity_price": {
            "years": sorted({2011, *rng.integers(2011, 2017, 3).tolist()}), "unit": "USD/kWh",
            "between": str(rng.choice(["linear", STEPS])),
        }
        for region in one.region_ids
    }  # fmt: skip
    entries = {key: {**path, "values": rng.uniform(0, 1, len(path["years"])).tolist()} for key, path in paths.items()}
    world = begin(changed(one, entries), case)
    for _ in range(2 * case):
        world, _ = advance(world)
    assert not np.array_equal(moment(world.scenario, world.clock).electricity, moment(one, world.clock).electricity)
    assert len(list(agreeing(world, 2))) == 2


# ---------------------------------------------------------------- the page


@pytest.fixture
def first(tmp_path: Path) -> Any:
    """The page of a world with a path, and a tax."""
    own = file_of(tmp_path, by_year([2012, 2014], [0.1, 0.2]).replace("}", f", {WHY} }}"))
    choose(own, SCENARIOS / "carbon_tax.toml", list(FEW), None, 2014)
    yield first_setting()
    choose(BASELINE, BASELINE, [], None, None)


def test_a_world_with_a_path_has_its_sliders(first: Setting) -> None:
    def sliders(setting: Setting) -> list[Any]:
        rows = [row for group in catalogue.rows(setting, chosen().started) for row in group["policies"]]
        return [row["slider"] for row in rows if row["name"] == "carbon_tax"] + catalogue.matter(setting)

    found = sliders(first)
    assert all(found)
    assert len(found) > 5
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", list(FEW), None, 2014)
    assert sliders(first_setting()) == found


@pytest.mark.parametrize("begun", [KEY, "region.france.electricity_price"], ids=["a path", "a number"])
def test_it_is_typed_by_year_or_as_a_number(begun: str, first: Setting) -> None:
    for text, base in (
        ("0.3", 0.3), ("2012: 0.1, 2014: 0.25 USD/kWh", Series((2012, 2014), (0.1, 0.25))), ("80 USD/MWh", 0.08),
    ):  # fmt: skip
        setting = EDITS["assume"](first, {"path": begun, "text": text})
        found = setting.scenarios()[0].numbers[begun].base
        assert (found.values[0] if isinstance(base, float) and isinstance(found, Series) else found) == base
        assert from_link(setting.link()) == setting
        shown = catalogue.moved(setting)[begun]
        assert EDITS["assume"](first, {"path": begun, "text": shown}).scenarios()[0].numbers[begun].base == found


@pytest.mark.parametrize(
    ("path", "text", "parts"),
    [
        (KEY, "2012: 85, 2014: 92", ("found 85.0 (in 2012)", "Divide amounts per MWh by 1000 and cents by 100.")),
        (KEY, "2012: 0.1; 2014", ("Not a number by year",)),
        ("product.margin", "2012: 0.4, 2014: 0.5", ("Not a number; found 2012: 0.4, 2014: 0.5",)),
    ],
)
def test_what_cannot_be_typed_by_year_says_why(path: str, text: str, parts: tuple[str, ...], first: Setting) -> None:
    edit = {"do": "assume", "path": path, "text": text}
    with pytest.raises(InputError) as raised:
        EDITS["assume"](first, edit).scenarios()
    sentence = said(raised.value, edit)
    assert all(part in sentence for part in parts), sentence
    assert not re.search(r'[{}"=]', sentence)
