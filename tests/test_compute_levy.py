"""A levy on compute: against the slow reference, and what theory says of it."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import isnan

import numpy as np
import pytest

from sim.arrays import added
from sim.economy import trends
from sim.economy.observe import Step, observe
from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures import registry as measures
from sim.measures.research import ALL_RESEARCHERS
from sim.policies.compute_levy import ComputeLevy
from sim.policies.levers import REVENUE_USES, USES
from sim.policies.public_compute import PublicCompute
from sim.policies.view import View
from sim.quantity import Series
from sim.scenario import Scenario
from tests.reference import ReferenceEconomy
from tests.test_policies import same
from tests.test_reference import agree
from tests.worlds import played, small

RATE = 0.4


@dataclass(frozen=True, kw_only=True)
class PerFlop(ComputeLevy):
    """A levy of ``rate`` USD per FLOP. It goes by the other's name, so that the registry does not find it."""

    def act(self, view: View) -> dict[str, float]:
        return {"compute_levy": self.phase(view) * self.rate * (1.0 + self.growth) ** self.years_in_force(view)}


def under(scenario: Scenario, *levies: ComputeLevy) -> Scenario:
    """The scenario with these policies."""
    return replace(scenario, policies=levies)


def levied(scenario: Scenario, use: str = REVENUE_USES[0], kinds: tuple[str, ...] = ()) -> Scenario:
    """The scenario with levies of ``RATE`` in all, one of which grows."""
    first = ComputeLevy(id="first", rate=0.75 * RATE, revenue_use=use, kinds=kinds)
    return under(scenario, first, replace(first, id="second", rate=0.25 * RATE, growth=0.1))


def one(scenario: Scenario) -> Step:
    """The first step."""
    return advance(begin(scenario, 1))[1]


@pytest.mark.parametrize(
    ("use", "kinds"), [*((use, ()) for use in REVENUE_USES), ("treasury", ("startup", "academic_lab"))]
)
def test_a_levy_agrees_with_the_slow_reference(use: str, kinds: tuple[str, ...]) -> None:
    world = begin(levied(small("baseline", "time.steps_per_year=1"), use, kinds), 3)
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
    [(RATE, [0.2]), (0.0, [0.6, 0.5])],
    ids=["a levy beside public compute", "shares that add up to more than can be public"],
)
def test_what_the_treasury_takes_compute_to_cost_agrees(rate: float, shares: list[float]) -> None:
    scenario = small("baseline", "time.steps_per_year=1")
    public = tuple(PublicCompute(id=f"public-{i}", share=share) for i, share in enumerate(shares))
    world = begin(replace(scenario, policies=(ComputeLevy(id="levy", rate=rate), *public)), 3)
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
    world = small(until=2012)
    taxed = one(under(world, ComputeLevy(id="levy", rate=capped.license_price / price_in(world, 0))))
    assert (taxed.compute + taxed.inference).sum() == pytest.approx(cap, rel=1e-9)
    for name in ("compute", "inference", "emissions", "paid", "run", "error", "revenue_by_use"):
        assert getattr(taxed, name) == pytest.approx(getattr(capped, name), rel=1e-9), name


def price_in(scenario: Scenario, step: int) -> float:
    """What the hardware of a FLOP costs a large buyer in the middle of a step [USD/FLOP]."""
    return trends.hardware_price(scenario, scenario.time.start + (step + 0.5) / scenario.time.steps_per_year)


def test_a_levy_is_paid_by_its_kinds_alone_per_flop() -> None:
    """In a slack market: what others pay for a FLOP is the same to the bit."""
    world = begin(small(until=2012), 1)
    free, taxed = one(world.scenario), one(levied(world.scenario, kinds=("corporation",)))
    assert free.outcome == taxed.outcome == "slack"
    payers = world.groups.of("corporation")
    others = np.setdiff1d(np.arange(world.groups.size), payers)
    assert (taxed.unit_cost[others] == free.unit_cost[others]).all()
    growth = 0.75 + 0.25 * 1.1 ** (world.clock.middle - 2012)
    levy = RATE * growth * price_in(world.scenario, 0)
    assert taxed.unit_cost[payers] - free.unit_cost[payers] == pytest.approx(np.full(payers.size, levy), rel=1e-6)
    bought = (taxed.compute + taxed.inference)[payers].sum()
    assert taxed.revenue_by_use.sum() == pytest.approx(levy * bought, rel=1e-9)
    assert taxed.flows["corporation", "government", "compute levy"] == pytest.approx(levy * bought, rel=1e-9)


def test_it_keeps_pace_with_the_price_of_hardware() -> None:
    """Hardware gets cheaper, and the levy by as much: in every step it is the rate of what hardware costs then."""
    scenario = under(small(until=2016), ComputeLevy(id="levy", rate=RATE))
    world, prices = begin(scenario, 1), []
    for step in range(scenario.steps):
        prices.append(price_in(scenario, step))
        assert act(world).levers.compute_levy.sum(axis=0) == pytest.approx(RATE * prices[-1], rel=1e-12)
        world, found = advance(world)
        bought = (found.compute + found.inference).sum()
        assert found.revenue_by_use.sum() == pytest.approx(RATE * prices[-1] * bought, rel=1e-9)
    assert prices[-1] < prices[0] / 2


def test_a_share_is_what_as_many_dollars_a_flop_are() -> None:
    """To the bit, a year long, paid out as vouchers."""
    year, use = small(until=2012), "compute_vouchers"
    _, shares = played(under(year, ComputeLevy(id="levy", rate=RATE, revenue_use=use)))
    dates = [year.time.start + step / year.time.steps_per_year for step in range(year.steps + 1)]
    in_dollars = (
        PerFlop(id=f"levy{step}", rate=RATE * price_in(year, step), revenue_use=use, start=start, end=end)
        for step, (start, end) in enumerate(pairwise(dates))
    )
    _, dollars = played(under(year, *in_dollars))
    for share, amount in zip(shares, dollars, strict=True):
        same(share, amount)


def test_what_spending_could_pay_researchers_is_told_without_the_levy() -> None:
    """As without taxes on carbon and permits: money that the state takes buys nothing."""
    world, steps = played(levied(small(until=2012)))
    window = observe(world, steps)
    spent = added(step.paid.sum() + step.paid_inference.sum() + step.research.sum() for step in steps)
    levy = added(step.revenue_by_use.sum() for step in steps)
    assert levy > 0.05 * spent
    dt, wage = 1.0 / world.scenario.time.steps_per_year, window.yardsticks.wage
    assert measures()[ALL_RESEARCHERS](window) == pytest.approx((spent - levy) * dt / wage, rel=1e-9)


def test_a_levy_of_nothing_is_none_to_the_bit() -> None:
    year = small(until=2013)
    for none, nothing in zip(played(year)[1], played(under(year, ComputeLevy(id="levy")))[1], strict=True):
        same(none, nothing)


def test_growth_and_ramp_count_from_its_start() -> None:
    seen = View(2020.0, 2012.0, hardware_price=2e-18)
    levy = ComputeLevy(id="levy", rate=0.1, growth=0.05, start=2015.0)
    assert levy.pull(seen) == {"compute_levy": pytest.approx(0.1 * 1.05**5 * 2e-18)}
    assert replace(levy, ramp=20.0).pull(seen) == {"compute_levy": pytest.approx(0.25 * 0.1 * 1.05**5 * 2e-18)}


def test_a_rate_by_year() -> None:
    levy = ComputeLevy(id="levy", rate=Series((2015.0, 2017.0), (0.1, 0.3)), start=2015.0)
    for year, rate in ((2015.5, 0.1), (2016.5, 0.2), (2030.5, 0.3)):
        assert levy.pull(View(year, 2012.0, hardware_price=1e-18)) == {"compute_levy": pytest.approx(rate * 1e-18)}


def test_a_view_made_without_a_price_has_none() -> None:
    """So that nobody takes a levy for none where a test of his own forgot the price."""
    assert isnan(ComputeLevy(id="levy", rate=0.1).act(View(2020.0, 2012.0))["compute_levy"])
