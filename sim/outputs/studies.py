"""A study's directory: plan and shards are there; tables, figures and report are made from them, by kind of study."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sim.outputs.provenance import as_command, provenance, seal
from sim.report.gallery import Gallery
from sim.report.origin import FigureOrigin
from sim.report.sensitivity.figures import GALLERY as SENSITIVITY
from sim.report.sensitivity.html import sensitivity_page
from sim.report.sensitivity.summary import summarize as summarize_sensitivity
from sim.report.sweep.figures import GALLERY as SWEEP
from sim.report.sweep.html import sweep_page
from sim.report.sweep.summary import summarize as summarize_sweep
from sim.scenario.writing import assumed, inputs
from sim.store.as_json import json_text
from sim.store.place import clear_errors, save_bytes, save_parts, save_text
from sim.store.table import below, csv_parts
from sim.study import sensitivity, sweep
from sim.study.study import SCENARIO, Study

Tables = Mapping[str, Iterable[bytes]]  # the content of each in parts, by file name


class StudyOutputs(NamedTuple):
    """What is made from the shards of one kind of study; ``found`` is what the other functions take."""

    found: Callable[[Study], Any]
    tables: Callable[[Any], Tables]
    summary: Callable[[Study, Any], Any]
    gallery: Gallery[[Any, FigureOrigin]]
    page: Callable[[Study, Any, Any, dict[str, bytes], Mapping[str, object]], str]  # of found, summary and figures
    spread: str  # what figures say of the number of worlds


KINDS = {
    sweep.KIND: StudyOutputs(
        found=sweep.found,
        tables=lambda found: {
            "axes.csv": csv_parts(found.varied),
            "points.csv": csv_parts(found.points),
            "sweep.csv": below(found.parts(), found.empty.columns.tolist()),
            **({"goals.csv": csv_parts(found.goals_table)} if found.goals else {}),
        },
        summary=lambda study, found: summarize_sweep(found, study.scenario, str(study.plan["design"])),
        gallery=SWEEP,
        page=lambda study, _, summary, pictures, record: sweep_page(
            summary, pictures, assumed(inputs(study.scenario)), record
        ),
        spread="{} paired replicates",
    ),
    sensitivity.KIND: StudyOutputs(
        found=sensitivity.found,
        tables=lambda found: (
            {"numbers.csv": csv_parts(found.numbers), "sensitivity.csv": csv_parts(found.table)}
            | ({"pairs.csv": csv_parts(found.pairs)} if len(found.pairs) else {})
        ),
        summary=lambda study, found: summarize_sensitivity(found, study.scenario),
        gallery=SENSITIVITY,
        page=lambda _, found, summary, pictures, record: sensitivity_page(
            summary, pictures, found.numbers.to_dict("records"), record
        ),
        spread="{} worlds",
    ),
}


def tables_of(study: Study) -> Tables:
    """Every table of a finished study by file name."""
    kind = KINDS[study.kind]
    return kind.tables(kind.found(study))


def write_study(study: Study, seconds: float) -> tuple[Any, Any]:
    """Write what is made from a study's shards, the record last; what it found and its summary. Raises InputError."""
    out, scenario, kind = study.directory, study.scenario, KINDS[study.kind]
    found = kind.found(study)
    summary = kind.summary(study, found)
    with clear_errors(out):
        save_text(out / SCENARIO, study.plan["scenario"])
        for name, table in kind.tables(found).items():
            save_parts(out / name, table)
        save_text(out / "summary.json", json_text(summary))
        command, replicates = as_command(study.plan["command"]), list(range(study.replicates))
        record = provenance(command, seconds, scenario, replicates, interrupted=False)
        fingerprint = record.fingerprint(study.plan["scenario"], json_text(_points(study)))
        pictures = kind.gallery.draw_all(found, _origin(study, kind, fingerprint))
        (out / "figures").mkdir(exist_ok=True)
        for name, picture in pictures.items():
            save_bytes(out / "figures" / name, picture)
        save_text(out / "report.html", kind.page(study, found, summary, pictures, record.for_people(fingerprint)))
        seal(out, record)
    return found, summary


def _points(study: Study) -> Any:
    own = [study.plan["places"]] if "places" in study.plan else []
    return study.plan.get("blocks") or [study.plan["design"], study.plan["axes"], len(study.job.points), *own]


def _origin(study: Study, kind: StudyOutputs, fingerprint: str) -> FigureOrigin:
    scenario = study.scenario
    return FigureOrigin(
        title=scenario.title,
        replicates=study.replicates if study.kind == sweep.KIND else study.worlds,
        seed=scenario.run.seed,
        fingerprint=fingerprint,
        years=(scenario.time.start, scenario.time.end),
        spread=kind.spread,
    )
