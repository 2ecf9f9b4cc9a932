"""What a world is made of: each mechanism, the feedback of revenue, and each difference in endowment between kinds;
each can be taken out."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from math import isclose
from operator import attrgetter
from typing import Any

from sim.actors import Kind
from sim.arrays import added
from sim.mathematics import exp, log
from sim.scenario import Scenario
from sim.scenario.schema import Mechanisms
from sim.scenario.variants import changed, in_base_units

MECHANISM, ENDOWMENT = "mechanism", "endowment"
LEFT_OUT = "left out: as if kinds were alike, or accuracy of no effect"
REACH = "reach"  # the number of a kind that sells
FEEDBACK = "revenue_feedback"  # accuracy makes the market for AI products grow


@dataclass(frozen=True)
class Factor:
    """One part of a world, and how the world is without it."""

    id: str
    group: str  # mechanism or endowment
    meaning: str
    entries: Callable[[Scenario], dict[str, Any]]  # those that take it out of a scenario, by path


def factors(scenario: Scenario) -> list[Factor]:
    """All parts of a scenario that can be taken out: mechanisms that work in it, then differences between its kinds."""
    found = []
    for field in fields(Mechanisms):
        if getattr(scenario.mechanisms, field.name) and _acts(field.name, scenario):
            meaning = field.metadata["spec"].doc
            found.append(Factor(field.name, MECHANISM, meaning, _switched_off(field.name)))
    if scenario.product.growth_exponent:
        meaning = "accuracy makes the market for AI products grow; off: it stays at its size"
        found.append(Factor(FEEDBACK, MECHANISM, meaning, _without_feedback))
    for id, (meaning, equal) in ENDOWMENTS.items():
        if _differ(scenario.kinds, equal(scenario.kinds)):
            found.append(Factor(id, ENDOWMENT, meaning, _equalled(equal)))
    return found


def _acts(mechanism: str, scenario: Scenario) -> bool:
    """Whether a mechanism has anything to act on: buying region by region has nothing where no policy names regions."""
    return mechanism != "regional_purchases" or any(policy.regions for policy in scenario.policies)


def _differ(some: tuple[Kind, ...], others: tuple[Kind, ...]) -> bool:
    """Whether kinds differ by more than rounding."""

    def numbers(kind: Kind) -> list[float]:
        values = [getattr(kind, field.name) for field in fields(kind)]
        return [x for v in values for x in (v.values() if isinstance(v, dict) else [v]) if isinstance(x, int | float)]

    return any(
        not isclose(one, other)
        for a, b in zip(some, others, strict=True)
        for one, other in zip(numbers(a), numbers(b), strict=True)
    )


def without(scenario: Scenario, left_out: list[Factor]) -> Scenario:
    """The scenario without these parts."""
    return changed(scenario, {path: entry for factor in left_out for path, entry in factor.entries(scenario).items()})


def _switched_off(name: str) -> Callable[[Scenario], dict[str, Any]]:
    return lambda scenario: {f"mechanisms.{name}": False}


def _without_feedback(scenario: Scenario) -> dict[str, Any]:
    return {"product.growth_exponent": in_base_units(type(scenario.product), "growth_exponent", 0.0, LEFT_OUT)}


def sellers_of_nothing(kinds: tuple[Kind, ...]) -> list[Kind]:
    """The kinds that sell nothing while others do: that is their rule, which is no endowment and stays."""
    found = [kind for kind in kinds if not hasattr(kind, REACH)]
    return found if len(found) < len(kinds) else []


Equal = Callable[[tuple[Kind, ...]], tuple[Kind, ...]]


def _equalled(equal: Equal) -> Callable[[Scenario], dict[str, Any]]:
    """The numbers of kinds that differ from those of equal kinds, as those have them."""

    def entries(scenario: Scenario) -> dict[str, Any]:
        return {
            f"kind.{kind.id}.{field.name}": in_base_units(type(kind), field.name, getattr(other, field.name), LEFT_OUT)
            for kind, other in zip(scenario.kinds, equal(scenario.kinds), strict=True)
            for field in fields(kind)
            if getattr(kind, field.name) != getattr(other, field.name)
        }

    return entries


def _middle(kinds: tuple[Kind, ...], of: Callable[[Kind], float], *, logs: bool) -> float:
    """The mean over actors: geometric for amounts, arithmetic for rates and shares."""
    total = sum(kind.count for kind in kinds)
    if logs:
        return exp(float(added(kind.count * log(of(kind)) for kind in kinds)) / total)
    return float(added(kind.count * of(kind) for kind in kinds)) / total


def _alike(*names: str, amounts: tuple[str, ...] = ()) -> Equal:
    """All kinds that have a number get the mean over their actors."""

    def equal(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        changes: dict[str, dict[str, Any]] = {kind.id: {} for kind in kinds}
        for name in (*names, *amounts):
            having = tuple(kind for kind in kinds if hasattr(kind, name))
            logs = name in amounts and all(getattr(kind, name) > 0 for kind in having)
            for kind in having:
                changes[kind.id][name] = _middle(having, attrgetter(name), logs=logs)
        return tuple(replace(kind, **changes[kind.id]) for kind in kinds)

    return equal


def _means(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """The median actor of each kind can spend the same in the first year; spread and growth of it are alike."""
    having = tuple(kind for kind in kinds if getattr(kind, kind.own_means.amount) > 0)
    if len(having) < 2:
        return kinds

    def number(kind: Kind, name: str) -> float:
        return float(getattr(kind, getattr(kind.own_means, name)))

    level = _middle(having, lambda kind: number(kind, "amount") * number(kind, "share"), logs=True)
    spread = _middle(having, lambda kind: number(kind, "spread"), logs=False)
    growing = tuple(kind for kind in having if kind.own_means.growth)
    growth = _middle(growing, lambda kind: number(kind, "growth"), logs=False) if growing else 0.0
    changed = []
    for kind in kinds:
        if kind in having:
            amount, share, width, rate = kind.own_means
            new: dict[str, Any] = {amount: level / getattr(kind, share), width: spread}
            kind = replace(kind, **({**new, rate: growth} if rate else new))
        changed.append(kind)
    return tuple(changed)


def _places(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """All kinds are at home in the same regions, and run their work in the same way."""
    regions = list(dict.fromkeys(region for kind in kinds for region in kind.home))

    def weight(region: str) -> Callable[[Kind], float]:
        def of(kind: Kind) -> float:
            return kind.home.get(region, 0.0) / float(added(kind.home.values()))

        return of

    home = {region: _middle(kinds, weight(region), logs=False) for region in regions}
    return tuple(replace(kind, home=home) for kind in _alike("home_share", "pue")(kinds))


ENDOWMENTS: dict[str, tuple[str, Equal]] = {
    "first_plans": (
        "what kinds spend on training at first, and how unequal they are in it; off: alike",
        _alike("start_spread", "means_spread", amounts=("start_plan",)),
    ),
    "outside_means": (
        "money from outside the market for AI products: core revenue, cash, grants; off: as much for all, as unequal, "
        "growing alike",
        _means,
    ),
    "customers": (
        "reach of sellers at equal accuracy; off: alike among those who sell",
        _alike("reach_spread", amounts=(REACH,)),
    ),
    "pace": ("how fast budgets can grow; off: alike", _alike(amounts=("ramp",))),
    "openness": ("what kinds publish and release; off: alike", _alike("openness", "release_share")),
    "places": ("where kinds are at home, and their data centres; off: alike", _places),
}
