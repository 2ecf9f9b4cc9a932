"""A tax and an auctioned cap that come to the same price do the same, in every measure, wherever work may move."""

from dataclasses import replace

import numpy as np
import pytest

from sim.economy.observe import Step, observe
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.measures import registry as measures
from sim.policies import Policy, registry
from sim.policies.levers import TREASURY
from tests.worlds import small, state

DIRTY = ("united_states", "china")
BETWEEN = 1e-9
ABLE = ("mechanisms.abatement=true", "abatement.build=0.2")
CASES = {
    "plain": (),
    "still": ("mechanisms.siting=false",),
    "fast": ("siting.speed=5", "siting.scale=0.02", "kind.corporation.home_share=0"),
    "able": ABLE,
    "pledges": ("mechanisms.pledges=true", "pledges.size=0", "siting.speed=5"),
    "grids": ("mechanisms.grid_limits=true", "siting.speed=5"),
    "contracts": ('market.allocation="contracts"',),
    "budgets": (*ABLE, "policy.carbon_budget.limit=2"),
    "ceiling": ("policy.training_run_ceiling.limit=1e22", "policy.training_run_ceiling.start=2013"),
    "training apart": ('policy.compute_permits.scope="training"', "policy.compute_permits.cap=1e26"),
    "scarce": ("market.outside_demand=1e27 FLOP/yr",),
}


def entry(name: str, **values: object) -> Policy:
    return registry()[name](id="priced", **values)


def same(one: World, other: World, a: Step, b: Step) -> None:
    """All that two worlds remember, and all measures of what happened."""
    ours, theirs = state(one), state(other)
    for name in ours.keys() - {"permit_prices"}:
        if isinstance(ours[name], np.ndarray | float):
            np.testing.assert_allclose(ours[name], theirs[name], rtol=BETWEEN, atol=1e-300, err_msg=name)
    kinds, regions = one.scenario.kind_ids, one.scenario.region_ids
    for id, measure in measures(regions, kinds).items():
        found, expected = measure(observe(one, [a])), measure(observe(other, [b]))
        if not id.startswith("permit_price"):
            np.testing.assert_allclose(found, expected, rtol=BETWEEN, atol=1e-300, err_msg=id)


@pytest.mark.parametrize("regions", [(), DIRTY], ids=["world", "regions"])
@pytest.mark.parametrize("case", CASES)
def test_a_tax_and_an_auctioned_cap_of_equal_stringency_agree(case: str, regions: tuple[str, ...]) -> None:
    """Step by step from the same state, as the cap binds from one step to the next."""
    scenario = small("baseline", *CASES[case], until=2030)
    place = [scenario.region_ids.index(region) for region in regions or scenario.region_ids]
    world, moved, binding = begin(scenario, 1), 0.0, 0
    for _ in range(57):  # until capacity follows demand
        world, _ = advance(world)

    def under(*policies: Policy) -> tuple[World, Step]:
        return advance(world.under(replace(scenario, policies=(*scenario.policies, *policies))))

    for tightness in (0.8, 0.5, 0.2, 0.05, 0.01):
        free, step = under()
        limit = tightness * float(step.emissions[place].sum())
        capped, a = under(entry("cap_and_trade", cap=limit, regions=regions, revenue_use=TREASURY))
        taxed, b = under(entry("carbon_tax", rate=a.permit_price, regions=regions, revenue_use=TREASURY))
        if a.permit_price:
            assert a.emissions[place].sum() == pytest.approx(limit, rel=BETWEEN)
            assert b.emissions[place].sum() == pytest.approx(limit, rel=BETWEEN)
            binding += 1
        same(capped, taxed, a, b)
        moved = max(moved, float(np.abs(capped.actors.site - free.actors.site).max()))
        world = capped.under(scenario)
    assert binding >= 3
    assert case == "still" or moved > 1e-4
