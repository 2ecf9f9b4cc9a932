"""Studies for tests: tiny ones, on their way in another process, and the bytes that a directory holds."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil

from sim.store.shards import FOLDER, present
from sim.study.study import Study
from sim.study.sweep import wanted
from tests.worlds import BASELINE, ROOT, small

SINGLE = 1e-9  # seconds of work for a chunk of one world
MANY: dict[str, Any] = {"replicates": 24, "until": 2014, "chunk": 0.03}  # two dozen chunks, to be killed among


def planned(directory: Path, replicates: int = 3, *, until: int = 2013, chunk: float = SINGLE) -> Study:
    """The study of a sweep that nothing is simulated of yet: three points."""
    directory.mkdir(exist_ok=True)
    asked = wanted(small(until=until), {"product.margin": [0.3, 0.4]}, replicates=replicates)
    replace(asked, chunk=chunk).write(directory, ["sweep", "scenarios/baseline.toml"])
    return Study(directory)


def early_tax(directory: Path, start: int = 2011) -> Path:
    """A scenario file with a policy that worlds of few years have as well."""
    file = directory / "tax.toml"
    tax = 'name = "carbon_tax"\nrate = { value = 1000, unit = "USD/tCO2" }\n'
    head = f'schema = 1\ntitle = "Tax"\nquestion = "?"\nextends = "{BASELINE.as_posix()}"\n'
    file.write_text(f"{head}[[policy]]\n{tax}start = {start}\n", encoding="utf-8")
    return file


def shards(study: Study) -> dict[str, bytes]:
    """The shards that a study has, by file."""
    return {path.name: path.read_bytes() for path in (study.directory / FOLDER).iterdir()}


def content(directory: Path) -> dict[str, bytes]:
    """What a study found, by file: all but the record of when and where it was made."""
    apart = ("plan.json", "provenance.json", "report.html")
    files = [path for path in directory.rglob("*") if path.is_file() and path.name not in apart]
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def command(*words: str) -> "subprocess.Popen[str]":
    """A command on its way, in a group of processes of its own."""
    line = [sys.executable, str(ROOT / "run.py"), *words]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def workers_of(parent: int) -> list[psutil.Process]:
    """Processes that simulate for a command; none once it has ended."""
    try:
        children = psutil.Process(parent).children()
        return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]
    except psutil.NoSuchProcess:
        return []


def kill_once_more_is_kept(process: "subprocess.Popen[str]", out: Path, what: str) -> None:
    """Let a command go on until it keeps one more shard, then kill both it and its workers, the parent, or a worker."""
    kept, until = present(out), time.monotonic() + 60
    while len(present(out)) == len(kept):
        assert time.monotonic() < until, f"nothing more is kept before the {what} is killed"
        time.sleep(0.005)
    if what == "both":
        os.killpg(process.pid, signal.SIGKILL)
    elif what == "parent":
        process.kill()
    else:
        workers_of(process.pid)[0].kill()
    process.communicate(timeout=120)


def resealed(out: Path, **changes: object) -> None:
    """Let the record name the hashes of what is there now."""
    file = out / "provenance.json"
    record = json.loads(file.read_text())
    record["files"] = {name: sha256((out / name).read_bytes()).hexdigest() for name in record["files"]}
    file.write_text(json.dumps({**record, **changes}))
