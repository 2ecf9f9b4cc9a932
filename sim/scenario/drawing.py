"""Assumptions drawn anew: numbers fitted to records from the ensemble that a scenario names, every other number of the
world with a range from a stream of its own."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from sim.errors import InputError
from sim.mathematics import exp, log
from sim.quantity import Quantity
from sim.rng import brief_stream
from sim.scenario.ensemble import Ensemble
from sim.scenario.scenario import Scenario
from sim.scenario.variants import with_values

WIDE = 10.0  # high over low from which a quantity is drawn evenly in its logarithm
MOST_TRIES = 1000
OBSERVED = "observation."  # begins paths that move nothing in a world


def uncertain(scenario: Scenario) -> dict[str, Quantity]:
    """Numbers of the world that have a range, by path. Choices (policies, horizon, counts) have none, and how a world
    is observed moves nothing in it."""
    return {
        quantity.path: quantity
        for quantity in scenario.quantities
        if quantity.basis != "choice" and isinstance(quantity.base, float) and quantity.low is not None
        and quantity.high is not None and not quantity.path.startswith(("policy.", OBSERVED))
    }  # fmt: skip


def undecided(scenario: Scenario, *, observed: bool = False) -> dict[str, Quantity]:
    """Numbers that a draw gives values, by path: of the scenario's ensemble, and the ``uncertain`` ones. ``observed``:
    also those of its ensemble that say how a world is observed."""
    found = uncertain(scenario)
    if scenario.ensemble is None:
        return found
    points = (path for path in scenario.ensemble.paths if observed or not path.startswith(OBSERVED))
    return found | {path: scenario.numbers[path] for path in points}


def without_range(scenario: Scenario) -> list[Quantity]:
    """Numbers and yearly series of the world that are never drawn."""
    ranged = undecided(scenario)
    facts = [quantity for quantity in scenario.quantities if quantity.basis != "choice"]
    return [quantity for quantity in facts if quantity.path not in ranged]


def fact(quantity: Quantity) -> Any:
    """What a number tells, which others may tell too: the fact that its entry names; else the reason that it shares
    with numbers of other kinds or regions, of one key, value and range; else itself, its path."""
    if quantity.fact:
        return quantity.fact.removeprefix("-"), "fact"
    key, why = quantity.path.rpartition(".")[2], (quantity.source, quantity.note)
    if not any(why) or quantity.path.count(".") < 2:
        return quantity.path
    return key, quantity.base, quantity.low, quantity.high, quantity.unit, quantity.draw, *why


def facts(quantities: Mapping[str, Quantity], named: Mapping[str, str] | None = None) -> list[list[str]]:
    """Paths of numbers, those of one fact together. ``named`` gives some of them another name to go by."""
    found: dict[Any, list[str]] = {}
    for path, quantity in quantities.items():
        found.setdefault((named or {}).get(path) or fact(quantity), []).append(path)
    return list(found.values())


def bounds(quantity: Quantity) -> tuple[float, float]:
    """Low and high of a quantity in base units."""
    assert quantity.low is not None
    assert quantity.high is not None
    return quantity.low * quantity.scale, quantity.high * quantity.scale


def shape(quantity: Quantity) -> str:
    """As declared; otherwise triangular with its peak at the value, or even in the logarithm when high is over ten
    times low."""
    return quantity.draw or _usual_shape(*bounds(quantity))


def _usual_shape(low: float, high: float) -> str:
    return "log-uniform" if low > 0 and high > WIDE * low else "triangular"


def drawn(quantity: Quantity, chance: float) -> float:
    """A value in base units from a uniform ``chance`` between 0 and 1, in the quantity's shape; from what is left of it
    where the quantity moves against others of its fact."""
    chance = 1.0 - chance if (quantity.fact or "").startswith("-") else chance
    low, high = bounds(quantity)
    peak, how = min(max(quantity.base, low), high), quantity.draw or _usual_shape(low, high)
    if high <= low:
        return low
    if how == "log-uniform":
        return exp(log(low) + chance * (log(high) - log(low)))
    if how == "uniform":
        return low + chance * (high - low)
    if chance * (high - low) < peak - low:
        return low + sqrt(chance * (high - low) * (peak - low))
    return high - sqrt((1.0 - chance) * (high - low) * (high - peak))


def worlds(
    scenarios: Sequence[Scenario], seed: int, replicate: int, *, observed: bool = False, first: int = 0
) -> tuple[dict[str, float], int, list[Scenario]]:
    """A draw for the first of some scenarios, how many were thrown away before, and the scenarios with its values.

    Numbers of the first one's ensemble come from one point of it, drawn by weight: the same point for all of them, and
    with ``observed`` also what it says of how a world is observed. Of the rest, numbers of one fact have one chance,
    each where it lies in its own range: that of the point where the ensemble has a number of the fact, and its value
    where that number has the same range. Else each fact has a stream of its own, so that adding one moves no other.
    Each scenario takes the values that it shares with the first. A draw that makes an impossible world of one of them,
    as the checks of a file have it, is thrown away whole; so are those before the ``first`` one. Raises InputError
    where hardly any draw makes a possible world.
    """
    ensemble, found = scenarios[0].ensemble, undecided(scenarios[0], observed=observed)
    grouped = facts(found)
    takes = [found.keys() if one is scenarios[0] else shared(found, one) for one in scenarios]
    broken: dict[str, list[InputError]] = {}
    for attempt in range(first, first + MOST_TRIES):
        values: dict[str, float] = {}
        if ensemble:
            values |= ensemble.point(float(brief_stream(seed, replicate, "ensemble", attempt).random()))
        for paths in grouped:
            left = [path for path in paths if path not in values]
            if left:
                chance = _chance(found, paths, ensemble, values, (seed, replicate, attempt))
                values |= {path: _like(found, paths, values, path, chance) for path in left}
        values = {path: values[path] for path in found}
        own = [{path: values[path] for path in paths} for paths in takes]
        try:
            return values, attempt, list(map(with_values, scenarios, own))
        except InputError as error:
            for one in (error, *error.also):
                broken.setdefault(one.problem, []).append(one)
    raise _hardly_any(scenarios[0], broken)


def _hardly_any(scenario: Scenario, broken: Mapping[str, Sequence[InputError]]) -> InputError:
    """The error for ranges of which every draw breaks a rule of the checks: ``broken`` are its errors by problem."""
    often = max(broken.values(), key=len)
    problem = f"the ranges of this scenario leave hardly any possible world. Most often, {often[0].problem}"
    found = f"so in {len(often)} of {MOST_TRIES} draws, and no draw is possible"
    fix = "narrow the ranges of its numbers"
    return InputError(problem, file=scenario.file, key=often[0].key, found=found, allowed=often[0].allowed, fix=fix)


def _chance(
    found: Mapping[str, Quantity], paths: Sequence[str], ensemble: Ensemble | None, values: Mapping[str, float],
    of: tuple[int, int, int],
) -> float:  # fmt: skip
    """The chance of a fact in a draw, by seed, replicate and attempt: from the point of an ensemble that has a number
    of it, else from its stream."""
    leader = next((path for path in paths if path in values), None)
    if ensemble is not None and leader is not None:
        chance = ensemble.rank(leader, values[leader])
        return 1.0 - chance if (found[leader].fact or "").startswith("-") else chance
    seed, replicate, attempt = of
    told = found[paths[0]].fact
    purpose = f"fact {told.removeprefix('-')}" if told else f"assumption {paths[0]}"
    return float(brief_stream(seed, replicate, purpose, attempt).random())


def _like(
    found: Mapping[str, Quantity], paths: Sequence[str], values: Mapping[str, float], path: str, chance: float
) -> float:
    """A value of a number: that of one of its fact which has a value and the same range, else by the chance of both."""
    own = _range(found[path])
    twin = next((other for other in paths if other in values and _range(found[other]) == own), None)
    return drawn(found[path], chance) if twin is None else values[twin]


def _range(quantity: Quantity) -> tuple[object, ...]:
    return quantity.base, quantity.low, quantity.high, quantity.unit, quantity.draw, quantity.fact


def shared(before: Mapping[str, Quantity], scenario: Scenario) -> list[str]:
    """The undecided numbers of a baseline that a scenario leaves as they are: it takes their drawn values."""
    after = undecided(scenario, observed=True)
    return [path for path, quantity in before.items() if path in after and after[path].base == quantity.base]
