"""The HTML report: one self-contained page that asks no host for anything."""

import re
from base64 import b64encode
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from sim.report import comparing, words
from sim.report.figures import describe


def page(
    summary: dict[str, Any],
    figures: dict[str, bytes],
    inputs: list[dict[str, str]],
    provenance: dict[str, Any],
) -> str:
    """The report as HTML. ``inputs`` are the scenario's quantities, ready to print; text is escaped."""
    pictures = _pictures(figures, describe)
    rows = [
        {
            "label": row["label"],
            "id": row["measure"],
            "better": {"lower": "lower", "higher": "higher"}.get(row["better"], ""),
            "cells": [words.ranged(cell, row["unit"]) for cell in row["values"]],
            "unit": row["unit"],
        }
        for row in summary["headline"]
    ]
    years = [cell["year"] for cell in summary["headline"][0]["values"]] if summary["headline"] else []
    assumed = [entry for entry in inputs if entry["basis"] == "assumed"]
    sourced = [entry for entry in inputs if entry["basis"] == "source"]
    choices = [entry for entry in inputs if entry["basis"] == "choice"]
    notes = [
        words.evidence_sentence(summary["evidence"]),
        words.market_sentence(summary["market_outcomes"]),
        words.policy_sentence(summary["policies"]),
        *summary["notes"],
    ]
    return _template("page.html").render(
        summary=summary, years=years, rows=rows, pictures=pictures, assumed=assumed, sourced=sourced, choices=choices,
        provenance=provenance, notes=notes,
    )  # fmt: skip


def comparison_page(
    summary: dict[str, Any], figures: dict[str, bytes], marks: dict[str, dict[str, str]],
    inputs: list[dict[str, str]], fixed: list[dict[str, str]], provenance: dict[str, Any],
) -> str:  # fmt: skip
    """The report of a comparison as HTML. ``marks`` are pictures of effects by measure and scenario, as SVG; ``inputs``
    the quantities that were drawn, ``fixed`` the others."""
    pictures = _pictures(figures, comparing.describe)
    return _template("comparison.html").render(
        summary=summary, pictures=pictures, marks=marks, inputs=inputs, fixed=fixed, provenance=provenance
    )


def decomposition_page(summary: dict[str, Any], inputs: list[dict[str, str]], provenance: dict[str, Any]) -> str:
    """The report of a world taken apart as HTML. ``inputs`` are the quantities that are assumed, ready to print."""
    return _template("decomposition.html").render(summary=summary, inputs=inputs, provenance=provenance)


def _template(name: str) -> Template:
    environment = Environment(
        loader=FunctionLoader(lambda name: files("sim.report").joinpath(name).read_text(encoding="utf-8")),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["powers"] = _powers
    environment.filters["breakable"] = _breakable
    return environment.get_template(name)


def _pictures(figures: dict[str, bytes], alt: Callable[[str], str]) -> list[dict[str, str]]:
    return [{"name": name, "alt": alt(name), "data": b64encode(png).decode("ascii")} for name, png in figures.items()]


def _powers(text: str) -> Markup:
    """Escaped text in which 10^27.4 stands with a raised exponent."""
    return Markup(re.sub(r"10\^([\d.]+)", r"10<sup>\1</sup>", str(escape(text))))


def _breakable(path: str) -> Markup:
    """Escaped path that may break behind dots and underscores."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(path))))
