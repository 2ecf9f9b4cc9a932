"""What is allowed and probably not meant is said; worlds changed by hand say so."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.experiment.run import run
from sim.measures import told
from sim.report import words
from sim.report.run.summary import change_sentences, outside, summarize
from sim.results import Run, Spread
from sim.scenario import load
from sim.study import sensitivity, sweep
from sim.study.repeated import RepeatedPart, read_part
from sim.study.study import Study
from tests.saying import Say
from tests.worlds import SCENARIOS, SMALL, small

PUBLISH, FUNDED = "policy.open_publication.share=0.5", "policy.public_compute.share=0.1"
KNOWN = ["law.known_error=0.3", "law.known_compute=1e18", "law.known_year=2014"]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (["policy.carbon_tax.growth=1"], "policy carbon_tax changes nothing"),
        (["policy.carbon_tax.rate=50", "policy.carbon_tax.start=2060"], "not in force in any year"),
        ([*KNOWN, "law.start_error=0.3"], "law.start_error has no effect, since the law goes through law.known_error"),
        (
            ["product.size=2e9 USD/yr of 2023"],
            "3e+06 times product.size, 6,000 T USD a year; the world produces about 100 T",
        ),
        ([PUBLISH, "policy.open_publication.weights=false"], "policy open_publication changes nothing, since neither"),
        (
            [
                PUBLISH,
                *(f"policy.open_publication.{text}" for text in ("weights=false", "findings=1", "weights_lag=2")),
            ],
            "policy.open_publication.weights_lag has no effect, since weights = false.",
        ),
        (
            ["policy.reporting_duty.threshold=1e25", "policy.reporting_duty.coverage=0"],
            "policy reporting_duty changes nothing, since nobody reports (coverage = 0).",
        ),
        (
            [FUNDED, "policy.public_compute.winners=0.5"],
            'policy.public_compute.winners has no effect, since allotment = "equal".',
        ),
        ([PUBLISH, "mechanisms.open_release=false"], "policy open_publication gives nobody a model, since mechanisms."),
        (["law.benchmark=coco"], "law.start_error was written for another benchmark"),
    ],
)
def test_notes(settings: Sequence[str], text: str) -> None:
    assert any(text in note for note in load(SCENARIOS / "baseline.toml", settings).notes)


def test_a_start_that_waits_for_numbers_by_year_is_told(tmp_path: Path) -> None:
    def noted(start: str) -> list[str]:
        file = tmp_path / "cap.toml"
        file.write_text(
            f'schema = 1\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\ntitle = "t"\nquestion = "q?"\n'
            f'[[policy]]\nname = "cap_and_trade"\ncap_share = 1\n{start}allocation = "grandfathering"\n'
            'auction_share = { years = [2030, 2032], values = [57, 100], unit = "%" }\n'
        )
        return [note for note in load(file).notes if "as written" in note]

    assert noted("start = 2027\n") == [
        "Note: policy cap_and_trade begins in 2030, where auction_share by year begins, and not in 2027, as written: "
        "give auction_share from 2027 on."
    ]
    assert noted("") == noted("start = 2030\n") == noted("start = 2031\n") == []


def test_where_there_are_no_labs_policies_for_them_say_so(tmp_path: Path) -> None:
    file = tmp_path / "industry.toml"
    file.write_text(
        f'schema = 1\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\ntitle = "t"\nquestion = "q?"\n'
        "[kind.academic_lab]\ndrop = true\n"
    )
    tax = ["policy.carbon_tax.rate=5", 'policy.carbon_tax.second_use="academic_compute"']
    found = load(file, [FUNDED, *tax, "policy.carbon_tax.second_share=0.5"]).notes
    assert "Note: policy public_compute serves nobody, since no kind of actor is of academia." in found
    assert (
        "Note: revenue of policy carbon_tax for academic_compute stays in the treasury: there are no academic labs."
        in found
    )
    spent = load(SCENARIOS / "baseline.toml", [FUNDED, PUBLISH, *tax, "policy.carbon_tax.second_share=0.5"]).notes
    for_nobody = ("serves nobody", "gives nobody", "stays in the treasury")
    assert not [note for note in spent if any(words in note for words in for_nobody)]


@pytest.mark.parametrize(
    "settings",
    [
        [PUBLISH],
        [PUBLISH, "policy.open_publication.weights_lag=2"],
        [PUBLISH, "policy.open_publication.weights=false", "policy.open_publication.findings=0.5"],
        ["policy.reporting_duty.threshold=1e25"],
        [FUNDED],
        [FUNDED, "policy.public_compute.winners=0.5", "policy.public_compute.allotment=lottery"],
    ],
)
def test_what_has_an_effect_is_not_noted(settings: Sequence[str]) -> None:
    """Nor what nobody wrote."""
    world = load(SCENARIOS / "baseline.toml", settings)
    assert len(world.policies) == 1
    assert not [note for note in world.notes if "no effect" in note or "changes nothing" in note]


def test_a_known_run_is_of_one_benchmark() -> None:
    other = load(SCENARIOS / "squad.toml", ["law.benchmark=coco"])
    assert any("law.start_error was written for another benchmark" in note for note in other.notes)
    assert not other.law_table.goes_through_known
    again = load(SCENARIOS / "squad.toml", ["law.benchmark=squad"])
    assert again.law_table.goes_through_known
    assert not any("another benchmark" in note for note in again.notes)


def test_a_start_that_is_set_again_is_for_the_benchmark_in_force() -> None:
    for settings in (
        ["law.start_error=0.3"],
        ["law.benchmark=coco", *KNOWN],
        ["law.benchmark=coco", "law.start_error=0.6", "law.start_compute=1e19"],
    ):
        notes = load(SCENARIOS / "baseline.toml", settings).notes
        assert not any("start_error" in note for note in notes)


SLIPS = {
    "benchmark": ["law.benchmark=squad"],
    "known run": [*KNOWN, "law.start_error=0.3"],
    "theory": ["law.small_gain=0.1"],
    "policy": ["policy.carbon_tax.growth=1"],
}


@pytest.mark.parametrize("settings", SLIPS.values(), ids=SLIPS)
def test_a_plan_keeps_what_was_noted(settings: Sequence[str], tmp_path: Path) -> None:
    """Whatever the file in full that it holds can no longer tell, such as what was written before what."""
    scenario = load(SCENARIOS / "baseline.toml", settings)
    assert scenario.notes
    kept = json.loads(json.dumps(RepeatedPart([scenario], 2).record()))
    (read,) = read_part(kept, {}).scenarios
    assert read.notes == scenario.notes
    sweep.wanted(scenario, {"product.margin": [0.3, 0.4]}).write(tmp_path, ["sweep"])
    assert Study(tmp_path).scenario.notes == scenario.notes


def test_a_sensitivity_notes_what_it_is_held_against(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    head = f'schema = 1\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\ntitle = "T"\nquestion = "Q?"\n'
    file.write_text(f'{head}[[policy]]\nname = "carbon_tax"\nrate = 50\n', encoding="utf-8")
    asked = sensitivity.wanted(
        load(SCENARIOS / "baseline.toml"), against=["carbon_budget", file], vary=["product.margin"]
    )
    assert ["policy carbon_tax has no start" in note for note in asked.scenario.notes] == [False, True]


def test_commands_say_what_check_would(say: Say, tmp_path: Path) -> None:
    """Also when figures and report are made anew."""
    run_it = ("run", *SMALL, "--set", "law.benchmark=squad", "--no-figures", "--out", tmp_path / "run")
    assert "law.start_error was written for another benchmark" in say(*run_it).out
    again = say("report", tmp_path / "run")
    assert again.code == 0, again.err
    told = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))["notes"]
    assert any("law.start_error was written for another benchmark" in note for note in told)


def test_a_changed_world_is_not_called_the_baseline() -> None:
    assert load(SCENARIOS / "baseline.toml", ["product.margin=0.4"]).title == "Baseline (changed: product.margin=0.4)"
    changed = load(SCENARIOS / "baseline.toml", ["product.margin=0.4"])
    margin = next(quantity for quantity in changed.quantities if quantity.path == "product.margin")
    assert margin.note == "set on the command line"


def test_policies_are_named_in_full() -> None:
    policies = summarize(Run(load(SCENARIOS / "carbon_tax.toml"), [])).policies
    assert policies == ["carbon_tax (start 2027, rate 100 USD/tCO2, growth 2 %/yr)"]
    assert "its changes through time are not what its policies change" in words.policy_sentence(policies)
    assert words.policy_sentence([]) == ""


def test_explain_holds_choices_that_are_no_numbers() -> None:
    found = {quantity.path: quantity.value for quantity in load(SCENARIOS / "carbon_tax.toml").quantities}
    assert found["policy.carbon_tax.revenue_use"] == "treasury"
    assert found["policy.carbon_tax.kinds"] == "all"
    assert found["law.profile"] == "thompson2022_hardware"
    assert found["market.allocation"] == "price"


def test_a_range_over_few_replicates_says_so() -> None:
    assert "1 replicate is too few for a range" in words.range_sentence(1)
    assert "5 replicates are too few for a range" in words.range_sentence(5)
    assert "rough" in words.range_sentence(7)
    assert "rough" not in words.range_sentence(20)
    for count in (1, 20):  # beside `forecast`, which draws them
        assert re.match("Medians over .*replicates with all numbers as they stand", words.range_sentence(count))
    assert words.ranged(Spread.of(np.array([1.0])), "ratio") == "1.00×"


def test_one_year_has_no_change_to_tell() -> None:
    one, two = (run(small(until=until, replicates=1), workers=1) for until in (2012, 2013))
    assert change_sentences(one) == []
    assert len(change_sentences(two)) == len(told("run"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.81e22, "10^22.8"), (5.98e-33, "10^−32.2"), (99.96, "100"), (9_999_999.0, "10^7.0"), (-3e-6, "−10^−5.5")],
)
def test_unreadable_numbers_become_powers(value: float, text: str) -> None:
    assert words.plain(value) == text


def test_medians_outside_the_range_over_an_ensemble_are_told() -> None:
    """What is drawn is put where it is wanted: around the values of the run, and for one measure above all of them."""
    made = run(small(until=2013, replicates=6), workers=1)
    column = list(made.measures).index("market_value")

    def drawn(*, shifted: bool) -> Run:
        replicates = []
        for i, one in enumerate(made.replicates):
            values = one.yearly * (0.5 + i / 5)
            values[:, column] += 1e15 * shifted
            replicates.append(replace(one, drawn=values))
        return replace(made, replicates=replicates)

    (note,) = [one for one in summarize(drawn(shifted=True)).notes if "outside the range" in one]
    assert "AI product market" in note
    assert not outside(made)
    before = outside(drawn(shifted=False))
    assert "AI product market" not in before
    counts = [int((re.findall(r"measures, (\d+) have", text) or [0])[0]) for text in (before, note)]
    assert counts[1] == counts[0] + len(made.years)
    told = change_sentences(drawn(shifted=True))
    assert sum("with drawn numbers" in sentence for sentence in told) > len(told) / 2


def test_a_policy_that_begins_after_the_last_year_is_told_before_anything_is_simulated(
    say: Say, tmp_path: Path
) -> None:
    """It was told near the end, of a comparison that was simulated in full."""
    files = [SCENARIOS / f"{name}.toml" for name in ("carbon_tax", "carbon_budget")]
    starts = ("--set", "policy.carbon_tax.start=2055", "--set", "policy.carbon_budget.start=2013")
    said = say("compare", SMALL[0], *files, *SMALL[1:], *starts, "--workers", 1, "--out", tmp_path / "out")
    first = said.err.partition("%|")[0]  # before it is told how far it is
    assert "carbon_tax begins in 2055, after the last year: it changes nothing. What helps: --until 2055 or" in first
    assert "carbon_budget begins" not in said.err
