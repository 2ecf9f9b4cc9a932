"""Do policies add up? A world with all of them, beside what each does alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiment.path import parting
from sim.measures import DIVIDE, EMISSIONS
from sim.measures.economy import REVENUE
from sim.outputs.comparison import tables_of
from sim.report.comparison import matrix
from sim.report.comparison.combined import sentences
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize
from sim.results.combined import Combination, as_sum, beside_sum, combinations
from sim.scenario import Scenario
from sim.scenario.combined import combined
from tests.saying import Say
from tests.worlds import FEW, SCENARIOS, small

TAX, VOUCHER = "carbon_tax", "compute_voucher"


def with_policy(name: str, *settings: str, **run: int) -> Scenario:
    return small(name, f"policy.{name}.start=2013", *settings, until=2014, **run)


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    worlds = [small(until=2014), with_policy(TAX, f"policy.{TAX}.rate=500"), with_policy(VOUCHER)]
    return sim.compare(worlds, replicates=6, workers=1, combined=True)


def test_the_world_with_all_policies_is_the_first_with_those_of_the_others(found: sim.Comparison) -> None:
    first, tax, voucher, both = found.scenarios
    assert both.name == "combined"
    assert both.title == "Combined: carbon tax, compute voucher"
    assert both.is_same_world(first)
    assert both.policies == (*tax.policies, *voucher.policies)
    assert combined([first, voucher, tax]).policies == (*voucher.policies, *tax.policies)


def test_seed_and_replicates_of_a_file_do_not_stand_in_the_way() -> None:
    """Pairs have one seed and one number of replicates, whatever each file says."""
    first, tax, voucher = small(until=2014), with_policy(TAX, replicates=7), with_policy(VOUCHER, seed=9)
    both = sim.compare([first, tax, voucher], replicates=1, workers=1, assumptions=False, combined=True).scenarios[-1]
    assert both.policies == (*tax.policies, *voucher.policies)
    with pytest.raises(sim.InputError, match="added to one world"):
        combined([first, tax, with_policy(VOUCHER, "product.margin=0.3")])


def test_how_often_it_is_repeated_makes_no_other_world_and_another_luck_does() -> None:
    first, tax = small(until=2014), with_policy(TAX)
    often, apart = with_policy(TAX, replicates=7), with_policy(TAX, seed=7)
    assert tax.is_same(often)
    assert parting(first, often) == parting(first, tax) == 2013
    assert not tax.is_same(apart)
    assert parting(first, apart) is None


def test_under_every_theory_there_is_one_of_it() -> None:
    worlds = [small(until=2013), *(small(name, f"policy.{name}.start=2012", until=2013) for name in (TAX, VOUCHER))]
    every = sim.compare(worlds, replicates=1, assumptions=False, workers=1, combined=True, theories=True).theories
    assert len(every) > 1
    assert {tuple(one.name for one in found.scenarios) for found in every.values()} == {
        ("baseline", TAX, VOUCHER, "combined")
    }


def test_it_is_found_by_its_policies_also_where_a_file_of_ones_own_has_them(found: sim.Comparison) -> None:
    assert combinations(found) == [Combination(3, [1, 2])]
    first, tax, voucher, both = found.scenarios
    other = replace(found, scenarios=[first, both, tax, voucher])
    assert combinations(other) == [Combination(1, [2, 3])]
    for without in ([first, tax, voucher], [first, both, voucher], [first, tax, both]):
        assert combinations(replace(found, scenarios=without)) == []
    longer = small(until=2013)
    assert combinations(replace(found, scenarios=[longer, tax, voucher, both])) == []


def test_effects_are_added_and_those_of_ratios_multiplied() -> None:
    base, others = np.array([[10.0, 10.0]]), [np.array([[8.0, 5.0]]), np.array([[11.0, 30.0]])]
    assert as_sum(base, others, np.array([True, False])).tolist() == [[9.0, 15.0]]
    large = [np.array([[2.0, 2.0]]), np.array([[1.0, 1.0]])]  # of which the sum would be less than nothing
    assert as_sum(base, large, np.array([True, False])).tolist() == [[-7.0, pytest.approx(0.2)]]
    assert as_sum(np.array([[0.0, -1.0]]), others, np.array([False, False])).tolist() == [[19.0, 36.0]]
    assert as_sum(base, [-others[0], others[1]], np.array([False, False])).tolist() == [[-7.0, 15.0]]
    half, more = np.array([[0.5]]), [np.array([[0.9]]), np.array([[0.8]])]  # odds of 1, 9 and 4
    assert as_sum(half, more, np.array([False]), np.array([True]))[0, 0] == pytest.approx(36 / 37)
    assert np.isnan(as_sum(base, [np.full((1, 2), np.nan), others[1]], np.array([False, True]))).all()


def test_what_is_beyond_the_sum_is_that_of_each_pair(found: sim.Comparison) -> None:
    pair = beside_sum(found, combinations(found)[0])
    for wide in (False, True):
        base, tax, voucher, both = (found.values(i, EMISSIONS, wide=wide) for i in range(4))
        assert np.allclose(pair.values(0, EMISSIONS, wide=wide), tax * voucher / base, rtol=1e-12)
        assert np.array_equal(pair.values(1, EMISSIONS, wide=wide), both)
        base, tax, voucher = (found.values(i, DIVIDE, wide=wide) for i in range(3))
        assert np.allclose(pair.values(0, DIVIDE, wide=wide), tax * voucher / base, rtol=1e-12)
    change = pair.effect(1, REVENUE)
    assert change is not None
    assert change.difference == pytest.approx(float(np.median(both_less_sum(found, REVENUE))))


def both_less_sum(found: sim.Comparison, id: str) -> np.ndarray:
    base, tax, voucher, both = (found.values(i, id) for i in range(4))
    return np.asarray(both - (tax + voucher - base))


def test_reports_say_whether_they_add_up(found: sim.Comparison) -> None:
    (said,) = sentences(found)
    assert said.startswith("Do they add up? ")
    assert "combined" not in said
    assert "what each does alone" in said
    assert summarize(found, {}).combined == [said]
    assert "Do they add up?" in comparison_page(found, summarize(found, {}), {}, {})
    assert [(one.policy, one.of) for one in matrix.instead(found)] == [(VOUCHER, TAX)]


def test_what_adds_up_and_what_does_not_is_told_apart(found: sim.Comparison) -> None:
    def changed(times: float) -> sim.Comparison:
        """With emissions of all worlds together as the sum has them, times a factor."""
        column = list(found.measures).index(EMISSIONS)
        money, shares = (np.array([one.told.money for one in found.measures.values()]),
                         np.array([one.is_share for one in found.measures.values()]))  # fmt: skip

        def world(luck: list[sim.results.Replicate]) -> list[sim.results.Replicate]:
            yearly = as_sum(luck[0].yearly, [luck[1].yearly, luck[2].yearly], money, shares)
            yearly[:, column] *= times
            return [*luck[:3], replace(luck[3], yearly=yearly)]

        pairs = [replace(one, luck=world(one.luck), wide=world(one.wide)) for one in found.pairs]
        return replace(found, pairs=pairs)

    added = "Factors are multiplied, public money is added up."
    assert sentences(changed(1.0)) == [f"Do they add up? Yes: together they do in 2014 what each does alone. {added}"]
    (said,) = sentences(changed(1.5))
    assert said.startswith("Do they add up? Not in all: together they do in 2014 what each does alone in the compute d")
    assert ". Beyond that: emissions rise by 50 % (" in said
    (said,) = sentences(changed(1.02))
    assert said.startswith("Do they add up? Nearly: together they do in 2014 what each does alone. Beyond that, and sm")
    assert "small: emissions rise by 2 % (" in said
    assert said.endswith(f". {added}")
    assert len(re.findall(r"[.?](?: |$)", said)) == 4
    more = [replace(one, luck=[*one.luck, one.luck[0]], wide=[*one.wide, one.wide[0]]) for one in found.pairs]
    third = replace(found, scenarios=[*found.scenarios, with_policy("carbon_budget")], pairs=more)
    assert sentences(third)[0].startswith('"Carbon tax from 2013" and "Compute voucher from 2013": Do they add up? ')
    few = replace(found, pairs=found.pairs[:2])
    assert sentences(few)[0].startswith("Do they add up? Too few replicates to say")
    assert sentences(replace(found, pairs=[])) == []


def test_a_table_holds_all_measures_beside_their_sum(found: sim.Comparison) -> None:
    table = tables_of(found)["combined.csv"].set_index("measure")
    own = found.table.query("scenario == 'combined' and window == 'final'").set_index("measure")
    assert table["policy"].equals(own["policy"].reindex(table.index))
    base, tax, voucher = (found.values(i, EMISSIONS) for i in range(3))
    expected = float(np.median(tax * voucher / base))
    assert table.added[EMISSIONS] == pytest.approx(expected)
    alone = replace(found, scenarios=found.scenarios[:3])
    assert "combined.csv" not in tables_of(alone)


def test_from_the_command_line(say: Say, tmp_path: Path) -> None:
    files = [SCENARIOS / f"{name}.toml" for name in ("baseline", TAX, VOUCHER)]
    settings = [f"--set=policy.{name}.start=2012" for name in (TAX, VOUCHER)]
    answer = say("compare", *files, "--combined", *settings, *(f"--set={one}" for one in FEW), "--replicates", "1",
                 "--until", "2012", "--out", tmp_path / "out")  # fmt: skip
    assert answer.code == 0, answer.err
    assert "Do they add up? Too few replicates to say" in answer.out
    assert (tmp_path / "out" / "scenarios" / "combined.toml").is_file()
    assert len(pd.read_csv(tmp_path / "out" / "combined.csv")) > 50
    assert "the last bit" in say("verify", tmp_path / "out").out


@pytest.mark.parametrize(
    ("others", "problem", "found_"),
    [
        (lambda: [with_policy(TAX)], "nothing to combine", "carbon_tax"),
        (lambda: [], "nothing to combine", "nothing"),
        (lambda: [with_policy(TAX), with_policy(VOUCHER, "product.margin=0.4")], "added to one world",
         "compute_voucher differs from baseline"),
        (lambda: [with_policy(TAX), with_policy(TAX, f"policy.{TAX}.rate=9")], "carbon_tax in two ways",
         "(100 USD/tCO2) and carbon_tax (9 USD/tCO2) both set carbon_tax"),
        (lambda: [with_policy(TAX), with_policy(TAX, f"policy.{TAX}.growth=9 %/yr")], "carbon_tax in two ways",
         "carbon_tax (2 %/yr) and carbon_tax (9 %/yr) both set carbon_tax"),
        (lambda: [with_policy(TAX), combined([small(until=2014), with_policy(TAX), with_policy(VOUCHER)])],
         "have the same policy", "carbon_tax in combined, and before it"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_together_is_said(others: Callable[[], list[Scenario]], problem: str, found_: str) -> None:
    with pytest.raises(sim.InputError, match=problem) as raised:
        combined([small(until=2014), *others()])
    assert found_ in str(raised.value)
    assert "--combined" in str(raised.value)
    assert ("to add them up to 109 USD/tCO2" in str(raised.value)) == ("9 USD" in found_)
