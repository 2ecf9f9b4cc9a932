"""A series from the user's own table: Our World in Data, Ember, IAMC wide and long."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.quantity import Series
from sim.scenario import Scenario, load
from sim.scenario.variants import changed
from sim.scenario.writing import resolved_toml
from tests.saying import Say, refused
from tests.worlds import SCENARIOS

BASELINE = SCENARIOS / "baseline.toml"
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
WHY = 'basis = "assumed", note = "n"'
OWID = (
    "Entity,Code,Year,Carbon intensity\nChile,CHL,2020,400\nChile,CHL,2021,380.5\nChile,CHL,2022,300\n"
    "Peru,PER,2020,250\n"
)
EMBER = (
    "Area,Country code,Year,Category,Variable,Unit,Value\n"
    "Chile,CHL,2020,Power sector emissions,CO2 intensity,gCO2/kWh,400\n"
    "Chile,CHL,2020,Electricity demand,Demand,TWh,80\n"
    "Chile,CHL,2021,Power sector emissions,CO2 intensity,gCO2/kWh,380.5\n"
)
WIDE = (
    "Model,Scenario,Region,Variable,Unit,2020,2030,2040\n"
    "M,NDC,Chile,Price|Carbon,US$2010/t CO2,0,30.5,60\n"
    "M,NDC,Chile,Emissions|CO2,Mt CO2/yr,80,70,60\n"
    "M,Net zero,Chile,Price|Carbon,US$2010/t CO2,0,90,200\n"
)
LONG = (
    "model,scenario,region,variable,unit,year,value\n"
    "M,NDC,Chile,Price|Carbon,EUR_2020/t CO2,2020,0\n"
    "M,NDC,Chile,Price|Carbon,EUR_2020/t CO2,2030,30.5\n"
)
PRICES_2010, PRICES_2020 = 304.702 / 218.056, 304.702 / 258.811


def loaded(folder: Path, table: str, entry: str, key: str = "region.france.grid_intensity", *settings: str) -> Scenario:
    (folder / "own.csv").write_text(table, encoding="utf-8")
    group, _, name = key.rpartition(".")
    file = folder / "own.toml"
    file.write_text(f"{HEAD}[{group}]\n{name} = {{ {entry} }}\n", encoding="utf-8")
    return load(file, settings)


def found(scenario: Scenario, path: str) -> tuple[list[float], list[float], str]:
    quantity = next(q for q in scenario.quantities if q.path == path)
    assert isinstance(quantity.base, Series)
    return list(quantity.base.years), list(quantity.base.values), str(quantity.note)


def test_our_world_in_data(tmp_path: Path) -> None:
    entry = f'file = "own.csv", entity = "Chile", unit = "gCO2e/kWh", {WHY}'
    years, values, note = found(loaded(tmp_path, OWID, entry), "region.france.grid_intensity")
    assert (years, values) == ([2020, 2021, 2022], pytest.approx([0.4, 0.3805, 0.3]))
    assert note == "n; from own.csv: Chile"
    two = OWID.replace("intensity\n", "intensity,Other\n").replace("\nChile,CHL,2020,400", "\nChile,CHL,2020,400,1")
    named = loaded(tmp_path, two, entry.replace("unit", 'column = "carbon intensity", unit'))
    assert found(named, "region.france.grid_intensity")[1] == pytest.approx(values)


@pytest.mark.parametrize("other", ["chile", "CHILE", " Chile  "])
def test_another_spelling_of_an_entity_is_no_row_to_leave_out(other: str, tmp_path: Path) -> None:
    table = OWID.replace("\nChile,CHL,2021", f"\n{other},CHL,2021")
    entry = f'file = "own.csv", entity = "Chile", unit = "gCO2e/kWh", {WHY}'
    if other.strip() == "Chile":  # spaces around a cell are none
        assert found(loaded(tmp_path, table, entry), "region.france.grid_intensity")[0] == [2020, 2021, 2022]
        return
    with pytest.raises(InputError, match="another spelling of the entity 'Chile'") as refused_:
        loaded(tmp_path, table, entry)
    assert "row 3" in refused_.value.problem
    assert refused_.value.found == other


def test_ember(tmp_path: Path) -> None:
    entry = f'file = "own.csv", entity = "Chile", variable = "CO2 intensity", {WHY}'
    years, values, _ = found(loaded(tmp_path, EMBER, entry), "region.france.grid_intensity")
    assert (years, values) == ([2020, 2021], pytest.approx([0.4, 0.3805]))


def test_iamc_wide_and_long(tmp_path: Path) -> None:
    """Units are read, the year of their money too."""
    key, entry = "region.france.carbon_price", f'file = "own.csv", entity = "Chile", variable = "Price|Carbon", {WHY}'
    scenario = loaded(tmp_path, WIDE, f'{entry}, scenario = "NDC"', key)
    years, values, note = found(scenario, key)
    assert (years, values) == ([2020, 2030, 2040], pytest.approx([0, 0.0305 * PRICES_2010, 0.06 * PRICES_2010]))
    assert "from own.csv: Chile, Price|Carbon, NDC" in note
    assert "of 2010, at 1.397 for prices up to 2023" in note
    more = "".join(f"{row},{cell}\n" for row, cell in zip(WIDE.splitlines(), ("Value", *"123"), strict=True))
    assert found(loaded(tmp_path, more, f'{entry}, scenario = "NDC"', key), key)[:2] == (years, values)
    years, values, _ = found(loaded(tmp_path, LONG, entry, key), key)
    assert (years, values) == ([2020, 2030], pytest.approx([0, 0.0305 / 0.8764 * PRICES_2020]))


def test_a_policy_by_a_table(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "own.csv").write_text(WIDE, encoding="utf-8")
    file = tmp_path / "own.toml"
    entry = 'file = "tables/own.csv", entity = "Chile", variable = "Price|Carbon", scenario = "Net zero"'
    file.write_text(f'{HEAD}[[policy]]\nname = "carbon_tax"\nrate = {{ {entry}, between = "linear" }}\n')
    (policy,) = load(file).policies
    assert policy.start == 2020
    assert policy.paths["rate"].at(2025.5) == pytest.approx(0.045 * PRICES_2010)


def test_what_a_run_writes_stands_alone(tmp_path: Path) -> None:
    key, entry = "region.france.carbon_price", f'file = "own.csv", entity = "Chile", variable = "Price|Carbon", {WHY}'
    scenario = loaded(tmp_path, LONG, entry, key)
    text = resolved_toml(scenario)
    assert "{file =" not in text
    alone = tmp_path / "alone" / "scenario.toml"
    alone.parent.mkdir()
    alone.write_text(text, encoding="utf-8")
    assert load(alone).is_same(scenario)
    assert changed(scenario, {"product.margin": 0.4}).regions == scenario.regions


def test_a_table_is_read_again_when_it_changes(tmp_path: Path) -> None:
    entry = f'file = "own.csv", entity = "Chile", unit = "gCO2e/kWh", {WHY}'
    for first in ("400", "4000.5".replace("4000", "40")):
        scenario = loaded(tmp_path, OWID.replace("2020,400", f"2020,{first}"), entry)
        assert scenario.regions[0].id
        assert found(scenario, "region.france.grid_intensity")[1][0] == pytest.approx(float(first) / 1000)


def test_a_table_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    """Of a child in another folder too, and of a setting beside the scenario."""
    entry = f'file = "own.csv", entity = "Chile", unit = "gCO2e/kWh", {WHY}'
    loaded(tmp_path, OWID, entry)
    child = tmp_path / "below" / "child.toml"
    child.parent.mkdir()
    child.write_text('schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "../own.toml"\n')
    assert found(load(child), "region.france.grid_intensity")[0] == [2020, 2021, 2022]
    (child.parent / "own.csv").write_text(OWID.replace("2022", "2023").replace("2021", "2022").replace("2020", "2021"))
    here = load(child, [f"region.france.grid_intensity={{ {entry} }}"])
    assert found(here, "region.france.grid_intensity")[0] == [2021, 2022, 2023]


INTENSITY, PRICE = "region.france.grid_intensity", "region.france.carbon_price"
OF_CHILE = f'file = "own.csv", entity = "Chile", {WHY}'
IN_GRAMS = f'{OF_CHILE}, unit = "gCO2e/kWh"'
OF_PRICES = f'{OF_CHILE}, variable = "Price|Carbon"'
WRONG = {
    "no such file": (OWID, IN_GRAMS.replace("own.csv", "ow.csv"), INTENSITY, "no such file", "own.csv'?"),
    "absolute": (OWID, IN_GRAMS.replace("own.csv", "/etc/passwd"), INTENSITY, "outside the scenario's folder"),
    "above": (OWID, IN_GRAMS.replace("own.csv", "../own.csv"), INTENSITY, "outside the scenario's folder"),
    "a folder": (OWID, IN_GRAMS.replace("own.csv", "."), INTENSITY, "this is a directory"),
    "no name": (OWID, IN_GRAMS.replace('"own.csv"', "5"), INTENSITY, "not a file name"),
    "nothing in it": ("", IN_GRAMS, INTENSITY, "own.csv: the file is empty", "fix      save the table there"),
    "semicolons": (OWID.replace(",", ";"), IN_GRAMS, INTENSITY, "own.csv: its columns are separated by semicolons"),
    "tabs": (EMBER.replace(",", "\t"), IN_GRAMS, INTENSITY, "own.csv: its columns are separated by tabs"),
    "no rows": ("Entity,Year,x\n", IN_GRAMS, INTENSITY, "own.csv"),
    "another form": ("a,b\n1,2\n", IN_GRAMS, INTENSITY, "own.csv, row 1: columns of no known form", "IAMC"),
    "another encoding": (OWID.replace("Peru", "Per\udcfa"), IN_GRAMS, INTENSITY, "Windows-1252), in line 5"),
    "entity": (OWID, IN_GRAMS.replace("Chile", "Chlie"), INTENSITY, "own.csv: unknown entity", "did you mean 'Chile'?"),
    "no entity": (OWID, IN_GRAMS.replace('entity = "Chile", ', ""), INTENSITY, "own.csv: which entity?", "Chile, Peru"),
    "column": (OWID, f'{IN_GRAMS}, column = "intensit"', INTENSITY, "own.csv: unknown column", "Carbon intensity"),
    "which column": (OWID.replace("y\n", "y,z\n", 1), IN_GRAMS, INTENSITY, "own.csv, row 1: which column?", "z"),
    "no unit": (OWID, OF_CHILE, INTENSITY, "own.csv: this table does not say its unit", 'add unit = "gCO2e/kWh"'),
    "wrong unit": (OWID, f'{OF_CHILE}, unit = "USD"', INTENSITY, "'USD' is not a carbon intensity"),
    "no number": (OWID.replace("380.5", "380;5"), IN_GRAMS, INTENSITY, "own.csv, row 3: not a number", "'380;5'"),
    "decimal comma": (OWID.replace("380.5", '"380,5"'), IN_GRAMS, INTENSITY, "own.csv, row 3", "follow a point"),
    "out of range": (OWID.replace("380.5", "-1"), IN_GRAMS, INTENSITY, "own.csv, row 3: out of range", "found    '-1'"),
    "no year": (OWID.replace("2021", "x"), IN_GRAMS, INTENSITY, "own.csv, row 3: not a calendar year", "'x'"),
    "empty cell": (OWID.replace("380.5", ""), IN_GRAMS, INTENSITY, "own.csv, row 3: the year 2021 is missing"),
    "nan": (OWID.replace("380.5", "nan"), IN_GRAMS, INTENSITY, "row 3: not a number in column", "found    'nan'"),
    **{
        f"{text} in the last year": (
            OWID.replace("300", text), IN_GRAMS, INTENSITY, "own.csv, row 4: not a number in column Carbon intensity",
            f"found    '{text}'", "or an empty cell",
        )
        for text in ("n/a", "NA", "-", "..")
    },
    "missing year": (
        OWID.replace("Chile,CHL,2021,380.5\n", ""), IN_GRAMS, INTENSITY, "own.csv, row 3: the year 2021 is missing",
        'between = "linear"',
    ),
    "twice": (
        OWID + "Chile,CHL,2021,1\n", IN_GRAMS, INTENSITY, "own.csv, row 6: 2021 is there twice", "2021 is in row 3",
    ),
    "a column twice": (
        WIDE.replace("2030,2040", "2020,2040"), OF_PRICES, PRICE, "own.csv, row 1: two columns are named 2020",
    ),
    "a year of others in a long table": (
        LONG + "M,NDC,Peru,Price|Carbon,EUR_2020/t CO2,2025,9\n", OF_PRICES, PRICE,
        "own.csv, row 3: the year 2025 is missing", 'between = "linear"',
    ),
    "digits that are parted": (OWID.replace("380.5", "3_80"), IN_GRAMS, INTENSITY, "own.csv, row 3: not a number"),
    "digits of another script": (OWID.replace("380.5", "٣٨٠"), IN_GRAMS, INTENSITY, "own.csv, row 3: not a number"),
    "a year in digits of another script": (
        OWID.replace("2021", "2٠21"), IN_GRAMS, INTENSITY, "own.csv, row 3: not a calendar year",
    ),
    "behind a cell with line breaks and an empty line": (
        OWID.replace("Chile,CHL,2020", '"Pe\nr\n\nu",X,2020,1\n\nChile,CHL,2020').replace("380.5", "x"), IN_GRAMS,
        INTENSITY, "own.csv, row 5: not a number",
    ),
    "units without values": (
        "entity,year,variable,unit,amount\nChile,2020,p,USD/t CO2,5\n", OF_CHILE, PRICE,
        "own.csv, row 1: columns of no known form",
    ),
    "values without years": (
        "model,scenario,region,variable,unit,value\nM,S,Chile,p,USD/t CO2,5\n", OF_CHILE, PRICE,
        "own.csv, row 1: columns of no known form",
    ),
    "no value": (OWID.replace("250", ""), IN_GRAMS.replace("Chile", "Peru"), INTENSITY, "row 5: no value in any year"),
    "file and list": (OWID, f"{IN_GRAMS}, years = [2020], values = [1]", INTENSITY, "both a file and a list"),
    "variable of none": (OWID, f'{IN_GRAMS}, variable = "x"', INTENSITY, "own.csv, row 1: there is no column variable"),
    "which variable": (EMBER, OF_CHILE, INTENSITY, "own.csv: which variable?", "CO2 intensity, Demand"),
    "unit of Ember": (
        EMBER, f'{OF_CHILE}, variable = "Demand"', INTENSITY, "own.csv, row 3: 'TWh' is not a carbon intensity",
    ),
    "unit of another kind, with a word that is no currency": (
        EMBER, f'{OF_CHILE}, variable = "CO2 intensity"', PRICE, "own.csv, row 2: 'gCO2/kWh' is not a price per tonne",
    ),
    "unit that changes": (
        EMBER.replace("gCO2/kWh,380.5", "kgCO2/kWh,0.38"), f'{OF_CHILE}, variable = "CO2 intensity"', INTENSITY,
        "own.csv, row 4: the unit changes",
    ),
    "another unit than the table's": (
        EMBER, f'{OF_CHILE}, variable = "CO2 intensity", unit = "kgCO2/kWh"', INTENSITY, "has a unit of its own",
    ),
    "which scenario": (WIDE, OF_PRICES, PRICE, "own.csv: which scenario?", "NDC, Net zero"),
    "model": (WIDE, f'{OF_PRICES}, model = "N"', PRICE, "own.csv: unknown model 'N'"),
    "unit of IAMC": (
        WIDE, f'{OF_CHILE}, variable = "Emissions|CO2"', PRICE, "own.csv, row 3: 'Mt CO2/yr' is not a price per tonne",
    ),
    "entity twice": (
        WIDE.replace("Net zero", "NDC"), OF_PRICES, PRICE, "own.csv, row 4: Chile is there twice", "once (row 2)",
    ),
    "empty cell of IAMC": (
        WIDE.replace("30.5", ""), f'{OF_PRICES}, scenario = "NDC"', PRICE, "own.csv, row 2: the year 2030 is missing",
    ),
    "money of no table": (
        WIDE.replace("2010", "1990"), f'{OF_PRICES}, scenario = "NDC"', PRICE, "own.csv, row 2: no USD of 1990",
    ),
    "currency of no table": (
        WIDE.replace("US$2010", "MXN_2010"), f'{OF_PRICES}, scenario = "NDC"', PRICE, "row 2: unknown currency 'MXN'",
    ),
    "years of IAMC": (
        "model,scenario,region,variable,unit\n", OF_PRICES, PRICE, "own.csv, row 1: columns of no known form",
    ),
    "key": (OWID, f"{IN_GRAMS}, colum = 1", INTENSITY, "unknown key of a yearly series 'colum'", "'column'?"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_tables_are_refused_with_the_row(case: str, say: Say, tmp_path: Path) -> None:
    table, entry, key, *texts = WRONG[case]
    (tmp_path / "own.csv").write_bytes(
        table.encode("latin-1" if case == "another encoding" else "utf-8", "surrogateescape")
    )
    group, _, name = key.rpartition(".")
    file = tmp_path / "own.toml"
    file.write_text(f"{HEAD}[{group}]\n{name} = {{ {entry} }}\n", encoding="utf-8")
    refused(say("check", file), *texts, file=file, key=key)


def test_a_link_out_of_the_folder_is_refused(say: Say, tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text(OWID)
    (folder / "own.csv").symlink_to(tmp_path / "secret.csv")
    file = folder / "own.toml"
    file.write_text(f"{HEAD}[region.france]\ngrid_intensity = {{ {IN_GRAMS} }}\n")
    refused(say("check", file), "outside the scenario's folder", file=file, key=INTENSITY)


def test_a_gap_is_bridged_where_the_scenario_says_how(tmp_path: Path) -> None:
    table = OWID.replace("Chile,CHL,2021,380.5\n", "")
    for between, value in (("linear", 0.35), ("steps", 0.4)):
        scenario = loaded(tmp_path, table, f'{IN_GRAMS}, between = "{between}"')
        series = next(q.base for q in scenario.quantities if q.path == INTENSITY)
        assert series.at(2021) == pytest.approx(value)


def test_cells_left_empty_at_the_ends_are_told(say: Say, tmp_path: Path) -> None:
    """In a long table, in a wide one, and in the record of the number; of the world and of a policy."""
    wide = WIDE.replace("30.5", "0").replace(",60", ",")
    for table, entry, key, told in (
        (OWID.replace("300", ""), IN_GRAMS, INTENSITY, "has empty cells in 2022, which are left out"),
        (wide, f'{OF_PRICES}, scenario = "NDC"', PRICE, "has empty cells in 2040, which are left out"),
    ):
        scenario = loaded(tmp_path, table, entry, key)
        assert "; empty in 20" in found(scenario, key)[2]
        assert f"Note: {key} {told}" in say("check", tmp_path / "own.toml").out


IN_USD = f'file = "own.csv", unit = "USD/tCO2", {WHY}'
ALONE = "Year,Price\n2026,60\n2027,70\n"


@pytest.mark.parametrize(
    "table", [ALONE, "\ufeff" + ALONE, ",Year,Price\n0,2026,60\n1,2027,70\n", "price,YEAR\n60,2026\n70,2027\n"]
)
def test_one_series_needs_no_entity(table: str, tmp_path: Path) -> None:
    years, values, note = found(loaded(tmp_path, table, IN_USD, PRICE), PRICE)
    assert (years, values) == ([2026, 2027], pytest.approx([0.06, 0.07]))
    assert note.casefold() == "n; from own.csv: price"


def test_of_several_columns_without_an_entity_one_is_named(tmp_path: Path) -> None:
    table = "Year,Germany,France\n2026,60,50\n2027,70,40\n"
    scenario = loaded(tmp_path, table, f'{IN_USD}, column = "France"', PRICE)
    assert found(scenario, PRICE)[1] == pytest.approx([0.05, 0.04])
    for entry, problem, fix in (
        (IN_USD, "own.csv, row 1: which column?", 'add column = "Germany"'),
        (f'{IN_USD}, entity = "France"', "own.csv, row 1: there is no column entity", "take out entity"),
    ):
        with pytest.raises(InputError, match=problem[:-1]) as raised:
            loaded(tmp_path, table, entry, PRICE)
        assert raised.value.fix == fix


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
@pytest.mark.parametrize("head", ["Jahr,Preis", "Year,Price", "a,b,c"])
def test_another_mark_between_columns_is_told_whatever_they_are_called(
    head: str, mark: str, word: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"separated by {word}"):
        loaded(tmp_path, f"{head}\n2026,60\n".replace(",", mark), IN_USD, PRICE)


@pytest.mark.parametrize("year", ["2026.0", "2026-01-01", "2026/27", "2026 (est.)"])
def test_a_year_with_something_behind_it_is_told_alone(year: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2: not a calendar year") as raised:
        loaded(tmp_path, f"Year,Price\n{year},60\n", IN_USD, PRICE)
    assert raised.value.fix == "write 2026"


@pytest.mark.parametrize("content", [None, b"Year,Price\n2026,60\n", "utf-16", "latin-1"])
def test_whatever_is_wrong_with_a_table_names_the_scenario_and_its_key(
    content: bytes | str | None, say: Say, tmp_path: Path
) -> None:
    """A directory, a missing file and other encodings named the table alone."""
    table, file = tmp_path / "sub.csv", tmp_path / "own.toml"
    if isinstance(content, bytes):
        table.mkdir()
    elif content:
        table.write_bytes("Year,Pr\xefs\n2026,60\n".encode(content))
    file.write_text(f"{HEAD}[region.france]\ncarbon_price = {{ {IN_USD.replace('own', 'sub')} }}\n", encoding="utf-8")
    refused(say("check", file), "sub.csv: ", file=file, key=PRICE)


@pytest.mark.parametrize("cell", ["-5", "20000", "-0.001"])
def test_a_cell_beyond_the_range_is_told_as_it_is_written(cell: str, tmp_path: Path) -> None:
    entry = IN_USD.replace("USD", "EUR") + ", year = 2024"
    with pytest.raises(InputError, match=r"own\.csv, row 3: out of range") as raised:
        loaded(tmp_path, ALONE.replace("70", cell), entry, PRICE)
    assert str(raised.value.found).startswith(f"'{cell}' (")
