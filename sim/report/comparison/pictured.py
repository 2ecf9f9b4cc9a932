"""What a scenario surely changes in plain comparisons: cars, households, researchers, and what it is worth."""

from sim.measures import EMISSIONS
from sim.measures.carbon import ABATEMENT, DAMAGE, ENERGY
from sim.measures.economy import OUTLAY
from sim.measures.research import ALL_RESEARCHERS, RESEARCHERS
from sim.report import everyday
from sim.results.certainty import direction
from sim.results.comparison import Comparison


def pictured(found: Comparison, scenario: int) -> list[str]:
    """What a scenario surely changes in emissions and electricity, in plain comparisons, and what that is worth: on the
    assumptions as they stand, like the verdict."""
    changed = {id: found.effect(scenario, id) for id in (EMISSIONS, ENERGY, DAMAGE, RESEARCHERS, ALL_RESEARCHERS)}
    directed = {id: one.difference for id, one in changed.items() if one and direction(one)}
    wage = found.scenarios[0].yardsticks.wage
    return everyday.of_change(directed, wage, _worth(found, scenario))


def _worth(found: Comparison, scenario: int) -> str:
    """What a scenario surely changes in value less cost and damage, and what that is made of."""
    net, damage, market, power = (found.effect(scenario, id) for id in (*everyday.PARTED, ENERGY))
    if not (net and damage and market and power and net.difference and direction(net)):
        return ""
    paid, cleaner = (found.effect(scenario, id) for id in (OUTLAY, ABATEMENT))
    less = power.difference < 0 and cleaner is not None and direction(cleaner) > 0
    hardly = power.relative < 0 and market.relative > everyday.AS_MUCH * power.relative
    return everyday.of_worth(
        net.difference, damage.difference, market.difference, outlay=paid.difference if paid else 0.0,
        cleaner=cleaner.difference if cleaner and less else 0.0, hardly=hardly,
        capped=all(found.results[i].capped[-1] for i in (0, scenario)),
    )  # fmt: skip
