"""Numbers that nothing in a world depends on, since the mechanism that uses them is off."""

from collections.abc import Sequence

from sim.records import parts
from sim.scenario.scenario import Scenario

USED_BY = {  # mechanisms of which one has to be on, by how the paths of numbers begin
    "abatement.": ("abatement", "pledges"),
    "abatement.remov": ("abatement",),
    "pledges.": ("pledges",),
    "expectations.": ("expectations",),
    "product.serving_": ("serving_grows",),
    "product.habit": ("brand_habit",),
}


def idle(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """The mechanism that a number waits for, by the path of the number: of those without effect in all scenarios."""
    on = {name for scenario in scenarios for name, works in parts(scenario.mechanisms).items() if works}
    off = {begins: names[0] for begins, names in USED_BY.items() if on.isdisjoint(names)}
    paths = dict.fromkeys(quantity.path for scenario in scenarios for quantity in scenario.quantities)
    return {path: name for path in paths for begins, name in off.items() if path.startswith(begins)}
