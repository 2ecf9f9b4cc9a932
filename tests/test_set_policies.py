"""A key of a policy that is set where several scenarios are named: which of them get it, and what is said of that."""

import re
import shlex
from dataclasses import dataclass

import pytest

from sim.app.choice import Opening
from sim.cli import commands, read
from sim.policies.carbon_tax import CarbonTax
from sim.scenario import Scenario
from tests.saying import Say
from tests.worlds import BASELINE, FEW, ROOT, SCENARIOS

RATE = "policy.carbon_tax.rate=900 USD/tCO2"
TAX = SCENARIOS / "carbon_tax.toml"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def compared(*typed: object) -> list[Scenario]:
    """The scenarios that a comparison would be of."""
    words = ["compare", *map(str, typed), "--replicates", "2"]
    found: list[Scenario] = commands()["compare"].wanted(read(words)).parts[0].scenarios
    return found


def rates(scenarios: list[Scenario]) -> dict[str, list[float]]:
    """The rates of policies [USD/kgCO2e], by scenario."""
    return {one.name: [getattr(policy, "rate", 0.0) for policy in one.policies] for one in scenarios}


def test_it_is_set_in_those_that_have_the_policy_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(BASELINE, TAX, SCENARIOS / "public_compute.toml", "--set", RATE, "--set", "product.margin=0.4")
    assert rates(found) == {"baseline": [], "carbon_tax": [pytest.approx(0.9)], "public_compute": [0.0]}
    assert capsys.readouterr().err == f"Set in carbon_tax alone, which has carbon_tax: {RATE}\n"
    compared(BASELINE, TAX, "--set", RATE, "--quiet")
    assert capsys.readouterr().err == ""


def test_where_none_has_the_policy_all_get_it_and_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(BASELINE, SCENARIOS / "public_compute.toml", "--set", RATE)
    assert rates(found) == {"baseline": [pytest.approx(0.9)], "public_compute": [0.0, pytest.approx(0.9)]}
    assert "Set in" not in capsys.readouterr().err


def test_beside_every_shipped_policy_a_setting_is_never_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """That of a policy of one's own, which no shipped scenario has, is for all."""
    own = "policy.own_tax.rate=900 USD/tCO2"

    @dataclass(frozen=True, kw_only=True)
    class OwnTax(CarbonTax):
        """A tax of one's own."""

        name = "own_tax"

    found = compared(BASELINE, "--all", "--set", own, "--set", RATE)
    assert len(found) > 8
    assert all("own_tax" in [policy.name for policy in one.policies] for one in found)
    assert [one.name for one in found if pytest.approx(0.9) in [p.rate for p in one.policies if p.id == "carbon_tax"]] \
        == ["carbon_tax"]  # type: ignore[attr-defined]  # fmt: skip
    assert f"Set in carbon_tax alone, which has carbon_tax: {RATE}\n" in capsys.readouterr().err


def test_on_the_page_it_is_set_in_the_same_worlds() -> None:
    opening = Opening(BASELINE, TAX, (*FEW, RATE), until=2014)
    assert rates([opening.started, opening.first_offered]) == {"baseline": [], "carbon_tax": [pytest.approx(0.9)]}
    neither = Opening(BASELINE, BASELINE, (*FEW, RATE), until=2014)
    assert rates([neither.started]) == {"baseline": [pytest.approx(0.9)]}


def test_a_comparison_of_one_scenario_is_told_the_shipped_one_that_has_the_policy(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    told = say("compare", "scenarios/baseline.toml", "--set", RATE, "--replicates", "3")
    (command,) = re.findall("scenarios: (python.*)$", told.err, re.MULTILINE)
    assert shlex.split(command)[1:] == [
        "run.py", "compare", "scenarios/baseline.toml", "scenarios/carbon_tax.toml", "--set", RATE, "--replicates", "3",
    ]  # fmt: skip
    for unlike in (("--set", "product.margin=0.4"), ("--set", "policy.none.rate=1")):
        plain = say("compare", "scenarios/baseline.toml", *unlike)
        assert "nothing to compare" in plain.err
        assert ".toml" not in plain.err.partition("fix")[2]


def test_a_policy_that_a_page_sets_in_a_line_begins_in_a_year_that_is_given() -> None:
    """Where it is added to a world without a start it begins with the run, decades before anyone would expect it."""
    lines = [line for page in PAGES for line in re.findall(r"python run\.py [^`\n]*", page.read_text("utf-8"))]
    calls = [shlex.split(line)[2:] for line in lines if "--set" in line and "policy." in line]
    calls = [call for call in calls if all((ROOT / word).exists() for word in call if word.endswith(".toml"))]
    assert [call[0] for call in calls].count("compare") >= 2
    for call in calls:
        *_, last = (word for word in call if word.endswith(".toml"))
        assert any(".start=" in word for word in call) or "start = 2" in (ROOT / last).read_text("utf-8"), call
    readme = (ROOT / "README.md").read_text("utf-8")
    assert not re.search(r"`--set [^`]*policy", readme), "no setting of a policy without the command that it is for"
