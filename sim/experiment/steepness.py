"""One world under several laws: the ends of its law's exponent, and the other published fits of its benchmark."""

from collections.abc import Callable
from dataclasses import replace

from sim.experiment.compare import law_profiles
from sim.scenario import Scenario

STEEPNESS = ("exponent", "slope")  # the number of a law that says how much more compute a lower error takes
Read = Callable[[list[str]], Scenario]  # a scenario with these settings


def under_laws(read: Read) -> list[Scenario]:
    """The flattest law first: the low end of the exponent's range, its value, the high end, then the other fits.

    The law stays anchored where the scenario anchors it (``law.start_error`` at ``law.start_compute``), and all else is
    held: what accuracy earns, means, prices, what is known. A law without a range of its exponent comes as it is.
    """
    own = read([])
    found = []
    quantity = next((q for q in own.quantities if q.path.removeprefix("law.") in STEEPNESS), None)
    if quantity is not None and quantity.low is not None and quantity.high is not None:
        key = quantity.path.removeprefix("law.")
        for value, which in ((quantity.low, "low end"), (quantity.value, ""), (quantity.high, "high end")):
            entry = f'{{ value = {value!r}, basis = "assumed", note = "{which or "as in the scenario"}" }}'
            scenario = read([f"{quantity.path}={entry}"]) if which else own
            found.append(replace(scenario, name=f"{key}_{value:g}", title=f"{key.capitalize()} {value:g}"))
    else:
        found.append(replace(own, name=own.law_table.profile, title=f"Law {own.law_table.profile}"))
    others = [profile for profile in law_profiles(own) if profile != own.law_table.profile]
    fits = [replace(read([f'law.profile="{name}"']), name=name, title=f"Law {name}") for name in others]
    return found + fits
