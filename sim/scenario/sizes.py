"""The size of a programme is one of several keys: another one that is given later takes the place of the one before."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sim.policies import Policy, registry

SAID_NOW = frozenset({"--set", "--vary"})  # on one command line: two sizes there are two, and refused


def other_sizes(policy: type[Policy], given: Collection[str]) -> list[str]:
    """The keys of a policy's size that give way to the one that is given; none where none is."""
    sizes = policy.may_give() if policy.amounts else ()
    return [key for key in sizes if key not in given] if set(given) & set(sizes) else []


def giving_way(
    entry: Mapping[str, Any], given: Collection[str], origin: Path, written: Mapping[str, Path]
) -> dict[str, str]:
    """The keys of a policy's entry that say its size and give way to what is given now, each with a sentence on that,
    but for one of nothing. ``written`` is where paths were written: what was said in the same place stays, so that two
    sizes are refused."""
    policy = registry()[entry["name"]]
    found: dict[str, str] = {}
    for key in (key for key in other_sizes(policy, given) if key in entry):
        path = f"policy.{entry['id']}.{key}"
        by, new = written.get(path, origin), next(key for key in policy.may_give() if key in given)
        if by != origin and not {str(by), str(origin)} <= SAID_NOW:
            said = f"{path} of {by.name} gives way to {new} of {origin.name}: a programme has one size."
            found[key] = "" if _nothing(entry[key]) else said
    return found


def _nothing(raw: Any) -> bool:
    """Whether a size as written is none: a record in full has all of them."""
    return (raw.get("value") if isinstance(raw, dict) else raw) == 0
