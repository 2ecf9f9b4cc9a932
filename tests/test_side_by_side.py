"""Several policies stand in one short table before all else, in the terminal and in the report; its cells are those of
documents, and its lines are no wider than others."""

import math
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import sim
from sim.cli.compare import report
from sim.cli.tables import WIDTH, table
from sim.evidence import policies
from sim.measures import DIVIDE, registry
from sim.measures.access import MEDIAN_LAB
from sim.measures.economy import OUTLAY, REVENUE
from sim.outputs.comparison import tables_of
from sim.report.comparison import matrix
from sim.report.comparison.effects import cell, ratio_cell
from sim.report.comparison.html import comparison_page
from sim.report.comparison.reasons import NO_CENTRE, why_the_same
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.run.summary import _between
from sim.report.run.summary import summarize as run_summary
from sim.report.words import number
from sim.results.certainty import Sureness, sureness
from sim.results.statistics import FEWEST, Middle, ahead
from sim.scenario.drawing import undecided, without_range
from sim.scenario.variants import with_options
from tests.ensembles_named import named
from tests.made_effects import altered, an_effect
from tests.saying import Say
from tests.test_verdict import amount
from tests.worlds import FEW, small

POLICIES = ("carbon_tax", "public_compute", "compute_voucher")


def compared(*names: str, **more: Any) -> sim.Comparison:
    settings = {name: [f"policy.{name}.start=2013"] for name in names}
    worlds = [small(until=2015), *(small(name, *settings[name], until=2015) for name in names)]
    return sim.compare(worlds, replicates=FEWEST, workers=1, **more)


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    return compared(*POLICIES, measures=[MEDIAN_LAB])


@pytest.fixture(scope="module")
def summary(found: sim.Comparison) -> ComparisonSummary:
    return summarize(found, {})


def printed(found: sim.Comparison, summary: ComparisonSummary) -> str:
    return report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0)


def test_the_terminal_begins_with_all_policies_side_by_side(found: sim.Comparison, summary: ComparisonSummary) -> None:
    text = printed(found, summary)
    first = text.partition("in 2015:\n\n")[2].partition(summary.policies[0].title.split()[0])[0]
    for name in ("baseline", *POLICIES):
        assert re.search(rf"^{name.split('_')[0]}\b", first, re.MULTILINE), name
    assert "Emissions" in first.splitlines()[0]
    assert len(text.splitlines()) < 127  # 170 and more with a table below each verdict
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "baseline        with it" not in text
    assert "[ ]" not in text  # of cells that are not there


def test_the_baseline_has_its_range_over_draws(found: sim.Comparison, summary: ComparisonSummary) -> None:
    """72.9 times stood alone where drawn worlds reach from 34 to 47,200."""
    values = found.values(0, DIVIDE, wide=True)
    low, high = (number(float(end), "ratio", 2) for end in (values.min(), values.max()))  # of few draws: all of them
    for text in (summary.matrix["baseline"][registry()[DIVIDE].label], printed(found, summary)):
        assert f"{low.removesuffix('×')} to {high}" in text
    plain = compared(*POLICIES[:2], assumptions=False)
    assert "(" not in "".join(matrix.rows(plain)["baseline"].values())


@pytest.mark.parametrize(
    ("value", "told", "unit", "text"),
    [
        (72.9, (100, 34, 47_200), "ratio", "72.9× (34 to 47,000×)"),
        (72.9, (280, 34, 47_200), "ratio", "72.9× (median 280×, 34 to 47,000×)"),
        (0.0113, (0.01, 0.0012, 0.017), "fraction", "1.13 % (0.12 to 1.7 %)"),
        (144e6, (22e6, 7.9e6, 75e6), "tCO2e/yr", "144 M tCO2e/yr (median 22 M tCO2e/yr, 7.9 to 75 M tCO2e/yr)"),
        (3.6e6, (3e6, 470e3, 2.4e7), "tCO2e/yr", "3.60 M tCO2e/yr (470 k to 24 M tCO2e/yr)"),
        (1.7e12, (1.5e12, 8e11, 2e12), "USD/yr", "$1.70 T ($800 B to $2.0 T)"),
        (1e27, (1e27, 1e26, 1e28), "FLOP", "10^27.0 FLOP (10^26.0 to 10^28.0 FLOP)"),
        (0.0, (0, 0, 0), "USD/yr", "$0"),
        (72.9, (72.9, math.nan, math.nan), "ratio", "72.9×"),
    ],
)
def test_a_level_has_one_unit_behind_both_ends(
    value: float, told: tuple[float, float, float], unit: str, text: str
) -> None:
    assert matrix.level(value, Middle(*told), unit) == text


def test_one_policy_needs_no_such_table() -> None:
    found = compared("public_compute")
    summary = summarize(found, {})
    assert (summary.columns, summary.matrix) == ([], {})
    assert matrix.BUDGET not in printed(found, summary)
    assert "[ ]" in printed(found, summary)


def test_the_report_begins_with_all_policies_side_by_side(found: sim.Comparison, summary: ComparisonSummary) -> None:
    page = comparison_page(found, summary, {}, {})
    assert page.index('<table class="brief">') < page.index('<section class="findings">')
    rows = re.findall(r"<tr>.*?</tr>", page.partition('<table class="brief">')[2].partition("</table>")[0], re.DOTALL)
    assert len(rows) == 2 + len(POLICIES)
    assert all(row.count("<td") == len(summary.columns) + 1 for row in rows[1:])
    assert [re.sub("<.*?>", "", row)[:10] for row in rows[1:]] == [
        title[:10] for title in (summary.baseline, *(policy.title for policy in summary.policies))
    ]


def test_its_cells_are_those_of_documents(found: sim.Comparison, summary: ComparisonSummary) -> None:
    """Of every policy, and of a measure that was asked for."""
    labels = [registry()[id].label for id in (*matrix.SHOWN, MEDIAN_LAB)]
    assert summary.columns == [*labels[:-1], matrix.BUDGET, labels[-1]]
    record = policies.read(found.table[found.table["window"] == "final"])
    units = {id: one.unit for id, one in registry().items()}
    assert [*summary.matrix] == ["baseline", *POLICIES]
    assert summary.matrix["baseline"][matrix.BUDGET] == "none"
    for name, policy in zip(POLICIES, summary.policies, strict=True):
        cells, changes = summary.matrix[name], record[name]
        assert cells[registry()[MEDIAN_LAB].label] == matrix.said(registry()[MEDIAN_LAB], changes[MEDIAN_LAB])
        assert policies.money(changes, units) == cells[matrix.BUDGET] != "none"
        assert cells[registry()[DIVIDE].label] in policy.key[0].judged or "(" in cells[registry()[DIVIDE].label]


# ---------------------------------------------------------------- one in place of another
def test_a_policy_in_place_of_another_is_what_comparing_the_two_alone_gives(found: sim.Comparison) -> None:
    """The same luck and draws: who comes first changes no world."""
    first, second = POLICIES[:2]
    alone = compared(first, second)
    pair = alone.against(first)
    assert pair.scenarios[0].name == first
    assert pair.names == ["baseline", second]
    assert [one.name for one in alone.scenarios] == ["baseline", first, second]  # as it was
    for wide in (False, True):
        for i, name in enumerate((first, "baseline", second)):
            assert np.array_equal(pair.values(i, DIVIDE, wide=wide), alone.values(name, DIVIDE, wide=wide))
    direct = sim.compare([one for one in alone.scenarios if one.name != "baseline"], replicates=FEWEST, workers=1,
                         assumptions=False)  # fmt: skip
    for id in matrix.SHOWN:
        change, other = pair.effect(second, id), direct.effect(second, id)
        assert change is not None
        assert other is not None
        assert change.luck.amount == other.luck.amount
    assert found.against("baseline").effect(1, DIVIDE) == found.effect(1, DIVIDE)


def test_each_two_policies_stand_once_with_how_often_a_value_is_lower(
    found: sim.Comparison, summary: ComparisonSummary
) -> None:
    assert [(row.policy, row.of) for row in summary.instead] == [
        ("public_compute", "carbon_tax"), ("compute_voucher", "carbon_tax"), ("compute_voucher", "public_compute"),
    ]  # fmt: skip
    for row in summary.instead:
        assert {*row.cells} == {*summary.columns} == {*row.ahead, matrix.BUDGET}
        for id in matrix.SHOWN:
            before, after = (found.values(name, id, wide=True) for name in (row.of, row.policy))
            most = max(("lower", int((after < before).sum())), ("higher", int((after > before).sum())),
                       key=lambda one: one[1])  # fmt: skip
            label, change = registry()[id].label, found.against(row.of).effect(row.policy, id)
            assert change is not None
            hardly = sureness(change) is Sureness.HARDLY and not change.is_nothing
            assert row.ahead[label] == ("hardly changes" if hardly else f"{most[0]} in {most[1]} of {FEWEST} draws")
            assert row.cells[label] == matrix.said(registry()[id], found.against(row.of).effect(row.policy, id))
    text = printed(found, summary)
    heading = "One in place of another in 2015, and in how many draws a value is then lower or higher:"
    assert heading in text
    assert re.search(r"^compute voucher.* lower in", text, re.MULTILINE)
    page = comparison_page(found, summary, {}, {})
    assert page.count('"id">in place of ') == 3
    assert heading.removesuffix(":") in page


def test_of_two_policies_the_terminal_says_all_that_changes() -> None:
    two = compared(*POLICIES[:2])
    text = printed(two, summarize(two, {})).partition("One in place of another")[2].partition("Carbon tax at")[0]
    (row,) = matrix.instead(two)
    for said in (*row.cells.values(), *row.ahead.values()):
        assert said.split()[0] in text
    assert "pays" in text


def test_the_numbers_of_a_report_add_up(found: sim.Comparison, summary: ComparisonSummary) -> None:
    """What the head counts as drawn is what the table below holds, and what is left out is counted beside it."""
    page = comparison_page(found, summary, {}, {})
    assert re.findall(r"<summary>(\d+) numbers</summary>", page) == [str(summary.assumptions), str(summary.fixed)]
    page = re.sub(r"<[^>]*>", "", page)  # words of the glossary are marked
    assert f" · {summary.assumptions} assumptions drawn anew" in page
    every = undecided(found.scenarios[0]).keys() | {one.path for one in without_range(found.scenarios[0])}
    assert f"Left out: {len(every) - summary.assumptions - summary.fixed} numbers" in page


def test_policies_that_are_the_same_by_construction_are_said_to_be() -> None:
    """As a voucher and public compute of some money, handed out alike: what is built in is no finding."""
    settings = {
        "public_compute": ["policy.public_compute.share=0", "policy.public_compute.budget=1 MUSD/yr"],
        "compute_voucher": ["policy.compute_voucher.value=50000 USD/yr"],
    }
    worlds = [small(name, f"policy.{name}.start=2013", *more, until=2014) for name, more in settings.items()]
    two = sim.compare([small(until=2014), *worlds], replicates=FEWEST, workers=1)
    (row,) = matrix.instead(two)
    assert row.same
    assert not re.search("(higher|lower) in", " ".join(row.ahead.values()))  # in all draws, by a thousandth
    text = printed(two, summarize(two, {})).partition("One in place of another")[2].partition("Only")[0]
    assert "hardly changes;" not in text
    (said,) = summarize(two, {}).combined
    assert said == (
        "Public compute and compute voucher are the same by construction, but for size and dates: both pay for compute "
        "in the same market, in equal parts. What a centre adds (machines of its own, lower prices, jobs larger than a "
        "lab's part, staff) is not in the model. "
        'Divided by lottery, need or merit they differ (policy.public_compute.allotment = "lottery" and so on).'
    )
    assert said in " ".join(printed(two, summarize(two, {})).split())
    assert NO_CENTRE in summarize(two, {}).scope
    alone = replace(
        two, scenarios=worlds, pairs=[replace(one, luck=one.luck[1:], wide=one.wide[1:]) for one in two.pairs]
    )
    assert summarize(alone, {}).combined == [said]  # also of two scenarios
    apart = [*settings["public_compute"], 'policy.public_compute.allotment="lottery"']
    assert why_the_same(worlds[0], worlds[1])
    assert not why_the_same(small("public_compute", *apart), worlds[1])
    assert not why_the_same(small("public_compute"), worlds[1])  # a share of the market
    assert not why_the_same(worlds[0], small("compute_voucher", 'policy.compute_voucher.kinds=["startup"]'))


def test_policies_that_do_the_same_are_said_to() -> None:
    """As public compute by need and by merit of so little that it changes next to nothing."""
    more = [
        "policy.public_compute.start=2013",
        "policy.public_compute.share=0",
        "policy.public_compute.budget=1 USD/yr",
    ]
    by = [small("public_compute", *more, f'policy.public_compute.allotment="{how}"', until=2014)
          for how in ("need", "merit")]  # fmt: skip
    worlds = [with_options(one, name=name) for one, name in zip(by, ("by_need", "by_merit"), strict=True)]
    two = sim.compare([small(until=2014), *worlds], replicates=FEWEST, workers=1)
    (row,) = matrix.instead(two)
    assert row.same
    (said,) = summarize(two, {}).combined
    titles = [f'"Public compute from 2013 ({how})"' for how in ("allotment need", "allotment merit")]
    assert said == (f"{titles[1]} and {titles[0]} do the same in 2014: in place of each other they hardly change "
                    "the compute divide, academia's share of training compute, the frontier's error and emissions and "
                    "public money.")  # fmt: skip
    apart = compared(*POLICIES[:2])
    assert not matrix.instead(apart)[0].same
    assert summarize(apart, {}).combined == []


def test_many_policies_in_place_of_each_other_stand_in_the_report_alone(
    found: sim.Comparison, summary: ComparisonSummary
) -> None:
    many = replace(summary, instead=3 * summary.instead)
    assert "in place of" not in printed(found, many)
    assert "<details><summary>One in place of another" in comparison_page(found, many, {}, {})


@pytest.mark.parametrize(
    ("before", "after", "counts", "said"),
    [
        ([1.0, 2.0, 3.0, 4.0], [0.5, 1.0, 3.5, np.nan], (2, 1, 3), "lower in 2 of 3 draws"),
        ([1.0, 2.0, 3.0], [2.0, 3.0, 3.0 * (1 + 1e-12)], (0, 2, 3), "higher in 2 of 3 draws"),
        ([1.0, 2.0, np.nan], [1.5, 1.0, 1.0], (1, 1, 2), "lower in 1 of 2 draws"),
        ([1.0, 2.0], [1.0, 2.0], (0, 0, 2), "the same in all 2 draws"),
        ([np.nan], [1.0], (0, 0, 0), ""),
    ],
)
def test_pairs_are_counted_that_have_both_values_and_differ(
    before: list[float], after: list[float], counts: tuple[int, int, int], said: str
) -> None:
    (found,) = ahead(np.array(before)[:, None], np.array(after)[:, None])
    assert found == counts
    assert matrix.in_how_many(found, drawn=True) == said


def test_a_table_holds_each_two_policies_and_all_measures(found: sim.Comparison) -> None:
    table = tables_of(found)["head_to_head.csv"].set_index(["scenario", "in_place_of", "measure", "window"])
    own = found.table.set_index(["scenario", "measure", "window"])
    assert len(table) == len(own)  # three pairs of three policies
    key = ("compute_voucher", "carbon_tax", DIVIDE, "final")
    assert table.loc[key, "other"] == own.loc[("carbon_tax", DIVIDE, "final"), "policy"]
    assert table.loc[key, "policy"] == own.loc[("compute_voucher", DIVIDE, "final"), "policy"]
    assert table.loc[key, ["lower", "higher", "of"]].tolist() == [*found.against("carbon_tax").ahead(key[0], DIVIDE)]
    assert "head_to_head.csv" not in tables_of(compared("public_compute", assumptions=False))


# ---------------------------------------------------------------- words and widths
def test_public_money_is_told_also_where_there_was_some_and_where_it_is_nothing_as_numbers_stand() -> None:
    drawn = replace(amount(0.0, 0.0, 4e12), policy=0.0)
    assert matrix.money({REVENUE: drawn}, registry()) == "may raise up to $4.0 T"
    less = replace(amount(-5e9, -8e9, -2e9), baseline=2e10, policy=1.5e10, in_amounts=True)
    assert matrix.money({REVENUE: less}, registry()) == "the revenue of policies falls by $5.0 B ($2.0 B to $8.0 B)"
    assert matrix.money({}, registry()) == "none"
    both = {OUTLAY: amount(5e9, 4e9, 6e9), REVENUE: amount(1e9, 8e8, 2e9)}
    assert matrix.money(both, registry()) == "raises $1.0 B ($800 M to $2.0 B); pays $5.0 B ($4.0 B to $6.0 B)"


def test_public_money_that_is_asked_for_has_a_cell_in_every_row() -> None:
    """The row of the baseline had none, and the page in brief ended with a traceback."""
    asked = compared("carbon_tax", "compute_voucher", measures=[OUTLAY, REVENUE], assumptions=False)
    rows = matrix.rows(asked)
    assert [set(row) for row in rows.values()] == [set(matrix.columns(asked))] * 3


def test_a_table_is_no_wider_than_a_line_and_breaks_no_number() -> None:
    cell = "20.7 M tCO2e/yr [13.7, 24.0] (−1.20, 44.0)"
    lines = table([["Academia's share of training compute", *[cell] * 3]], ["in", "2012", "2026", "2040"]).splitlines()
    assert max(map(len, lines)) <= WIDTH
    for whole in ("20.7 M tCO2e/yr", "[13.7, 24.0]", "(−1.20, 44.0)"):
        assert sum(line.count(whole) for line in lines) == 3
    narrow = table([["one two", "3 %"], ["x", "4 %"]], ["", "head"], apart=True)
    assert narrow.splitlines() == ["         head", "-------  ----", "one two  3 %", "", "x        4 %"]


def test_a_run_with_drawn_ranges_fits_on_lines_that_a_reader_need_not_scroll(tmp_path: Path, say: Say) -> None:
    options = ("--until", 2014, "--replicates", FEWEST, "--workers", 1, "--no-figures", "--ensemble")
    settings = [part for setting in FEW for part in ("--set", setting)]
    text = say("run", named(tmp_path), *settings, *options, "--out", tmp_path / "out").out
    told = text.partition("\nfirst")[2].partition(" s. Results in ")[0].splitlines()
    assert max(map(len, told)) <= WIDTH
    assert re.search(r"^Emissions .*\[[^(]*\n +[^[]*\(", text, re.MULTILINE)  # drawn ranges below those of luck
    assert "90 % ranges in the same unit" in " ".join(told)


def test_what_lies_far_from_the_years_that_are_shown_is_told_below(found: sim.Comparison) -> None:
    """Power that binds in between was 0 %, 0 %, 0 %."""
    run, id = found.results[0], "spend_bound_by_power"
    at = [*run.measures].index(id)
    peaked = [replace(one, yearly=one.yearly.copy()) for one in run.replicates]
    for one in peaked:
        one.yearly[:, at] = [0.0, 0.25, 1.0, 0.0]
    other = run_summary(replace(run, replicates=peaked))
    (row,) = [row for row in other.headline if row.measure == id]
    assert row.between == "at most 100 %, in 2014"
    assert f"{row.label}: at most 100 %, in 2014." in other.between
    for values, told in [
        ([0.5, 0.52, 0.46, 0.5], ""),
        ([0.5, 0.6, 0.6, 0.5], "at most 60.0 %, from 2013 to 2014"),
        ([0.5, 0.1, 0.5, 0.5], "at least 10.0 %, in 2013"),
        ([0.0, 0.04, 0.0, 0.0], ""),
        ([0.01, 0.03, 0.03, 0.012], "at most 3.00 %, from 2013 to 2014"),
        ([0.5, 0.9, 0.1, 0.9], "at least 10.0 %, in 2014"),
    ]:
        assert _between([2012, 2013, 2014, 2015], np.array([values]), "fraction", [values[0], values[-1]]) == told
    assert _between([2012, 2013, 2014], np.array([[3.0, 7.0, 2.0]]), "ratio", [3.0, 2.0]) == "at most 7.00×, in 2013"
    assert _between([2012, 2013, 2014], np.array([[3.0, 5.9, -1.0]]), "USD", [3.0, 5.9]) == "at least −$1.00, in 2014"
    assert _between([2012, 2013], np.array([[3.0, math.nan]]), "ratio", [math.nan]) == ""


def test_compute_is_told_as_a_ratio_wherever_there_is_one() -> None:
    """A tenth that trains nothing in the baseline of one draw was told in powers of FLOP, beside others in percent."""
    change = altered(an_effect(0.1, (-0.2, 0.3), baseline=1e22), relative_low=0.05, relative_high=0.2)
    none = altered(change, wide_relative=math.nan, wide_relative_low=math.nan, wide_relative_high=math.nan, draws=10)
    assert not none.is_relative
    assert ratio_cell(change) == cell(change, "FLOP")
    assert ratio_cell(none) == "+10.0 % [+5.00, +20.0]"
    assert "FLOP" in ratio_cell(altered(none, relative=math.nan))
    assert ratio_cell(None) == cell(None, "FLOP")
