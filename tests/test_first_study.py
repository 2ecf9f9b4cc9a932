"""The page for a first study tells the truth: its files are those that it shows, and commands print what it says."""

import re
from pathlib import Path

import pytest

from tests.excerpts import excerpts, shown_as_printed, typed
from tests.saying import Say
from tests.worlds import ROOT

PAGE = (ROOT / "docs" / "first-study.md").read_text(encoding="utf-8")
EXCERPTS = excerpts(PAGE)


def test_its_files_are_those_that_it_shows() -> None:
    shown = re.findall(r"<!-- file: (\S+) -->\n```toml\n(.*?)```", PAGE, re.DOTALL)
    assert {ROOT / file for file, _ in shown} == set((ROOT / "docs" / "first-study").iterdir())
    for file, text in shown:
        assert text == (ROOT / file).read_text(encoding="utf-8")


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
