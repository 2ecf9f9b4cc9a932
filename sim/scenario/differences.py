"""What differs between two scenarios."""

from math import isfinite
from typing import Any, NamedTuple

from sim.plurals import counted, plural
from sim.quantity import Quantity, Series
from sim.scenario.scenario import Scenario
from sim.scenario.writing import inputs, policy_in_full

ABSENT = "–"
WHOLE = ("kind", "region", "policy")  # groups whose members differ as a whole where only one scenario has them


class Difference(NamedTuple):
    """One entry that differs; values with units, as written."""

    key: str
    first: str
    second: str
    change: str  # of a number: a factor or percent; else empty
    meaning: str


def differences(first: Scenario, second: Scenario) -> list[Difference]:
    """Every entry in which two scenarios differ, in the order of the second, then what only the first has.

    Title, question, sources and notes are not compared: they change no number.
    """
    before, after = first.numbers, second.numbers
    written = [{entry["path"]: entry for entry in inputs(scenario)} for scenario in (first, second)]
    found: dict[str, Difference] = {}
    for path in [*after, *(path for path in before if path not in after)]:
        one, two = before.get(path), after.get(path)
        if one and two and _same(one, two):
            continue
        whole = _only_in_one(path, first, second)
        if whole:
            found.setdefault(whole[0], Difference(whole[0], whole[1], whole[2], "", "only in one of them"))
            continue
        texts = [
            _text(quantity, table.get(path), one, two) for quantity, table in zip((one, two), written, strict=True)
        ]
        docs = [quantity.doc for quantity in (two, one) if quantity]
        found[path] = Difference(path, texts[0], texts[1], _change(one, two), docs[0])
    return list(found.values())


def _same(one: Quantity, two: Quantity) -> bool:
    return all(a == b or _close(a, b) for a, b in zip(_numbers(one), _numbers(two), strict=True))


def _numbers(quantity: Quantity) -> tuple[Any, ...]:
    """Value and range in base units."""
    span = (None if bound is None else float(bound) * quantity.scale for bound in (quantity.low, quantity.high))
    return (quantity.base, *span)


def _close(a: Any, b: Any) -> bool:
    """Whether two numbers differ by no more than the conversion of a unit does."""
    numbers = isinstance(a, float) and isinstance(b, float) and isfinite(a) and isfinite(b)
    return numbers and bool(abs(a - b) <= 1e-12 * max(abs(a), abs(b)))


def _only_in_one(path: str, first: Scenario, second: Scenario) -> tuple[str, str, str] | None:
    """The member of a group that only one scenario has: its path, and what stands on each side."""
    group, _, rest = path.partition(".")
    if group not in WHOLE:
        return None
    name = rest.split(".")[0]
    sides = []
    for scenario in (first, second):
        members: tuple[Any, ...] = {"kind": scenario.kinds, "region": scenario.regions, "policy": scenario.policies}[
            group
        ]
        places = [i for i, member in enumerate(members) if member.id == name]
        if not places:
            sides.append(ABSENT)
        elif group == "policy":
            sides.append(policy_in_full(scenario, name))
        elif group == "kind":
            sides.append(f"{counted(members[places[0]].count, 'actor')} by the rule {members[places[0]].rule}")
        else:
            sides.append("there")
    return (f"{group}.{name}", sides[0], sides[1]) if ABSENT in sides else None


def _text(quantity: Quantity | None, entry: dict[str, str] | None, one: Quantity | None, two: Quantity | None) -> str:
    """A side's value as written; with its range where only that differs, and the first year of a series that does."""
    if quantity is None or entry is None:
        return ABSENT
    text = entry["value"]
    if one and two and (one.base == two.base or _close(one.base, two.base)):
        return f"{text} ({entry['range'] or 'no range'})"
    both = [one.base, two.base] if one and two else []
    if not both or not all(isinstance(series, Series) for series in both):
        return text
    given = {year for series in both for year in series.years}
    years = sorted(given | set(range(int(min(given)), int(max(given)))))  # those between too
    year = next((year for year in years if both[0].at(year) != both[1].at(year)), None)
    if year is None or f"{year:g}" in text:
        return text  # it is there, or they differ before the first year, or in how they are written
    return f"{text}; in {year:g} {quantity.base.at(year) / quantity.scale:g} {text.rsplit(' ', 1)[-1]}"


def _change(one: Quantity | None, two: Quantity | None) -> str:
    """How much larger or smaller a number became: percent, or a factor from two up; of a date, by how many years."""
    if one is None or two is None or isinstance(one.base, bool | str) or not isinstance(one.base, int | float):
        return ""
    if one.is_date:
        later = two.base - one.base
        return f"{later:+g} {plural('year', abs(later))}".replace("-", "−") if isfinite(later) else ""
    if not isinstance(two.base, int | float) or not one.base > 0 or two.base < 0 or one.base == two.base:
        return ""
    if _close(one.base, two.base):
        return ""
    ratio = two.base / one.base
    if ratio == 0 or ratio == float("inf"):
        return ""
    return f"× {ratio:.3g}" if ratio >= 2 or ratio <= 0.5 else f"{100 * (ratio - 1):+.3g} %".replace("-", "−")
