"""Counts in words: 1 replicate, 20 replicates; and numbers that keep what stands behind them."""

import re
from collections.abc import Mapping

_BEHIND = re.compile(r"(?<=\d) (?=%|[BMTk]\b)")  # the space before a percent sign, or before billions


def plural(noun: str, count: float) -> str:
    """The noun as it follows a count: replicate after one, replicates after any other; policies, entries."""
    if count == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"


def counted(count: int, noun: str) -> str:
    """A count, thousands separated, and what it counts: 1 replicate, 1,500 worlds."""
    return f"{count:,} {plural(noun, count)}"


def cut_short(finished: int, asked: int, under: Mapping[str, tuple[int, int]] | None = None) -> str:
    """What a summary says of an interrupt: how many replicates there are of those asked for, also ``under`` each other
    law or theory that was asked for."""
    first = f"{finished} of {counted(asked, 'replicate')} finished"
    others = [f"{there} of {all_} under {name}" for name, (there, all_) in (under or {}).items()]
    return f"Interrupted: {', '.join([first, *others])}."


def unbroken(text: str) -> str:
    """Text in which a number keeps its percent sign, and the letter of its millions, on its line."""
    return _BEHIND.sub("\N{NO-BREAK SPACE}", text)
