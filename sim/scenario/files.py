"""Scenario files as trees: parse TOML, follow ``extends``, merge, apply settings. No numbers are read here."""

import os.path
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest, unknown
from sim.policies import registry
from sim.scenario.schema import TABLES

TEXT_KEYS = ("schema", "title", "question", "extends")
TABLE_KEYS = tuple(TABLES)
GROUP_KEYS = ("region", "kind")
KEYS = (*TEXT_KEYS, *TABLE_KEYS, *GROUP_KEYS, "policy", "sources")
SOURCES_FILE = "sources.toml"
SOURCE_KEYS = {"title", "by", "year", "link", "seen", "licence", "note"}
LATEST_SOURCE = 9999  # calendar year
SEEN = ("read", "computed", "secondary", "remembered")
FROM_USER = Path("--set")  # stands for the file in messages about settings
LONGEST_CHAIN = 50  # files that extend each other
LARGEST = 10_000_000  # bytes of a scenario file


@dataclass
class Tree:
    """A merged scenario file, with the file each entry came from (for messages) and the sources it may cite."""

    file: Path
    data: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, Path] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def where(self, path: str) -> dict[str, Any]:
        """File and key of an entry, for error messages."""
        known = path
        while known:
            for other, file in self.origin.items():
                if other == known or other.startswith(f"{known}."):
                    return {"file": self.origin.get(known, file), "key": path}
            known = known.rpartition(".")[0]
        return {"file": self.file, "key": path}

    def latest(self, *paths: str) -> dict[str, Any]:
        """File and key of the one among several entries that was written last: a child's before its parent's."""
        written = [path for path in self.origin if path in paths]
        return self.where((written or paths)[-1])

    def wrote(self, path: str, file: Path) -> None:
        """Remember where an entry was written, in the order of writing."""
        self.origin.pop(path, None)
        self.origin[path] = file


def parse(file: Path) -> dict[str, Any]:
    """The tables of one TOML file."""
    try:
        if os.path.exists(file) and not (os.path.isfile(file) or os.path.isdir(file)):
            problem, fix = "not a regular file", "name a scenario file"
            raise InputError(problem, file=file, allowed="a scenario file (TOML)", fix=fix)
        with file.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except FileNotFoundError:
        near = nearest(file.stem, [p.stem for p in file.parent.glob("*.toml")]) if file.parent.is_dir() else None
        fix = (
            f"did you mean '{file.parent / near}.toml'?"
            if near
            else "run `python run.py scenarios` for the shipped files"
        )
        raise InputError("no such file", file=file, allowed="a scenario file (TOML)", fix=fix) from None
    except IsADirectoryError:
        raise InputError(
            "this is a directory", file=file, allowed="a scenario file", fix="name the file in it"
        ) from None
    except OSError as error:
        fix = "check its name and its permissions"
        raise InputError(
            f"cannot be read: {error.strerror}", file=file, allowed="a scenario file (TOML)", fix=fix
        ) from None
    if len(raw) > LARGEST:
        fix, allowed = "name a scenario file", f"at most {LARGEST // 1_000_000} MB"
        raise InputError("too large for a scenario", file=file, allowed=allowed, fix=fix)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not a text file", file=file, allowed="TOML in UTF-8", fix="name a scenario file") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fix = "correct the TOML there; text needs quotes, and a key may appear once only"
        raise InputError(f"bad TOML: {error}", file=file, allowed="TOML 1.0", fix=fix) from None


def read_sources(file: Path) -> dict[str, Any]:
    """A checked ``sources.toml``: key to title, author, year, link, how it was seen, note."""
    entries = parse(file)
    check_sources(entries, file, "")
    return entries


def check_sources(entries: dict[str, Any], file: Path, prefix: str) -> None:
    """Refuse a source without a title or with an unknown key."""
    for key, entry in entries.items():
        where: dict[str, Any] = {"file": file, "key": prefix + key}
        if not isinstance(entry, dict):
            raise InputError(
                "a source is a table",
                found=entry,
                allowed="[key] with a title",
                fix=f"write [{key}]",
                **where,
            )
        for name in entry:
            if name not in SOURCE_KEYS:
                raise unknown("key of a source", name, SOURCE_KEYS, **where)
        if not isinstance(entry.get("title"), str) or not entry["title"]:
            raise InputError("a source needs a title", allowed="text", fix='add title = "..."', **where)
        if entry.get("seen", "read") not in SEEN:
            raise unknown("way of seeing a source", entry["seen"], SEEN, **where)
        for name, value in entry.items():
            if not (isinstance(value, str) or (name == "year" and type(value) is int and abs(value) <= LATEST_SOURCE)):
                fix = f'write {name} = "..."'
                raise InputError("a source is described in text", found=value, allowed="text", fix=fix, **where)


def read_tree(file: Path, children: tuple[Path, ...] = ()) -> Tree:
    """A scenario file merged onto the files it extends."""
    file = Path(file)
    data = parse(file)
    if not data:
        raise InputError("the file is empty", file=file, allowed="a scenario", fix="start with: schema = 1")
    if "schema" not in data:
        fix = "put schema = 1 at the top; a list of sources is named sources.toml"
        raise InputError("not a scenario: no schema", file=file, key="schema", allowed="1", fix=fix)
    if type(data["schema"]) is not int or data["schema"] != 1:
        fix = "write schema = 1"
        raise InputError("unknown schema", file=file, key="schema", found=data["schema"], allowed="1", fix=fix)
    for key in data:
        if key not in KEYS:
            raise unknown("key", key, KEYS, file=file, key=key)
    for key in ("title", "question"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            fix = f'add {key} = "..." below schema'
            raise InputError(
                f"a scenario needs a {key}", file=file, key=key, found=data.get(key), allowed="text", fix=fix
            )
    tree = Tree(file)
    if "extends" in data:
        tree = _parent(file, data["extends"], children)
        tree.file = file
    beside = file.parent / SOURCES_FILE
    if beside.is_file():
        tree.sources |= read_sources(beside)
    _merge(tree, data, file)
    return tree


def tree_of(file: Path, data: dict[str, Any]) -> Tree:
    """A tree of tables that stand alone, as if ``file`` held them."""
    tree = Tree(file)
    _merge(tree, data, file)
    return tree


def _parent(file: Path, extends: Any, children: tuple[Path, ...]) -> Tree:
    where: dict[str, Any] = {"file": file, "key": "extends"}
    if not isinstance(extends, str):
        raise InputError("not a file name", found=extends, allowed="text", fix='extends = "baseline.toml"', **where)
    parent = file.parent / extends
    if not os.path.lexists(parent):
        close = nearest(parent.stem, [p.stem for p in file.parent.glob("*.toml")])
        fix = f"did you mean '{close}.toml'?" if close else "the path is relative to this file"
        raise InputError("the extended file does not exist", found=extends, allowed="a scenario file", fix=fix, **where)
    chain = (*children, Path(os.path.realpath(file)))
    if Path(os.path.realpath(parent)) in chain:
        loop = " -> ".join(path.name for path in (*chain, parent))
        fix = "take out one of these extends"
        raise InputError("extends goes in a circle", found=loop, allowed="a chain that ends", fix=fix, **where)
    if len(chain) > LONGEST_CHAIN:
        allowed, fix = f"a chain of at most {LONGEST_CHAIN} files", "let this file extend one nearer to the end"
        raise InputError("too many files extend each other", found=extends, allowed=allowed, fix=fix, **where)
    return read_tree(parent, chain)


def _table(value: Any, file: Path, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError("this is a table", file=file, key=key, found=value, allowed=f"[{key}]", fix=f"write [{key}]")
    return value


def _merge(tree: Tree, data: dict[str, Any], file: Path) -> None:
    for key in ("schema", "title", "question"):
        tree.data[key] = data[key]
        tree.wrote(key, file)
    for key in TABLE_KEYS:
        for name, value in _table(data.get(key, {}), file, key).items():
            tree.data.setdefault(key, {})[name] = value
            tree.wrote(f"{key}.{name}", file)
    for group in GROUP_KEYS:
        for name, entry in _table(data.get(group, {}), file, group).items():
            _merge_entry(tree, group, name, _table(entry, file, f"{group}.{name}"), file)
    entries = data.get("policy", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        fix = 'write [[policy]] and below it name = "carbon_tax"'
        raise InputError("policies are a list", file=file, key="policy", found=entries, allowed="[[policy]]", fix=fix)
    own: set[str] = set()
    for entry in entries:
        identity = _policy_id(entry, file)
        if identity in own:
            fix = 'give each entry its own id, e.g. id = "second"'
            allowed = "one entry for each id"
            raise InputError(
                "two policies have one id",
                file=file,
                key=f"policy.{identity}",
                found=identity,
                allowed=allowed,
                fix=fix,
            )
        own.add(identity)
        _merge_policy(tree, {**entry, "id": identity}, file)
    sources = _table(data.get("sources", {}), file, "sources")
    check_sources(sources, file, "sources.")
    tree.sources |= sources


def _merge_entry(tree: Tree, group: str, name: str, entry: dict[str, Any], file: Path) -> None:
    path = f"{group}.{name}"
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise InputError(
            "not a name", file=file, key=path, found=name, allowed="letters (a to z), digits, _ and -", fix="rename it"
        )
    groups = tree.data.setdefault(group, {})
    if "drop" in entry:
        if entry["drop"] is not True or len(entry) > 1:
            fix = "keep drop = true alone, or take it out"
            raise InputError("drop stands alone", file=file, key=path, found=entry, allowed="drop = true", fix=fix)
        if name not in groups:
            raise unknown(group, name, groups, file=file, key=path)
        del groups[name]
        tree.dropped.add(path)
        return
    for key, value in entry.items():
        groups.setdefault(name, {})[key] = value
        tree.wrote(f"{path}.{key}", file)


def _policy_id(entry: dict[str, Any], file: Path) -> str:
    name = entry.get("name")
    if not isinstance(name, str):
        fix = f'add name = "..." ({", ".join(registry())})'
        raise InputError("a policy needs a name", file=file, key="policy", found=name, allowed="text", fix=fix)
    if name not in registry():
        raise unknown("policy", name, registry(), file=file, key="policy.name")
    identity = entry.get("id", name)
    if not isinstance(identity, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", identity):
        allowed = "letters, digits, _ and -"
        raise InputError(
            "not an id", file=file, key=f"policy.{name}.id", found=identity, allowed=allowed, fix="rename it"
        )
    return identity


def _merge_policy(tree: Tree, entry: dict[str, Any], file: Path) -> None:
    entries: list[dict[str, Any]] = tree.data.setdefault("policy", [])
    at = next((i for i, other in enumerate(entries) if other["id"] == entry["id"]), len(entries))
    entries[at : at + 1] = [entry]
    for key in ("", *entry):
        tree.wrote(f"policy.{entry['id']}.{key}".rstrip("."), file)


_NUMBER_UNIT = re.compile(r"([-+]?(?:(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|inf))\s*([^\d\s,].*)")


def setting(text: str) -> tuple[str, Any]:
    """``path=value`` from the command line: a TOML value, a number with a unit, or plain text."""
    path, equals, value = text.partition("=")
    path, value = path.strip(), value.strip()
    if not equals or not path or not value:
        fix = "e.g. --set product.margin=0.4 or --set 'policy.carbon_tax.rate=50 USD/tCO2'"
        raise InputError("not a setting", file=FROM_USER, found=text, allowed="path=value", fix=fix)
    try:
        table = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        table = {}
    number = _NUMBER_UNIT.fullmatch(value)
    if len(table) != 1 and number:
        return path, {"value": float(number[1]), "unit": number[2]}
    return path, table["value"] if len(table) == 1 else value


def apply(tree: Tree, path: str, value: Any, origin: Path = FROM_USER) -> None:
    """Set one entry of a tree. The value is checked when the tree is read."""
    head, *rest = path.split(".")
    if isinstance(value, dict) and head != "policy" and not {"source", "basis"} & set(value):
        value = {**value, "basis": "assumed", "note": "set on the command line"}
    if head == "policy" and len(rest) == 2:
        _policy_entry(tree, rest[0], path)[_settable(rest[1], path)] = value
    elif head in GROUP_KEYS and len(rest) == 2:
        groups = tree.data.get(head, {})
        if rest[0] not in groups:
            raise unknown(head, rest[0], groups, file=FROM_USER, key=path)
        groups[rest[0]][_settable(rest[1], path)] = value
    elif head in TABLE_KEYS and len(rest) == 1:
        tree.data.setdefault(head, {})[rest[0]] = value
    else:
        groups = (*GROUP_KEYS, "policy")
        near = None if head in KEYS else nearest(head, (*TABLE_KEYS, *groups))
        fix = f"did you mean '{near}'?" if near else "run `python run.py explain SCENARIO` for all paths"
        if head in (*TEXT_KEYS, "sources"):
            fix = "write a scenario file that extends this one"
        allowed = ", ".join([*(f"{key}.<key>" for key in TABLE_KEYS), *(f"{group}.<id>.<key>" for group in groups)])
        raise InputError("unknown path", file=FROM_USER, key=path, found=path, allowed=allowed, fix=fix)
    tree.wrote(path, origin)


def _policy_entry(tree: Tree, identity: str, path: str) -> dict[str, Any]:
    """The policy's entry, made if the scenario has none and ``identity`` is the name of a policy."""
    entries: list[dict[str, Any]] = tree.data.setdefault("policy", [])
    for entry in entries:
        if entry["id"] == identity:
            return entry
    if identity not in registry():
        known = [*registry(), *(entry["id"] for entry in entries)]
        raise unknown("policy", identity, known, file=FROM_USER, key=path)
    entries.append({"name": identity, "id": identity})
    tree.wrote(f"policy.{identity}", FROM_USER)
    return entries[-1]


def _settable(key: str, path: str) -> str:
    if key in ("name", "id", "rule", "drop"):
        fix = "write a scenario file that extends this one"
        raise InputError(
            "cannot be set here", file=FROM_USER, key=path, found=key, allowed="numbers and choices", fix=fix
        )
    return key
