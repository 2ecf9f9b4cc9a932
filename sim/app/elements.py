"""Plain HTML elements as components. Texts are children, never markup, so nothing in a scenario file can inject any."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import reacton.ipyvuetify as rv
import solara
from mesa.visualization.utils import update_counter

from sim.app import parts
from sim.app.pair import Pair


def style() -> None:
    """The style sheet, which every address of the page needs."""
    solara.Style(parts.style())


def element(
    tag: str, *children: Any, testid: str = "", key: str = "", class_: str = "", style_: str = "", **more: str
) -> Any:
    """An element with children; other keywords become attributes (aria_label is aria-label)."""
    attributes = {name.replace("_", "-"): value for name, value in more.items()}
    if testid:
        attributes["data-testid"] = testid
    made = rv.Html(tag=tag, children=list(children), class_=class_, style_=style_, attributes=attributes)
    return made.key(key) if key else made


def of_pair(draw: Callable[..., Any]) -> Any:
    """A component from a function of a pair and more: drawn anew after each step and never in the middle of one, and
    empty once the pair is closed. The function uses no hooks."""

    @solara.component
    @wraps(draw)
    def Shown(pair: Pair, *more: Any) -> Any:
        update_counter.get()
        with pair.lock:
            return rv.Html(tag="div") if pair.closed else draw(pair, *more)

    return Shown
