"""A run's directory: what is written, in which order, and how figures and report are drawn again."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.codehash import code_hash
from sim.errors import InputError
from sim.outputs.intact import (
    ABOUT_ACTORS,
    HEADLINE_ROW,
    SERIES,
    agree,
    read_json,
    read_table,
    refuse_links,
    shape_of,
)
from sim.outputs.provenance import NOTHING, PROVENANCE, Provenance, provenance, seal, unsealed
from sim.owncode import changed, declared_by
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.html import run_page
from sim.report.run.summary import LawEvidence, MeasureRow, RunSummary, YearCell, summarize
from sim.results.run import Run
from sim.results.statistics import Spread
from sim.scenario import load
from sim.scenario.tally import tally
from sim.scenario.writing import inputs, resolved_toml
from sim.store.as_json import as_json, json_text
from sim.store.place import clear_errors, hash_of, no_directory, save_bytes, save_table, save_text
from sim.store.plan import command_of, resuming

RUN = "run"
OTHERS = {"comparison.csv": "compare", "decomposition.csv": "decompose"}  # tables of directories that are not of a run
REPORT, FIGURES = "report.html", "figures/"  # what is drawn again
DRAWN = "drawn.csv"  # the series with drawn numbers, of a run over an ensemble
DRAWN_NUMBERS = "assumptions.csv"  # and these numbers
DATA = ("scenario.toml", "summary.json", "series.csv", "actors.csv")  # what figures and report are made from
SUMMARY = {**shape_of(RunSummary), "headline": [HEADLINE_ROW]}  # its rows are written shorter than they are


def write_run(run: Run, out: Path, command: list[str], seconds: float | None, *, figures: bool = True) -> RunSummary:
    """Write a whole run directory and return its summary. Data come first, figures and report last.

    Without ``figures`` the report has none; ``redraw`` adds them.

    Raises InputError when there is no room; what was written until then is whole.
    """
    summary = summarize(run)
    with clear_errors(out):
        written = resolved_toml(run.scenario)
        save_text(out / "scenario.toml", written)
        save_table(out / "series.csv", run.series)
        if run.replicates and run.replicates[0].by_step.size:
            save_table(out / "steps.csv", run.steps)
        save_table(out / "actors.csv", run.actors)
        if run.drawn:
            save_table(out / DRAWN, run.drawn_series)
            save_table(out / DRAWN_NUMBERS, run.assumptions)
        save_text(out / "summary.json", json_text(summary_json(summary)))
        replicates = [replicate.replicate for replicate in run.replicates]
        record = provenance(command, seconds, run.scenario, replicates, interrupted=run.interrupted)
        drawn = run.drawn_series if run.drawn else None
        data = RunData(run.scenario, run.series, run.actors, record.fingerprint(written), drawn)
        _draw(out, data, summary, record, figures=figures)
    return summary


def redraw(out: Path) -> list[str]:
    """Draw figures and report of a run directory again from its files; the names of figures.

    Raises InputError when it is not a run directory, or not as it was written.
    """
    record, hashes = _intact(out)
    try:
        with declared_by(record.own, out):
            scenario = load(out / "scenario.toml")
        summary = read_json(out / "summary.json", SUMMARY)
        series, actors = read_table(out / "series.csv", SERIES), read_table(out / "actors.csv", ABOUT_ACTORS)
        agree(out, record.replicates, scenario, summary, series, actors)
        written = (out / "scenario.toml").read_text(encoding="utf-8")
        drawn = read_table(out / DRAWN, SERIES) if (out / DRAWN).is_file() else None
        data = RunData(scenario, series, actors, record.fingerprint(written), drawn)
        with clear_errors(out):
            return _draw(out, data, summary_of(summary), record, hashes)
    except InputError:
        raise
    except Exception as error:
        if record.code == code_hash() and not changed(record.own):
            raise
        allowed, fix = "results of this version", "run its scenario.toml again"
        problem = f"written by another version of the simulator: {error!r}"
        raise InputError(problem, file=out, allowed=allowed, fix=fix) from None


def _is_finished(out: Path) -> bool:
    """Whether a directory has a record, and no interrupt in it that can be read."""
    if not (out / PROVENANCE).is_file():
        return False
    with suppress(InputError):
        return not unsealed(out / PROVENANCE)[0].interrupted
    return True


def _intact(out: Path) -> tuple[Provenance, dict[str, str]]:
    """The record of a run directory whose files are as they were written, and their hashes but those of figures and
    report. What figures and report are not made from may be missing. Raises InputError."""
    if not out.is_dir():
        fix = "name a directory that `run` wrote, e.g. one below outputs/"
        raise InputError(no_directory(out), file=out, allowed="a directory that `run` wrote", fix=fix)
    planned = command_of(out)
    command = planned or next((command for table, command in OTHERS.items() if (out / table).is_file()), RUN)
    if command != RUN:
        whole = not planned or _is_finished(out)
        fix = f"its figures and report are whole; to make them anew run the command in {PROVENANCE}"
        fix = fix if whole else f"it is not finished; go on: {resuming(out)}"
        raise InputError(f"written by `{command}`", file=out, allowed="a directory of `run`", fix=fix)
    refuse_links(out, (*DATA, DRAWN, PROVENANCE, REPORT, "figures"))
    for name in (*DATA, PROVENANCE):
        if not (out / name).is_file():
            fix = "name a directory that `run` wrote, or run the scenario again"
            fix = fix if (out / REPORT).is_file() or not command_of(out) else f"go on where it stopped: {resuming(out)}"
            raise InputError(f"the run directory lacks {name}", file=out, allowed="a complete run directory", fix=fix)
    record, hashes = unsealed(out / PROVENANCE)
    hashes = {name: digest for name, digest in hashes.items() if name != REPORT and not name.startswith(FIGURES)}
    needed = (*DATA, *(name for name in (DRAWN,) if name in hashes or (out / name).exists()))
    for name in (*needed, *(name for name in hashes if name not in needed and (out / name).exists())):
        if not (out / name).is_file() or hash_of(out / name) != hashes.get(name):
            allowed = f"the file whose sha256 is in {PROVENANCE}"
            fix = "restore it, or run the scenario again; `verify` names all that differ"
            raise InputError(f"{name} is not as it was written", file=out / name, allowed=allowed, fix=fix)
    return record, hashes


def _draw(
    out: Path, data: RunData, summary: RunSummary, record: Provenance, before: Mapping[str, str] = NOTHING, *,
    figures: bool = True,
) -> list[str]:  # fmt: skip
    pictures = GALLERY.draw_all(data) if figures and len(data.series) else {}
    listed, counts = inputs(data.scenario), tally(data.scenario)
    report = run_page(summary, pictures, listed, counts, record.for_people(data.fingerprint))
    if pictures:
        (out / "figures").mkdir(exist_ok=True)
    for name, png in pictures.items():
        save_bytes(out / "figures" / name, png)
    if pictures or (out / "figures").exists():  # else none is there, and what draws need not be imported
        for name in GALLERY.figures:
            if f"{name}.png" not in pictures:
                (out / "figures" / f"{name}.png").unlink(missing_ok=True)
    save_text(out / REPORT, report)
    seal(out, record, before)
    return sorted(pictures)


def summary_json(summary: RunSummary) -> dict[str, Any]:
    """What ``summary.json`` holds. A cell without values has a count alone, and one of few values no range."""
    found: dict[str, Any] = as_json(summary)
    for row, written in zip(summary.headline, found["headline"], strict=True):
        written["values"] = [
            {
                "year": cell.year,
                **_finite(cell.values),
                "at_least": cell.at_least,
                **({"ensemble": _finite(cell.ensemble)} if cell.ensemble is not None else {}),
            }
            for cell in row.values
        ]
    return found


def _finite(values: Spread) -> dict[str, Any]:
    return {name: value for name, value in as_json(values).items() if value is not None}


def summary_of(written: dict[str, Any]) -> RunSummary:
    """The summary that ``summary.json`` holds. Raises KeyError or TypeError for that of another version."""

    def cell(of: dict[str, Any]) -> YearCell:
        wide = of.pop("ensemble", None)
        ensemble = None if wide is None else Spread(**wide)
        return YearCell(of.pop("year"), at_least=of.pop("at_least"), ensemble=ensemble, values=Spread(**of))

    rows = [MeasureRow(**{**row, "values": [cell(of) for of in row["values"]]}) for row in written["headline"]]
    return RunSummary(**{**written, "headline": rows, "evidence": LawEvidence(**written["evidence"])})
