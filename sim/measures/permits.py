"""What carbon prices bring in that are no policies of a scenario, and where permits of a cap cost what a tax would."""

from sim.economy.observe import Period
from sim.economy.parties import CARBON, GOVERNMENT, PERMITS_SOLD
from sim.measures.base import Words, measure
from sim.measures.shared import whole

# Ids by which results and words ask for a measure.
IN_FORCE = "carbon_prices_in_force"
AT_HIGHEST, AT_LOWEST = "permits_at_highest_price", "permits_at_lowest_price"
ROUNDING = 1e-9  # of what is paid for carbon in all: less is no carbon price in force


@measure(
    IN_FORCE, "Revenue of carbon prices in force", "USD/yr",
    "what carbon prices that are in force, and no policies of the scenario, take in, of all regions",
    words=Words("the revenue of carbon prices in force"),
)  # fmt: skip
def in_force(p: Period) -> float:
    paid = p.flows.paid_to(GOVERNMENT)
    every = paid.get(CARBON, 0.0) + paid.get(PERMITS_SOLD, 0.0)
    found = every - whole(p, "carbon_taxed") - whole(p, "licensed")
    return found if found > ROUNDING * every else 0.0


@measure(
    AT_HIGHEST, "Time at the highest permit price", "fraction",
    "share of the year in which emission permits of a cap cost the highest price that it allows: more of them than the "
    "cap are sold then, and it works as a tax",
)  # fmt: skip
def at_highest(p: Period) -> float:
    return p.at_highest_price


@measure(
    AT_LOWEST, "Time at the lowest permit price", "fraction",
    "share of the year in which emission permits of a cap cost the lowest price that it allows: some of them stay "
    "unsold then, and it works as a tax",
)  # fmt: skip
def at_lowest(p: Period) -> float:
    return p.at_lowest_price
