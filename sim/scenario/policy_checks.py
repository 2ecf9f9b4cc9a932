"""What no single entry of a policy can show: one function for each rule, for every policy of a scenario."""

import re
from collections.abc import Callable, Iterator
from itertools import permutations
from math import inf, isfinite
from typing import Any

from sim.errors import InputError, nearest, unknown
from sim.mechanisms import market
from sim.policies import Policy
from sim.policies.levers import LEVERS, MARKETS, PAST_COMPUTE, PAST_EMISSIONS
from sim.quantity import base_unit, written
from sim.scenario.moments import edges, off
from sim.scenario.scenario import Scenario
from sim.scenario.tree import FROM_USER

LACKS = {"regions": "does not differ by region", "kinds": "holds for every kind of actor"}  # keys that others have
APART = "give the actors of a region a kind of their own, and name it in kinds (docs/first-study.md)"
FINER = (2, 4, 12)  # steps a year that a law's dates may call for: halves, quarters, months

Mistakes = Iterator[InputError]


def its_targets_are_known(scenario: Scenario, policy: Policy) -> Mistakes:
    """Kinds and regions it names are those of the scenario."""
    groups = {"kinds": scenario.kind_ids, "regions": scenario.region_ids}
    for (key, known), (other, others) in permutations(groups.items(), 2):
        for name in getattr(policy, key):
            if name not in known:
                none = type(policy).__dataclass_fields__[key].metadata["spec"].none
                fix = f"name some of these in {key} = [...], or take it out: then the policy holds for {none}"
                error = unknown(key[:-1], name, known, otherwise=fix, **_where(scenario, policy, key))
                near = nearest(name, others) if error.fix == fix else None
                if near:
                    error.problem = f"{near} is a {other[:-1]}, no {key[:-1]}"
                    error.fix = _of_the_other(policy, other, near)
                    if str(error.file) == str(FROM_USER):
                        told = f"{FROM_USER} 'policy.{policy.id}.{other}=\\1'"
                        error.fix = re.sub(rf"^write {other} = (.*)$", rf"write {told} in its place", error.fix)
                yield error


def _of_the_other(policy: Policy, key: str, name: str) -> str:
    """What to do with a name that belongs to another key, which the policy need not have."""
    if key in policy.parameters():
        return f'write {key} = ["{name}"]'
    return f"{policy.name} {LACKS[key]}: " + (APART if key == "regions" else "take it out")


def its_dates_begin_a_step(scenario: Scenario, policy: Policy) -> Mistakes:
    """A policy is in force in whole steps, so it starts and ends where steps do."""
    time = scenario.time
    dates = [(key, year, f"change its {key}") for key, path in policy.paths.items() for year in path.years]
    named = {year for _, year, _ in dates}
    dates += [(key, getattr(policy, key), key) for key in ("start", "end") if getattr(policy, key) not in named]
    for key, year, what in dates:
        if not time.start < year < time.end + 1:
            continue
        if off(year, time.steps_per_year):
            before, after = edges(year, time.steps_per_year)
            finer = (n for n in FINER if n > time.steps_per_year and n % time.steps_per_year == 0 and not off(year, n))
            fix = f"write {before:g} or {after:g}" + "".join(f", or time.steps_per_year = {n}" for n in [*finer][:1])
            problem = f"a policy cannot {what} within a step"
            step = f"one of {time.steps_per_year} steps a year" if time.steps_per_year > 1 else "a year"
            allowed = f"where {step} begins"
            yield InputError(problem, found=year, allowed=allowed, fix=fix, **_where(scenario, policy, key))


def its_parameters_make_sense(scenario: Scenario, policy: Policy) -> Mistakes:
    """What the policy itself refuses."""
    for moment in policy.moments():
        refusal = moment.refusal()
        if refusal:
            where = _where(scenario, policy, refusal.key)
            found = _as_written(scenario, where["key"], getattr(moment, refusal.key))
            yield InputError(refusal.problem, found=found, allowed=refusal.allowed, fix=refusal.fix, **where)
            return


def _as_written(scenario: Scenario, path: str, found: Any) -> Any:
    """A number of one moment as the scenario writes it, with its unit; anything else as it is."""
    number = scenario.numbers.get(path)
    if number is None or isinstance(found, bool | str) or not isinstance(found, int | float):
        return found
    if isinstance(number.base, int | float) and number.base == found:
        return f"{written(number.value)} {number.unit}".removesuffix(" 1").removesuffix(" year")
    return f"{written(found)} {base_unit(number.unit)}".removesuffix(" 1").removesuffix(" year")


def it_has_a_year_before(scenario: Scenario, policy: Policy) -> Mistakes:
    """A share of the year before, and permits given away by its use, need that calendar year to be simulated."""
    time, share = scenario.time, policy.goes_by_the_year_before
    given_away = not policy.neutral and not {PAST_EMISSIONS, PAST_COMPUTE}.isdisjoint(policy.uses())
    rests = [(share, policy.origin, f"{share} is a share", f"give {policy.strength} as an amount")] if share else []
    rests += [("allocation", policy.start, "permits are given away by the use", "auction them")] if given_away else []
    for key, began, what, or_else in rests:
        if began == -inf or policy.year_before(began, time.steps_per_year) < time.start:
            yield no_year_before(scenario, policy, key, began, what, or_else)


def no_year_before(scenario: Scenario, policy: Policy, key: str, began: float, what: str, or_else: str) -> InputError:
    """The error for what goes by the calendar year before a policy ``began`` [year], where that is not simulated."""
    first = scenario.time.start + 1
    problem = f"{what} of the calendar year before, which is not simulated"
    allowed, fix = f"a start from {first} on", f"let it start in {first} or later, or {or_else}"
    found = "no start" if began == -inf else int(began) if float(began).is_integer() else began
    return InputError(problem, found=found, allowed=allowed, fix=fix, **_where(scenario, policy, key))


def its_permits_have_a_price(scenario: Scenario, policy: Policy) -> Mistakes:
    """Permits are traded only where compute has a market."""
    rule = scenario.market.allocation
    if not MARKETS.isdisjoint(policy.levers) and not market.RULES[rule].priced:
        priced = [name for name, other in market.RULES.items() if other.priced]
        problem, allowed = f"a {rule} has no prices, so permits cannot be traded", ", ".join(priced)
        where = _where(scenario, policy, "name", "market.allocation")
        fix = "set market.allocation = " + " or ".join(f'"{name}"' for name in priced)
        yield InputError(problem, found=policy.name, allowed=allowed, fix=fix, **where)


def its_permits_have_one_market(scenario: Scenario, policy: Policy) -> Mistakes:
    """Two entries of one market for permits, of whatever policies, do not hold at the same time: one for all permits
    for compute, and one for permits to emit for each choice of kinds and regions."""
    for lever in (one for one in policy.levers if one in MARKETS):
        several = "market" in LEVERS[lever].axes
        twins = [other.id for other in scenario.policies if lever in other.levers and not other.neutral
                 and other.start < policy.end and policy.start < other.end
                 and (not several or scenario.target(other).covered == scenario.target(policy).covered)]  # fmt: skip
        if len(twins) > 1 and policy.id == twins[0]:
            fix = "keep one of them; a cap for some kinds or regions is one entry with kinds or regions"
            problem = "one market for permits of a kind" + " for the same kinds and regions" * several
            where = scenario.tree.where(f"policy.{policy.id}")
            yield InputError(problem, found=twins, allowed="one entry at a time", fix=fix, **where)


def it_counts_from_no_later_than_its_start(scenario: Scenario, policy: Policy) -> Mistakes:
    """Growth and ramp have begun when the policy begins."""
    if policy.since > policy.start:
        problem, allowed = "a policy counts from after its start", f"at most its start, {policy.start:g}"
        fix = "let since be the start of the entry that this one continues, or leave it out"
        where = _where(scenario, policy, "start", f"policy.{policy.id}.since")
        yield InputError(problem, found=f"{policy.since:g}", allowed=allowed, fix=fix, **where)


def it_lasts_a_step(scenario: Scenario, policy: Policy) -> Mistakes:
    """Start and end are in order, and there is a step between them in which it is in force."""
    steps = scenario.time.steps_per_year
    within = any(isfinite(date) and off(date, steps) for date in (policy.start, policy.end))  # told already
    if policy.lasts(steps) > 0 or (within and policy.start < policy.end):
        return
    problem, allowed, fix = "a policy ends before it starts", "end after start", "let it end after it starts"
    if policy.start < policy.end:
        problem, allowed = "a policy ends before a step has gone by", f"at least 1/{steps} of a year"
        fix = "let it end later, or raise time.steps_per_year"
    where = _where(scenario, policy, "start", f"policy.{policy.id}.end")
    yield InputError(problem, found=f"{policy.start:g} to {policy.end:g}", allowed=allowed, fix=fix, **where)


def _where(scenario: Scenario, policy: Policy, key: str, *others: str) -> dict[str, Any]:
    """File and key of a policy's parameter, or of the one among it and other entries that was written last."""
    path = f"policy.{policy.id}.{key}"
    return scenario.tree.latest(path, *others) if others else scenario.tree.where(path)


POLICY_RULES: tuple[Callable[[Scenario, Policy], Mistakes], ...] = (
    its_targets_are_known,
    its_dates_begin_a_step,
    its_parameters_make_sense,
    it_has_a_year_before,
    its_permits_have_a_price,
    its_permits_have_one_market,
    it_counts_from_no_later_than_its_start,
    it_lasts_a_step,
)
