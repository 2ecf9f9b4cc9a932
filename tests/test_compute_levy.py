"""The lever ``compute_levy``, which no shipped policy pulls: against the slow reference, and what theory says of it."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.step import advance
from sim.policies.carbon_tax import CarbonTax
from sim.policies.levers import REVENUE_USES, USES
from sim.policies.public_compute import PublicCompute
from sim.policies.view import View
from sim.scenario import Scenario
from tests.reference import ReferenceEconomy
from tests.reference.policies import RULES, carbon_tax
from tests.test_reference import agree
from tests.worlds import small


@dataclass(frozen=True, kw_only=True)
class Levy(CarbonTax):
    """A tax of ``rate`` USD per FLOP. It goes by another policy's name, so that the registry does not find it."""

    levers = ("compute_levy",)

    def act(self, view: View) -> dict[str, float]:
        return {"compute_levy": self.phase(view) * self.rate * (1.0 + self.growth) ** self.years_in_force(view)}


def levied(scenario: Scenario, rate: float, use: str = REVENUE_USES[0], kinds: tuple[str, ...] = ()) -> Scenario:
    """The scenario with levies of ``rate`` [USD/FLOP] in all, one of them on all kinds that grows."""
    first = Levy(id="first", rate=0.75 * rate, revenue_use=use, kinds=kinds)
    return replace(scenario, policies=(first, replace(first, id="second", rate=0.25 * rate, growth=0.1)))


def one(scenario: Scenario) -> Step:
    """The first step."""
    return advance(begin(scenario, 1))[1]


@pytest.mark.parametrize(
    ("use", "kinds"), [*((use, ()) for use in REVENUE_USES), ("treasury", ("startup", "academic_lab"))]
)
def test_a_levy_agrees_with_the_slow_reference(use: str, kinds: tuple[str, ...], monkeypatch) -> None:
    monkeypatch.setitem(RULES["compute_levy"], "carbon_tax", carbon_tax)
    monkeypatch.delitem(RULES["carbon_price"], "carbon_tax")
    world = begin(levied(small("baseline", "time.steps_per_year=1"), 1e-17, use, kinds), 3)
    for _ in range(4):
        reference = ReferenceEconomy.from_world(world)
        reference.step()
        before, (world, step) = world, advance(world)
        agree(before, world, step, reference)
        assert step.revenue_by_use[USES.index(use)] > 0
        assert {payer for payer, _, what in step.flows if what == "compute levy"} == set(
            kinds or world.scenario.kind_ids
        )


@pytest.mark.parametrize(
    ("rate", "shares"),
    [(1e-17, [0.2]), (0.0, [0.6, 0.5])],
    ids=["a levy beside public compute", "shares that add up to more than can be public"],
)
def test_what_the_treasury_takes_compute_to_cost_agrees(rate: float, shares: list[float], monkeypatch) -> None:
    monkeypatch.setitem(RULES["compute_levy"], "carbon_tax", carbon_tax)
    monkeypatch.delitem(RULES["carbon_price"], "carbon_tax")
    scenario = small("baseline", "time.steps_per_year=1")
    public = tuple(PublicCompute(id=f"public-{i}", share=share) for i, share in enumerate(shares))
    levy = (Levy(id="levy", rate=rate),) if rate else ()
    world = begin(replace(scenario, policies=(*levy, *public)), 3)
    for _ in range(2):
        reference = ReferenceEconomy.from_world(world)
        reference.step()
        before, (world, step) = world, advance(world)
        agree(before, world, step, reference)
        assert step.public.sum() > 0


def test_a_levy_and_auctioned_permits_of_equal_stringency_agree() -> None:
    free = one(small(until=2012))
    cap = 0.6 * float((free.compute + free.inference).sum())
    capped = one(small("baseline", f"policy.compute_permits.cap={cap!r}", until=2012))
    levy = Levy(id="levy", rate=capped.license_price)
    taxed = one(replace(small(until=2012), policies=(levy,)))
    assert (taxed.compute + taxed.inference).sum() == pytest.approx(cap, rel=1e-9)
    for name in ("compute", "inference", "emissions", "paid", "run", "error", "revenue_by_use"):
        assert getattr(taxed, name) == pytest.approx(getattr(capped, name), rel=1e-9), name


def test_a_levy_is_paid_by_its_kinds_alone_per_flop() -> None:
    """In a slack market: what others pay for a FLOP is the same to the bit."""
    world = begin(small(until=2012), 1)
    free, taxed = one(world.scenario), one(levied(world.scenario, 1e-17, kinds=("corporation",)))
    assert free.outcome == taxed.outcome == "slack"
    payers = world.groups.of("corporation")
    others = np.setdiff1d(np.arange(world.groups.size), payers)
    assert (taxed.unit_cost[others] == free.unit_cost[others]).all()
    rate = 1e-17 * (0.75 + 0.25 * 1.1 ** (world.clock.middle - 2012))
    assert taxed.unit_cost[payers] - free.unit_cost[payers] == pytest.approx(np.full(payers.size, rate), rel=1e-6)
    bought = (taxed.compute + taxed.inference)[payers].sum()
    assert taxed.revenue_by_use.sum() == pytest.approx(rate * bought, rel=1e-9)
    assert taxed.flows["corporation", "government", "compute levy"] == pytest.approx(rate * bought, rel=1e-9)
