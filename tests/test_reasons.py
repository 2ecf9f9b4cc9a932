"""Why a scenario changes nothing is told truly, and one that is the same is noticed before it is simulated."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.economy.start import begin
from sim.economy.state import World
from sim.errors import Notice
from sim.policies.compute_voucher import ComputeVoucher
from sim.report.comparison.reasons import limits_alone, why_the_same
from sim.report.comparison.summary import summarize as of_comparison
from sim.report.comparison.verdict import sentence
from sim.results.statistics import FEWEST
from sim.scenario import Scenario
from tests.worlds import small

TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")


def test_why_nothing_changes_is_told_truly() -> None:
    def told(*settings: str, replicates: int = 1) -> str:
        pair = [small(until=2014), small("baseline", *settings, until=2014)]
        (policy,) = of_comparison(sim.compare(pair, replicates=replicates, workers=1), {}).policies
        return " ".join([sentence(policy.verdict), *policy.remarks])

    cap, tax = "policy.cap_and_trade.start=2013", "policy.carbon_tax.rate=500"
    far = told("policy.cap_and_trade.cap=1e15", cap, replicates=2)
    assert " It changes nothing in 2 of 2 replicates and 2 of 2 drawn worlds, where what it limits stays within" in far
    assert "changes nothing" not in told("policy.cap_and_trade.cap_share=0.5", cap)
    assert told(tax, "policy.carbon_tax.start=2027") == (
        "Changes nothing, since carbon tax begins in 2027, after 2014, the last year simulated."
    )
    late = ("policy.carbon_tax.start=2027", "policy.compute_voucher.value=0")
    assert told(tax, *late) == (
        "Changes nothing, since carbon tax begins in 2027, after 2014, the last year simulated, "
        "and the value of compute voucher is at its neutral value."
    )
    assert told(tax, "policy.carbon_tax.start=2000", "policy.carbon_tax.end=2010") == (
        "Changes nothing, since carbon tax ends in 2010, before 2012, the first year simulated."
    )
    assert (
        told("policy.carbon_tax.growth=1") == "Changes nothing, since the rate of carbon tax is at its neutral value."
    )
    assert told("market.outside_contracts={ value = 0.51, unit = '1', basis = 'assumed', note = 'n' }").endswith(
        " It changes nothing in 1 of 1 replicates and 1 of 1 drawn worlds, where what it changes has no effect."
    )  # nobody has contracts
    assert "changes nothing" not in told("product.margin={ value = 0.41, basis = 'assumed', note = 'n' }")


SET = {"open_publication": "share=0.5", "reporting_duty": "threshold=1e25", "carbon_tax": "rate=50"}
LIMITS = {"cap_and_trade": "cap=1e9", "carbon_budget": "limit=1e6", "compute_permits": "cap=1e25",
          "training_run_ceiling": "limit=1e25", "training_run_pace": "ratio=4"}  # fmt: skip


def test_a_programme_of_ones_own_may_be_the_same_by_construction() -> None:
    """Nothing is said of a division that it does not have, nor of a centre that it is not."""

    class Grant(ComputeVoucher):
        """Money for compute."""

        name = "grant"
        buys = "grants"

    own, voucher, centre = (
        small("baseline", f"policy.{name}.budget=1 MUSD/yr", f"policy.{name}.start=2013", until=2014)
        for name in ("grant", "compute_voucher", "public_compute")
    )
    first = "are the same by construction, but for size and dates: both pay for compute in the same market, in equal"
    for one, other, more in ((own, voucher, ""), (own, centre, "centre"), (centre, own, "centre")):
        said = why_the_same(one, other)
        assert first in said
        assert (" a centre " in said, "policy.public_compute.allotment" in said) == (bool(more), bool(more))


def test_a_duty_is_no_limit() -> None:
    """Though where several ask for it the smallest holds, as with limits."""
    world = small("baseline", *(f"policy.{name}.{setting}" for name, setting in {**SET, **LIMITS}.items()))
    found = {policy.name: limits_alone([policy]) for policy in world.policies}
    assert found == {**dict.fromkeys(SET, False), **dict.fromkeys(LIMITS, True)}
    assert limits_alone([policy for policy in world.policies if policy.name in LIMITS])
    assert not limits_alone(list(world.policies))
    assert not limits_alone([])


def test_a_scenario_compared_with_itself_is_not_simulated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noticed beforehand, and keeps its rows with differences of exactly nothing."""
    begun = []

    def counted(scenario: Scenario, *seeds: int) -> World:
        begun.append(scenario.name)
        return begin(scenario, *seeds)

    monkeypatch.setattr("sim.experiment.path.begin", counted)
    titled = replace(small(until=2013), name="same", title="Another title")
    with pytest.warns(Notice, match="same is the same as baseline: it is not simulated again"):
        found = sim.compare([small(until=2013), titled], replicates=FEWEST, workers=1)
    assert begun == ["baseline"] * FEWEST  # and no assumptions are drawn, since nothing differs in any world
    assert len(found.table) > 100
    assert (found.table["difference"] == 0).all()
    enough = found.table[found.table["replicates"] >= FEWEST]  # others have no interval
    assert len(enough) > 100
    assert (enough[["ci_low", "ci_high"]] == 0).all(axis=None)
    assert found.table["wide_low"].isna().all()
    (policy,) = of_comparison(found, {}).policies
    assert policy.verdict == [f"changes nothing, since it is the same as {found.scenarios[0].title}"]
    begun.clear()
    taxed = small("baseline", *TAX, until=2013)
    with pytest.warns(Notice, match="baseline-3 is the same as baseline-2"):
        found = sim.compare([small(until=2013), taxed, taxed], replicates=1, workers=1, assumptions=False)
    assert np.array_equal(*(found.pairs[0].luck[i].yearly for i in (1, 2)), equal_nan=True)
    assert np.array_equal(*(found.pairs[0].luck[i].trained[2013] for i in (1, 2)))
    own, twin = (found.series.query("scenario == @name")["value"] for name in ("baseline-2", "baseline-3"))
    assert len(own) > 100
    assert np.array_equal(own, twin, equal_nan=True)


def test_notes_of_a_run_are_those_of_a_comparison() -> None:
    late = small("baseline", "policy.carbon_tax.rate=500", "policy.carbon_tax.start=2027", until=2013)
    summary = of_comparison(sim.compare([small(until=2013), late], replicates=1, workers=1), {})
    assert set(late.notes) <= set(summary.notes)
    assert late.notes
