"""What an effect is called, by how sure it is: the same words in reports, on the page and in documents."""

from dataclasses import replace
from math import isfinite

from sim.measures import Measure
from sim.report.words import MINUS, POINTS, number, on_one_scale, plain, reach, signed
from sim.results.certainty import DIRECTED, Against, Sureness, against, apart, direction, sureness
from sim.results.statistics import LEVEL, MANY, Effect, Middle

PLACES = 2  # significant figures of an amount
ALL = "all"  # draws lie within a range over few of them
NIL = ("0", "0 %")  # sizes of nothing
MEDIAN, WITH_DRAWN = "median ", "with drawn numbers "  # before the median over draws, in a table and in a sentence


def share_held(draws: int) -> str:
    """How many of so many draws lie within a range over them: all, or 95 %."""
    return f"{100 * LEVEL:g} %" if draws >= MANY else ALL


def held_of(draws: int, what: str) -> str:
    """The same with what they are: all draws, 95 % of replicates."""
    return f"{share_held(draws)} {'of ' if draws >= MANY else ''}{what}"


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
    if how is Sureness.UNCLEAR:
        return f"{text} ({unclear(change, measure.unit, places)})"
    size, median, ends = spoken_of(change, of, measure.unit, places)
    return f"{text}{'' if size in NIL else f' {by(size)}'} ({drawn(median, ends)})"


def statement(change: Effect, measure: Measure, of: Middle, places: int = 0) -> str:
    """The same with what it is of: emissions fall by 71 % (30 to 80 %); the compute divide: direction unclear (...)."""
    colon = "" if sureness(change) in (*DIRECTED, Sureness.HARDLY) else ":"
    return f"{measure.subject}{colon} {clause(change, measure, of, places, plural=measure.plural)}"


def unclear(change: Effect, unit: str, places: int = 0) -> str:
    """Why a direction is unclear: the range that goes both ways; where it goes one way, what goes against it too.
    −43 to +230 %; +0.8 % as numbers stand, with drawn numbers −90 to −8 %; by luck −60 to +10 %, with drawn numbers −50
    to −10 %."""
    luck = change.luck.on(relative=change.in_percent)
    size, _, ends = spoken_of(change, luck, unit, places)
    what = against(change)
    if what is None:
        return ends
    if what in (Against.SIZE, Against.AROUND):
        bare = size in NIL or size.endswith("-fold")
        first = f"{'' if bare else '+' if luck.middle > 0 else MINUS}{size} as numbers stand"
    else:
        by_luck = replace(change, draws=None)  # whose range is that of luck
        first = f"by luck {spoken_of(by_luck, luck, unit, places)[2]}"
    return f"{first}, with drawn numbers {ends}"


def why_unclear(change: Effect) -> str:
    """The same in a table that has these numbers: direction unclear: drawn numbers go the other way."""
    what = against(change)
    return f": {what.value}" if what else ""


def sized(change: Effect, of: Middle, unit: str, places: int = 0) -> tuple[str, str]:
    """Size and range of an effect, on one scale, without sign where the range goes one way and words say which; empty
    where there is no range."""
    size, _, ends = spoken_of(change, of, unit, places)
    return size, ends


def spoken_of(change: Effect, of: Middle, unit: str, places: int = 0) -> tuple[str, str, str]:
    """The same, and between them the median over draws, where a size says too little without it; else nothing."""
    told = change.told.on(relative=change.in_percent)
    both, beside = told.low < 0 < told.high, apart(change, of, relative=change.in_percent)
    marked = sureness(change) is Sureness.UNCLEAR
    if change.in_percent:
        size, median, ends = on_one_scale(of.middle, told, places, marked=marked)
        return size, median if beside else "", ends
    span = told[1:] if both or marked else sorted(told[1:], key=abs)
    one_way = not marked and (told.middle > 0) == (of.middle > 0)  # as the word does that stands before the size
    middle = amount(told.middle, unit) if one_way or not (marked or both) else _signed(told.middle, unit)
    texts = (_signed(one, unit) if marked or both else amount(one, unit) for one in span)
    return amount(of.middle, unit), middle if beside else "", reach(*texts)


def drawn(median: str, ends: str) -> str:
    """A range in a table, behind the median over draws where there is one to tell: median 13 %, 1 to 90 %."""
    return f"{MEDIAN}{median}, {ends}" if median else ends


def with_drawn(median: str, ends: str) -> str:
    """What a size has beside it: its range, behind the median over draws where there is one to tell."""
    return f"{WITH_DRAWN}about {median}, {ends}" if median else ends


def by(size: str) -> str:
    """A size behind a verb: by 5 %; 21-fold."""
    return size if size.endswith("-fold") else f"by {size}"


def amount(value: float, unit: str) -> str:
    """The size of a difference: 4.0 percentage points, $30 B."""
    if value == 0 or not isfinite(value):
        return "0"
    if unit == "fraction":
        return f"{plain(100 * abs(value), PLACES)}{POINTS}"
    return number(abs(value), unit.removesuffix("/yr") if unit == "USD/yr" else unit, PLACES)


def _signed(value: float, unit: str) -> str:
    return f"{signed(value, unit)[:1] if value else ''}{amount(value, unit)}"
