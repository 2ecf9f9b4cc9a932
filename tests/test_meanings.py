"""What measures say of themselves, where their number could be taken for another one."""

import re
from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from sim.economy.observe import Period, observe
from sim.measures import registry
from sim.report.glossary import glossary
from tests.worlds import played, small

BY_YEAR_END = "year's end"


@pytest.fixture(scope="module")
def year() -> Period:
    """The last year of a world."""
    world, steps = played(small(until=2014))
    return observe(world, steps[-4:])


def test_measures_of_a_year_that_go_by_the_price_at_its_end_say_so(year: Period) -> None:
    """Under a ceiling the largest run may be one of the spring, and the price that of December."""
    usual = {id: one(year) for id, one in registry().items() if one.over == "year"}
    for factor in (1e-12, 1e12):
        other = replace(year, unit_cost=year.unit_cost * factor)
        for id, value in usual.items():
            found = registry()[id](other)
            same = found == value or (isnan(found) and isnan(value))
            assert same or BY_YEAR_END in registry()[id].meaning, id


def test_the_cost_of_the_largest_run_is_not_at_the_price_of_when_it_was_made() -> None:
    world, steps = played(small("training_run_ceiling", "policy.training_run_ceiling.limit=1e18",
                                "policy.training_run_ceiling.start=2013", until=2014))  # fmt: skip
    last, runs = observe(world, steps[-4:]), np.array([step.run for step in steps[-4:]])
    largest = runs.max()
    cost = registry()["frontier_run_cost"](last)
    as_large = last.largest_run >= largest * (1 - 1e-9)
    assert cost == pytest.approx(largest * last.unit_cost[as_large].mean())
    when = (runs >= largest * (1 - 1e-9)).argmax(axis=0)  # the first step in which each was as large
    then = np.array([step.unit_cost for step in steps[-4:]])[when, np.arange(runs.shape[1])]
    assert largest * then[as_large].mean() > 1.05 * cost


def test_who_is_bound_by_a_ceiling_would_spend_more_and_need_not_be_at_it() -> None:
    limit = 1e18
    settings = (f"policy.training_run_ceiling.limit={limit}", "policy.training_run_ceiling.start=2013")
    _, steps = played(small("training_run_ceiling", *settings, until=2017))
    _, free = played(small(until=2017))
    below, bound = 0, 0
    for step, other in zip(steps, free, strict=True):
        held = step.bound_by_ceiling
        bound += np.count_nonzero(held)
        below += np.count_nonzero(held & (step.run < 0.99 * limit))
        assert not other.bound_by_ceiling.any()
    assert bound > below > 0
    assert "would spend more but for a ceiling" in registry()["spend_bound_by_ceiling"].meaning


def test_the_price_of_compute_holds_permits_and_scarcity_rent_does_not() -> None:
    settings = ("policy.compute_permits.cap_share=0.3", "policy.compute_permits.start=2014")
    world, steps = played(small("compute_permits", *settings, until=2014))
    year = observe(world, steps[-4:])
    price, permit, rent = (registry()[id](year) for id in ("compute_price", "compute_permit_price", "scarcity_rent"))
    assert price > permit > 0.3 * price
    paid = year.paid.sum() + year.paid_inference.sum() - year.licensed.sum()
    without = paid / (year.compute.sum() + year.inference.sum()) * 1e18
    assert without < price - 0.3 * permit
    assert rent < 0.1 * permit
    for id in ("compute_price", "scarcity_rent"):
        assert "permits" in registry()[id].meaning, id


def test_the_meaning_of_a_measure_or_a_word_stands_by_itself() -> None:
    """Tables and pages show it alone: it points to none that stands before it."""
    said = {id: one.meaning for id, one in registry().items()} | {word.name: word.meaning for word in glossary()}
    pointing = re.compile(r"^(the same|all these|these) |\bthat run\b(?! out of)", re.IGNORECASE)
    assert {name: meaning for name, meaning in said.items() if pointing.search(meaning)} == {}
