"""What a directory is to hold, written before anything is simulated, so that what is left is known however it ends."""

import json
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from math import isinf
from pathlib import Path
from typing import Any

from sim.errors import LARGEST_SCENARIO, LONGEST_CHAIN, InputError
from sim.owncode import recorded
from sim.pasting import pasted
from sim.shippedfiles import scenario_file
from sim.store.as_json import json_text
from sim.store.place import no_directory, save_text
from sim.tomltexts import tables_of

PLAN, SCHEMA = "plan.json", 2
INFINITE = "infinite number"  # stands for one: {"infinite number": "inf"}
SEAL = "sha256"  # of the plan: what is damaged or changed by hand is not gone on with
PLANNED = ("run", "compare", "decompose", "laws", "sweep", "sensitivity", "calibrate")  # commands that write one


def first_plan(command: list[str], scenarios: list[Path]) -> dict[str, Any]:
    """A plan that is known before anything is read: what was typed, where, and the files it rests on, by their hash."""
    files = {str(file): hashed for scenario in scenarios for file, hashed in _rests_on(scenario).items()}
    return {"command": command, "place": os.getcwd(), "files": files, **recorded()}


def unchanged(plan: dict[str, Any], directory: Path) -> None:
    """Raises InputError when a file that a first plan rests on is not as it was."""
    for name, hashed in plan["files"].items():
        file = Path(name)
        now = sha256(file.read_bytes()).hexdigest() if file.is_file() else "no file"
        if now != hashed:
            problem, allowed = "a scenario has changed since this was started", f"sha256 {hashed}"
            fix = f"restore {file.name}, or start anew: {pasted(*plan['command'])}"
            raise InputError(problem, file=file, key=str(directory), found=now, allowed=allowed, fix=fix)


def written_seed(scenario: Path) -> int | None:
    """The seed that a scenario file or one that it extends sets, as far as they can be read."""
    for _, _, entries in _line(scenario):
        run = entries.get("run")
        if isinstance(run, dict) and isinstance(run.get("seed"), int):
            return int(run["seed"])
    return None


def _rests_on(scenario: Path) -> dict[Path, str]:
    """The sha256 of a scenario file, of those it extends, of sources beside them, of ensembles and of tables of
    numbers, as far as they are there."""
    found: dict[Path, str] = {}
    for file, content, entries in _line(scenario):
        found[file] = sha256(content).hexdigest()
        beside = file.parent / "sources.toml"
        for other in (beside, *_named(file, entries)):
            said = _content(other)
            if said is not None:
                found[other] = sha256(said).hexdigest()
    return found


def _named(file: Path, entries: dict[str, Any]) -> list[Path]:
    """The files that a scenario names: every ``file`` of an entry, wherever it stands, and ensembles by theory."""
    said = entries.get("ensemble")
    by_theory = said.get("theories") if isinstance(said, dict) else None
    names = [*_files(entries), *(by_theory.values() if isinstance(by_theory, dict) else ())]
    return [Path(os.path.normpath(file.parent / name)) for name in names if isinstance(name, str)]


def _files(entries: Any) -> Iterator[Any]:
    if isinstance(entries, dict):
        yield from (entries["file"],) if "file" in entries else ()
        entries = entries.values()
    for each in entries if isinstance(entries, Iterable) and not isinstance(entries, str) else ():
        yield from _files(each)


def _content(file: Path) -> bytes | None:
    """What a file holds, or None where it cannot be read: whoever reads the scenario tells why."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_SCENARIO:
            return None
        return file.read_bytes()
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None


def _line(scenario: Path) -> Iterator[tuple[Path, bytes, dict[str, Any]]]:
    """A scenario file and those it extends, as far as they are there: their content and its entries."""
    found: set[Path] = set()
    file: Path | None = scenario_file(scenario).absolute()
    while file is not None and file not in found and len(found) < LONGEST_CHAIN:
        found.add(file)
        content = _content(file)
        if content is None:
            return
        try:
            entries = tables_of(content.decode("utf-8-sig"))  # as it is read in full
        except (ValueError, RecursionError):  # which reading it will tell
            entries = {}
        yield file, content, entries
        extends = entries.get("extends")
        parent = scenario_file(Path(extends), file.parent) if isinstance(extends, str) else None
        file = Path(os.path.normpath(parent)) if parent else None


def write_plan(directory: Path, plan: dict[str, Any]) -> None:
    """Write, or write anew, the plan of a directory that is held."""
    whole = json.loads(json_text({"schema": SCHEMA, **_without_infinite(plan)}))  # as it will be read
    save_text(directory / PLAN, json_text({**whole, SEAL: _seal(whole)}))


def _without_infinite(thing: Any) -> Any:
    """The same with infinite numbers, which JSON has none for, as tables that name them: no limit is a value too."""
    if isinstance(thing, dict):
        return {key: _without_infinite(one) for key, one in thing.items()}
    if type(thing) in (list, tuple):
        return [_without_infinite(one) for one in thing]
    return {INFINITE: str(thing)} if isinstance(thing, float) and isinf(thing) else thing


def _with_infinite(thing: Any) -> Any:
    """The same with the infinite numbers that tables stand for."""
    if isinstance(thing, dict):
        if set(thing) == {INFINITE}:
            return float(thing[INFINITE])
        return {key: _with_infinite(one) for key, one in thing.items()}
    return [_with_infinite(one) for one in thing] if isinstance(thing, list) else thing


def resuming(directory: Path) -> str:
    """The command that goes on with a directory."""
    return pasted("resume", directory)


def command_of(directory: Path) -> str:
    """The command that wrote a directory, as its plan says; nothing without a plan that can be read."""
    try:
        plan = read_plan(directory)
    except InputError:
        return ""
    return str(plan.get("kind") or next(iter(plan["command"]), ""))


def _seal(plan: dict[str, Any]) -> str:
    return sha256(json.dumps(plan, sort_keys=True, allow_nan=False).encode()).hexdigest()


def read_plan(directory: Path) -> dict[str, Any]:
    """The plan of a directory. Raises InputError where there is none, or none that this version can read."""
    file = directory / PLAN
    fix = f"name a directory that {', '.join(f'`{name}`' for name in PLANNED)} wrote, e.g. one below outputs/"
    if not file.is_file():
        problem = "nothing to go on with in this directory" if directory.is_dir() else no_directory(directory)
        found = f"no {PLAN}" if directory.is_dir() else None
        raise InputError(problem, file=directory, found=found, allowed=f"a directory with a {PLAN}", fix=fix)
    try:
        plan = json.loads(file.read_text(encoding="utf-8"))
        known = isinstance(plan, dict) and plan.get("schema") == SCHEMA and plan.pop(SEAL, "none") == _seal(plan)
    except OSError as error:
        fix = "make it readable, or start anew"
        raise InputError(f"the plan cannot be read: {error.strerror or error}", file=file, fix=fix) from None
    except (ValueError, RecursionError):
        known = False
    if not known:
        allowed = f"a plan of schema {SCHEMA}, as it was written"
        raise InputError("the plan cannot be read", file=file, allowed=allowed, fix="restore it, or start anew")
    return dict(_with_infinite(plan))
