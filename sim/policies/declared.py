"""Whether a policy is declared so that it can be used: looked at whenever all are asked for."""

import re
from dataclasses import MISSING, fields
from math import floor, inf
from numbers import Real
from typing import Any

from sim.errors import BrokenCode, InputError, unknown
from sim.owncode import place_of
from sim.policies.levers import LEVERS, SERVED
from sim.quantity import Spec
from sim.registry import refuse_plain_fields

SAYS = ("levers", "strength", "source", "effect", "cannot", "laws", "claims")  # what every policy says of itself
NAME = r"[A-Za-z0-9_-]+"
MOVES = ("rises", "falls")  # what a policy may do to a measure
DECORATOR = "put @dataclass(frozen=True, kw_only=True) above the class"


def look_at(cls: Any) -> None:
    """Raises InputError for a policy that leaves something out, or says what may not be."""
    key, usable = f"{cls.__module__}.{cls.__name__}", {one.name: one.default for one in fields(cls)}
    for name in (*SAYS, *sorted(getattr(cls, "__abstractmethods__", ()))):
        if not hasattr(cls, name) or name not in SAYS:
            problem, fix = f"the policy '{cls.name}' does not say its {name}", f"add {name}, see docs/add-a-policy.md"
            raise InputError(problem, key=key, allowed=f"policies with {', '.join(SAYS)} and act", fix=fix)
    if not re.fullmatch(NAME, cls.name):
        problem, allowed = "a policy's name is written in keys of scenarios", "letters (a to z), digits, _ and -"
        raise InputError(problem, key=f"{key}.name", found=cls.name, allowed=allowed, fix="give it another name")
    for name in ("levers", "laws"):
        said = getattr(cls, name)
        if isinstance(said, str):
            problem, fix = f"{name} of the policy '{cls.name}' are a text", f'write {name} = ("{said}",), with a comma'
            raise InputError(problem, key=key, found=said, allowed=f"a tuple of {name}", fix=fix)
    for name in cls.levers:
        if name not in LEVERS:
            raise unknown("lever", name, LEVERS, key=f"{key}.levers")
    if cls.serves not in SERVED:
        raise unknown("sector", cls.serves, [one for one in SERVED if one], key=f"{key}.serves")
    for role, name in (
        ("strength", cls.strength),
        ("relative", cls.relative),
        *(("amounts", one) for one in cls.amounts),
    ):
        if name not in usable and (name or role == "strength"):
            if "__dataclass_fields__" not in vars(cls):
                raise InputError(
                    f"the policy '{cls.name}' is no dataclass", key=key, allowed="a dataclass", fix=DECORATOR
                )
            raise unknown("parameter", name, usable, key=f"{key}.{role}")
    if usable[cls.strength] is MISSING:
        problem, fix = f"the strength of the policy '{cls.name}' has no default", "add default=, the value of no policy"
        raise InputError(problem, key=f"{key}.{cls.strength}", allowed="a default that means no policy", fix=fix)
    refuse_plain_fields(cls, f"the policy '{cls.name}'")
    _look_at_claims(cls, f"{key}.claims")
    barely = getattr(cls, "hardly", 1.0)
    if isinstance(barely, bool) or not isinstance(barely, Real) or barely != barely:
        problem = f"hardly of the policy '{cls.name}' is no number"
        fix = f"write hardly = ..., in units of {cls.strength}"
        raise InputError(problem, key=f"{key}.hardly", found=barely, allowed="a strength as a number", fix=fix)


def _look_at_claims(cls: Any, key: str) -> None:
    """Raises InputError for claims that nobody can hold a policy to."""
    example = 'Claim("emissions_operational", FALLS, 0, 0.9)'
    if not isinstance(cls.claims, list | tuple) or not all(hasattr(one, "moves") for one in cls.claims):
        problem, allowed = f"claims of the policy '{cls.name}' are none", "a tuple of claims, or () where it has none"
        raise InputError(problem, key=key, found=cls.claims, allowed=allowed, fix=f"write claims = ({example},)")
    for claim in cls.claims:
        if claim.moves not in MOVES:
            raise unknown("way to move", claim.moves, MOVES, key=key)
        ends = [claim.least, claim.most]
        if not all(isinstance(end, Real) for end in ends) or not ends[0] <= ends[1]:
            problem, fix = f"the bounds of a claim on {claim.measure} are in no order", f"write {example}"
            raise InputError(problem, key=key, found=ends, allowed="two numbers, least <= most", fix=fix)


def no_levers(policy: Any, found: Any) -> BrokenCode:
    """The error for what ``act`` gives that is no dictionary of numbers by the policy's levers."""
    called = policy.id or policy.name
    if not isinstance(found, dict):
        problem, fix = f"`act` of the policy '{called}' gave no levers", "return {} where it pulls none"
        given = found if found is not None else "None"
        return _broken(policy, problem, given, "a dictionary of numbers by the names of its levers", fix)
    name = next((name for name in found if name not in policy.levers), None)
    if name is None:
        name, wrong = next((name, one) for name, one in found.items() if not isinstance(one, Real))
        problem = f"`act` of the policy '{called}' gave what is no number for {name}"
        return _broken(policy, problem, wrong, "a number", "give one number for each lever")
    if name in LEVERS:
        problem, fix = f"the policy '{called}' pulls a lever that it does not declare", f'add "{name}" to its levers'
        return _broken(policy, problem, name, ", ".join(policy.levers), fix)
    error = unknown("lever", name, policy.levers)
    return _broken(policy, error.problem, name, str(error.allowed), str(error.fix))


def beyond_range(policy: Any, name: str, value: float, time: float) -> BrokenCode:
    """The error for a lever that ``act`` gives a number at which it cannot stand, at a time [year]."""
    lever = LEVERS[name]
    problem = f"in {floor(time)} the policy '{policy.id or policy.name}' pulls {name} beyond its range"
    fix = f"let `act` give no more, as by min({lever.high:g}, ...)"
    if value < lever.low:
        fix = f"let `act` give no less, as by max({lever.low:g}, ...)"
    elif value == inf:
        fix = "mend what makes it infinite in `act`, such as a number over 0"
    elif value != value:
        fix = "mend what makes it nan in `act`, such as inf - inf, or 0 times inf"
    allowed = Spec(lever.unit, lever.doc, lever.low, lever.high).allowed
    return _broken(policy, problem, float(value), allowed, f"{fix}; it means: {lever.doc}")


def _broken(policy: Any, problem: str, found: Any, allowed: str, fix: str) -> BrokenCode:
    """An error in ``act``, told by where it is written."""
    place = place_of(type(policy).act)
    key = place.key if place else f"{type(policy).__module__}.{type(policy).__name__}.act"
    return BrokenCode(problem, file=place and place.file, key=key, found=found, allowed=allowed, fix=fix)
