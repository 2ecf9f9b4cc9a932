"""Units as people say them, million dollars a year, in the letters of a unit. Whether it is one is told elsewhere."""

import re

_SCALES = {
    "thousand": "k", "million": "M", "mln": "M", "mio": "M", "mn": "M", "mm": "M", "billion": "B", "bln": "B",
    "bn": "B", "mrd": "B", "trillion": "T", "trn": "T", "tn": "T",
}  # fmt: skip
_IN_WORDS = re.compile(rf"\b({'|'.join(_SCALES)})s?\b\.?(?: of\b)?", re.IGNORECASE)  # a prefix, as it is said
_SMALL = re.compile(r"^([kmbt])\s*(?=USD)", re.IGNORECASE)  # a prefix of money, in letters of any size
_ALONE = re.compile(r"([kmbt])\s*(?:/yr)?", re.IGNORECASE)
_DOLLARS = re.compile(r"usd|(?:us )?dollars?|(?:us)?\$", re.IGNORECASE)
_MASS = re.compile(r"(?<![a-zA-Z])([kMG]?)(t|g|tonnes?|tons?)(?![a-zA-Z]| ?(?i:CO[2₂]))")  # of what is not said
_FLOP = re.compile(r"flops?(?![a-z])", re.IGNORECASE)
_A_YEAR = re.compile(r"\s+(?:a|per|each)\s+year\b|\s+p\.?\s?a\b\.?", re.IGNORECASE)

_WATT_HOURS = re.compile(r"(?<![a-zA-Z])([kmgt])wh(?![a-zA-Z])", re.IGNORECASE)
_CO2 = re.compile(  # of any form
    r"(?<=[kgGMtb ])CO[2₂](?:[-\s]?e(?:q(?:uiv(?:alents?)?)?)?(?![a-z]))?\.?", re.IGNORECASE
)
_APART = re.compile(r"(?<=[a-zA-Z])\s+(?=CO2)|(?<=^[kMGBTPEZY])\s+(?=[a-zA-Z])")  # blanks in t CO2 and in M USD


def spelled(unit: str) -> str:
    """A unit in the letters that it is known by: kWh for kwh, tCO2e for t CO2eq and tCO₂."""
    watts = _WATT_HOURS.sub(lambda m: f"{'k' if m[1] in 'kK' else m[1].upper()}Wh", unit)
    return _APART.sub("", _CO2.sub("CO2e", watts))


def as_unit(unit: str, declared: str) -> str:
    """What is said, in the letters of a unit: MUSD for million dollars and for mUSD, MtCO2e for Mt. Where a prefix
    stands alone, it is one of ``declared``."""
    letters, of_money = _DOLLARS.sub("USD", _A_YEAR.sub("/yr", unit)), declared.startswith("USD")
    alone = _ALONE.fullmatch(letters) if of_money else None
    if alone:
        return _large(alone[1]) + declared
    letters = _SMALL.sub(lambda found: _large(found[1]), letters) if of_money else letters
    letters = _MASS.sub(lambda found: f"{found[1]}{found[2][0]}CO2e", letters)
    letters = _FLOP.sub("FLOP", letters)
    said = _IN_WORDS.search(unit)
    return _SCALES[said[1].lower()] + (_IN_WORDS.sub("", letters).strip() or declared) if said else letters


def _large(prefix: str) -> str:
    return "k" if prefix in "kK" else prefix.upper()
