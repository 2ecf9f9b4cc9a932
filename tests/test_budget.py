"""Which number a budget office may take is said where the size that stands first is not one."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import sim
from sim.cli.compare import report
from sim.measures.economy import REVENUE
from sim.report.comparison.brief import brief_page
from sim.report.comparison.budget import for_a_budget
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, Effect
from tests.test_verdict import amount
from tests.worlds import small

TAKE = "For a budget take the range of public money, and not the size before it, which lies outside"


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    worlds = [small(until=2014), small("carbon_tax", "policy.carbon_tax.start=2013", until=2014)]
    return sim.compare(worlds, replicates=FEWEST, workers=1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (amount(30e9, 2.6e9, 18e9), True),
        (amount(1e9, 2.6e9, 18e9), True),
        (amount(10e9, 2.6e9, 18e9), False),
        (amount(-1e9, -2e9, 18e9), False),  # of which no direction is told
    ],
)
def test_the_range_is_named_where_the_size_lies_outside(
    change: Effect, told: bool, found: sim.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, id, _window="final": change if id == REVENUE else None)
    assert for_a_budget(found).startswith(TAKE) is told


@pytest.mark.parametrize(
    ("stands", "why"),
    [
        (9.0, ": the numbers as they stand are a case of high emissions, and 6 of 6 draws of the baseline emit less."),
        (5.5, ": the numbers as they stand are a case of high emissions, and 5 of 6 draws of the baseline emit less."),
        (3.5, "."),
        (0.5, ": the numbers as they stand are a case of low emissions, and 6 of 6 draws of the baseline emit more."),
    ],
)
def test_why_is_told_where_most_draws_lie_on_one_side(
    stands: float, why: str, found: sim.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = amount(30e9, 2.6e9, 18e9)
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, _id, _window="final": outside)
    draws = np.arange(1.0, 7.0)
    monkeypatch.setattr(
        Comparison,
        "values",
        lambda _self, _i, _id, _window="final", *, wide=False: draws if wide else draws * 0 + stands,
    )
    assert for_a_budget(found) == TAKE + why


def test_it_stands_in_the_terminal_the_report_and_the_brief(found: sim.Comparison) -> None:
    said = "For a budget take the range."
    summary = replace(summarize(found, {}), budget=said)
    for text in (
        report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0),
        brief_page(summary, None, ""), comparison_page(found, summary, {}, {}),
    ):  # fmt: skip
        assert said in text
    without = sim.compare(found.scenarios, replicates=1, workers=1, assumptions=False)
    assert summarize(without, {}).budget == ""
