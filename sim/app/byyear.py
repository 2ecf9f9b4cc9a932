"""Numbers by year on the page: as text that people type, 2027: 50, 2030: 100."""

import re
from math import isfinite
from typing import Any

from sim.errors import InputError

EXAMPLE = "2027: 50, 2030: 100"
ENTRY = re.compile(r"(\d{4}(?:\.\d+)?)\s*[:=]?\s+([-+.\deE]+|none)")


def is_by_year(written: Any) -> bool:
    """Whether a number as written is given by year."""
    return isinstance(written, dict) and "years" in written


def text_of(written: dict[str, Any]) -> str:
    """A number by year as people type it."""
    pairs = zip(written["years"], written["values"], strict=True)
    amounts = ((year, f"{value:.12g}".replace("e+", "e") if isfinite(value) else "none") for year, value in pairs)
    return ", ".join(f"{year:g}: {amount}" for year, amount in amounts)


def typed(text: str, written: dict[str, Any]) -> dict[str, Any]:
    """The number by year that a text says, in the unit it had. Raises InputError."""
    values: dict[float, float] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        found = ENTRY.fullmatch(part.replace(":", ": "))
        try:
            assert found is not None
            year, value = float(found[1]), float("inf") if found[2] == "none" else float(found[2])
        except (AssertionError, ValueError):
            problem, fix = "not a number by year", "write a year, a colon and a number, with commas between"
            raise InputError(problem, found=part, allowed=EXAMPLE, fix=fix) from None
        values[int(year) if year.is_integer() else year] = value
    years = sorted(values)
    return {**written, "years": years, "values": [values[year] for year in years]}
