"""Support for clean power: buyers see a premium that is lower by it, and the treasury pays it on every kWh used."""

import re
from dataclasses import fields, replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.economy.observe import Step, observe
from sim.economy.parties import CLEAN_SUPPORT, GOVERNMENT
from sim.economy.start import begin
from sim.measures import registry as measures
from sim.report.comparison.windfall import bought_anyway
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST
from sim.scenario import Scenario, load
from sim.scenario.notes import notes
from sim.scenario.policy_notes import SUPPORTS_NONE, SUPPORTS_PROMISED
from tests.worlds import SCENARIOS, played, small, walked

ON = ("mechanisms.abatement=true",)
ALONE = (*ON, "mechanisms.pledges=false")
KEPT = ("pledges.clean_share={ years = [2010, 2014], values = [0, 1] }", "pledges.size=1e6")
WAYS = {
    "clean power": ALONE, "beside pledges": (*ON, *KEPT), "pledges alone": KEPT,
    "built at once": (*ON, "abatement.build=100", "abatement.contract=0.1"),
    "where nobody moves": (*ON, "mechanisms.siting=false"),
}  # fmt: skip
START = "policy.clean_power_support.start=2012"
TAX = ("policy.carbon_tax.rate=100", "policy.carbon_tax.start=2012", 'policy.carbon_tax.regions=["germany", "china"]')
CAP = ("policy.cap_and_trade.cap=200 tCO2e/yr", "policy.cap_and_trade.start=2013")
BUDGET = ("policy.carbon_budget.limit=20 tCO2e/yr", "policy.carbon_budget.start=2013")
LABS = ("policy.public_compute.share=0.2", "policy.public_compute.start=2012")
BESIDE = {"nothing": (), "a tax": TAX, "a cap": CAP, "a budget": BUDGET, "tax and cap": (*TAX, *CAP), "labs": LABS}
OF_THE_STATE = ("flows", "received", "spent")  # what is paid to buyers and by them to utilities
UTILITIES = "utilities", "clean power"


def cheaper(scenario: Scenario, by: float, *where: str) -> Scenario:
    """The same world without its support, where the first clean power costs less by so much [USD/kWh], in all regions
    or some; no file may say it where that is below nothing."""
    assert scenario.abatement.clean_change == 0.0
    regions = tuple(
        replace(region, clean_premium=region.clean_premium - (by if region.id in (where or [region.id]) else 0.0))
        for region in scenario.regions
    )
    policies = tuple(policy for policy in scenario.policies if policy.name != "clean_power_support")
    return replace(scenario, regions=regions, policies=policies)


def offered_in(scenario: Scenario, *where: str) -> Scenario:
    """The same world with clean power on offer in some regions alone."""
    regions = tuple(r if r.id in where else replace(r, clean_premium=inf) for r in scenario.regions)
    return replace(scenario, regions=regions)


def world(*settings: str, rate: float = 0.0, until: int = 2014) -> Scenario:
    support = (f"policy.clean_power_support.rate={rate}", START) if rate else ()
    return small("baseline", "abatement.clean_change=0", *settings, *support, until=until)


def outlay(step: Step) -> float:
    """What the treasury pays for clean power [USD/yr]."""
    return sum(usd for (payer, _, of), usd in step.flows.items() if payer == GOVERNMENT and of == CLEAN_SUPPORT)


def to_utilities(step: Step) -> float:
    """What utilities are paid for clean power [USD/yr]."""
    return sum(usd for (_, *to), usd in step.flows.items() if tuple(to) == UTILITIES)


def alike(one: Step, other: Step) -> None:
    """All but the money of the state and of utilities."""
    for name in (field.name for field in fields(Step) if field.name not in OF_THE_STATE):
        value, same = getattr(one, name), getattr(other, name)
        if isinstance(value, str):
            assert value == same, name
        else:
            assert value == pytest.approx(same, rel=1e-9, abs=1e-12), name


def same_bits(one: Step, other: Step) -> None:
    for name in (field.name for field in fields(Step)):
        value, same = getattr(one, name), getattr(other, name)
        assert np.array_equal(value, same) if isinstance(value, np.ndarray) else value == same, name


@pytest.mark.parametrize("rate", [0.0095, 0.03], ids=["below the premium", "above it"])
@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
def test_buyers_do_as_where_clean_power_costs_less(how: tuple[str, ...], beside: tuple[str, ...], rate: float) -> None:
    supported = world(*how, *beside, rate=rate)
    _, with_it = played(supported)
    _, without = played(cheaper(supported, rate))
    for one, other in zip(with_it, without, strict=True):
        alike(one, other)
        assert outlay(one) == pytest.approx(rate * one.clean.sum(), rel=1e-9)
        assert to_utilities(one) == pytest.approx(to_utilities(other) + outlay(one), rel=1e-9, abs=1e-6)
        assert one.received - one.spent == pytest.approx(other.received - other.spent, rel=1e-9, abs=1e-3)
        assert outlay(other) == 0.0
    assert outlay(with_it[-1]) > 0.0


def test_without_a_price_of_carbon_some_is_bought_where_support_is_above_the_premium() -> None:
    free = (*ALONE, "mechanisms.existing_carbon_prices=false")
    below, above = (played(world(*free, rate=rate))[1][-1] for rate in (0.004, 0.03))
    assert not below.clean.any()
    assert outlay(below) == 0.0
    assert above.clean.sum() > 0.1 * above.energy.sum()
    assert (above.abatement <= 0.0).all()  # buyers pay less than for the grid's power


@pytest.mark.parametrize("how", [ALONE, (*ON, *KEPT)], ids=["clean power", "beside pledges"])
def test_a_region_without_support_is_paid_nothing(how: tuple[str, ...]) -> None:
    plain, here, there = (
        world(*how, *more, rate=rate)
        for rate, *more in (
            (0.0,),
            (0.03, 'policy.clean_power_support.regions=["germany"]'),
            (0.03, 'policy.clean_power_support.regions=["china"]'),
        )
    )
    for one, other in zip(played(here)[1], played(cheaper(here, 0.03, "germany"))[1], strict=True):
        alike(one, other)
    worlds = [played(offered_in(each, "germany"))[1] for each in (plain, here, there)]
    for nothing, paid, elsewhere in zip(*worlds, strict=True):
        same_bits(nothing, elsewhere)
        assert outlay(paid) == pytest.approx(0.03 * paid.clean.sum(), rel=1e-9)
    assert outlay(worlds[1][-1]) > 0.0


def test_entries_add_up() -> None:
    """Two at once do as one of their sum."""
    whole = world(*ALONE, rate=0.03)
    (policy,) = whole.policies
    parts = tuple(replace(policy, id=f"part_{rate}", rate=rate) for rate in (0.01, 0.02))
    for one, other in zip(played(whole)[1], played(replace(whole, policies=parts))[1], strict=True):
        alike(one, other)
        assert outlay(one) == pytest.approx(outlay(other), rel=1e-9)


def test_no_kwh_is_paid_more_than_the_first_one_costs() -> None:
    """However high the rate: compute never costs less than its hardware."""
    dear, dearer = (played(world(*ALONE, rate=rate))[1] for rate in (10.0, 100.0))
    for one, other in zip(dear, dearer, strict=True):
        same_bits(one, other)
        assert (one.unit_cost[one.alive] > 0.0).all()
    scenario, last = world(*ALONE), dear[-1]
    most = max(region.clean_premium + region.electricity_price for region in scenario.regions)
    assert 0.0 < outlay(last) < most * last.clean.sum() < 10.0 * last.clean.sum()


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
def test_nothing_is_the_same_to_the_bit(how: tuple[str, ...]) -> None:
    """A rate of nothing, and a support that is over or holds nowhere."""
    plain = played(world(*how))[1]
    for more in (("rate=0", "start=2012"), ("rate=0.03", "start=2010", "end=2012"), ("rate=0.03", "start=2016")):
        entry = [f"policy.clean_power_support.{each}" for each in more]
        for one, other in zip(plain, played(world(*how, *entry))[1], strict=True):
            same_bits(one, other)


def test_its_outlay_is_measured_and_what_buyers_pay_is_net_of_it() -> None:
    world_, steps = walked(begin(world(*ALONE, *TAX, rate=0.03), 1), 12)
    window = observe(world_, steps[-4:])
    found = {id: measures()[id](window) for id in ("public_outlay", "abatement_cost", "public_transfers")}
    assert found["public_outlay"] == pytest.approx(0.03 * window.clean, rel=1e-9)
    paid = sum(to_utilities(step) * step.dt for step in steps[-4:])
    removed = sum(
        usd * step.dt for step in steps[-4:] for (*_, of), usd in step.flows.items() if of == "carbon removals"
    )
    assert found["abatement_cost"] == pytest.approx(paid + removed - found["public_outlay"], rel=1e-9)
    assert found["public_transfers"] == 0.0


@pytest.mark.parametrize(("how", "said"), [
    ((), SUPPORTS_PROMISED),
    (("mechanisms.pledges=false",), SUPPORTS_NONE),
    (ON, ""),
    (ALONE, ""),
])  # fmt: skip
def test_what_it_cannot_do_in_a_world_is_noted(how: tuple[str, ...], said: str) -> None:
    found = [note for note in notes(world(*how, rate=0.03)) if "clean_power_support" in note and "buys" in note]
    assert found == ([f"Note: policy clean_power_support {said}"] if said else [])


def test_where_none_is_on_offer_is_noted() -> None:
    scenario = world(*ON, 'policy.clean_power_support.regions=["germany", "china"]', rate=0.03)
    assert "on offer" not in " ".join(notes(scenario))
    said = "pays nothing where no clean power is on offer: region.china.clean_premium is not given."
    assert said in " ".join(notes(offered_in(scenario, "germany")))


def compared(*settings: str, rate: float = 0.03) -> Comparison:
    worlds = [world(*ON, *KEPT), world(*ON, *KEPT, *settings, rate=rate)]
    return sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)


def test_a_verdict_says_how_much_of_it_is_bought_anyway() -> None:
    found = compared()
    (said,) = bought_anyway(found, 1)
    middle = re.match(r"([\d.]+) % .*of the clean power that it pays for is bought without it too$", said)
    assert middle, said
    kwh = [found.values(i, "clean_power_share") * found.values(i, "energy_total") for i in (0, 1)]
    assert float(middle[1]) == pytest.approx(100 * np.median(kwh[0] / kwh[1]), rel=0.05)
    assert found.net(1) is not None
    assert found.cost(1).outlay > 0 > found.cost(1).abatement
    assert not bought_anyway(compared('policy.clean_power_support.regions=["germany"]'), 1)  # not known by region
    assert not bought_anyway(compared(*TAX, rate=0.0), 1)
    assert not bought_anyway(compared(*TAX), 1)  # more of it is bought without the support, under the tax alone


def test_the_shipped_scenario_differs_in_it_alone() -> None:
    scenario, baseline = (load(Path(SCENARIOS, f"{name}.toml")) for name in ("clean_power_support", "clean_power"))
    assert scenario.is_same_world(baseline)
    assert not [note for note in scenario.notes if "clean_power_support" in note]


def test_every_dollar_of_it_has_a_payer_and_a_payee() -> None:
    for step in played(world(*ON, *KEPT, *TAX, *CAP, rate=0.03))[1]:
        net, size = step.flows.net(), sum(abs(usd) for usd in step.flows.values())
        assert abs(sum(net.values())) < 1e-9 * size
        for kind in ("corporation", "startup", "academic_lab"):
            paid = sum(usd for (payer, payee, _), usd in step.flows.items() if payer == kind and payee != kind)
            got = sum(usd for (payer, payee, _), usd in step.flows.items() if payee == kind and payer != kind)
            assert got - paid == pytest.approx(net[kind], rel=1e-9, abs=1e-6 * size)
        assert outlay(step) == pytest.approx(0.03 * step.clean.sum(), rel=1e-9)
