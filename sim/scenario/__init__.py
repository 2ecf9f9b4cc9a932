"""Scenario files in, frozen scenarios out. The only reader of ``scenarios/`` and of the packaged data."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.actors import PARTIES, Kind
from sim.actors import registry as kind_registry
from sim.errors import InputError, unknown
from sim.mechanisms.scaling import LAWS, Law
from sim.policies import Policy
from sim.policies import registry as policy_registry
from sim.scenario.data import laws
from sim.scenario.files import SOURCES_FILE, Tree, apply, read_sources, read_tree, setting
from sim.scenario.reading import Reader
from sim.scenario.schema import TABLES, Region, Scenario

__all__ = ["Scenario", "check_file", "load", "shipped"]

LARGEST_STUDY = 5_000_000  # actors in all replicates: some 16 GB for their tables until they are written
LARGEST_YEAR = 250_000_000  # actors times regions times steps: some 12 GB for the steps of one year
CHOICES = ("time", "run", "mechanisms")  # tables that hold choices of the study, not facts of the world


def load(file: str | Path, settings: Sequence[str] = (), *, seed: int | None = None, replicates: int | None = None,
         until: int | None = None) -> Scenario:  # fmt: skip
    """Read and check a scenario file. ``settings`` are ``path=value`` texts that override it.

    Raises InputError with file, key, what was found, what is allowed and how to mend it.
    """
    tree = read_tree(Path(file))
    for text in settings:
        apply(tree, *setting(text))
    if settings:
        said = "; ".join(settings)
        tree.data["title"] += f" (changed: {said})" if len(said) <= 80 else f" ({len(settings)} settings changed)"
    options = (
        ("run.seed", seed, "--seed"),
        ("run.replicates", replicates, "--replicates"),
        ("time.end", until, "--until"),
    )
    for path, value, option in options:
        if value is not None:
            apply(tree, path, value, Path(option))
    return build(tree)


def check_file(file: Path) -> tuple[str, ...]:
    """Check one scenario file, or a ``sources.toml``; notes on what is probably not meant. Raises InputError."""
    if file.name == SOURCES_FILE:
        read_sources(file)
        return ()
    return load(file).notes


def shipped() -> Path:
    """The folder of shipped scenarios: beside the package, or where the user stands."""
    beside = Path(__file__).resolve().parents[2] / "scenarios"
    return beside if beside.is_dir() else Path("scenarios")


def build(tree: Tree) -> Scenario:
    """A scenario from a merged tree."""
    published = laws()
    tree.sources = {**published["sources"], **tree.sources}
    reader = Reader(tree)
    data = tree.data
    parts: dict[str, Any] = {}
    for name, cls in TABLES.items():
        if name == "law":
            parts["law_table"], parts["law"] = _law(reader, dict(data.get("law", {})))
        else:
            parts[name] = cls(**reader.table(cls, data.get(name, {}), name, facts=name not in CHOICES))
    regions = tuple(
        Region(id=name, **reader.table(Region, raw, f"region.{name}")) for name, raw in _some(tree, "region").items()
    )
    kinds = tuple(_kind(reader, name, raw) for name, raw in _some(tree, "kind").items())
    policies = tuple(_policy(reader, raw) for raw in data.get("policy", []))
    sources = {key: tree.sources[key] for key in sorted(reader.cited)}
    scenario = Scenario(
        name=tree.file.stem,
        title=data["title"],
        question=data["question"],
        file=tree.file,
        regions=regions,
        kinds=kinds,
        policies=policies,
        quantities=tuple(reader.quantities),
        sources=sources,
        tree={
            "title": data["title"],
            "question": data["question"],
            "tables": reader.resolved,
            "sources": sources,
        },
        **parts,
    )
    _check_whole(scenario, tree)
    return replace(scenario, notes=tuple(_notes(scenario, tree)))


def _some(tree: Tree, group: str) -> dict[str, Any]:
    entries: dict[str, Any] = tree.data.get(group, {})
    if not entries:
        fix = f"add [{group}.<name>] or extend a scenario that has them"
        raise InputError(f"a scenario needs a {group}", file=tree.file, key=group, allowed="at least one", fix=fix)
    return entries


def _law(reader: Reader, raw: dict[str, Any]) -> tuple[Any, Law]:
    """The law table, and the law itself with the numbers of its profile where the scenario gives none."""
    published = laws()["benchmarks"]
    options = published
    for key in ("benchmark", "profile"):
        name = raw.get(key, "")
        if not isinstance(name, str) or name not in options:
            raise unknown(key, name, options, **reader.tree.where(f"law.{key}"))
        options = options[name]
    profile = dict(published[raw["benchmark"]][raw["profile"]])
    law_class = LAWS[profile.pop("form")]
    table_class = TABLES["law"]
    numbers, table_keys = ([f.name for f in fields(cls)] for cls in (law_class, table_class))
    raw = {**profile, **raw}
    for key in raw:
        if key not in (*numbers, *table_keys):
            raise unknown("key", key, [*numbers, *table_keys], **reader.tree.where(f"law.{key}"))
    table = table_class(**reader.table(table_class, {k: v for k, v in raw.items() if k in table_keys}, "law"))
    kept = reader.resolved["law"]
    law = law_class(**reader.table(law_class, {k: v for k, v in raw.items() if k in numbers}, "law"))
    reader.resolved["law"] = kept | reader.resolved["law"]
    if law.best_error > law.worst_error:
        where = reader.tree.latest("law.best_error", "law.worst_error")
        found, fix = f"{law.best_error:g} to {law.worst_error:g}", "let best_error be the smaller"
        raise InputError("the law's range is upside down", found=found, allowed="best to worst", fix=fix, **where)
    return table, law


def _kind(reader: Reader, name: str, raw: dict[str, Any]) -> Kind:
    if name in PARTIES:
        fix = "choose another name for this kind"
        problem = "a kind cannot be named like a party of the books"
        allowed = f"any name but {', '.join(PARTIES)}"
        raise InputError(problem, found=name, allowed=allowed, fix=fix, **reader.tree.where(f"kind.{name}"))
    rules = kind_registry()
    path = f"kind.{name}"
    if "rule" not in raw and name not in rules:
        raise unknown("kind without a rule", name, rules, **reader.tree.where(path))
    rule = raw.get("rule", name)
    if not isinstance(rule, str) or rule not in rules:
        raise unknown("rule of a kind", rule, rules, **reader.tree.where(f"{path}.rule"))
    own = {field.name for field in fields(rules[rule])}
    for key in raw:
        if key not in (*own, "rule") and any(key in {f.name for f in fields(other)} for other in rules.values()):
            fix = f"take {key} out, or keep the rule and add a kind of another name, e.g. [kind.{name}_2]"
            allowed = ", ".join(sorted(own - {"id"}))
            where = reader.tree.latest(f"{path}.rule", f"{path}.{key}")
            raise InputError(f"the rule {rule} has no {key}", found=key, allowed=allowed, fix=fix, **where)
    values = reader.table(rules[rule], {"rule": rule, **raw}, f"kind.{name}", also=("rule",))
    return rules[rule](id=name, **values)


def _policy(reader: Reader, raw: dict[str, Any]) -> Policy:
    cls = policy_registry()[raw["name"]]
    path = f"policy.{raw['id']}"
    values = reader.table(cls, raw, path, facts=False, also=("name", "id"), only=cls.parameters())
    return cls(id=raw["id"], **values)


def _check_whole(scenario: Scenario, tree: Tree) -> None:
    """What no single entry can show."""
    time = scenario.time
    ends = tree.latest("time.start", "time.end")
    if time.end < time.start:
        fix = "let it end no earlier than it starts"
        found, allowed = f"{time.start} to {time.end}", f"an end from {time.start} on"
        raise InputError("the horizon runs backwards", found=found, allowed=allowed, fix=fix, **ends)
    if time.end - time.start >= 200:
        fix = "choose a shorter horizon"
        found = f"{time.start} to {time.end}"
        raise InputError("the horizon is too long", found=found, allowed="at most 200 years", fix=fix, **ends)
    actors = sum(kind.count for kind in scenario.kinds)
    size = actors * time.steps_per_year * len(scenario.regions)
    if size > LARGEST_YEAR:
        found, fix = f"{actors:,} actors, {size:,} entries", "lower kind.<id>.count, or time.steps_per_year"
        allowed = f"at most {LARGEST_YEAR:,} entries: actors times regions times steps in a year"
        where = tree.latest(*(f"kind.{kind.id}.count" for kind in scenario.kinds), "time.steps_per_year")
        raise InputError("too large to hold in memory", found=found, allowed=allowed, fix=fix, **where)
    rows = actors * scenario.run.replicates
    if rows > LARGEST_STUDY:
        found, fix = (
            f"{scenario.run.replicates:,} replicates of {actors:,} actors",
            "lower --replicates or run.replicates",
        )
        allowed = f"at most {LARGEST_STUDY:,} actors in all replicates"
        where = tree.latest("run.replicates", *(f"kind.{kind.id}.count" for kind in scenario.kinds))
        raise InputError("too large to hold in memory", found=found, allowed=allowed, fix=fix, **where)
    if not any(region.cloud_share > 0 for region in scenario.regions):
        fix = "give a region a cloud_share above 0"
        where = tree.latest(*(f"region.{id}.cloud_share" for id in scenario.region_ids))
        shares = {region.id: region.cloud_share for region in scenario.regions}
        raise InputError("no region runs a cloud", found=shares, allowed="a sum above 0", fix=fix, **where)
    if not any(getattr(kind, "reach", 0) > 0 for kind in scenario.kinds):
        fix = "keep a kind whose rule is corporation or startup, with a reach above 0"
        written = [f"kind.{kind.id}.reach" for kind in scenario.kinds if hasattr(kind, "reach")]
        where = tree.latest(*written) if written else {"file": tree.file, "key": "kind"}
        kinds = list(scenario.kind_ids)
        raise InputError("nobody sells AI products", found=kinds, allowed="a kind that sells", fix=fix, **where)
    for policy in scenario.policies:
        path = f"policy.{policy.id}"
        for key, known in (("kinds", scenario.kind_ids), ("regions", scenario.region_ids)):
            for name in getattr(policy, key):
                if name not in known:
                    raise unknown(key[:-1], name, known, **tree.where(f"{path}.{key}"))
        refusal = policy.refusal()
        if refusal:
            key, allowed, why = refusal
            found = getattr(policy, key)
            raise InputError(
                f"{key} {why}", found=found, allowed=allowed, fix=f"raise {key}", **tree.where(f"{path}.{key}")
            )
        if policy.needs_a_year_before and policy.origin < scenario.time.start + 1:
            first, where = scenario.time.start + 1, tree.where(f"{path}.{policy.relative}")
            fix = f"let it start in {first} or later, or give {policy.strength} as an amount"
            raise InputError(
                f"{policy.relative} is a share of the year before, which is not simulated", found=policy.origin,
                allowed=f"a start from {first} on", fix=fix, **where,
            )  # fmt: skip
        traded = [lever for lever in ("carbon_cap", "compute_cap") if lever in policy.levers]
        if traded and scenario.market.allocation == "queue":
            where = tree.latest(f"{path}.name", "market.allocation")
            fix = 'set market.allocation = "price" or "contracts"'
            raise InputError(
                "a queue has no prices, so permits cannot be traded",
                found=policy.name,
                allowed="price, contracts",
                fix=fix,
                **where,
            )
        twins = [other.id for other in scenario.policies if traded and other.name == policy.name
                 and other.start < policy.end and policy.start < other.end]  # fmt: skip
        if len(twins) > 1:
            fix = "keep one of them; a cap for some kinds or regions is one entry with kinds or regions"
            raise InputError(
                "one market for permits of a kind", found=twins, allowed="one entry at a time", fix=fix,
                **tree.where(path),
            )  # fmt: skip
        if policy.since > policy.start:
            fix = "let since be the start of the entry that this one continues, or leave it out"
            where = tree.latest(f"{path}.start", f"{path}.since")
            raise InputError(
                "a policy counts from after its start", found=f"{policy.since:g}",
                allowed=f"at most its start, {policy.start:g}", fix=fix, **where,
            )  # fmt: skip
        if policy.end <= policy.start:
            found, fix = f"{policy.start:g} to {policy.end:g}", "let it end after it starts"
            where = tree.latest(f"{path}.start", f"{path}.end")
            raise InputError("a policy ends before it starts", found=found, allowed="end after start", fix=fix, **where)
    product = scenario.product
    if product.margin + product.inference_share > 1:
        fix = "lower product.margin or product.inference_share, which is part of the cost of sales"
        found = f"{product.margin:g} + {product.inference_share:g}"
        where = tree.latest("product.margin", "product.inference_share")
        raise InputError("sales cannot pay for margin and compute", found=found, allowed="at most 1", fix=fix, **where)
    law, start = scenario.law, scenario.law_table.start_error
    if not law.lowest < start <= law.highest:
        fix, allowed = (
            "start from an error that the law can reach",
            f"above {law.lowest:g}, at most {law.highest:g} {law.unit}",
        )
        problem = "the start lies outside the law's domain"
        raise InputError(problem, found=start, allowed=allowed, fix=fix, **tree.where("law.start_error"))
    start_error = np.asarray(start)
    gain = scenario.product.growth_exponent * float(scenario.anchored_law().elasticity(start_error))
    if gain >= 1:
        fix = "lower product.growth_exponent, or choose a steeper law"
        problem = "markets would grow without bound: growth_exponent times the law's elasticity reaches one"
        raise InputError(
            problem, found=f"{gain:.2f}", allowed="below 1", fix=fix, **tree.where("product.growth_exponent")
        )


def _notes(scenario: Scenario, tree: Tree) -> Iterator[str]:
    """What is allowed and probably not meant, one sentence each."""
    for policy in scenario.policies:
        if policy.neutral:
            yield f"Note: policy {policy.id} changes nothing, since its {policy.strength} is at the neutral value."
        elif policy.start >= scenario.time.end + 1 or policy.end <= scenario.time.start:
            yield f"Note: policy {policy.id} is not in force in any year that is simulated."
    written = list(tree.origin)  # in the order of writing
    for key in ("start_error", "start_compute", "fitted_growth"):
        entries = f"law.{key}", "law.benchmark"
        elsewhere = tree.origin[entries[0]] != tree.origin[entries[1]]
        if elsewhere and written.index(entries[0]) < written.index(entries[1]):
            yield f"Note: law.{key} was written for another benchmark; give it for {scenario.law_table.benchmark}."
