"""Files of records are read as they are, what cannot be used is named, and targets are what they say."""

import json
from contextlib import nullcontext
from itertools import pairwise
from math import log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError, Notice
from sim.history.error_record import error_record
from sim.history.records import COMPUTE, JOINT_ROWS, NO_SECTOR, WITH_BASE, packaged, read_records
from sim.history.sample import recorded, resampled
from sim.history.targets import LARGE, TARGETS, targets
from sim.plurals import counted
from tests.records import COLUMNS, PACKAGED, row, several, write
from tests.saying import Say, refused
from tests.worlds import SMALL

GOOD = several(2018, 2019)


def value(name: str, first: int, last: int) -> float:
    """A target of the packaged records."""
    (target,) = (one for one in targets(first, last) if one.name == name)
    found = target.of(recorded(packaged().between(2012, last)))
    assert found is not None
    return float(found[0])


def table() -> pd.DataFrame:
    """The packaged file as pandas reads it, with the sector of each row."""
    found = pd.read_csv(PACKAGED)
    named = found["Organization categorization"].fillna("")
    found["firm"], found["lab"] = named.str.contains("Industry"), named.str.contains("Academia")
    day = pd.to_datetime(found["Publication date"])
    found["year"], found["at"] = day.dt.year, day.dt.year + (day.dt.day_of_year - 0.5) / (365 + day.dt.is_leap_year)
    found["log"] = np.log10(found[COMPUTE].where(found["Base model"].isna()))
    return found


def test_targets_of_the_records_are_what_another_program_finds() -> None:
    found = table()
    of = {"industry": found.firm & ~found.lab, "academia": found.lab & ~found.firm}
    recent = found.year.between(2018, 2019)
    levels = {name: found.log[recent & rows].mean() for name, rows in of.items()}
    for name, level in levels.items():
        assert value(f"compute_level_{name}", 2018, 2019) == pytest.approx(level, rel=1e-12)
    assert value("compute_ratio", 2018, 2019) == pytest.approx(levels["industry"] - levels["academia"], rel=1e-9)
    for name, rows in of.items():
        known = found[rows & found.log.notna() & found.year.between(2012, 2021)]
        slope, level = np.polyfit(known["at"], known.log, 1)
        assert value(f"compute_growth_{name}", 2012, 2021) == pytest.approx(slope, rel=1e-6)
        left = known.log - level - slope * known["at"]
        spread = np.sqrt((left**2).sum() / (len(known) - 2))
        assert value(f"spread_{name}", 2012, 2021) == pytest.approx(spread, rel=1e-6)
    both = found[(found.firm | found.lab) & recent]
    share = (both.lab & ~both.firm).mean() + 0.5 * (both.lab & both.firm).mean()
    assert value("count_share_academia", 2018, 2019) == pytest.approx(share, rel=1e-12)


def test_large_scale_models_are_those_near_the_largest_of_two_years() -> None:
    found = table()
    known = found[(found.firm | found.lab) & found.log.notna() & (found.year >= 2016)].sort_values("at")
    large, academic = 0.0, 0.0
    for one in known[known.year.between(2018, 2019)].itertuples():
        before = known[(known["at"] >= one.at - 2) & (known["at"] <= one.at)]
        if one.log >= before.log.max() - LARGE:
            large += 1
            academic += 0.5 if one.firm and one.lab else float(one.lab)
    assert value("large_scale_share_academia", 2018, 2019) == pytest.approx(academic / large, rel=1e-12)


def test_growth_of_the_records_is_as_published() -> None:
    """Industry 3.87 times a year (2.94 to 5.24), academia 1.95 (1.55 to 2.42), from 2012 to 2021."""
    assert 10 ** value("compute_growth_industry", 2012, 2021) == pytest.approx(3.87, abs=0.01)
    assert 10 ** value("compute_growth_academia", 2012, 2021) == pytest.approx(1.95, abs=0.01)
    again = resampled(packaged().between(2012, 2021), 2000)
    (target,) = (one for one in targets(2012, 2021) if one.name == "compute_growth_industry")
    draws = target.of(again)
    assert draws is not None
    assert 10 ** np.quantile(draws, [0.025, 0.975]) == pytest.approx([2.94, 5.24], rel=0.1)


def test_what_is_left_out_is_counted() -> None:
    left, found = packaged().left_out, table()
    assert left[NO_SECTOR] == (~found.firm & ~found.lab).sum()
    assert left[WITH_BASE] == found["Base model"].notna().sum()
    assert left[JOINT_ROWS] == (found.firm & found.lab).sum()
    assert packaged().odd == ()
    assert packaged().time.max() < 2022


def test_the_error_record_only_falls_and_names_its_sources() -> None:
    best, spread = error_record()
    years = sorted(best)
    assert years == list(range(2012, 2022))
    assert all(best[after] < best[before] for before, after in pairwise(years))
    assert best[2012] == pytest.approx(log10(0.407))
    assert 0.01 < spread < 0.05


def test_odd_rows_are_left_out_counted_and_named(tmp_path: Path, say: Say) -> None:
    odd = [
        row("no date", "", "Industry", "1e20"),
        row("no such day", "2019-02-30", "Industry", "1e20"),
        row("words", "2019-03-01", "Academia", "a lot"),
        row("below zero", "2019-03-02", "Academia", "-1e20"),
        row("endless", "2019-03-03", "Academia", "inf"),
        row("martian", "2019-03-04", "Mars", "1e20"),
        row("twice", "2019-03-05", "Industry", "1e20"),
        row("twice", "2019-03-05", "Industry", "1e20"),
        row("parted", "2019-03-06", "Industry", "1_0e19"),
        row("another script", "2019-03-07", "Industry", "١٠"),
    ]
    file = write(tmp_path / "records.csv", [*several(2014, 2019), *odd])
    found = read_records(file)
    assert [one.model for one in found.odd] == [one["Model"] for one in odd if one is not odd[6]]
    assert found.odd[0].row == len(several(2014, 2019)) + 2
    assert found.model.count("twice") == 1
    assert not {"no date", "words", "martian"} & set(found.model)
    said = say("validate", *SMALL[:-4], "--records", file, "--from", 2018, "--to", 2019, "--replicates", 1, "--quiet")
    assert said.code == 0
    assert "9 odd rows left out:" in said.out
    for one in ("no date", "words", "Mars", "there twice"):
        assert one in said.out


def test_rows_are_numbered_as_spreadsheets_count(tmp_path: Path) -> None:
    """A cell with line breaks is in one row, whichever letters part lines elsewhere; an empty line is one."""
    long = [row("two\n\nlines\u2028or\x0bthree", "2019-01-01", "Industry", "1e20"), row("odd", "", "Industry", "1e20")]
    file = write(tmp_path / "records.csv", [*several(2014, 2019), *long])
    assert [(one.row, one.model) for one in read_records(file).odd] == [(len(several(2014, 2019)) + 3, "odd")]
    file.write_text(file.read_text(encoding="utf-8").replace("\n", "\n\n", 1), encoding="utf-8")
    assert [one.row for one in read_records(file).odd] == [len(several(2014, 2019)) + 4]


BAD = {
    "empty": (b"", "the file is empty"),
    "header alone": (",".join(COLUMNS).encode(), "no row of industry or academia"),
    "missing column": (
        b"Model,Publication date\nx,2019-01-01\n",
        "no columns Organization categorization, Training compute (FLOP)",
    ),
    "a column twice": ((",".join([*COLUMNS, "Model"]) + "\n").encode(), "two columns are named Model"),
    "latin-1": ("Model,Publication date\nÜber,2019-01-01\n".encode("latin-1"), "Latin-1"),
    "utf-16": ("Model\nx\n".encode("utf-16"), "UTF-16"),
    "not text": (bytes(range(256)) * 4, "not a text file"),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_are_no_records_get_one_message(name: str, tmp_path: Path, say: Say) -> None:
    file, (content, words) = tmp_path / "records.csv", BAD[name]
    file.write_bytes(content)
    refused(say("validate", SMALL[0], "--records", file, "--from", 2018, "--to", 2019), words, file=file)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (row("x", "2019-01-01", "Industry", "many"), "Training compute (FLOP) is 'many'"),
        (row("x", "2019-01-01", "Industrie", "1e20"), "is 'Industrie', none of Industry, Academia"),
        (row("x", "soon", "Industry", "1e20"), "not a date such as"),
        (row("x", "2019-01-01", "Industry", "1e20", "0"), "not a number above zero"),
    ],
)
def test_a_file_without_a_usable_row_is_refused(odd: dict[str, str], words: str, tmp_path: Path, say: Say) -> None:
    file = write(tmp_path / "records.csv", [{**odd, "Model": f"x {i}"} for i in range(12)])
    said = say("validate", SMALL[0], "--records", file, "--from", 2018, "--to", 2019)
    refused(said, "none of 12 rows can be used", words, file=file)


@pytest.mark.parametrize("command", ["validate", "validate --json"])
@pytest.mark.parametrize("odd", [1, len(GOOD)])
def test_many_odd_rows_are_warned_of_and_the_others_used(odd: int, command: str, tmp_path: Path, say: Say) -> None:
    """One odd row in ten is no reason to refuse a file, nor is one in two."""
    many = [row(f"x {i}", "2019-01-01", "Industry", "many") for i in range(odd)]
    file = write(tmp_path / "records.csv", [*many, *GOOD])
    asked = (*SMALL[:-4], "--records", file, "--from", 2018, "--to", 2019, "--replicates", 1, "--quiet")
    words = f"{odd} of {len(GOOD) + odd} rows of .*records.csv cannot be used and are left out.*row 2, x 0: .*'many'"
    with pytest.warns(Notice, match=words) if odd > 1 else nullcontext():
        said = say(*command.split(), *asked)
    assert said.code == 0
    named = " ".join((said.err if "--json" in command else said.out).split())
    assert f"{counted(odd, 'odd row')} left out: row 2, x 0: Training compute (FLOP) is 'many'" in named
    if "--json" in command:
        assert len(json.loads(said.out)["odd_rows"]) == odd


def test_a_misspelt_column_is_guessed(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_text(",".join(COLUMNS).replace("Publication date", "publication_date") + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column Publication date") as refusal:
        read_records(file)
    assert refusal.value.fix == "rename 'publication_date' to 'Publication date'"


def test_other_columns_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    rows = [{**one, "Notes": "with, a comma\nand a line", "Parameters": "many"} for one in GOOD]
    file = write(tmp_path / "records.csv", rows, ["Notes", *reversed(COLUMNS), "Parameters"])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    found = read_records(file)
    assert found.time.size == len(GOOD)
    assert found.odd == ()


def test_every_target_says_its_unit_and_meaning() -> None:
    assert all(unit and meaning for unit, meaning, _ in TARGETS.values())
    assert all(one.of(recorded(packaged().between(2012, 2021))) is not None for one in targets(2018, 2021))
