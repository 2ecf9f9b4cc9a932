"""A policy that is over before the last year is told to be, and how long it lasts where that is written."""

from pathlib import Path

import pytest

import sim
from sim.report.comparison.summary import summarize
from sim.results.statistics import FEWEST
from tests.saying import Say
from tests.worlds import FEW, SCENARIOS, small

VOUCHER = "policy.compute_voucher."
FROM_2013 = f"{VOUCHER}start=2013"
TAX = ("policy.carbon_tax.rate=50", "policy.carbon_tax.start=2012")


def lines(*settings: str) -> list[str]:
    worlds = [small(until=2016), small("baseline", *settings, until=2016)]
    return summarize(sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False), {}).policies[0].verdict


def test_a_verdict_says_when_a_policy_ran_that_is_over_and_that_its_money_is_nothing_in_the_last_year() -> None:
    told = lines(f"{VOUCHER}value=1e6", FROM_2013, f"{VOUCHER}end=2015")
    assert told[0] == "it ran from 2013 to the end of 2014"
    (cost,) = [line for line in told if line.startswith("costs the treasury")]
    assert cost.endswith("nothing in 2016)")
    assert "hardly" not in cost


def test_of_two_policies_the_one_that_is_over_is_named() -> None:
    told = lines(f"{VOUCHER}value=1e6", FROM_2013, f"{VOUCHER}end=2015.5", *TAX)
    assert told[0] == "compute voucher ran from 2013 to 2015.5"


@pytest.mark.parametrize("end", [(), (f"{VOUCHER}end=2017",), (f"{VOUCHER}end=2016.5",)])
def test_a_policy_in_force_in_the_last_year_is_not_over(end: tuple[str, ...]) -> None:
    assert not any(" ran " in line for line in lines(f"{VOUCHER}value=1e6", FROM_2013, *end))


ENTRY = '[[policy]]\nname = "compute_voucher"\nid = "{}"\nvalue = {{ value = 1, unit = "MUSD/yr" }}\nstart = {}\n{}\n'


def test_an_entry_that_another_goes_on_from_is_not_over(tmp_path: Path) -> None:
    head = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\n'
    file = tmp_path / "steps.toml"
    file.write_text(head + ENTRY.format("one", 2013, "end = 2014") + ENTRY.format("two", 2014, ""), encoding="utf-8")
    worlds = [small(until=2015), sim.load(file, FEW, until=2015)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
    assert not any(" ran " in line for line in summarize(found, {}).policies[0].verdict)


def test_check_and_explain_say_how_long_a_policy_lasts_that_ends(say: Say, tmp_path: Path) -> None:
    """Who writes that five years end with 2032 gets four."""
    head = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\n'
    file = tmp_path / "four.toml"
    file.write_text(head + ENTRY.format("grants", 2028, "end = 2032"), encoding="utf-8")
    sentence = "policy grants is in force from 2028 to the end of 2031, 4 years."
    assert f"ok\n  {sentence}" in say("check", file).out
    assert sentence in say("explain", file).out
    file.write_text(head + ENTRY.format("grants", 2028, ""), encoding="utf-8")
    assert "in force" not in say("check", file).out
