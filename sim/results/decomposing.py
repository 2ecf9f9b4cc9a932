"""A decomposition's directory: table, scenario, waterfalls and report, each whole or not at all."""

import json
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.report import decomposing, words
from sim.report.letters import tell
from sim.report.page import decomposition_page
from sim.results.decomposition import Decomposition
from sim.results.directory import for_people, provenance, seal
from sim.results.place import save_bytes, save_text, unwritable
from sim.results.table import csv
from sim.scenario.writing import inputs, resolved_toml

SUBJECTS = {
    "compute_ratio_industry_academia": "the compute divide",
    "emissions_total": "yearly emissions",
    "frontier_error": "the frontier's error",
}


def write_decomposition(found: Decomposition, out: Path, command: list[str], seconds: float) -> dict[str, Any]:
    """Write a decomposition's directory and return its summary. Raises InputError when there is no room."""
    try:
        return _write(found, out, command, seconds)
    except OSError as error:
        raise unwritable(error, file=out) from None


def _write(found: Decomposition, out: Path, command: list[str], seconds: float) -> dict[str, Any]:
    summary = summarize(found)
    save_text(out / "scenario.toml", resolved_toml(found.scenario))
    if found.replicates:
        save_text(out / "decomposition.csv", csv(found.table))
    save_text(out / "summary.json", json.dumps(summary, indent=2) + "\n")
    record = provenance(
        command, seconds, found.scenario, [one.replicate for one in found.replicates], interrupted=found.interrupted
    )
    drawn = figures(found, record["made"][:10]) if found.replicates else {}
    for name, png in drawn.items():
        (out / "figures").mkdir(exist_ok=True)
        save_bytes(out / "figures" / name, png)
    pictures = {id: b64encode(drawn[f"{id}.png"]).decode("ascii") for id in found.measures if f"{id}.png" in drawn}
    shown = {**summary, "measures": [{**one, "picture": pictures.get(one["id"], "")} for one in summary["measures"]]}
    assumed = [entry for entry in inputs(found.scenario) if entry["basis"] == "assumed"]
    save_text(out / "report.html", decomposition_page(shown, assumed, for_people(record)))
    seal(out, record)
    return summary


def summarize(found: Decomposition) -> dict[str, Any]:
    """What a reader wants first: for each measure its sentences and a row for each part."""
    scenario = found.scenario
    measures = [_measure(found, id) for id in found.measures] if found.replicates else []
    return {
        "title": scenario.title,
        "years": [scenario.time.start, scenario.time.end],
        "seed": scenario.run.seed,
        "worlds": len(found.worlds),
        "replicates": len(found.replicates),
        "replicates_asked": found.asked,
        "interrupted": found.interrupted,
        "measures": measures,
        "parts": [
            {"name": decomposing.label(id), "group": group, "meaning": meaning} for id, group, meaning in found.parts
        ],
        "note": (
            f"[ ]: 95 % interval of the mean over {len(found.replicates)} paired replicates, simulation noise alone. "
            "Added alone: to a world without any part. Missing when left out: of the whole. Factors multiply; with the "
            "interaction they make the whole."
        ),
        "scope": words.scope_sentences(asdict(scenario.mechanisms)),
    }


def _measure(found: Decomposition, id: str) -> dict[str, Any]:
    measure = found.measures[id]
    unit, logs = measure.unit_under(found.scenario.law), found.in_logs(id)
    alone, out = (found.contributions(id, way) for way in ("alone", "out"))
    rows = [
        {
            "part": decomposing.label(one.part),
            "group": one.group,
            "alone": decomposing.cell(one, unit, logs),
            "out": decomposing.cell(other, unit, logs),
        }
        for one, other in zip(alone, out, strict=True)
    ]
    order = sorted(range(len(rows) - 1), key=lambda i: -max(abs(alone[i].added), abs(out[i].added)))
    whole, nothing, alike = (found.level(id, done) for done in ("all", "nothing", "alike"))
    subject = SUBJECTS.get(id, measure.label[:1].lower() + measure.label[1:])
    sentences = decomposing.sentences(
        subject, found.scenario.time.end, unit, (whole, nothing, alike), alone, out, found.unexplained(id),
        found.whole(id), logs,
    )  # fmt: skip
    return {
        "id": id,
        "label": measure.label,
        "unit": unit,
        "scale": "log" if logs else "unit",
        "sentences": sentences,
        "rows": [rows[i] for i in order] + rows[-1:],
    }


def figures(found: Decomposition, made: str) -> dict[str, bytes]:
    """A waterfall for each measure: file name to PNG."""
    about = {
        "title": found.scenario.title,
        "replicates": len(found.replicates),
        "spread": "{} paired replicates",
        "seed": found.scenario.run.seed,
        "run": made,
    }
    drawn = {}
    for id, measure in found.measures.items():
        alone = found.contributions(id, "alone")
        levels = found.level(id, "nothing"), found.level(id, "all")
        if all(one.added == one.added for one in alone):
            unit, logs = measure.unit_under(found.scenario.law), found.in_logs(id)
            what = f"{found.scenario.time.end}, {'logarithmic' if logs else measure.label.lower()}"
            title = f"What makes it: {measure.label.lower()}"
            drawn[f"{id}.png"] = decomposing.waterfall(title, unit, levels, alone, logs, {**about, "what": what})
    tell()
    return drawn
