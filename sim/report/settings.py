"""What a command set in a world, in plain words: what each key means, as it is declared, and its value."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sim.plurals import counted
from sim.policies import Policy
from sim.quantity import Quantity, Series
from sim.report.words import SYMBOL, region_name, spaced, whose
from sim.scenario import Scenario
from sim.scenario.combined import NAME as COMBINED
from sim.scenario.variants import CHANGED, set_by_command
from sim.scenario.writing import inputs

SHOWN, IN_SHORT = 4, 2  # settings of a world that are told, and that stand behind its title
OPTION_WORDS = {
    "grandfathering": "given away by past use", "auction": "auctioned", "treasury": "the treasury keeps it",
    "equal_dividend": "all actors alike", "academic_compute": "money to labs for compute",
    "compute_vouchers": "vouchers for labs' compute", "efficiency_research": "research on efficiency",
}  # fmt: skip
IN_BRACKETS = re.compile(r" \([^()]*\)")
DECIMALS, WHOLE = re.compile(r"\d+\.\d+"), 1e4  # numbers with decimals, and from where on they need none
KEYS = re.compile(r" \([^()]*(?:--set | = |\b(?:kind|policy|region)\.)[^()]*\)")  # as sentences have them: in brackets


def option_words(option: str) -> str:
    """An option for people."""
    return OPTION_WORDS.get(option, spaced(option))


def without_keys(text: str) -> str:
    """A sentence without the keys of files and commands that stand in brackets in it."""
    return KEYS.sub("", text)


def what_was_set(scenarios: list[Scenario], called: dict[str, str]) -> list[str]:
    """A sentence on what a command set in all of some worlds, and one for each on what it set there alone: Set in both
    worlds: switched on: buyers choose clean power and removals. ``called`` are their titles by name."""
    said = {one.name: _said(one) for one in scenarios if one.name != COMBINED}
    first, *others = said.values()
    shared = [text for text in first if all(text in own for own in others)]
    every = {"both worlds" if len(scenarios) == 2 else "all worlds": shared}
    every |= {called[name]: [text for text in own if text not in shared] for name, own in said.items()}
    return [f"Set in {where}: {_listed(texts)}." for where, texts in every.items() if texts]


def _said(scenario: Scenario) -> list[str]:
    """Each setting of a world by a command; its key and value where there are no other words."""
    texts = {entry["path"]: entry["value"] for entry in inputs(scenario)}
    known = {number.path: number for number in scenario.quantities}
    paths = [path for path in set_by_command(scenario) if path in known]
    if not paths:  # what is set as a whole
        found = CHANGED.search(scenario.title)
        return [found[1].removeprefix("changed: ")] if found else []
    return [setting_in_words(scenario, known[path], texts[path]) for path in paths]


def setting_in_words(scenario: Scenario, number: Quantity, text: str) -> str:
    """One number or choice: the tax when it begins (carbon tax): 50 USD/tCO2. ``text`` is its value as written."""
    meaning, _, more = SYMBOL.sub("", number.doc).partition("; ")
    meaning = spaced(IN_BRACKETS.sub("", meaning))
    if isinstance(number.base, bool):
        off = f" ({spaced(more.removeprefix('off: '))})" if more else ""
        return f"switched on: {meaning}" if number.base else f"switched off: {meaning}{off}"
    return f"{whose(meaning, [number.path])}: {_value(scenario, number.base, text)}"


def settings_in_short(scenarios: Sequence[Scenario]) -> list[str]:
    """What a command set otherwise in each of some worlds than in another of them: rate 100 USD/tCO2. Nothing of any
    where that is more than a few numbers."""
    paths = dict.fromkeys(path for scenario in scenarios for path in set_by_command(scenario))
    known = [scenario.numbers for scenario in scenarios]
    other = [path for path in paths if len({repr(of[path].base) if path in of else "" for of in known}) > 1]
    if len(other) > IN_SHORT:
        return ["" for _ in scenarios]
    written = [{entry["path"]: entry["value"] for entry in inputs(scenario)} for scenario in scenarios]
    return [
        ", ".join(_in_short(scenario, numbers[path], texts[path]) for path in other if path in numbers)
        for scenario, numbers, texts in zip(scenarios, known, written, strict=True)
    ]


def _in_short(scenario: Scenario, number: Quantity, text: str) -> str:
    """A number of a policy by its key, another one in words."""
    if not number.path.startswith("policy."):
        return setting_in_words(scenario, number, text)
    return f"{spaced(number.path.rpartition('.')[2])} {_value(scenario, number.base, text)}"


def policies_in_words(scenario: Scenario, policies: Iterable[Policy]) -> list[str]:
    """What each of some policies of a scenario is: Carbon tax: rate 100 USD/tCO2, growth 2 %/yr, start 2027."""
    texts, said = {entry["path"]: entry["value"] for entry in inputs(scenario)}, []
    for policy in policies:
        path = f"policy.{policy.id}."
        defaults = {path + entry.name: entry.default for entry in fields(policy)}
        chosen = [one for one in scenario.quantities if one.path.startswith(path) and one.base != defaults[one.path]]
        parts = [f"{spaced(one.path.removeprefix(path))} {_value(scenario, one.base, texts[one.path], whole=True)}"
                 for one in chosen]  # fmt: skip
        name = spaced(policy.id)
        said += [f"{name[:1].upper()}{name[1:]}: {', '.join(parts)}"] if parts else []
    return said


def _value(scenario: Scenario, base: Any, text: str, *, whole: bool = False) -> str:
    """A value for people: names of regions and kinds as they are called, a series by that it is one, or ``whole`` as
    it is written."""
    if isinstance(base, Series) and not whole:
        return "by year"
    if isinstance(base, bool):
        return "yes" if base else "no"
    if isinstance(base, str):
        return option_words(base)
    if not isinstance(base, tuple | list):
        return DECIMALS.sub(_short, text)
    labels = {region.id: region.label for region in scenario.regions}
    labels |= {kind.id: kind.label for kind in scenario.kinds}
    return ", ".join(labels.get(one, region_name(str(one))) for one in base)


def _short(found: re.Match[str]) -> str:
    """A number with decimals in as many figures as anyone reads: 105.1 of 105.136."""
    value = float(found[0])
    return f"{value:.4g}" if value < WHOLE else f"{value:.0f}"


def _listed(texts: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(texts) - SHOWN
    return "; ".join([*texts[:SHOWN], *([f"and {counted(more, 'more setting')}"] if more > 0 else [])])
