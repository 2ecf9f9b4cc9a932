"""Units that are not what a key needs: what was meant by them, with the amount left as it is."""

import re
from typing import Any

from sim.errors import InputError
from sim.quantity import UNITS, Spec, factor, readable
from sim.scenario.toml import value as written

SCALES = {"thousand": "k", "k": "k", "million": "M", "mn": "M", "mio": "M", "m": "M", "billion": "B", "bn": "B",
          "b": "B", "trillion": "T", "tn": "T"}  # fmt: skip
LETTERS = "kMGBTPEZY"  # of scales before a unit
AMOUNT = ("value", "unit", "year")  # of a number, without what it rests on

_SCALE = re.compile(rf"^\s*({'|'.join(SCALES)})s?(?:\s+|(?=[A-Z]|$))", re.IGNORECASE)
_EACH = re.compile(r"\s+(?:per|an?)\s+(?:years?(?![a-z]))?")
_TONNES = re.compile(r"(?<![A-Za-z])([kMG]?t|k?g)(?![A-Za-z])")


class WrongUnit(InputError):
    """A unit that a number of ``spec`` cannot have. The fix names one that it can, of the same amount where that is
    known; ``money`` is the currency that the unit is in."""

    def __init__(self, unit: str, spec: Spec, entry: dict[str, Any], money: str = "USD") -> None:
        phrase, example = UNITS[spec.unit]
        found = meant(unit.replace(money, "USD"), spec.unit)
        self.unit, self.entry, self.right = unit, entry, (found or example).replace("USD", money)
        what = "is in words" if found and spelled(unit) != unit and not readable(unit) else f"is not {phrase}"
        problem = f"'{unit}' {what}; write {'' if found else 'e.g. '}'{self.right}'"
        self.then = "" if found or unit in self.right else ", with the value in it"
        super().__init__(problem, found=unit, allowed=phrase, fix=f'unit = "{self.right}"{self.then}')

    def typed(self, option: str, path: str) -> None:
        """Have the fix be what is typed at an option of the command line, which gave the entry at a path."""
        amount = {**{key: self.entry[key] for key in AMOUNT if key in self.entry}, "unit": self.right}
        short = "value" in amount and "year" not in amount and isinstance(amount["value"], int | float)
        text = f"{amount['value']:g} {self.right}" if short else written(amount)
        self.fix = f"{option} '{path}={text}'{self.then}"


def meant(unit: str, declared: str) -> str | None:
    """The unit that leaves an amount as it is: a year put to it or taken off, carbon named, words as letters. None
    where that is not known."""
    text, example = spelled(unit), UNITS[declared][1]
    text = f"{text}{example}" if text and text in LETTERS else text
    for amount in (text, _TONNES.sub(rf"\1CO2{'e' if 'CO2e' in example else ''}", text)):
        for tried in (amount, f"{amount}/yr", amount.removesuffix("/yr")):
            if tried and fits(tried, declared):
                return tried
    return None


def spelled(unit: str) -> str:
    """A unit with letters in the place of words: million, per."""
    return _SCALE.sub(
        lambda found: SCALES[found[1].lower()], _EACH.sub(lambda found: "/yr" if "year" in found[0] else "/", unit)
    ).strip()


def fits(unit: str, declared: str) -> bool:
    """Whether a unit measures what another does."""
    try:
        return bool(factor(unit, declared))
    except ValueError:
        return False
