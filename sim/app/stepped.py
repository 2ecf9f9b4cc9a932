"""One pair of worlds, stepped by Mesa's own page: SolaraViz plays, steps and resets, and shows single actors."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

import ipyvuetify
import reacton.ipyvuetify as rv
import solara
import traitlets
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from sim.app.actors import HEADS, dots, network, picture, table
from sim.app.chart import chart
from sim.app.desk import first_setting
from sim.app.edits import said
from sim.app.elements import element
from sim.app.lorenz import Three, lorenz, lorenz_words
from sim.app.pair import PairModel
from sim.app.parts import style
from sim.app.setting import Setting, from_link
from sim.app.words import help_text
from sim.errors import InputError

PACE = 250  # ms between steps while it plays
TITLE = "Single actors, one pair of worlds"
INSTEAD = "The pair of the command stands here instead."


class FrameWidget(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """A heading for Mesa's page, what was wrong with its address, and names for what has none."""

    template_file = (__file__, "frame.vue")

    title = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)


def asked(search: str | None) -> tuple[Setting, str]:
    """The setting that an address names behind ``?s=``; that of the command where it names none that can be used, and
    then why."""
    link = parse_qs(search or "").get("s", [""])[0]
    try:
        setting = from_link(link) if link else first_setting()
        setting.scenarios()
        return setting, ""
    except InputError as error:
        return first_setting(), f"{said(error, None)} {INSTEAD}"


@solara.component
def Stepped() -> None:
    """The pair of the setting in the address, in Mesa's tiles."""
    search = solara.use_router().search
    setting, problem = solara.use_memo(lambda: asked(search), [search])
    model = solara.use_reactive(solara.use_memo(lambda: PairModel(setting), [search]))

    def let_go() -> Any:
        return model.value.close

    solara.use_effect(let_go, [id(model.value)])
    solara.Style(style())
    FrameWidget.element(title=TITLE, problem=problem)
    SolaraViz(
        model, components=[(Network, 0), (Lorenz, 0), (Actors, 0)], model_params={"setup": setting}, name=TITLE,
        play_interval=PACE,
    )  # fmt: skip


def of_pair(draw: Callable[..., Any]) -> Any:
    """A component from a function of a pair and more: drawn anew after each step and never in the middle of one, and
    empty once the pair is closed. The function uses no hooks."""

    @solara.component
    @wraps(draw)
    def Shown(pair: PairModel, *more: Any) -> Any:
        update_counter.get()
        with pair.lock:
            return rv.Html(tag="div") if pair.closed else draw(pair, *more)

    return Shown


@of_pair
def Network(pair: PairModel) -> Any:
    """Who learns from whom in the policy world."""
    cast = pair.policy.cast
    drawn = picture(cast)
    with rv.Html(tag="div", class_="tile") as main:
        element("h2", "Who learns from whom")
        element("p", dots(drawn), class_="quiet")
        chart("network", network(cast, pair.policy.crowd, drawn), "Knowledge network: a dot for each actor shown.")
    return main


@of_pair
def Lorenz(pair: PairModel) -> Any:
    """How unequal training compute is in both worlds."""
    first = pair.baseline.crowds[0] if pair.baseline.crowds else pair.baseline.crowd
    three: Three = first, pair.baseline.crowd, pair.policy.crowd
    with rv.Html(tag="div", class_="tile") as main:
        element("h2", "How unequal is compute?")
        element("p", lorenz_words(three), class_="quiet")
        chart("lorenz", lorenz(three), f"Lorenz curves of training compute. {lorenz_words(three)}")
    return main


@of_pair
def Actors(pair: PairModel) -> Any:
    """The largest and the typical actors."""
    rows = table(pair.policy.cast, (pair.baseline.crowd, pair.policy.crowd))
    with rv.Html(tag="div", class_="tile scroll", attributes={"tabindex": "0"}) as main:
        element("h2", "Largest and typical actors")
        element("p", help_text("actors") if rows else "Nobody has trained yet: press play.", class_="quiet")
        with rv.Html(tag="table", attributes={"data-testid": "actors"}):
            element("tr", *[element("th", head) for head in HEADS])
            for row in rows:
                texts = (row["rank"], row["name"], *row["runs"], row["change"], row["error"], row["access"])
                element("tr", *[element("td", text) for text in texts])
    return main
