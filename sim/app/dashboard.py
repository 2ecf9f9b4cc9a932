"""The page as Solara serves it: one widget for each tab, fed by the tab's desk."""

from functools import cache
from typing import Any

import ipyvuetify
import reacton.ipyvuetify as rv
import solara
import traitlets

from sim.app.catalogue import assumptions, presets
from sim.app.choice import started
from sim.app.crew import Crew
from sim.app.desk import Desk, Shown
from sim.app.elements import style
from sim.app.evidence import NOT, TRUST, TRUST_ADDRESS
from sim.app.lab import TAKER
from sim.app.parts import component
from sim.app.stepped import Stepped
from sim.app.words import words_of_the_page
from sim.report import words


@cache
def crew() -> Crew:
    """The workers that all tabs share."""
    made = Crew()
    made.start()
    return made


@cache
def fixed() -> dict[str, Any]:
    """What no setting changes: scenarios, assumptions, the glossary, what not to conclude."""
    glossary = [{"name": word.name, "meaning": word.meaning} for word in words_of_the_page()]
    return {"presets": presets(), "assumptions": assumptions(), "words": glossary,
            "scope": words.scope_sentences(started().mechanisms), "taker": TAKER, "not": NOT,
            "trust": TRUST_ADDRESS if TRUST.is_file() else ""}  # fmt: skip


class PageWidget(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """The whole page; every text is put in as text, never as markup."""

    template = traitlets.Unicode(component()).tag(sync=True)

    fixed = traitlets.Dict().tag(sync=True)
    setting = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    lab = traitlets.Dict().tag(sync=True)
    judged = traitlets.Dict().tag(sync=True)
    file = traitlets.Dict().tag(sync=True)
    working = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    heard = traitlets.Int().tag(sync=True)
    busy = traitlets.Bool().tag(sync=True)
    cdn = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    on_edit = traitlets.Callable(None, allow_none=True)

    def vue_edit(self, told: Any) -> None:
        """The reader changed something."""
        if self.on_edit is not None:
            self.on_edit(told)


@solara.component
def Page() -> None:
    """One tab of the browser."""
    shown = solara.use_reactive(Shown())
    desk = solara.use_memo(lambda: Desk(crew(), shown.set), [])
    solara.use_effect(lambda: desk.close, [])
    now = shown.value
    style()
    solara.Title("compute-divide")
    PageWidget.element(
        fixed=fixed(), setting=now.setting, answer=now.answer, lab=now.lab, judged=now.judged, file=now.file,
        working=now.working, problem=now.problem, heard=now.heard, busy=now.busy, on_edit=desk.edit,
    )  # fmt: skip


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
    solara.Route("actors", component=Stepped, label="Single actors", layout=Framed),
]
