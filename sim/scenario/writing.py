"""The resolved scenario as a TOML file that stands alone, and its numbers as a table for people."""

from collections.abc import Iterable
from dataclasses import fields
from math import inf
from typing import Any

from sim.quantity import Quantity
from sim.scenario.ensemble import FITTED, KEY
from sim.scenario.scenario import Scenario
from sim.scenario.toml import document, heading

NOT_GIVEN = "none"  # a limit, or a run that the law goes through, that there is none of
SAYS = "# Resolved scenario: stands alone and runs as it is. Money is USD of 2023."


def resolved_toml(scenario: Scenario) -> str:
    """The scenario in full: every number, unit and source, seed, replicates and horizon; it extends nothing."""
    alone, groups, policies, last = [], dict[str, list[Any]](), [], []
    for path, entries in scenario.tables.items():
        head, _, name = path.partition(".")
        if head == KEY:
            last.append((heading(head), entries))
        elif head == "policy":
            policies.append(("[[policy]]", entries))
        elif name:
            groups.setdefault(head, []).append((heading(head, name), entries))
        else:
            alone.append((heading(head), entries))
    sources = [(heading("sources", key), entry) for key, entry in scenario.sources.items()]
    first = {"schema": 1, "title": scenario.title, "question": scenario.question}
    tables = [*alone, *(table for members in groups.values() for table in members), *policies, *sources, *last]
    return f"{SAYS}\n\n{document(first, tables)}"


def inputs(scenario: Scenario) -> list[dict[str, str]]:
    """Every number of the scenario, ready to print: path, value, unit, range, meaning, basis (assumed, source,
    fitted, choice), why (source or note)."""
    return [_printed(quantity, scenario.sources) for quantity in scenario.quantities]


def assumed(entries: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Those of ``inputs`` that are assumed: what is not given is no assumption."""
    return [entry for entry in entries if entry["basis"] == "assumed" and entry["value"] != NOT_GIVEN]


def policy_texts(scenario: Scenario) -> list[str]:
    """Each policy in full: its id and every parameter that is not at its default."""
    texts = []
    for policy in scenario.policies:
        path = f"policy.{policy.id}."
        defaults = {path + f.name: f.default for f in fields(policy)}
        chosen = [q for q in scenario.quantities if q.path.startswith(path) and q.base != defaults[q.path]]
        printed = [_printed(quantity, scenario.sources) for quantity in chosen]
        said = [f"{entry['path'].removeprefix(path)} {entry['value']}" for entry in printed]
        texts.append(f"{policy.id} ({', '.join(said) or 'at its neutral value'})")
    return texts


def policy_in_full(scenario: Scenario, id: str) -> str:
    """Every parameter of a policy, those at their defaults included."""
    path = f"policy.{id}."
    own = [q for q in scenario.quantities if q.path.startswith(path)]
    printed = [_printed(q, scenario.sources) for q in own if not (q.path == f"{path}since" and q.base == -inf)]
    return ", ".join(f"{entry['path'].removeprefix(path)} {entry['value']}" for entry in printed)


def place(scenario: Scenario, path: str) -> str:
    """Where an entry was written: a file, the command line, the published fit of the law, or nowhere (a default)."""
    if path in scenario.tree.origin:
        return scenario.tree.origin[path].name
    of_law = path.startswith("law.")
    return f"fit {scenario.law_table.benchmark}.{scenario.law_table.profile}" if of_law else "default"


def _printed(quantity: Quantity, sources: dict[str, dict[str, Any]]) -> dict[str, str]:
    unit = unit_beside(quantity.unit)
    value = quantity.value if isinstance(quantity.value, str) else printed_number(quantity.value)
    if value == "always" and quantity.path.endswith(".since"):
        value = "its start"
    unit = "" if value in (NOT_GIVEN, "always", "its start") else unit
    why = quantity.note or ""
    if quantity.source is not None:
        source = sources[quantity.source]
        seen = {
            "secondary": ", read in a secondary copy",
            "remembered": ", remembered",
            "computed": ", computed from its data",
        }
        origin = f"{source.get('by', '')} {source.get('year', '')}: {source['title']}".strip(" :")
        origin += seen.get(source.get("seen", "read"), "")
        why = f"{origin}. {why[:1].upper()}{why[1:]}" if why else origin
    low, high = quantity.low, quantity.high
    span = f"{printed_number(low)} to {printed_number(high)}{unit}" if low is not None and high is not None else ""
    span += f", {quantity.draw}" if quantity.draw else ""
    span += f", with {quantity.fact.removeprefix('-')}" if quantity.fact else ""
    return {
        "path": quantity.path,
        "value": f"{value}{unit}",
        "range": span,
        "meaning": quantity.doc,
        "basis": FITTED if quantity.source == FITTED else quantity.basis,
        "why": why,
    }


def unit_beside(unit: str) -> str:
    """A unit as it stands behind its number: nothing where there is none."""
    return "" if unit in ("1", "year") else f" {unit.removeprefix('1')}"


def printed_number(value: float) -> str:
    """A number as a table has it; no limit has a word."""
    if abs(value) == float("inf"):
        return NOT_GIVEN if value > 0 else "always"
    return f"{value:g}" if abs(value) < 1e5 else f"{value:.6g}".replace("e+", "e")
