"""Code of one's own: what registers itself from outside this package, by the hash of the file that declares it and of
those beside it that this one imports."""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import Field
from functools import lru_cache
from hashlib import sha256
from importlib.util import resolve_name
from itertools import count
from linecache import getline, getlines
from pathlib import Path
from traceback import walk_tb
from types import CodeType, ModuleType
from typing import Any, ClassVar, NamedTuple, TypeVar

from sim.errors import BrokenCode, InputError, nearest

PACKAGE = __name__.partition(".")[0]
SCRIPTS = ("__main__", "__mp_main__")  # what Python calls the script that it runs
NAMES = ("name", "rule")  # attributes by which classes are registered
FIGURE, MEASURE = "figure", "measure"
MAIN = "__name__ == '__main__'"
INSTALLED = frozenset(("site-packages", "dist-packages"))  # folders of what others wrote
DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
OwnCode = Mapping[str, Mapping[str, Any]]  # ``sha256`` and what it ``declares``, by module, or by definition in a cell
Said = TypeVar("Said")
_DECLARATIONS = count(1)
_NOTED: dict[str, dict[str, Any]] = {}  # as it was when it was imported: what is edited meanwhile simulates nothing


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


def note(thing: Any, declares: str) -> None:
    """Keep the hash of the code of a class or function that registers itself, where it is one's own."""
    if str(thing.__module__).partition(".")[0] == PACKAGE:
        return
    name, text = _written(thing)
    known = _NOTED[name]["declares"] if name in _NOTED else []
    there = sorted({*known, declares})
    _NOTED[name] = {"sha256": sha256(text.encode("utf-8", "backslashreplace")).hexdigest(), "declares": there}


def own_code() -> dict[str, dict[str, Any]]:
    """The code of one's own that is there now: its hashes, and what it declares."""
    return {name: dict(_NOTED[name]) for name in sorted(_NOTED)}


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
    for name in simulating_otherwise(then):
        problem = f"{name} has changed since: what it simulates may not be the same"
        was, now = then[name]["sha256"][:12], _NOTED[name]["sha256"][:12]
        fix = f"go on with {name} as it was, or start anew"
        raise InputError(problem, file=directory, found=f"{name} {now}", allowed=f"{name} {was}", fix=fix)
    for name in _measuring(then, _NOTED):
        problem, allowed = f"{name} is not imported, which declares what was measured", "the measures of then"
        raise InputError(problem, file=directory, allowed=allowed, fix=_first(name))
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
    code = _code(function) or _code(type(function).__call__)
    return CodePlace(code.co_filename, code.co_firstlineno, code.co_name) if code else None


@contextmanager
def declared_by(then: OwnCode, file: Path) -> Iterator[None]:
    """Around what reads a scenario of then, of this file: the error for a name that code of one's own declared says
    which code that is."""
    try:
        yield
    except InputError as error:
        for name in then:
            declares = {what.partition(" ")[2] for what in then[name]["declares"]} - {""}
            if name not in _NOTED and any(one.found in declares for one in (error, *error.also)):
                allowed = f"with {name}, which declares it and is not imported"
                raise InputError(error.problem, file=file, key=error.key, allowed=allowed, fix=_first(name)) from None
        raise


def _first(name: str) -> str:
    script, _, definition = name.partition(".")
    if script in SCRIPTS:
        return f"define {definition} first, as in the cell that it stood in"
    return f"import {name} first: docs/python.md says how"


def _written(thing: Any) -> tuple[str, str]:
    """What code is known by, and its text: the file of its module, or the definition alone where there is no file."""
    module = sys.modules.get(thing.__module__)
    file = getattr(module, "__file__", None)
    text = _text(Path(file)) if file else ""
    if module is None or not text:
        return f"{thing.__module__}.{thing.__qualname__}", _defined(thing) or _compiled(thing)
    beside = "".join(f"\n{name}\n{other}" for name, other in sorted(_beside(module, text).items()))
    written = _declaring(text, thing.__name__) + beside
    if thing.__module__ not in SCRIPTS:
        return thing.__module__, written
    spec = getattr(module, "__spec__", None)  # of python -m
    return (spec.name if spec else Path(str(file)).stem), written


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _beside(module: ModuleType, text: str) -> dict[str, str]:
    """Texts of the files that a module may import, also by way of each other, from where it stands itself, by the names
    of their modules. Of what is installed, those of its own package alone."""
    package = "" if module.__name__ in SCRIPTS else module.__package__ or ""
    own, top = Path(str(module.__file__)).resolve(), package.partition(".")[0]
    root = own.parents[len(package.split(".")) if package else 0]
    installed = not INSTALLED.isdisjoint(root.parts)
    found, left = dict[str, str](), [(package, text)]
    while left:
        of, written = left.pop()
        for name in _imports(written, of):
            first = name.partition(".")[0]
            if name in found or first == PACKAGE or (installed and first != top):
                continue
            place = root.joinpath(*name.split("."))
            for file, within in ((place / "__init__.py", name), (place.with_suffix(".py"), name.rpartition(".")[0])):
                if file != own and file.is_file():
                    found[name] = _text(file)
                    left.append((within, found[name]))
                    break
    return found


@lru_cache(maxsize=256)
def _imports(text: str, package: str) -> tuple[str, ...]:
    """Names of all modules that a text of a package may import, with the packages that they are in."""
    found: dict[str, None] = {}
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return ()
    for node in nodes:
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and (package or not node.level):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names = [base, *(f"{base}.{one.name}" for one in node.names)]
        for name in names:
            parts = name.split(".")
            found |= dict.fromkeys(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return tuple(found)


def _declaring(text: str, name: str) -> str:
    """A script without what stands below ``if __name__ == "__main__":``, which nobody imports; all of it where what is
    of this name is defined there, or nowhere."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    mains = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == MAIN]
    below = {one for node in mains for statement in node.body for one in ast.walk(statement)}
    places = {one in below for one in ast.walk(tree) if isinstance(one, DEFINITIONS) and one.name == name}
    if places != {False}:
        return text
    lines = text.split("\n")  # as ``ast`` counts them
    for node in reversed(mains):
        del lines[node.lineno - 1 : node.body[-1].end_lineno]
    return "\n".join(lines)


def _defined(thing: Any) -> str:
    """The text of a definition in a cell of a notebook; nothing where nobody kept it."""
    codes = [code for code in (_code(value) for value in (thing, *vars(thing).values())) if code is not None]
    lines = getlines(codes[0].co_filename) if codes else []
    try:
        nodes = [node for node in ast.walk(ast.parse("".join(lines))) if getattr(node, "name", "") == thing.__name__]
    except (SyntaxError, ValueError):
        return ""
    return "\n".join(ast.unparse(node) for node in nodes)


def _code(value: Any) -> CodeType | None:
    """The code of a function, method or property."""
    function = getattr(value, "__func__", None) or getattr(value, "fget", None) or getattr(value, "func", value)
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _compiled(thing: Any) -> str:
    """What a definition amounts to, where its text is not known: as after ``python -c``."""
    parts = {"": thing} if _code(thing) else {name: vars(thing)[name] for name in sorted(vars(thing)) if name[0] != "_"}
    return "\n".join(f"{name} {_told(part)}" for name, part in parts.items())


def _told(part: Any) -> str:
    code = part if isinstance(part, CodeType) else _code(part)
    if code is not None:
        return f"{code.co_code.hex()} {code.co_names} {[_told(one) for one in code.co_consts]}"
    if isinstance(part, frozenset):
        return str(sorted(map(repr, part)))
    seen = (part.default, dict(part.metadata)) if isinstance(part, Field) else part
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(seen))
