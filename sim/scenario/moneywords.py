"""How money is written where people type it: signs, names, hundredths, and the year whose money it is."""

import re
from datetime import date
from typing import Any

from sim.arguments import is_number
from sim.errors import InputError
from sim.quantity import UNITS, Spec, meant
from sim.scenario.data import currencies
from sim.scenario.slips import beside_list, in_table

NOMINAL = "nominal"  # each value in the money of its own year
LATEST = 2100  # that somebody may mean where the year of money is written: by then a dollar buys a fifth of what it did
SIGNS = {"$": "USD", "US$": "USD", "C$": "CAD", "A$": "AUD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW"}
NAMES = {"euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP", "yen": "JPY", "us": "USD"}  # in small letters
CENT = re.compile(  # how a unit of hundredths begins: ct, EURct, cents, US cents, euro cents; cEUR; pence
    r"(?P<of>US\$|[A-Z]{3}|[$€]|euro|US)?[\s-]*(?:ct|cents?|¢)s?(?![a-z])"
    r"|(?-i:c|ct)(?P<behind>[A-Z]{3}|US\$|[$€£])(?![a-z])|(?P<pence>pence|p(?=/))",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(?<![A-Za-z])(?:US\$|[CA]?\$|[€£₹₩]|(?:euro|pound)s?(?![A-Za-z]))", re.IGNORECASE)
PENCE, OTHER = "GBP", "EUR"  # whose hundredths have a name of their own, and whose are called cents as those of USD are
THIS_CENTURY = 2000


def code(token: str) -> str:
    """The letters of a currency that is written by its sign or its name: EUR for € and for euros."""
    return SIGNS.get(token) or NAMES.get(token.casefold(), token.upper())


def in_letters(unit: str) -> str:
    """A unit whose money is told by the letters of its currency: EUR/tCO2 for €/tCO2."""
    return TOKEN.sub(lambda found: code(found[0]), unit)


def needed(unit: str, year: Any) -> Any:
    """The year to write beside a unit of money: the one given, or where it needs one and has none the model's."""
    return year if year is not None or currencies()["currency"] in unit else currencies()["year"]


def refuse_cents(value: Any, unit: str, year: Any, spec: Spec) -> None:
    """Refuse hundredths of a currency, with the whole ones: where nobody says of which, with each that it may be."""
    found, model = CENT.match(unit), currencies()["currency"]
    whole = meant(model + unit[found.end() :], spec.unit) if found else None
    if not found or not whole:
        return
    told = found["of"] or found["behind"]
    whose = [code(told)] if told else [PENCE] if found["pence"] else [model, OTHER]
    ways = []
    for each in whose if "¢" not in unit else whose[:1]:
        right = whole.replace(model, each, 1)
        beside = right, needed(right, year)
        ways.append(in_table(f"{value / 100:.15g}", *beside) if is_number(value) else beside_list(*beside))
    fix = ("" if is_number(value) else "divide by 100 and ") + f"write {ways[0]}"
    fix += "".join(f" for cents of {model}, or {way} for those of {OTHER}" for way in ways[1:])
    raise InputError("cents are hundredths of money", found=unit, allowed=UNITS[spec.unit][0], fix=fix)


def year_of_money(year: Any) -> int:
    """The calendar year whose money something is. Raises InputError."""
    told = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", str(year))
    if type(year) is not int:
        fix = f'write the calendar year, e.g. year = {currencies()["year"]}, or in a series "{NOMINAL}": each amount '
        fix += "is of its own year"
        if told and (isinstance(year, str | date | list) or year == int(told[0])):
            fix = f"write year = {told[0]}"
        elif str(year).strip().casefold() == NOMINAL:
            fix = f'write year = "{NOMINAL}"'
        raise InputError("not the year of money", found=year, allowed="a calendar year", fix=fix)
    if 0 <= year < LATEST - THIS_CENTURY:
        fix = f"write year = {THIS_CENTURY + year}"
        raise InputError("not the year of money", found=year, allowed="a calendar year", fix=fix)
    if year > LATEST:
        known_years = currencies()["years"]
        near = [known for known in known_years if sorted(str(known)) == sorted(str(year))]
        fix = "".join(f"did you mean {known}? " for known in near[-1:])
        fix += "Write the calendar year whose money it is"
        allowed = f"{known_years[0]} to {known_years[-1]}, and to {LATEST} at an assumed inflation"
        raise InputError(f"no prices of {year} can be told", found=year, allowed=allowed, fix=fix)
    return year
