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
