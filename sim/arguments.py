"""What functions are given from Python, checked in one place: an error names the argument, or the option."""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from math import ceil, floor, inf, isfinite
from numbers import Real
from operator import index
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeVar

from sim.errors import InputError

Usual = TypeVar("Usual")
Item = TypeVar("Item")
OPTION = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)( (?=\d))?")
TYPED = re.compile(  # an entry with what it is to be; a full stop behind it is the sentence's
    r"(?<![\w-])--(vary|set|goal) (?:'([^']+)'|([^\s'()=]+=[^\s'()]*?)(?=(?:(?<!\.)\.|[,;:])?(?:[\s)]|$)))"
)
IMPORTED = ("needs --import FILE", "has to be declared or imported first")
DISCOUNT = 0.03  # 1/yr: real rate at which costs are discounted where nothing is said; assumed
PAIRS, TAKEN_APART = 50, 20  # replicates of a comparison and of a decomposition where nothing is said
OVER_ENSEMBLE = 100  # replicates, at least, of a validation over an ensemble where nothing is said
FEWEST_SAMPLES = 2  # of a sensitivity, as an interval needs
A_FRACTION = "a fraction from 0 to 1"
# Arguments that are not called as their options are.
OTHERWISE = {"measure": "measures", "goal": "goals", "set": "settings", "from": "first", "to": "last"}


def is_file(word: str) -> bool:
    """Whether a word among names names a file: it has an ending, or a folder."""
    return Path(word).suffix != "" or Path(word).name != word


@contextmanager
def named() -> Iterator[None]:
    """Around what the command line asks for as well: an error names arguments where it would name options."""
    try:
        yield
    except InputError as error:
        for one in (error, *error.also):
            for place in ("file", "key"):
                text = str(getattr(one, place))
                if text.startswith("--"):
                    setattr(one, place, f"{_arguments(text)}=")
            if isinstance(one.found, str) and one.found.startswith("--"):
                one.found = _arguments(one.found)
            one.allowed, one.fix = (text and _arguments(text) for text in (one.allowed, one.fix))
        raise


def _arguments(text: str) -> str:
    """A text that names options, as it names arguments; a command in it, between backticks, stays."""
    parts = text.split("`")
    parts[::2] = [OPTION.sub(_argument, TYPED.sub(_listed, part.replace(*IMPORTED))) for part in parts[::2]]
    return "`".join(parts)


def _listed(typed: re.Match[str]) -> str:
    """What is typed behind an option, as a list of texts: vary=['product.margin=0.4,0.5']."""
    return f"{_called(typed[1])}=[{typed[2] or typed[3]!r}]"


def _argument(option: re.Match[str]) -> str:
    return _called(option[1]) + ("=" if option[2] else "")


def _called(option: str) -> str:
    name = option.replace("-", "_")
    return OTHERWISE.get(name, name)


def whole(name: str, value: Any, low: int, high: float = inf) -> int:
    """A whole number from ``low`` to ``high``, also one of numpy. Raises InputError."""
    try:
        found = low - 1 if type(value).__name__ in ("bool", "bool_") else index(value)
    except TypeError:
        found = low - 1
    if not low <= found <= high:
        error = refused(name, value, a_whole_number(low, high))
        if is_number(value) and isfinite(value) and low <= floor(value) and ceil(value) <= high:
            error.fix = f"give {name} {whole_ones(value)}"
        if isinstance(value, str) and value.isascii() and value.isdecimal() and low <= int(value) <= high:
            error.fix = f"write {value}, without quotes"
        raise error
    return found


def whole_ones(number: float) -> str:
    """The whole numbers nearest to a number: 2035 or 2036."""
    return " or ".join(dict.fromkeys((str(floor(number)), str(ceil(number)))))


def a_whole_number(low: int, high: float = inf) -> str:
    """What a whole number from ``low`` to ``high`` is called."""
    return f"a whole number of at least {low}" if high == inf else f"a whole number from {low} to {high}"


def whole_or(usual: Usual, name: str, value: Any, low: int) -> int | Usual:
    """The same, or what is usual where nothing (None) is given."""
    return usual if value is None else whole(name, value, low)


def fraction(name: str, value: Any) -> float:
    """A number from 0 to 1. Raises InputError."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise refused(name, value, A_FRACTION)
    return float(value)


def yes_or_no(name: str, value: Any) -> bool:
    """True or False, also of numpy. Raises InputError: a text would count as true whatever it says."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise refused(name, value, "True or False")
    return bool(value)


def wrapper(name: str, value: Any) -> Any:
    """What wraps an iterator, given how many there are of what it gives; or nothing (None). Raises InputError."""
    if value is not None and not callable(value):
        raise refused(name, value, "a function of an iterator and a number")
    return value


def an_executor(value: Any) -> None:
    """Raises InputError for what is no executor, such as a dask client, whose futures are of another kind."""
    if value is None or isinstance(value, Executor):
        return
    error = refused("executor", value, "an executor of concurrent.futures")
    if hasattr(value, "get_executor"):
        error.fix = "give executor=client.get_executor()"
    raise error


def wrapped(progress: Any, source: Iterable[Item], number: int) -> Iterator[Item]:
    """What a ``progress`` gives for an iterator and how many there are of what that gives; the iterator itself where
    there is none. Raises InputError for one that is called otherwise, such as ``tqdm`` itself, or gives no iterator."""
    if progress is None:
        return iter(source)
    try:
        return iter(progress(source, number))
    except TypeError as error:
        allowed = "a function of an iterator and of the number of what that gives, which gives an iterator as well"
        wrong = refused("progress", f"{getattr(progress, '__name__', progress)}, which fails: {error}", allowed)
        wrong.fix = "e.g. progress=lambda results, number: tqdm(results, total=number)"
        raise wrong from error


def several(name: str, value: Any, what: str, *kinds: type) -> list[Any]:
    """A list of things of some kinds; one such thing alone is a list of one. Raises InputError, also for what has no
    order: results would have another one each time."""
    if isinstance(value, set | frozenset | Mapping):
        raise refused(name, value, f"a list of {what}")
    listed = [value] if isinstance(value, kinds) or not isinstance(value, Iterable) else list(value)
    if not all(isinstance(one, kinds) for one in listed):
        raise refused(name, value, f"a list of {what}")
    return listed


def texts(name: str, value: Any) -> list[str]:
    """A list of texts; one text alone is a list of one. Raises InputError."""
    return several(name, value, "texts", str)


def place(name: str, value: Any) -> Path:
    """The path of a file or directory. Raises InputError; nothing at all would be the current directory."""
    if not isinstance(value, str | PathLike) or not fspath(value):
        raise refused(name, value, "the path of a file or directory; '.' is the current one")
    return Path(value)


def plain(value: Any) -> Any:
    """A value as a file would hold it: numbers and arrays of numpy as those of Python."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    try:
        return value.tolist()
    except AttributeError:  # no number or array of numpy; one of another library may say that it has this, and lack it
        return value


def is_number(value: Any) -> bool:
    """Whether a value is a number, of Python or of numpy; True and False are none."""
    return isinstance(value, Real) and type(value).__name__ not in ("bool", "bool_")


def after_end(end: int, until: str) -> InputError:
    """The error for a step after the last year of a scenario; ``until`` says what to look at before a step."""
    fix = f"step while not {until}, or load the scenario until a later year"
    return InputError("the last year is over", found=f"a step after {end}", allowed=f"steps to {end}", fix=fix)


def refused(name: str, found: Any, allowed: str) -> InputError:
    """The error for an argument, or an option, that is not what is allowed."""
    kind, key = ("option", name) if name.startswith("--") else ("argument", f"{name}=")
    found, fix = "nothing (None)" if found is None else found, f"give {name} {allowed}"
    return InputError(f"this {kind} cannot be used", key=key, found=found, allowed=allowed, fix=fix)
