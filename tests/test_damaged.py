"""A run directory whose files do not fit together is refused in one message, though every hash was made to fit."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from tests.saying import Say, refused
from tests.test_bad_places import contents
from tests.worlds import SMALL

DATA = ("scenario.toml", "series.csv", "actors.csv", "summary.json")


def resealed(place: Path) -> None:
    """Let the record say what the files hold now."""
    record = json.loads((place / "provenance.json").read_text())
    for name in DATA:
        record["files"][name] = sha256((place / name).read_bytes()).hexdigest()
    (place / "provenance.json").write_text(json.dumps(record))


def of_json(name: str, change: Callable[[dict[str, Any]], Any]) -> tuple[str, Callable[[str], str]]:
    def rewrite(text: str) -> str:
        content = json.loads(text)
        whole = change(content)
        return json.dumps(content if whole is None or not isinstance(whole, list | float) else whole)

    return name, rewrite


def of_table(name: str, change: Callable[[list[list[str]]], Any]) -> tuple[str, Callable[[str], str]]:
    def rewrite(text: str) -> str:
        rows = [line.split(",") for line in text.splitlines()]
        change(rows)
        return "".join(",".join(row) + "\n" for row in rows)

    return name, rewrite


def put(column: int, value: str) -> Callable[[list[list[str]]], None]:
    return lambda rows: rows[1].__setitem__(column, value)


DAMAGES = {
    "no record": of_json("provenance.json", lambda _: [1]),
    "files of another type": of_json("provenance.json", lambda record: record.update(files={"series.csv": 1})),
    "made at no time": of_json("provenance.json", lambda record: record.update(made="yesterday")),
    "a command of numbers": of_json("provenance.json", lambda record: record.update(command=[1])),
    "other replicates": of_json("provenance.json", lambda record: record.update(replicates=[7])),
    "more replicates": of_json("provenance.json", lambda record: record.update(replicates=[0, 1])),
    "deep": ("provenance.json", lambda _: "[" * 100_000),
    "long number": ("provenance.json", lambda text: text.replace('"seed": 1', f'"seed": {"9" * 5000}')),
    "no summary": of_json("summary.json", lambda _: 1.5),
    "no title": of_json("summary.json", lambda summary: summary.pop("title")),
    "a title of numbers": of_json("summary.json", lambda summary: summary.update(title=[1])),
    "other years": of_json("summary.json", lambda summary: summary.update(years=[1990, 2000])),
    "half a cell": of_json("summary.json", lambda summary: summary["headline"][0]["values"][0].update(low=1.0)),
    "a cell of words": of_json("summary.json", lambda summary: summary["headline"][0]["values"][0].update(low="a")),
    "a cell without end": of_json(
        "summary.json", lambda summary: summary["headline"][0]["values"][0].update(low=float("inf"))
    ),
    "a short row": of_json("summary.json", lambda summary: summary["headline"][1]["values"].pop()),
    "no evidence": of_json("summary.json", lambda summary: summary.update(evidence=None)),
    "no series": ("series.csv", lambda _: "a,b\n1,2\n"),
    "a series without rows": ("series.csv", lambda text: text.splitlines()[0] + "\n"),
    "years in words": of_table("series.csv", put(2, "first")),
    "years of another run": of_table("series.csv", put(2, "1850")),
    "replicates of another run": of_table("series.csv", put(1, "5")),
    "values in words": of_table("series.csv", put(5, "much")),
    "values without end": of_table("series.csv", put(5, "inf")),
    "no values": of_table("series.csv", put(5, "")),
    "twice": of_table("series.csv", lambda rows: rows.append(rows[1])),
    "fewer actors": of_table("actors.csv", lambda rows: rows.pop()),
    "other kinds": of_table("actors.csv", put(4, "nobody")),
    "compute below zero": of_table("actors.csv", put(7, "-1")),
    "a lost column": of_table("actors.csv", lambda rows: [row.pop(7) for row in rows]),
    "a broken scenario": ("scenario.toml", lambda text: text.replace("schema = 1", "schema = 2")),
    "another scenario": ("scenario.toml", lambda text: text.replace("end = 2013", "end = 2012")),
}


@pytest.fixture(scope="module")
def stepped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with steps."""
    place = tmp_path_factory.mktemp("stepped") / "run"
    assert main(["run", *map(str, SMALL), "--quiet", "--every-step", "--no-figures", "--out", str(place)]) == 0
    return place


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_does_not_fit_is_refused(damage: str, say: Say, made: Path, tmp_path: Path) -> None:
    place, (name, rewrite) = tmp_path / "run", DAMAGES[damage]
    shutil.copytree(made, place)
    before = (place / name).read_text()
    (place / name).write_text(rewrite(before))
    assert (place / name).read_text() != before
    if name in DATA:
        resealed(place)
    left = contents(place)
    refused(say("report", place))
    assert contents(place) == left


@pytest.mark.parametrize("kind", ["steps.csv", "plan.json", "*.npz"])
def test_report_does_not_seal_what_is_damaged(kind: str, say: Say, stepped: Path, tmp_path: Path) -> None:
    """Of files that it does not draw from, too: their hashes would be those of what is wrong from then on."""
    place = tmp_path / "run"
    shutil.copytree(stepped, place)
    (file,) = place.rglob(kind)
    file.write_bytes(file.read_bytes() + b" ")
    left = contents(place)
    refused(say("report", place), f"{file.name} is not as it was written", "`verify`", file=file)
    assert contents(place) == left
    file.unlink()
    assert say("report", place).code == 0
    assert f"{file.relative_to(place)} is missing" in say("verify", place).out


@pytest.mark.parametrize("name", ["figures", "report.html", "series.csv", "provenance.json"])
def test_report_does_not_follow_links_out_of_the_directory(name: str, say: Say, made: Path, tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    shutil.copytree(made, place)
    (place / "figures").mkdir()
    shutil.move(place / name, elsewhere)
    (place / name).symlink_to(elsewhere)
    before = contents(tmp_path)
    refused(say("report", place), "a symbolic link", file=place / name)
    assert contents(tmp_path) == before
