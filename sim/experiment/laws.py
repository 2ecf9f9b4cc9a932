"""One world under several laws: the ends of its law's exponent, and the other published fits of its benchmark."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.errors import InputError, UnfitLaw
from sim.scenario import Scenario
from sim.scenario.data import laws
from sim.scenario.variants import changed, with_notes

RESPONSE, LEAST = "product.growth_exponent", 0.0
LEFT_OUT = "Note: without the law"  # how the note on one that is left out begins
HELD = {  # what is held of the market for AI products when the law changes
    "accuracy": "how the market grows with accuracy",
    "compute": "how the market grows with compute, at the start",
}


def under_laws(own: Scenario, held: str = "accuracy") -> list[Scenario]:
    """The flattest law first: the low end of the exponent's range, its value, the high end, then the other fits.

    The law stays anchored where the scenario anchors it (``law.start_error`` at ``law.start_compute``, or at a
    published run), and all else is held: means, prices, what is known. ``held`` is one of HELD: with "compute",
    ``product.growth_exponent`` moves against the law's elasticity at the start. A law without a range of its exponent
    comes as it is. One that this world cannot have is left out, which the first notes.
    """
    found, left_out = list[Scenario](), list[str]()
    for name, title, entries in _asked(own):
        try:
            found.append(_under(own, held, name, title, entries))
        except UnfitLaw as error:
            left_out.append(without(name, error))
    return [with_notes(found[0], [*found[0].notes, *left_out]), *found[1:]] if left_out else found


def _asked(own: Scenario) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, title and entries of each variant; without entries the scenario as it stands."""
    key = own.law.steepness
    quantity = own.numbers.get(f"law.{key}") if key else None
    if quantity is not None and quantity.low is not None and quantity.high is not None:
        for value, which in ((quantity.low, "low end"), (quantity.value, ""), (quantity.high, "high end")):
            entry = {"value": value, "basis": "assumed", "note": which}
            yield f"{key}_{value:g}", f"{key.capitalize()} {value:g}", {quantity.path: entry} if which else {}
    else:
        yield own.law_table.profile, f"Law {own.law_table.profile}", {}
    for profile in law_profiles(own):
        if profile != own.law_table.profile:
            yield profile, f"Law {profile}", {"law.profile": profile}


def _under(own: Scenario, held: str, name: str, title: str, entries: dict[str, Any]) -> Scenario:
    """One variant. Raises InputError, and UnfitLaw where the scenario cannot have its law."""
    if held == "accuracy" or not entries:
        return changed(own, entries, name=name, title=title)
    note = "as responsive to compute as under the scenario's own law"
    entry = {"value": LEAST, "unit": "1", "basis": "assumed", "note": note}
    there = changed(own, {**entries, RESPONSE: entry}, name=name, title=title)  # any law is possible so
    exponent = own.product.growth_exponent * _elasticity(own) / _elasticity(there)
    return changed(there, {RESPONSE: {**entry, "value": exponent}})


def without(law: str, error: InputError) -> str:
    """The note on a law that is left out: why, and what would do."""
    say = f"{error.problem}; {error.key} is {error.found:g}, and would have to be {error.allowed}"
    return f"{LEFT_OUT} {law}, which this world cannot have: {say}."


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
