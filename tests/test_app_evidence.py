"""Model against record: the page's points and judgement are those of the command line."""

import pickle
import re

import numpy as np
import pytest

from sim.app.answer import answer
from sim.app.evidence import FIRST, LAST, NOT, REPLICATES, Judge, judged
from sim.app.members import KeptMembers
from sim.errors import BrokenCode, InputError
from sim.history import evidence
from sim.history.divide import PERIODS, divide
from sim.history.records import packaged
from sim.history.validation import validate
from sim.policies.carbon_tax import CarbonTax
from sim.report.validation.summary import summarize
from sim.scenario import load
from sim.scenario.variants import with_options
from tests.ensembles import ensemble
from tests.pairs import BASELINE, FEW


def test_points_are_of_the_periods_that_a_calibration_is_held_against() -> None:
    ends = np.cumsum(evidence.LENGTHS) + evidence.FIRST - 1
    assert tuple(last for _, last in PERIODS) == tuple(ends)
    assert [first for first, _ in PERIODS] == [evidence.FIRST, *(last + 1 for last in ends[:-1])]
    for point, (first, last) in zip(divide(), PERIODS, strict=True):
        rows = packaged().between(first, last)
        means = [rows.compute[(rows.industry == sector) & np.isfinite(rows.compute)].mean() for sector in (1.0, 0.0)]
        assert point.ratio == pytest.approx(10 ** (means[0] - means[1]))
        assert point.low < point.ratio < point.high


@pytest.mark.slow
def test_points_stand_in_chart_table_and_text_and_only_in_simulated_years() -> None:
    chart = answer(ensemble("carbon_tax"))["charts"][0]
    points = next(one for one in chart["option"]["series"] if one["type"] == "scatter")
    assert [at for at, _, _ in points["data"]] == [point.year for point in divide()]
    assert [height for _, height, _ in points["data"]] == pytest.approx([np.log10(point.ratio) for point in divide()])
    for _, height, text in points["data"]:
        assert chart["option"]["yAxis"]["min"] <= height <= chart["option"]["yAxis"]["max"]
        assert text in chart["finding"]
        assert any(text in row[-1] for row in chart["rows"])
    short = answer(ensemble("carbon_tax", until=2014))["charts"][0]
    drawn = next(one for one in short["option"]["series"] if one["type"] == "scatter")["data"]
    assert [at for at, _, _ in drawn] == [2013.0]


@pytest.mark.slow
def test_the_judgement_is_that_of_validate() -> None:
    scenario = load(BASELINE, FEW, until=2023)
    found = judged(scenario)
    again = summarize(validate(with_options(scenario, until=LAST, replicates=REPLICATES), packaged(), FIRST, LAST))
    assert [row["inside"] for row in found["rows"]] == [one.covered for one in again.targets]
    for row, one in zip(found["rows"], again.targets, strict=True):
        assert all(text.count(unit) < 3 for text in (row["record"], row["model"]) for unit in ("%", "×", "FLOP"))
        assert (abs(row["at"][1]) <= 1) == one.covered
        assert row["at"][0] <= row["at"][1] <= row["at"][2]
    inside = sum(one.covered for one in again.targets)
    assert f"{inside} of {len(again.targets)} targets lie in the model's 90 % band" in " ".join(found["said"])


def test_years_that_are_not_simulated_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="not simulated"):
        judged(load(BASELINE, FEW, until=2015))


@pytest.mark.parametrize(("error", "line"), [(ZeroDivisionError("by nothing"), True), (InputError("no prices"), False)])
def test_why_they_cannot_be_judged_is_told_and_broken_code_by_its_line(
    error: Exception, line: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of own code names file and line, as everywhere: those are lost in a sentence."""

    def fails(*_: object) -> object:
        raise error

    monkeypatch.setattr(CarbonTax, "act", fails)
    taxed = ["policy.carbon_tax.rate=50", "policy.carbon_tax.start=2013"]
    work = Judge(pickle.dumps(load(BASELINE, [*FEW, *taxed], until=2023)))
    if line:
        with pytest.raises(BrokenCode) as raised:
            work(KeptMembers())
        assert (raised.value.file, "in fails" in str(raised.value.key)) == (__file__, True)
    else:
        assert work(KeptMembers()) == {"problem": "No prices."}


def test_what_is_not_said_names_no_year_in_which_worlds_end() -> None:
    """A page may be of other years (`view --until`)."""
    assert {int(year) for text in NOT for year in re.findall(r"\b20\d\d\b", text)} <= {LAST + 1}
