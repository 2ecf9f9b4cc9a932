"""A run directory: what is written, in which order, and never half."""

import json
import platform
import sys
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from sim.economy.network import graph
from sim.economy.start import begin
from sim.errors import InputError
from sim.report.figures import FIGURES, draw_all
from sim.report.page import page
from sim.results.place import save_bytes, save_text, unwritable
from sim.results.result import Result
from sim.scenario import Scenario, load
from sim.scenario.data import laws
from sim.scenario.writing import inputs, resolved_toml

PACKAGES = ("compute-divide", "mesa", "numpy", "pandas", "matplotlib", "networkx", "pint", "scipy")
KNOWN_LOOKS = {"corporation": "corporation", "startup": "startup", "academic_lab": "academia"}  # others are drawn grey
PROVENANCE = "provenance.json"
OTHERS = {"comparison.csv": "compare", "decomposition.csv": "decompose"}  # tables of directories that are not of a run
DATA = ("scenario.toml", "summary.json", "series.csv", "actors.csv")  # what figures and report are made from


def write(result: Result, out: Path, command: list[str], seconds: float) -> dict[str, Any]:
    """Write a whole run directory and return its summary. Data come first, figures and report last.

    Raises InputError when there is no room; what was written until then is whole.
    """
    try:
        return _write(result, out, command, seconds)
    except OSError as error:
        raise unwritable(error, file=out) from None


def _write(result: Result, out: Path, command: list[str], seconds: float) -> dict[str, Any]:
    scenario, summary = result.scenario, result.summary()
    save_text(out / "scenario.toml", resolved_toml(scenario))
    save_text(out / "series.csv", result.series.to_csv(index=False, lineterminator="\n"))
    if result.replicates and result.replicates[0].by_step.size:
        save_text(out / "steps.csv", result.steps.to_csv(index=False, lineterminator="\n"))
    save_text(out / "actors.csv", result.actors.to_csv(index=False, lineterminator="\n"))
    save_text(out / "summary.json", json.dumps(summary, indent=2) + "\n")
    replicates = [replicate.replicate for replicate in result.replicates]
    record = provenance(command, seconds, scenario, replicates, interrupted=result.interrupted)
    _draw(out, scenario, summary, result.series, result.actors, record)
    return summary


def redraw(out: Path) -> list[str]:
    """Draw figures and report of a run directory again from its files. Raises InputError when it is not one."""
    if not out.is_dir():
        fix = "name a directory that `run` wrote, e.g. one below outputs/"
        raise InputError("no such run directory", file=out, allowed="a run directory", fix=fix)
    for table, command in OTHERS.items():
        if (out / table).is_file():
            fix = f"its figures and report are whole; to make them anew run the command in {PROVENANCE}"
            raise InputError(f"written by `{command}`", file=out, found=table, allowed="a directory of `run`", fix=fix)
    for name in (*DATA, PROVENANCE):
        if not (out / name).is_file():
            fix = "name a directory that `run` wrote, or run the scenario again"
            raise InputError(f"the run directory lacks {name}", file=out, allowed="a complete run directory", fix=fix)
    record = _record(out / PROVENANCE)
    hashes = record.pop("files")
    for name in DATA:
        if sha256((out / name).read_bytes()).hexdigest() != hashes.get(name):
            allowed, fix = f"the file whose sha256 is in {PROVENANCE}", "restore it, or run the scenario again"
            raise InputError(f"{name} is not as it was written", file=out / name, allowed=allowed, fix=fix)
    scenario = load(out / "scenario.toml")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    series, actors = pd.read_csv(out / "series.csv"), pd.read_csv(out / "actors.csv")
    try:
        return _draw(out, scenario, summary, series, actors, record)
    except OSError as error:
        raise unwritable(error, file=out) from None
    except Exception as error:
        if record["code"] == code_hash():
            raise
        allowed, fix = "results of this version", "run its scenario.toml again"
        problem = f"written by another version of the simulator: {error!r}"
        raise InputError(problem, file=out, allowed=allowed, fix=fix) from None


def _record(file: Path) -> dict[str, Any]:
    """What a run directory says of its making; InputError when it is not as ``write`` left it."""
    wanted = {"command": list, "made": str, "seed": int, "versions": dict, "code": str, "streams": str, "files": dict}
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or not all(isinstance(record.get(key), kind) for key, kind in wanted.items()):
        fix = "restore it, or run the scenario again"
        raise InputError(f"{file.name} is broken", file=file, allowed="the file that `run` wrote", fix=fix)
    return record


def _draw(
    out: Path,
    scenario: Scenario,
    summary: dict[str, Any],
    series: pd.DataFrame,
    actors: pd.DataFrame,
    record: dict[str, Any],
) -> list[str]:
    drawn = _figures(scenario, summary, series, actors, record["made"][:10]) if len(series) else {}
    report = page(summary, drawn, inputs(scenario), for_people(record))
    if drawn:
        (out / "figures").mkdir(exist_ok=True)
    for name, png in drawn.items():
        save_bytes(out / "figures" / name, png)
    for name in FIGURES:
        if f"{name}.png" not in drawn:
            (out / "figures" / f"{name}.png").unlink(missing_ok=True)
    save_text(out / "report.html", report)
    seal(out, record)
    return sorted(drawn)


def _figures(
    scenario: Scenario, summary: dict[str, Any], series: pd.DataFrame, actors: pd.DataFrame, made: str
) -> dict[str, bytes]:
    """Every figure of a run: file name to PNG."""
    about = {
        "title": summary["title"].replace("$", r"\$"),  # a dollar, not mathematics
        "replicates": summary["replicates"],
        "seed": summary["seed"],
        "years": summary["years"],
        "run": made,
        "benchmark": laws()["labels"].get(scenario.law_table.benchmark, scenario.law_table.benchmark),
        "best_error": scenario.law.best_error,
        "error_unit": scenario.law.unit,
        "graph": partial(graph, begin(scenario, scenario.run.seed, int(actors["replicate"].min()))),
        "labels": {kind.id: kind.label or kind.id for kind in scenario.kinds},
        "looks": {kind.id: KNOWN_LOOKS.get(kind.id, "") for kind in scenario.kinds},
        "policies": [(policy.id, policy.start) for policy in scenario.policies],
    }
    return draw_all(series, actors, about)


def run_figures(result: Result) -> dict[str, bytes]:
    """The figures of a result that is not written to a directory: name to PNG. They bear no date."""
    drawn = _figures(result.scenario, result.summary(), result.series, result.actors, "")
    return {name.removesuffix(".png"): png for name, png in drawn.items()}


def provenance(
    command: list[str], seconds: float, scenario: Scenario, replicates: list[int], *, interrupted: bool
) -> dict[str, Any]:
    """How results came about: command, time, seed, replicates, versions, machine, code."""
    return {
        "command": command,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
        "seed": scenario.run.seed,
        "replicates": replicates,
        "streams": "Philox, keyed by sha256 of seed/replicate/purpose/year",
        "interrupted": interrupted,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "machine": f"{platform.system()} {platform.machine()}",
        "code": code_hash(),
    }


def for_people(record: dict[str, Any]) -> dict[str, Any]:
    """What a report says of its making."""
    return {
        "Command": " ".join(record["command"]),
        "Made": record["made"],
        "Seed": record["seed"],
        "Versions": ", ".join(f"{name} {number}" for name, number in record["versions"].items()),
        "Code (sha256 of sim/)": record["code"],
        "Random streams": record["streams"],
    }


def seal(out: Path, record: dict[str, Any]) -> None:
    """Write the record last, with the sha256 of every other file."""
    made = sorted(path for path in out.rglob("*") if path.is_file() and path.name != PROVENANCE)
    hashes = {path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest() for path in made}
    save_text(out / PROVENANCE, json.dumps({**record, "files": hashes}, indent=2) + "\n")


def code_hash() -> str:
    """sha256 over the names and contents of the package's own files."""
    root = Path(str(files("sim")))
    digest = sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".toml", ".csv", ".html"):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def as_command(arguments: list[str]) -> list[str]:
    """The command line as it was typed."""
    return [Path(sys.argv[0]).name or "run.py", *arguments]
