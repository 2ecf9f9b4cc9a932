"""One pair of worlds, stepped by Mesa's own page: SolaraViz plays, steps and resets, and shows single actors."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import reacton.ipyvuetify as rv
import solara
from mesa.visualization import SolaraViz

from sim.app.actors import network, picture, table
from sim.app.chart import chart
from sim.app.desk import first_setting
from sim.app.elements import element, of_pair, style
from sim.app.pair import Pair
from sim.app.setting import Setting, from_link
from sim.app.views import lorenz, lorenz_words
from sim.app.words import help_text
from sim.errors import InputError

PACE = 250  # ms between steps while it plays
HEADS = ("", "Actor", "Baseline", "Policy", "Change", "Best error", "At hand")


def asked(search: str | None) -> Setting:
    """The setting that an address names behind ``?s=``; that of the command where it names none that can be used."""
    link = parse_qs(search or "").get("s", [""])[0]
    with suppress(InputError):
        setting = from_link(link)
        setting.scenarios()
        return setting
    return first_setting()


@solara.component
def Stepped() -> None:
    """The pair of the setting in the address, in Mesa's tiles."""
    search = solara.use_router().search
    setting = solara.use_memo(lambda: asked(search), [search])
    model = solara.use_reactive(solara.use_memo(lambda: Pair(setting), [search]))

    def let_go() -> Any:
        return model.value.close

    solara.use_effect(let_go, [id(model.value)])
    style()
    SolaraViz(
        model, components=[(Network, 0), (Lorenz, 0), (Actors, 0)], model_params={"setup": setting},
        name="Single actors, one pair of worlds", play_interval=PACE,
    )  # fmt: skip


@of_pair
def Network(pair: Pair) -> Any:
    """Who learns from whom in the policy world."""
    drawn = picture(pair)
    with rv.Html(tag="div", class_="tile") as main:
        element("h2", "Who learns from whom, policy world")
        element("p", help_text("network"), class_="quiet")
        chart("network", network(pair, drawn), "Knowledge network: a dot for each actor shown.")
    return main


@of_pair
def Lorenz(pair: Pair) -> Any:
    """How unequal training compute is in both worlds."""
    with rv.Html(tag="div", class_="tile") as main:
        element("h2", "How unequal is compute?")
        element("p", lorenz_words(pair), class_="quiet")
        chart("lorenz", lorenz(pair), f"Lorenz curves of training compute. {lorenz_words(pair)}")
    return main


@of_pair
def Actors(pair: Pair) -> Any:
    """The largest and the typical actors."""
    rows = table(pair)
    with rv.Html(tag="div", class_="tile scroll", attributes={"tabindex": "0"}) as main:
        element("h2", "Largest and typical actors")
        element("p", help_text("actors") if rows else "Nobody has trained yet: press play.", class_="quiet")
        with rv.Html(tag="table", attributes={"data-testid": "actors"}):
            element("tr", *[element("th", head) for head in HEADS])
            for row in rows:
                texts = (row["rank"], row["name"], *row["runs"], row["change"], row["error"], row["access"])
                element("tr", *[element("td", text) for text in texts])
    return main
