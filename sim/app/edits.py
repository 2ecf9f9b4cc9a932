"""What a reader can do on the page, each as the setting that it makes. All that it says is checked. No browser."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import isfinite, isinf
from typing import Any

from sim.app import catalogue
from sim.app.assumed import assumable, typed_assumption
from sim.app.byyear import typed_by_year
from sim.app.choice import chosen
from sim.app.controls import (
    STEPS,
    Control,
    controls,
    in_page_words,
    label,
    named_as_shown,
    number,
    policies,
    rewritten,
    strength,
    typed_number,
    unit_of,
    without_file_words,
)
from sim.app.setting import MOST_ACTORS, Setting, from_link, of_world
from sim.app.typed import POINT
from sim.errors import BrokenCode, InputError
from sim.rng import HIGHEST_SEED
from sim.scenario.sizes import other_sizes

Edit = Mapping[str, Any]
NO_NUMBER = "not a number"
REFUSALS = ("out of range", NO_NUMBER)
FIELDS = {
    "field": ("name", "key"),
    "start": ("name",),
    "end": ("name",),
    "assume": ("path",),
    "count": ("kind",),
    "seed": (),
}  # edits that come from fields, and what says from which
LAB_FIELDS = ("budget", "start")
DATES = ("start", "end")  # of a policy
LONGEST = 80  # characters of what was found
WRONG = "Something went wrong, and the page goes on with what it had: "
WHOLE = {"seed": "a number such as 1", "count": "a number such as 60"}


def why(error: Exception, told: Any = None) -> str:
    """What went wrong, as a sentence: a refusal says what can be done, and of code of one's own which line it is."""
    if isinstance(error, BrokenCode):
        return WRONG + str(error)
    return said(error, told) if isinstance(error, InputError) else f"{WRONG}{type(error).__name__}: {error}"


def field_of(error: Exception, told: Any) -> dict[str, str]:
    """The field whose value is refused, as the page names it; nothing for an error that is about no field."""
    if not isinstance(told, dict) or not isinstance(error, InputError) or isinstance(error, BrokenCode):
        return {}
    does = str(told.get("do"))
    if does == "lab" and error.key in LAB_FIELDS:
        return {"do": "lab", "key": error.key}
    if does not in FIELDS or "place" in told:
        return {}
    return {"do": does, **{key: str(told.get(key, ""))[:LONGEST] for key in FIELDS[does]}}


def said(error: InputError, told: Any) -> str:
    """A refusal as a sentence: what is wrong, what was found, what is allowed, and what to do."""
    told = told if isinstance(told, dict) else {}
    policy = policies().get(told.get("name", "")) if isinstance(told.get("name"), str) else None
    if policy is not None and told.get("do") not in DATES:
        return _of_field(error, policy, told) or _before(_field_of(policy, told), in_page_words(error, policy))
    of = "" if policy is None else f"{told['do']} of {label(policy.name).lower()}: "
    was = str(error.found).strip()
    found = "" if error.found is None else f"found {was[:LONGEST] or 'nothing'}{'…' if len(was) > LONGEST else ''}"
    parts = [of + error.problem, found, f"allowed is {error.allowed}" if error.allowed else ""]  # fmt: skip
    texts = ("; ".join(filter(None, parts)), error.fix)
    text = " ".join(f"{text[:1].upper()}{text[1:]}." for text in texts if text)
    return without_file_words(text) if policy is None else named_as_shown(text, policy)


def _field_of(policy: Any, told: Edit) -> str:
    """The number of a policy that was typed, before what is wrong with it."""
    return next((f"{one.label}: " for one in controls(policy) if one.key == told.get("key")), "")


def _before(field: str, text: str) -> str:
    return f"{field}{text[:1].lower()}{text[1:]}" if field else text


def _of_field(error: InputError, policy: Any, told: Edit) -> str:
    """A refusal of what was typed for a number of a policy: what that may be. Nothing for any other."""
    key, typed = str(told.get("key", "")), str(told.get("value", ""))[:LONGEST].strip()
    control = next((one for one in controls(policy) if one.key == key and one.spec.form == "number"), None)
    if control is None or error.problem not in REFUSALS or (error.key or "").rpartition(".")[2] != key:
        return ""
    point = f" Write {POINT}." if "," in typed else ""
    with_unit = error.problem == NO_NUMBER and re.match(r"[-+]?\d[\d.,]*\s*[^\d\s.,]", typed)
    alone = f" {str(error.fix)[:1].upper()}{str(error.fix)[1:]}." if with_unit else ""
    return f"{control.label}: {error.problem}; found {typed or 'nothing'}. {control.help}{point}{alone}"


def _entry(setting: Setting, told: Edit) -> tuple[str, Any, dict[str, Any]]:
    name = told.get("name")
    policy = policies().get(name) if isinstance(name, str) else None
    if policy is None:
        raise InputError("unknown policy", found=name, allowed=", ".join(policies()), fix="reload the page")
    entry = setting.entry(str(name)) or catalogue.defaults(str(name))
    return str(name), policy, {**{c.key: c.default for c in controls(policy)}, **entry}


def _written(policy: Any, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without what is at its default and cannot be written (no limit), and without the sizes of a programme
    that it is not given by."""
    every = {control.key: control for control in controls(policy)}
    others = [key for key in other_sizes(policy, [strength(policy, entry)]) if entry[key] == every[key].default]
    return {key: value for key, value in entry.items() if key not in others
            and (key not in every or not (isinstance(value, float) and abs(value) == float("inf")))}  # fmt: skip


def _switch(setting: Setting, told: Edit) -> Setting:
    name, _, _ = _entry(setting, told)
    return setting.with_entry(name, catalogue.defaults(name) if told.get("on") else None)


def _slide(setting: Setting, told: Edit) -> Setting:
    name, policy, entry = _entry(setting, told)
    key = strength(policy, entry)
    control = next(control for control in controls(policy) if control.key == key)
    value = catalogue.slid(policy, control, entry[key], catalogue.usual(name), _place(told))
    return setting.with_entry(name, _written(policy, {**entry, key: rewritten(entry[key], value)}))


def _field(setting: Setting, told: Edit) -> Setting:
    name, policy, entry = _entry(setting, told)
    control = next((control for control in controls(policy) if control.key == told.get("key")), None)
    if control is None:
        raise InputError(
            "unknown parameter", found=told.get("key"), allowed="one of the policy's", fix="reload the page"
        )
    value, written = told.get("value"), entry[control.key]
    if control.spec.form == "number":
        text = str(value)
        if control.by_year and ":" in text:
            unit = {"unit": written["unit"]} if isinstance(written, dict) and "unit" in written else {}
            value = typed_by_year(text, {"years": [], "values": [], **unit}, partial(_amount, control, written))
        else:
            one = _one(written)
            try:
                value = typed_number(control, one, text)
            except ValueError:
                fix = f"type the number alone, in {unit_of(control, one) or 'no unit'}"
                raise InputError(NO_NUMBER, found=text, key=control.key, fix=fix) from None
    gone = other_sizes(policy, [control.key])  # also where nothing is given, as in a file
    usual = {one.key: one.default for one in controls(policy) if one.key in gone}
    entry = {**entry, **usual, control.key: value}
    return setting.with_entry(name, _written(policy, entry))


def _amount(control: Control, written: Any, text: str) -> float:
    """One of the numbers of a list by year. Raises ValueError."""
    return number(typed_number(control, _one(written), text))[0]


def _one(written: Any) -> Any:
    """A number as one number, also where it is given by year."""
    if isinstance(written, dict) and "years" in written:
        unit = {"unit": written["unit"]} if "unit" in written else {}
        return {"value": written["values"][0], **unit} if unit else written["values"][0]
    return written


def _start(setting: Setting, told: Edit) -> Setting:
    name, policy, entry = _entry(setting, told)
    return setting.with_entry(name, _written(policy, {**entry, "start": _when(told)}))


def _end(setting: Setting, told: Edit) -> Setting:
    """When a policy ends; never where nothing is typed."""
    name, policy, entry = _entry(setting, told)
    never = not str(told.get("year", "")).strip()
    dated = {key: value for key, value in entry.items() if key != "end"} if never else {**entry, "end": _when(told)}
    return setting.with_entry(name, _written(policy, dated))


def _when(told: Edit) -> float:
    """A year, or a time within it."""
    try:
        when = float(str(told.get("year", "")))
        if isinf(when):
            raise ValueError(when)
    except ValueError:
        allowed = "a year such as 2027, or 2027.25 for the end of its March"
        raise InputError("not a year", found=told.get("year"), allowed=allowed, fix="type one") from None
    return int(when) if when.is_integer() else when


def _place(told: Edit) -> float:
    """Where a slider was put."""
    with suppress(ValueError):
        place = float(str(told.get("place")))
        if isfinite(place):
            return place
    raise InputError("no place of a slider", found=told.get("place"), allowed=f"0 to {STEPS}", fix="reload the page")


def _whole(told: Edit, key: str) -> int:
    try:
        return int(str(told.get(key, "")))
    except ValueError:
        allowed, fix = f"{WHOLE[key]}, without decimals", "type one"
        raise InputError("not a whole number", found=told.get(key), allowed=allowed, fix=fix) from None


def _assume(setting: Setting, told: Edit) -> Setting:
    path = told.get("path")
    quantity = assumable().get(path) if isinstance(path, str) else None
    if quantity is None or not isinstance(path, str):
        raise InputError("unknown assumption", found=path, allowed="one of the table", fix="choose one from the table")
    others = {key: value for key, value in setting.assumptions.items() if key != path}
    if told.get("reset"):
        return replace(setting, assumptions=others)
    if "place" in told and quantity.low is not None and quantity.high is not None:
        value: Any = catalogue.at_place(_place(told) / STEPS, quantity.low, quantity.high)
        value = {"value": value, "unit": quantity.unit}
    else:
        value = typed_assumption(quantity, str(told.get("text", "")))
    return replace(setting, assumptions={**others, path: value})


def _world(setting: Setting, told: Edit) -> Setting:
    world = told.get("world")
    if not isinstance(world, str) or world not in chosen().offered:
        raise InputError("unknown scenario", found=world, allowed="one of the list", fix="choose one")
    return of_world(world, setting.seed, setting)


def _seed(setting: Setting, told: Edit) -> Setting:
    seed = _whole(told, "seed")
    if not 0 <= seed <= HIGHEST_SEED:
        raise InputError("this is no seed", found=seed, allowed=f"0 to {HIGHEST_SEED:,}", fix="type one such as 1")
    return replace(setting, seed=seed)


def _count(setting: Setting, told: Edit) -> Setting:
    kind, count = told.get("kind"), _whole(told, "count")
    if kind not in chosen().started.kind_ids or not 1 <= count <= MOST_ACTORS:
        raise InputError("such a world is too large, or empty", found=count, allowed=f"1 to {MOST_ACTORS:,} of a kind",
                         fix="ask for another number")  # fmt: skip
    return replace(setting, counts={**setting.counts, str(kind): count})


def _clear(setting: Setting, told: Edit) -> Setting:
    """No policies, and where there is one a world that differs from the baseline in nothing else."""
    here, started, world = chosen(), chosen().started, setting.world
    if not started.is_same_world(here.world(world)):
        alike = [name for name, offered in here.offered.items() if started.is_same_world(offered)]
        world = min(alike, key=lambda name: len(here.offered[name].policies), default=world)
    return replace(setting, world=world, entries=())


def _load(setting: Setting, told: Edit) -> Setting:
    return from_link(str(told.get("link", "")))


EDITS: dict[str, Callable[[Setting, Edit], Setting]] = {
    "switch": _switch, "slide": _slide, "field": _field, "start": _start, "end": _end, "assume": _assume,
    "world": _world, "seed": _seed, "count": _count, "clear": _clear, "load": _load,
}  # fmt: skip
