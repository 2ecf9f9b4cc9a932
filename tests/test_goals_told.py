"""A sweep with a goal, from what is typed to what is told, kept, gone on with and made again."""

import json
import re
import shlex
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.report.sweep.figures import GALLERY
from sim.report.sweep.goals import again, rounded_to
from sim.study.study import Study
from sim.study.sweep import found
from tests.test_sweep import told_by
from tests.worlds import BASELINE, FEW, small

VALUE, SHARE, OUTLAY = "policy.compute_voucher.value", "compute_share_academia", "public_outlay"
SETS = [word for setting in FEW for word in ("--set", setting)]


def swept(out: Path, *words: str, until: str = "2013", replicates: int = 6) -> int:
    """The exit code of a sweep of tiny worlds into a directory."""
    line = ["sweep", str(BASELINE), *SETS, "--until", until, "--replicates", str(replicates), "--workers", "1"]
    return main([*line, *words, "--out", str(out)])


def outlay_at(value: float, measure: str = OUTLAY) -> float:
    """A measure of one replicate in the last year, as `run` has it with such a voucher."""
    settings = [*FEW, f"{VALUE}={value!r}"]
    series = sim.run(sim.load(BASELINE, settings, until=2013), replicates=1, workers=1).series
    return float(series[(series["measure"] == measure) & (series["year"] == 2013)]["value"].iloc[0])


def test_what_is_found_gives_the_goal_but_for_what_lies_between_points() -> None:
    """In one replicate, with the value put into the scenario; closer with the finer values that are told."""
    base = outlay_at(0.0, SHARE)
    goal, span, apart = 1.5 * base, (0.0, 40_000.0), list[float]()
    for _ in range(2):
        vary = {VALUE: f"{span[0]!r}:{span[1]!r}:5"}
        table = sim.sweep(small(until=2013), vary, replicates=1, goals={SHARE: "+50%"}, workers=1)
        (answer,) = table.attrs["goals"]
        assert (answer["already"], answer["never"], answer["replicates"]) == (0, 0, 1)
        reached = outlay_at(answer["median"], SHARE)
        ends = [outlay_at(answer[end], SHARE) for end in ("below", "above")]
        assert ends[0] < goal < ends[1]
        assert abs(reached - goal) < 0.25 * (ends[1] - ends[0])  # a straight line would be off by nothing
        apart.append(abs(reached - goal))
        span = (answer["below"], answer["above"])
    assert apart[1] < 0.5 * apart[0]


def test_it_is_told_kept_gone_on_with_and_the_same_when_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    goals = ["--goal", "public outlay=5e5", "--goal", f"{SHARE}=x1000"]
    assert swept(out, "--vary", f"{VALUE}=0:40000:3", *goals, "--quiet") == 0
    capsys.readouterr()
    table = pd.read_csv(out / "goals.csv")
    assert table["goal"].tolist() == [f"{OUTLAY}=5e5", f"{SHARE}=x1000"]
    assert table["year"].tolist() == [2013, 2013]
    assert table["axis"].unique().tolist() == [VALUE]
    assert table["median"][0] == pytest.approx(25_000)  # a voucher each for twenty labs, all of it spent
    assert (table["below"][0], table["above"][0]) == (20_000, 40_000)
    assert (table["median"][1], table["never"][1]) == (inf, 6)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    first, second = summary["goals"]
    assert first["goal"] == "public outlay at $500 k, in 2013"
    assert "about 25,000 USD/yr [25,000, 25,000]" in first["answer"]
    assert "at no value from 0 to 40,000 USD/yr" in second["answer"]
    assert second["found"]["median"] is None
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "How much it takes" in page
    assert first["goal"] in page
    assert sim.verify(out).good
    assert "goals.csv" in sim.verify(out).same
    assert main(["resume", str(out), "--replicates", "7", "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "Goal: public outlay at $500 k, in 2013" in said
    assert "7 of 7 do not reach it even at 40,000: it takes more, if anything" in said
    assert pd.read_csv(out / "goals.csv")["replicates"].tolist() == [7, 7]


def test_the_command_to_type_next_asks_between_the_points_of_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert swept(tmp_path / "a", "--vary", f"{VALUE}=0,20,40,80 kUSD/yr", "--goal", f"{OUTLAY}=5e5") == 0
    (line,) = re.findall(r"^- Finer: python run.py (.*)$", capsys.readouterr().out, re.MULTILINE)
    typed = shlex.split(line)
    assert typed[typed.index("--vary") + 1] == f"{VALUE}=20:40:5 kUSD/yr"
    assert main([*typed, "--out", str(tmp_path / "b")]) == 0
    found = pd.read_csv(tmp_path / "b" / "goals.csv").iloc[0]
    assert (found["median"], found["below"], found["above"]) == (25.0, 20.0, 25.0)


def test_a_command_is_typed_again_with_other_values_and_no_directory() -> None:
    typed = ["sweep", "a b.toml", "--out", "x", "--vary=p=1,2", "--goal", "emissions=-30%", "--set", "q=1"]
    assert (
        again(typed, "p=1:2:5 %") == "python run.py sweep 'a b.toml' --vary 'p=1:2:5 %' --goal emissions=-30% --set q=1"
    )
    assert again(["sim.sweep"], "p=1:2:5") == "--vary p=1:2:5"


@pytest.mark.parametrize(
    ("number", "step"), [(358.9, 1.0), (12_345.0, 100.0), (0.0, 100.0), (20_000.0, 100.0), (-3.21, 0.01)]
)
def test_an_answer_is_rounded_to_a_part_of_itself_and_of_its_gap(number: float, step: float) -> None:
    assert rounded_to(number, np.array([-20_000.0, 0.0, 20_000.0]), whole=False) == pytest.approx(step)
    assert rounded_to(number, np.array([-20_000.0, 0.0, 20_000.0]), whole=True) == max(step, 1.0)
    assert rounded_to(2031.4, np.array([2027.0, 2035.0]), whole=False) == pytest.approx(0.01)


def test_draws_and_luck_are_told_apart_and_few_have_no_range(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vary = ["--vary", f"{VALUE}=0:40000:3", "--goal", f"{SHARE}=+10%"]
    assert swept(tmp_path / "luck", *vary) == 0
    luck = " ".join(capsys.readouterr().out.split())
    assert "luck alone, which says nothing of the assumptions" in luck
    assert re.search(r"about [\d,.]+ USD/yr \[", luck)
    assert swept(tmp_path / "drawn", *vary, "--assumptions") == 0
    drawn = " ".join(capsys.readouterr().out.split())
    assert "each with its own luck and draw of the uncertain numbers, and ( ) 90 % of them" in drawn
    assert swept(tmp_path / "few", *vary, replicates=2) == 0
    few = " ".join(capsys.readouterr().out.split())
    assert "2 replicates are too few for a range" in few
    assert re.search(r"about [\d,.]+ USD/yr or more - 2 replicates", few)


def test_what_has_no_answer_says_why_and_asks_for_nothing_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert swept(tmp_path / "out", "--vary", f"{VALUE}=0:40000:3", "--goal", f"{OUTLAY}=+20%") == 0
    said = capsys.readouterr().out
    assert "No replicate has an answer" in said
    assert "Further values" not in said
    assert (pd.read_csv(tmp_path / "out" / "goals.csv")["left_out"] == 6).all()


def test_the_figure_shows_the_goal_and_what_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept(tmp_path / "out", "--vary", f"{VALUE}=0:40000:3", "--goal", f"{OUTLAY}=5e5", "--quiet") == 0
    told = told_by(GALLERY, found(Study(tmp_path / "out")), monkeypatch)
    assert any("dashes: the goal" in text for text in told["by_value"])


def test_what_cannot_be_a_goal_is_told_before_anything_is_simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for words, said in [
        (["--vary", f"{VALUE}=0,1", "--goal", "emissions=30%"], "--goal emissions_total=-30%"),
        (["--vary", f"{VALUE}=0,1", "--vary", "product.margin=0.3,0.4", "--goal", "emissions=-30%"], "hold the others"),
        (["--vary", "product.margin=0.3:0.4", "--design", "lhs", "--goal", "emissions=-30%"], "a goal needs a grid"),
        (["--vary", f"{VALUE}=0,1", "--goal", "emissions", "-30%"], "--goal emissions=-30%"),
    ]:
        assert swept(out, *words) == 2
        assert said in capsys.readouterr().err
        assert not out.exists()
    with pytest.raises(sim.InputError) as caught:
        sim.sweep(small(until=2013), {VALUE: [0, 1]}, goals={"emissions_total": "30%"})
    assert re.search("argument +goals", str(caught.value))


def test_a_sweep_without_a_goal_is_as_it_was(tmp_path: Path) -> None:
    assert swept(tmp_path / "out", "--vary", f"{VALUE}=0,1", "--quiet", replicates=1) == 0
    assert not (tmp_path / "out" / "goals.csv").exists()
    assert "goals" not in json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["more"]
    assert "goals" not in sim.resume(tmp_path / "out").attrs
