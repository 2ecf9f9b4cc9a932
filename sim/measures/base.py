"""How a measure is declared: once, with unit, meaning, direction, words, and how idle actors are treated."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from sim.economy.observe import Period
from sim.errors import InputError, unknown
from sim.mechanisms.scaling import Law
from sim.owncode import MEASURE, broken, note
from sim.registry import PACKAGE, UNLISTED

DECLARED: list["Measure"] = []
BETTER, OVER = ("lower", "higher", "neither"), ("year", "year-end")
KEEP_BEST = "keep the best error they ever had"  # idle actors
YEARLY = "/yr"  # ends the unit of a rate
COLUMNS = ("key", "measure", "point", "replicate", "unit", "value", "year")  # of tables, beside measures and of them
OF_QUERIES = re.compile(  # words that SQL keeps for itself: a column called so can only be asked for in quotes
    "all|analyse|analyze|and|any|array|as|asc|asymmetric|both|case|cast|check|collate|column|constraint|create|default|"
    "deferrable|desc|describe|distinct|do|else|end|except|false|fetch|for|foreign|from|group|having|in|initially|"
    "intersect|into|lambda|lateral|leading|limit|not|null|offset|on|only|or|order|pivot|pivot_longer|pivot_wider|"
    "placing|primary|qualify|references|returning|select|show|some|summarize|symmetric|table|then|to|trailing|true|"
    "union|unique|unpivot|using|variadic|when|where|window|with",
    re.IGNORECASE,
)
ERROR_UNIT = "error"  # stands for the unit of the scenario's law: a fraction, or nats under a law of loss


ONE = re.compile(  # how labels begin that tell of one thing: the median lab's error, the share of all firms
    r"(concentration|cost|efficiency of|error|highest|largest|lower half|lowest|median|next|price|scarcity|share|size|"
    r"theil|top|use|year)\b"
)


@dataclass(frozen=True)
class Words:
    """What a measure is called, and what more and less of it is called. What is not given follows from the label."""

    subject: str = ""  # within a sentence: the compute divide
    verbs: tuple[str, str] = ("rises", "falls")  # what it does when there is more, less; without an s for a plural
    comparatives: tuple[str, str] = ("higher", "lower")
    makes: tuple[str, str] = ("raises", "lowers")  # what a policy does to it that makes more, less of it
    amount: str = ""  # the same of more where the baseline has none: raises {} a year
    amount_less: str = ""  # and of less
    theme: str = ""  # what it is a part of, where a verdict on a policy finds nothing in any part
    level: str = ""  # the subject where a sentence tells how much it is instead of how it changes
    heading: str = ""  # of its card
    turned: str = ""  # what a ratio says where a policy makes it less than one: labs' runs are then {} times industry's


@dataclass(frozen=True)
class Told:
    """Where a measure is told beside the tables that hold all: its place there, from 1 on; 0 where it is not."""

    run: int = 0  # sentences on a run, from the first year to the last
    policy: int = 0  # the verdict on a policy, and the rows below it
    money: int = 0  # the same, where a policy moves it
    total: int = 0  # the sum over the years in that verdict and in a row of its own
    law: int = 0  # the sentence and the table on a steeper law
    parts: int = 0  # what a decomposition takes apart when nothing else is asked for
    card: int = 0  # cards of the page
    by_year: int = 0  # the figure of a comparison by year
    moved: int = 0  # the short table, where a policy moves it
    access: int = 0  # the verdict on a policy, where it surely moves who can take part


class Scale(NamedTuple):
    """How differences between values are taken and told."""

    logs: bool = False  # of values above zero: the middle between two ratios is taken of their logarithms
    in_points: bool = False  # of a share, whose amounts are told in percentage points
    in_amounts: bool = False  # of public money, which is told in amounts also where percents exist


@dataclass(frozen=True)
class Measure:
    """One declared measure. ``over`` says whether it covers a year or holds at its end."""

    id: str
    label: str
    unit: str
    meaning: str
    better: str  # of BETTER
    over: str  # "year": a sum, mean or maximum over the year; "year-end": the state at its end
    idle: str  # how actors without a run are treated
    function: Callable[[Period], float]
    flag: Callable[[Period], bool] | None = None
    logs: bool = False  # positive and spread over powers of ten: averaged in logarithms
    order: int = UNLISTED  # place among those of the short table; the others come after them
    words: Words = Words()
    told: Told = Told()
    unless_worse: str = ""  # id of one that must not get worse for a change of this one to be called better

    @property
    def is_share(self) -> bool:
        """Whether it is a share, of which amounts are percentage points."""
        return self.unit == "fraction"

    @property
    def scale(self) -> Scale:
        """How differences between its values are taken and told."""
        return Scale(self.logs, self.is_share, bool(self.told.money))

    @property
    def flows(self) -> bool:
        """Whether it comes together over a year, so that sums over several years, or over a part of one, mean
        something."""
        return self.over == "year" and self.unit.endswith(YEARLY)

    @property
    def amount_unit(self) -> str:
        """The unit of such a sum; of what does not flow its own."""
        return self.unit.removesuffix(YEARLY) if self.flows else self.unit

    @property
    def subject(self) -> str:
        """Its name within a sentence, with an article where it has one."""
        first, rest = self.label[:1], self.label[1:]
        bare = first.lower() + rest if rest[:1].islower() else self.label
        return self.words.subject or f"{'the ' if ONE.match(bare) else ''}{bare}"

    @property
    def level(self) -> str:
        """Its name in a sentence that tells how much it is."""
        return self.words.level or self.subject

    @property
    def opening(self) -> str:
        """Its name at the beginning of a sentence."""
        return _capital(self.subject)

    @property
    def title(self) -> str:
        """Its name above a figure: the subject without its article."""
        return _capital(self.subject.removeprefix("the "))

    @property
    def heading(self) -> str:
        """Its name on a card."""
        return self.words.heading or self.label

    @property
    def plural(self) -> bool:
        """Whether its name is a plural."""
        return not self.words.verbs[0].split()[0].endswith("s")

    @property
    def be(self) -> str:
        """The form of "to be" that goes with its name."""
        return "are" if self.plural else "is"

    @property
    def home(self) -> str:
        """Name of the module that declares it."""
        return str(getattr(self.function, "func", self.function).__module__)

    @property
    def headline(self) -> bool:
        """Whether it stands in the short table of a run; all measures stand in its files."""
        return self.order < UNLISTED

    @property
    def direction(self) -> str:
        """Which direction is better, and what must hold for it."""
        return f"{self.better}, unless {self.unless_worse} gets worse" if self.unless_worse else self.better

    def unit_under(self, law: Law) -> str:
        """The unit of the values in a world with this law."""
        return law.unit if self.unit == ERROR_UNIT else self.unit

    def __call__(self, period: Period) -> float:
        """The value over a window; NaN where none exists. Raises InputError for what is no number, and BrokenCode where
        its function comes to an error."""
        try:
            found = self.function(period)
        except (InputError, MemoryError):
            raise
        except Exception as error:
            raise broken(self.function, error) from error
        return found if type(found) is float else number(self, found)


def number(of: Measure, found: Any) -> float:
    """What a measure gave, as a number of Python. Raises InputError for what is none."""
    if isinstance(found, Real | Decimal | np.bool_) or (
        isinstance(found, np.ndarray) and found.shape == () and found.dtype.kind in "fiub"
    ):
        return float(found)
    problem, allowed = f"the measure '{of.id}' gave what is no number", "a number, or nan where there is none"
    kind, fix = f"{type(found).__name__} {found}", "return one number of the window"
    raise InputError(problem, key=_place(of.function), found=kind, allowed=allowed, fix=fix)


def _place(function: Callable[[Period], float]) -> str:
    written = getattr(function, "func", function)
    return f"{written.__module__}.{written.__qualname__}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _refuse_no_column(id: str) -> None:
    """Raises InputError for an id that cannot be that of a column of tables, beside those that they have."""
    taken = id.casefold() in COLUMNS
    if taken or OF_QUERIES.fullmatch(id) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", id):
        allowed = f"letters, digits and _, no word of SQL, and none of {', '.join(COLUMNS)}"
        problem = "tables have another column of this id" if taken else "this cannot be the id of a measure"
        raise InputError(problem, key=f"measure '{id}'", found=id, allowed=allowed, fix="give it another id")


def measure(
    id: str,
    label: str,
    unit: str,
    meaning: str,
    *,
    order: int = UNLISTED,
    better: str = "neither",
    over: str = "year",
    idle: str = "counted with nothing",
    flag: Callable[[Period], bool] | None = None,
    logs: bool = False,
    words: Words = Words(),
    told: Told = Told(),
    unless_worse: str = "",
) -> Callable[[Callable[[Period], float]], Callable[[Period], float]]:
    """Declare the decorated function as a measure. ``flag`` marks values that are only a lower bound, ``logs`` those
    that are positive and spread over powers of ten: differences between worlds are averaged in logarithms. ``words``
    are its names and ``told`` the places in sentences, cards and figures. ``unless_worse`` names a measure that must
    not get worse for a change of this one to be called better.

    Raises InputError for another word of ``better`` or ``over``, and where another function is declared under this id.
    The same one anew, as when a cell of a notebook runs again, takes its own place.
    """

    _refuse_no_column(id)
    for key, said, allowed in (("better", better, BETTER), ("over", over, OVER)):
        if said not in allowed:
            raise unknown(f"value of {key}", said, allowed, key=f"measure '{id}'")

    def declare(function: Callable[[Period], float]) -> Callable[[Period], float]:
        own = _place(function)
        for other in (one.function for one in DECLARED if one.id == id):
            if _place(other) != own:
                first, second = sorted((_place(other), own), key=lambda place: place.partition(".")[0] != PACKAGE)
                problem, allowed = f"two measures are called '{id}'", f"an id that {first} has not"
                raise InputError(problem, key=second, found=id, allowed=allowed, fix="give it another id")
        note(getattr(function, "func", function), f"{MEASURE} {id}")
        declared = Measure(
            id=id, label=label, unit=unit, meaning=meaning, better=better, over=over, idle=idle, function=function,
            flag=flag, logs=logs, order=order, words=words, told=told, unless_worse=unless_worse,
        )  # fmt: skip
        DECLARED.append(declared)
        return function

    return declare
