"""Assumptions as the page's table shows them and takes them back: a number with its unit, numbers by year, weights."""

import re
from contextlib import suppress
from typing import Any

from sim.app.byyear import text_of, typed_by_year
from sim.app.choice import chosen
from sim.app.typed import NUMBER, POINT, exact, plain
from sim.errors import InputError
from sim.quantity import Quantity, Series
from sim.scenario.build import spec_of
from sim.scenario.variants import setting as read_setting
from sim.scenario.writing import unit_beside

COUNTS = re.compile(r"kind\.\w+\.count")  # which have a limit of their own
WEIGHT = re.compile(rf"([a-z]\w*)\s*[:=]?\s+({NUMBER})")


def assumable() -> dict[str, Quantity]:
    """Numbers of the world that may be changed as assumptions, by path: no choices, no policies, and no numbers of
    actors."""
    every = {quantity.path: quantity for quantity in chosen().started.quantities if quantity.basis != "choice"}
    return {path: one for path, one in every.items() if not path.startswith("policy.") and not COUNTS.fullmatch(path)}


def shown_assumption(quantity: Quantity, written: Any = None) -> str:
    """An assumption as its field shows it, where it stands or as it is ``written`` instead; typed again it is the
    same."""
    if written is None:
        written = _as_in_file(quantity)
    unit = unit_beside(written.get("unit", quantity.unit) if isinstance(written, dict) else quantity.unit)
    if not isinstance(written, dict):
        return f"{exact(written)}{unit}" if type(written) in (int, float) else f"{written}"
    if "years" in written:
        return text_of(written) + unit
    if "value" in written:
        text = exact(written["value"])
        return text if text == "none" else f"{text}{unit}"
    return ", ".join(f"{key} {exact(value)}" for key, value in written.items() if type(value) in (int, float))


def typed_assumption(quantity: Quantity, text: str) -> Any:
    """What a reader typed for an assumption, as a file writes it: with the unit shown, another one, or none. Raises
    InputError."""
    unit, text = unit_beside(quantity.unit).strip(), text.strip()
    bare = text.removesuffix(unit).strip() if unit else text
    by_year = isinstance(quantity.base, Series) or spec_of(vars(chosen().started), quantity.path).by_year
    if by_year and ":" in bare:
        return typed_by_year(bare, {"years": [], "values": [], "unit": quantity.unit})
    weights = [WEIGHT.fullmatch(part.strip()) for part in text.split(",")]
    if not isinstance(quantity.base, float | int | Series) and all(weights):
        with suppress(ValueError):
            return {one[1]: float(one[2]) for one in weights if one}
    try:
        return {"value": float("inf") if bare == "none" else plain(bare), "unit": quantity.unit}
    except ValueError:
        pass
    value = read_setting(f"{quantity.path}={text}")[1]
    if isinstance(value, dict) and set(value) == {"value", "unit"}:
        return value
    fix = f"type it as it stood: {shown_assumption(quantity)}" + (f"; {POINT}" if "," in text else "")
    raise InputError("not a number", found=text, allowed="a number, with its unit or without", fix=fix)


def _as_in_file(quantity: Quantity) -> Any:
    table, _, key = quantity.path.rpartition(".")
    entry = chosen().started.tables.get(table, {}).get(key)
    if isinstance(entry, dict) and ("years" in entry or isinstance(quantity.base, dict)):
        return entry
    return {"value": quantity.value, "unit": quantity.unit}
