"""Scenario files merged into one tree, and where each entry came from. No numbers are read here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from math import inf
from pathlib import Path
from typing import Any

from sim.arguments import plain
from sim.errors import InputError, nearest, or_own, unknown
from sim.mechanisms.scaling import LAWS
from sim.pasting import pasted
from sim.policies import registry
from sim.scenario.alike import DROP, LIKE, begun, in_turn
from sim.scenario.schema import TABLES
from sim.scenario.sizes import giving_way
from sim.scenario.slips import ending_with
from sim.scenario.toml import in_toml
from sim.scenario.usertable import read_table

TEXT_KEYS = ("schema", "title", "question", "extends")
TABLE_KEYS = tuple(TABLES)
GROUP_KEYS = ("region", "kind")
KEYS = (*TEXT_KEYS, *TABLE_KEYS, *GROUP_KEYS, "policy", "sources", "ensemble")
SOURCE_KEYS = {"title", "by", "year", "link", "seen", "licence", "note"}
LATEST_SOURCE = 9999  # calendar year
SEEN = ("read", "computed", "secondary", "remembered")
FROM_USER = Path("--set")  # stands for the file in messages about settings
THE_PAGE = Path("the page")  # and about what is typed there
SET_NOW, START = "set on the command line", "time.start"
NOT_SET = ("name", "id", "rule", LIKE, DROP, "replace")  # what an entry is, which no setting changes
OF_A_FIT = {entry.name for law in LAWS.values() for entry in fields(law)}  # numbers of [law] that a published fit has
GO_WITH = {"law.profile": OF_A_FIT, "law.benchmark": OF_A_FIT | {"known_error", "known_compute", "known_year"}}
FORMS = {"years", "values", "data", "file", "falls"}  # keys that tell a number for each year from a number
NAME = r"[A-Za-z0-9_-]+"


def is_series(raw: Any) -> bool:
    """Whether an entry is written as a number for each year."""
    return isinstance(raw, dict) and bool(FORMS & set(raw))


@dataclass
class Tree:
    """What scenario files say, merged: with the file each entry came from (for messages) and the sources it may cite.

    Nobody changes the tree of a scenario: ``copy`` it first (see ``sim.scenario.variants``).
    """

    file: Path
    name: str
    data: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, Path] = field(default_factory=dict)  # by path, in the order of writing
    sources: dict[str, Any] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)  # kinds and regions of a file extended that are there no more
    gave_way: list[str] = field(default_factory=list)  # sizes of programmes to others given later, in words

    def copy(self) -> "Tree":
        """Another tree whose entries can be set without touching this one."""
        data: dict[str, Any] = dict(self.data)
        for key, value in self.data.items():
            if key in GROUP_KEYS:
                data[key] = {name: dict(entry) for name, entry in value.items()}
            elif key == "policy":
                data[key] = [dict(entry) for entry in value]
            elif key in TABLE_KEYS:
                data[key] = dict(value)
        return Tree(self.file, self.name, data, dict(self.origin), self.sources, set(self.dropped), list(self.gave_way))

    def where(self, path: str) -> dict[str, Any]:
        """File and key of an entry, for error messages."""
        known = path
        while known:
            below = (file for other, file in self.origin.items() if other.startswith(f"{known}."))
            if file := self.origin.get(known) or next(below, None):
                return {"file": file, "key": path}
            known = known.rpartition(".")[0]
        return {"file": self.file, "key": path}

    def latest(self, *paths: str) -> dict[str, Any]:
        """File and key of the one among several entries that was written last: a child's before its parent's."""
        return self.where(([path for path in self.origin if path in paths] or paths)[-1])

    def wrote(self, path: str, file: Path) -> None:
        """Remember where an entry was written, in the order of writing."""
        self.origin.pop(path, None)
        self.origin[path] = file

    @property
    def policies(self) -> list[dict[str, Any]]:
        """The entries of policies, in order."""
        entries: list[dict[str, Any]] = self.data.setdefault("policy", [])
        return entries

    def add_policy(self, entry: dict[str, Any], other: "Tree") -> None:
        """Add the entry of a policy of another tree, as it was written there."""
        self.policies.append(dict(entry))
        for path in (f"policy.{entry['id']}.{key}" for key in entry):
            self.wrote(path, other.where(path)["file"])

    def put_all(self, entries: Iterable[tuple[str, Any]], origin: Path = FROM_USER) -> None:
        """Set entries that are said at once: which fit of a law, before what else is said of the law."""
        for path, value in _fit_first(entries):
            self.put(path, value, origin)

    def put(self, path: str, value: Any, origin: Path = FROM_USER) -> None:
        """Set one entry. The value is checked when the tree is read. Raises InputError where no entry can stand."""
        (head, *rest), value = path.split("."), plain(value)
        if isinstance(value, dict) and head != "policy" and not {"source", "basis"} & set(value):
            value = {**value, "basis": "assumed", "note": SET_NOW}
        if head == "policy" and len(rest) == 1 and isinstance(value, dict):
            self._merge_policies([{"id": rest[0], **value}], origin)
            return
        if head == "policy" and len(rest) == 2:
            entry, key = self._policy(rest[0], path, origin), _settable(rest[1], path, origin)
            self._make_room(entry, {key: value}, origin)
            entry[key] = value
        elif head in GROUP_KEYS and len(rest) == 2:
            groups = self.data.get(head, {})
            if rest[0] not in groups:
                raise unknown(head, rest[0], groups, file=origin, key=path)
            groups[rest[0]][_settable(rest[1], path, origin)] = value
        elif head in TABLE_KEYS and len(rest) == 1:
            self._set(self.data.setdefault(head, {}), path, rest[0], value, origin)
            return
        else:
            raise _no_such_path(path, value, origin, self.origin)
        self.wrote(path, origin)

    def _set(self, table: dict[str, Any], path: str, key: str, value: Any, origin: Path) -> None:
        """A start or fit that says again what it was is not written anew: the economy of that year, or what is said of
        that fit, goes with it. Another fit has numbers of its own: what was said of the one before goes with that."""
        same = path in (START, *GO_WITH) and table.get(key) == value
        if key in table and not same:
            for own in GO_WITH.get(path, set()) & table.keys():
                del table[own]
                self.origin.pop(f"law.{own}", None)
        table[key] = value
        if not same:
            self.wrote(path, origin)

    def _policy(self, identity: str, path: str, origin: Path) -> dict[str, Any]:
        """The policy's entry, made if the scenario has none and ``identity`` is the name of a policy."""
        for entry in self.policies:
            if entry["id"] == identity:
                return entry
        if identity not in registry():
            known = [*registry(), *(entry["id"] for entry in self.policies)]
            raise or_own(unknown("policy", identity, known, file=origin, key=path))
        self.policies.append({"name": identity, "id": identity})
        self.wrote(f"policy.{identity}", origin)
        return self.policies[-1]

    def _make_room(self, entry: dict[str, Any], given: dict[str, Any], origin: Path) -> None:
        """Before a policy is given something: a size said elsewhere gives way to another one, and a start stays."""
        gone = {} if origin == THE_PAGE else giving_way(entry, given, origin, self.origin)
        self._keep_start(entry, {**dict.fromkeys(gone), **given})
        for key, said in gone.items():
            del entry[key], self.origin[f"policy.{entry['id']}.{key}"]
            self.gave_way += [said] if said else []

    def _keep_start(self, entry: dict[str, Any], given: dict[str, Any]) -> None:
        """A policy whose numbers by year give way to one number starts as it did, where no start is written."""
        series = {key: raw for key, raw in entry.items() if is_series(raw)}
        gone = [key for key in series if key in given and not is_series(given[key])]
        if gone and "start" not in {**entry, **given}:
            path = f"policy.{entry['id']}"
            entry["start"] = max(self._first_year(path, entry["name"], key, raw) for key, raw in series.items())
            self.wrote(f"{path}.start", self.origin[f"{path}.{gone[0]}"])

    def _first_year(self, at: str, policy: str, key: str, raw: dict[str, Any]) -> float:
        """The first year of a policy's numbers by year, -inf where it is none. Raises InputError for a table that
        cannot be read."""
        if "file" in raw:
            path, spec = f"{at}.{key}", registry()[policy].__dataclass_fields__[key].metadata["spec"]
            try:
                return float(read_table(self.origin[path], self.file, raw, spec).years[0])
            except InputError as error:
                error.file, error.key = self.origin[path], path
                raise
        years = raw.get("years", [raw.get("from")])
        first = years[0] if isinstance(years, list) and years else None
        return float(first) if isinstance(first, int | float) else -inf

    def merge(self, data: dict[str, Any], file: Path) -> None:
        """Lay the tables of a file over what is there. Raises InputError."""
        for key in ("schema", "title", "question"):
            self.data[key] = data[key]
            self.wrote(key, file)
        for key in TABLE_KEYS:
            said = {f"{key}.{name}": value for name, value in _table(data.get(key, {}), file, key).items()}
            for path, value in _fit_first(said.items()):
                self._set(self.data.setdefault(key, {}), path, path.partition(".")[2], value, file)
        for group in GROUP_KEYS:
            tables = _table(data.get(group, {}), file, group)
            entries = {name: _table(entry, file, f"{group}.{name}") for name, entry in tables.items()}
            for name in in_turn(group, entries, file):
                self._merge_entry(group, name, entries[name], file)
        self._merge_policies(data.get("policy", []), file)
        sources = _table(data.get("sources", {}), file, "sources")
        check_sources(sources, file, "sources.")
        self.sources = self.sources | sources

    def _merge_entry(self, group: str, name: str, entry: dict[str, Any], file: Path) -> None:
        path = f"{group}.{name}"
        if not re.fullmatch(NAME, name):
            allowed = "letters (a to z), digits, _ and -"
            raise InputError("not a name", file=file, key=path, found=name, allowed=allowed, fix="rename it")
        groups = self.data.setdefault(group, {})
        if DROP in entry:
            if entry[DROP] is not True or len(entry) > 1:
                fix = "keep drop = true alone, or take it out"
                raise InputError("drop stands alone", file=file, key=path, found=entry, allowed="drop = true", fix=fix)
            if name not in groups:
                raise unknown(group, name, groups, file=file, key=path)
            del groups[name]
            self.dropped.add(path)
            self._forget(path)
            return
        self.dropped.discard(path)
        if name not in groups:
            self.wrote(path, file)
        if LIKE in entry:
            other, groups[name] = begun(group, name, entry, groups, file)
            for key in groups[name]:
                self.wrote(f"{path}.{key}", self.origin.get(f"{group}.{other}.{key}", file))
        for key, value in entry.items():
            if key != LIKE:
                groups.setdefault(name, {})[key] = value
                self.wrote(f"{path}.{key}", file)

    def _forget(self, path: str) -> None:
        """What stood at a path and below it is written nowhere any more."""
        self.origin = {known: of for known, of in self.origin.items() if not f"{known}.".startswith(f"{path}.")}

    def _merge_policies(self, entries: Any, file: Path) -> None:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problem, fix = "policies are a list", f"write [[policy]] and below it name = {_named(entries)}"
            raise InputError(problem, file=file, key="policy", found=entries, allowed="[[policy]]", fix=fix)
        own: set[str] = set()
        for entry in entries:
            identity = _policy_id(entry, file, {other["id"] for other in self.policies})
            if identity in own:
                problem, fix = "two policies have one id", 'give each entry its own id, e.g. id = "second"'
                where: dict[str, Any] = {"file": file, "key": f"policy.{identity}"}
                raise InputError(problem, found=identity, allowed="one entry for each id", fix=fix, **where)
            own.add(identity)
            self._merge_policy({**entry, "id": identity}, file)

    def _merge_policy(self, entry: dict[str, Any], file: Path) -> None:
        """An entry of a new id is added; of a known id, its keys are laid over those that are there."""
        path, replaces = f"policy.{entry['id']}", entry.pop("replace", None)
        at = next((i for i, other in enumerate(self.policies) if other["id"] == entry["id"]), None)
        if replaces is not None and (replaces is not True or at is None):
            problem = "nothing to replace" if at is None else "replace is true, or left out"
            allowed, fix = "replace = true, for an id of the extended file", "take it out"
            raise InputError(problem, file=file, key=f"{path}.replace", found=replaces, allowed=allowed, fix=fix)
        if at is None:
            self.policies.append(entry)
        elif replaces:
            self.policies[at] = entry
            self._forget(path)
        else:
            name = self.policies[at]["name"]
            if entry.setdefault("name", name) != name:
                problem, allowed = "this id is that of another policy", f'name = "{name}" for the id {entry["id"]}'
                fix = "give it an id of its own, or write replace = true to take the place of that entry"
                raise InputError(problem, file=file, key=f"{path}.name", found=entry["name"], allowed=allowed, fix=fix)
            self._make_room(self.policies[at], entry, file)
            self.policies[at] = self.policies[at] | entry
        for key in ("", *entry):
            self.wrote(f"{path}.{key}".rstrip("."), file)


def _fit_first(entries: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Entries by path in their order, but which fit of a law before what else is said of the law."""
    return sorted(entries, key=lambda entry: entry[0] not in GO_WITH)


def _named(entries: Any) -> str:
    """The name, in quotes, of the policy that is meant where policies are no list; an example where none is told."""
    told = [entries.get("name"), *entries] if isinstance(entries, dict) else []
    return f'"{next((name for name in told if isinstance(name, str) and name in registry()), "carbon_tax")}"'


def check_sources(entries: dict[str, Any], file: Path, prefix: str) -> None:
    """Refuse a source without a title or with an unknown key."""
    for key, entry in entries.items():
        where: dict[str, Any] = {"file": file, "key": prefix + key}
        if not isinstance(entry, dict):
            problem, allowed, fix = "a source is a table", "[key] with a title", f"write [{key}]"
            raise InputError(problem, found=entry, allowed=allowed, fix=fix, **where)
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


def _table(value: Any, file: Path, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError("this is a table", file=file, key=key, found=value, allowed=f"[{key}]", fix=f"write [{key}]")
    return value


def _policy_id(entry: dict[str, Any], file: Path, known: set[str]) -> str:
    """The id of an entry: given, or the name of its policy. ``known`` are ids whose policy needs no name again."""
    name = entry.get("name")
    if name is None and isinstance(entry.get("id"), str) and entry["id"] in known:
        return str(entry["id"])
    if not isinstance(name, str):
        fix = f'add name = "..." ({", ".join(registry())})'
        raise InputError("a policy needs a name", file=file, key="policy", found=name, allowed="text", fix=fix)
    if name not in registry():
        raise or_own(unknown("policy", name, registry(), file=file, key="policy.name"))
    identity = entry.get("id", name)
    if not isinstance(identity, str) or not re.fullmatch(NAME, identity):
        where: dict[str, Any] = {"file": file, "key": f"policy.{name}.id"}
        raise InputError("not an id", found=identity, allowed="letters, digits, _ and -", fix="rename it", **where)
    return identity


def _no_such_path(path: str, value: Any, origin: Path, written: Iterable[str]) -> InputError:
    head, groups = path.split(".")[0], (*GROUP_KEYS, "policy")
    if isinstance(value, dict) and (path in TABLE_KEYS or (head in GROUP_KEYS and path.count(".") <= 1)):
        own = [key for key in value if key not in ("basis", "note")][:1]
        fix = f"set each of its entries{''.join(f', e.g. {path}.{key}={in_toml(value[key])}' for key in own)}"
        raise InputError("a table is not set as one", file=origin, key=path, found=path, allowed="an entry", fix=fix)
    near = None if head in KEYS else nearest(head, (*TABLE_KEYS, *groups))
    fix = f"did you mean '{near}'?" if near else f"run `{pasted('explain', 'SCENARIO')}` for all paths"
    if head in (*TEXT_KEYS, "sources", "ensemble"):
        fix = f"write a scenario file that extends this one{', or in Python give title=...' if head == 'title' else ''}"
    if whole := ending_with(path, written):
        return InputError("unknown path", file=origin, key=path, found=path, allowed="a whole path", fix=whole)
    allowed = ", ".join([*(f"{key}.<key>" for key in TABLE_KEYS), *(f"{group}.<id>.<key>" for group in groups)])
    return InputError("unknown path", file=origin, key=path, found=path, allowed=allowed, fix=fix)


def _settable(key: str, path: str, origin: Path) -> str:
    if key in NOT_SET:
        fix, allowed = "write a scenario file that extends this one", "numbers and choices"
        raise InputError("cannot be set here", file=origin, key=path, found=key, allowed=allowed, fix=fix)
    return key
