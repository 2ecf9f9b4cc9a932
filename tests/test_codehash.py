"""What a study goes on with: another text of a report is no other code, and what a worker imports is."""

import ast
import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from sim.cli import commands, read
from sim.codehash import AROUND, CODE, code_hash, hashes_of_code, simulates, simulating_hash
from sim.errors import InputError
from sim.outputs.planned import opened
from sim.store.plan import PLANNED
from sim.study import planned as plans
from tests.records import PACKAGED
from tests.studies import planned
from tests.test_layers import FILES, imports, module
from tests.worlds import ROOT, SCENARIOS, SMALL

PACKAGE = ROOT / "sim"
ENTRY = PACKAGE / "__init__.py"  # hands names on to scripts, which are imported when somebody asks for one
SIMULATING = {module(file, ROOT): file for file in FILES if simulates(file.relative_to(PACKAGE))}
AROUND_IT = tuple(f"sim.{name.removesuffix('.py')}" for name in AROUND)


def around(name: str) -> bool:
    """Whether the dotted name of a module, or of what is in one, is of what counts for nothing simulated."""
    return any(name == each or name.startswith(f"{each}.") for each in AROUND_IT)


def test_all_that_is_around_is_there() -> None:
    """A folder that took another name counts as one that simulates, until its new name stands there."""
    assert [name for name in AROUND if not (PACKAGE / name).exists()] == []
    assert sorted(AROUND) == list(AROUND)


def test_what_simulates_imports_nothing_of_what_is_around_it() -> None:
    """Neither in a function, nor by a text, nor by way of ``sim`` itself."""
    assert {"sim.economy.step", "sim.study.worlds", "sim.history.points", "sim.results.flat"} < SIMULATING.keys()
    found = imports(ROOT)
    for name, file in SIMULATING.items():
        if file == ENTRY:
            continue
        assert not [other for other in found[name] if around(other) or other == "sim"], name
        texts = [node.value for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
        assert not [text for text in texts if around(text)], name


KINDS = {
    "run": ["run", *SMALL],
    "compare": ["compare", BASE := SMALL[0], SCENARIOS / "carbon_tax.toml", *SMALL[1:]],
    "decompose": ["decompose", *SMALL],
    "laws": ["laws", "--compare", *SMALL],
    "sweep": ["sweep", *SMALL, "--vary", "product.margin=0.3,0.4"],
    "sensitivity": ["sensitivity", *SMALL, "--vary", "product.m*", "--samples", 2],
    "calibrate": ["calibrate", BASE, "--records", PACKAGED, "--set", "kind.startup.count=14", "--budget", 1],
}
WORKER = """
import json, pickle, sys
from pathlib import Path
work, task = pickle.loads(Path(sys.argv[1]).read_bytes())
work(task)
files = {name: getattr(one, "__file__", None) for name, one in sys.modules.items() if name.partition(".")[0] == "sim"}
print(json.dumps(sorted(name for name, file in files.items() if file)))
"""


class Asked(Exception):
    """The work of a plan, and the first of its tasks."""


def catch(work: Any, tasks: Any) -> NoReturn:
    raise Asked(work, tasks[0])


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_worker_imports_simulates(kind: str, tmp_path: Path) -> None:
    """Of each command that can be gone on with, in a process that does nothing else."""
    words = [str(word) for word in KINDS[kind]]
    wanted = commands()[kind].wanted(read(words))
    wanted.write(tmp_path, words)
    plan = opened(tmp_path)
    assert type(plan).__module__ in SIMULATING, "what follows from a plan, such as who is simulated beside whom"
    with pytest.raises(Asked) as raised:
        list(plan.made(catch))
    (tmp_path / "work").write_bytes(pickle.dumps(raised.value.args))
    line = [sys.executable, "-c", WORKER, str(tmp_path / "work")]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert {"sim.economy.step", "sim.scenario.build"} < set(loaded)
    assert set(loaded) <= SIMULATING.keys()


def test_every_command_that_can_be_gone_on_with_was_asked() -> None:
    assert set(KINDS) == set(PLANNED)


@pytest.mark.parametrize(
    "file",
    [*(file for file in sorted(PACKAGE.rglob("*")) if file.suffix in CODE and "__pycache__" not in file.parts)][::9],
)
def test_a_file_counts_where_it_simulates(file: Path, tmp_path: Path) -> None:
    """The hash of all code follows every file."""
    part = file.relative_to(PACKAGE)
    for name in (part, Path("economy/step.py"), Path("data/laws.toml"), Path("report/layout.html")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, tmp_path / name)
    before = hashes_of_code(tmp_path)
    with (tmp_path / part).open("a", encoding="utf-8") as more:
        more.write("\n")
    after = hashes_of_code(tmp_path)
    assert after.whole != before.whole
    assert (after.simulating != before.simulating) is simulates(part) is not around(module(file, ROOT))


def test_a_study_goes_on_where_nothing_that_simulates_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do names of shards follow a report. Beside code of one's own, which may import any of it, all counts."""
    study = planned(tmp_path)
    assert study.plan["code"] == simulating_hash() != code_hash()
    monkeypatch.setattr(plans, "code_hash", lambda: "f" * 64)
    assert planned(tmp_path).job.names == study.job.names
    study.same_code()
    own = {"mine": {"sha256": "0" * 64, "declares": ["policy mine"]}}
    monkeypatch.setattr(plans, "recorded", lambda: {"own": own})
    study = planned(tmp_path)
    assert study.plan["code"] == "f" * 64
    study.same_code()
    monkeypatch.setattr(plans, "code_hash", lambda: "e" * 64)
    with pytest.raises(InputError, match="has changed since"):
        study.same_code()
    monkeypatch.setattr(plans, "recorded", dict)
    study = planned(tmp_path)
    monkeypatch.setattr(plans, "simulating_hash", lambda: "e" * 64)
    with pytest.raises(InputError, match="has changed since") as raised:
        study.same_code()
    assert (raised.value.found, raised.value.allowed) == (f"code {'e' * 12}", f"code {simulating_hash()[:12]}")
