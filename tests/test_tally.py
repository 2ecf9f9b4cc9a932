"""One count of what numbers rest on, for all that tells it."""

import re
from pathlib import Path

import pytest

from sim.app.evidence import fitted
from sim.evidence.quintillions import _basis
from sim.scenario import Scenario, load
from sim.scenario.tally import tally
from sim.scenario.writing import inputs, resolved_toml
from tests.saying import Say
from tests.test_bad_input import BASELINE, HEAD

ANOTHER = '[kind.our_lab]\nlike = "academic_lab"\ncount = 9\n[kind.academic_lab]\ncount = 9\n[time]\nend = 2012\n'


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("tally") / "file.toml"
    found.write_text(HEAD + ANOTHER, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def world(file: Path) -> Scenario:
    return load(file)


def test_what_a_kind_is_like_in_counts_once(world: Scenario, tmp_path: Path) -> None:
    """Only how many there are is new, and an own number is one more; the file in full is counted alike."""
    before, now = tally(load(BASELINE)), tally(world)
    assert now - before == {"assumed": 1}
    assert now["fitted"] == before["fitted"] == len(world.ensemble.paths if world.ensemble else ())
    assert tally(load(world.file, ["kind.our_lab.pue=1.9"])) - now == {"assumed": 1}
    (tmp_path / "alone.toml").write_text(resolved_toml(world), encoding="utf-8")
    assert tally(load(tmp_path / "alone.toml")) == now


def test_what_is_not_given_is_no_assumption() -> None:
    scenario = load(BASELINE)
    listed = [entry for entry in inputs(scenario) if entry["basis"] == "assumed"]
    missing = [entry["path"] for entry in listed if entry["value"] == "none"]
    assert "law.known_error" in missing
    assert tally(scenario)["assumed"] == len(listed) - len(missing)


@pytest.mark.slow
def test_all_that_tells_how_many_tells_the_same(file: Path, world: Scenario, say: Say, tmp_path: Path) -> None:
    counts, out = tally(world), tmp_path / "out"
    said = f"{counts['source']} from sources, {counts['fitted']} fitted to records, {counts['assumed']} assumed, "
    assert said in say("explain", file).out
    assert fitted(world).startswith(f"{counts['fitted']} numbers ")
    assert f"{counts['fitted']} numbers are" in _basis(world)
    assert say("run", file, "--replicates", 1, "--workers", 1, "--no-figures", "--out", out).code == 0
    text = " ".join(re.sub("<[^>]*>", "", (out / "report.html").read_text(encoding="utf-8")).split())
    (told,) = re.findall(r"from the (\d+) assumed inputs below \((\d+) have a source, (\d+) are fitted", text)
    assert list(map(int, told)) == [counts[basis] for basis in ("assumed", "source", "fitted")]
