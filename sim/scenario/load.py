"""From a file, what it extends and what the user sets, to a checked scenario."""

import os.path
from os import PathLike
from pathlib import Path
from typing import Any

from sim.arguments import named, place, refused, texts
from sim.errors import LONGEST_CHAIN, InputError, together, unknown
from sim.scenario.build import build
from sim.scenario.data import laws
from sim.scenario.dates import dated
from sim.scenario.ensemble import name_ensemble
from sim.scenario.examples import shipped_files as shipped_files
from sim.scenario.parse import did_you_mean, names_listed, near, parse
from sim.scenario.scenario import Scenario
from sim.scenario.tree import KEYS, Tree, check_sources
from sim.scenario.variants import Settings, in_texts, with_settings
from sim.shippedfiles import scenario_file
from sim.shippedfiles import shipped as shipped

SOURCES_FILE = "sources.toml"


def load(file: str | Path, settings: Settings = (), *, seed: int | None = None, replicates: int | None = None,
         until: int | None = None) -> Scenario:  # fmt: skip
    """Read and check a scenario file, as ``sim.load`` says."""
    tree, settings = read_tree(place("file", file)), texts("settings", in_texts(settings))
    return build(with_settings(tree, settings, seed=seed, replicates=replicates, until=until))


def read(scenario: Scenario | str | Path, name: str = "scenario") -> Scenario:
    """A scenario, or that of a file. Raises InputError; ``name`` is that of the argument."""
    if isinstance(scenario, Scenario):
        if not scenario.is_as_built:
            allowed, fix = "parts as they were read", 'sim.load(file, {"product.margin": 0.4}), which also records it'
            problem = "a part of this scenario was replaced: it would simulate one world and record another"
            raise InputError(problem, key=name, found=scenario.name, allowed=allowed, fix=fix)
        return scenario
    if not isinstance(scenario, str | PathLike):
        raise refused(name, scenario, "a scenario, or the path of its file")
    with named():
        return load(scenario)


def check_file(file: Path) -> tuple[str, ...]:
    """Check one scenario file, or a ``sources.toml``; how long policies last that end, and what is probably not meant.
    Raises InputError."""
    if file.name == SOURCES_FILE:
        read_sources(file)
        return ()
    scenario = load(file)
    return (*dated(scenario), *scenario.notes)


def real_policies() -> list[Path]:
    """Shipped scenarios of policies of record: laws, orders, programmes and proposals."""
    return shipped_files("real_policies")


def read_sources(file: Path) -> dict[str, Any]:
    """A checked ``sources.toml``: key to title, author, year, link, how it was seen, note."""
    entries = parse(file)
    check_sources(entries, file, "")
    return entries


def read_tree(file: Path, children: tuple[Path, ...] = ()) -> Tree:
    """A scenario file merged onto the files it extends. ``children`` are the files that extend it, the first one read
    first. Raises InputError."""
    file = scenario_file(Path(file))
    data = parse(file)
    if not data:
        raise InputError("the file is empty", file=file, allowed="a scenario", fix="start with: schema = 1")
    if "schema" not in data:
        if all(isinstance(entry, dict) and "title" in entry for entry in data.values()):
            fix = f"name a scenario; sources are cited by their keys from those beside {SOURCES_FILE}"
            raise InputError("a list of sources, no scenario", file=file, allowed="a scenario", fix=fix)
        fix = "put schema = 1 at the top"
        raise InputError("not a scenario: no schema", file=file, key="schema", allowed="1", fix=fix)
    if type(data["schema"]) is not int or data["schema"] != 1:
        fix = "write schema = 1"
        raise InputError("unknown schema", file=file, key="schema", found=data["schema"], allowed="1", fix=fix)
    mistakes = [unknown("key", key, KEYS, file=file, key=key) for key in data if key not in KEYS]
    for key in ("title", "question"):
        found = data.get(key)
        if not isinstance(found, str) or not found.strip():
            problem, fix = f"a scenario needs a {key}", f'add {key} = "..." below schema'
            mistakes.append(InputError(problem, file=file, key=key, found=found, allowed="text", fix=fix))
    if mistakes:
        raise together(mistakes)
    tree = _parent(file, data["extends"], children) if "extends" in data else Tree(file, "", sources=laws()["sources"])
    tree.file, tree.name = file, file.stem
    beside = file.parent / SOURCES_FILE
    if beside.is_file():
        tree.sources = tree.sources | read_sources(beside)
    tree.merge(data, file)
    if "ensemble" in data:
        name_ensemble(tree, data["ensemble"], file)
    return tree


def _parent(file: Path, extends: Any, children: tuple[Path, ...]) -> Tree:
    where: dict[str, Any] = {"file": file, "key": "extends"}
    if not isinstance(extends, str):
        raise InputError("not a file name", found=extends, allowed="text", fix='extends = "baseline.toml"', **where)
    parent = scenario_file(Path(extends), file.parent)
    if not os.path.lexists(parent):
        meant = did_you_mean(Path(extends), [each.relative_to(file.parent) for each in near(parent)], file.parent)
        fix = meant or f"the path is relative to {file.parent.resolve()}; {names_listed()}"
        raise InputError("the extended file does not exist", found=extends, allowed="a scenario file", fix=fix, **where)
    if parent.is_dir():
        raise InputError(
            "this is a directory", found=extends, allowed="a scenario file", fix="name the file in it", **where
        )
    chain = (*children, Path(os.path.realpath(file)))
    if Path(os.path.realpath(parent)) in chain:
        loop = " -> ".join(path.name for path in (*chain, parent))
        fix = "take out one of these extends"
        raise InputError("extends goes in a circle", found=loop, allowed="a chain that ends", fix=fix, **where)
    if len(chain) > LONGEST_CHAIN:
        allowed, fix = f"a chain of at most {LONGEST_CHAIN} files", "let this file extend one nearer to the end"
        raise InputError("too many files extend each other", found=extends, allowed=allowed, fix=fix, **where)
    return read_tree(_straight(parent), chain)


def _straight(file: Path) -> Path:
    """The file that is there without detours: a/../b as b, where no link makes them two."""
    shorter = Path(os.path.normpath(file))
    return shorter if os.path.realpath(shorter) == os.path.realpath(file) else file
