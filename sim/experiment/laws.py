"""One world under several laws: the ends of its law's exponent, and the other published fits of its benchmark."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.scenario import Scenario
from sim.scenario.data import laws
from sim.scenario.variants import changed

HELD = {  # what is held of the market for AI products when the law changes
    "accuracy": "how the market grows with accuracy",
    "compute": "how the market grows with compute, at the start",
}


def under_laws(own: Scenario, held: str = "accuracy") -> list[Scenario]:
    """The flattest law first: the low end of the exponent's range, its value, the high end, then the other fits.

    The law stays anchored where the scenario anchors it (``law.start_error`` at ``law.start_compute``, or at a
    published run), and all else is held: means, prices, what is known. ``held`` is one of HELD: with "compute",
    ``product.growth_exponent`` moves against the law's elasticity at the start. A law without a range of its exponent
    comes as it is.
    """

    def law(name: str, title: str, entries: dict[str, Any]) -> Scenario:
        scenario = changed(own, entries, name=name, title=title)
        if held == "accuracy" or not entries:
            return scenario
        exponent = own.product.growth_exponent * _elasticity(own) / _elasticity(scenario)
        note = "as responsive to compute as under the scenario's own law"
        entry = {"value": exponent, "unit": "1", "basis": "assumed", "note": note}
        return changed(scenario, {"product.growth_exponent": entry})

    found = []
    key = own.law.steepness
    quantity = next((q for q in own.quantities if key and q.path == f"law.{key}"), None)
    if quantity is not None and quantity.low is not None and quantity.high is not None:
        for value, which in ((quantity.low, "low end"), (quantity.value, ""), (quantity.high, "high end")):
            entry = {"value": value, "basis": "assumed", "note": which}
            entries = {quantity.path: entry} if which else {}
            found.append(law(f"{key}_{value:g}", f"{key.capitalize()} {value:g}", entries))
    else:
        found.append(law(own.law_table.profile, f"Law {own.law_table.profile}", {}))
    others = [profile for profile in law_profiles(own) if profile != own.law_table.profile]
    return found + [law(name, f"Law {name}", {"law.profile": name}) for name in others]


def steepest(scenarios: Sequence[Scenario]) -> int | None:
    """Which of scenarios from ``under_laws`` has the high end of the first one's exponent; None without a range."""
    same = [i for i, scenario in enumerate(scenarios) if scenario.law_table.profile == scenarios[0].law_table.profile]
    return same[-1] or None


def law_profiles(scenario: Scenario) -> list[str]:
    """Names of the published laws of a scenario's benchmark."""
    return list(laws()["benchmarks"][scenario.law_table.benchmark])


def _elasticity(scenario: Scenario) -> float:
    """Powers of accuracy per power of compute at the start."""
    return float(scenario.anchored_law().elasticity(np.asarray(scenario.start_error)))
