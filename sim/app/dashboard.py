"""The page as Solara serves it: one widget for each tab, fed by the tab's desk."""

from dataclasses import fields
from functools import cache
from threading import Lock
from typing import Any

import ipyvuetify
import reacton.ipyvuetify as rv
import solara
import traitlets

from sim.app.catalogue import assumptions
from sim.app.crew import crew
from sim.app.desk import Desk
from sim.app.evidence import NOT, TRUST, TRUST_ADDRESS
from sim.app.lab import TAKER
from sim.app.parts import component, style
from sim.app.shown import Shown
from sim.app.words import words_of_the_page
from sim.store.as_json import json_line

ONCE = Lock()
AS_TEXT = ("presets", "setting", "answer", "lab", "judged", "actors", "file", "refused")  # what is told as JSON


def fixed() -> str:
    """What no setting changes, as JSON: assumptions, the glossary, what not to conclude. It is made once,
    whoever asks for it meanwhile."""
    with ONCE:
        return _fixed()


@cache
def _fixed() -> str:
    glossary = [{"name": word.name, "meaning": word.meaning} for word in words_of_the_page()]
    return json_line({"assumptions": assumptions(), "words": glossary,
                       "taker": TAKER, "not": NOT, "trust": TRUST_ADDRESS if TRUST.is_file() else ""})  # fmt: skip


class PageWidget(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """The whole page; every text is put in as text, never as markup. What has parts comes as JSON, which the browser
    reads once and does not watch."""

    template = traitlets.Unicode(component()).tag(sync=True)

    told_fixed = traitlets.Unicode().tag(sync=True)
    told_presets = traitlets.Unicode().tag(sync=True)
    told_setting = traitlets.Unicode().tag(sync=True)
    told_answer = traitlets.Unicode().tag(sync=True)
    told_lab = traitlets.Unicode().tag(sync=True)
    told_judged = traitlets.Unicode().tag(sync=True)
    told_actors = traitlets.Unicode().tag(sync=True)
    told_file = traitlets.Unicode().tag(sync=True)
    told_refused = traitlets.Unicode().tag(sync=True)
    working = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    heard = traitlets.Int().tag(sync=True)
    busy = traitlets.Bool().tag(sync=True)
    ready = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    cdn = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    on_edit = traitlets.Callable(None, allow_none=True)

    def vue_edit(self, told: Any) -> None:
        """The reader changed something."""
        if self.on_edit is not None:
            self.on_edit(told)


class Screen:
    """What a tab's widget shows: only what has changed is sent, in one message, past the library's own drawing."""

    def __init__(self) -> None:
        self.shown = Shown()
        self.widget: PageWidget | None = None

    def show(self, now: Shown) -> None:
        """Have the browser know this. Callers see to it that one comes after the other."""
        before, self.shown = self.shown, now
        if self.widget is not None:
            self._send(told(now, before))

    def begin(self, widget: PageWidget, drawn: Shown) -> None:
        """From now on the widget is there, which was drawn with what was known then."""
        self.widget = widget
        self._send(told(self.shown, drawn))

    def _send(self, parts: dict[str, Any]) -> None:
        if self.widget is not None and parts:
            with self.widget.hold_sync():
                for name, value in parts.items():
                    setattr(self.widget, name, value)


def told(now: Shown, before: Shown | None = None) -> dict[str, Any]:
    """What is shown as the widget takes it; of that what has changed, where something was shown before."""
    names = [one.name for one in fields(now)]
    new = [name for name in names if before is None or getattr(now, name) is not getattr(before, name)]
    return {
        f"told_{name}" if name in AS_TEXT else name:
        json_line(getattr(now, name)) if name in AS_TEXT else getattr(now, name) for name in new
    }  # fmt: skip


@solara.component
def Page() -> None:
    """One tab of the browser."""
    screen = solara.use_memo(Screen, [])
    desk = solara.use_memo(lambda: Desk(crew(), screen.show), [])
    drawn = solara.use_memo(lambda: desk.shown, [])
    solara.use_effect(lambda: desk.close, [])
    solara.Style(style())
    solara.Title("compute-divide")
    page = PageWidget.element(told_fixed=fixed(), on_edit=desk.edit, **told(drawn))

    def there() -> None:
        with desk.change:
            screen.begin(solara.get_widget(page), drawn)

    solara.use_effect(there, [])


@solara.component
def Actors() -> None:
    """Single actors, in Mesa's page, which is imported only when somebody opens it."""
    from sim.app.stepped import Stepped

    Stepped()


@solara.component
def Bare(children: list[Any]) -> Any:
    """Nothing around the page: no bars and tabs of the library behind it, which a keyboard would meet first."""
    return rv.Html(tag="div", children=children)


@solara.component
def Framed(children: list[Any]) -> Any:
    """The bar and the drawer that Mesa's page needs."""
    return solara.AppLayout(children=children, navigation=False)


routes = [
    solara.Route("/", component=Page, label="Compute divide simulator", layout=Bare),
    solara.Route("actors", component=Actors, label="Single actors", layout=Framed),
]
