"""The title of a world whose policies were set otherwise: the author's own, unless it tells what no longer holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.policies import registry

NO_POLICY = "No policy"
NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")  # 1e26 and 2,500; not the 4 of GPT-4
PARTS = "half|third|quarter|fifth|tenth|hundredth|doubl|twice|tripl|hundred|thousand|million|billion|trillion"
AMOUNT = re.compile(rf"\b(?:{PARTS})|\d\s?%", re.IGNORECASE)  # in words, or as a share
LETTERS = 5  # of a word, from which on its ending is of no matter: permits, permit

Entry = Mapping[str, Any]


def title_after(title: str, before: Sequence[Entry], policies: Sequence[Entry]) -> str:
    """The title of a world after its policies were set, which were otherwise ``before``. Where it names a number of a
    policy that was set otherwise, or a policy that is nothing now or of which a choice is another one, the policies by
    name take its place."""
    were = {entry["id"]: entry for entry in before}
    now = [entry for entry in policies if entry["id"] in were and entry != were[entry["id"]]]
    gone = any(_is_nothing(entry) and _names(title, entry) for entry in now)
    return _by_name(policies) if gone or any(_tells(title, were[one["id"]], one) for one in now) else title


def _tells(title: str, before: Entry, now: Entry) -> bool:
    """Whether a title names a number of a policy's entry that is not so any more, or the policy where a choice that it
    may tell is another one: permits that are given away."""
    other = [key for key in before if before[key] != now.get(key)]
    if any(not [*_numbers(before[key])] for key in other) and _names(title, now):
        return True
    if AMOUNT.search(title) and set(other) & set(registry()[before["name"]].may_give()):
        return True
    named = {float(number.replace(",", "")) for number in NUMBER.findall(title)}
    kept = {number for key in now for number in _numbers(now[key])}
    return bool(named & ({number for key in other for number in _numbers(before[key])} - kept))


def _numbers(raw: Any) -> Iterator[float]:
    """All plain numbers of an entry as it is written."""
    if isinstance(raw, Mapping):
        raw = list(raw.values())
    if isinstance(raw, list):
        for one in raw:
            yield from _numbers(one)
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        yield float(raw)


def _is_nothing(entry: Entry) -> bool:
    """Whether what is written of a policy's strength means no policy."""
    kind = registry()[entry["name"]]
    usual = {name: kind.__dataclass_fields__[name].default for name in kind.may_give() if name in entry}
    return all({*_strength(entry[name])} == {neutral} for name, neutral in usual.items())


def _strength(raw: Any) -> list[float]:
    """Its numbers, without the years that they are of; no number of a table in a file."""
    if isinstance(raw, Mapping):
        raw = raw.get("values", raw.get("value"))
    if isinstance(raw, str):
        raw = float("inf") if raw.strip() == "inf" else None
    return list(_numbers(raw))


def _names(title: str, entry: Entry) -> bool:
    """Whether a word of a title is one of the policy's name, whatever its ending."""
    own = {word[:LETTERS] for word in entry["name"].lower().split("_") if word != "and"}
    return any(word[:LETTERS] in own for word in re.findall(r"\w+", title.lower()))


def _by_name(policies: Sequence[Entry]) -> str:
    """What a world is called by its policies, those that are nothing left out: Carbon tax from 2027."""
    names = []
    for entry in policies:
        if _is_nothing(entry):
            continue
        start = entry.get("start")
        number = start.get("value") if isinstance(start, Mapping) else start
        since = f" from {number:g}" if isinstance(number, int | float) else ""
        own = f" ({entry['id']})" if entry["id"] != entry["name"] else ""
        names.append(f"{entry['name'].replace('_', ' ')}{own}{since}")
    text = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or NO_POLICY
    return text[:1].upper() + text[1:]
