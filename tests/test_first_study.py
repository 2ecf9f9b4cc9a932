"""The page for a first study tells the truth: its files are those that it shows, and commands print what it says."""

import re
from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.writing import resolved_toml
from tests.excerpts import excerpts, shown_as_printed, typed
from tests.saying import Say
from tests.worlds import BASELINE, ROOT

PLACE = ROOT / "docs" / "first-study"
PAGE = PLACE.with_suffix(".md").read_text(encoding="utf-8")
EXCERPTS = excerpts(PAGE)


def test_its_files_are_those_that_it_shows() -> None:
    shown = re.findall(r"<!-- file: (\S+) -->\n```toml\n(.*?)```", PAGE, re.DOTALL)
    assert {ROOT / file for file, _ in shown} == set(PLACE.iterdir())
    for file, text in shown:
        assert text == (ROOT / file).read_text(encoding="utf-8")


def test_labs_that_a_programme_serves_alone_are_like_all_others_but_for_their_home() -> None:
    every, apart = _numbers(BASELINE, "academic_lab"), _numbers(PLACE / "german-labs.toml", "german_lab")
    others = _numbers(PLACE / "german-labs.toml", "academic_lab")
    assert (apart.pop("count")[0], others.pop("count")[0]) == (48, 352)
    assert every.pop("count")[0] == 48 + 352
    assert load(BASELINE).kinds[-1].home["germany"] * 400 == 48
    assert [kind.home.get("germany") for kind in load(PLACE / "german-labs.toml").kinds[-2:]] == [None, 1]
    assert len(every) > 10
    assert apart == others == every


def test_what_was_fitted_without_its_kind_is_told_so(tmp_path: Path) -> None:
    """A label is no condition of a fit, and a kind that was added is told once; also by the record of a run."""
    scenario = load(PLACE / "german-labs.toml")
    assert scenario.ensemble is not None
    told = (
        "fitted to a world with other numbers of actors and kind.academic_lab.home, and without the kind german_lab; "
    )
    assert told in scenario.ensemble.told
    record = tmp_path / "record.toml"
    record.write_text(resolved_toml(scenario), encoding="utf-8")
    again = load(record, ["kind.german_lab.label=Labs"]).ensemble
    assert again is not None
    assert again.told == scenario.ensemble.told


def _numbers(file: Path, kind: str) -> dict[str, tuple[object, ...]]:
    """Numbers of a kind of labs, by key: the value, its range, and what it rests on."""
    said = [one for one in load(file).quantities if one.path.startswith(f"kind.{kind}.")]
    return {
        one.path.rpartition(".")[2]: (one.base, one.low, one.high, one.basis, one.source, one.note)
        for one in said if not one.path.endswith(".home")
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", EXCERPTS, ids=lambda command: command[:40])
def test_commands_print_what_it_shows(command: str, say: Say, tmp_path: Path) -> None:
    assert f"$ python run.py {command}\n" in PAGE
    answer = say(*typed(command), "--out", tmp_path / "out")
    assert answer.code == 0
    shown_as_printed(EXCERPTS[command], answer.out)


def test_its_other_commands_can_be_typed(say: Say) -> None:
    commands = re.findall(r"^python run\.py (.*)$", PAGE, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        words = [
            word
            for text in typed(command)
            for word in ([text] if "*" not in text else sorted(map(str, ROOT.glob(str(Path(text).relative_to(ROOT))))))
        ]
        assert say(*words).code == 0
