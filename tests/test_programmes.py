"""Public compute and vouchers given as a sum of money: shared among those served, whatever their number."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.errors import InputError
from sim.policies import registry
from sim.policies.levers import ALLOTMENTS
from sim.policies.programme import Programme
from sim.policies.view import View
from tests.worlds import BASELINE, changed, small, walked

MONEY = 3e7  # USD/yr
PROGRAMMES = [name for name, policy in registry().items() if issubclass(policy, Programme)]
NAMED = pytest.mark.parametrize("name", PROGRAMMES)


def stepped(*changes: str, steps: int = 1) -> tuple[World, list[Step]]:
    return walked(begin(small("baseline", *changes), 1), steps)


def test_programmes_are_those_of_public_money() -> None:
    assert set(PROGRAMMES) == {"public_compute", "compute_voucher"}


@NAMED
@pytest.mark.parametrize("labs", [1, 20, 60])
def test_a_budget_is_spent_whatever_the_number_of_those_served(name: str, labs: int) -> None:
    _, steps = stepped(f"policy.{name}.budget={MONEY}", f"kind.academic_lab.count={labs}", steps=8)
    for step in steps:
        assert step.public.sum() == pytest.approx(MONEY, rel=1e-12)
        assert step.flows["government", "academic_lab", "public compute"] == pytest.approx(MONEY, rel=1e-12)
        assert step.unspent == pytest.approx(0.0, abs=1e-9 * MONEY)
        balance: dict[str, float] = {}
        for (payer, payee, _), amount in step.flows.items():
            balance[payer] = balance.get(payer, 0.0) - amount
            balance[payee] = balance.get(payee, 0.0) + amount
        assert sum(balance.values()) == pytest.approx(0.0, abs=1e-9 * sum(map(abs, balance.values())))


@NAMED
@pytest.mark.parametrize("steps", [1, 4, 12])
def test_a_total_is_what_is_spent_from_start_to_end(name: str, steps: int) -> None:
    changes = (f"time.steps_per_year={steps}", f"policy.{name}.total=2.6e8", f"policy.{name}.start=2013",
               f"policy.{name}.end=2019")  # fmt: skip
    series = sim.run(small("baseline", *changes, until=2020, replicates=1), workers=1).series
    outlay = series[series["measure"] == "public_outlay"].set_index("year")["value"]
    assert outlay.loc[2013:2018].to_numpy() == pytest.approx([2.6e8 / 6] * 6, rel=1e-9)
    assert (outlay.drop(range(2013, 2019)) == 0).all()


def test_a_total_between_dates_within_years_is_spent_in_whole_steps() -> None:
    voucher = registry()["compute_voucher"](id="it", total=1e9, start=2014.333, end=2015.0)
    paid = [voucher.pull(View(2014 + (i + 0.5) / 12, 2012.0, steps_per_year=12, served=4)) for i in range(24)]
    assert sum(4 * pull.get("voucher", 0.0) / 12 for pull in paid) == pytest.approx(1e9, rel=1e-12)


@NAMED
def test_a_budget_buys_what_a_price_or_a_share_of_the_same_money_does(name: str) -> None:
    size = {"public_compute": "share=20 %", "compute_voucher": "value=50000"}[name]
    _, (one,) = stepped(f"policy.{name}.{size}")
    _, (other,) = stepped(f"policy.{name}.budget={float(one.public.sum())!r}")
    for field in ("public", "compute", "paid", "run", "error"):
        assert getattr(other, field) == pytest.approx(getattr(one, field), rel=1e-9), field


@pytest.mark.parametrize("rule", ALLOTMENTS)
def test_a_budget_for_public_compute_is_divided_by_the_rule(rule: str) -> None:
    allotted = f'policy.public_compute.allotment="{rule}"'
    world, (bought,) = stepped(f"policy.public_compute.budget={MONEY}", allotted)
    _, (shared,) = stepped("policy.public_compute.share=20 %", allotted)
    labs = world.groups.of("academia")
    flop = [(step.public / step.unit_cost)[labs] for step in (bought, shared)]
    parts = [of / of.sum() for of in flop]
    assert parts[0] == pytest.approx(parts[1], rel=1e-6)
    assert bought.public.sum() == pytest.approx(MONEY, rel=1e-12)


def test_each_of_two_programmes_keeps_its_money_for_its_own(tmp_path: Path) -> None:
    file = tmp_path / "two.toml"
    entries = "".join(
        f'[[policy]]\nname = "public_compute"\nid = "for_{kind}"\nbudget = {money}\nkinds = ["{kind}"]\n'
        for kind, money in (("academic_lab", MONEY), ("startup", 2 * MONEY))
    )
    file.write_text(f'schema = 1\nextends = "{BASELINE}"\ntitle = "t"\nquestion = "q?"\n{entries}', encoding="utf-8")
    world = begin(sim.load(file), 1)
    step = advance(world)[1]
    of = {kind: step.public[rows].sum() for kind, rows in world.groups.kinds.items()}
    assert of == pytest.approx({"corporation": 0.0, "startup": 2 * MONEY, "academic_lab": MONEY})


@NAMED
def test_what_finds_no_compute_or_no_taker_is_shown_and_stays_in_the_treasury(name: str) -> None:
    _, (held,) = stepped(f"policy.{name}.budget={MONEY}", "policy.training_run_ceiling.limit=1e15")
    assert 0 < held.public.sum() < MONEY
    assert held.public.sum() + held.unspent == pytest.approx(MONEY, rel=1e-12)
    world = begin(small("baseline", f"policy.{name}.budget={MONEY}", f'policy.{name}.kinds=["startup"]'), 1)
    none = advance(changed(world, alive=~world.fixed.traits.raises))[1]
    assert not none.public.any()
    assert none.unspent == MONEY
    series = sim.run(small("baseline", f"policy.{name}.budget={MONEY}", "policy.training_run_ceiling.limit=1e15",
                           until=2013, replicates=1), workers=1).series  # fmt: skip
    yearly = series.pivot(index="year", columns="measure", values="value")
    assert (yearly["public_outlay"] + yearly["public_unspent"]).to_numpy() == pytest.approx([MONEY] * 2, rel=1e-9)


@NAMED
@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        (("budget=5", "total=7", "start=2014", "end=2016"), "total", "a programme has one size"),
        (("total=7", "start=2014"), "total", "give start and end, or a yearly budget"),
        (("total=7", "start=2014", "end=2016", "ramp=1"), "ramp", "a total is spent in even parts"),
    ],
)  # fmt: skip
def test_a_sum_that_means_two_things_is_refused(name: str, changes: tuple[str, ...], key: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        small("baseline", *(f"policy.{name}.{change}" for change in changes))
    assert refused.value.key == f"policy.{name}.{key}"


def test_a_total_does_not_grow() -> None:
    voucher = [f"policy.compute_voucher.{key}" for key in ("total=7", "start=2014", "end=2016", "growth=2 %/yr")]
    with pytest.raises(InputError, match="in even parts") as refused:
        small("baseline", *voucher)
    assert refused.value.key == "policy.compute_voucher.growth"
    grown = [f"policy.compute_voucher.{key}" for key in (f"budget={MONEY}", "growth=50 %/yr")]
    _, steps = stepped(*grown, steps=5)
    assert steps[4].public.sum() / steps[0].public.sum() == pytest.approx(1.5, rel=1e-9)
    assert np.ptp(steps[0].public[begin(small(), 1).groups.of("academia")]) == pytest.approx(0.0, abs=1e-6)
