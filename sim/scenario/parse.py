"""The text of a scenario file: bytes in, the tables of TOML out."""

import csv
import json
import os
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import LARGEST_SCENARIO, InputError, nearest
from sim.pasting import pasted
from sim.plurals import counted
from sim.scenario.slips import slip_in, unclosed_list
from sim.shippedfiles import FOLDER, HERE, nearest_shipped, scenario_file
from sim.tomltexts import tables_of

WIDE = (b"\xff\xfe", b"\xfe\xff")  # how text in UTF-16 begins
FORMATS = {  # how files that are not TOML look: endings, and a line of them
    "Markdown": ((".md", ".markdown", ".rst"), re.compile(r"#{1,6} .*|```|!?\[[^\]]*\]\(|\*\*")),
    "HTML or XML": ((".html", ".htm", ".xml"), re.compile(r"<[!?a-zA-Z]")),
    "Python": ((".py",), re.compile(r"(import|from) \w+|def \w+\(|\"{3}")),
    "YAML": ((".yaml", ".yml"), re.compile(r"---\s*$|- |[\w.-]+:(\s|$)")),
    "CSV": ((".csv", ".tsv"), re.compile(r"[^=\[\]#]*[,;\t][^=\[\]]*$")),
}
PROSE = re.compile(r"[^=\[\]{}]+$")  # a line that has nothing of TOML


class FileKind(NamedTuple):
    """A kind of text file: what it is in words, the pattern of its names, and how large it may be [bytes]."""

    words: str
    pattern: str
    largest: int


SCENARIO = FileKind("a scenario file (TOML)", "*.toml", LARGEST_SCENARIO)
TABLE = FileKind("a table (CSV)", "*.csv", 100_000_000)
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}  # of tables that are not CSV with commas
TOML = 'key = value, text in "quotes", [table] above the keys of a table'


def no_columns(header: Sequence[str], allowed: str) -> dict[str, Any] | None:
    """What an error says of a table (CSV) that is empty, or whose columns are separated by something else than commas;
    None for any other."""
    if not header:
        fix = "save the table there, or name another file"
        return {"problem": "the file is empty", "found": None, "allowed": allowed, "fix": fix}
    mark = next((mark for mark in SEPARATORS if len(header) == 1 and mark in header[0]), None)
    if mark is None:
        return None
    problem = f"its columns are separated by {SEPARATORS[mark]}, not by commas"
    fix = "save it as CSV with commas (in spreadsheets a choice of `Save as` or `Export`)"
    return {"problem": problem, "found": mark, "allowed": ",", "fix": fix}


def table_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table (CSV), each with its number as spreadsheets count: the header is row 1, an empty line is a
    row, and a cell with line breaks makes no more rows. Raises csv.Error, which names the row."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline="")), start=1):
            yield number, cells
    except csv.Error as error:
        raise csv.Error(f"row {number + 1}: {error}") from None


def beyond_header(header: Sequence[str], cells: Sequence[str]) -> str | None:
    """What is wrong with a row that has a filled cell behind the last column with a name, as a comma within a number
    makes: it has more cells than the header has names. None for any other row."""
    named = max((place for place, name in enumerate(header, start=1) if name.strip()), default=0)
    filled = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return f"{counted(filled, 'cell')} where the header has {named}" if filled > named else None


def cell_number(cell: str) -> float:
    """The number of a cell: digits are 0 to 9, with nothing between them. Raises ValueError."""
    if not cell.isascii() or "_" in cell:
        raise ValueError(cell)
    return float(cell)


def parse(file: Path) -> dict[str, Any]:
    """The tables of one TOML file. Raises InputError."""
    text = text_of(file)
    try:
        return tables_of(text)
    except (ValueError, RecursionError) as error:
        raise _not_toml(text, file, str(error)) from None


def text_of(file: Path, kind: FileKind = SCENARIO) -> str:
    """The text of a file. Raises InputError."""
    return _text(_bytes(file, kind), file, kind)


def _bytes(file: Path, kind: FileKind) -> bytes:
    allowed, noun = kind.words, kind.words.partition(" (")[0]
    try:
        if os.path.exists(file) and not (os.path.isfile(file) or os.path.isdir(file)):
            raise InputError("not a regular file", file=file, allowed=allowed, fix=f"name {noun}")
        with file.open("rb") as stream:
            raw = stream.read(kind.largest + 1)
    except FileNotFoundError:
        fix = f"save {noun} there"
        if kind is SCENARIO:
            fix, allowed = names_listed(), f"{allowed}, or the name of a shipped one"
        fix = did_you_mean(file, near(file, kind), shipped=kind is SCENARIO) or fix
        sought = None if file.is_absolute() else f"nothing of that name in {Path.cwd()}"
        raise InputError("no such file", file=file, found=sought, allowed=allowed, fix=fix) from None
    except IsADirectoryError:
        problem, fix = "this is a directory", "name the file in it"
        raise InputError(problem, file=file, allowed=noun, fix=fix) from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = error.strerror if isinstance(error, OSError) else error
        problem, fix = f"cannot be read: {why}", "check its name and its permissions"
        raise InputError(problem, file=file, allowed=allowed, fix=fix) from None
    if len(raw) > kind.largest:
        fix, allowed = f"name {noun}", f"at most {kind.largest // 1_000_000} MB"
        raise InputError(f"too large for {noun.removesuffix(' file')}", file=file, allowed=allowed, fix=fix)
    return raw


def names_listed() -> str:
    """Where the names of shipped scenarios are told."""
    return f"`{pasted('scenarios')}` lists the shipped ones"


def near(file: Path, kind: FileKind = SCENARIO) -> list[Path]:
    """Files whose names are closest to that of one that is not there: in its folder, and in that of scenarios beside
    it."""
    found = (_near(file, folder, kind) for folder in (file.parent, file.parent / FOLDER))
    return [each for each in found if each]


def did_you_mean(file: Path, others: Sequence[Path], folder: Path = HERE, *, shipped: bool = True) -> str:
    """Which of other files, seen from a folder, or of the shipped scenarios may be meant by the name of a file that is
    not there: those of that very name, else the first and the nearest; empty where there is none."""
    found = {path: path.stem for path in others}
    name = nearest_shipped(file) if shipped else None
    if name and not any((folder / path).resolve() == scenario_file(Path(name)).resolve() for path in others):
        found[Path(name)] = Path(name).name
    same = [path for path, stem in found.items() if stem == file.stem]
    told = [f"'{path}'" for path in same[:1] or [*others[:1], *list(found)[len(others) :]]]
    return f"did you mean {' or '.join(told)}?" if told else ""


def _near(file: Path, folder: Path, kind: FileKind) -> Path | None:
    """The file of a kind in a folder whose name is closest to one that is not there."""
    there = {path.stem: path for path in folder.glob(kind.pattern)} if folder.is_dir() else {}
    near = nearest(file.stem, there)
    return there[near] if near else None


def _text(raw: bytes, file: Path, kind: FileKind) -> str:
    """The text of UTF-8; an error that names the encoding where it is another."""
    allowed = f"{kind.words.partition('(')[2][:-1]} in UTF-8"
    fix = "save it as UTF-8 (in most editors a choice of `Save as`)"
    half = raw[:1000].count(b"\0") * 3 >= len(raw[:1000]) > 0
    if raw.startswith(WIDE) or (half and b"\0\0\0" not in raw[:1000]):
        raise InputError("text in UTF-16", file=file, allowed=allowed, fix=fix)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start
    if any(byte < 32 and chr(byte) not in "\t\n\r\f" for byte in raw[:10_000]):
        raise InputError("not a text file", file=file, allowed=allowed, fix=f"name {kind.words.partition(' (')[0]}")
    line = raw[:at].count(b"\n")
    found = raw.splitlines()[line].decode("utf-8", errors="replace")  # which other encoding it is nobody can tell
    problem = f"text in another encoding than UTF-8 (such as Latin-1, Latin-2 or Windows-1252), in line {line + 1}"
    raise InputError(problem, file=file, found=found, allowed=allowed, fix=fix)


def _not_toml(text: str, file: Path, error: str) -> InputError:
    """The error for text that is no TOML: the format that it is in, or the usual slips in the line at fault."""
    lines = text.splitlines()
    place = re.search(r"at line (\d+)", error)
    number = min(int(place[1]), len(lines)) if place else len(lines)
    number = ("array" in error and unclosed_list(lines[:number])) or number
    line = lines[number - 1].strip() if lines else ""
    name = _format(text, file, line)
    if name:
        return InputError(
            f"{name}, not TOML", file=file, found=line or lines[0], allowed="TOML 1.0", fix=f"write {TOML}"
        )
    slip = slip_in(line, error)
    if slip:
        problem, fix = f"bad TOML in line {number}: {slip[0]}", slip[1]
    else:
        why = re.sub(r" \(at [^()]*\)$", "", error)
        problem = f"bad TOML in line {number}: {why}"
        fix = "correct the TOML there; text needs quotes, and a key may appear once only"
    return InputError(problem, file=file, found=line or None, allowed=TOML, fix=fix)


def _format(text: str, file: Path, line: str) -> str | None:
    """What a text is that is no TOML, by its form or by the ending of its name."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return "JSON"
    if file.suffix.lower() == ".json":
        return "JSON"
    ending = file.suffix.lower()
    own = next((name for name, (endings, _) in FORMATS.items() if ending in endings), None)
    if own:
        return own
    written = [each for each in text.splitlines() if each.strip() and not each.lstrip().startswith("#")]
    first, second = [*written, "", ""][:2]
    for name, (_, form) in FORMATS.items():
        if form.match(line) and form.match(first) and (name != "CSV" or _alike(first, second)):
            return name
    return "plain text" if all(PROSE.match(each) for each in written[:2]) else None


def _alike(first: str, second: str) -> bool:
    """Whether two lines may be rows of one table: as many separators of one kind in both, or no second line."""
    return not second or any(first.count(mark) == second.count(mark) > 0 for mark in ",;\t")
