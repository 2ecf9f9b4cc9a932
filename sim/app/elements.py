"""Plain HTML elements as components. Texts are children, never markup, so nothing in a scenario file can inject any."""

from typing import Any

import reacton.ipyvuetify as rv


def element(
    tag: str, *children: Any, testid: str = "", key: str = "", class_: str = "", style_: str = "", **more: str
) -> Any:
    """An element with children; other keywords become attributes (aria_label is aria-label)."""
    attributes = {name.replace("_", "-"): value for name, value in more.items()}
    if testid:
        attributes["data-testid"] = testid
    made = rv.Html(tag=tag, children=list(children), class_=class_, style_=style_, attributes=attributes)
    return made.key(key) if key else made
