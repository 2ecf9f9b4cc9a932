"""HTML pages: each self-contained, asking no host for anything."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from sim.plurals import counted, cut_short, unbroken
from sim.report.glossary import Word, explained
from sim.report.settings import without_keys
from sim.report.words import POWER

JOINER = "\N{WORD JOINER}"  # keeps what is on both sides of it in one line


@dataclass(frozen=True)
class Picture:
    """A figure within a page."""

    name: str
    alt: str
    data: str  # PNG, base64


def template(name: str) -> Template:
    """A template by its path within ``sim/report``; text that is put into it is escaped."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """What templates have in common. It keeps them compiled, which takes longer than to fill them."""
    environment = Environment(
        loader=FunctionLoader(lambda name: files("sim.report").joinpath(name).read_text(encoding="utf-8")),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["powers"] = _powers
    environment.filters["unbroken"] = unbroken
    environment.filters["counted"] = counted
    environment.filters["without_keys"] = without_keys
    environment.filters["cut_short"] = cut_short
    environment.filters["breakable"] = _breakable
    environment.filters["explained"] = _explained
    return environment


def embedded(figures: dict[str, bytes], alt: Callable[[str], str]) -> list[Picture]:
    """Figures (file name to PNG) for a page; ``alt`` gives the text alternative of a name."""
    return [Picture(name, alt(name), b64encode(png).decode("ascii")) for name, png in figures.items()]


def _powers(text: str) -> Markup:
    """Escaped text in which 10^27.4 stands with a raised exponent, a sign stays with its $, and `commands` are code."""
    raised = POWER.sub(r"10<sup>\1</sup>", str(escape(text)))
    joined = re.sub(r"([−+])\$", f"\\1{JOINER}$", raised)
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", joined))


def _breakable(path: str) -> Markup:
    """Escaped path that may break behind dots and underscores."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(path))))


def _explained(html: str) -> tuple[Markup, list[Word]]:
    """A page whose words are explained where they stand, and those words."""
    page, told = explained(html)
    return Markup(page), told
