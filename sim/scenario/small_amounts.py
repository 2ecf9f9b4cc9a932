"""A note on amounts of money of which next to nothing is left for each actor: 300 USD/yr where 300 MUSD/yr is meant."""

from collections.abc import Iterator

from sim.plurals import counted
from sim.policies import Policy
from sim.quantity import Quantity, Series, amounts, factor, written
from sim.scenario.scenario import Scenario

LITTLE = 100.0  # USD a year for one actor
PER_YEAR, ONCE = "USD/yr", "USD"


def amounts_of_next_to_nothing(scenario: Scenario) -> Iterator[str]:
    """Money of a policy, a millionth of what was meant."""
    for policy in scenario.policies:
        specs = {key: policy.__dataclass_fields__[key].metadata["spec"] for key in policy.given}
        for key in (key for key, spec in specs.items() if spec.unit in (PER_YEAR, ONCE)):
            number = next(one for one in scenario.quantities if one.path == f"policy.{policy.id}.{key}")
            actors = _served(scenario, policy) if key in policy.amounts else 1
            years = policy.end - policy.start if specs[key].unit == ONCE else 1.0
            each = max(amounts(number.base)) / actors / years if actors else LITTLE
            if 0 < each < LITTLE:
                of = f"each of {counted(actors, 'actor')}" if key in policy.amounts else "each actor"
                yield f"{number.path} is {_written(number)}, so little: ${each:.3g} a year for {of}.{_meant(number)}"


def _served(scenario: Scenario, policy: Policy) -> int:
    return sum(scenario.kinds[place].count for place in scenario.target(policy).kinds)


def _written(number: Quantity) -> str:
    if isinstance(number.base, Series):
        return f"at most {max(number.base.values) / factor(number.unit, number.unit):.6g} {number.unit}"
    return f"{written(number.value)} {number.unit}"


def _meant(number: Quantity) -> str:
    """The same number in millions, where it was written in ones."""
    if isinstance(number.base, Series) or factor(number.unit, number.unit) != 1.0:
        return ""
    return f" {written(number.value)} million is written {written(number.value)} M{number.unit}."
