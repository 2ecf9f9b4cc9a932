"""Scenario files as trees: parse TOML, follow ``extends``, merge, apply settings. No numbers are read here."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest, unknown
from sim.policies import registry

TEXT_KEYS = ("schema", "title", "question", "extends")
TABLE_KEYS = ("time", "run", "law", "knowledge", "compute", "market", "product", "training", "finance")
GROUP_KEYS = ("region", "kind")
KEYS = (*TEXT_KEYS, *TABLE_KEYS, *GROUP_KEYS, "policy", "sources")
SOURCES_FILE = "sources.toml"
SOURCE_KEYS = {"title", "by", "year", "link", "seen", "licence", "note"}
SEEN = ("read", "computed", "secondary", "remembered")


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
        while known and known not in self.origin:
            known = known.rpartition(".")[0]
        return {"file": self.origin.get(known, self.file), "key": path}


def parse(file: Path) -> dict[str, Any]:
    """The tables of one TOML file."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        near = nearest(file.name, [p.name for p in file.parent.glob("*.toml")]) if file.parent.is_dir() else None
        fix = f"did you mean '{file.parent / near}'?" if near else "run `python run.py scenarios` for the shipped files"
        raise InputError("no such file", file=file, allowed="a scenario file (TOML)", fix=fix) from None
    except IsADirectoryError:
        raise InputError(
            "this is a directory", file=file, allowed="a scenario file", fix="name the file in it"
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file, fix="check its permissions") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("not a text file", file=file, allowed="TOML in UTF-8", fix="name a scenario file") from None
    if not text.strip():
        raise InputError("the file is empty", file=file, allowed="a scenario", fix="start with: schema = 1")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
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
            raise unknown("way of seeing a source", str(entry["seen"]), SEEN, **where)


def read_tree(file: Path, children: tuple[Path, ...] = ()) -> Tree:
    """A scenario file merged onto the files it extends."""
    file = Path(file)
    data = parse(file)
    if "schema" not in data:
        fix = "put schema = 1 at the top; a list of sources is named sources.toml"
        raise InputError("not a scenario: no schema", file=file, key="schema", allowed="1", fix=fix)
    if data["schema"] != 1 or isinstance(data["schema"], bool):
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


def _parent(file: Path, extends: Any, children: tuple[Path, ...]) -> Tree:
    where: dict[str, Any] = {"file": file, "key": "extends"}
    if not isinstance(extends, str):
        raise InputError("not a file name", found=extends, allowed="text", fix='extends = "baseline.toml"', **where)
    parent = file.parent / extends
    chain = (*children, file.resolve())
    if parent.resolve() in chain:
        loop = " -> ".join(path.name for path in (*chain, parent))
        raise InputError("extends goes in a circle", found=loop, allowed="a chain that ends", fix="remove one", **where)
    if not parent.is_file():
        close = nearest(parent.name, [p.name for p in file.parent.glob("*.toml")])
        fix = f"did you mean '{close}'?" if close else "the path is relative to this file"
        raise InputError("the extended file does not exist", found=extends, allowed="a scenario file", fix=fix, **where)
    return read_tree(parent, chain)


def _table(value: Any, file: Path, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError("this is a table", file=file, key=key, found=value, allowed=f"[{key}]", fix=f"write [{key}]")
    return value


def _merge(tree: Tree, data: dict[str, Any], file: Path) -> None:
    for key in ("schema", "title", "question"):
        tree.data[key] = data[key]
        tree.origin[key] = file
    for key in TABLE_KEYS:
        for name, value in _table(data.get(key, {}), file, key).items():
            tree.data.setdefault(key, {})[name] = value
            tree.origin[f"{key}.{name}"] = file
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
            raise InputError("two policies have one id", file=file, key="policy", found=identity, fix=fix)
        own.add(identity)
        _merge_policy(tree, {**entry, "id": identity}, file)
    sources = _table(data.get("sources", {}), file, "sources")
    check_sources(sources, file, "sources.")
    tree.sources |= sources


def _merge_entry(tree: Tree, group: str, name: str, entry: dict[str, Any], file: Path) -> None:
    path = f"{group}.{name}"
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise InputError(
            "not a name", file=file, key=path, found=name, allowed="letters, digits, _ and -", fix="rename"
        )
    groups = tree.data.setdefault(group, {})
    if "drop" in entry:
        if entry["drop"] is not True or len(entry) > 1:
            raise InputError(
                "drop stands alone", file=file, key=path, found=entry, allowed="drop = true", fix="split it"
            )
        if name not in groups:
            raise unknown(group, name, groups, file=file, key=path)
        del groups[name]
        tree.dropped.add(path)
        return
    for key, value in entry.items():
        groups.setdefault(name, {})[key] = value
        tree.origin[f"{path}.{key}"] = file


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
        tree.origin[f"policy.{entry['id']}.{key}".rstrip(".")] = file


_NUMBER_UNIT = re.compile(r"\s*([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf)\s*([^\d\s].*?)\s*")


def setting(text: str) -> tuple[str, Any]:
    """``path=value`` from the command line: a TOML value, a number with a unit, or plain text."""
    path, equals, value = text.partition("=")
    path, value = path.strip(), value.strip()
    if not equals or not path or not value:
        fix = "e.g. --set product.margin=0.4 or --set 'policy.carbon_tax.rate=50 USD/tCO2'"
        raise InputError("not a setting", key="--set", found=text, allowed="path=value", fix=fix)
    try:
        return path, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        number = _NUMBER_UNIT.fullmatch(value)
        return path, {"value": float(number[1]), "unit": number[2]} if number else value


def apply(tree: Tree, path: str, value: Any) -> None:
    """Set one entry of a tree. The path is checked when the tree is read."""
    from_user = Path("--set")
    head, *rest = path.split(".")
    if isinstance(value, dict) and head not in ("policy", *TEXT_KEYS) and not {"source", "basis"} & set(value):
        value = {**value, "basis": "assumed", "note": "set on the command line"}
    if head == "policy" and len(rest) == 2:
        entries = tree.data.setdefault("policy", [])
        entry = next((e for e in entries if e["id"] == rest[0]), None)
        if entry is None:
            if rest[0] not in registry():
                raise unknown("policy", rest[0], [*registry(), *(e["id"] for e in entries)], file=from_user, key=path)
            entry = {"name": rest[0], "id": rest[0]}
            entries.append(entry)
        entry[rest[1]] = value
    elif head in GROUP_KEYS and len(rest) == 2:
        groups = tree.data.get(head, {})
        if rest[0] not in groups:
            raise unknown(head, rest[0], groups, file=from_user, key=path)
        groups[rest[0]][rest[1]] = value
    elif head in TABLE_KEYS and len(rest) == 1:
        tree.data.setdefault(head, {})[rest[0]] = value
    else:
        known = [
            *(f"{key}.<key>" for key in TABLE_KEYS),
            "region.<id>.<key>",
            "kind.<id>.<key>",
            "policy.<id>.<key>",
        ]
        near = nearest(head, (*TABLE_KEYS, *GROUP_KEYS, "policy"))
        fix = (
            f"did you mean '{near}'?" if near and near != head else "run `python run.py explain SCENARIO` for all paths"
        )
        raise InputError("unknown path", file=from_user, key=path, found=path, allowed=", ".join(known), fix=fix)
    tree.origin[path] = from_user
