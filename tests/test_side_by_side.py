"""Several policies stand in one short table before all else, in the terminal and in the report; its cells are those of
documents, and its lines are no wider than others."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sim
from sim.cli.compare import report
from sim.cli.tables import WIDTH, table
from sim.evidence import policies
from sim.measures import DIVIDE, registry
from sim.measures.access import MEDIAN_LAB
from sim.measures.economy import OUTLAY, REVENUE
from sim.report.comparison import matrix
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.results.statistics import FEWEST
from tests.test_verdict import amount
from tests.worlds import small

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
    assert len(text.splitlines()) < 100  # 150 and more with a table below each verdict
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "baseline        with it" not in text
    assert "[ ]" not in text  # of cells that are not there


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


def test_public_money_is_told_also_where_there_was_some_and_where_it_is_nothing_as_numbers_stand() -> None:
    drawn = replace(amount(0.0, 0.0, 4e12), policy=0.0)
    assert matrix.money({REVENUE: drawn}, registry()) == "may raise up to $4.0 T"
    less = replace(amount(-5e9, -8e9, -2e9), baseline=2e10, policy=1.5e10, in_amounts=True)
    assert matrix.money({REVENUE: less}, registry()) == "the revenue of policies falls by $5.0 B ($2.0 B to $8.0 B)"
    assert matrix.money({}, registry()) == "none"
    both = {OUTLAY: amount(5e9, 4e9, 6e9), REVENUE: amount(1e9, 8e8, 2e9)}
    assert matrix.money(both, registry()) == "raises $1.0 B ($800 M to $2.0 B); pays $5.0 B ($4.0 B to $6.0 B)"


def test_a_table_is_no_wider_than_a_line_and_breaks_no_number() -> None:
    cell = "20.7 M tCO2e/yr [13.7, 24.0] (−1.20, 44.0)"
    lines = table([["Academia's share of training compute", *[cell] * 3]], ["in", "2012", "2026", "2040"]).splitlines()
    assert max(map(len, lines)) <= WIDTH
    for whole in ("20.7 M tCO2e/yr", "[13.7, 24.0]", "(−1.20, 44.0)"):
        assert sum(line.count(whole) for line in lines) == 3
    narrow = table([["one two", "3 %"], ["x", "4 %"]], ["", "head"], apart=True)
    assert narrow.splitlines() == ["         head", "-------  ----", "one two  3 %", "", "x        4 %"]
