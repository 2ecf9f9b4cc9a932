"""What figures, pages and the dashboard share stands once: words of measures, looks of kinds, places of dots."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.app.views import looks
from sim.report import words
from sim.report.colours import LOOKS, look_of
from sim.report.comparison.effects import cell
from sim.report.run.data import RunData
from sim.report.sunflower import sunflower
from tests.test_effects import an_effect
from tests.worlds import ROOT, small

MEASURED = ("widens", "narrows", "wider", "narrower")


def test_words_for_more_and_less_of_a_measure_stand_in_one_file() -> None:
    def spells(file: Path) -> bool:
        text = file.read_text(encoding="utf-8")
        return any(f'"{word}"' in text for word in MEASURED)

    assert [file.name for file in (ROOT / "sim").rglob("*.py") if spells(file)] == ["subjects.py"]


@pytest.mark.parametrize(
    ("id", "rule", "look"),
    [("giant", "corporation", "corporation"), ("garage", "startup", "startup"), ("centre", "academic_lab", "academia")],
)
def test_a_kind_is_drawn_by_its_rule_whatever_it_is_called(id: str, rule: str, look: str) -> None:
    """In figures and on the page alike."""
    scenario = small(until=2012)
    kind = next(kind for kind in scenario.kinds if kind.rule == rule)
    named = type(kind)(**{**vars(kind), "id": id})
    assert look_of(named) == look in LOOKS
    other = SimpleNamespace(kinds=(named,))
    nothing = pd.DataFrame()
    assert RunData(other, nothing, nothing, "").looks == looks(SimpleNamespace(scenario=other)) == {id: look}  # type: ignore[arg-type]


def test_dots_of_a_sunflower_have_the_same_room() -> None:
    dots = sunflower(400)
    distance = np.hypot(*dots.T)
    assert distance**2 == pytest.approx((np.arange(400) + 0.5) / 400)
    between = np.hypot(*(dots[:, None] - dots).T) + np.eye(400)
    nearest = between.min(axis=0) * 400**0.5
    assert 1.2 < nearest.min() < nearest.max() < 2.1
    assert sunflower(0).shape == (0, 2)


def test_changes_from_tenfold_on_are_factors() -> None:
    """At ten itself too, which the ticks of an axis reach only up to rounding."""
    assert [words.is_factor(change) for change in (9.98, 10 - 1e-12, 10.0, 30.0)] == [False, True, True, True]
    assert not words.is_factor(float("nan"))
    assert cell(an_effect(10.0, (9.0, 12.0)), "USD").startswith("× 11.0 [")
    assert cell(an_effect(9.0, (8.0, 10.0)), "USD").startswith("+900 % [")
