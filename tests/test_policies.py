"""Every policy: neutral is nothing, almost neutral almost nothing, its name is true; and what theory says of them."""

import tomllib
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings

from sim.economy import trends
from sim.economy.observe import Step, observe
from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.step import advance
from sim.economy.years import Usage
from sim.errors import InputError
from sim.experiment.path import simulate
from sim.measures import registry as measures
from sim.policies import RISES, registry
from sim.policies.base import LATEST
from sim.policies.levers import LEVERS
from sim.scenario import load
from tests.worlds import FROZEN, SCENARIOS, changed, played, settings, small, walked

POLICIES = pytest.mark.parametrize("name", registry())


def bits(step: Step) -> dict[str, Any]:
    return {field.name: getattr(step, field.name) for field in fields(Step)}


def same(a: Step, b: Step) -> None:
    for name, value in bits(a).items():
        other = getattr(b, name)
        assert np.array_equal(value, other) if isinstance(value, np.ndarray) else value == other, name


@POLICIES
def test_neutral_is_bit_identical_to_none(name: str) -> None:
    _, plain = played(small(until=2016))
    policy = registry()[name]
    others = {"allocation": '"grandfathering"', "banking": 1, "winners": 0.5, "findings": 0.7, "growth": 3}
    given = [f"policy.{name}.{key}={value}" for key, value in others.items() if key in policy.parameters()]
    scenario = small("baseline", *(given or [f"policy.{name}.start=2013"]), until=2016)
    assert [p.neutral for p in scenario.policies] == [True]
    for one, other in zip(plain, played(scenario)[1], strict=True):
        same(one, other)


@POLICIES
def test_almost_neutral_is_almost_nothing(name: str) -> None:
    """So that the neutral value is the limit of the policy, and not a switch."""
    _, plain = played(small("baseline", *FROZEN, until=2016))
    policy = registry()[name]
    scenario = small("baseline", *FROZEN, f"policy.{name}.{policy.strength}={policy.hardly!r}", until=2016)
    assert not scenario.policies[0].neutral
    _, acted = played(scenario)
    for one, other in zip(plain, acted, strict=True):
        for field in ("compute", "inference", "error", "emissions", "paid"):
            assert getattr(other, field) == pytest.approx(getattr(one, field), rel=1e-5), field


@POLICIES
def test_each_has_a_shipped_scenario_with_a_question(name: str) -> None:
    scenario = load(SCENARIOS / f"{name}.toml")
    assert [policy.name for policy in scenario.policies] == [name]
    assert scenario.question.endswith("?")
    text = (SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ")


@POLICIES
def test_levers_stay_in_their_ranges(name: str) -> None:
    """Through all years of the shipped scenario, and far beyond, where nothing was used in the year before."""
    scenario = load(SCENARIOS / f"{name}.toml")
    world, nothing = begin(scenario, 1), Usage.nothing(len(scenario.regions), len(scenario.kinds))
    years = replace(world.memory.years, whole=dict.fromkeys(range(scenario.time.start, LATEST), nothing))
    for steps in range(0, 400, 7):
        levers = act(changed(world, steps_done=steps, years=years)).levers
        for lever, spec in LEVERS.items():
            values = np.asarray(getattr(levers, lever))
            assert (values >= min(spec.low, spec.neutral)).all()
            assert (values <= max(spec.high, spec.neutral)).all()


def last_years(name: str, *changes: str) -> tuple[dict[str, float], dict[str, float]]:
    """Measures of 2030 to 2032 with a shipped policy and in the world that it extends, at the size shipped."""
    found, extends = [], tomllib.loads((SCENARIOS / f"{name}.toml").read_text(encoding="utf-8"))["extends"]
    for file in (f"{name}.toml", extends):
        world, steps = played(load(SCENARIOS / file, [*changes] if file != extends else [], until=2032))
        window = observe(world, steps[-12:])
        found.append({id: measure(window) for id, measure in measures().items()})
    return found[0], found[1]


@pytest.mark.slow
@POLICIES
def test_its_claims_are_true(name: str) -> None:
    acted, plain = last_years(name)
    for claim in registry()[name].claims:
        now, before = acted[claim.measure], plain[claim.measure]
        assert now > before if claim.moves == RISES else now < before, claim
        assert claim.least <= (now / before if before else now) <= claim.most, (claim, now, before)


def test_public_compute_is_the_stated_share() -> None:
    """In FLOP, of all that the modelled actors buy, where the market is slack."""
    scenario = small(
        "public_compute", "policy.public_compute.start=2012", "policy.public_compute.share=20 %", until=2012
    )
    step = advance(begin(scenario, 1))[1]
    assert step.outcome == "slack"
    part = np.divide(step.public, step.paid, out=np.zeros_like(step.paid), where=step.paid > 0)
    bought = step.compute + step.inference
    assert (step.compute * part).sum() / bought.sum() == pytest.approx(0.2, rel=1e-9)
    world = begin(scenario, 1)
    labs = world.groups.of("academia")
    assert step.public[labs].min() > 0
    assert step.public.sum() == pytest.approx(step.public[labs].sum())
    assert step.flows["government", "academic_lab", "public compute"] == pytest.approx(step.public.sum())


@pytest.mark.parametrize("allotment", ["equal", "need", "merit", "lottery"])
def test_public_compute_is_allotted_as_said(allotment: str) -> None:
    changes = [f'policy.public_compute.allotment="{allotment}"', "policy.public_compute.start=2012"]
    world = begin(load(SCENARIOS / "public_compute.toml", changes), 1)
    labs, error = world.groups.of("academia"), world.actors.error.copy()
    plain = advance(begin(load(SCENARIOS / "baseline.toml"), 1))[1]
    step = advance(world)[1]
    flop = (step.public / step.unit_cost)[labs]
    if allotment == "equal":
        assert flop == pytest.approx(np.full(labs.size, flop.mean()), rel=1e-6)
    elif allotment == "need":
        means = (plain.means - plain.sponsored)[labs]
        assert ((flop > 0) == (means <= np.median(means))).all()
    elif allotment == "merit":
        assert np.corrcoef(np.log(flop), np.log(error[labs]))[0, 1] < -0.999
        assert flop == pytest.approx(flop.sum() * error[labs] ** -5.0 / (error[labs] ** -5.0).sum(), rel=1e-6)
    else:
        assert (flop > 0).sum() == labs.size // 10


def test_a_voucher_is_paid_for_compute_alone() -> None:
    settings = ["policy.compute_voucher.value=5000", "policy.compute_voucher.start=2012"]
    with_voucher, without = (advance(begin(small("baseline", *given), 1))[1] for given in (settings, []))
    labs = begin(small(), 1).groups.of("academia")
    assert with_voucher.public[labs] == pytest.approx(np.full(labs.size, 5000.0))
    more = (with_voucher.paid - without.paid)[labs]
    assert more == pytest.approx(np.full(labs.size, 5000.0), rel=1e-9)
    assert with_voucher.research[labs] == pytest.approx(without.research[labs], rel=1e-12)


def test_no_run_is_above_the_ceiling_and_the_money_goes_to_research() -> None:
    ceiling = "policy.training_run_ceiling.limit=1e19"
    _, free = played(small(until=2016))
    _, held = played(small("baseline", ceiling, "policy.training_run_ceiling.start=2014", until=2016))
    assert max(step.run.max() for step in free[8:]) > 1e20
    assert max(step.run.max() for step in held[8:]) <= 1e19 * (1 + 1e-12)
    first = [step.time for step in held].index(2014.0)
    assert held[first].bound_by_ceiling.any()
    bound = held[first].bound_by_ceiling
    assert (held[first].research > free[first].research)[bound].all()
    assert held[first].research[~bound] == pytest.approx(free[first].research[~bound], rel=1e-12)


def test_the_frontier_keeps_to_its_pace() -> None:
    _, steps = played(small("baseline", "policy.training_run_pace.ratio=1.5", "policy.training_run_pace.start=2014"))
    runs = [step.run.max() for step in steps]
    for i in range(8, len(runs)):  # the largest of the steps up to that of a year ago, four before
        assert runs[i] <= 1.5 * max(runs[: i - 3]) * (1 + 1e-12)
    assert any(step.bound_by_ceiling.any() for step in steps)
    with pytest.raises(InputError, match="down to nothing"):
        small("baseline", "policy.training_run_pace.ratio=0.9")


def test_a_duty_to_publish_releases_models_after_its_lag() -> None:
    duty = ("share=1", "start=2014", "weights_lag=1", 'kinds=["corporation"]')
    settings = [f"policy.open_publication.{setting}" for setting in duty]
    world, steps = played(small("baseline", *settings, "release.lag=5", until=2017))
    best = {step.time + step.dt: step.error[world.groups.of("corporation")].min() for step in steps}
    for time in (2014.75, 2015.0):
        assert next(s for s in steps if s.time == time).access.max() > best[time]
    assert steps[-1].access.max() <= best[2016.75] * (1 + 1e-12)
    assert (act(world).sharing == world.fixed.traits.openness).all()  # no findings were asked for


def test_what_was_released_by_duty_stays_released() -> None:
    """The duty ends in the middle of 2015: models of up to half a year before are out, and stay so for all."""
    duty = ("share=1", "start=2014", "end=2015.5", "weights_lag=0.5")
    settings = [f"policy.open_publication.{setting}" for setting in duty]
    world, steps = played(small("baseline", *settings, "release.lag=5", until=2016))
    best = {step.time + step.dt: step.error.min() for step in steps}
    last = best[2014.75]  # the last duty was in the step from 2015.25 on
    assert world.memory.duty_error == pytest.approx(last, rel=1e-12)
    assert world.sellers.access.max() == world.memory.duty_error


def test_saved_permits_come_back() -> None:
    """A cap that binds late is loosened by what was saved early."""
    cap = ["policy.cap_and_trade.cap=1000 tCO2e/yr", "policy.cap_and_trade.start=2012"]
    lapsing, saving = (played(small("baseline", *cap, f"policy.cap_and_trade.banking={b}", until=2018)) for b in (0, 1))
    emitted = [[step.emissions.sum() for step in steps] for _, steps in (lapsing, saving)]
    assert max(emitted[0]) <= 1e6 * (1 + 1e-9) < max(emitted[1])
    issued = 1e6 * np.arange(1, len(emitted[1]) + 1) * 0.25
    assert (np.cumsum(emitted[1]) * 0.25 <= issued * (1 + 1e-9)).all()
    assert lapsing[0].markets.banked == {}


@pytest.mark.parametrize("each_year", [1, 4, 12])
def test_nothing_is_saved_of_the_permits_of_a_ramp(each_year: int) -> None:
    """They are far more than the cap, and the more of them the shorter a step is."""
    cap = [f"policy.cap_and_trade.{each}" for each in ("cap=1e9 tCO2e/yr", "start=2013", "ramp=2", "banking=1")]
    world, _ = played(small("baseline", *cap, f"time.steps_per_year={each_year}", until=2014))
    assert world.markets.banked == {}
    world, _ = played(small("baseline", *cap, f"time.steps_per_year={each_year}", until=2015))
    (saved,) = world.markets.banked.values()
    assert 0.99e12 < saved < 1e12


# -- theory, in a world of one period

STILL = ("mechanisms.siting=false",)  # with siting on: tests/test_equal_stringency.py


def one(*changes: str, seed: int = 1) -> Step:
    return advance(begin(small("baseline", *STILL, *changes, until=2012), seed))[1]


def test_a_tax_and_an_auctioned_cap_of_equal_stringency_agree() -> None:
    free = one().emissions.sum()
    capped = one(f"policy.cap_and_trade.cap={0.6 * free / 1000}")
    assert capped.emissions.sum() == pytest.approx(0.6 * free, rel=1e-9)
    taxed = one(f"policy.carbon_tax.rate={1000 * capped.permit_price!r}")
    for name in ("compute", "inference", "emissions", "paid", "run", "error"):
        assert getattr(taxed, name) == pytest.approx(getattr(capped, name), rel=1e-9), name
    assert taxed.revenue_by_use == pytest.approx(capped.revenue_by_use, rel=1e-9)


def test_permits_on_all_compute_are_a_scarcity_rent() -> None:
    alone = ("market.outside_demand=0",)
    free = one(*alone)
    bought = float((free.compute + free.inference).sum())
    scarce = one(*alone, f'market.capacity={{ years = [2012], values = [{bought / 2!r}], unit = "FLOP/yr" }}',
                 "mechanisms.capacity_response=false", "market.capacity_growth=0")  # fmt: skip
    capped = one(*alone, f"policy.compute_permits.cap={bought / 2!r}")
    assert capped.license_price == pytest.approx(scarce.rent, rel=1e-8)
    assert capped.compute == pytest.approx(scarce.compute, rel=1e-8)
    assert capped.rent == scarce.license_price == 0


def test_permits_for_training_are_paid_on_training_alone() -> None:
    """Every actor pays the same price above cost for a FLOP of training, and serving costs what it did."""
    free = one()
    cap = ("policy.compute_permits.cap=3e20", 'policy.compute_permits.scope="training"')
    held = one(*cap)
    assert held.compute.sum() == pytest.approx(3e20, rel=1e-9)
    assert held.inference == pytest.approx(free.inference, rel=1e-9)
    trains, serves = free.compute > 0, free.inference > 0
    dearer = held.paid[trains] / held.compute[trains] - free.paid[trains] / free.compute[trains]
    assert dearer == pytest.approx(np.full(dearer.size, held.license_price), rel=1e-6)
    prices = [of.paid_inference[serves] / of.inference[serves] for of in (held, free)]
    assert prices[0] == pytest.approx(prices[1], rel=1e-9)
    assert held.licensed == pytest.approx(held.compute * held.license_price, rel=1e-9)


@pytest.mark.parametrize(("name", "cap"), [("cap_and_trade", "1e15"), ("compute_permits", "1e40")])
def test_unlimited_permits_cost_nothing(name: str, cap: str) -> None:
    for a, b in zip(played(small("baseline", f"policy.{name}.cap={cap}"))[1], played(small())[1], strict=True):
        assert a.permit_price == a.license_price == a.revenue_by_use.sum() == 0
        assert (a.compute == b.compute).all()


@pytest.mark.parametrize(("name", "cap"), [("cap_and_trade", "100 tCO2e/yr"), ("compute_permits", "5e20")])
def test_grandfathering_allocates_alike_in_one_period_and_not_in_several(name: str, cap: str) -> None:
    def with_permits(allocation: str) -> list[Step]:
        changes = (f"policy.{name}.cap={cap}", f'policy.{name}.allocation="{allocation}"', f"policy.{name}.start=2013")
        return played(small("baseline", *STILL, *changes, until=2015))[1][4:]

    sold, given_away = with_permits("auction"), with_permits("grandfathering")
    assert (sold[0].compute == given_away[0].compute).all()
    assert sold[0].permit_price + sold[0].license_price > 0
    able = sold[-1].means > 0
    assert (given_away[-1].means[able] / sold[-1].means[able]).max() > 1.05  # those with past use have more means
    assert sum(a for (_, _, what), a in given_away[-1].flows.items() if what == "permits given away") > 0


@pytest.mark.slow
@given(settings(most=6))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_tax_on_all_never_raises_emissions(chosen: list[str]) -> None:
    """In the first period of random worlds, whatever the market, other policies away."""
    chosen = [setting for setting in chosen if not setting.startswith("policy.") and "queue" not in setting]
    try:
        base = small("baseline", *chosen, until=2012)
    except InputError:
        assume(False)
    free, taxed = (
        advance(begin(small("baseline", *chosen, *tax, until=2012), 1))[1]
        for tax in ((), ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2012"))
    )
    assert base.steps
    assert taxed.emissions.sum() <= free.emissions.sum() * (1 + 1e-9)


def test_a_tax_in_one_region_raises_emissions_elsewhere_as_siting_predicts() -> None:
    """In one period of a slack market: shares of places by the logit, purchases by the money, both worked out here."""
    tax = 0.5  # USD/kg
    changes = (f"policy.carbon_tax.rate={1000 * tax} USD/tCO2", 'policy.carbon_tax.regions=["united_states"]')
    plain = "mechanisms.pledges=false"  # no clean power
    bundle = "mechanisms.regional_purchases=false"  # an actor buys for all its regions at one mean cost
    world = begin(small("baseline", *changes, bundle, plain, until=2012), 1)
    s, home, middle = world.scenario, world.scenario.region_ids.index("united_states"), world.clock.middle
    price, per_kwh = trends.hardware_price(s, middle), trends.flop_per_kwh(s, middle)
    v = world.actors.volume
    hardware = price * np.clip(
        (v / ((v * v).sum() / v.sum())) ** -s.compute.volume_discount, 1, s.compute.small_buyer_limit
    )
    kwh = world.fixed.traits.pue / per_kwh
    carbon_price = trends.carbon_price(world.scenario, 2012) + tax * (np.arange(len(world.fixed.cloud)) == home)
    of_kwh = trends.electricity(world.scenario, 2012) + trends.intensity(world.scenario, 2012) * carbon_price
    full = hardware[:, None] + kwh[:, None] * of_kwh
    appeal = world.fixed.cloud * np.exp((1 - full / (full * world.fixed.cloud).sum(axis=1)[:, None]) / s.siting.scale)
    goal = appeal / appeal.sum(axis=1)[:, None]
    site = world.actors.site.T + (goal - world.actors.site.T) * (1 - np.exp(-s.siting.speed * world.clock.dt / 2))
    at_home = np.arange(len(world.fixed.cloud)) == world.fixed.traits.home[:, None]
    work = world.fixed.traits.home_share[:, None] * at_home + (1 - world.fixed.traits.home_share[:, None]) * site
    cost = hardware + (kwh[:, None] * work * of_kwh).sum(axis=1)
    step = advance(world)[1]
    assert step.outcome == "slack"
    money = step.paid + step.paid_inference
    predicted = (money / cost * kwh)[:, None] * work * trends.intensity(world.scenario, 2012)
    assert step.emissions == pytest.approx(predicted.T, rel=1e-9)
    rooted = advance(begin(small("baseline", *changes, bundle, plain, "siting.speed=0", until=2012), 1))[1]
    elsewhere = advance(begin(small("baseline", plain, until=2012), 1))[1]
    part = [of.emissions[home].sum() / of.emissions.sum() for of in (step, elsewhere, rooted)]
    assert part[0] < min(part[1:])  # work leaves the taxed place


def test_the_order_of_a_package_does_not_matter(tmp_path: Any) -> None:
    entries = [(SCENARIOS / f"{name}.toml").read_text(encoding="utf-8").split("[[policy]]")[1] for name in registry()]
    results = []
    for number, order in enumerate((entries, entries[::-1])):
        file = tmp_path / f"package{number}.toml"
        head = f'schema = 1\nextends = "{SCENARIOS / "baseline.toml"}"\ntitle = "t"\nquestion = "q?"\n'
        file.write_text(head + "".join(f"[[policy]]{entry}" for entry in order).replace("start = 2027", "start = 2013"))
        few = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20")
        results.append(played(load(file, few, until=2016))[1])
    for a, b in zip(*results, strict=True):
        same(a, b)


def test_permits_beside_a_queue_and_two_markets_of_one_kind_are_refused(tmp_path: Any) -> None:
    with pytest.raises(InputError, match="a queue has no prices"):
        small("cap_and_trade", 'market.allocation="queue"')
    file = tmp_path / "twice.toml"
    file.write_text(
        f'schema = 1\nextends = "{SCENARIOS / "cap_and_trade.toml"}"\ntitle = "t"\nquestion = "q?"\n'
        '[[policy]]\nname = "cap_and_trade"\nid = "second"\ncap = 5\n'
    )
    with pytest.raises(InputError, match="one market for permits of a kind"):
        load(file)


@pytest.mark.parametrize(("name", "cap"), [("cap_and_trade", "100 tCO2e/yr"), ("compute_permits", "5e20")])
def test_permits_are_given_away_by_past_use(name: str, cap: str) -> None:
    """By emissions, or compute, of the calendar year before the first permits; to nobody founded later."""
    scenario = small("baseline", f"policy.{name}.cap={cap}", f'policy.{name}.allocation="grandfathering"',
                     f"policy.{name}.start=2014")  # fmt: skip
    world, steps = walked(begin(scenario, 1), 8)
    emits = name == "cap_and_trade"
    past = sum(step.emissions.sum(axis=0) if emits else step.compute + step.inference for step in steps[4:])
    world, _ = advance(world)
    (part,) = world.treasury.rights.values()
    assert part == pytest.approx(past / past.sum(), rel=1e-12)
    assert np.ptp(part) > 0.01
    founded = np.zeros(part.size, dtype=bool)
    for _ in range(12):
        before = world.actors.alive.copy()
        world, _ = advance(world)
        founded |= world.actors.alive & ~before
    assert founded.any()
    assert not next(iter(world.treasury.rights.values()))[founded].any()


def test_permits_given_away_change_who_is_richer_not_what_is_emitted() -> None:
    """What the shipped pair of scenarios says, over some years: same price, same emissions, firms richer."""
    auctioned, free = (load(SCENARIOS / f"cap_and_trade{end}.toml", until=2029) for end in ("", "_given"))
    columns = list(measures(auctioned.region_ids, auctioned.kind_ids))
    last = [simulate(scenario, 0) for scenario in (auctioned, free)]
    for id in ("permit_price", "emissions_operational"):
        one, other = (result.yearly[-1, columns.index(id)] for result in last)
        assert one > 0
        assert other == pytest.approx(one, rel=0.02), id
    paid = [result.flows[-1].get(("government", "corporation", "permits given away"), 0.0) for result in last]
    assert paid[0] == 0 < paid[1]
