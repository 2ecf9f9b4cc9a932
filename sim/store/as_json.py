"""Dataclasses and named tuples as JSON."""

import json
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any


def as_json(thing: Any) -> Any:
    """Records (dataclasses, named tuples) as dictionaries in the order of their fields, also within lists and
    dictionaries; None for a number that is not finite, which JSON has none for; all else as it is."""
    if isinstance(thing, float):
        return thing if isfinite(thing) else None
    if is_dataclass(thing):
        return {field.name: as_json(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, tuple) and hasattr(thing, "_asdict"):
        return {name: as_json(value) for name, value in thing._asdict().items()}
    if isinstance(thing, dict):
        return {key: as_json(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [as_json(each) for each in thing]
    return thing


def json_text(thing: Any) -> str:
    """The text of a JSON file."""
    return json.dumps(as_json(thing), indent=2, allow_nan=False) + "\n"


def json_line(thing: Any) -> str:
    """The same on one line, as programs are told it."""
    return json.dumps(as_json(thing), allow_nan=False)
