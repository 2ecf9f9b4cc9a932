"""Code of one's own: what registers itself from outside this package, by the hash of the file that declares it and of
those beside it that this one imports."""

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from itertools import count
from linecache import getline
from pathlib import Path
from traceback import walk_tb
from typing import Any, ClassVar, NamedTuple, TypeVar

from sim.errors import BrokenCode, InputError, Notice, nearest
from sim.owntexts import MAIN, PACKAGE, SCRIPTS, code_of, file_of, hash_of_text, may_be_known_by, written

NAMES = ("name", "rule")  # attributes by which classes are registered
FIGURE, MEASURE = "figure", "measure"
IMPORT = "--import"  # the option that imports a file
OwnCode = Mapping[str, Mapping[str, Any]]  # ``sha256`` and what it ``declares``, by module, or by definition in a cell;
# and the ``folder`` of one that was imported by its file
Said = TypeVar("Said")
_DECLARATIONS = count(1)
_NOTED: dict[str, dict[str, Any]] = {}  # as it was when it was imported: what is edited meanwhile simulates nothing
_FOLDERS: dict[str, str] = {}  # of modules that were imported by their file, or by way of one that was: where from


class CodePlace(NamedTuple):
    """A line of code."""

    file: str
    line: int
    within: str  # which function

    @property
    def key(self) -> str:
        """What stands beside its file in an error."""
        return f"line {self.line}, in {self.within}"


class Registered:
    """What registers itself by being defined below a base that inherits from this."""

    _declaration: ClassVar[int]  # its number among all declarations, counted up

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._declaration = next(_DECLARATIONS)
        base = next(one for one in cls.__mro__ if Registered in one.__bases__)
        name = next((cls.__dict__[key] for key in NAMES if isinstance(cls.__dict__.get(key), str)), "")
        note(cls, f"{base.__name__.lower()} {name}".strip())


def is_own(thing: Any) -> bool:
    """Whether a class or function is of code of one's own."""
    return str(thing.__module__).partition(".")[0] != PACKAGE


def note(thing: Any, declares: str) -> None:
    """Keep the hash of the code of a class or function that registers itself, where it is one's own."""
    if not is_own(thing):
        return
    name, text = written(thing)
    known = _NOTED[name]["declares"] if name in _NOTED else []
    there = sorted({*known, declares})
    _NOTED[name] = {"sha256": hash_of_text(text), "declares": there}


def own_code() -> dict[str, dict[str, Any]]:
    """The code of one's own that is there now: its hashes, and what it declares."""
    return {
        name: {**_NOTED[name], **({"folder": _FOLDERS[name]} if name in _FOLDERS else {})} for name in sorted(_NOTED)
    }


def recorded() -> dict[str, Any]:
    """The entry of a plan or record on it; none where there is none."""
    return {"own": own_code()} if _NOTED else {}


def changed(then: OwnCode) -> list[str]:
    """Names of code that is there now, and not as it was."""
    return [name for name in then if name in _NOTED and _NOTED[name]["sha256"] != then[name]["sha256"]]


def simulating_otherwise(then: OwnCode) -> list[str]:
    """The same without what only draws figures."""
    drawing = f"{FIGURE} "
    both = {name: [*then[name]["declares"], *_NOTED[name]["declares"]] for name in changed(then)}
    return [name for name, declares in both.items() if not all(what.startswith(drawing) for what in declares)]


def _measuring(code: OwnCode, beside: OwnCode) -> list[str]:
    """Names of code that declares measures, and is not beside it: where it is imported, there is more to measure."""
    of = [name for name in code if any(what.startswith(f"{MEASURE} ") for what in code[name]["declares"])]
    return [name for name in of if name not in beside]


def apart(then: OwnCode) -> list[str]:
    """What is not as it was, each in a few words."""
    other = [f"{name}: {then[name]['sha256'][:12]} then, {_NOTED[name]['sha256'][:12]} now" for name in changed(then)]
    other += [f"{name}, which declares measures: not imported now" for name in _measuring(then, _NOTED)]
    return [*other, *(f"{name}, which declares measures: not imported then" for name in _measuring(_NOTED, then))]


def same_own_code(then: OwnCode, directory: Path) -> None:
    """Raises InputError where code of one's own is not what it was, or other measures are there."""
    import_again(then)
    for name in simulating_otherwise(then):
        problem = f"{name} has changed since: what it simulates may not be the same"
        was, now = then[name]["sha256"][:12], _NOTED[name]["sha256"][:12]
        fix = f"go on with {name} as it was, or start anew"
        raise InputError(problem, file=directory, found=f"{name} {now}", allowed=f"{name} {was}", fix=fix)
    for name in _measuring(then, _NOTED):
        problem, allowed = f"{name} is not imported, which declares what was measured", "the measures of then"
        raise InputError(problem, file=directory, allowed=allowed, fix=_first(name, then))
    for name in _measuring(_NOTED, then):
        problem, allowed = f"{name} declares measures, and was not imported then", "the measures of then"
        raise InputError(problem, file=directory, allowed=allowed, fix=f"go on where {name} is not imported")


def own_answer(function: Callable[..., Said], *given: Any) -> Said:
    """What a function says that may be one's own. Raises BrokenCode, which names the line, where it comes to an
    error."""
    try:
        return function(*given)
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise broken(function, error) from error


def broken(function: Callable[..., Any], error: Exception) -> BrokenCode:
    """The error for one in a function: of its file, the line that was reached last, or the first where it could not be
    called."""
    call, *frames = [CodePlace(frame.f_code.co_filename, line, frame.f_code.co_name)
                     for frame, line in walk_tb(error.__traceback__)]  # fmt: skip
    first = place_of(function) or call
    own = [frame for frame in frames if frame.file == first.file]
    place = (own or frames or [first])[-1]
    near = nearest(error.name, dir(error.obj)) if isinstance(error, AttributeError) and error.name else None
    problem, fix = f"{type(error).__name__}: {error}", f"did you mean '{near}'?" if near else "mend that line"
    found = getline(place.file, place.line).strip() or None
    return BrokenCode(problem, file=place.file, key=place.key, found=found, fix=fix)


def place_of(function: Callable[..., Any]) -> CodePlace | None:
    """Where a function begins; None where no Python is written for it."""
    code = code_of(function) or code_of(type(function).__call__)
    return CodePlace(code.co_filename, code.co_firstlineno, code.co_name) if code else None


@contextmanager
def declared_by(then: OwnCode, file: Path) -> Iterator[None]:
    """Around what reads a scenario of then, of this file: the error for a name that code of one's own declared says
    which code that is."""
    import_again(then)
    try:
        yield
    except InputError as error:
        for name in then:
            declares = {what.partition(" ")[2] for what in then[name]["declares"]} - {""}
            if name not in _NOTED and any(one.found in declares for one in (error, *error.also)):
                allowed = f"with {name}, which declares it and is not imported"
                fix = _first(name, then)
                raise InputError(error.problem, file=file, key=error.key, allowed=allowed, fix=fix) from None
        raise


def import_file(file: Path) -> None:
    """Import a Python file with code of one's own, as a module by its name, with its folder on the path. Raises
    InputError."""
    where: dict[str, Any] = {"file": file, "key": IMPORT}
    allowed = "a Python file that declares policies, measures or kinds"
    if not file.is_file():
        problem = "this is a directory" if file.is_dir() else "no such file"
        raise InputError(problem, allowed=allowed, fix=f"{IMPORT} FILE, e.g. {IMPORT} my_policy.py", **where)
    if file.suffix != ".py":
        fix = "name one, ending in .py"
        raise InputError("this is no Python file", found=file.name, allowed=allowed, fix=fix, **where)
    name, folder = file.stem, file.resolve().parent
    if not name.isidentifier() or name.startswith("__"):
        allowed, fix = "letters, digits and _, no digit first", "rename the file, e.g. my_policy.py"
        raise InputError("Python cannot import a file of this name", found=file.name, allowed=allowed, fix=fix, **where)
    known = sys.modules.get(name)
    origin = getattr(known, "__file__", None) if known else getattr(find_spec(name), "origin", None)
    taken = known is not None or origin is not None
    if taken and not (origin and Path(origin).is_file() and Path(origin).samefile(file)):
        problem, allowed = f"there is another module named {name}", "a name that no other module has"
        raise InputError(problem, found=origin or "a part of Python", allowed=allowed, fix="rename the file", **where)
    if known is None and not _imported(name, folder):
        warnings.warn(f"{file} declares no policy, measure, kind or figure", Notice, stacklevel=2)


def import_again(then: OwnCode) -> None:
    """Import what was imported by its file then, and is not yet now, where it is as it was."""
    for name, said in then.items():
        folder = Path(said.get("folder") or "")
        file = file_of(name, folder) if said.get("folder") and name not in _NOTED else None
        if file and name not in sys.modules and said["sha256"] in may_be_known_by(file, name):
            _imported(name, folder)


def _imported(name: str, folder: Path) -> list[str]:
    """Import a module from a folder; names of all that it brought which declares something. Raises InputError."""
    before, path = set(_NOTED), list(sys.path)
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        import_module(name)
    except (Exception, SystemExit) as error:
        sys.path[:] = path
        raise _unimportable(error, folder, file_of(name, folder)) from error
    new = [each for each in _NOTED if each not in before]
    _FOLDERS.update((each, str(folder)) for each in new if file_of(each, folder))
    return new


def _unimportable(error: BaseException, folder: Path, file: Path | None) -> InputError:
    """The error for one in a file that is imported: of the line that was reached last in its folder."""
    places = [CodePlace(frame.f_code.co_filename, line, "") for frame, line in walk_tb(error.__traceback__)]
    own = [place for place in places if folder in Path(place.file).parents]
    place = own[-1] if own else CodePlace(str(file), 1, "")
    if isinstance(error, SyntaxError) and error.filename:
        place = CodePlace(error.filename, error.lineno or 1, "")
    if isinstance(error, InputError):
        error.file, error.key = error.file or place.file, error.key or place.key
        return error
    problem, fix = f"{type(error).__name__}: {getattr(error, 'msg', error)}", "mend that line"
    if isinstance(error, SystemExit):
        problem, fix = "this file ends Python when it is imported", f"put what it does below if {MAIN}:"
    found = getline(place.file, place.line).strip() or None
    return BrokenCode(problem, file=place.file, key=f"line {place.line}", found=found, fix=fix)


def _first(name: str, then: OwnCode) -> str:
    script, _, definition = name.partition(".")
    if script in SCRIPTS:
        return f"define {definition} first, as in the cell that it stood in"
    file = Path(then[name].get("folder") or "", f"{name}.py")
    here = f"`{IMPORT} {file}`" if file.is_file() else f"`{IMPORT} FILE`, FILE being the {file.name} that came with it"
    return f"import {name} first{'' if definition else f'; on the command line: {here}'}"
