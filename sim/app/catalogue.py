"""What can be set on the page, as plain data: policies from the registry, scenarios, assumptions. No browser."""

import re
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite, log10
from typing import Any

from sim.app.assumed import assumable, shown_assumption
from sim.app.byyear import is_by_year
from sim.app.choice import chosen
from sim.app.controls import (
    STEPS,
    Control,
    Slide,
    alone,
    controls,
    field_text,
    given,
    in_words,
    label,
    number,
    policies,
    rewritten,
    shown,
    slide,
    strength,
    suggested,
    unit_of,
)
from sim.app.setting import Setting, of_world
from sim.measures.ids import called
from sim.plurals import counted
from sim.policies import Policy
from sim.policies.levers import GROUPS, LEVERS
from sim.quantity import Quantity, factor
from sim.report import words
from sim.report.settings import option_words
from sim.scenario import Scenario, load, real_policies, shipped
from sim.scenario.ensemble import FITTED
from sim.scenario.variants import CHANGED, with_options
from sim.scenario.writing import inputs

ON_RECORD = "Policies on record"
MATTER = (
    "law.exponent", "compute.price_halving", "product.growth_exponent", "product.size", "market.capacity_growth",
    "kind.academic_lab.grant", "knowledge.leak", "compute.energy_gain",
)  # fmt: skip
STARTS = 2027  # a policy without a scenario, as those of the shipped ones do
USUAL = 100.0  # a number where none is, as an example
LOGARITHMIC = 10.0  # high over low from which an assumption's slider is one of its logarithm


def defaults(name: str) -> dict[str, Any]:
    """A policy as a switch turns it on: as its own scenario has it, from the year in which it begins there."""
    scenario = _own_scenario(name)
    starts = [policy.start for policy in scenario.policies if policy.name == name] if scenario else []
    start = int(starts[0]) if starts and isfinite(starts[0]) else STARTS
    return {**usual(name), "name": name, "id": name, "start": start}


def usual(name: str) -> dict[str, Any]:
    """The parameters of a policy in its own scenario; none where it has no scenario."""
    if _is_shipped(name):
        return suggested(name)
    scenario = _own_scenario(name)
    return given(scenario, name) if scenario else {}


def _own_scenario(name: str) -> Scenario | None:
    """The scenario that shows a policy: the shipped one of its name; of one's own policy a world that the command
    named."""
    if _is_shipped(name):
        return chosen().offered.get(name) or load(shipped() / f"{name}.toml")
    named = (chosen().first_offered, chosen().started)
    return next((world for world in named if any(policy.name == name for policy in world.policies)), None)


def _is_shipped(name: str) -> bool:
    return (shipped() / f"{name}.toml").is_file()


def rows(setting: Setting, baseline: Scenario) -> list[dict[str, Any]]:
    """Policies by group, each as its row shows it."""
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for name, policy in policies().items():
        groups[LEVERS[policy.levers[0]].group].append(_row(name, policy, setting, baseline))
    return [{"group": group, "policies": found} for group, found in groups.items() if found]


def _row(name: str, policy: type[Policy], setting: Setting, baseline: Scenario) -> dict[str, Any]:
    entry = setting.entry(name)
    written = entry or {**usual(name), "start": ""}
    every = {control.key: control for control in controls(policy)}
    written = {**{key: control.default for key, control in every.items()}, **written}
    key = strength(policy, written)
    main, value = every[key], written[key]
    row = {"name": name, "label": label(name), "on": entry is not None, "told": policy.told(),
           "start": written.get("start", baseline.time.start), "end": written.get("end", ""),
           "cannot": f"It cannot {policy.cannot}.", "value": alone(main, value)}  # fmt: skip
    if entry is None:
        return row
    several = sum(one["name"] == name for one in setting.entries) - 1
    slider = None if is_by_year(value) else _slider(policy, main, value, usual(name))
    sizes = policy.may_give()  # they come first, always in one order
    ordered = sorted(every.values(), key=lambda control: control.key not in sizes)
    shown_fields = [_field(control, written[control.key], baseline) for control in ordered]
    return row | {"slider": slider, "fields": shown_fields, "several": several}


def named(setting: Setting) -> list[str]:
    """What a setting is, in short: each policy with its strength and start (said once where all have the same), and
    what else differs from the files."""
    names = []
    spans = {_span(entry) for entry in setting.entries}
    together = len(setting.entries) > 1 and len(spans) == 1
    for entry in setting.entries:
        policy = policies()[entry["name"]]
        every = {control.key: control for control in controls(policy)}
        written = {**{key: control.default for key, control in every.items()}, **entry}
        key = strength(policy, written)
        text = f"{label(entry['name'])} {alone(every[key], written[key])}"
        names.append(text if together else f"{text} {_span(entry)}".strip())
    names += [f"all {span}" for span in spans if together and span]
    if within := within_another_world(setting):
        names += [within] if names else ["No policy", within]
    if setting.assumptions:
        names.append(f"{counted(len(setting.assumptions), 'assumption')} changed")
    if setting.counts:
        names.append("other numbers of actors")
    return names if setting.seed == chosen().started.run.seed else [*names, f"seed {setting.seed}"]


def scope(baseline: Scenario, policy: Scenario) -> list[str]:
    """What is true of both worlds about emissions, buyers and supply."""
    in_policy = words.scope_sentences(policy.mechanisms)
    return [sentence for sentence in words.scope_sentences(baseline.mechanisms) if sentence in in_policy]


def within_another_world(setting: Setting) -> str:
    """In which world a setting is, where that differs from the baseline in more than policies; empty where not."""
    world = chosen().world(setting.world)
    return "" if chosen().started.is_same_world(world) else f"in the world of “{CHANGED.sub('', world.title)}”"


def _span(entry: dict[str, Any]) -> str:
    """From when to when a policy holds, as far as its entry says so."""
    dates = {word: entry.get(key) for word, key in (("from", "start"), ("to", "end"))}
    return " ".join(f"{word} {date:g}" for word, date in dates.items() if isinstance(date, int | float))


def titled(setting: Setting, policy: Scenario) -> Scenario:
    """The policy world for a file. Where its policies were changed on the page, they give it a new title and question:
    those of the scenario that the page began with no longer fit."""
    if setting.entries == of_world(setting.world, setting.seed).entries:
        return policy
    alone = named(replace(setting, assumptions={}, counts={}, seed=chosen().started.run.seed))
    changed = CHANGED.search(policy.title)
    title = ", ".join(alone or ["No policy"]) + (changed[0] if changed else "")
    question = "What do these policies change?" if setting.entries else "What happens without a policy?"
    return with_options(policy, title=title, question=question)


def _slider(policy: type[Policy], control: Control, written: Any, usual: dict[str, Any]) -> dict[str, Any]:
    """Place and words of a slider of ``STEPS`` places."""
    range_ = slide(policy, control, written, usual.get(control.key))
    low, high = _ends(range_)
    ends = (shown(control, rewritten(written, range_.value(end))) for end in (low, high))
    unit = unit_of(control, written).removeprefix("%")  # which is told at either end
    least, most = (text.removesuffix(unit).strip() for text in ends)
    return {
        "place": _place(range_, number(written)[0]),
        "usual": _usual(control, written, usual.get(control.key), range_),
        "low": least,
        "high": most,
        "key": control.key,
        "label": control.label,
        "text": f"{shown(control, written)}{control.whole}",
        "help": control.help,
    }


def _place(range_: Slide, value: float) -> int:
    """Where a number stands on a slider of ``STEPS`` places, or the end that is nearest to it."""
    low, high = _ends(range_)
    at = min(max(range_.place(max(value, 1e-300)) if isfinite(value) else high, low), high)
    return round(STEPS * (at - low) / (high - low)) if high > low else 0


def _usual(control: Control, written: Any, usual: Any, range_: Slide) -> int | None:
    """Where the number of the policy's own scenario stands, whatever the unit; None where it has none."""
    if usual is None or is_by_year(usual):
        return None
    value, unit = number(usual)
    own, declared = number(written)[1] or control.spec.unit, control.spec.unit
    return _place(range_, value * factor(unit or declared, declared) / factor(own, declared))


def slid(policy: type[Policy], control: Control, written: Any, usual: dict[str, Any], place: float) -> float:
    """The value at a slider's place."""
    range_ = slide(policy, control, written, usual.get(control.key))
    low, high = _ends(range_)
    return float(range_.value(low + (high - low) * min(max(place, 0), STEPS) / STEPS))


def _ends(range_: Slide) -> tuple[float, float]:
    return (range_.place(range_.low) if range_.low or range_.logarithmic else 0.0), range_.place(range_.high)


def _field(control: Control, written: Any, baseline: Scenario) -> dict[str, Any]:
    """A parameter as a field, a choice, a switch or a list of names."""
    form = control.spec.form
    field: dict[str, Any] = {"key": control.key, "label": control.label, "help": control.help, "form": form}
    if form == "choice":
        options = [{"id": option, "label": option_words(option)} for option in control.spec.options]
        return field | {"value": written, "options": options}
    if form == "flag":
        return field | {"value": bool(written)}
    if form == "names":
        of = baseline.kinds if control.key == "kinds" else baseline.regions
        return field | {"value": list(written), "options": [{"id": o.id, "label": o.label or o.id} for o in of]}
    if control.by_year:
        field["help"] += f" Or by year: {_example(control, written)}."
    return field | {"value": field_text(control, written), "unit": unit_of(control, written)}


def _example(control: Control, written: Any) -> str:
    """Numbers by year as they may be typed: half of what is set, or of what is usual where that is nothing, then all of
    it; 50 FLOP are no limit for anybody."""
    if is_by_year(written):
        return field_text(control, written)
    value, unit = number(written)
    if not isfinite(value) or value <= 0:
        value = control.spec.typical or min(control.spec.high, USUAL)
    path = {"years": [2027, 2030], "values": [value / 2, value]}
    return field_text(control, path | {"unit": unit} if unit else path)


def presets(worlds: Mapping[str, Scenario]) -> list[dict[str, str]]:
    """Scenarios that can be taken, by name, each with its question and what kind it is; what the command set in all of
    them, apart."""
    found = []
    for id, one in worlds.items():
        told = CHANGED.search(one.title)
        changed = told[1].removeprefix("changed: ") if told else ""
        found.append({"id": id, "title": CHANGED.sub("", one.title), "question": one.question, "changed": changed,
                      "group": _kind_of(one)})  # fmt: skip
    return found


def _kind_of(scenario: Scenario) -> str:
    """What a scenario is to who chooses one: policies, on record or not; another task; another world."""
    if scenario.policies:
        return ON_RECORD if scenario.name in {file.stem for file in real_policies()} else "Policies"
    tasks = {one.tables.get("law", {}).get("benchmark") for one in (scenario, chosen().started)}
    return "Tasks" if len(tasks) > 1 else "Worlds"


def matter(setting: Setting) -> list[dict[str, Any]]:
    """The assumptions with sliders: those that move results most."""
    known = {quantity.path: quantity for quantity in chosen().started.quantities}
    return [_assumption(known[path], setting) for path in MATTER if path in known and _ranged(known[path])]


def _ranged(quantity: Quantity) -> bool:
    return quantity.low is not None and quantity.high is not None and isinstance(quantity.value, float | int)


def _assumption(quantity: Quantity, setting: Setting) -> dict[str, Any]:
    low, high = float(quantity.low or 0.0), float(quantity.high or 0.0)
    moved = setting.assumptions.get(quantity.path)
    value = float(quantity.value) if moved is None else number(moved)[0]
    unit = in_words(quantity.unit)
    return {
        "path": quantity.path, "label": plainly(quantity.doc), "moved": moved is not None,
        "place": round(STEPS * place(value, low, high)),
        "usual": round(STEPS * place(float(quantity.value), low, high)),
        "text": f"{words.plain(value)} {unit}".strip(), "low": words.plain(low), "high": words.plain(high),
        "basis": _basis(quantity),
    }  # fmt: skip


def _basis(quantity: Quantity) -> str:
    """Whose number it is, and of which year; or on what it rests where nobody's."""
    if quantity.source == FITTED:
        return "fitted to records"
    source = chosen().started.sources.get(quantity.source or "")
    if not source:
        return quantity.basis or ""
    return ", ".join(str(source[key]) for key in ("by", "year") if key in source) or str(source["title"])


def plainly(text: str) -> str:
    """A meaning for people: it begins with a capital, and names of the code in it are words."""
    text = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", text)
    return text[:1].upper() + text[1:]


def place(value: float, low: float, high: float) -> float:
    """Where a number stands between two, from 0 to 1: by its logarithm where they are far apart."""
    if low > 0 and high > LOGARITHMIC * low:
        low, value, high = log10(low), log10(max(value, 1e-300)), log10(high)
    return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.0


def at_place(share: float, low: float, high: float) -> float:
    """The number at a place, with three figures."""
    share = min(max(share, 0.0), 1.0)
    if low > 0 and high > LOGARITHMIC * low:
        return float(f"{10 ** (log10(low) + share * (log10(high) - log10(low))):.3g}")
    return float(f"{low + share * (high - low):.3g}")


def assumptions() -> list[dict[str, str]]:
    """Every number of the world, with value, range and why."""
    kept, known = ("path", "range", "basis", "why"), assumable()
    return [
        {**{key: entry[key] for key in kept}, "value": shown_assumption(known[entry["path"]]),
         "meaning": plainly(entry["meaning"])}
        for entry in inputs(chosen().started) if entry["path"] in known
    ]  # fmt: skip


def moved(setting: Setting) -> dict[str, str]:
    """Assumptions that are set otherwise, by path, as the table shows them."""
    known = assumable()
    return {path: shown_assumption(known[path], value) for path, value in setting.assumptions.items()}


def kinds(scenario: Scenario) -> list[dict[str, Any]]:
    """Kinds of actors, how many there are of each, and in which regions."""
    names = called(scenario.kinds)
    return [
        {"id": kind.id, "label": names[kind.id], "count": kind.count, "sector": kind.sector,
         "homes": [region for region, weight in kind.home.items() if weight > 0]}
        for kind in scenario.kinds
    ]  # fmt: skip
