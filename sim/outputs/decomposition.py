"""A decomposition's directory: table, scenario, waterfalls and report, each whole or not at all."""

from pathlib import Path

from sim.outputs.provenance import provenance, seal
from sim.report.decomposition.figures import draw_all, file_of
from sim.report.decomposition.html import decomposition_page
from sim.report.decomposition.summary import DecompositionSummary, summarize
from sim.results.decomposition import Decomposition
from sim.scenario.writing import assumed, inputs, resolved_toml
from sim.store.as_json import json_text
from sim.store.place import clear_errors, save_bytes, save_table, save_text


def write_decomposition(found: Decomposition, out: Path, command: list[str], seconds: float) -> DecompositionSummary:
    """Write a decomposition's directory and return its summary.

    Raises InputError when there is no room; what was written until then is whole.
    """
    summary = summarize(found)
    with clear_errors(out):
        written = resolved_toml(found.scenario)
        save_text(out / "scenario.toml", written)
        if found.replicates:
            save_table(out / "decomposition.csv", found.table)
        save_text(out / "summary.json", json_text(summary))
        replicates = [one.replicate for one in found.replicates]
        record = provenance(command, seconds, found.scenario, replicates, interrupted=found.interrupted)
        fingerprint = record.fingerprint(written)
        pictures = draw_all(found, fingerprint)
        files = {file_of(figure, id): png for id, of in pictures.items() for figure, png in of.items()}
        for file, png in files.items():
            (out / "figures").mkdir(exist_ok=True)
            save_bytes(out / "figures" / file, png)
        entries = assumed(inputs(found.scenario))
        save_text(out / "report.html", decomposition_page(summary, pictures, entries, record.for_people(fingerprint)))
        seal(out, record)
    return summary
