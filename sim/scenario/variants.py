"""The one way to change a scenario: entries of its tree are set, and everything else is read from the tree again.

So the record of a scenario (its numbers, its file in full) always says what is simulated: a variant is what ``build``
makes of its tree.
"""

import re
import tomllib
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sim.arguments import a_whole_number, plain, refused, whole
from sim.errors import InputError, Notice
from sim.policies import Policy
from sim.quantity import Quantity, Spec, base_unit
from sim.scenario.build import build
from sim.scenario.checks import check
from sim.scenario.ensemble import KEY
from sim.scenario.retitled import title_after
from sim.scenario.scenario import Scenario
from sim.scenario.slips import UNIT_BEGINS, amount_of, power_of_ten
from sim.scenario.toml import in_toml
from sim.scenario.tree import FROM_USER, Tree, is_series

Settings = Sequence[str] | Mapping[str, Any]  # texts as path=value, or values by path

IN_CODE = Path("Python")  # stands for the file in messages about what code sets
OPTIONS = {"seed": ("run.seed", 0), "replicates": ("run.replicates", 1), "until": ("time.end", 1)}  # path and lowest
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")  # of a scenario, which names files too
A_YEAR = "a calendar year such as 2026"
LONGEST_TITLE = 80  # letters of settings that a title still names
CHANGED = re.compile(r" \((changed: .*|\d+ settings? changed)\)$")  # ends the title of what a command changed
NUMBER_UNIT = re.compile(rf"([-+]?(?:(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|inf))\s*({UNIT_BEGINS}.*|(?<=\s)1)")


def changed(scenario: Scenario, entries: Mapping[str, Any], *, origin: Path = IN_CODE, name: str = "",
            title: str = "") -> Scenario:  # fmt: skip
    """The scenario with other entries, by path, each written as in a file; with another name or title if given.

    Raises InputError where they cannot be used, as a file that says so would.
    """
    tree = scenario.tree.copy()
    tree.put_all(entries.items(), origin)
    return build(_called(tree, name, title=title))


def in_texts(settings: Settings) -> Sequence[str]:
    """Settings as ``path=value`` texts. Raises InputError for a value by path that no file could hold."""
    if not isinstance(settings, Mapping):
        return settings
    try:
        return [f"{path}={one if isinstance(one, str) else in_toml(plain(one))}" for path, one in settings.items()]
    except TypeError:
        raise refused("settings", settings, "numbers, texts, lists or tables by path") from None


def with_settings(tree: Tree, settings: Sequence[str] = (), **options: int | None) -> Tree:
    """A tree of one's own in which ``path=value`` texts are set, then seed, replicates and until where they are given.

    Its title says that it was changed, and what it told of a policy that was set otherwise is gone. Raises InputError.
    """
    entries, policies = [setting(text) for text in settings], [dict(entry) for entry in tree.policies]
    before = len(tree.gave_way)
    tree.put_all(entries)
    for said in tree.gave_way[before:]:
        warnings.warn(said, Notice, stacklevel=2)
    texts = [
        f"{path} by year" if is_series(value) else text for text, (path, value) in zip(settings, entries, strict=True)
    ]
    if settings:
        tree.data["title"] = title_after(tree.data["title"], policies, tree.policies)
        said, many = "; ".join(texts), "settings" if len(texts) > 1 else "setting"
        short = len(said) <= LONGEST_TITLE
        tree.data["title"] += f" (changed: {said})" if short else f" ({len(texts)} {many} changed)"
    for option, value in options.items():
        if value is not None:
            tree.put(OPTIONS[option][0], _given(option, value), Path(f"--{option}"))
    return tree


def _given(option: str, value: Any) -> int:
    """What an option is given. Raises InputError, which tells of a year where one is asked for."""
    low = OPTIONS[option][1]
    try:
        return whole(option, value, low)
    except InputError as error:
        if option == "until":
            error.allowed, error.fix = A_YEAR, str(error.fix).replace(a_whole_number(low), A_YEAR)
        raise


def with_options(
    scenario: Scenario, *, name: str = "", title: str = "", question: str = "", **options: int | None
) -> Scenario:
    """The scenario with another seed, number of replicates or last year (until), name, title or question. Raises
    InputError."""
    now = {"seed": scenario.run.seed, "replicates": scenario.run.replicates, "until": scenario.time.end}
    given = {name: _given(name, value) for name, value in options.items() if value is not None}
    other = {option: value for option, value in given.items() if value != now[option]}
    return build(_called(with_settings(scenario.tree.copy(), (), **other), name, title=title, question=question))


def called(scenario: Scenario, name: str | None, title: str | None) -> Scenario:
    """The scenario with a name or a title of somebody's own, where they are given. Raises InputError."""
    if name is not None and not (isinstance(name, str) and NAME.fullmatch(name)):
        raise refused("name", name, "a text of letters (a to z), digits, _, - and .")
    if title is not None and not (isinstance(title, str) and title.strip() and title.isprintable()):
        raise refused("title", title, "a text of one line")
    return with_options(scenario, name=name or "", title=title or "")


def _called(tree: Tree, name: str, **texts: str) -> Tree:
    tree.name = name or tree.name
    tree.data.update({key: text for key, text in texts.items() if text})
    return tree


def in_base_units(part: type[Any], key: str, value: Any, note: str) -> dict[str, Any]:
    """The entry of a file that gives a part of a scenario this number, or these weights, to the bit."""
    why = {"basis": "assumed", "note": note}
    spec: Spec = part.__dataclass_fields__[key].metadata["spec"]
    return {**value, **why} if isinstance(value, dict) else {"value": value, "unit": base_unit(spec.unit), **why}


def with_notes(scenario: Scenario, notes: Iterable[str]) -> Scenario:
    """The scenario with what was noted when its file was read."""
    return replace(scenario, notes=tuple(notes))


def set_by_command(scenario: Scenario) -> list[str]:
    """The paths of the entries that a command set, in the order of setting."""
    return [path for path, origin in scenario.tree.origin.items() if origin == FROM_USER]


def with_set(scenario: Scenario, paths: Iterable[str]) -> Scenario:
    """The scenario of a file in full, with which of its entries a command set."""
    tree = scenario.tree.copy()
    for path in paths:
        tree.wrote(path, FROM_USER)
    return replace(scenario, tree=tree)


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with other values of numbers of the world, by path, in base units; what they rest on is kept.

    As ``changed``, but these numbers alone are read again, which takes a tenth of the time. They have no range any
    more, no ensemble says more of any number, and notes stay those of what was written. Raises InputError where the
    values make an impossible world.
    """
    tree, tables = scenario.tree.copy(), dict(scenario.tables)
    record = dict(scenario.numbers)
    by_table = _by_table(values)
    for table, own in by_table.items():
        group, _, id = table.partition(".")
        said: dict[str, Any] = tree.data[group][id] if id else tree.data.setdefault(group, {})
        kept = tables[table] = dict(tables[table])
        for key, value in own.items():
            path = f"{table}.{key}"
            record[path] = quantity = _known(record[path], value)
            said[key] = kept[key] = _entry(quantity)
    numbers = tuple(record.values())
    tree.data.pop(KEY, None)
    tables.pop(KEY, None)
    variant = replace(
        scenario, **_parts(scenario, by_table), quantities=numbers, tables=tables, tree=tree, ensemble=None
    )
    check(variant)
    return replace(variant, as_built=variant.parts)


def _by_table(values: Mapping[str, float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for path, value in values.items():
        table, _, key = path.rpartition(".")
        found.setdefault(table, {})[key] = value
    return found


def _parts(scenario: Scenario, by_table: dict[str, dict[str, float]]) -> dict[str, Any]:
    """The parts of a scenario that hold these numbers, with them."""

    def with_numbers(part: Any, numbers: dict[str, float]) -> Any:
        return replace(part, **numbers) if numbers else part

    parts: dict[str, Any] = {}
    for name in ("law_table", "law", "theory"):  # which share a table
        part, own = getattr(scenario, name), by_table.get("law", {})
        parts[name] = with_numbers(part, {f.name: own[f.name] for f in fields(part) if f.name in own})
    for group in ("region", "kind"):
        old = getattr(scenario, f"{group}s")
        parts[f"{group}s"] = tuple(with_numbers(one, by_table.get(f"{group}.{one.id}", {})) for one in old)
    for table, numbers in by_table.items():
        if table != "law" and "." not in table:
            parts[table] = with_numbers(getattr(scenario, table), numbers)
    return parts


def _known(old: Quantity, value: float) -> Quantity:
    """The record of a number that has this value in base units, for the reason that it had another."""
    unit = base_unit(old.unit)
    return Quantity(old.path, value, value, unit, old.doc, old.basis, old.source, old.note)


def _entry(number: Quantity) -> dict[str, Any]:
    """A number of the world as a file would hold it."""
    entry = {"value": number.value, "unit": number.unit}
    if number.source:
        entry["source"] = number.source
    else:
        entry["basis"] = number.basis
    if number.note:
        entry["note"] = number.note
    return entry


def setting(text: str) -> tuple[str, Any]:
    """``path=value`` from the command line: a TOML value, a number with a unit, or plain text. Raises InputError."""
    path, equals, value = text.partition("=")
    path, value = path.strip(), power_of_ten(value.strip())
    if not equals or not path or not value:
        fix = "e.g. --set product.margin=0.4 or --set 'policy.carbon_tax.rate=50 USD/tCO2'"
        raise InputError("not a setting", file=FROM_USER, found=text, allowed="path=value", fix=fix)
    try:
        table = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        table = {}
    number = NUMBER_UNIT.fullmatch(value)
    if len(table) != 1 and number:
        return path, {"value": float(number[1]), **amount_of(number[2])}
    return path, table["value"] if len(table) == 1 else value


def in_time(policies: Collection[Policy], last: int, name: str, until: str = "--until", **where: Any) -> None:
    """Raises InputError where some policies, which go by a name, all begin after the last calendar year: what is asked
    of them would be nothing. ``until`` is the option that sets that year; ``where`` goes to the error."""
    if policies and not any(policy.begins_by(last) for policy in policies):
        begins = min(policy.start for policy in policies)
        problem = f"{name} begins in {begins:g}, after the last year: it changes nothing"
        allowed, fix = f"a policy that begins by {last}", f"{until} {int(begins)} or later, or an earlier start"
        raise InputError(problem, found=f"a start in {begins:g}", allowed=allowed, fix=fix, **where)


def meant(settings: Sequence[str], own: Collection[str], all_policies: Iterable[Collection[str]]) -> list[str]:
    """Those of the --set texts that a scenario with its ``own`` policies takes, among scenarios with these. A setting
    of a policy is for the scenarios that have the policy, if any has it; otherwise for all."""
    there = {*own, *(id for ids in all_policies for id in ids)}
    return [text for text in settings if policy_of(text) in own or policy_of(text) not in there]


def policy_of(text: str) -> str:
    """The policy's id in a setting ``policy.<id>.<key>=value``; nothing where another entry is set."""
    group, _, rest = text.partition("=")[0].strip().partition(".")
    return rest.partition(".")[0] if group == "policy" else ""
