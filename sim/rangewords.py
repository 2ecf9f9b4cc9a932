"""What an entry may hold, in words."""

from math import inf

FORMS = {  # of entries without a range
    "names": "a list of names", "text": "text", "flag": "true or false",
    "weights": "names with weights, each from 0 up, one or more above 0",
}  # fmt: skip
WHOLE = {"integer": "a whole number", "series": "a number for each year", "path": "a number for each year"}


def range_in_words(
    form: str, unit: str, low: float, high: float, options: tuple[str, ...], unlimited: float | None
) -> str:
    """The options, the form or the range: a number, at least 0 and at most 10000 (USD/tCO2)."""
    if form == "choice":
        return ", ".join(options)
    if form in FORMS:
        return FORMS[form]
    if unit == "year":
        return f"a calendar year from {low:g} to {high:g}"
    least = "" if low == -inf else f"at least {low:g}"
    most = "" if high == inf else f"at most {high:g}"
    whole = WHOLE.get(form, "a number")
    bounds = " and ".join(part for part in (least, most) if part)
    of = "" if unit == "1" else f" ({unit})"
    of += "" if unlimited is None else f", or {unlimited:g} for no limit"
    return f"{whole}, {bounds}{of}" if bounds else f"{whole}{of}"
