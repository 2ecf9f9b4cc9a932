"""``--import FILE``: policies, measures and kinds of one's own on the command line, without a script around it."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import owncode
from sim.arguments import named
from sim.cli import commands
from sim.errors import InputError, Notice
from sim.stamped import refuse_other_code, stamp
from tests.saying import Say, refused
from tests.test_docs import blocks, file_name, text
from tests.test_owncode import MEASURE, POLICY, SCENARIO
from tests.worlds import ROOT, SCENARIOS, SMALL

NAMES = ("own_things", "own_beside")
READING = ("run", "compare", "sweep", "sensitivity", "decompose", "view", "check", "explain", "diff", "policies",
           "measures", "validate", "resume", "verify", "report", "calibrate", "forecast", "score", "laws")  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A file with a policy and a measure of one's own, beside a scenario that has the policy."""
    path, file = list(sys.path), tmp_path / "mine" / "own_things.py"
    file.parent.mkdir()
    file.write_text(f"import own_beside\n{POLICY}{MEASURE}", encoding="utf-8")
    (file.parent / "own_beside.py").write_text("LIMIT = 1\n", encoding="utf-8")
    (file.parent / "falling.toml").write_text(SCENARIO, encoding="utf-8")
    yield file
    sys.path[:] = path
    forget()


def forget() -> None:
    for name in NAMES:
        sys.modules.pop(name, None)


def python(*typed: object, within: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command of its own process."""
    command = [sys.executable, str(ROOT / "run.py"), *map(str, typed)]
    return subprocess.run(command, capture_output=True, text=True, cwd=within, check=False)


@pytest.mark.parametrize("name", READING)
def test_what_reads_scenarios_or_lists_takes_it(name: str) -> None:
    parser = ArgumentParser()
    commands()[name].arguments(parser)
    assert "--import FILE" in parser.format_help()


def test_a_file_is_imported_before_anything_is_read(own: Path, say: Say) -> None:
    said = say("check", own.parent / "falling.toml", "--import", own)
    assert said.code == 0
    assert "falling" in say("policies", "falling", "--import", own).out
    assert "my_own" in say("measures", "my_own", "--import", own, "--import", own).out


def test_a_directory_made_with_it_is_gone_on_with_by_itself(own: Path, tmp_path: Path) -> None:
    """Also from another place, and in worker processes; where the file has changed, that is told."""
    out, small = tmp_path / "out", [*SMALL[1:], "--until", "2012", "--workers", "2", "--quiet"]
    typed = ["run", "falling.toml", *small, "--replicates", "2", "--out", out, "--import", "own_things.py"]
    done = python(*typed, within=own.parent)
    assert done.returncode == 0, done.stderr
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert plan["own"]["own_things"]["folder"] == str(own.parent)
    for command in (["verify", out], ["resume", out, "--replicates", "3", "--quiet"], ["report", out]):
        done = python(*command)
        assert done.returncode == 0, done.stderr
    own.write_text(own.read_text(encoding="utf-8").replace("self.limit", "2 * self.limit"), encoding="utf-8")
    done = python("resume", out, "--replicates", "4")
    assert done.returncode == 2
    assert f"{owncode.IMPORT} {own}" in done.stderr
    done = python("resume", out, "--replicates", "4", "--import", own)
    assert done.returncode == 2
    assert "own_things has changed since" in done.stderr


def test_a_worker_that_was_not_forked_imports_it(own: Path) -> None:
    owncode.import_file(own)
    asking = stamp()
    forget()
    owncode._NOTED.clear()
    refuse_other_code(asking)
    assert owncode.own_code() == asking.own


@pytest.mark.parametrize(
    ("name", "text", "told", "line"),
    [
        ("own_things.py", "x = 1\nx = (\n", "SyntaxError: '(' was never closed", "line 2"),
        ("own_things.py", "x = 1\n\nx = y\n", "NameError: name 'y' is not defined", "line 3"),
        (
            "own_things.py",
            "import no_such_package\n",
            "ModuleNotFoundError: No module named 'no_such_package'",
            "line 1",
        ),
        ("own_things.py", "import sys\nsys.exit(0)\n", "this file ends Python when it is imported", "line 2"),
        ("own_things.py", MEASURE.replace("order=1", "order=1, better='up'"), "", "measure 'my_own'"),
        ("own_things.txt", MEASURE, "this is no Python file", "--import"),
        ("own-things.py", MEASURE, "Python cannot import a file of this name", "--import"),
        ("json.py", MEASURE, "there is another module named json", "--import"),
        ("sys.py", MEASURE, "there is another module named sys", "--import"),
        ("antigravity.py", MEASURE, "there is another module named antigravity", "--import"),  # not imported so far
        ("folder.py/inside.py", MEASURE, "this is a directory", "--import"),
        ("", "", "no such file", "--import"),
    ],
)
def test_what_cannot_be_imported_is_told_by_file_and_line(
    name: str, text: str, told: str, line: str, tmp_path: Path, say: Say
) -> None:
    file = tmp_path / (name or "nothing.py")
    if name:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    file = file.parent if "/" in name else file
    path = list(sys.path)
    refused(say("check", SMALL[0], "--import", file), told, file=file, key=line)
    assert sys.path == path
    assert "own_things" not in sys.modules


def test_an_error_beside_it_is_told_where_it_stands(own: Path, say: Say) -> None:
    beside = own.parent / "own_beside.py"
    beside.write_text("LIMIT = 1 / 0\n", encoding="utf-8")
    refused(say("check", SMALL[0], "--import", own), "ZeroDivisionError", file=beside, key="line 1")


def test_a_file_that_declares_nothing_is_told(own: Path, say: Say) -> None:
    with pytest.warns(Notice, match="declares no policy, measure, kind or figure"):
        owncode.import_file(own.parent / "own_beside.py")


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("", ["--set", "policy.falling.limit=1"]),
        ("", ["--measure", "my_own"]),
        ('[[policy]]\nname = "falling"\n', []),
        ("[kind.mine]\ncount = 1\n", []),
        ('[kind.mine]\nrule = "mine"\ncount = 1\n', []),
    ],
)
def test_an_unknown_name_may_be_of_ones_own(said: str, typed: list[str], tmp_path: Path, say: Say) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(f"{SCENARIO.partition('[[policy]]')[0]}\n{said}", encoding="utf-8")
    refused(say("compare", file, file, *typed), "one of your own needs --import FILE")
    assert "one of your own needs --import FILE" in say("policies", "falling").err


def test_a_file_that_is_elsewhere_now_is_named_without_the_place_where_it_was(tmp_path: Path) -> None:
    """A directory is handed on to somebody who has no such folder."""
    file = tmp_path / "own_things.py"
    then = {"own_things": {"sha256": "a" * 64, "declares": ["policy falling"], "folder": str(tmp_path)}}

    def fix() -> str:
        with pytest.raises(InputError) as caught, named(), owncode.declared_by(then, tmp_path / "scenario.toml"):
            raise InputError("unknown policy", found="falling")
        return str(caught.value.fix)

    first = "import own_things first; on the command line:"
    assert fix() == f"{first} `--import FILE`, FILE being the own_things.py that came with it"
    file.write_text("", encoding="utf-8")
    assert fix() == f"{first} `--import {file}`"


@pytest.mark.parametrize("page", ["add-a-policy.md", "add-a-measure.md", "add-a-kind.md", "python.md"])
def test_pages_show_how_to_import_a_file(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    """The file that a page has in full, in a folder of one's own, with the command as the page says it."""
    (typed,) = re.findall(r"`python run\.py ([^`\n]* --import [^`\n]*)`", text(page))
    wanted = Path(typed.split()[-1])
    whole = page if page != "python.md" else "add-a-policy.md"
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    for block in [*blocks(whole, "python"), *blocks(whole, "toml")]:
        name = file_name(block)
        if name:
            file = tmp_path / (wanted if Path(name).name == wanted.name else name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    path = list(sys.path)
    said = say(*shlex.split(typed))
    assert said.code == 0, said.err
    del sys.modules[wanted.stem]
    sys.path[:] = path
