"""The page's component and its style sheet, put together from the parts in the folder ``page``."""

import re
from functools import cache
from importlib.resources import files

STYLES = ("colours", "frame", "controls", "result", "charts", "views", "narrow")  # later ones win
PLACE = re.compile(r' *<part name="(\w+)" />\n')


def style() -> str:
    """The whole style sheet."""
    return "".join(_read(f"{name}.css") for name in STYLES)


@cache
def component() -> str:
    """One Vue component: templates of parts in their places, and scripts of parts mixed in."""
    page = _read("page.vue")
    names = PLACE.findall(page)
    parts = {name: _read(f"{name}.vue") for name in names}
    template = PLACE.sub(lambda found: _inside(parts[found[1]], "template"), _inside(page, "template"))
    scripts = [script for text in (*parts.values(), page) if (script := _inside(text, "script"))]
    mixed = ",\n".join(f"((module) => {{\n{script}return module.exports;\n}})({{}})" for script in scripts)
    joined = _inside(_read("joined.vue"), "script")
    return f"<template>\n{template}</template>\n<script>\n{joined}module.exports = joined([\n{mixed}\n]);\n</script>\n"


def _read(name: str) -> str:
    return files("sim.app").joinpath("page", name).read_text(encoding="utf-8")


def _inside(text: str, tag: str) -> str:
    """What stands in the outermost tag of a part; nothing without one."""
    found = re.search(rf"^<{tag}>\n(.*)^</{tag}>", text, flags=re.DOTALL | re.MULTILINE)
    return found[1] if found else ""
