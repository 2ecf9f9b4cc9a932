"""The page on a cap on compute says what its tables hold."""

import re

import pandas as pd

from sim.evidence.policies import GAINS, LARGEST, RECORD, SMALLEST, WHOLE
from sim.measures import DIVIDE, EMISSIONS
from sim.measures.access import ACADEMIA_SHARE, MEDIAN_LAB
from sim.measures.ids import share_of
from tests.worlds import ROOT

PAGE = " ".join((ROOT / "docs" / "flop-cap.md").read_text(encoding="utf-8").split())
FOUND = pd.read_csv(ROOT / "docs" / "findings" / RECORD).set_index(["scenario", "measure"])
LEFT = pd.read_csv(ROOT / "docs" / "findings" / GAINS).set_index(["scenario", "kind", "tenth"])["ratio"]
PERMITS = [name for name in FOUND.index.unique("scenario") if name.startswith("compute_permits")]


def _by(name: str, measure: str) -> float:
    return 100 * abs(FOUND.relative[name, measure])


def _given_up(kind: str, tenth: int = WHOLE) -> float:
    return 100 - 100 * LEFT["compute_permits", kind, tenth]


def test_its_numbers_in_words_are_those_of_its_tables() -> None:
    usual, training = "compute_permits", "compute_permits_training"
    assert (
        f"the divide is {_by(usual, DIVIDE):.0f} % narrower and academia's share {_by(usual, ACADEMIA_SHARE):.0f} % "
        f"larger, but labs train {_given_up('academic_lab'):.0f} % less and their typical error hardly changes."
    ) in PAGE
    assert _by(usual, MEDIAN_LAB) < 1
    assert f"Both give up {_given_up('startup', SMALLEST):.0f} % of their training compute. Corporations lose" in PAGE
    assert f"{_given_up('startup', SMALLEST):.0f}" == f"{_given_up('startup', LARGEST):.0f}"
    assert (
        f"Corporations lose a little more ({_given_up('corporation'):.0f} %), so startups' share of training compute "
        f"rises by {_by(usual, share_of('startup')):.0f} %"
    ) in PAGE
    assert 0 < _given_up("corporation") - _given_up("startup") < 2
    assert (
        f"raise academia's share by {_by(training, ACADEMIA_SHARE):.0f} %, but labs train a third as much as without, "
        f"and their typical error rises by {_by(training, MEDIAN_LAB):.0f} %."
    ) in PAGE
    assert round(1 / LEFT[training, "academic_lab", WHOLE]) == 3


def test_it_says_of_emissions_what_its_table_holds() -> None:
    lower = sorted(_by(name, EMISSIONS) for name in PERMITS)
    *others, most = sorted(100 * FOUND.wide_relative_high[name, EMISSIONS] for name in PERMITS)
    assert f"Emissions are {lower[0]:.0f} to {lower[-1]:.0f} % lower in 2040" in PAGE
    assert f"higher: by {max(others):.0f} % at most, and by {most:.0f} % where revenue buys compute for labs." in PAGE
    assert max(FOUND.relative[name, EMISSIONS] for name in PERMITS) < 0


def test_it_answers_first_that_labs_have_more_only_where_revenue_buys_compute_for_them() -> None:
    assert re.search(r"\*\*Hardly\. Permits alone leave labs and small firms with less compute\.", PAGE)
    more = {name for name in PERMITS if LEFT[name, "academic_lab", WHOLE] > 1}
    assert more == {"compute_permits_labs"}
    assert all(LEFT[name, "startup", tenth] < 1 for name in PERMITS for tenth in (WHOLE, SMALLEST, LARGEST))
    does_nothing = FOUND.wide_relative_high["compute_permits_labs", DIVIDE]
    assert does_nothing == 0
    widens = {name for name in PERMITS if FOUND.wide_relative_high[name, DIVIDE] > 0}
    assert widens == set(PERMITS) - more
