"""The page on abatement is of this version, and its words follow its numbers."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.evidence import abatement
from sim.evidence.abatement import (
    ABLE,
    EFFECTS,
    FIGURE,
    FOLDER,
    LESS,
    NAMED,
    RATES,
    SHOWN,
    UNABLE,
    WORLDS,
    YEARS,
    TaxEffects,
    answer,
)  # fmt: skip
from sim.evidence.abatement_figure import Curve, draw
from sim.measures import DIVIDE, registry
from sim.measures.carbon import ENERGY, OPERATIONAL
from sim.results.statistics import Effect
from sim.scenario import load
from tests.legible import saved
from tests.made_effects import altered, an_effect
from tests.worlds import BASELINE, FEW, ROOT

DOCS = ROOT / "docs"
ANEW = "run: make numbers"


def test_the_page_says_what_its_table_holds() -> None:
    """Every word and number of it."""
    found = TaxEffects.read(pd.read_csv(DOCS / FOLDER / EFFECTS))
    page = (DOCS / "abatement.md").read_text(encoding="utf-8")
    assert page == abatement.page(found), ANEW
    assert "\n\n".join(page.split("\n\n")[1:3]) == answer(found)


def effects(able: tuple[float, tuple[float, float]], unable: tuple[float, tuple[float, float]]) -> TaxEffects:
    """The same change in the divide at every rate, where buyers can clean up and where they cannot; emissions fall."""
    found: dict[tuple[str, int, str, int], Effect] = {}
    for world, change in zip(WORLDS, (unable, able), strict=True):
        for rate in RATES[1:]:
            found[world, YEARS[-1], DIVIDE, rate] = an_effect(*change)
            found[world, YEARS[-1], OPERATIONAL, rate] = an_effect(-0.3, (-0.5, -0.1))
    return TaxEffects(found)


def test_the_answer_follows_the_range_over_assumptions() -> None:
    """However sure luck alone is."""
    none, wider, narrower = (0.2, (-0.1, 0.5)), (0.2, (0.1, 0.5)), (-0.2, (-0.5, -0.1))
    said = answer(effects(none, wider))
    assert said.startswith(
        "**Unclear. Where buyers of compute can clean up, a carbon tax from 2027 on changes the compute divide of "
        "2040 in an unclear direction at 25 to 1,000 USD/t (−10 to +50 % at 1,000 USD/t). Where they cannot, it widens "
        "the compute divide of 2040 by 20 % (10 to 50 %) at 25 to 1,000 USD/t.**\n\n"
    )
    assert answer(effects(wider, none)).startswith("**Yes. ")
    assert answer(effects(narrower, none)).startswith("**No: it narrows it. ")
    assert "emissions by electricity fall by 30.0 % (10.0 to 50.0 %) where they can" in said
    assert "on narrows the compute divide of 2040" in answer(effects(narrower, none))


def test_up_to_where_it_hardly_changes_is_said_first_and_each_rate_once() -> None:
    found, small = effects((0.2, (-0.1, 0.5)), (0.0, (0.0, 0.0))), an_effect(0.004, (0.001, 0.009))
    small = altered(small, relative_low=0.003, relative_high=0.005)
    for rate in RATES[1:]:
        found.effects[UNABLE, YEARS[-1], DIVIDE, rate] = small
    for rate in (25, 50, 100, 200):
        found.effects[ABLE, YEARS[-1], DIVIDE, rate] = small
    found.effects[ABLE, YEARS[-1], DIVIDE, 400] = an_effect(0.2, (0.1, 0.3))
    assert answer(found).startswith(
        "**Hardly, up to 200 USD/t. Where buyers of compute can clean up, a carbon tax from 2027 on hardly changes the "
        "compute divide of 2040 up to 200 USD/t; it widens it by 20 % (10 to 30 %) at 400 USD/t; from 700 USD/t "
        "on its direction is unclear (−10 to +50 % at 1,000 USD/t). Where they cannot, it hardly changes the "
        "compute divide of 2040 at 25 to 1,000 USD/t.**"
    )


@dataclass
class Made:
    """A comparison whose paths are given: by scenario and whether assumptions are drawn, (replicates,)."""

    values: dict[tuple[int, bool], list[float]]
    assumed: list[float]
    drawn: bool = True
    years: tuple[int, ...] = (YEARS[-1],)

    @property
    def pairs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(assumptions={"x": value}) for value in self.assumed]

    @property
    def measures(self) -> dict[str, Any]:
        return registry()

    def paths(self, scenario: int, id: str, *, wide: bool) -> np.ndarray:
        return np.array(self.values[scenario, wide])[:, np.newaxis]


def test_what_cleaning_up_changes_is_told_pair_by_pair() -> None:
    """Of effects that lie far apart from pair to pair the difference is sharp; a draw that one world threw away is no
    pair."""
    tax = [1.0, 1.1, 1.3, 1.7, 2.0, 2.5, 3.0]  # what it multiplies the divide by where nobody can clean up
    less = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -9.0]
    unable = Made({(0, False): [2.0] * 7, (1, False): [2 * t for t in tax], (0, True): [3.0] * 7,
                   (1, True): [3 * t for t in tax]}, [*range(6), 6])  # fmt: skip
    able = Made({(0, False): [5.0] * 7, (1, False): [5 * (t - 0.2) for t in tax], (0, True): [7.0] * 7,
                 (1, True): [7 * (t - by) for t, by in zip(tax, less, strict=True)]}, [*range(6), 99])  # fmt: skip
    change = abatement._less({UNABLE: unable, ABLE: able}, 1, DIVIDE, YEARS[-1])  # type: ignore[dict-item]
    assert change is not None
    assert change.luck.amount == pytest.approx((-0.2, -0.2, -0.2))
    assert change.wide.amount == pytest.approx((-0.1, -0.1, -0.1))
    assert (change.replicates, change.draws) == (7, 6)


def test_the_answer_sets_the_two_worlds_against_each_other() -> None:
    found = effects((0.2, (-0.1, 0.5)), (0.2, (-0.1, 0.5)))
    assert "Pair by pair" not in answer(found)
    found.effects[LESS, YEARS[-1], DIVIDE, RATES[-1]] = an_effect(-0.02, (-0.05, -0.01), baseline=1.0)
    said = "at 1,000 USD/t the first change less the second is −2.0 percentage points, from −5.0 to −1.0"
    assert f"Pair by pair it leaves the divide narrower where they can clean up: {said}" in answer(found)
    drawn = altered(found.effects[LESS, YEARS[-1], DIVIDE, RATES[-1]], draws=20, wide_difference=-0.03)
    found.effects[LESS, YEARS[-1], DIVIDE, RATES[-1]] = drawn
    luck = "on luck alone, with numbers as they stand: −2.0 percentage points, from −3.0 to −1.0"
    assert f"is −3.0 percentage points, from −5.0 to −1.0, on the same luck and assumptions ({luck})" in answer(found)
    assert "−2.0 [" in abatement.page(found)
    found.effects[LESS, YEARS[-1], DIVIDE, RATES[-1]] = an_effect(-0.02, (-0.05, 0.02), baseline=1.0)
    assert "Pair by pair the two cannot be told apart" in answer(found)


def test_the_answer_pictures_what_is_cut() -> None:
    found = effects((0.2, (-0.1, 0.5)), (0.2, (-0.1, 0.5)))
    found.effects[ABLE, YEARS[-1], OPERATIONAL, NAMED] = an_effect(-0.5, (-0.6, -0.4), baseline=9.2e6)
    found.effects[ABLE, YEARS[-1], ENERGY, NAMED] = an_effect(-0.5, (-0.6, -0.4), baseline=2 * 10.715e6)
    assert answer(found).endswith(
        f"In {YEARS[-1]} at that rate, where they can, emissions fall by what 1.0 million cars emit in a year; "
        "electricity falls by what 1.0 million US households use, 2.1 % of that of Germany (medians over draws)."
    )


@pytest.mark.slow
def test_the_command_makes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, tiny in {"RATES": (0, 100), "YEARS": (2028, 2029), "PAIRS": 6}.items():
        monkeypatch.setattr(abatement, name, tiny)
    monkeypatch.setattr(abatement, "SETTINGS", (*FEW, "time.end=2029"))
    out = tmp_path / "out"
    assert main(["reproduce", "abatement", "--out", str(out)]) == 0
    assert "Page and 1 figure in" in capsys.readouterr().out
    page = (out / "abatement.md").read_text(encoding="utf-8")
    assert page == abatement.page(TaxEffects.read(pd.read_csv(out / FOLDER / EFFECTS)))
    for target in re.findall(rf"\(({FOLDER}[^)]*)\)", page):
        assert (out / target).is_file()
    rows = pd.read_csv(out / FOLDER / EFFECTS)
    assert len(rows) == 2 * (len(WORLDS) * (len(SHOWN) + 2) + len(SHOWN))
    assert set(rows[rows["world"] == LESS]["measure"]) == set(SHOWN)
    assert set(json.loads((out / FOLDER / "check.json").read_text(encoding="utf-8"))) == set(abatement.check())
    assert matplotlib.image.imread(out / FOLDER / FIGURE).shape[2] >= 3


def test_an_interrupt_ends_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut:
        interrupted = True

    monkeypatch.setattr(abatement, "compare", lambda *_, **__: Cut())
    with pytest.raises(KeyboardInterrupt):
        abatement.abatement()


def test_what_nine_tenths_of_hours_cost_is_that_of_the_scenario() -> None:
    """The average over hours of what one more costs above the first: rise x / (1 - x) from 0 to nine tenths."""
    (rise,) = (one for one in load(BASELINE).quantities if one.path == "abatement.clean_rise")
    assert rise.unit == "USD/MWh"
    hours = np.linspace(0.0, 0.9, 100_001)
    average = float(np.trapezoid(hours / (1.0 - hours), hours)) / 0.9
    middle, low, high = (round(average * value) for value in (rise.value, rise.low or 0.0, rise.high or 0.0))
    told = f"{middle} USD/MWh more than the first ({low} to {high} over the range"
    assert told in (rise.note or "")
    assert told in " ".join((ROOT / "docs" / "model.md").read_text(encoding="utf-8").split())


def test_the_figure_has_no_mark_without_a_price_and_one_scale_for_each_measure() -> None:
    """A bar stood at a tax below nothing, and the years of one measure had other scales."""
    found = effects((0.2, (0.1, 0.3)), (0.4, (0.3, 0.5)))
    for key in list(found.effects):
        found.effects[key[0], YEARS[0], *key[2:]] = an_effect(0.1, (0.05, 0.15))
    curves = [Curve(label, year, id, found.of(world, year, id))
              for world, label in WORLDS.items() for year in YEARS for id in SHOWN]  # fmt: skip
    with saved() as figures:
        draw(curves, SHOWN, "")
    axes = figures[0].axes
    assert (
        min(float(x) for ax in axes for line in ax.lines for x in line.get_xdata() if len(line.get_xdata()) == 2) >= 0
    )
    columns = [axes[i :: len(SHOWN)] for i in range(len(SHOWN))]
    assert [len({ax.get_ylim() for ax in column}) for column in columns] == [1] * len(SHOWN)
    assert axes[0].get_ylim() != axes[1].get_ylim()
