"""Text of users in figures: no mathematics, one line, and letters of whatever script in a font that has them."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from sim.errors import Notice

FONT = "DejaVu Sans"  # comes with matplotlib
NO_LETTERS = "Last Resort"  # begins the name of a font whose every glyph is a stand-in

_missing: set[str] = set()  # letters that no font has, of figures since the last notice


@contextmanager
def readable(figure: Figure) -> Iterator[None]:
    """Around saving a figure: texts with letters that the house font lacks get fonts of this machine that have them."""
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    lacking = {letter for text in texts for letter in text.get_text() if letter.isprintable()} - _letters_of(FONT)
    families = _families(frozenset(lacking))
    for text in texts:
        if families and not lacking.isdisjoint(text.get_text()):
            text.set_fontfamily([FONT, *families])
    _missing.update(lacking.difference(*(_letters_of(family) for family in families)))
    log = logging.getLogger("matplotlib.font_manager")  # on faces that a font does not have
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from font")
            yield
    finally:
        log.setLevel(before)


def letters_missing() -> set[str]:
    """The letters that could not be drawn in figures since the last time."""
    found = set(_missing)
    _missing.clear()
    return found


def tell(missing: set[str]) -> None:
    """Warn with one Notice of letters that could not be drawn."""
    if missing:
        letters = "".join(sorted(missing))
        warnings.warn(f"no font of this machine has {letters}: boxes stand for them in figures", Notice, stacklevel=2)


@cache
def _families(letters: frozenset[str]) -> list[str]:
    """Fonts of this machine that together have as many of the letters as can be had, the most useful first."""
    found: list[str] = []
    left = set(letters)
    names = sorted({entry.name for entry in fontManager.ttflist if not entry.name.startswith(NO_LETTERS)})
    while left:
        best = max(names, key=lambda name: len(left & _letters_of(name)), default=FONT)
        if left.isdisjoint(_letters_of(best)):
            break
        found.append(best)
        left -= _letters_of(best)
    return found


@cache
def _letters_of(family: str) -> frozenset[str]:
    """The letters that all upright faces of a font have."""
    files = {entry.fname for entry in fontManager.ttflist if entry.name == family and entry.style == "normal"}
    try:
        faces = [frozenset(map(chr, FT2Font(file).get_charmap())) for file in files]
    except (OSError, RuntimeError, ValueError):  # a font that cannot be read has none
        return frozenset()
    return frozenset.intersection(*faces) if faces else frozenset()
