"""Numbers by year on the page: as text that people type, 2027: 50, 2030: 100."""

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

from sim.app.typed import NUMBER, exact
from sim.errors import InputError

EXAMPLE = "2027: 50, 2030: 100"
ENTRY = re.compile(rf"(\d{{4}}(?:\.\d+)?)\s*[:=]?\s+(\$?{NUMBER}(?:\s*[A-Za-z]+)?|none)")


def is_by_year(written: Any) -> bool:
    """Whether a number as written is given by year."""
    return isinstance(written, dict) and "years" in written


def text_of(written: dict[str, Any], times: float = 1.0) -> str:
    """A number by year, so many ``times``, as people type it; typed again it is the same."""
    values = (value if times == 1 else float(f"{times * value:.15g}") for value in written["values"])
    pairs = zip(written["years"], values, strict=True)
    return ", ".join(f"{exact(year)}: {exact(value) if isfinite(value) else 'none'}" for year, value in pairs)


def typed_by_year(text: str, written: dict[str, Any], read: Callable[[str], float] = float) -> dict[str, Any]:
    """The number by year that a text says, in the unit it had; of each year as ``read``, which raises ValueError,
    has it. Raises InputError."""
    values: dict[float, float] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        found = ENTRY.fullmatch(part.replace(":", ": "))
        try:
            when, amount = found.groups() if found else ("", "")
            year, value = float(when), float("inf") if amount == "none" else read(amount)
        except ValueError:
            problem, fix = "not a number by year", f"write a year, a colon and a number, with commas between: {EXAMPLE}"
            raise InputError(problem, found=part, allowed=EXAMPLE, fix=fix) from None
        values[int(year) if year.is_integer() else year] = value
    years = sorted(values)
    return {**written, "years": years, "values": [values[year] for year in years]}
