"""Plain HTML elements as components. Texts are children, never markup, so nothing in a scenario file can inject any."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import reacton.ipyvuetify as rv
import solara
from mesa.visualization.utils import update_counter

from sim.app.pair import Pair


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


class Kept:
    """The last value made, until its key changes."""

    def __init__(self) -> None:
        self.key: Any = None
        self.value: Any = None

    def of(self, key: Any, make: Callable[[], Any]) -> Any:
        """The value for a key: the last one, or a new one."""
        if key != self.key:
            self.key, self.value = key, make()
        return self.value


@solara.component
def Tap(text: str, on_click: Callable[[], None], class_: str = "", attributes: dict[str, str] | None = None) -> Any:
    """A plain button that the keyboard reaches."""
    button = rv.Html(tag="button", children=[text], class_=class_, attributes={"type": "button", **(attributes or {})})
    rv.use_event(button, "click", lambda *_: on_click())
    return button


def panel(title: str, meaning: str, help: str | None, size: str = "") -> Any:
    """A card of the dashboard with its title, one line of meaning, and what one is looking at."""
    made = rv.Html(tag="section", class_=f"panel {size}".strip(), attributes={"aria-label": title})
    with made:
        with rv.Html(tag="header"):
            element("h2", title)
            if help:
                with rv.Html(tag="details", class_="what"):
                    element("summary", "?", aria_label=f"What am I looking at: {title}")
                    element("p", help)
        element("p", meaning, class_="meaning")
    return made
