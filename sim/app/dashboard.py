"""The page: Mesa's SolaraViz with its controls, and beside them our own dashboard on the same model.

Every browser tab makes its own pair inside ``Page``. What changes with each step re-renders on Mesa's counter; the
controls do not.
"""

from dataclasses import replace
from importlib.resources import files
from typing import Any

import reacton.ipyvuetify as rv
import solara
from mesa.visualization import SolaraViz

from sim.app import sidebar
from sim.app.actors import Picture, followed, name_of, network, picture, table
from sim.app.cards import Card, cards, clock, headline
from sim.app.chart import chart
from sim.app.choice import CHOSEN
from sim.app.elements import Kept, Tap, element, of_pair, panel
from sim.app.pair import Pair
from sim.app.views import errors, lorenz, one, regions, shares, starts, years
from sim.app.words import help_text, words_of_the_page
from sim.measures.access import HALVING_COST
from sim.measures.economy import COMPUTE_PERMIT_PRICE, COMPUTE_PRICE, PERMIT_PRICE
from sim.measures.inequality import COMPUTE_GINI
from sim.report import words
from sim.scenario.writing import inputs

SPEEDS = {"1 step per second": 1000, "2 steps per second": 500, "4 steps per second": 250, "as fast as it goes": 20}
PERMITS = (PERMIT_PRICE, COMPUTE_PERMIT_PRICE)
TABS = ("Overview", "Actors", "Assumed inputs", "Words")


@solara.component
def Page() -> Any:
    """One tab of the browser."""
    setup = solara.use_memo(lambda: replace(CHOSEN.setup), [])
    model = solara.use_reactive(solara.use_memo(lambda: Pair(setup), []))
    speed = solara.use_reactive("4 steps per second")
    version = solara.use_reactive(0)  # counts changes of what the controls show
    tab = solara.use_reactive(TABS[0])
    actor: solara.Reactive[int | None] = solara.use_reactive(None)
    policy_shown = solara.use_reactive(True)  # which world the network shows
    kept = solara.use_memo(lambda: {"picture": Kept(), "network": Kept()}, [])

    def let_go() -> Any:
        pair = model.value
        actor.set(None)
        return pair.close

    solara.use_effect(let_go, [id(model.value)])
    solara.Style(files("sim.app").joinpath("page.css").read_text(encoding="utf-8"))
    solara.Title("compute-divide")
    SolaraViz(
        model, components=[], model_params={"setup": setup}, name="Compute divide simulator",
        play_interval=SPEEDS[speed.value],
    )  # fmt: skip
    with solara.AppBar():
        Clock(model.value)
    with solara.Sidebar():
        sidebar.Sidebar(model, setup, speed, list(SPEEDS), version, tab)
    Dashboard(model.value, tab, actor, policy_shown, kept, version.value)


@of_pair
def Clock(pair: Pair) -> Any:
    """The calendar, and a timeline that marks where policies start."""
    first, last = years(pair)
    span = last + 1 - first
    done = (pair.at - first) / span
    state = "over" if pair.done else ("ready" if not pair.baseline.times else "")
    steps = f"step {len(pair.baseline.times)} of {pair.policy.scenario.steps}{' · ' + state if state else ''}"
    marks = [element("i", class_="mark", style_=f"left:{100 * (at - first) / span:.2f}%")
             for at in starts(pair) if first < at < last + 1]  # fmt: skip
    with rv.Html(tag="div", class_="clock") as main:
        element("div", element("b", clock(pair), testid="clock"), element("span", steps, testid="steps"), class_="row")
        element("div", element("i", class_="done", style_=f"width:{100 * done:.2f}%"), *marks, class_="timeline")
        element("div", element("span", str(first)), element("span", str(last)), class_="row ends")
    return main


@of_pair
def Dashboard(
    pair: Pair, tab: solara.Reactive[str], actor: solara.Reactive[int | None], policy_shown: solara.Reactive[bool],
    kept: dict[str, Kept], version: int,
) -> Any:  # fmt: skip
    """Everything right of the controls."""
    with rv.Html(tag="div", class_="board") as main:
        with rv.Html(tag="div", class_="lead"):
            element("p", headline(pair), class_="headline", testid="headline", role="status")
            with rv.Html(tag="div", class_="key"):
                element(
                    "div", element("i", class_="dash"), "Baseline world", element("i", class_="full"), "Policy world"
                )
                element("div", "same seed, stepped together", class_="quiet")
        with rv.Html(tag="div", class_="cards"):
            for card in cards(pair):
                show_card(card)
        with rv.Html(tag="div", class_="tabs", attributes={"role": "tablist"}):
            for name in TABS:
                chosen = {"role": "tab", "aria-selected": str(tab.value == name).lower()}
                Tap(name, lambda name=name: tab.set(name), "chosen" if tab.value == name else "", chosen)
        if tab.value == TABS[0]:
            Overview(pair, tab, actor, policy_shown, kept)
        elif tab.value == TABS[1]:
            Actors(pair, actor)
        elif tab.value == TABS[2]:
            Inputs(pair)
        else:
            Words()
    return main


def show_card(card: Card) -> None:
    """One card."""
    change = f"{card.arrow} {card.change}".strip()
    with rv.Html(tag="section", class_="card"):
        element("div", card.label, class_="card-label", title=card.meaning)
        element(
            "div", element("b", *powers(card.value), testid=card.id), element("span", card.unit), class_="card-value"
        )
        element("div", "Baseline ", *powers(card.baseline), class_="quiet", testid=f"{card.id}-baseline")
        verdict = [", ", element("b", card.verdict, class_=card.verdict)] if card.verdict else []
        element("div", change, *verdict, class_="card-change", testid=f"{card.id}-change")


@of_pair
def Overview(
    pair: Pair, tab: solara.Reactive[str], actor: solara.Reactive[int | None], policy_shown: solara.Reactive[bool],
    kept: dict[str, Kept],
) -> Any:  # fmt: skip
    """The network and seven charts."""
    drawn: Picture = kept["picture"].of(id(pair), lambda: picture(pair))
    year = len(pair.policy.times) // pair.policy.scenario.time.steps_per_year
    turn = id(pair), pair.done, year, policy_shown.value, actor.value
    dots = kept["network"].of(turn, lambda: network(pair, drawn, policy_shown.value, actor.value))
    of = f"{len(drawn.rows)} of {drawn.all} actors." if len(drawn.rows) < drawn.all else "One dot per actor."
    share, error = shares(pair), errors(pair)
    with rv.Html(tag="div", class_="grid") as main:
        with panel("Who learns from whom", f"{of} Area: training compute. Lines: who reads whom.", help_text("network"),
                   "wide"):  # fmt: skip
            world_switch(policy_shown)
            chart("network", dots, f"Knowledge network. {of}", on_click=actor.set)
            if actor.value is not None:
                Tap(f"Follow {name_of(pair.policy, actor.value)} through time", lambda: tab.set(TABS[1]), "link follow")
        with panel("Share of all compute, by kind", "Percent of the training FLOP of the last year.",
                   help_text("shares"), "wide"):  # fmt: skip
            chart("shares", share, f"Shares of training compute by kind, {clock(pair)}.")
        with panel("Error on the shared task", "Each gridline is half the one above it.", help_text("errors"), "wide"):
            chart("errors", error, f"Errors of frontier, best startup and median lab, {clock(pair)}.")
        with panel("How unequal is compute?", lorenz_words(pair), help_text("lorenz")):
            chart("lorenz", lorenz(pair), f"Lorenz curves of training compute. {lorenz_words(pair)}")
        with panel("Emissions by region", "tCO2e a year, operational; filled: policy world.", help_text("regions")):
            chart("regions", regions(pair), f"Operational emissions by region, {clock(pair)}.")
        with panel("Price of the next halving", "Cost of the run that halves the frontier's error.",
                   help_text("halving")):  # fmt: skip
            halving = one(pair, HALVING_COST, "Next halving")
            chart("halving", halving, f"Cost of the next halving of error, {clock(pair)}.")
        with panel("Price of compute and of permits", "Per 10¹⁸ FLOP; per tonne, or per 10¹⁸ FLOP.",
                   help_text("prices")):  # fmt: skip
            price = one(pair, COMPUTE_PRICE, "Compute")
            chart("price", price, f"Price of compute, {clock(pair)}.")
            permit = next((name for name in PERMITS if any(any(track.values[name]) for track in pair.tracks)), None)
            if permit:
                chart("permits", one(pair, permit, "Permit", base=0.0), f"Price of permits, {clock(pair)}.")
            else:
                element("div", "no permits so far", class_="empty")
    return main


def world_switch(policy_shown: solara.Reactive[bool]) -> None:
    """Which world the network shows."""
    with rv.Html(tag="div", class_="switch", attributes={"role": "group", "aria-label": "World shown"}):
        for name, value in (("Baseline", False), ("Policy", True)):
            chosen = policy_shown.value == value
            pressed = {"aria-pressed": str(chosen).lower()}
            Tap(name, lambda value=value: policy_shown.set(value), "chosen" if chosen else "", pressed)


def lorenz_words(pair: Pair) -> str:
    """The Gini index at the start, in the baseline and in the policy world."""
    if not pair.policy.times:
        return "Cumulative share of FLOP, least first."
    first = words.number(pair.baseline.values[COMPUTE_GINI][0], "1")
    now = [words.number(track.now(COMPUTE_GINI), "1") for track in pair.tracks]
    return f"Gini {first} at the start (dotted), baseline {now[0]}, policy {now[1]}."


@of_pair
def Actors(pair: Pair, actor: solara.Reactive[int | None]) -> Any:
    """The largest and the typical actors, and one of them through time."""
    rows = table(pair)
    with rv.Html(tag="div", class_="grid") as main:
        with panel("Largest and typical actors", "Their largest run over the last year. Click one to follow it.",
                   help_text("actors"), "half"):  # fmt: skip
            if not rows:
                element("div", "nobody has trained yet", class_="empty")
            else:
                ActorTable(rows, actor)
        with panel(*follow_words(pair, actor.value), help_text("followed"), "half"):
            if actor.value is None:
                element("div", "click an actor in the table, or a dot in the network", class_="empty")
            else:
                for what, name in (("compute", "Training compute a year"), ("error", "Best error so far")):
                    element("div", name, class_="quiet")
                    chart(f"followed-{what}", followed(pair, actor.value, what), f"{name}, both worlds.")
    return main


def follow_words(pair: Pair, row: int | None) -> tuple[str, str]:
    """Title and meaning of the panel that follows an actor."""
    if row is None:
        return "One actor through time", "Nobody is followed."
    world = pair.policy.model.world
    home = pair.policy.scenario.regions[int(world.fixed.traits.home[row])]
    alive = "" if world.actors.alive[row] else ", not alive now"
    return name_of(pair.policy, row), f"At home in {home.label or home.id}{alive}. Dashed baseline, solid policy."


@solara.component
def ActorTable(rows: list[dict[str, Any]], actor: solara.Reactive[int | None]) -> Any:
    """The table; each name is a button."""
    heads = ("", "Actor", "Baseline", "Policy", "Change", "Best error", "At hand")
    with rv.Html(tag="table", class_="actors", attributes={"data-testid": "actors"}) as main:
        element("tr", *[element("th", head) for head in heads])
        for row in rows:
            with rv.Html(tag="tr", class_="chosen" if row["row"] == actor.value else ""):
                element("td", element("i", class_=f"dot {row['look']}"), row["rank"])
                with rv.Html(tag="td"):
                    Tap(row["name"], lambda row=row["row"]: actor.set(row), "link").key(row["rank"])
                for text in (*row["runs"], row["change"], row["error"], row["access"]):
                    element("td", *powers(text))
    return main


def powers(text: str) -> list[Any]:
    """A text in which 10^27.4 stands with a raised exponent."""
    head, sign, rest = text.partition("10^")
    if not sign:
        return [text]
    exponent, space, unit = rest.partition(" ")
    return [f"{head}10", element("sup", exponent), f"{space}{unit}"]


@of_pair
def Inputs(pair: Pair) -> Any:
    """Every assumed number of the policy world."""
    assumed = [entry for entry in inputs(pair.policy.scenario) if entry["basis"] == "assumed"]
    with (
        rv.Html(tag="div", class_="grid") as main,
        panel("Assumed inputs", f"{len(assumed)} numbers that no source gives. `explain` lists all.", None, "full"),
        rv.Html(tag="table", class_="inputs", attributes={"data-testid": "inputs"}),
    ):
        element("tr", *[element("th", head) for head in ("Key", "Value", "Range", "Meaning", "Why this value")])
        for entry in assumed:
            element("tr", *[element("td", entry[key]) for key in ("path", "value", "range", "meaning", "why")])
    return main


@solara.component
def Words() -> Any:
    """The words of the page that a reader may not know."""
    with (
        rv.Html(tag="div", class_="grid") as main,
        panel("Words", "Those of this page that may be new to you, in a line each.", None, "full"),
        rv.Html(tag="dl", class_="words", attributes={"data-testid": "words"}),
    ):
        for word in words_of_the_page():
            element("div", element("dt", word.name), element("dd", word.meaning))
    return main
