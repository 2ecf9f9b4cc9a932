"""Runs, comparisons and decompositions are kept replicate by replicate, and go on to the same bytes."""

import json
import subprocess
import sys
import time
import tracemalloc
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from dataclasses import fields
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

import sim
from sim.bars import bar
from sim.cli import main
from sim.cli.studying import seed_tail
from sim.errors import InputError
from sim.experiment import compare, decompose
from sim.experiment.path import simulate
from sim.outputs.planned import KINDS, opened
from sim.results.flat import pair_arrays, pair_of, parts_arrays, parts_of, replicate_arrays, replicate_of
from sim.results.run import below_each_other
from sim.store.arrays import as_archive, in_archive
from sim.store.lock import PROVENANCE
from sim.store.plan import PLANNED, first_plan, read_plan, unchanged, write_plan
from sim.store.shards import FOLDER, present
from tests.records import PACKAGED
from tests.saying import Say
from tests.studies import command, content, kill_once_more_is_kept
from tests.worlds import BASELINE, ROOT, SCENARIOS, SMALL, small

TAX = str(SCENARIOS / "carbon_tax.toml")
FEW = [str(BASELINE), *map(str, SMALL[1:])]
WORDS = {
    "run": ["run", *FEW, "--no-figures"],
    "compare": ["compare", FEW[0], TAX, *FEW[1:]],
    "laws": ["laws", "--compare", *FEW],
    "decompose": ["decompose", *FEW],
}


def same(one: Any, other: Any) -> bool:
    """Whether two records hold the same, of the same type, to the last bit."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)


def test_a_replicate_is_read_as_it_was_kept() -> None:
    taxed = small("baseline", "policy.carbon_tax.rate=100", "policy.carbon_tax.start=2013", until=2014)
    one = simulate(small(until=2014), 3, every_step=True)
    pair = compare.replicate_of(compare.paired([small(until=2014), taxed], 2))(1)
    parts = decompose.replicate_of(small(until=2013))(0)
    assert pair.wide
    assert one.actors
    assert any(one.flows)
    whole = below_each_other(one.actors)
    again = replicate_of(in_archive(as_archive(replicate_arrays(one))))
    assert same(again.actors, [whole])
    assert same(replicate_of(in_archive(as_archive(replicate_arrays(again)))), again)
    for field in fields(one):
        assert field.name == "actors" or same(getattr(one, field.name), getattr(again, field.name)), field.name
    assert same(pair_of(in_archive(as_archive(pair_arrays(pair)))), pair)
    assert same(parts_of(in_archive(as_archive(parts_arrays(parts)))), parts)


def test_an_archive_holds_neither_time_nor_host(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = {"numbers": np.arange(5.0), "texts": np.array(["a", "long text"]), "one": np.array(True)}
    before = as_archive(arrays)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2e9))
    assert as_archive(arrays) == before


@pytest.mark.slow
@pytest.mark.parametrize(("name", "killed"), [("run", ("both", "parent", "worker")), ("compare", ("parent", "worker"))])
@pytest.mark.usefixtures("drawn")
def test_what_is_killed_again_and_again_goes_on_to_the_same_bytes(
    name: str, killed: tuple[str, ...], tmp_path: Path
) -> None:
    """The command and its workers, the command alone, and a worker alone, which does not stop it."""
    words = [*WORDS[name], "--replicates", "80" if name == "run" else "20"]
    assert main([*words, "--quiet", "--out", str(tmp_path / "undisturbed")]) == 0
    out = tmp_path / "out"
    for what in killed:
        kept = present(out)
        process = command(*(["resume", str(out)] if kept else [*words, "--out", str(out)]), "--workers", "2")
        kill_once_more_is_kept(process, out, what)
        assert opened(out).finished == (what == "worker"), what
        assert kept < present(out), what
    assert content(out) == content(tmp_path / "undisturbed")


@pytest.mark.parametrize("name", WORDS)
def test_a_first_plan_is_enough(name: str, tmp_path: Path) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert main([*WORDS[name], "--replicates", "1", "--quiet", "--workers", "1", "--out", str(whole)]) == 0
    out.mkdir()
    write_plan(out, first_plan([*WORDS[name], "--replicates", "1", "--out", str(out)], [BASELINE]))
    assert main(["resume", str(out), "--quiet", "--workers", "1"]) == 0
    assert content(out) == content(whole)


@pytest.mark.parametrize("name", ["run", "compare"])
def test_more_replicates_are_those_of_a_longer_one(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def done(place: str, replicates: int) -> Path:
        words = [*WORDS[name], "--replicates", str(replicates), "--quiet", "--workers", "1"]
        assert main([*words, "--out", str(tmp_path / place)]) == 0
        return tmp_path / place

    out, longer = done("out", 2), done("longer", 3)
    before = {file: (out / FOLDER / file).stat().st_mtime_ns for file in present(out)}
    assert main(["resume", str(out), "--replicates", "3", "--workers", "1", "--quiet"]) == 0
    assert content(out) == content(longer)
    assert {file: (out / FOLDER / file).stat().st_mtime_ns for file in before} == before
    capsys.readouterr()
    assert main(["resume", str(out), "--replicates", "3"]) == 0
    assert "Finished: all 3 replicates" in capsys.readouterr().out
    assert main(["resume", str(out), "--replicates", "2"]) == 2
    assert "nothing is taken away" in capsys.readouterr().err


def test_laws_beside_a_comparison_are_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [*WORDS["compare"], "--replicates", "2", "--across-laws", "--quiet", "--workers", "1"]
    whole = tmp_path / "whole"
    assert main([*words, "--out", str(whole)]) == 0
    laws = json.loads((whole / "summary.json").read_text())["laws"]
    assert len(laws) > 1
    before = content(whole)
    for shard in sorted(present(whole))[::2]:
        (whole / FOLDER / shard).unlink()
    (whole / PROVENANCE).unlink()
    assert main(["resume", str(whole), "--quiet", "--workers", "1"]) == 0
    assert content(whole) == before


def interrupted_after(many: int) -> Any:
    """A bar in which an interrupt comes after so many replicates."""

    def wrap(shards: Any, _total: int) -> Any:
        for i, made in enumerate(shards):
            if i == many:
                raise KeyboardInterrupt
            yield made

    return wrap


@pytest.mark.parametrize(
    ("option", "after", "said"),
    [
        ("--theories", 1, "1 of 2 replicates finished, 0 of 2 under meek, 0 of 2 under scale_dependent."),
        ("--theories", 2, "2 of 2 replicates finished, 0 of 2 under meek, 0 of 2 under scale_dependent."),
        ("--theories", 3, "2 of 2 replicates finished, 1 of 2 under meek, 0 of 2 under scale_dependent."),
        (
            "--across-laws",
            3,
            "2 of 2 replicates finished, 1 of 2 under thompson2020_polynomial, 0 of 2 under thompson2020_exponential, "
            "0 of 2 under thompson2022_regression, 0 of 2 under ninth_power, 0 of 2 under irreducible.",
        ),
    ],
)
def test_an_interrupt_says_what_is_finished_of_all_that_was_asked_for(
    option: str, after: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    """In the terminal, in the report, in the summary and in the record."""
    monkeypatch.setattr("sim.cli.studying.finished_bar", lambda *_: interrupted_after(after))
    out = tmp_path / "out"
    answer = say(*WORDS["compare"], option, "--replicates", "2", "--workers", "1", "--out", out)
    assert answer.code == 130
    assert f"Interrupted: {said}" in answer.out.replace("\n", " ")
    assert f"Interrupted: {said}" in (out / "report.html").read_text(encoding="utf-8")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    of = [f"{one['replicates']} of {one['replicates_asked']} under {one['under']}" for one in summary["finished_under"]]
    assert said.removesuffix(".").split(", ")[1:] == of
    assert summary["interrupted"] is json.loads((out / PROVENANCE).read_text())["interrupted"] is True


def test_an_interrupted_run_is_written_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is finished is written as results; `resume` simulates the rest, and the results are of all of it."""
    whole, out = tmp_path / "whole", tmp_path / "out"
    words = [*WORDS["run"], "--replicates", "4", "--workers", "1", "--out"]
    assert main([*words, str(whole)]) == 0
    with monkeypatch.context() as patched:
        patched.setattr("sim.cli.studying.finished_bar", lambda *_: interrupted_after(2))
        assert main([*words, str(out)]) == 130
    said = capsys.readouterr()
    assert "Interrupted: 2 of 4 replicates finished." in said.out
    assert f"2 of 4 replicates are finished and kept. Go on: python run.py resume {out}" in said.err
    assert json.loads((out / PROVENANCE).read_text())["interrupted"] is True
    assert sim.resume(out, workers=1).replicate.nunique() == 4
    assert content(out) == content(whole)
    assert json.loads((out / PROVENANCE).read_text())["interrupted"] is False


def test_a_damaged_replicate_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main([*WORDS["run"], "--replicates", "2", "--quiet", "--workers", "1", "--out", str(out)]) == 0
    first, second = (out / FOLDER / name for name in sorted(present(out)))
    before = content(out)
    first.write_bytes(first.read_bytes()[:-30])  # cut off: it is made anew
    assert main(["resume", str(out), "--quiet", "--workers", "1"]) == 0
    assert content(out) == before
    held = bytearray(second.read_bytes())
    held[len(held) // 2] ^= 255
    second.write_bytes(held)
    capsys.readouterr()
    assert main(["resume", str(out), "--replicates", "3", "--quiet", "--workers", "1"]) == 2
    said = capsys.readouterr().err
    assert "a shard is damaged" in said
    assert str(second) in said
    second.unlink()
    assert main(["resume", str(out), "--quiet", "--workers", "1"]) == 0


def test_each_bit_that_falls_over_in_an_archive_is_met_or_does_no_harm() -> None:
    """Any damage is one kind of error, whichever part of the reading of an archive meets it."""
    arrays = {"numbers": np.linspace(0.0, 1.0, 300), "names": np.array(["a", "bc"]), "none": np.zeros((0, 2))}
    whole, met = as_archive(arrays), 0
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        try:
            read = in_archive(bytes(damaged))
        except ValueError:
            met += 1
        else:
            for name in arrays.keys() & read.keys():
                np.testing.assert_array_equal(read[name], arrays[name])
    assert met > 0.8 * len(whole)


def test_an_archive_that_would_fill_memory_is_damaged() -> None:
    """Its members say how large they are before they are read. What is large and fractions in part stays readable."""
    small = as_archive({"zeros": np.zeros(200_000_000, dtype=np.int8), "more": np.zeros(3)})
    assert len(small) < 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="200,000,280 would become"):
            in_archive(small)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(small)
    finally:
        tracemalloc.stop()
    rows = 400_000
    large = {"name": np.full(rows, "academic_lab_of_a_region", dtype=str), "cash": np.linspace(0, 1, rows)}
    assert in_archive(as_archive(large)).keys() == large.keys()


WITHOUT = """
import sys
for name in ("pyarrow", "duckdb", "SALib"):
    sys.modules[name] = None
from sim.cli import main
raise SystemExit(main(sys.argv[1:]))
"""


def test_every_command_that_writes_a_plan_has_its_kind_of_directory() -> None:
    assert set(KINDS) == set(PLANNED)


def test_the_base_install_is_enough(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main([*WORDS["run"], "--quiet", "--workers", "1", "--out", str(out)]) == 0
    line = [sys.executable, "-c", WITHOUT, "resume", str(out), "--replicates", "2", "--quiet", "--workers", "1"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert opened(out).finished


@pytest.mark.slow
@pytest.mark.parametrize("name", ["run", "compare"])
def test_a_command_can_be_given_in_a_thread(name: str, tmp_path: Path) -> None:
    """As a notebook or a server does."""
    with ThreadPoolExecutor(1) as pool:
        line = [*WORDS[name], "--quiet", "--workers", "1", "--out", str(tmp_path / "out")]
        assert pool.submit(main, line).result() == 0
    assert opened(tmp_path / "out").finished


def test_a_bar_that_an_interrupt_met_holds_up_no_thread() -> None:
    """tqdm keeps a lock of all bars where it does not come to give it back: another thread waited for ever."""

    class Gone(StringIO):
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    with redirect_stderr(Gone()), pytest.raises(KeyboardInterrupt):
        bar(range(3), total=3, unit="part", quiet=False)
    shown = Thread(target=lambda: list(bar(range(3), total=3, unit="part", quiet=True)), daemon=True)
    shown.start()
    shown.join(20)
    assert not shown.is_alive()


def test_a_run_is_no_study(tmp_path: Path) -> None:
    assert main([*WORDS["run"], "--quiet", "--workers", "1", "--out", str(tmp_path / "out")]) == 0
    with pytest.raises(sim.errors.InputError, match="this is no study"):
        sim.open_study(tmp_path / "out")


@pytest.mark.parametrize("settings", [[], ["run.seed = 5"], ["run.seed=4", "run.seed =5 "], ["run.seed=0x5"]])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_first_plan_reads_a_scenario_as_it_is_read_in_full(mark: bytes, settings: list[str], tmp_path: Path) -> None:
    """With the mark that some editors write at the start of a file, and settings however they are spaced."""
    file = tmp_path / "own.toml"
    text = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n[run]\nseed = 9\n'
    file.write_bytes(mark + text.encode())
    seed = sim.load(file, settings).run.seed
    assert seed_tail(Namespace(seed=None, settings=settings), file) == f"-seed{seed}"
    assert len(first_plan(["run"], [file])["files"]) == len(first_plan(["run"], [BASELINE])["files"]) + 1


@pytest.mark.parametrize(
    "entry", ["[region.france]\ngrid_intensity = {}", '[[policy]]\nname = "carbon_tax"\nstart = 2027\nrate = {}']
)
def test_a_first_plan_rests_on_tables_of_numbers_too(entry: str, tmp_path: Path) -> None:
    """Wherever in a scenario, or in one that it extends, an entry names a file."""
    head, table = 'schema = 1\ntitle = "T"\nquestion = "Q?"\n', tmp_path / "g.csv"
    named = entry.format('{ file = "g.csv", entity = "France", unit = "kg/kWh" }')
    (tmp_path / "parent.toml").write_text(f'{head}extends = "{BASELINE.as_posix()}"\n{named}\n', encoding="utf-8")
    child = tmp_path / "child.toml"
    child.write_text(f'{head}extends = "parent.toml"\n', encoding="utf-8")
    table.write_text("entity,year,value\nFrance,2012,0.1\n", encoding="utf-8")
    plan = first_plan(["run"], [child])
    assert str(table) in plan["files"]
    unchanged(plan, tmp_path)
    table.write_text("entity,year,value\nFrance,2012,0.2\n", encoding="utf-8")
    with pytest.raises(InputError, match="a scenario has changed"):
        unchanged(plan, tmp_path)


FIRST = {
    "run": ["run", "few.toml"],
    "compare": ["compare", "few.toml", "tax.toml", "--replicates", "2"],
    "decompose": ["decompose", "tax.toml", "--replicates", "2"],  # which says how to leave the tax out
    "sensitivity": ["sensitivity", "few.toml", "--against", "tax.txt", "compute_voucher", "--samples", "2"],
    "calibrate": ["calibrate", "few.toml", "--records", "records.csv"],
}


@pytest.mark.parametrize("name", FIRST)
def test_a_first_plan_is_made_whole_from_anywhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that were named from where it was typed; the process stays where it is, since threads share that."""
    typed_in, out = tmp_path / "typed", tmp_path / "out"
    for place in (typed_in, out):
        place.mkdir()
    files = {
        "few": (BASELINE.as_posix(), "[kind.startup]\ncount = 3\n"),
        "tax": ("few.toml", '[[policy]]\nname = "carbon_tax"\nrate = 10\n'),
    }
    for file, (extends, entries) in files.items():
        text = f'schema = 1\ntitle = "T"\nquestion = "?"\nextends = "{extends}"\n{entries}'
        (typed_in / f"{file}.toml").write_text(text, encoding="utf-8")
    (typed_in / "tax.txt").write_bytes((typed_in / "tax.toml").read_bytes())  # whatever it ends in
    (typed_in / "records.csv").write_bytes(PACKAGED.read_bytes())
    with monkeypatch.context() as there:
        there.chdir(typed_in)
        write_plan(out, first_plan(FIRST[name], [Path("few.toml")]))
    monkeypatch.setattr("os.chdir", lambda _: pytest.fail("others would be moved too"))
    monkeypatch.setattr("sim.cli.resume.carried_out", lambda *_: 0)
    assert main(["resume", str(out)]) == 0
    plan = read_plan(out)
    assert (plan["kind"], plan["command"]) == (name, FIRST[name])
