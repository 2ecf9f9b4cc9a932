"""Figures by year mark when policies start and end."""

from math import inf

import numpy as np
import pytest

import sim
from sim.measures import FRONTIER_ERROR
from sim.report.comparison.figures.over_time import TITLE, over_time
from sim.report.origin import Dated, FigureOrigin
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import beyond_trend, canvas, canvas_of_years, policy_dates
from tests.legible import legible, saved
from tests.worlds import small

TAX, ENDING = Dated("tax", 2027.0), Dated("tax", 2027.0, 2030.0)
VOUCHERS = Dated("vouchers", 2029.5, 2041.0)  # which ends after the last year


@pytest.mark.parametrize(
    ("panels", "policies", "told", "said"),
    [
        (1, [TAX, VOUCHERS], [], ["tax starts in 2027", "vouchers starts in 2029.5"]),
        (1, [ENDING, VOUCHERS], [], ["tax starts in 2027", "vouchers starts in 2029.5", "tax ends in 2030"]),
        (1, [ENDING], [], ["start: 2027", "end: 2030"]),
        (1, [TAX, Dated("cap", -inf, 2030.0)], [], ["tax starts in 2027", "cap ends in 2030"]),
        (2, [TAX], [], ["start: 2027"]),
        (2, [TAX, VOUCHERS], [], ["starts: 2027, 2029.5"]),
        (2, [ENDING, VOUCHERS], [], ["starts: 2027, 2029.5; end: 2030"]),
        (2, [TAX, VOUCHERS], [Dated("grants", 2035.0), Dated("before", 2009.0)], ["starts: 2027, 2029.5, 2035"]),
        (2, [TAX, VOUCHERS], [Dated("a", 2035.0, 2036.0), Dated("b", 2036.0)], ["starts: 2027 to 2036; end: 2036"]),
    ],
)
def test_all_dates_of_policies_are_marked_and_told_once(
    panels: int, policies: list[Dated], told: list[Dated], said: list[str]
) -> None:
    where = FigureOrigin("", 1, 1, "", (2012, 2040), tuple(policies), trends_end=2033.25)
    _, axes = canvas("", "", "", panels)
    dates = sorted(date for one in policies for date in one[1:] if 2012 < date < 2041)
    for ax in axes:
        policy_dates(ax, where, told=tuple(told))
        beyond_trend(ax, where)
        assert [line.get_xdata()[0] for line in ax.lines] == dates
        assert ax.patches[0].get_xy()[0] == 2033.25
    assert [text.get_text() for text in axes[0].texts] == [*said, "beyond trend"]
    assert [text.get_text() for ax in axes[1:] for text in ax.texts] == ["beyond trend"] * (panels - 1)


@pytest.mark.parametrize("count", [1, 4])  # together, and in rows of their own
def test_changes_by_year_are_drawn_with_the_end_of_a_policy(count: int) -> None:
    tax = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013", "policy.carbon_tax.end=2014.5")
    taxed = [small("baseline", *tax, f"policy.carbon_tax.growth={place} %/yr", until=2016) for place in range(count)]
    found = sim.compare([small(until=2016), *taxed], replicates=1, workers=1, assumptions=False)
    with saved() as figures:
        over_time(found, "")
    (figure,) = figures
    assert figure.texts[0].get_text() == TITLE
    assert {ax.get_xlim() for ax in figure.axes} == {(2012, 2016)}  # no year comes before the world's first
    for ax in figure.axes:
        dotted = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"]
        assert dotted == [2013, 2014.5]
    told = [text.get_text() for text in figure.axes[0].texts]
    assert "start: 2013; end: 2014.5" in told
    legible(figure)


@pytest.mark.parametrize("count", [1, 4])
def test_changes_by_year_are_drawn_from_shortly_before_the_first_policy_on(count: int) -> None:
    later = [small("baseline", f"policy.carbon_tax.start={2017 + place}", until=2021) for place in range(count)]
    found = sim.compare([small(until=2021), *later], replicates=1, workers=1, assumptions=False)
    with saved() as figures:
        over_time(found, "")
    assert {ax.get_xlim() for ax in figures[0].axes} == {(2014, 2021)}


def test_years_that_no_evidence_reaches_are_hatched_and_the_last_line_says_so() -> None:
    """From the last record on; of errors before, where the typical frontier is below the law's evidence."""
    ends = {"end": 2024, "below": 2020}
    found = sim.run(small(until=ends["end"]))
    errors = found.series["measure"] == FRONTIER_ERROR
    best = found.scenario.law.best_error
    found.series.loc[errors, "value"] = np.where(found.series["year"][errors] < ends["below"], 2 * best, best / 2)
    told = RunData(found.scenario, found.series, found.actors, fingerprint="")
    with saved() as figures:
        GALLERY.draw(["payers", "next_halving"], told)
    drawn = {figure.texts[0].get_text(): figure for figure in figures}
    for title, start in (("Who could pay for a frontier run", 2021), ("The price of the next halving of error", 2019)):
        assert drawn[title].texts[-1].get_text().startswith("Hatched: beyond evidence · ")
        for ax in drawn[title].axes:
            (area,) = [patch for patch in ax.patches if patch.get_hatch()]
            assert (area.get_x(), area.get_x() + area.get_width()) == (start, ends["end"])
    assert drawn["Who could pay for a frontier run"].axes[0].get_ylabel() == "actors (of 6, 14 and 20)"


def test_nothing_is_hatched_where_evidence_reaches_all() -> None:
    where = FigureOrigin("", 1, 1, "", (2012, 2021), evidence_ends=2021.0)
    _, (ax,) = canvas_of_years(where, "", "")
    assert list(ax.patches) == []
    assert "Hatched" not in where.line_of_years
