"""TOML as this project writes it: values, and tables whose entries may be inline tables."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
SHORT = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}
ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f]')


class Lines(str):
    """A text that is written line by line."""


def document(first: Mapping[str, Any], tables: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Entries of no table, and tables by their headings, brackets included. Raises TypeError for what TOML lacks."""
    return "\n".join([_entries(first), *(f"{heading}\n{_entries(table)}" for heading, table in tables)])


def heading(*path: str) -> str:
    """What a table is called."""
    return f"[{'.'.join(map(_key, path))}]"


def in_toml(of: Any) -> str:
    """A text, number, truth, list or inline table as TOML has it. Raises TypeError for what TOML lacks."""
    if isinstance(of, Lines):
        lines = "\n".join(ESCAPED.sub(_escape, line) for line in of.split("\n"))
        return f'"""\n{lines}"""'
    if isinstance(of, str):
        return f'"{ESCAPED.sub(_escape, of) if ESCAPED.search(of) else of}"'
    if isinstance(of, bool):
        return "true" if of else "false"
    if isinstance(of, int | float):
        return str(of)  # inf and nan as TOML has them
    if isinstance(of, list | tuple):
        return f"[{', '.join(map(in_toml, of))}]"
    if isinstance(of, dict):
        return f"{{{', '.join(f'{_key(key)} = {in_toml(inner)}' for key, inner in of.items())}}}"
    raise TypeError(f"TOML has no {type(of).__name__}")


def _entries(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {in_toml(of)}\n" for key, of in table.items())


@cache
def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else in_toml(key)


def _escape(letter: re.Match[str]) -> str:
    return SHORT.get(letter[0]) or f"\\u{ord(letter[0]):04x}"
