"""The page that says which numbers decide is what its tables say, of the baseline as it is."""

from pathlib import Path

import pytest

from sim.results.sensitivity import LEAST
from tests.scripts import loaded

what_decides = loaded("what_decides")


def test_the_page_is_what_its_tables_say() -> None:
    assert what_decides.PAGE.read_text(encoding="utf-8") == what_decides.page(), "python docs/what_decides.py"


def test_a_page_that_is_behind_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    behind = tmp_path / "page.md"
    behind.write_text(what_decides.page().replace("| 1 |", "| 2 |"), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["what_decides.py", "--check"])
    assert what_decides.main() == 0
    monkeypatch.setattr(what_decides, "PAGE", behind)
    assert what_decides.main() == 1


def test_its_numbers_are_those_of_the_baseline() -> None:
    assert what_decides.behind() == [], "python docs/what_decides.py"


@pytest.mark.parametrize("moved", ["joined", "gone"])
def test_a_number_that_joined_or_is_gone_is_told(
    moved: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = what_decides.kept_numbers()
    other = kept[1:] if moved == "joined" else [*kept, {**kept[0], "path": "product.gone"}]
    monkeypatch.setattr(what_decides, "kept_numbers", lambda: other)
    monkeypatch.setattr(what_decides, "page", lambda: what_decides.PAGE.read_text(encoding="utf-8"))
    monkeypatch.setattr("sys.argv", ["what_decides.py", "--check"])
    assert what_decides.main() == 1
    named = kept[0]["path"] if moved == "joined" else "product.gone"
    assert f"not as in the baseline: {named}" in capsys.readouterr().out


def test_it_rests_on_enough_walks() -> None:
    assert LEAST["morris"] <= what_decides.SAMPLES
