"""The README tells the truth: its output is what the command prints, its snippets run."""

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.scenario import load
from tests.worlds import ROOT, SCENARIOS

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text(encoding="utf-8")


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def timeless(text: str) -> list[str]:
    """Lines without the time taken and the name of the directory, spaces as one."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return [line for line in lines if " s. Results in " not in line and not line.startswith(("Start with ", "---"))]


def test_printed_output_is_what_the_readme_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Word for word, and number for number but for the last digits, which differ between processors. Lines may be left
    out of what is shown, so that a new measure needs none there."""
    shown = re.search(r"<!-- output of: python run.py run scenarios/baseline.toml -->\n```\n(.*?)```", README, re.S)
    assert shown
    assert main(["run", str(SCENARIOS / "baseline.toml"), "--out", str(tmp_path / "out")]) == 0
    lines = iter(timeless(capsys.readouterr().out))
    for expected in timeless(shown[1]):
        printed = next((line for line in lines if NUMBER.sub("#", line) == NUMBER.sub("#", expected)), None)
        assert printed is not None, expected
        found, wanted = ([float(n.replace(",", "")) for n in NUMBER.findall(line)] for line in (printed, expected))
        assert found == pytest.approx(wanted, rel=0.02)

    series = pd.read_csv(tmp_path / "out" / "series.csv")
    slack = series[(series["measure"] == "market_slack") & (series["year"] >= 2025)]
    scarce = 100 * (1 - slack.groupby("replicate")["value"].mean())
    said = re.search(r"scarce in (\d+) % of the quarters from 2025 on \((\d+) % to (\d+) % over replicates\)", README)
    assert said
    assert [scarce.mean(), scarce.min(), scarce.max()] == pytest.approx([float(n) for n in said.groups()], abs=1)


def test_the_scenario_snippet_is_valid(tmp_path: Path) -> None:
    snippet = re.search(r"```toml\n(.*?)```", README, re.S)
    assert snippet
    file = tmp_path / "mine.toml"
    file.write_text(snippet[1].replace('"baseline.toml"', f'"{SCENARIOS / "baseline.toml"}"'), encoding="utf-8")
    assert load(file).policies[0].revenue_use == "academic_compute"


def test_the_error_message_is_the_one_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_tax.toml").write_text(
        f'schema = 1\nextends = "{SCENARIOS / "carbon_tax.toml"}"\ntitle = "t"\nquestion = "q"\n'
        '[[policy]]\nname = "carbon_tax"\nrate = { value = 100, unit = "USD" }\n',
        encoding="utf-8",
    )
    assert main(["run", "my_tax.toml"]) == 2
    assert capsys.readouterr().err.strip() in README


def test_the_python_snippet_runs(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    snippet = re.search(r"```python\n(.*?)```", README, re.S)
    assert snippet
    names: dict[str, object] = {}
    exec(snippet[1], names)
    assert names["model"].steps == 40
