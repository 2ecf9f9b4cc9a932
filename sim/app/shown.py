"""What the browser knows of a tab."""

from dataclasses import dataclass, field
from typing import Any

Parts = dict[str, Any]  # of what is shown


@dataclass(frozen=True)
class Shown:
    """What the browser knows of a tab."""

    presets: list[dict[str, str]] = field(default_factory=list)  # scenarios that can be taken
    setting: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    lab: dict[str, Any] = field(default_factory=dict)
    judged: dict[str, Any] = field(default_factory=dict)  # against the record
    actors: dict[str, Any] = field(default_factory=dict)  # single ones, in a year
    file: dict[str, Any] = field(default_factory=dict)  # handed over for download
    problem: str = ""
    refused: dict[str, Any] = field(default_factory=dict)  # the field whose value the problem is about, where it is one
    working: str = ""  # what goes on beside all else
    heard: int = 0  # the number of the last edit
    busy: bool = True
    ready: tuple[int, int] = (0, 0)  # pairs of what is computed, and how many there will be; (0, 0) before that
