"""All that the command line prints goes through here: text stays text, and a broken stream stops no run."""

import os
import re
import sys
import warnings
from codecs import register_error
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOBase, TextIOWrapper
from math import inf
from typing import Any, TextIO

from sim.errors import Notice

# How cells and lines are wrapped.
WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
# What makes a terminal act, or shows text in another order than it is written.
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


# What a narrow encoding lacks, in letters that all have.
_PLAIN = {"×": "x", "−": "-", "–": "-", "—": "-", "…": "...", "·": "*", "’": "'", "±": "+-", "≈": "about "}


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """The letters that an encoding lacks as plainer ones, or as question marks."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def columns() -> float:
    """How many letters fit on a line of the terminal; any number of a terminal that does not say, and of a file."""
    try:
        return os.get_terminal_size(1).columns or inf
    except OSError:
        return inf


def escaped(text: str, but: str = "") -> str:
    """The text with every character that would make a terminal act written out, except those of ``but``."""
    return _ACTING.sub(lambda found: found[0] if found[0] in but else ascii(found[0])[1:-1], text)


class Terminal(TextIOBase):
    """A stream that shows text as text. One that ``forgives`` goes quiet when it is closed or full."""

    def __init__(self, stream: TextIO | None, forgives: bool) -> None:
        self.stream, self.forgives = stream, forgives
        self.kept = "\r" if forgives else ""  # a progress bar goes back to the start of its line
        self.failed: Exception | None = None  # what it raised last, since it took no more

    def write(self, text: str) -> int:
        """Write the text. Raises OSError when the stream takes no more, unless it forgives that."""
        with self._forgiving():
            if self.stream is not None:
                self.stream.write(escaped(text, self.kept))
        return len(text)

    def flush(self) -> None:
        """Pass on what was written."""
        with self._forgiving():
            if self.stream is not None:
                self.stream.flush()

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:  # full, closed at the other end, or closed here
            if not self.forgives:
                self.failed = error
                raise
            mute(self.stream)
            self.stream = None

    def fileno(self) -> int:
        """Descriptor of the stream. Raises OSError when it has none."""
        if self.stream is None:
            raise OSError("no stream")
        return self.stream.fileno()

    def isatty(self) -> bool:
        """Whether someone watches."""
        return self.stream is not None and self.stream.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Of the stream; a progress bar asks."""
        return getattr(self.stream, "encoding", None) or "utf-8"


def mute(stream: Any) -> None:
    """What a stream still holds goes nowhere, so that the interpreter does not stumble over it at its end."""
    with suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def terminal() -> Iterator[None]:
    """Let standard output and standard error be such streams."""
    if isinstance(sys.stdout, TextIOWrapper):
        register_error("plainer", _plainer)
        sys.stdout.reconfigure(errors="plainer")  # a narrow encoding shall not stop a run
    with redirect_stdout(Terminal(sys.stdout, False)), redirect_stderr(Terminal(sys.stderr, True)):
        yield


def quieten() -> None:
    """Of warnings the user sees notices alone, each once and as one line; -W and PYTHONWARNINGS show all."""
    if sys.warnoptions:
        return
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", Notice)
    shown: set[str] = set()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        if str(message) not in shown:
            shown.add(str(message))
            print(f"\nnote: {message}", file=sys.stderr)

    warnings.showwarning = show


@contextmanager
def noting() -> Iterator[None]:
    """Around a command that a script calls: notices are shown as the program shows them, each in one line."""
    usual = warnings.formatwarning

    def formatted(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> str:
        return f"\nnote: {message}\n" if issubclass(category, Notice) else usual(message, category, *where, **more)

    warnings.formatwarning = formatted
    try:
        yield
    finally:
        warnings.formatwarning = usual
