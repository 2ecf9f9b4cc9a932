"""What a reader has set on the page: policies, assumptions, seed and numbers of actors. A link carries it, and it is
checked as a file is."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import Any

from sim.app.assumed import assumable
from sim.app.choice import both_with, chosen
from sim.errors import InputError
from sim.experiment.compare import comparable
from sim.rng import checked_seed
from sim.scenario import Scenario
from sim.scenario.build import build
from sim.scenario.tree import THE_PAGE

LONGEST = 60_000  # letters of a link's setting
MOST_ENTRIES, MOST_CHANGES, MOST_ACTORS = 20, 200, 2000
KEYS = ("world", "entries", "assumptions", "seed", "counts")
NOTE = "set on the page"
Entry = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """All that a reader has set."""

    world: str  # file of the policy world, as ``offered`` names it
    entries: tuple[Entry, ...]  # policies as a file writes them
    assumptions: dict[str, Any]  # numbers of both worlds, as a file writes them, by path
    seed: int
    counts: dict[str, int]  # actors by kind, where they differ

    def scenarios(self) -> tuple[Scenario, Scenario]:
        """Baseline and policy world. Raises InputError where they cannot be simulated, or not in pairs."""
        checked_seed(self.seed)
        _refuse_files([*self.entries, self.assumptions])
        both = {"run.seed": self.seed, **{f"kind.{kind}.count": count for kind, count in self.counts.items()}}
        both |= {path: _assumed(value) for path, value in self.assumptions.items()}
        baseline, other = both_with(self.world, json.dumps(both))
        tree = other.tree.copy()
        tree.data["policy"] = []
        head = {key: tree.data[key] for key in ("schema", "title", "question")}
        tree.merge({**head, "policy": [dict(entry) for entry in self.entries]}, THE_PAGE)
        tree.name = self.world if self.world != baseline.name else f"{self.world}-2"
        first, second = comparable([baseline, build(tree)])
        return first, second

    def with_entry(self, name: str, entry: Entry | None) -> "Setting":
        """With this entry in the place of the first of a policy, or without any of that policy."""
        others = [one for one in self.entries if one["name"] != name]
        if entry is None:
            return replace(self, entries=tuple(others))
        place = next((i for i, one in enumerate(self.entries) if one["name"] == name), len(others))
        return replace(self, entries=(*self.entries[:place], entry, *self.entries[place + 1 :]))

    def entry(self, name: str) -> Entry | None:
        """The first entry of a policy."""
        return next((entry for entry in self.entries if entry["name"] == name), None)

    def link(self) -> str:
        """All of it as letters that may stand in an address."""
        told = {key: getattr(self, key) for key in KEYS}
        return urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def of_world(name: str, seed: int, before: Setting | None = None) -> Setting:
    """The policies of a scenario that is offered, on the assumptions there are."""
    scenario = chosen().world(name)
    entries = tuple(_written(scenario.tables[f"policy.{policy.id}"]) for policy in scenario.policies)
    if before is None:
        return Setting(name, entries, {}, seed, {})
    return replace(before, world=name, entries=entries)


def from_link(text: str) -> Setting:
    """The setting of a link. Raises InputError where it is none; what it says is checked when worlds are made."""
    if len(text) > LONGEST:
        raise _no_setting(f"{len(text):,} letters", f"at most {LONGEST:,} letters")
    try:
        told = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise _no_setting(text[:40], "what the page wrote") from None
    return from_told(told)


def from_told(told: Any) -> Setting:
    """The setting that plain data say. Raises InputError."""
    if not isinstance(told, dict) or set(told) != set(KEYS):
        raise _no_setting(told, f"a table of {', '.join(KEYS)}")
    name, entries, assumptions, seed, counts = (told[key] for key in KEYS)
    if not isinstance(name, str) or name not in chosen().offered:
        raise _no_setting(name, "one of the scenarios that the page offers")
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise _no_setting(entries, f"a list of at most {MOST_ENTRIES} policies")
    if not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in entries):
        raise _no_setting(entries, "policies with their names")
    if not isinstance(assumptions, dict) or len(assumptions) > MOST_CHANGES:
        raise _no_setting(assumptions, f"at most {MOST_CHANGES} numbers by path")
    kinds = {kind.id for kind in chosen().started.kinds}
    if not isinstance(counts, dict) or not set(counts) <= kinds:
        raise _no_setting(counts, "numbers of actors by kind")
    if not all(type(count) is int and 1 <= count <= MOST_ACTORS for count in counts.values()):
        raise _no_setting(counts, f"from 1 to {MOST_ACTORS:,} actors of a kind")
    if type(seed) is not int:
        raise _no_setting(seed, "a whole number")
    known = assumable()
    for path in assumptions:
        if path not in known:
            raise _no_setting(path, "an assumption of the world")
    return Setting(name, tuple(entries), assumptions, seed, counts)


def _no_setting(found: Any, allowed: str) -> InputError:
    fix = "open the page without the part of the address behind #, or copy the link again"
    return InputError("this is no setting of the page", found=found, allowed=allowed, fix=fix)


def _refuse_files(told: list[Any]) -> None:
    """Raises InputError where a part of a setting would have a table read from a file: a link must not."""
    parts = list(told)
    while parts:
        part = parts.pop()
        if isinstance(part, dict) and "file" in part:
            fix = "write years and values, or begin the page with a scenario file that names it"
            raise InputError("a setting of the page reads no file", found=part["file"], allowed="numbers", fix=fix)
        parts += part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()


def _assumed(value: Any) -> Any:
    return {**value, "basis": "assumed", "note": NOTE} if isinstance(value, dict) else value


def _written(table: Entry) -> Entry:
    """An entry as a link may carry it: infinite numbers are left to their defaults."""
    infinite = (float("inf"), float("-inf"))
    return {key: value for key, value in table.items() if not (isinstance(value, float) and value in infinite)}
