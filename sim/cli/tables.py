"""Tables and paragraphs of the terminal, of lines that a reader need not scroll."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

from sim.cli.terminal import WHOLE_WORDS
from sim.plurals import unbroken

WIDTH = 100  # letters of a line
GAP = 2  # letters between columns
_KEPT = "\N{NO-BREAK SPACE}"
# Spaces that no line of a cell breaks at: between a number and what it counts, and within a range of two numbers.
_COUNTS = re.compile(r"(?<=\d) (?=[A-Za-z%])|(?<=\d.[TBMk]) (?=[A-Za-z])|(?<=≥) ")
_RANGE = re.compile(r"[\[(][^\[\]() ]+, [^\[\]() ]+[\])]")


def wrapped(text: str, width: int = WIDTH) -> str:
    """Lines of a paragraph; a number keeps its percent sign and its thousands."""
    return "\n".join(wrap(unbroken(text), width, **WHOLE_WORDS)).replace(_KEPT, " ")


def points(lines: Sequence[str]) -> str:
    """A first paragraph, and one behind a dash for each of the others."""
    first, *others = lines
    return "\n".join([wrapped(first), *("- " + wrapped(other, WIDTH - 2).replace("\n", "\n  ") for other in others)])


def table(rows: list[list[str]], header: list[str], *, apart: bool = False) -> str:
    """A table of text, no wider than WIDTH where cells can be broken into lines, without columns that have neither a
    head nor any text: they would be a stray rule. ``apart`` leaves an empty line between rows."""
    kept = [i for i, head in enumerate(header) if head or any(row[i] for row in rows)]
    cells = [[_joined(row[i]) for i in kept] for row in (header, *rows)]
    widths = _widths(cells)
    blocks = ["\n".join(_row(row, widths)) for row in cells]
    rule = (" " * GAP).join("-" * width for width in widths)
    body = ("\n\n" if apart else "\n").join(blocks[1:])
    return f"{blocks[0]}\n{rule}\n{body}".replace(_KEPT, " ")


def _row(cells: list[str], widths: list[int]) -> list[str]:
    """The lines of a row."""
    columns = [_lines(*cell) for cell in zip(cells, widths, strict=True)]
    return [
        (" " * GAP).join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip()
        for line in zip_longest(*columns, fillvalue="")
    ]


def _joined(text: str) -> str:
    return _RANGE.sub(lambda found: found[0].replace(" ", _KEPT), _COUNTS.sub(_KEPT, text))


def _lines(cell: str, width: int) -> list[str]:
    return [part for line in cell.split("\n") for part in wrap(line, width, **WHOLE_WORDS) or [""]]


def _widths(cells: list[list[str]]) -> list[int]:
    """The width of each column: as wide as its text, less where all would not fit on a line. What is broken is what
    makes the table longer by the fewest lines for each letter that it saves."""
    widths = [max(len(line) for row in cells for line in row[i].split("\n")) for i in range(len(cells[0]))]
    while sum(widths) + GAP * (len(widths) - 1) > WIDTH:
        before, tries = _height(cells, widths), []
        for i, width in enumerate(widths):
            narrower = max(len(line) for row in cells for line in _lines(row[i], width - 1))
            if narrower < width:
                fewer = [*widths[:i], narrower, *widths[i + 1 :]]
                tries.append(((_height(cells, fewer) - before) / (width - narrower), -width, fewer))
        if not tries:
            break
        widths = min(tries)[2]
    return widths


def _height(cells: list[list[str]], widths: list[int]) -> int:
    return sum(max(len(_lines(*cell)) for cell in zip(row, widths, strict=True)) for row in cells)
