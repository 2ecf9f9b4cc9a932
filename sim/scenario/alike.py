"""New kinds and regions that begin with all that another one says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError, unknown

LIKE, DROP, COUNT = "like", "drop", "count"  # keys of an entry
OWN = ("label", COUNT)  # what an entry has for itself alone


def in_turn(group: str, entries: Mapping[str, Mapping[str, Any]], file: Path) -> list[str]:
    """Names of a file's entries of a group in the order in which they are laid over what is there: what another is like
    comes before that one, and what is dropped goes last. Raises InputError for a circle."""
    dropped = [name for name, entry in entries.items() if DROP in entry]
    waiting = [name for name, entry in entries.items() if LIKE in entry and DROP not in entry]
    found = [name for name in entries if name not in dropped and name not in waiting]
    while waiting:
        free = [name for name in waiting if entries[name][LIKE] not in waiting]
        if not free:
            loop, key = " -> ".join([*waiting, waiting[0]]), f"{group}.{waiting[0]}.{LIKE}"
            fix = "let one of them say all its keys"
            raise InputError(f"a {group} is like itself", file=file, key=key, found=loop, allowed="another", fix=fix)
        found, waiting = found + free, [name for name in waiting if name not in free]
    return found + dropped


def begun(
    group: str, name: str, entry: Mapping[str, Any], there: Mapping[str, Mapping[str, Any]], file: Path
) -> tuple[str, dict[str, Any]]:
    """Which one of the group a new entry is like, and what it begins with: all that this one says, except for what
    each has for itself. Raises InputError."""
    other = entry[LIKE]
    where: dict[str, Any] = {"file": file, "key": f"{group}.{name}.{LIKE}"}
    if name in there:
        fix = f"take {LIKE} out, or give what is new another name"
        raise InputError(f"a {group} that is there already", found=name, allowed="a new name", fix=fix, **where)
    if not isinstance(other, str) or other not in there:
        raise unknown(group, other, there, **where)
    if group != "kind":
        return other, {key: value for key, value in there[other].items() if key not in OWN}
    if COUNT not in entry:
        problem, fix = f"there would be as many as of {other} once more", f"add {COUNT}, how many there are"
        raise InputError(problem, found=sorted(entry), allowed=f"a {COUNT} of its own", fix=fix, **where)
    return other, {"rule": other} | {key: value for key, value in there[other].items() if key not in OWN}
