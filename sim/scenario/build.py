"""From a merged tree to a checked Scenario."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from math import inf
from typing import Any

from sim.actors import PARTIES
from sim.actors import registry as kind_registry
from sim.errors import InputError, or_own, unknown
from sim.mechanisms.scaling.sound import sound
from sim.mechanisms.theories import THEORIES
from sim.policies import Policy
from sim.policies import registry as policy_registry
from sim.quantity import Quantity, Spec
from sim.scenario.checks import check
from sim.scenario.data import laws
from sim.scenario.ensemble import KEY, read_ensemble
from sim.scenario.fits import FORM, published_law, read_here
from sim.scenario.law import USUAL, LawTable
from sim.scenario.notes import notes
from sim.scenario.policy_checks import APART, LACKS
from sim.scenario.reading import Reader
from sim.scenario.scenario import Scenario
from sim.scenario.schema import TABLES, Region
from sim.scenario.tree import Tree
from sim.synonyms import EXEMPTS, HOLDS_FOR, STRENGTHS

OF_LAW = ("law_table", "law", "theory")  # parts that share the table of the law
NO_REVENUE = "brings in no revenue"
CHOICES = ("time", "run", "mechanisms")  # tables that hold choices of the study, not facts of the world


def build(tree: Tree) -> Scenario:
    """The scenario that a tree says. Raises InputError, which tells of all that is wrong."""
    reader = Reader(tree)
    parts: dict[str, Any] = {}
    for name, cls in TABLES.items():
        if name == "law":
            parts |= reader.tried(_law, "law", tree.data.get("law", {})) or {}
        else:
            parts[name] = reader.part(cls, tree.data.get(name, {}), name, facts=name not in CHOICES)
    for group, read in (("region", _region), ("kind", _kind)):
        entries = reader.tried(_some, group) or {}
        parts[f"{group}s"] = tuple(reader.tried(read, f"{group}.{name}", name, raw) for name, raw in entries.items())
    policies = tree.data.get("policy", [])
    parts["policies"] = tuple(reader.tried(_policy, f"policy.{raw['id']}", raw) for raw in policies)
    reader.finish()
    world = {number.path: number for number in reader.quantities if of_world(number)}
    ensemble = read_ensemble(tree, world, partial(spec_of, parts))
    if ensemble is not None:
        reader.resolved[KEY] = ensemble.entry
    scenario = Scenario(
        name=tree.name,
        title=tree.data["title"],
        question=tree.data["question"],
        file=tree.file,
        quantities=tuple(reader.quantities),
        sources={key: tree.sources[key] for key in sorted(reader.cited)},
        tables=reader.resolved,
        tree=tree,
        ensemble=ensemble,
        **parts,
    )
    check(scenario)
    return replace(scenario, notes=tuple(notes(scenario)), as_built=scenario.parts)


def of_world(number: Quantity) -> bool:
    """Whether a number is a fact of the world, and one number."""
    return number.basis != "choice" and isinstance(number.base, float) and not number.path.startswith("policy.")


def spec_of(parts: Mapping[str, Any], path: str) -> Spec:
    """What the parts of a scenario, by name, say that a number of the world may be."""
    table, _, key = path.rpartition(".")
    head, _, id = table.partition(".")
    part = next(one for one in parts[f"{head}s"] if one.id == id) if id else parts[head]
    if head == "law":
        part = next(parts[own] for own in OF_LAW if key in {entry.name for entry in fields(parts[own])})
    spec: Spec = type(part).__dataclass_fields__[key].metadata["spec"]
    return spec


def _some(reader: Reader, group: str) -> dict[str, Any]:
    entries: dict[str, Any] = reader.tree.data.get(group, {})
    if not entries:
        fix = f"add [{group}.<name>] or extend a scenario that has them"
        where: dict[str, Any] = {"file": reader.tree.file, "key": group}
        raise InputError(f"a scenario needs a {group}", allowed="at least one", fix=fix, **where)
    return entries


def _region(reader: Reader, path: str, name: str, raw: dict[str, Any]) -> Any:
    return reader.part(Region, raw, path, id=name)


def _law(reader: Reader, path: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The law table, and the law and the theory of progress, with published numbers where the scenario gives none."""
    published = laws()["benchmarks"]
    options = published
    for key in ("benchmark", "profile"):
        name = raw.get(key, "")
        if not isinstance(name, str) or name not in options:
            raise _elsewhere(unknown(key, name, options, key=f"{path}.{key}"), key, name, str(raw.get("benchmark")))
        options = options[name]
    law_class = type(published_law(raw["benchmark"], raw["profile"]))
    profile = {key: entry for key, entry in options.items() if key != FORM}
    theory = raw.get("theory", USUAL)
    if not isinstance(theory, str) or theory not in THEORIES:
        raise unknown("theory", theory, THEORIES, key=f"{path}.theory")
    of_theory = laws()["theories"].get(theory, {})
    read_here(THEORIES[theory], of_theory, f"theories.{theory}")
    classes: dict[str, type[Any]] = {"law_table": LawTable, "law": law_class, "theory": THEORIES[theory]}
    keys = {part: [f.name for f in fields(cls)] for part, cls in classes.items()}
    raw, known = {**profile, **of_theory, **raw}, [key for own in keys.values() for key in own]
    elsewhere = {field.name for cls in THEORIES.values() for field in fields(cls)}  # of other theories: no effect
    for key in raw:
        if key not in known and key not in elsewhere:
            raise unknown("key", key, known, key=f"{path}.{key}")
    parts: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for part, cls in classes.items():
        parts[part] = reader.part(cls, {k: v for k, v in raw.items() if k in keys[part]}, path)
        kept |= reader.resolved[path]
    if parts["law"] is not None:
        sound(parts["law"])
    reader.resolved[path] = kept
    return parts


def _elsewhere(error: InputError, key: str, name: Any, benchmark: str) -> InputError:
    """The error for an unknown profile of a benchmark, which says where a profile, or one of a form of laws, of this
    name is: in this benchmark if it has one."""
    every = laws()["benchmarks"]
    fits = {
        other: [profile for profile, fit in profiles.items() if name in (profile, fit.get(FORM))]
        for other, profiles in every.items()
        if key == "profile"
    }
    there = next((other for other in (benchmark, *fits) if fits.get(other)), "")
    if there:
        profile, *rest = fits[there]
        place = f'benchmark = "{there}" and ' if there != benchmark else ""
        others = f" (or {', '.join(rest)})" if rest else ""
        error.fix = f'write {place}profile = "{profile}"{others}'
    return error


def _kind(reader: Reader, path: str, name: str, raw: dict[str, Any]) -> Any:
    if name in PARTIES:
        problem, fix = "a kind cannot be named like a party of the books", "choose another name for this kind"
        raise InputError(problem, found=name, allowed=f"any name but {', '.join(PARTIES)}", fix=fix, key=path)
    rules = kind_registry()
    if "rule" not in raw and name not in rules:
        otherwise = f'write rule = "{next(iter(rules))}" and all its keys, or like = "<another kind>" and what differs'
        raise or_own(unknown("kind without a rule", name, rules, otherwise=otherwise, key=path))
    rule = raw.get("rule", name)
    if not isinstance(rule, str) or rule not in rules:
        raise or_own(unknown("rule of a kind", rule, rules, key=f"{path}.rule"))
    own = {field.name for field in fields(rules[rule])}
    for key in raw:
        if key not in (*own, "rule") and any(key in {f.name for f in fields(other)} for other in rules.values()):
            fix = f"take {key} out, or keep the rule and add a kind of another name, e.g. [kind.{name}_2]"
            allowed, where = ", ".join(sorted(own - {"id"})), reader.tree.latest(f"{path}.rule", f"{path}.{key}")
            raise InputError(f"the rule {rule} has no {key}", found=key, allowed=allowed, fix=fix, **where)
    return reader.part(rules[rule], {"rule": rule, **raw}, path, also=("rule",), id=name)


def _policy(reader: Reader, path: str, raw: dict[str, Any]) -> Any:
    cls = policy_registry()[raw["name"]]
    policy = reader.part(
        cls, raw, path, facts=False, also=("name", "id"), only=cls.parameters(), by_year=cls.by_year(),
        stranger=partial(_no_parameter, cls), id=raw["id"],
    )  # fmt: skip
    return policy and _begun(reader, path, policy)


def _no_parameter(cls: type[Policy], key: str, known: list[str]) -> InputError:
    """The error for a key that a policy lacks: why, where others have it, or which of its keys say how strong it is."""
    if key in {field.name for field in fields(Policy)}:
        why = f"{cls.name} {LACKS.get(key, NO_REVENUE)}"
        fix = APART if key == "regions" and "kinds" in known else f"take {key} out"
        return InputError(why, found=key, allowed=", ".join(sorted(known)), fix=fix)
    specs = {name: cls.__dataclass_fields__[name].metadata["spec"] for name in cls.may_give()}
    *first, last = [f"{name} ({spec.unit})" if spec.unit != "1" else name for name, spec in specs.items()]
    strengths = f"{', '.join(first)} or {last}" if first else last
    error = unknown("key", key, known, otherwise=f"how strong it is stands in {strengths}")
    if key in STRENGTHS:
        error.fix = f"how strong it is stands in {strengths}"
    elif found := _whom(cls, key, known):
        error.fix = found
    return error


WHOM = {"kinds": "in kinds those that it holds for", "regions": "in regions those where it holds"}


def _whom(cls: type[Policy], key: str, known: list[str]) -> str:
    """What a key that says whom a policy holds for, or does not, is written as; empty for any other."""
    exempts = key.casefold().partition("_")[0] in EXEMPTS
    named = [whom for name, whom in WHOM.items() if name in known]
    if not exempts and key.casefold() not in HOLDS_FOR:
        return ""
    if not named:
        return f"{cls.name} holds for all alike: take {key} out"
    return f"name {' and '.join(named)}" + ", and leave out the others" * exempts


def _begun(reader: Reader, path: str, policy: Policy) -> Policy:
    """The policy with a start no earlier than the first year of its numbers: before, it is off."""
    first = max((series.years[0] for series in policy.paths.values()), default=-inf)
    if policy.start >= first:
        return policy
    key = f"{path}.start"
    reader.quantities = [q._replace(base=first, value=first) if q.path == key else q for q in reader.quantities]
    reader.resolved[path]["start"] = first
    return replace(policy, start=float(first))
