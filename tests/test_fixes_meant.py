"""A fix that is told for a slip says what was meant: pasted, it is taken, and gives the amount that somebody typed."""

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.quantity import Series
from sim.scenario import Scenario, load
from sim.study.axes import read_axes
from tests.test_bad_input import HEAD
from tests.worlds import BASELINE

EUR, USD_2010 = 1.051361 / 1000, 304.702 / 218.056 / 1000  # USD of 2023 a kilogram for one EUR of 2024 a tonne, ...
EUR_2023 = 1.08166577  # USD for one EUR
REGION, WHY = "[region.germany]\n", 'basis = "assumed", note = "n"'
PRICES = "carbon_price = {{ years = [2025, 2040], values = [68.3, 180], "
PRICED, DIRTY = REGION + PRICES + "unit = {}, " + WHY + " }}", REGION + "grid_intensity = {{ value = 300, unit = {}, "
POWER = REGION + "electricity_price = {}"
TAX = '[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = {}'
TAXES = '[[policy]]\nname = "carbon_tax"\nrate = {{ values = [1, 2], years = {} }}'
CEILING = '[[policy]]\nname = "training_run_ceiling"\nlimit = {}'
CAP = '[[policy]]\nname = "cap_and_trade"\ncap = 1e9\n{} = 40'
CARBON, GRID, COST = (f"region.germany.{key}" for key in ("carbon_price", "grid_intensity", "electricity_price"))
START, LIMIT, FLOOR = "policy.carbon_tax.start", "policy.training_run_ceiling.limit", "policy.cap_and_trade.price_floor"
SLIPS = [  # a file, what is typed there, the number that it is of, and what is meant: its last value in base units
    *((REGION + PRICES + 'unit = "EUR/tCO2", year = {}, ' + WHY + " }}", year, CARBON, [180 * EUR])
      for year in ('"2024"', "2024.0", "2024-01-01", "24", "[2024]", '"EUR 2024"')),
    *((PRICED, f'"{unit}"', CARBON, [180 * EUR]) for unit in (
        "EUR2024/tCO2", "EUR_2024/tCO2", "EUR 2024/tCO2", "EUR/tCO2 (2024)", "EUR/tCO2 2024", "2024 EUR/tCO2",
        "€2024/tCO2", "EUR(2024)/tCO2", "EUR2024/t", "EUR/tCO2 of 2024", "Euro 2024/t CO2eq", "EUR_2024/t CO2",
    )),
    *((PRICED, f'"{unit}"', CARBON, [180 * USD_2010]) for unit in ("US$2010/t CO2", "USD_2010/tCO2", "$2010/t")),
    (REGION + "electricity_price = {{ value = 130, unit = {} }}", '"EUR2024/MWh"', COST, [0.13 * 1000 * EUR]),
    (POWER, '{ value = 13, unit = "cEUR/kWh" }', COST, [0.13 * EUR_2023]),
    (POWER, '{ value = 13, unit = "c€/kWh", year = 2024 }', COST, [130 * EUR]),
    (POWER, '{ value = 13, unit = "EUR2024ct/kWh" }', COST, [130 * EUR]),
    *((POWER, f'{{ value = 15, unit = "{cents}/kWh" }}', COST, [0.15, 0.15 * EUR_2023]) for cents in ("ct", "cents")),
    *((TAX, date, START, [2028.0, 2028.25]) for date in (
        "2028-02-15", '"2028-02-15"', '"15 February 2028"', "15.02.2028",
    )),
    *((TAX, date, START, [2028.5]) for date in (
        "2028-07-01", '"2028-07"', '"July 2028"', "01.07.2028", '"01.07.2028"', "2028-07", '"Q3 2028"', '"2028Q3"',
        "20280701", '"July 1, 2028"', "2028-07-01T00:00:00", '"1st July 2028"',
    )),
    *((TAX, date, START, [2028.0]) for date in ('"1 January 2028"', "01.01.2028", '"in 2028"', '"2028"', "20280101")),
    (TAX, '"1/7/2028"', START, [2028.0, 2028.5]),
    *((TAXES, years, START, [2028.0]) for years in ("[2028-01-01, 2030-01-01]", '["2028", "2030"]')),
    *((CEILING, limit, LIMIT, [1e26]) for limit in (
        '"10^26"', "10^26", '"1 x 10^26"', '"10**26"', '"10²⁶"', '"1e26 flop"', '"10^26 FLOP"', "10^20 MFLOP",
        "{{ value = 10^26, unit = 'FLOP' }}", "{{ note = 'as, 10^3 says', value = 10^26 }}",
    )),
    (CEILING, '"2,5×10^25"', LIMIT, [2.5e25]),
    (REGION + "{} = -2", "grid_growth", "region.germany.grid_change", [-0.02]),
    *((CAP, key, FLOOR, [0.04]) for key in ("floor_price", "min_price")),
    *((CAP, key, FLOOR.replace("floor", "ceiling"), [0.04]) for key in ("ceiling_price", "max_price")),
    *((REGION + "carbon_price = {{ {}, unit = 'EUR/tCO2', year = 2024, " + WHY + " }}", f'data = "{name}"', CARBON,
       [110 * EUR])
      for name in ("price.csv", "price")),
    (REGION + "grid_intensity = {{ {}, entity = 'Germany', " + WHY + " }}",
     'file = "grid_intensity_by_country_year.csv"', GRID, []),
]  # fmt: skip


def ways(fix: str) -> list[str]:
    """What a fix says to write: each of several."""
    fix = fix.removeprefix("write ")
    named = re.fullmatch(r"did you mean '(\w+)'\?", fix)
    entries = re.findall(r"\{[^}]*\}", fix)
    if named or entries:
        return [named[1]] if named else entries
    return re.sub(r"(: .*|, without quotes|, or a year with .*|, with the year .*)$", "", fix).split(" or ")


def pasted(text: str, typed: str, way: str) -> str:
    """A file with a fix in the place of what was typed."""
    line = next(line for line in text.splitlines() if "{}" in line)
    key, equals, _ = way.partition(" = ")
    if equals and line.startswith(f"{key} ="):  # of a line that is no TOML
        return text.replace(line, way).format()
    if equals and key in ("year", "unit") and not way.startswith("{"):
        return text.replace(f"{key} = {{}}", way).format()
    return text.format(way if "years = {}" not in text else way.removeprefix("years = "))


def last(scenario: Scenario, path: str) -> float:
    base = scenario.numbers[path].base
    return float(base.values[-1] if isinstance(base, Series) else base)


@pytest.mark.parametrize(("text", "typed", "path", "meant"), SLIPS)
def test_a_fix_means_what_was_typed(text: str, typed: str, path: str, meant: list[float], tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    (tmp_path / "price.csv").write_text("Year,Price\n2024,65\n2025,110\n")
    file.write_text(HEAD + text.format(typed.replace("{{", "{").replace("}}", "}")) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(file)
    found = []
    for way in ways(str(refused.value.fix)):
        file.write_text(HEAD + pasted(text, typed, way) + "\n", encoding="utf-8")
        found.append(last(load(file), path))
    assert found == pytest.approx(meant or found, rel=1e-4)


SPELLED = {
    PRICED: ("EUR/tCO2e", ["EUR/tCO2eq", "EUR/tCO2-eq", "EUR/t CO2 eq", "EUR/tCO2-e", "EUR/tCO₂", "EUR/tco2"]),
    DIRTY + WHY + " }}": ("gCO2e/kWh", ["gCO2eq/kWh", "gCO2-eq/kWh", "gCO2eq/kwh", "kgCO2eq/MWh", "g CO2equiv/kWh"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "usual"), [(t, u, usual) for t, (usual, us) in SPELLED.items() for u in us])
def test_carbon_is_spelled_as_people_do(text: str, unit: str, usual: str, tmp_path: Path) -> None:
    """It was refused, with a unit in which the number is another one."""
    file, found = tmp_path / "file.toml", []
    for each in (unit, usual):
        file.write_text(HEAD + text.format(f'"{each}"') + "\n", encoding="utf-8")
        found.append(last(load(file), CARBON if text == PRICED else GRID))
    assert found[0] == pytest.approx(found[1], rel=1e-12)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("policy.carbon_tax.regions=germany", {"regions": ("germany",)}),
        ("policy.carbon_tax.regions=germany, france", {"regions": ("germany", "france")}),
        ("policy.carbon_tax.regions=['startup']", {"kinds": ("startup",)}),
    ],
)
def test_names_that_are_set_are_told_as_an_option(typed: str, meant: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(InputError) as refused:
        load(BASELINE, ["policy.carbon_tax.rate=50", typed])
    (setting,) = re.findall(r"--set '([^']*)'", str(refused.value.fix))
    (policy,) = load(BASELINE, ["policy.carbon_tax.rate=50", setting]).policies
    assert {key: getattr(policy, key) for key in meant} == meant


@pytest.mark.parametrize(
    ("typed", "first", "end", "many"),
    [
        ("policy.carbon_tax.rate=0:200:9 EUR/tCO2", 0.0, 200.0, 9),
        ("policy.carbon_tax.rate=5:500:4:log EUR/tCO2", 5.0, 500.0, 4),
        ("policy.carbon_tax.rate=0,50,200 EUR/tCO2", 0.0, 200.0, 3),
        ("region.germany.electricity_price=10:20:3 EURct/kWh", 0.1, 0.2, 3),
        ("product.margin=10,20,40", 10.0, 40.0, 3),
        ("policy.compute_voucher.budget=50,100 MUSD", 50.0, 100.0, 2),
    ],
)
def test_what_is_varied_is_told_with_its_values(typed: str, first: float, end: float, many: int) -> None:
    """VALUES stood there, which is refused."""
    world = load(BASELINE)
    with pytest.raises(InputError) as refused:
        read_axes([typed], world, grid=True)
    (varied,) = re.findall(r"--vary '([^']*)'", str(refused.value.fix))
    (axis,) = read_axes([varied], world, grid=True)
    values = [each["value"] for each in axis.values]
    assert (values[0], values[-1], len(values)) == (first, end, many)


@pytest.mark.parametrize("cell", ["n/a", "NA", "-", "..", "null"])
def test_no_number_is_made_up_for_an_empty_cell(cell: str, tmp_path: Path) -> None:
    (tmp_path / "price.csv").write_text(f"Year,Price\n2024,65\n2025,{cell}\n")
    file = tmp_path / "file.toml"
    file.write_text(f'{HEAD}{REGION}carbon_price = {{ file = "price.csv", unit = "USD/tCO2", {WHY} }}\n')
    with pytest.raises(InputError, match="not a number") as refused:
        load(file)
    assert str(refused.value.fix).startswith("leave the cell empty")
