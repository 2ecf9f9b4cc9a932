"""The page of findings is of this version."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli.tables import WIDTH
from sim.evidence import policies, worlds
from sim.evidence.findings import SHARES_RISE, _head, _reached, beside_records, findings
from sim.evidence.page import grid
from sim.experiment.laws import HELD, steepest, under_laws
from sim.experiment.run import run
from sim.history.divide import divide
from sim.measures import DIVIDE
from sim.report import laws, words
from sim.results import Run, Spread
from sim.scenario import Scenario, load
from tests.made_effects import an_effect
from tests.saying import Say
from tests.worlds import ROOT, SCENARIOS

pytestmark = pytest.mark.slow

PLACE = ROOT / "docs" / "findings"
PAGE = (PLACE / "findings.md").read_text(encoding="utf-8")


def test_the_page_begins_as_it_is_made() -> None:
    assert PAGE.startswith(_head())


def test_the_page_shows_every_figure_and_only_those() -> None:
    shown = set(re.findall(r"\(figures/(.*?)\)", PAGE))
    assert shown == {file.name for file in (PLACE / "figures").iterdir()}


def test_every_command_of_the_page_is_one(say: Say) -> None:
    commands = re.findall(r"^python run\.py (.*)$", PAGE, re.MULTILINE)
    assert commands
    for line in commands:
        command = line.split()[0]
        assert say(command, "--help").code == 0
        for file in re.findall(r"scenarios/\w+\.toml", line):
            assert (ROOT / file).is_file()


def test_the_page_has_the_record_of_policies() -> None:
    """The same that the README's table is written from."""
    head, rows = policies.with_ranges(pd.read_csv(PLACE / policies.RECORD))
    assert f"{SHARES_RISE}\n\n{grid(rows, head)}" in PAGE


def test_the_page_says_that_records_of_the_model_lie_where_those_of_the_world_do() -> None:
    """Within the interval of the records, and above the line of all actors."""
    assert beside_records() in PAGE
    told = re.findall(r"([\d.]+)× in (\d+) to \d+ \(([\d.]+)× on record\)", beside_records())
    points = {point.years[:4]: point for point in divide()}
    assert [year for _, year, _ in told] == list(points)
    assert [points[year].low < float(own) < points[year].high for own, year, _ in told] == [True] * len(told)


def test_an_equal_start_stands_beside_equal_endowments() -> None:
    """Two levels of one name would contradict each other without a word of what each makes alike."""
    record = pd.read_csv(PLACE / worlds.RECORD).set_index(["scenario", "measure", "year"])["value"]
    level = words.number(record["equal_start", DIVIDE, 2040], "ratio")
    assert f"plans and incomes are alike but customers are not, the compute divide is {level}.\n" in PAGE


def test_an_interrupt_ends_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only the run that it meets: there are many more."""

    def interrupted(scenario: Scenario, **_: object) -> Run:
        begun.append(scenario.name)
        return Run(scenario, [], interrupted=True)

    begun: list[str] = []
    monkeypatch.setattr("sim.evidence.findings.run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        findings()
    assert begun == ["baseline"]


def test_a_steeper_law_is_answered_from_the_numbers() -> None:
    def said(relative: float, wide: tuple[float, float]) -> str:
        change = an_effect(relative, wide)
        return laws.answer("Exponent 9", "Exponent 12", 2040, {"compute_ratio_industry_academia": change})

    assert "widens by 30.0 %" in said(0.3, (0.1, 0.5))
    assert "narrows by 30.0 %" in said(-0.3, (-0.5, -0.1))
    assert "the compute divide: direction unclear (−10.0 to +50.0 %)" in said(0.3, (-0.1, 0.5))
    assert said(0.3, (0.1, 0.5)).startswith("From exponent 9 to exponent 12, in 2040: the compute divide")


def test_laws_are_compared_on_one_luck(say: Say, tmp_path: Path) -> None:
    settings = ["kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20", "time.end=2014"]
    options = [part for setting in settings for part in ("--set", setting)]
    answer = say("laws", "--compare", SCENARIOS / "baseline.toml", *options, "--replicates", "6", "--workers", "1",
                 "--out", tmp_path / "out")  # fmt: skip
    assert answer.code == 0, answer.err
    assert "against exponent_9.5" in answer.out
    assert "From exponent 9.5 to exponent 12.3, in 2014: the compute divide" in " ".join(answer.out.split())
    assert "Held: the law's anchor" in answer.out
    assert max(map(len, answer.out.splitlines()[:-1])) <= WIDTH  # 140 and more
    scenarios = {file.stem: load(file) for file in (tmp_path / "out" / "scenarios").glob("*.toml")}
    assert {"exponent_9.5", "exponent_10.8", "exponent_12.3", "ninth_power", "irreducible"} <= set(scenarios)
    anchors = {(s.law_table.start_error, s.law_table.start_compute) for s in scenarios.values()}
    assert len(anchors) == 1
    assert scenarios["exponent_12.3"].law.exponent == 12.3  # type: ignore[attr-defined]
    listed = say("laws")
    assert "thompson2020_exponential" in listed.out


def test_the_steepest_law_is_the_high_end_of_the_first_ones_exponent() -> None:
    """Not a law whose name begins alike."""

    def under(name: str) -> list[Scenario]:
        return under_laws(load(SCENARIOS / f"{name}.toml"))

    ranged, alone = under("baseline"), under("exponential_law")
    at = steepest(ranged)
    assert at is not None
    assert ranged[at].name == "exponent_12.3"
    assert [scenario.name.split("_")[0] for scenario in alone].count("thompson2020") == 2
    assert steepest(alone) is None


def test_the_market_can_be_held_to_compute_instead_of_accuracy() -> None:
    own = load(SCENARIOS / "baseline.toml")

    def response(scenario: Scenario) -> float:
        start = np.asarray(scenario.law_table.start_error)
        return scenario.product.growth_exponent * float(scenario.anchored_law().elasticity(start))

    by_accuracy, by_compute = (under_laws(own, held) for held in HELD)
    assert {s.product.growth_exponent for s in by_accuracy} == {own.product.growth_exponent}
    assert [response(s) for s in by_compute] == pytest.approx([response(own)] * len(by_compute))
    assert [s.law for s in by_compute] == [s.law for s in by_accuracy]


def test_a_law_without_a_range_begins_with_itself(say: Say, tmp_path: Path) -> None:
    options = ["--set", "kind.startup.count=14", "--set", "time.end=2012", "--replicates", "1", "--workers", "1"]
    answer = say("laws", "--compare", SCENARIOS / "exponential_law.toml", *options, "--out", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert "against" in answer.out
    assert "thompson2020_exponential" in answer.out


def test_what_an_error_costs_is_of_the_year_in_which_each_replicate_reaches_it() -> None:
    """Worked out from the table, replicate by replicate."""
    found = run(load(SCENARIOS / "baseline.toml", replicates=4, until=2030))
    table = found.series.pivot(index=["replicate", "year"], columns="measure", values="value")
    years, costs = [], []
    for _, one in table.groupby("replicate"):
        (_, year), cost = next(
            (when, row.frontier_run_cost) for when, row in one.iterrows() if row.frontier_error <= 0.05
        )
        years.append(year)
        costs.append(cost)
    assert len(set(years)) > 1  # else any year would do
    said = _reached(found, 5)
    assert f"is reached in {int(np.median(years))} [" in said
    assert words.ranged(Spread.of(np.array(costs)), "USD") in said
    assert _reached(found, 1) == "An error of 1 % is reached in no replicate by 2030."
