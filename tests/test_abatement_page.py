"""The page on abatement is of this version, and its words follow its numbers."""

import json
import re
from pathlib import Path

import matplotlib.image
import pandas as pd
import pytest

from sim.cli import main
from sim.evidence import abatement
from sim.evidence.abatement import (
    EFFECTS,
    FIGURE,
    FOLDER,
    NUMBERS,
    RATES,
    SHOWN,
    WORLDS,
    YEARS,
    Found,
    answer,
    direction,
)  # fmt: skip
from sim.measures import DIVIDE
from sim.measures.carbon import OPERATIONAL
from sim.results.statistics import Effect
from tests.test_effects import an_effect
from tests.worlds import FEW, ROOT

DOCS = ROOT / "docs"
ANEW = "run: make numbers"


def test_the_page_is_of_this_version() -> None:
    """Scenarios have the numbers and ranges that they had when it was made, and single runs give what they gave; last
    digits differ between processors."""
    made, now = json.loads((DOCS / FOLDER / "check.json").read_text(encoding="utf-8")), abatement.check()
    assert set(made) == set(now), ANEW
    for name, found in now.items():
        same = found if name.endswith(NUMBERS) else pytest.approx(found, rel=0.02)
        assert made[name] == same, f"{name}: {ANEW}"


def test_the_page_says_what_its_table_holds() -> None:
    """Every word and number of it."""
    found = Found.read(pd.read_csv(DOCS / FOLDER / EFFECTS))
    page = (DOCS / "abatement.md").read_text(encoding="utf-8")
    assert page == abatement.page(found), ANEW
    assert answer(found) in page.split("\n\n")[1]


def effects(able: tuple[float, tuple[float, float]], unable: tuple[float, tuple[float, float]]) -> Found:
    """The same change in the divide at every rate, where buyers can clean up and where they cannot; emissions fall."""
    found: dict[tuple[str, int, str, int], Effect] = {}
    for world, change in zip(WORLDS, (unable, able), strict=True):
        for rate in RATES[1:]:
            found[world, YEARS[-1], DIVIDE, rate] = an_effect(*change)
            found[world, YEARS[-1], OPERATIONAL, rate] = an_effect(-0.3, (-0.5, -0.1))
    return Found(found)


def test_the_answer_follows_the_range_over_assumptions() -> None:
    """However sure luck alone is."""
    none, wider, narrower = (0.2, (-0.1, 0.5)), (0.2, (0.1, 0.5)), (-0.2, (-0.5, -0.1))
    said = answer(effects(none, wider))
    assert "Once buyers of compute can clean up, a carbon tax from 2027 on makes no detectable change to" in said
    assert "where they cannot, it widens the compute divide of 2040 (at 1,000 USD/t: +20.0 %, from " in said
    assert "emissions by electricity fall by 30.0 % (10.0 to 50.0 %) where they can" in said
    assert "on narrows the compute divide of 2040" in answer(effects(narrower, none))
    assert "by less than a percent" in direction(an_effect(0.004, (0.001, 0.009)), 2040)


def test_rates_that_differ_are_told_apart() -> None:
    found = effects((0.2, (-0.1, 0.5)), (0.2, (-0.1, 0.5)))
    found.effects["clean_power", YEARS[-1], DIVIDE, RATES[-1]] = an_effect(0.2, (0.1, 0.3))
    said = answer(found)
    assert "no detectable change to the compute divide of 2040 at 25, 50, 100, 200, 400, 700 USD/t, and widens" in said
    assert "at 1,000 USD/t" in said


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
    assert page == abatement.page(Found.read(pd.read_csv(out / FOLDER / EFFECTS)))
    for target in re.findall(rf"\(({FOLDER}[^)]*)\)", page):
        assert (out / target).is_file()
    rows = pd.read_csv(out / FOLDER / EFFECTS)
    assert len(rows) == len(WORLDS) * 2 * (len(SHOWN) + 1)
    assert set(json.loads((out / FOLDER / "check.json").read_text(encoding="utf-8"))) == set(abatement.check())
    assert matplotlib.image.imread(out / FOLDER / FIGURE).shape[2] >= 3


def test_an_interrupt_ends_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut:
        interrupted = True

    monkeypatch.setattr(abatement, "compare", lambda *_, **__: Cut())
    with pytest.raises(KeyboardInterrupt):
        abatement.abatement()
