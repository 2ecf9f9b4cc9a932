"""Where public money goes and what of it is no cost, and the largest flows of money that change: both in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.economy.parties import GOVERNMENT, LEFT
from sim.measures.economy import OUTLAY
from sim.measures.ids import called, within
from sim.report import everyday
from sim.report.comparison import effects
from sim.report.comparison.key import purpose_text
from sim.results.certainty import direction
from sim.results.comparison import Comparison

FLOWS_SHOWN = 8
TREASURY = "treasury"
ALL_ELSE = "all but compute: staff and the like"  # what labs pay with what they have left


@dataclass(frozen=True)
class FlowRow:
    """What changes in a flow of money."""

    payer: str
    payee: str
    purpose: str
    change: str


def spent(found: Comparison, scenario: int, remarks: Sequence[str]) -> list[str]:
    """The remarks on a scenario without names of code, and what of public money is no cost, in sentences."""
    return [*(_in_words(found, scenario, one) for one in remarks if one), *_no_cost(found, scenario)]


def _in_words(found: Comparison, scenario: int, text: str) -> str:
    """A text that names kinds by what they are called, where it has their keys."""
    for id, name in called(found.scenarios[scenario].kinds).items():
        text = text.replace(f"kind.{id}.ramp", f"the ramp of {within(name)}")
    return text


def _no_cost(found: Comparison, scenario: int) -> list[str]:
    """What of public money is no cost, where value less cost and damage surely changes."""
    net, damage, market, paid = (found.effect(scenario, id) for id in (*everyday.PARTED, OUTLAY))
    if not (net and damage and market and paid and direction(net)):
        return []
    said = everyday.no_cost(paid.difference, net.difference - market.difference + damage.difference)
    return [f"{said}."] if said else []


def flow_rows(found: Comparison, scenario: int) -> list[FlowRow]:
    """The largest changes of yearly flows, between parties by what they are called."""
    worlds, largest = (found.scenarios[0], found.scenarios[scenario]), list(found.flows(scenario).items())[:FLOWS_SHOWN]
    names = {GOVERNMENT: TREASURY} | called(worlds[1].kinds)
    labs = {kind.id for kind in worlds[1].kinds if kind.sector == "academia"}
    return [
        FlowRow(
            names.get(payer, payer), names.get(payee, payee),
            ALL_ELSE if purpose == LEFT and payer in labs else purpose_text(purpose, *worlds),
            effects.amounts(change, "USD/yr"),
        )
        for (payer, payee, purpose), change in largest
    ]  # fmt: skip
