"""A cap at its highest or lowest price works as a tax: how often is counted, and said wherever the cap is told of."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import sim
from sim.arrays import Array
from sim.cli.compare import report
from sim.measures import registry
from sim.measures.economy import CHEAPER_PERMIT, DEARER_PERMIT
from sim.measures.permits import AT_HIGHEST, AT_LOWEST
from sim.report.comparison.at_bounds import at_bounds
from sim.report.comparison.brief import brief_page
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST
from tests.test_caps import cap, still, under
from tests.worlds import small

FLOOR, CEILING = 0.02, 0.5  # USD/kgCO2e
YEARS = [2013, 2014, 2015]
BOUNDS = ("policy.cap_and_trade.price_floor=20", "policy.cap_and_trade.price_ceiling=500")
HIGHEST = "emission permits cost the highest price of the cap "
LOWEST = "emission permits cost the lowest price of the cap "
SOLD = ": more of them than the cap are sold then, and it works as a tax"
UNSOLD = ": some of them stay unsold then, and it works as a tax"


@pytest.mark.parametrize(("part", "at"), [(0.999, (0.0, 1.0)), (0.01, (1.0, 0.0)), (0.8, (0.0, 0.0))])
def test_a_step_says_at_which_end_permits_are(part: float, at: tuple[float, float]) -> None:
    scenario = still()
    emitted = float(under(scenario)[1].emissions.sum())
    floor, ceiling = (FLOOR, CEILING) if any(at) else (1e-9, 1e5)
    _, step = under(scenario, cap("cap", part * emitted, price_floor=floor, price_ceiling=ceiling))
    assert (step.at_highest_price, step.at_lowest_price) == at
    _, free = under(scenario, cap("cap", part * emitted))
    assert (free.at_highest_price, free.at_lowest_price) == (0.0, 0.0)


@pytest.mark.parametrize("where", [(), ("france",)])
def test_of_several_caps_any_counts(where: tuple[str, ...]) -> None:
    scenario = still()
    emitted = float(under(scenario)[1].emissions.sum())
    other = cap("other", 1e14, regions=("germany",))
    _, step = under(scenario, cap("cap", 0.001 * emitted, regions=where, price_ceiling=CEILING), other)
    assert (step.at_highest_price, step.at_lowest_price) == (1.0, 0.0)


def told(at: list[list[float]], *, drawn: bool = True, id: str = AT_HIGHEST, settings: tuple[str, ...] = BOUNDS,
         start: float = 2013) -> list[str]:  # fmt: skip
    """What is said of a cap whose permits are at a bound in these parts of the years, by draw."""
    when = f"policy.cap_and_trade.start={start}"
    worlds = [small(until=2015), small("cap_and_trade", *settings, when, until=2015)]

    def paths(scenario: int, measure: str, *, wide: bool = False) -> Array:
        assert (scenario, wide) == (1, drawn)
        prices = {DEARER_PERMIT: 191.0, CHEAPER_PERMIT: 20.0}
        return np.array(at) if measure == id else np.full((len(at), 3), prices.get(measure, 0.0))

    found = SimpleNamespace(scenarios=worlds, years=YEARS, drawn=drawn, measures=registry(), paths=paths)
    return at_bounds(cast("Comparison", found), 1)


ALL_YEARS, SOME_YEARS = "in every year from 2013 to 2015", "in 2 of 3 years from 2013 to 2015"
RATE = " of $190/tCO2e in 2015"
ALWAYS, NEVER = [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ([ALWAYS] * 6, f"{ALL_YEARS} (all 6 draws){SOLD}{RATE}"),
        ([ALWAYS] * 4 + [NEVER] * 2, f"{ALL_YEARS} (4 of 6 draws; in none of them 2){SOLD}{RATE}"),
        ([[1.0, 0.6, 0.4]] * 4 + [NEVER, ALWAYS],
         f"{SOME_YEARS} (the middle of 6 draws; in every year 1; in none of them 1){SOLD}{RATE}"),
        ([[1.0, 0.6, 0.4]] * 6, f"{SOME_YEARS} (the middle of 6 draws){SOLD}"),
    ],
)  # fmt: skip
def test_in_how_many_years_and_draws_is_said(at: list[list[float]], said: str) -> None:
    assert told(at) == [HIGHEST + said]


def test_the_lowest_price_is_told_alike_and_of_one_year_and_of_luck_alone() -> None:
    assert told([ALWAYS] * 6, id=AT_LOWEST, drawn=False) == [
        f"{LOWEST}{ALL_YEARS} (all 6 replicates){UNSOLD} of $20/tCO2e in 2015"
    ]
    late = told([[0.0, 0.0, 1.0]] * 5 + [NEVER], start=2015)
    assert late == [f"{HIGHEST}in 2015 (5 of 6 draws){SOLD}{RATE}"]


@pytest.mark.parametrize("settings", [(), BOUNDS])
def test_nothing_is_said_between_the_bounds_or_without_any(settings: tuple[str, ...]) -> None:
    assert told([NEVER] * 6, settings=settings) == []


def bare(text: str) -> str:
    """A page without its marks, on one line."""
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def test_it_stands_in_the_verdict_and_where_a_brief_has_no_words_below_its_table() -> None:
    cut = (*BOUNDS, "policy.cap_and_trade.start=2013", "policy.cap_and_trade.cap_share=0.01")
    worlds = [small(until=2014), small("cap_and_trade", *cut, until=2014)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1)
    summary = summarize(found, {})
    start = f"{HIGHEST}in every year from 2013 to 2014 (all 6 draws)"
    assert any(line.startswith(start) for line in summary.policies[0].verdict)
    cost = "makes a permit to emit cost about $"  # no price is raised "by" so much that there was none of
    assert any(line.startswith(cost) for line in summary.policies[0].verdict)
    for text in (report(found, summary, cast(Any, SimpleNamespace(directory=Path("out"))), 1.0),
                 brief_page(summary, None, ""), comparison_page(found, summary, {}, {})):  # fmt: skip
        assert HIGHEST.strip() in bare(text)
    others = [small(name, until=2014) for name in ("carbon_tax", "compute_voucher", "training_run_pace")]
    many = sim.compare([*worlds, *others], replicates=FEWEST, workers=1)
    page = brief_page(summarize(many, {}), None, "")
    assert "In words" not in page
    assert HIGHEST.strip() in bare(page)
