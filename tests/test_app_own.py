"""The page with policies of one's own, and with entries that leave out what a shipped one has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from sim.app import catalogue
from sim.app.choice import choose, chosen
from sim.app.desk import first_setting
from sim.app.edits import EDITS
from sim.app.sentence import ALIKE, NONE_ON, sentence
from sim.cli import main
from sim.policies.base import Policy
from sim.policies.view import View
from sim.quantity import quantity
from tests.ensembles import ensemble
from tests.worlds import BASELINE


def opened(folder: Path, entry: str) -> None:
    """The page of a world with one policy beside the baseline."""
    file = folder / "mine.toml"
    head = f'schema = 1\ntitle = "Mine"\nquestion = "?"\nextends = "{BASELINE.as_posix()}"\n'
    file.write_text(f"{head}[[policy]]\n{entry}\n", encoding="utf-8")
    choose(BASELINE, file, [], None, 2030)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    choose(BASELINE, BASELINE, [], None, None)


def row(name: str) -> dict[str, object]:
    rows = catalogue.rows(first_setting(), chosen().started)
    return next(one for group in rows for one in group["policies"] if one["name"] == name)


@pytest.fixture
def levy() -> Iterator[str]:
    """A policy that no shipped scenario shows."""

    @dataclass(frozen=True, kw_only=True)
    class StairLevy(Policy):
        """A levy on compute that rises."""

        name: ClassVar[str] = "stair_levy"
        levers: ClassVar[tuple[str, ...]] = ("compute_levy",)
        strength: ClassVar[str] = "rate"
        source: ClassVar[str] = "made up"
        effect: ClassVar[str] = "makes compute dearer"
        cannot: ClassVar[str] = "be paid in kind"
        laws: ClassVar[tuple[str, ...]] = ("none",)
        claims: ClassVar[tuple[object, ...]] = ()
        rate: float = quantity("USD/EFLOP", "levy on compute", low=0.0, high=100.0, default=0.0)

        def act(self, view: View) -> dict[str, float]:
            return {"compute_levy": self.rate * (1 + int(self.years_in_force(view)))}

    yield StairLevy.name
    del StairLevy.name


def test_a_policy_without_a_start_begins_with_the_run(tmp_path: Path) -> None:
    opened(tmp_path, 'name = "carbon_tax"\nrate = { value = 50, unit = "USD/tCO2" }')
    shown = row("carbon_tax")
    assert shown["on"]
    assert shown["start"] == chosen().started.time.start


def test_a_policy_of_ones_own_has_a_row_and_a_slider(levy: str, tmp_path: Path) -> None:
    """Around the number of the world that the command named; where none has it, it can be switched on as well."""
    opened(tmp_path, f'name = "{levy}"\nrate = {{ value = 0.1, unit = "USD/EFLOP" }}\nstart = 2026')
    shown = row(levy)
    assert shown["on"]
    assert shown["slider"]["usual"] == shown["slider"]["place"]
    off = EDITS["switch"](first_setting(), {"name": levy, "on": False})
    assert EDITS["switch"](off, {"name": levy, "on": True}).entry(levy)["start"] == 2026

    choose(BASELINE, BASELINE, [], None, 2030)
    assert not row(levy)["on"]
    on = EDITS["switch"](first_setting(), {"name": levy, "on": True})
    assert on.entry(levy) == {"name": levy, "id": levy, "start": catalogue.STARTS}
    for place in (0, 200):
        moved = EDITS["slide"](on, {"name": levy, "place": place}).entry(levy)["rate"]
        assert 0 < moved <= 100


def test_it_names_no_scenario_that_is_not_there(levy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", levy]) == 0
    assert "Scenario:" not in capsys.readouterr().out
    assert main(["policies", "carbon_tax"]) == 0
    assert "carbon_tax.toml" in capsys.readouterr().out


@pytest.mark.slow
def test_two_worlds_with_the_same_policies_are_said_to_have_them() -> None:
    worlds = ensemble("carbon_tax", 1)
    assert sentence(replace(worlds, baseline=worlds.policy), {}, 0, 2030) == ALIKE
    assert sentence(replace(worlds, policy=worlds.baseline), {}, 0, 2030) == NONE_ON
