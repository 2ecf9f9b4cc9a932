"""Revenue that pays for vouchers for labs' compute: it works as a voucher does, and the books close."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.economy.observe import Step
from sim.economy.parties import GOVERNMENT, GRANTED, VOUCHERS
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.policies.levers import COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH, TREASURY, USES
from sim.scenario import load
from tests.own_kinds import with_own_kind
from tests.test_contract import GOING
from tests.worlds import BASELINE, changed, played, small, walked

FOR_VOUCHERS, KEPT = USES.index(COMPUTE_VOUCHERS), USES.index(TREASURY)
TAX = ("policy.carbon_tax.rate=100", "policy.carbon_tax.start=2013")
PERMITS = ("policy.compute_permits.cap_share=0.5", "policy.compute_permits.start=2013")
CAP = ("policy.cap_and_trade.cap_share=0.5", "policy.cap_and_trade.start=2013")
CEILING = ("policy.training_run_ceiling.limit=1e15", "policy.training_run_ceiling.start=2015")
BUDGET = (
    "policy.carbon_budget.limit=10 kgCO2e/yr", 'policy.carbon_budget.kinds=["academic_lab"]',
    "policy.carbon_budget.start=2013",
)  # fmt: skip
PROGRAMME = ("policy.compute_voucher.budget=3 MUSD/yr", "policy.compute_voucher.start=2014")
CENTRE = ("policy.public_compute.share=5 %", "policy.public_compute.start=2014")
MECHANISMS = ("mechanisms.abatement=true", "mechanisms.regional_purchases=true")
SOURCES = {
    "a tax": TAX,
    "a tax of one country": (*TAX, 'policy.carbon_tax.regions=["germany"]'),
    "a cap": CAP,
    "a cap for firms": (*CAP, 'policy.cap_and_trade.kinds=["corporation", "startup"]'),
    "permits for compute": PERMITS,
    "permits for training": (*PERMITS, "policy.compute_permits.scope=training"),
    "permits of which some are given away": (
        *CAP, "policy.cap_and_trade.allocation=grandfathering", "policy.cap_and_trade.auction_share=0.4",
    ),
}  # fmt: skip
BESIDE = {
    "nothing": (), "vouchers": PROGRAMME, "public compute": CENTRE, "a ceiling": CEILING,
    "a carbon budget": BUDGET, "all": (*PROGRAMME, *CENTRE, *CEILING), "clean power": MECHANISMS,
}  # fmt: skip


def under(settings: Sequence[str], use: str = COMPUTE_VOUCHERS, until: int = 2018) -> tuple[World, list[Step]]:
    """A world in which the first policy of the settings raises revenue for a use, and its steps."""
    policy = settings[0].split(".")[1]
    return played(small("baseline", *settings, f"policy.{policy}.revenue_use={use}", until=until))


def paid(step: Step) -> dict[str, float]:
    """What the treasury pays [USD/yr], by purpose."""
    found: dict[str, float] = {}
    for (payer, _, purpose), amount in step.flows.items():
        if payer == GOVERNMENT and purpose != "grants":
            found[purpose] = found.get(purpose, 0.0) + amount
    return found


def trained(step: Step, world: World) -> float:
    return float(step.compute[world.groups.of("academia")].sum())


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("source", SOURCES)
def test_the_books_close_wherever_revenue_comes_from_and_whatever_is_beside_it(source: str, beside: str) -> None:
    """What policies bring in is paid out or in the treasury; what is paid is what labs got for compute."""
    world, steps = under((*SOURCES[source], *BESIDE[beside]))
    raised = sum(float(step.revenue_by_use.sum()) * step.dt for step in steps)
    out = sum(paid(step).get(what, 0.0) * step.dt for step in steps for what in (VOUCHERS, "permits given away"))
    assert sum(paid(step).get(VOUCHERS, 0.0) for step in steps) > 0
    assert raised - out == pytest.approx(world.treasury.earmarked.sum(), rel=1e-9)
    assert (world.treasury.earmarked >= 0.0).all()
    for step in steps:
        by = paid(step)
        assert {what for _, payee, what in step.flows if what == VOUCHERS and payee != "academic_lab"} == set()
        public = by.get(VOUCHERS, 0.0) + by.get("public compute", 0.0)
        assert public == pytest.approx(step.public.sum(), rel=1e-9)
        assert (step.public <= step.paid * (1 + 1e-9)).all()


def test_it_is_as_vouchers_of_the_same_money() -> None:
    """Every lab and every price; only the name in the books is another."""
    plain = begin(small("baseline"), 1)
    earmarked = np.zeros(len(USES))
    earmarked[FOR_VOUCHERS] = 1e7
    one = advance(changed(plain, earmarked=earmarked))[1]
    money = paid(one)[VOUCHERS]
    other = advance(begin(small("baseline", f"policy.compute_voucher.budget={money!r}"), 1))[1]
    assert paid(other) == pytest.approx({"public compute": money}, rel=1e-12)
    for field in ("compute", "paid", "public", "run", "error", "means", "unit_cost", "research"):
        assert getattr(one, field) == pytest.approx(getattr(other, field), rel=1e-9), field
    labs = plain.groups.of("academia")
    assert one.public[labs] == pytest.approx(np.full(len(one.public[labs]), money / len(one.public[labs])), rel=1e-9)
    assert one.public.sum() == pytest.approx(one.public[labs].sum(), rel=1e-12)


def test_labs_train_more_than_where_the_treasury_keeps_the_same_tax() -> None:
    """And more than where labs get it as money, of which they keep some for other things."""
    found = {use: under(TAX, use, until=2017) for use in (TREASURY, "academic_compute", COMPUTE_VOUCHERS)}
    kept, money, vouchers = (trained(steps[-1], world) for world, steps in found.values())
    assert kept < money < vouchers
    assert vouchers > 2 * kept
    left = {use: paid(steps[-1]) for use, (_, steps) in found.items()}
    assert left[TREASURY] == {}
    assert set(left["academic_compute"]) == {GRANTED}
    assert set(left[COMPUTE_VOUCHERS]) == {VOUCHERS}


def test_the_money_is_paid_out_at_the_rate_of_other_earmarked_money() -> None:
    """What is offered in a step does not hang on what it is for."""
    uses = (COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH)
    starts = [changed(begin(small("baseline"), 1), earmarked=1e6 * (np.array(USES) == use)) for use in uses]
    vouchers, research = (sum(paid(advance(world)[1]).values()) for world in starts)
    assert vouchers == pytest.approx(research, rel=1e-12)


@pytest.mark.parametrize("limit", [CEILING, BUDGET], ids=["ceiling", "budget"])
def test_what_finds_no_compute_is_told_and_the_treasury_keeps_it_for_good(limit: tuple[str, ...]) -> None:
    world, _ = under((*TAX, *limit), until=2015)
    after, step = advance(world)
    taken = paid(step).get(VOUCHERS, 0.0)
    offered = taken + step.unspent
    assert step.unspent > 0.1 * offered
    came = step.revenue_by_use * step.dt
    change = after.treasury.earmarked - world.treasury.earmarked
    assert change[FOR_VOUCHERS] == pytest.approx(came[FOR_VOUCHERS] - offered * step.dt, rel=1e-9)
    assert change[KEPT] == pytest.approx(came[KEPT] + step.unspent * step.dt, rel=1e-9)


@pytest.mark.parametrize("source", ["a tax", "a cap", "a cap for firms", "permits for compute", "permits for training"])
def test_what_vouchers_pay_in_taxes_and_permits_is_not_for_vouchers_again(source: str) -> None:
    """As large a part of what labs pay as vouchers are of what they spend on compute."""
    world, steps = under(SOURCES[source])
    step, rows = steps[-1], world.groups.of("academia")
    what = "carbon" if source == "a tax" else "permits"
    of_labs = sum(usd for (payer, _, of), usd in step.flows.items() if (payer, of) == ("academic_lab", what))
    if what == "carbon":  # with what is paid without any policy
        of_labs = float(step.carbon_taxed[rows].sum())
    of = step.public[rows] / (step.paid[rows] + step.paid_inference[rows])
    if source == "a cap for firms":
        assert step.revenue_by_use[KEPT] == of_labs == 0.0
        return
    assert of.min() * of_labs * (1 - 1e-9) <= step.revenue_by_use[KEPT] <= of.max() * of_labs * (1 + 1e-9)
    assert 0.0 < step.revenue_by_use[KEPT] < step.revenue_by_use.sum()


def test_under_a_cap_that_leaves_little_the_same_money_does_not_go_round() -> None:
    """Permits cost what is paid for compute, and vouchers buy permits: their money would grow each year for ever."""
    tight = ("policy.cap_and_trade.cap_share=0.02", "policy.cap_and_trade.start=2013")
    _, steps = under(tight, until=2032)
    _, without = under(tight, TREASURY, until=2032)
    late = [(step, other) for step, other in zip(steps, without, strict=True) if step.time >= 2016]
    assert late
    for step, other in late:
        assert step.revenue_by_use[FOR_VOUCHERS] < 1.2 * other.revenue_by_use.sum()
        assert step.revenue_by_use.sum() < 2.5 * other.revenue_by_use.sum()


def test_what_is_left_when_a_policy_ends_is_still_paid_out() -> None:
    ends = (*TAX, "policy.carbon_tax.end=2015")
    world, steps = under(ends, until=2024)
    after = [step for step in steps if step.time > 2015]
    given = [paid(step)[VOUCHERS] for step in after]
    assert all(earlier > later > 0 for earlier, later in pairwise(given))
    assert given[-1] < 1e-3 * given[0]
    assert world.treasury.earmarked[FOR_VOUCHERS] < 1e-3 * world.treasury.earmarked[KEPT]


def test_a_second_use_gets_its_share() -> None:
    half = (*TAX, f"policy.carbon_tax.second_use={COMPUTE_VOUCHERS}", "policy.carbon_tax.second_share=0.25")
    _, steps = under(half, "equal_dividend")
    step = steps[4]  # the first with revenue: nothing is paid with vouchers yet
    assert step.revenue_by_use[FOR_VOUCHERS] == pytest.approx(0.25 * step.revenue_by_use.sum(), rel=1e-12)
    assert {"dividend", VOUCHERS} == set(paid(steps[-1]))


def test_without_labs_the_money_stays_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "industry.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "t"\nquestion = "q"\n[kind.academic_lab]\n'
        f'drop = true\n[[policy]]\nname = "carbon_tax"\nrate = 100\nrevenue_use = "{COMPUTE_VOUCHERS}"\n'
    )
    scenario = load(file, until=2014)
    assert any(f"for {COMPUTE_VOUCHERS} stays in the treasury: there are no academic labs" in note
               for note in scenario.notes)  # fmt: skip
    world, steps = walked(begin(scenario, 1), 12)
    raised = sum(float(step.revenue_by_use[FOR_VOUCHERS]) * step.dt for step in steps)
    assert world.treasury.earmarked[FOR_VOUCHERS] == pytest.approx(raised, rel=1e-12)
    assert not any(step.public.any() or step.unspent for step in steps)


def test_the_money_waits_while_all_labs_are_gone() -> None:
    of_ones_own = with_own_kind(GOING)
    *firms, _, only = of_ones_own.kinds
    policies = tuple(replace(one, revenue_use=COMPUTE_VOUCHERS) for one in of_ones_own.policies)
    world, _ = walked(begin(replace(of_ones_own, kinds=(*firms, only), policies=policies), 1), 2)
    gone = world.actors.alive.copy()
    gone[world.groups.kinds["own"]] = False
    before: Mapping[bool, np.ndarray] = {True: world.actors.alive, False: gone}
    for there, alive in before.items():
        after, step = advance(changed(world, alive=alive))
        assert (paid(step).get(VOUCHERS, 0.0) > 0.0) is there
        if not there:
            kept = world.treasury.earmarked + step.revenue_by_use * step.dt
            assert after.treasury.earmarked[FOR_VOUCHERS] == pytest.approx(kept[FOR_VOUCHERS], rel=1e-12)
