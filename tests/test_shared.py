"""Whoever moves one of two numbers that tell the same fact, or adds a policy by what is varied, is told first."""

from pathlib import Path

import pytest

from sim.scenario import Scenario, load
from sim.study.sensitivity import facts, wanted
from sim.study.sweep import wanted as swept
from tests.saying import Say
from tests.test_bad_input import BASELINE, HEAD

ANOTHER = "[kind.our_lab]\nlike = 'academic_lab'\ncount = 10\n[kind.academic_lab]\ncount = 390\n[time]\nend = 2012\n"
STAYS = (
    "Note: left as they are, though they tell facts that move: {} of kind.our_lab. To move them too, vary '{}' as well."
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    file = tmp_path_factory.mktemp("shared") / "file.toml"
    file.write_text(HEAD + ANOTHER, encoding="utf-8")
    return load(file)


def test_numbers_that_stay_are_told_with_the_pattern_that_moves_them(world: Scenario) -> None:
    """Doing as the note says moves each fact whole, and then there is no note."""
    own = len([path for path in facts(world, ["kind.academic_lab.*"], []) if len(path) == 1])
    for vary, more, number in (
        ("kind.academic_lab.*", "kind.our_lab.*", f"{own} numbers"),
        ("kind.academic_lab.pue", "kind.our_lab.pue", "1 number"),
    ):
        assert list(wanted(world, vary=[vary]).scenario.notes) == [STAYS.format(number, more)]
        assert wanted(world, vary=[vary, more]).scenario.notes == ()
        assert all(len(paths) == 2 for paths in facts(world, [vary, more], []))
    assert wanted(world).scenario.notes == ()
    assert wanted(load(BASELINE), vary=["kind.academic_lab.*"]).scenario.notes == ()


def test_a_number_that_is_varied_alone_is_told(world: Scenario) -> None:
    alone = ["kind.academic_lab.pue=1.1,1.2"]
    said = "Note: kind.academic_lab.pue is varied alone, without kind.our_lab.pue of the same fact."
    assert list(swept(world, alone).scenario.notes) == [said]
    assert swept(world, [*alone, "kind.our_lab.pue=1.1,1.2"]).scenario.notes == ()
    assert swept(world, ["kind.academic_lab.count=5,6"]).scenario.notes == ()


@pytest.mark.slow
def test_notes_stand_before_the_first_world(say: Say, tmp_path: Path) -> None:
    few = ("--set", "kind.academic_lab.count=9", "--until", 2012, "--replicates", 1, "--workers", 1)
    said = say("sweep", BASELINE, "--vary", "policy.carbon_tax.rate=0,80", *few, "--out", tmp_path / "out")
    note = "Note: policy carbon_tax has no start and begins with the run, in 2012; policy.carbon_tax.start says when.\n"
    assert said.err.startswith(note)
