"""Tables as ministries save them: a slip in one is told, and never cut off, bent or taken for something else."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.history.records import read_records
from sim.scenario import Scenario, load
from tests.records import row, several, write
from tests.worlds import BASELINE

HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
WHY = 'basis = "assumed", note = "n"'
SHARE, PRICE, GRID = "pledges.clean_share", "region.germany.carbon_price", "region.germany.grid_intensity"
ENTRY = {
    SHARE: f'file = "own.csv", between = "linear", {WHY}',
    PRICE: f'file = "own.csv", unit = "EUR/tCO2", year = 2024, between = "linear", {WHY}',
    GRID: f'file = "own.csv", unit = "gCO2e/kWh", between = "linear", {WHY}',
}


def loaded(folder: Path, table: str, key: str, entry: str = "") -> Scenario:
    (folder / "own.csv").write_text(table, encoding="utf-8")
    group, _, name = key.rpartition(".")
    file = folder / "own.toml"
    file.write_text(f"{HEAD}[{group}]\n{name} = {{ {entry or ENTRY[key]} }}\n", encoding="utf-8")
    return load(file)


COMMAS = {  # a number that a comma parts in two cells, and the row that it stands in
    SHARE: [("Year,Share\n2012,0,05\n2020,0,25\n2030,0,60\n", 2), ("Year,Share,\n2012,5,\n2020,0,25\n", 3)],
    PRICE: [("Year,Price\n2025,65\n2026,1,072.50\n", 3), (",Year,Price\n0,2025,1,072.50\n", 2)],
    GRID: [("Year,Grid\n2024,615,5\n2025,590\n", 2), ("Area,Year,Grid\nPoland,2024,600\nPoland,2025,5,9,0\n", 3)],
}


@pytest.mark.parametrize(("key", "table", "row"), [(key, *one) for key, each in COMMAS.items() for one in each])
def test_a_comma_within_a_number_is_told_with_its_row(key: str, table: str, row: int, tmp_path: Path) -> None:
    """What stood behind it was cut off without a word: 0,25 was a share of 0, and 1,072.50 a price of 1."""
    entry = ENTRY[key] + ', entity = "Poland"' * ("Area" in table)
    with pytest.raises(InputError, match=rf"row {row}: \d cells where the header has \d") as refused:
        loaded(tmp_path, table, key, entry)
    assert "Decimals follow a point" in str(refused.value.fix)
    assert refused.value.found == table.splitlines()[row - 1]


@pytest.mark.parametrize(
    "table", ["Year,Grid\n2024,615,,\n2025,590\n", "Year,Grid,\n2024,615,\n", ",Year,Grid\n0,2024,6\n"]
)
def test_empty_cells_behind_the_columns_are_none(table: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, table, GRID).numbers[GRID].base.values[0] > 0


def test_a_record_with_more_cells_than_columns_is_odd(tmp_path: Path) -> None:
    file = write(
        tmp_path / "records.csv", [*several(2018, 2019), row("x", "2019-01-01", "Industry", "1e20", "5000000")]
    )
    file.write_text(file.read_text(encoding="utf-8").replace("5000000", "5,000,000"), encoding="utf-8")
    (odd,) = read_records(file).odd
    assert (odd.model, odd.why) == ("x", "7 cells where the header has 6")


GRAMS = "Year,Grid\n2024,866\n2030,600\n"
BY_YEAR = ('file = "own.csv", between = "linear"', "years = [2024, 2030], values = [866, 600]", "value = 866")
OF_OTHER_UNITS = [  # a number that another unit makes too large: its entry, what it comes to, and the unit that fits
    *((GRID, f'{entry}, unit = "{unit}", {WHY}', "866000 gCO2e/kWh", 'unit = "gCO2e/kWh"')
      for unit in ("kgCO2e/kWh", "tCO2e/MWh", "kgCO2eq/kWh")
      for entry in BY_YEAR),
    *((PRICE, f'{entry}, unit = "EUR/kgCO2", year = 2024, {WHY}', "910477 USD/tCO2", 'unit = "EUR/tCO2", year = 2024')
      for entry in BY_YEAR),
]  # fmt: skip


@pytest.mark.parametrize(("key", "entry", "comes_to", "right"), OF_OTHER_UNITS)
def test_out_of_range_says_what_it_comes_to_and_the_unit_that_fits(
    key: str, entry: str, comes_to: str, right: str, tmp_path: Path
) -> None:
    """866 was told to be no number from 0 to 2000."""
    with pytest.raises(InputError, match="out of range") as refused:
        loaded(tmp_path, GRAMS, key, entry)
    assert comes_to in str(refused.value.found)
    assert right in str(refused.value.fix)
    assert ("in 2040" in str(refused.value.found)) is False
    unit = entry[entry.index("unit = ") :].removesuffix(f", {WHY}")
    base = loaded(tmp_path, GRAMS, key, entry.replace(unit, right)).numbers[key].base
    assert base.values[0] == pytest.approx(0.866 * (EUR if key == PRICE else 1.0), rel=1e-5)


EUR = 1.0513612  # USD of 2023 for one of 2024
PATH = "Year,Price\n2024,65\n2040,180\n"


def noted(scenario: Scenario, part: str) -> list[str]:
    return [note for note in scenario.notes if part in note]


@pytest.mark.parametrize("form", ['file = "own.csv"', "years = [2024, 2040], values = [65, 180]"])
def test_a_path_without_a_year_of_money_is_told_as_nominal(form: str, tmp_path: Path) -> None:
    """180 EUR of a plan for 2040 were 137.9 USD in place of 189.2, in silence."""
    entry = f'{form}, unit = "EUR/tCO2", between = "linear", {WHY}'
    (note,) = noted(loaded(tmp_path, PATH, PRICE, entry), "nominal")
    assert "to 137.9 USD/tCO2 of 2023" in note
    assert "year = 2024" in note
    for more in ("year = 2024", 'year = "nominal"'):
        assert not noted(loaded(tmp_path, PATH, PRICE, f"{entry}, {more}"), "nominal")
    past = entry.replace("2040", "2023").replace("[2024, 2023]", "[2012, 2023]")
    assert not noted(loaded(tmp_path, PATH.replace("2024", "2012").replace("2040", "2023"), PRICE, past), "nominal")


YEARS = {  # of a table, and the year that is told; none where there is nothing odd
    "2024,65\n2204,180\n": "given for 2204, 180 years from 2024",
    "1924,65\n2030,70\n2204,180\n": "given for 1924, 106 years from 2030",
    "2024,65\n2052,72\n2030,110\n": "2052 in row 3 stands between 2024 and 2030",
    "2030,65\n2005,72\n2024,110\n": "2005 in row 3 stands between 2030 and 2024",
    "2024,65\n2030,72\n2100,110\n": "",
    "2040,65\n2030,72\n2024,110\n": "",
    "2090,65\n2100,72\n2110,110\n2130,110\n2150,110\n": "",
}


@pytest.mark.parametrize(("rows", "told"), YEARS.items())
def test_a_year_that_nobody_means_is_told(rows: str, told: str, tmp_path: Path) -> None:
    entry = ENTRY[PRICE].replace("EUR", "USD").replace(", year = 2024", "")
    notes = noted(loaded(tmp_path, f"Year,Price\n{rows}", PRICE, entry), "is that year meant?")
    assert bool(notes) == bool(told)
    assert told in "".join(notes)


CAPS = {  # what a cap says, and the part of a note; none where it may be meant
    "cap = 50\nstart = 2028": "less than a thousandth of what all compute on offer there emits",
    "cap = 50\nregions = ['germany']\nstart = 2028": "less than a thousandth",
    "cap = { years = [2028, 2030], values = [50, 40] }": "less than a thousandth",
    "cap = 1e14\nstart = 2028": "more than a thousand times what all compute",
    "cap_share = 100\nstart = 2028": '100 times the year before, and is never scarce; 100 % is written 1, or { value',
    "cap = { value = 5, unit = 'MtCO2e/yr' }\nstart = 2028": "",
    "cap = 5000\nkinds = ['academic_lab']\nstart = 2028": "",
    "cap = { years = [2028, 2040], values = [5e6, 1e-6], between = 'steps' }": "",
    "cap_share = 3.7\nstart = 2028": "",
    "cap_share = { value = 100, unit = '%' }\nstart = 2028": "",
}  # fmt: skip


@pytest.mark.parametrize(("body", "told"), CAPS.items())
def test_a_cap_of_another_size_than_what_is_emitted_is_told(body: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'{HEAD}[[policy]]\nname = "cap_and_trade"\n{body}\n', encoding="utf-8")
    notes = noted(load(file), "policy.cap_and_trade.cap")
    assert bool(notes) == bool(told)
    assert told in "".join(notes)


@pytest.mark.parametrize("typed", ["1300 EUR/MWh of 2024", "1300 USD/MWh", "1.37 EUR/kWh of 2024"])
def test_a_price_that_says_its_unit_is_not_told_another_one(typed: str) -> None:
    """1300 EUR/MWh were told as 1.367 USD per MWh, which nobody typed."""
    key = "region.germany.electricity_price"
    (note,) = noted(load(BASELINE, [f"{key}={typed}"]), key)
    assert note.endswith("USD/kWh, so much: check the number and its unit.")


HEADS = {  # a table without a column of years that is known, and the fix
    "Date,Grid\n31.12.2024,615\n31.12.2025,590\n": "name the column Date year, and write its years alone: 2024 for",
    "Jahr,Grid\n2024,615\n2025,590\n": "name the column Jahr year",
    "Grid,Rok\n615,2024\n590,2025\n": "name the column Rok year",
    ",Grid\n2024,615\n2025,590\n": "name the column of years year",
    "2024,615\n2025,590\n": "put a row with the names of the columns above the first one: year,value",
    "Country,2024,2025\nPoland,615,590\n": "write a row for each year: a column year, and one of values",
    "# source: ministry\nYear,Grid\n2024,615\n": "take out what stands above row 2, which has the names",
    "Grid,Share\n615,0.5\n": "name one column year, with calendar years in it",
}  # fmt: skip


@pytest.mark.parametrize(("table", "fix"), HEADS.items())
def test_a_table_without_a_column_of_years_is_told_which_it_is(table: str, fix: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="columns of no known form") as refused:
        loaded(tmp_path, table, GRID)
    assert str(refused.value.fix).startswith(fix)


def test_a_letter_of_another_encoding_is_not_shown_as_a_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(f'{HEAD}[region.poland]\nlabel = "Łódź"\n'.encode("iso8859-2"))
    with pytest.raises(InputError, match="in another encoding than UTF-8") as refused:
        load(tmp_path / "own.toml")
    assert refused.value.found == 'label = "\ufffd\ufffdd\ufffd"'


LINES = [  # with a comma before }, which TOML does not have
    ('carbon_price = {{ value = 60, unit = "USD/tCO2", basis = "assumed", note = "n",{} }}', 0.06),
    ('carbon_price = {{ years = [2026], values = [6,], unit = "USD/tCO2", basis = "assumed", note = ",}}",{}}}', 0.006),
]  # fmt: skip


@pytest.mark.parametrize(("line", "worth"), LINES)
def test_a_comma_before_a_brace_is_taken_out(line: str, worth: float, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"{HEAD}[region.germany]\n{line.format('')}\n", encoding="utf-8")
    with pytest.raises(InputError, match="a comma before }") as refused:
        load(file)
    file.write_text(f"{HEAD}[region.germany]\n{str(refused.value.fix).removeprefix('write ')}\n", encoding="utf-8")
    assert load(file).numbers[PRICE].base.values == pytest.approx((worth,))
