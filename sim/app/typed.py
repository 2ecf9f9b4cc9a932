"""Numbers as people type them."""

import re

from sim.report import words

THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
POINT = "a point before decimals, commas between thousands alone: 1,000.5"


def plain(text: str) -> float:
    """The number that a text says: 1,000.5, −3, 1e26. A comma that is none of thousands is refused: 0,5 would else
    become 5. Raises ValueError."""
    text = text.strip().replace(words.MINUS, "-")
    if "," in text and not THOUSANDS.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", ""))
