"""The size of a programme is one of several keys: another one that is given later takes the place of the one before."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sim.policies import registry

SAID_NOW = frozenset({"--set", "--vary"})  # on one command line: two sizes there are two, and refused


def giving_way(
    entry: Mapping[str, Any], given: Collection[str], origin: Path, written: Mapping[str, Path]
) -> dict[str, str]:
    """The keys of a policy's entry that say its size and give way to what is given now, each with a sentence on that,
    but for one of nothing. ``written`` is where paths were written: what was said in the same place stays, so that two
    sizes are refused."""
    policy = registry()[entry["name"]]
    sizes = (policy.strength, *policy.amounts) if policy.amounts else ()
    new = [key for key in sizes if key in given]
    found: dict[str, str] = {}
    for key in (key for key in sizes if new and key in entry and key not in given):
        path = f"policy.{entry['id']}.{key}"
        by = written.get(path, origin)
        if by != origin and not {str(by), str(origin)} <= SAID_NOW:
            said = f"{path} of {by.name} gives way to {new[0]} of {origin.name}: a programme has one size."
            found[key] = "" if _nothing(entry[key]) else said
    return found


def _nothing(raw: Any) -> bool:
    """Whether a size as written is none: a record in full has all of them."""
    return (raw.get("value") if isinstance(raw, dict) else raw) == 0
