"""What an effect is called, by how sure it is: the same words in reports, on the page and in documents."""

from math import isfinite

from sim.measures import Measure
from sim.report.words import POINTS, number, plain, reach, signed, size_and_range
from sim.results.certainty import DIRECTED, SMALL, Sureness, direction, sureness
from sim.results.statistics import Effect, Middle

PLACES = 2  # significant figures of an amount


def may(verb: str) -> str:
    """What may be done: falls becomes may fall, gets dearer becomes may get dearer."""
    first, space, rest = verb.partition(" ")
    return f"may {first.removesuffix('s')}{space}{rest}"


def chosen(change: Effect, verbs: tuple[str, str]) -> str:
    """The one of two verbs, for more and for less, that an effect with a direction takes: falls, may fall."""
    verb = verbs[1] if direction(change) < 0 else verbs[0]
    return may(verb) if sureness(change) is Sureness.MAY else verb


def hardly(plural: bool) -> str:
    """What is said of an effect below what counts: hardly changes, or hardly change."""
    return Sureness.HARDLY.value.removesuffix("s") if plural else Sureness.HARDLY.value


def called(measure: Measure, change: Effect, *, plural: bool = False) -> str:
    """An effect in a word or two, as in a table: falls, may fall, hardly changes, direction unclear, too few
    replicates; or as it stands behind the name of a measure that is a plural."""
    how = sureness(change)
    if how is Sureness.HARDLY:
        return hardly(plural)
    if how not in DIRECTED:
        return str(how.value)
    verb = chosen(change, measure.words.verbs)
    return verb if plural or how is Sureness.MAY or not measure.plural else f"{verb}s"


def clause(change: Effect, measure: Measure, of: Middle, places: int = 0, *, plural: bool = False) -> str:
    """The same with its size and its range over what words speak of: falls by 71 % (30 to 80 %), may fall by 71 % (0 to
    80 %), direction unclear (−43 to +230 %). ``of`` gives the size: on the numbers as they stand, or over draws."""
    text, how = called(measure, change, plural=plural), sureness(change)
    if how in (Sureness.HARDLY, Sureness.FEW):
        return text
    size, ends = sized(change, of, measure.unit, places)
    if how is Sureness.UNCLEAR or (change.is_relative and abs(of.middle) < SMALL):
        return f"{text} ({ends})"
    return f"{text} {'' if size.endswith('-fold') else 'by '}{size} ({ends})"


def statement(change: Effect, measure: Measure, of: Middle, places: int = 0) -> str:
    """The same with what it is of: emissions fall by 71 % (30 to 80 %); the compute divide: direction unclear (...)."""
    colon = "" if sureness(change) in (*DIRECTED, Sureness.HARDLY) else ":"
    return f"{measure.subject}{colon} {clause(change, measure, of, places, plural=measure.plural)}"


def sized(change: Effect, of: Middle, unit: str, places: int = 0) -> tuple[str, str]:
    """Size and range of an effect, on one scale, without sign where the range goes one way and words say which; empty
    where there is no range."""
    low, high = change.told(relative=change.is_relative)[1:]
    marked = sureness(change) is Sureness.UNCLEAR
    if change.is_relative:
        return size_and_range(of.middle, low, high, places, marked=marked)
    near, far = (low, high) if low < 0 < high else sorted((low, high), key=abs)
    texts = [_signed(end, unit) if marked or low < 0 < high else amount(end, unit) for end in (near, far)]
    return amount(of.middle, unit), reach(*texts)


def amount(value: float, unit: str) -> str:
    """The size of a difference: 4.0 percentage points, $30 B."""
    if value == 0 or not isfinite(value):
        return "0"
    if unit == "fraction":
        return f"{plain(100 * abs(value), PLACES)}{POINTS}"
    return number(abs(value), unit.removesuffix("/yr") if unit == "USD/yr" else unit, PLACES)


def _signed(value: float, unit: str) -> str:
    return f"{signed(value, unit)[:1] if value else ''}{amount(value, unit)}"
