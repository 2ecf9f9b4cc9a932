"""The commands: their help, their output, their options."""

import json
import re
import subprocess
import sys
from argparse import ArgumentParser
from itertools import pairwise
from math import inf
from pathlib import Path
from shutil import copytree
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import pytest

from sim.cli import commands, main
from sim.cli.groups import Group
from sim.cli.options import OPTIONS
from sim.cli.terminal import columns
from sim.measures import headline, registry
from sim.outputs.planned import write_planned
from sim.policies import registry as policies
from sim.scenario import load, shipped_files
from sim.scenario.every_policy import with_every_policy
from sim.scenario.policy_notes import NO_CLEANER
from sim.shippedfiles import scenario_names
from tests.records import PACKAGED
from tests.saying import Say, refused
from tests.worlds import BASELINE, FEW, ROOT, SCENARIOS

SMALL = [*(word for setting in FEW for word in ("--set", setting)), "--until", "2025", "--replicates", "2"]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"example: python run.py {command}" in capsys.readouterr().out


def test_help_shows_the_main_uses_first_and_the_rest_by_group(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    shown = capsys.readouterr().out
    assert stop.value.code == 0
    assert re.findall(r"^  ([a-z]\w+) ", shown, re.MULTILINE)[:3] == ["run", "compare", "view"]
    headings = re.findall(r"^([A-Z][\w ]+):$", shown, re.MULTILINE)
    assert headings == [str(group) for group in Group]
    for before, after in pairwise([*headings, "options"]):
        part = shown[shown.index(f"{before}:\n") : shown.index(f"{after}:\n")]
        named = [name for name, command in commands().items() if before == command.GROUP]
        assert re.findall(r"^  (\w+) ", part, re.MULTILINE) == named
        assert named
    assert all(command.EXAMPLE in shown for command in commands().values() if command.GROUP == Group.MAIN)


def test_without_a_command_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    alone = capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--help"])
    assert capsys.readouterr().out == alone


def test_reading_a_scenario_imports_little() -> None:
    """Units take pint, and not what pint would import only to see whether it is there."""
    code = "import sys, sim; sim.load('scenarios/baseline.toml'); print('pint' in sys.modules, *sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    there, *modules = shown.split()
    assert there == "True"
    assert not {"dask", "pandas", "networkx", "matplotlib", "numba", "mesa"} & set(modules)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from sim.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert "COMMAND" in shown
    for heavy in ("'numpy'", "'pandas'", "'mesa'", "'matplotlib'", "'pint'"):
        assert heavy not in shown


def test_the_version_is_that_of_provenance(say: Say, made: Path) -> None:
    """And what simulates is that of the plan."""
    record, plan = (json.loads((made / name).read_text(encoding="utf-8")) for name in ("provenance.json", "plan.json"))
    said = f"compute-divide {record['versions']['compute-divide']}, code {record['code']}, of which {plan['code']}"
    assert say("--version") == (0, f"{said} simulates\n", "")
    assert "--version" in say().out


def test_a_bare_word_is_answered_with_the_option_that_it_is_meant_for(say: Say) -> None:
    for typed, told in (
        (("laws", BASELINE), f"write `python run.py laws --compare {BASELINE}`"),
        (("laws", "thompson"), "see `python run.py laws --help`"),
        (("scenarios", "carbon"), "see `python run.py scenarios --help`"),
    ):
        refused(say(*typed), "takes nothing without an option before it", f"fix      {told}\n")


def test_measures_are_sought_by_id_and_by_words(say: Say) -> None:
    def found(*words: str) -> list[str]:
        return [line.split()[0] for line in say("measures", *words).out.splitlines()[2:] if not line.startswith(" ")]

    every = found()
    assert found("emissions_total") == ["emissions_total"]
    assert found("emissions_total", "frontier_error") == ["emissions_total", "frontier_error"]
    refused(say("measures", "emissions_total", "price"), "unknown measure 'emissions_total price'")
    some = found("Emissions", "operational")
    assert "emissions_operational" in some
    assert 0 < len(some) < len(found("emissions")) < len(every)
    assert set(some) <= set(found("emissions")) <= set(every)
    refused(say("measures", "emisions"), "unknown measure 'emisions'", "did you mean 'emissions")
    refused(say("measures", "zebra"), "a group: access, carbon, economy, inequality, permits, research, runs, scrutiny")
    own = "emissions_kind_german_lab"
    refused(say("measures", own), f"unknown measure '{own}'", "--scenario FILE")
    study = ROOT / "docs" / "first-study" / "german-labs.toml"
    assert found("--scenario", study, own) == [own]
    assert {own, "emissions_region_germany", "emissions_total"} <= set(found("--scenario", study))


@pytest.mark.slow
def test_run_prints_table_sentence_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "out"
    assert main(["run", str(SCENARIOS / "baseline.toml"), *SMALL, "--out", str(place)]) == 0
    shown = capsys.readouterr()
    assert re.search(r"^first, middle and last year +2012 +2018 +2025$", shown.out, re.MULTILINE)
    for id in headline():
        assert registry()[id].label in shown.out
    assert registry()["compute_theil"].label not in shown.out
    assert "From 2012 to 2025 the compute divide goes from" in shown.out  # of two replicates there is no direction
    assert "2 replicates are too few for a range or a direction" in " ".join(shown.out.split())
    assert str(place) in shown.out
    assert "2/2" in shown.err  # the progress bar


@pytest.mark.slow
def test_run_json_and_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = str(SCENARIOS / "baseline.toml")
    assert main(["run", baseline, *SMALL, "--json", "--quiet", "--out", str(tmp_path / "a")]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == json.loads((tmp_path / "a" / "summary.json").read_text())
    assert shown.err == ""
    assert main(["run", baseline, *SMALL, "--quiet", "--out", str(tmp_path / "b")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "b")


@pytest.mark.slow
def test_options_mean_what_they_say(tmp_path: Path) -> None:
    tax = ["--set", "policy.carbon_tax.rate=50 USD/tCO2", "--set", "product.margin=40 %"]
    place = tmp_path / "out"
    assert (
        main(["run", str(SCENARIOS / "baseline.toml"), *SMALL, *tax, "--seed", "3", "--quiet", "--out", str(place)])
        == 0
    )
    from sim.scenario import load

    resolved = load(place / "scenario.toml")
    assert (resolved.run.seed, resolved.run.replicates, resolved.time.end) == (3, 2, 2025)
    assert resolved.product.margin == pytest.approx(0.4)
    assert resolved.policies[0].rate == pytest.approx(0.05)


@pytest.mark.slow
def test_check_says_ok_for_every_shipped_file(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(file) for file in (*shipped_files(), SCENARIOS / "sources.toml")]
    assert main(["check", *files]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if NO_CLEANER not in line] == [f"{file}: ok" for file in files]


def test_explain_shows_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    from sim.scenario import load

    baseline = SCENARIOS / "baseline.toml"
    assert main(["explain", str(baseline), "--json"]) == 0
    entries = {entry["path"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert set(entries) == {quantity.path for quantity in load(baseline).quantities}
    assert entries["law.fitted_growth"]["basis"] == "source"
    assert "Epoch AI" in entries["law.fitted_growth"]["why"]
    assert all(entry["meaning"] for entry in entries.values())
    assert main(["explain", str(baseline), "--assumed"]) == 0
    shown = capsys.readouterr().out
    assert "product.margin" in shown
    assert "law.fitted_growth" not in shown


def test_explain_fits_a_narrow_terminal(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of 200 letters breaks up on one of 80."""
    wide = say("explain", SCENARIOS / "carbon_tax.toml").out
    monkeypatch.setattr("sim.cli.explain.columns", lambda: 80)
    narrow = say("explain", SCENARIOS / "carbon_tax.toml").out
    assert max(map(len, wide.splitlines())) > 180
    counts = next(i for i, line in enumerate(narrow.splitlines()) if line.endswith(" choices."))
    assert max(map(len, narrow.splitlines()[1:counts])) <= 84  # no word is broken
    assert "\npolicy.carbon_tax.rate = 100 USD/tCO2" in narrow
    assert all(f"\n{row.split()[0]} = " in narrow for row in wide.splitlines() if re.match(r"(law|product)\.\w+ ", row))


@pytest.mark.parametrize(("told", "room"), [(0, inf), (80, 80)])
def test_a_terminal_that_does_not_say_how_wide_it_is_has_room(
    told: int, room: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda _: SimpleNamespace(columns=told))
    assert columns() == room


def test_lists_come_from_the_registries(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies"]) == 0
    assert all(f"{name}:" in capsys.readouterr().out for name in list(policies())[:1])
    assert main(["measures"]) == 0
    shown = capsys.readouterr().out
    assert all(id in shown for id in registry())
    assert main(["scenarios"]) == 0
    shown = capsys.readouterr().out
    assert {name for name in scenario_names() if not name.startswith("on_record/")} < set(shown.split())
    assert not re.search("^your own", shown, re.MULTILINE)


def test_what_a_user_puts_beside_the_shipped_scenarios_is_no_shipped_one(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`scenarios` lists it apart, a broken file with what is wrong; no command puts it onto other worlds."""
    copytree(SCENARIOS, tmp_path / "scenarios")
    (tmp_path / "scenarios" / "broken.toml").write_text("schema = [1\n", encoding="utf-8")
    head = 'schema = 1\nextends = "baseline.toml"\ntitle = "t"\nquestion = "Mine?"\n'
    own = f'{head}[[policy]]\nname = "carbon_tax"\nrate = 9'
    (tmp_path / "scenarios" / "own.toml").write_text(own, encoding="utf-8")
    monkeypatch.setattr("sim.scenario.examples.shipped", lambda: tmp_path / "scenarios")
    monkeypatch.setattr("sim.scenario.shipped", lambda: tmp_path / "scenarios")
    _, _, mine, _ = say("scenarios").out.split("\n\n")
    assert re.search(r"own\.toml +Mine\?", mine)
    assert re.search(r"broken\.toml +cannot be read: bad TOML in line 1", mine)
    added, left_out = with_every_policy(load(BASELINE))
    assert not {"own", "broken"} & {*left_out, *(scenario.name for scenario in added)}
    said = say("sensitivity", BASELINE, "--against", "brokn")
    assert "carbon_tax" in said.err
    assert not re.search(r"\bown\b|broken\b", said.err)


def test_the_list_of_shipped_scenarios_is_whole() -> None:
    """What is under version control, but the list of sources; without it, what is there."""
    names = scenario_names()
    assert names == sorted(names)
    assert all((SCENARIOS / f"{name}.toml").is_file() for name in names)
    if (ROOT / ".git").exists():
        kept = subprocess.run(["git", "ls-files", "scenarios"], cwd=ROOT, capture_output=True, text=True, check=True)
        files = [Path(file).relative_to("scenarios") for file in kept.stdout.split() if file.endswith(".toml")]
        assert names == sorted(file.with_suffix("").as_posix() for file in files if file.name != "sources.toml")


@pytest.mark.parametrize("name", policies())
def test_a_policy_is_printed_in_full(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "--doc", name]) == 0
    printed, policy = capsys.readouterr().out, policies()[name]
    assert all(text in printed for text in (policy.effect, policy.source, *policy.levers, *policy.parameters()[1:]))
    assert f"{policy.strength} (strength)" in printed
    assert "`" not in printed
    assert "Traceback" not in printed


def test_an_unknown_policy_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "--doc", "carbon_tex"]) == main(["policies", "carbon_tex"]) == 2
    assert "did you mean 'carbon_tax'?" in capsys.readouterr().err


def test_an_option_is_declared_once_and_says_the_same_everywhere() -> None:
    """What a command says more of it, and its usual value, come behind."""
    own = {"--against", "--all"}  # a file or policies; policies or years
    told: dict[str, set[str]] = {}
    for command in commands().values():
        parser = ArgumentParser()
        command.arguments(parser)
        for action in parser._actions:
            for name in OPTIONS.keys() & {*action.option_strings}:
                known = OPTIONS[name]
                assert (action.help or "").startswith(known.help), (command.NAME, name)
                assert action.metavar == known.given.get("metavar"), (command.NAME, name)
            for name in action.option_strings:
                told.setdefault(name, set()).add(command.NAME)
    several = {name for name, names in told.items() if len(names) > 1} - {"-h", "--help"} - own
    assert several - {"--vary"} <= OPTIONS.keys()  # values of `sweep`, patterns of `sensitivity`


@pytest.mark.parametrize(
    "typed",
    [
        ["run", BASELINE, *SMALL, "--no-figures"],
        ["sweep", BASELINE, *SMALL, "--vary", "product.margin=0.3,0.4"],
        ["validate", BASELINE, *SMALL[:-4], "--replicates", 1, "--records", PACKAGED, "--from", 2020],
    ],
)
def test_seconds_are_those_of_the_whole_command(
    typed: list[object], say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They count from the start of the command to the end of what it writes, not while it simulates alone."""
    writes, away = typed[0] != "validate", [0.0]

    def slowly(*given: Any) -> Any:
        away[0] = 1000.0
        return write_planned(*given)

    monkeypatch.setattr("sim.cli.time", SimpleNamespace(perf_counter=lambda: perf_counter() - 5000.0))
    monkeypatch.setattr("sim.cli.studying.time", SimpleNamespace(perf_counter=lambda: perf_counter() + away[0]))
    monkeypatch.setattr("sim.outputs.planned.write_planned", slowly)
    said = say(*typed, "--workers", 1, *(["--out", tmp_path / "out"] if writes else []))
    (seconds,) = re.findall(r"^([\d.]+) s[,.] ", said.out, re.MULTILINE)
    assert 0 < float(seconds) - (6000.0 if writes else 5000.0) < 500


def test_no_table_breaks_a_line_within_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """The column of files had "fit imagenet.thompso" above "n2022_hardware"."""
    assert main(["explain", str(SCENARIOS / "real_policies" / "california.toml")]) == 0
    shown = capsys.readouterr().out
    assert "imagenet.thompson2022_hardware" in shown
    assert "exchange-rates" in shown
    (head,) = re.findall(r"year .*prices up to 2023.*\n(.*)", shown)
    assert len(head.split()) == 2  # and no column is empty
