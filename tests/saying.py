"""What a command answers, and what a refusal must hold."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn


class Said(NamedTuple):
    """What a command answered."""

    code: int | str | None
    out: str
    err: str


Say = Callable[..., Said]


def refused(said: Said, *texts: str, file: object = None, key: str | None = None) -> None:
    """The command said no, once, and said what it must."""
    assert said.code == 2, said
    assert said.err.count("error: ") == 1, said.err
    lines = said.err.splitlines()
    if file is not None:
        place = "option" if str(file).startswith("--") else "file"
        assert f"  {place:<8} {file}" in lines, said.err
    if key is not None:
        place = "option" if key.startswith("--") else "key"
        assert f"  {place:<8} {key}" in lines, said.err
    for text in (*texts, "  fix      "):
        assert text in said.err, f"{text!r} is not in\n{said.err}"
    assert said.out == ""


def strictly(text: str) -> Any:
    """What a text is as JSON by its standard, which knows neither NaN nor infinity."""

    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)
