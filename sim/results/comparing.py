"""A comparison's directory: tables, scenarios, figures and report, each whole or not at all."""

import json
from collections.abc import Callable
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.quantity import Quantity
from sim.report import comparing, effects, words
from sim.report.page import comparison_page
from sim.results.comparison import Comparison, Effect
from sim.results.directory import for_people, provenance, seal
from sim.results.place import save_bytes, save_text, unwritable
from sim.results.table import csv
from sim.scenario.differences import differences
from sim.scenario.drawing import shape, uncertain, without_range
from sim.scenario.writing import inputs, resolved_toml

DIVIDE, EMISSIONS, ERROR = "compute_ratio_industry_academia", "emissions_total", "frontier_error"
FLOWS_SHOWN = 8
TENTHS_SHOWN = (0, 1, 5, 10)  # the whole kind, and those with the least, middling and most compute at first
AGREE = 0.25  # of an interval's width: how far the bootstrap may lie from the t interval without a remark

Laws = list[tuple[str, Comparison]]


def write_comparison(found: Comparison, laws: Laws, out: Path, command: list[str], seconds: float) -> dict[str, Any]:
    """Write a comparison's directory and return its summary. ``laws`` are the same under other laws.

    Raises InputError when there is no room; what was written until then is whole.
    """
    try:
        return _write(found, laws, out, command, seconds)
    except OSError as error:
        raise unwritable(error, file=out) from None


def _write(found: Comparison, laws: Laws, out: Path, command: list[str], seconds: float) -> dict[str, Any]:
    summary = summarize(found, laws)
    (out / "scenarios").mkdir(exist_ok=True)
    for scenario in found.scenarios:
        save_text(out / "scenarios" / f"{scenario.name}.toml", resolved_toml(scenario))
    if found.pairs:
        tables: dict[str, pd.DataFrame] = {
            "comparison.csv": found.table,
            "series.csv": found.series,
            "assumptions.csv": found.assumptions,
            "winners.csv": _all(found, found.winners),
            "money.csv": _all(found, found.money),
        }
        if found.pairs[0].luck[0].by_step.size:
            tables["steps.csv"] = found.steps
        for name, table in tables.items():
            save_text(out / name, csv(table))
    save_text(out / "summary.json", json.dumps(summary, indent=2) + "\n")
    replicates = [pair.replicate for pair in found.pairs]
    record = provenance(command, seconds, found.scenarios[0], replicates, interrupted=found.interrupted)
    if found.pairs:
        drawn = figures(found, record["made"][:10])
        (out / "figures").mkdir(exist_ok=True)
        for name, png in drawn.items():
            save_bytes(out / "figures" / name, png)
        save_text(out / "report.html", report(found, summary, drawn, record))
    seal(out, record)
    return summary


def _all(found: Comparison, table: Callable[[int], pd.DataFrame]) -> pd.DataFrame:
    """A table of each scenario, one below the other, with the scenario's name in front."""
    tables = [table(i).assign(scenario=name) for i, name in enumerate(found.names, start=1)]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["scenario", *whole.columns.drop("scenario")]]


def summarize(found: Comparison, laws: Laws) -> dict[str, Any]:
    """What a reader wants first: changes, effects in cells, sentences, costs, money, what was left out."""
    baseline = found.scenarios[0]
    shown = list(dict.fromkeys(id for result in found.results for id in result.shown())) if found.pairs else []
    all_effects = [{id: found.effect(i, id) for id in shown} for i in range(1, len(found.scenarios))]
    policies: list[dict[str, Any]] = []
    for i, (scenario, effect) in enumerate(zip(found.scenarios[1:], all_effects, strict=True), start=1):
        policies.append(
            {
                "name": scenario.name,
                "title": scenario.title,
                "question": scenario.question,
                "changes": [change._asdict() for change in differences(baseline, scenario)],
                "sentence": _sentence(found, i, effect) if found.pairs else "",
                "gain": found.gain(i) if found.pairs and isfinite(found.gain(i)) else None,
                "cost": _cost(found.cost(i)) if found.pairs else [],
                "money": _money(found, i),
                "kinds": _kinds(found, i),
            }
        )
    names = found.names
    rows = []
    for id in shown:
        unit = found.measures[id].unit_under(baseline.law)
        cells = {name: effects.cell(effect[id], unit) for name, effect in zip(names, all_effects, strict=True)}
        known = [effect[id] for effect in all_effects if effect[id] is not None]
        start = words.number(known[0].baseline, unit) if known and known[0] else words.NONE
        label, better = found.measures[id].label, found.measures[id].better
        rows.append({"measure": id, "label": label, "unit": unit, "better": better, "baseline": start, "cells": cells})
    gains = {policy["name"]: policy["gain"] for policy in policies if policy["gain"] is not None}
    return {
        "baseline": baseline.title,
        "policies": policies,
        "rows": rows,
        "note": effects.intervals_note(len(found.pairs), found.drawn),
        "gain": effects.gain_sentence(gains),
        "years": [found.years[0], found.years[-1]] if found.pairs else [baseline.time.start, baseline.time.end],
        "first_year": found.first_year if found.pairs else None,
        "discount": words.number(found.discount, "fraction"),
        "seed": baseline.run.seed,
        "replicates": len(found.pairs),
        "replicates_asked": found.asked,
        "interrupted": found.interrupted,
        "assumptions": len(uncertain(baseline)) if found.drawn else 0,
        "fixed": len(without_range(baseline)),
        "draws_thrown_away": sum(pair.thrown_away for pair in found.pairs),
        "bootstrap_differs": _bootstrap(names, all_effects),
        "missing": {
            name: [id for id, effect in of.items() if effect is None]
            for name, of in zip(names, all_effects, strict=True)
        },
        "scope": words.scope_sentences(asdict(baseline.mechanisms)),
        "laws": [_law(law, under) for law, under in laws],
    }


def _sentence(found: Comparison, scenario: int, effect: dict[str, Effect | None]) -> str:
    said = effects.sentence(found.scenarios[scenario].title, found.years[-1], effect)
    return f"{said} {effects.idle_sentence(found.idle(scenario), len(found.pairs))}".rstrip()


def _bootstrap(names: list[str], all_effects: list[dict[str, Effect | None]]) -> list[str]:
    """Effects whose bootstrap interval lies elsewhere than the t interval."""
    remarks = []
    for name, of in zip(names, all_effects, strict=True):
        for id, effect in of.items():
            if effect and isfinite(effect.low) and effect.high > effect.low:
                off = max(abs(effect.boot_low - effect.low), abs(effect.boot_high - effect.high))
                if off > AGREE * (effect.high - effect.low):
                    remarks.append(f"{name}: {id}")
    return remarks


def _cost(cost: dict[str, Any]) -> list[str]:
    texts = [words.number(cost[key], "USD") if cost[key] else "0" for key in ("outlay", "lost_market", "paid_back")]
    return texts + [words.number(cost[k], "USD") if cost[k] is not None else "" for k in ("per_tonne", "per_log_point")]


def _money(found: Comparison, scenario: int) -> list[dict[str, str]]:
    flows = list(found.flows(scenario).items())[:FLOWS_SHOWN] if found.pairs else []
    return [
        {"payer": payer, "payee": payee, "purpose": purpose, "change": effects.amounts(change, "USD/yr")}
        for (payer, payee, purpose), change in flows
    ]


def _kinds(found: Comparison, scenario: int) -> list[dict[str, Any]]:
    """Changes of training compute by kind: all of it, and some tenths."""
    tenths = found.tenths(scenario) if found.pairs else {}
    return [
        {"kind": kind.label or kind.id, "cells": [effects.cell(tenths.get((kind.id, n)), "FLOP") for n in TENTHS_SHOWN]}
        for kind in found.scenarios[0].kinds
    ]


def _law(law: str, under: Comparison) -> dict[str, Any]:
    """Effects and ranks of policies under another law: rank 1 narrows the divide, or lowers emissions, most."""
    columns = []
    for id in (DIVIDE, EMISSIONS):
        found = [under.effect(i, id) for i in range(1, len(under.scenarios))]
        changes = [effect.relative if effect else float("inf") for effect in found]
        ranks = np.argsort(np.argsort(changes)) + 1
        unit = under.measures[id].unit_under(under.scenarios[0].law)
        columns.append([(effects.cell(effect, unit), str(rank)) for effect, rank in zip(found, ranks, strict=True)])
    rows = [[name, *divide, *carbon] for name, divide, carbon in zip(under.names, *columns, strict=True)]
    return {"law": law, "replicates": len(under.pairs), "rows": rows}


def figures(found: Comparison, made: str) -> dict[str, bytes]:
    """Every figure: file name to PNG."""
    return comparing.draw_all(*_to_draw(found, made))


def plot(found: Comparison) -> Figure | None:
    """The trade-off between divide and emissions as a figure of matplotlib."""
    return comparing.trade_off_figure(*_to_draw(found, ""))


def _to_draw(found: Comparison, made: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What figures show, and what they say about where it comes from."""
    baseline, names = found.scenarios[0], found.names
    changes: dict[str, dict[str, Any]] = {}
    for id, _ in comparing.OVER_TIME:
        changes[id] = {name: [_relative(found, i, id, wide=False), _relative(found, i, id, wide=True)]
                       for i, name in enumerate(names, start=1)}  # fmt: skip
    points = []
    for i, name in enumerate(names, start=1):
        divide, emissions, error = (found.effect(i, id) for id in (DIVIDE, EMISSIONS, ERROR))
        points.append(
            {
                "name": name,
                "divide": _spans(divide),
                "emissions": _spans(emissions),
                "error": _spans(error),
            }
        )
    data = {
        "names": names,
        "changes": changes,
        "points": points,
        "winners": {name: _tenths(found, i) for i, name in enumerate(names, start=1)},
    }
    about = {
        "title": f"Against {baseline.title}",
        "replicates": len(found.pairs),
        "spread": "{} paired replicates",
        "seed": baseline.run.seed,
        "run": made,
        "years": [found.years[0], found.years[-1]],
        "calendar": found.years,
        "policies": [(p.id, p.start) for scenario in found.scenarios[1:] for p in scenario.policies][:1],
        "labels": {kind.id: kind.label or kind.id for kind in baseline.kinds},
    }
    return data, about


def _relative(found: Comparison, scenario: int, measure: str, *, wide: bool) -> NDArray[np.float64]:
    """Relative changes by (replicate, year); no rows where assumptions were not drawn."""
    if wide and not found.drawn:
        return np.zeros((0, len(found.years)))
    before, after = (found.paths(i, measure, wide=wide) for i in (0, scenario))
    return np.divide(after, before, out=np.full_like(after, np.nan), where=before != 0) - 1


def _tenths(found: Comparison, scenario: int) -> pd.DataFrame:
    """What the figure of gains and losses shows: kind, tenth, ratio, and its interval of luck."""
    rows = [
        (kind, tenth, 1 + change.relative, 1 + change.relative_low, 1 + change.relative_high)
        for (kind, tenth), change in found.tenths(scenario).items()
        if tenth
    ]
    return pd.DataFrame(rows, columns=["kind", "tenth", "ratio", "low", "high"])


def _spans(effect: Effect | None) -> tuple[float, tuple[float, float], tuple[float, float]]:
    if effect is None:
        nothing = float("nan")
        return nothing, (nothing, nothing), (nothing, nothing)
    luck, wide = (effect.relative_low, effect.relative_high), (effect.wide_relative_low, effect.wide_relative_high)
    return effect.relative, luck, wide


def report(found: Comparison, summary: dict[str, Any], drawn: dict[str, bytes], record: dict[str, Any]) -> str:
    """The report as HTML."""
    baseline = found.scenarios[0]
    drawn_paths, fixed_paths = uncertain(baseline), {quantity.path for quantity in without_range(baseline)}
    listed = inputs(baseline)
    ranged = [
        entry if drawn_paths[entry["path"]].draw else {**entry, "range": _shaped(entry, drawn_paths[entry["path"]])}
        for entry in listed
        if entry["path"] in drawn_paths
    ]
    fixed = [entry for entry in listed if entry["path"] in fixed_paths]
    return comparison_page(summary, drawn, _marks(found, summary), ranged, fixed, for_people(record))


def _shaped(entry: dict[str, str], quantity: Quantity) -> str:
    """A range with the shape in which it is drawn."""
    return f"{entry['range']}, {shape(quantity)}"


def _marks(found: Comparison, summary: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The picture of each effect, by measure and scenario, all of a measure on one scale."""
    marks = {}
    for row in summary["rows"]:
        of = {name: found.effect(i, row["measure"]) for i, name in enumerate(found.names, start=1)}
        reach = effects.reach(list(of.values()))
        marks[row["measure"]] = {name: effects.mark(effect, reach) for name, effect in of.items()}
    return marks
