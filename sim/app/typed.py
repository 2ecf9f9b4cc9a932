"""Numbers as people type them."""

import re
from math import isfinite

from sim.report import words
from sim.scenario.writing import printed_number

THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
NUMBER = r"[-+]?[\d.][-+.\deE]*"  # what may be one, which reading it tells
SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
AMOUNT = re.compile(rf"\$?\s*(.*?)\s*(?<![a-z])({'|'.join(SCALES)})?(?:\s*USD)?", flags=re.IGNORECASE)
GAP = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")  # between thousands
POINT = "a point before decimals, commas between thousands alone: 1,000.5"


def plain(text: str) -> float:
    """The number that a text says: 1,000.5, −3, 1e26. A comma that is none of thousands is refused: 0,5 would else
    become 5. Raises ValueError."""
    text = text.strip().replace(words.MINUS, "-")
    if "," in text and not THOUSANDS.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", ""))


def amount_of(text: str) -> float:
    """The amount that a text says: 100000, 100,000, 100 000, $2 M, 1.5 billion. Raises ValueError."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    number = GAP.sub("", found[1])
    return plain(number) * SCALES[found[2].lower()] if found[2] else plain(number)


def exact(value: float) -> str:
    """A number as text that reads back to the same number: as a table has it where that does, else in all its
    figures."""
    text = printed_number(value)
    return text if not isfinite(value) or float(text) == value else repr(float(value)).replace("e+", "e")
