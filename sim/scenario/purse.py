"""Whose money it is that policies take in and pay: one country's, or the whole world's."""

from collections.abc import Iterable, Iterator

from sim.actors import Kind
from sim.policies import Policy
from sim.policies.levers import LEVERS, SUPPORT
from sim.scenario.additions import added
from sim.scenario.scenario import Scenario


def world_wide_revenue(scenario: Scenario) -> list[Policy]:
    """The policies that take in money of the whole world, beside others for some of it or where a region or kind is
    new."""
    if len(scenario.region_ids) < 2:
        return []
    policies, new = list(in_force(scenario)), [*added(scenario, "region"), *_new_kinds(scenario)]
    everywhere = [one for one in policies if not one.kinds and not one.regions and "revenue_use" in one.parameters()]
    beside = {one.id for one in policies if for_some(scenario, one)}
    return [one for one in everywhere if new or beside - {one.id}]


def purses(scenario: Scenario) -> set[frozenset[str]]:
    """The regions whose money it is that policies in force take in or pay: one purse where all are of the same ones."""
    return {
        frozenset(_regions(scenario, policy)) for policy in in_force(scenario)
        if "revenue_use" in policy.parameters() or any(LEVERS[lever].group == SUPPORT for lever in policy.levers)
    }  # fmt: skip


def _regions(scenario: Scenario, policy: Policy) -> Iterable[str]:
    """The regions of a policy: its own, or else those where the kinds live that it is for, where these are some."""
    if policy.regions or not for_some(scenario, policy):
        return policy.regions or scenario.region_ids
    return [
        id for id in scenario.region_ids for kind in scenario.kinds if kind.id in policy.kinds and kind.home.get(id)
    ]


def own_regions(scenario: Scenario) -> tuple[str, ...]:
    """The regions of a country of one's own: of programmes for some, else those that are new, else of kinds that are,
    where that is not all the world."""
    new = _new_kinds(scenario)
    found = (
        [id for policy in in_force(scenario) if for_some(scenario, policy) for id in _regions(scenario, policy)],
        added(scenario, "region"),
        [id for kind in new for id, weight in kind.home.items() if weight > 0],
    )
    own = next((ids for ids in found if ids), [])
    return tuple(dict.fromkeys(own)) if set(own) < set(scenario.region_ids) else ()


def _new_kinds(scenario: Scenario) -> list[Kind]:
    """The kinds that begin as another did, whichever file says so: a run's own file says all."""
    return [kind for kind in scenario.kinds if kind.id != kind.rule]


def in_force(scenario: Scenario) -> Iterator[Policy]:
    """The policies that may do something in the years that are simulated."""
    return (one for one in scenario.policies if one.acts_within(scenario.time.start, scenario.time.end))


def for_some(scenario: Scenario, policy: Policy) -> bool:
    """Whether a policy is for some regions, or for some kinds of a sector alone: those that a scenario added."""
    if policy.regions:
        return set(policy.regions) < set(scenario.region_ids)
    sectors = {kind.id: kind.sector for kind in scenario.kinds}
    served = {sectors[id] for id in policy.kinds}
    return any(sector in served and id not in policy.kinds for id, sector in sectors.items())
