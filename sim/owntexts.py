"""What code of one's own is known by: the text of the file that declares it and of those beside it that this one
imports, or the definition alone."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import Field
from functools import lru_cache
from hashlib import sha256
from importlib.util import resolve_name
from linecache import getlines
from pathlib import Path
from types import CodeType
from typing import Any

PACKAGE = __name__.partition(".")[0]
SCRIPTS = ("__main__", "__mp_main__")  # what Python calls the script that it runs
MAIN = "__name__ == '__main__'"
INSTALLED = frozenset(("site-packages", "dist-packages"))  # folders of what others wrote
DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def written(thing: Any) -> tuple[str, str]:
    """What code is known by, and its text: the file of its module, or the definition alone where there is no file."""
    module = sys.modules.get(thing.__module__)
    file = getattr(module, "__file__", None)
    text = _text(Path(file)) if file else ""
    if module is None or not text:
        return f"{thing.__module__}.{thing.__qualname__}", _defined(thing) or _compiled(thing)
    package = "" if thing.__module__ in SCRIPTS else module.__package__ or ""
    whole = declaring(text, thing.__name__) + _beside(Path(str(file)), package, text)
    if thing.__module__ not in SCRIPTS:
        return thing.__module__, whole
    spec = getattr(module, "__spec__", None)  # of python -m
    return (spec.name if spec else Path(str(file)).stem), whole


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def file_of(name: str, folder: Path) -> Path | None:
    """The file of a module that is found in a folder; None where it is not there."""
    place = folder.joinpath(*name.split("."))
    files = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    return next((file for file in files if file.is_file()), None)


def may_be_known_by(file: Path, name: str) -> set[str]:
    """The hashes by which what a file of a module declares may be known where it is imported."""
    text, package = _text(file), name if file.stem == "__init__" else name.rpartition(".")[0]
    beside = _beside(file, package, text)
    return {hash_of_text(each + beside) for each in (text, _without_main(text))}


def hash_of_text(text: str) -> str:
    """The sha256 of a text."""
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _beside(own: Path, package: str, text: str) -> str:
    """Names and texts of the files that one of a package may import, also by way of each other, from where it stands
    itself. Of what is installed, those of its own package alone."""
    own, top = own.resolve(), package.partition(".")[0]
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
    return "".join(f"\n{name}\n{other}" for name, other in sorted(found.items()))


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


def declaring(text: str, name: str) -> str:
    """A script without what stands below ``if __name__ == "__main__":``, which nobody imports; all of it where what is
    of this name is defined there, or nowhere."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    below = {one for node in _mains(tree) for statement in node.body for one in ast.walk(statement)}
    places = {one in below for one in ast.walk(tree) if isinstance(one, DEFINITIONS) and one.name == name}
    return _without_main(text) if places == {False} else text


def _without_main(text: str) -> str:
    try:
        mains = list(_mains(ast.parse(text)))
    except (SyntaxError, ValueError):
        return text
    lines = text.split("\n")  # as ``ast`` counts them
    for node in reversed(mains):
        del lines[node.lineno - 1 : node.body[-1].end_lineno]
    return "\n".join(lines)


def _mains(tree: ast.Module) -> Iterator[ast.If]:
    return (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == MAIN)


def _defined(thing: Any) -> str:
    """The text of a definition in a cell of a notebook; nothing where nobody kept it."""
    codes = [code for code in (code_of(value) for value in (thing, *vars(thing).values())) if code is not None]
    lines = getlines(codes[0].co_filename) if codes else []
    try:
        nodes = [node for node in ast.walk(ast.parse("".join(lines))) if getattr(node, "name", "") == thing.__name__]
    except (SyntaxError, ValueError):
        return ""
    return "\n".join(ast.unparse(node) for node in nodes)


def code_of(value: Any) -> CodeType | None:
    """The code of a function, method or property."""
    function = getattr(value, "__func__", None) or getattr(value, "fget", None) or getattr(value, "func", value)
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _compiled(thing: Any) -> str:
    """What a definition amounts to, where its text is not known: as after ``python -c``."""
    parts = (
        {"": thing} if code_of(thing) else {name: vars(thing)[name] for name in sorted(vars(thing)) if name[0] != "_"}
    )
    return "\n".join(f"{name} {_told(part)}" for name, part in parts.items())


def _told(part: Any) -> str:
    code = part if isinstance(part, CodeType) else code_of(part)
    if code is not None:
        return f"{code.co_code.hex()} {code.co_names} {[_told(one) for one in code.co_consts]}"
    if isinstance(part, frozenset):
        return str(sorted(map(repr, part)))
    seen = (part.default, dict(part.metadata)) if isinstance(part, Field) else part
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(seen))
