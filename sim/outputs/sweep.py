"""A sweep's directory: plan and shards are there; tables, figures and report are made from them."""

from collections.abc import Mapping

import pandas as pd

from sim.outputs.provenance import provenance, seal
from sim.report.style import Origin
from sim.report.sweep.figures import GALLERY
from sim.report.sweep.html import sweep_page
from sim.report.sweep.summary import SweepSummary, assumed, summarize
from sim.results.sweep import Sweep
from sim.store.place import clear_errors, save_bytes, save_table, save_text
from sim.store.records import json_text
from sim.study.study import SCENARIO, Study


def write_sweep(study: Study, found: Sweep, seconds: float) -> SweepSummary:
    """Write what is made from a study's shards, the record last, and return its summary. Raises InputError."""
    out, scenario = study.directory, study.scenario
    summary = summarize(found, scenario, str(study.plan["design"]))
    with clear_errors(out):
        save_text(out / SCENARIO, study.plan["scenario"])
        for name, table in tables_of(found).items():
            save_table(out / name, table)
        save_text(out / "summary.json", json_text(summary))
        command, replicates = ["run.py", *study.plan["command"]], list(range(study.replicates))
        record = provenance(command, seconds, scenario, replicates, interrupted=False)
        fingerprint = record.fingerprint(study.plan["scenario"], json_text(study.plan["points"]))
        drawn = GALLERY.draw_all(found, _origin(study, fingerprint))
        (out / "figures").mkdir(exist_ok=True)
        for name, picture in drawn.items():
            save_bytes(out / "figures" / name, picture)
        page = sweep_page(summary, drawn, assumed(scenario), record.for_people(fingerprint))
        save_text(out / "report.html", page)
        seal(out, record)
    return summary


def tables_of(found: Sweep) -> Mapping[str, pd.DataFrame]:
    """Every table by file name."""
    return {"points.csv": found.points, "sweep.csv": found.table}


def _origin(study: Study, fingerprint: str) -> Origin:
    scenario = study.scenario
    return Origin(
        title=scenario.title,
        replicates=study.replicates,
        seed=scenario.run.seed,
        fingerprint=fingerprint,
        years=(scenario.time.start, scenario.time.end),
        spread="{} paired replicates",
    )
