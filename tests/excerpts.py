"""What pages show of commands, held against what the commands print."""

import shlex

import pytest

from tests.scripts import loaded
from tests.worlds import ROOT

SCRIPT = loaded("renew")
ANEW = "run: make numbers"


def excerpts(page: str) -> dict[str, str]:
    """What a page shows, by command."""
    return {block[2]: block[3] for block in SCRIPT.PRINTED.finditer(page)}


def numbers(text: str) -> list[float]:
    """All numbers of a text."""
    return [float(number.replace(",", "")) for number in SCRIPT.NUMBER.findall(text)]


def shown_as_printed(excerpt: str, printed: str) -> None:
    """Word for word, and number for number but for the last digits, which differ between processors. An excerpt may
    leave out what it likes, so that a new measure needs none there."""
    pairs, missing = SCRIPT.pairs(excerpt, printed)
    assert missing == [], ANEW
    assert pairs
    for shown, now in pairs.items():
        assert numbers(now) == pytest.approx(numbers(shown), rel=0.02), ANEW


def typed(command: str) -> list[str]:
    """The words of a command, with files where they are."""
    return [str(ROOT / word) if word.endswith(".toml") else word for word in shlex.split(command)]
