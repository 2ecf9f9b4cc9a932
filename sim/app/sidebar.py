"""The left column below Mesa's controls: speed, scenario, policies, and this pair."""

from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

import reacton.ipyvuetify as rv
import solara
from mesa.visualization.utils import force_update

from sim.app.byyear import BETWEEN, gathered, is_by_year, spread, text_of
from sim.app.byyear import typed as by_year
from sim.app.choice import offered
from sim.app.controls import (
    Control,
    controls,
    field_text,
    in_force,
    in_page_words,
    label,
    number,
    option_words,
    policies,
    rewritten,
    shown,
    slide,
    strength,
    suggested,
    typed_number,
    unit_of,
)
from sim.app.elements import Tap, element
from sim.app.pair import Pair, Setup
from sim.errors import InputError
from sim.policies import Policy
from sim.quantity import STEPS
from sim.scenario.variants import entry_of

MOST_ACTORS = 5000  # of one kind, on the page


@solara.component
def Sidebar(
    model: solara.Reactive[Pair], setup: Setup, speed: solara.Reactive[str], speeds: list[str],
    version: solara.Reactive[int], tab: solara.Reactive[str],
) -> Any:  # fmt: skip
    """All of it."""

    def again() -> None:
        """A new pair from the setup."""
        model.set(Pair(setup))
        version.set(version.value + 1)
        force_update()

    with rv.Html(tag="div", class_="side") as main:
        with box("Speed"):
            solara.Select("", values=speeds, value=speed)
        ScenarioBox(model.value, setup, again)
        PolicyBox(model.value, version)
        PairBox(model.value, setup, again, tab)
    return main


def box(title: str) -> Any:
    """A card of the column."""
    made = rv.Html(tag="section", class_="box", attributes={"aria-label": title})
    with made:
        element("h2", title)
    return made


@solara.component
def ScenarioBox(pair: Pair, setup: Setup, again: Callable[[], None]) -> Any:
    """Which scenario the policy world follows, with its question."""
    found = offered()
    titles = {f"{scenario.title}": file for file, scenario in found.items()}
    current = next((title for title, file in titles.items() if file == setup.policy), next(iter(titles)))

    def choose(title: str) -> None:
        setup.policy = titles[title]
        again()

    with box("Scenario of the policy world") as main:
        solara.Select("Scenario", values=list(titles), value=current, on_value=choose)
        element("p", pair.policy.scenario.question, class_="quiet", testid="question")
        element("p", f"Against: {pair.baseline.scenario.title}", class_="quiet")
    return main


@solara.component
def PolicyBox(pair: Pair, version: solara.Reactive[int]) -> Any:
    """One row for every policy of the registry."""
    with box("Policies, from now on") as main:
        for name, policy in policies().items():
            PolicyRow(pair, name, policy, version).key(f"{id(pair)}-{name}")
    return main


@solara.component
def PolicyRow(pair: Pair, name: str, policy: type[Policy], version: solara.Reactive[int]) -> Any:
    """A switch, a slider for the strength, and the other parameters below."""
    problem, eager = solara.use_reactive(""), solara.use_reactive(False)
    version.get()
    parameters = in_force(pair.policy.scenario, name, pair.at)
    entry = entry_of(pair.policy.scenario, name, pair.at)

    def apply(new: dict[str, Any] | None, start: float | None = None) -> None:
        try:
            pair.change(name, new, start)
            problem.set("")
        except InputError as error:
            problem.set(in_page_words(error, policy))
        version.set(version.value + 1)
        force_update()

    def switched(on: bool) -> None:
        """On now, or from the second year on where it goes by the year before; or off."""
        apply(dict(suggested(name)) if on else None)
        second = pair.policy.scenario.time.start + 1
        if on and problem.value and pair.at < second:
            apply(dict(suggested(name)), float(second))

    with rv.Html(tag="div", class_="policy", attributes={"data-testid": f"policy-{name}"}) as main:
        with rv.Html(tag="div", class_="row"):
            on = rv.Switch(
                label=label(name), v_model=parameters is not None, dense=True, hide_details=True, inset=False,
                on_v_model=switched,
            )  # fmt: skip
            on.key(f"{name}-switch")
        if parameters is not None:
            key = strength(policy, parameters)
            every = {control.key: control for control in controls(policy)}
            if is_by_year(parameters[key]):
                ByYear(every[key], parameters, apply, eager.value)
            else:
                Strength(policy, every[key], parameters, suggested(name), apply)
                if every[key].by_year:
                    one = parameters[key]

                    def by_years() -> None:
                        eager.set(True)
                        apply({**parameters, key: spread(one, pair.at)})

                    Tap("Set it by year", by_years, "link", {"aria-label": f"Set {label(name).lower()} by year"})
            if entry is not None:
                Start(pair, label(name), entry, lambda year: apply(parameters, year))
            with rv.Html(tag="details", class_="more"):
                element("summary", "More", aria_label=f"More about {label(name)}")
                element("p", policy.told(), class_="quiet")
                element("p", f"It cannot {policy.cannot}.", class_="quiet")
                for control in every.values():
                    if control.key != key and is_by_year(parameters[control.key]):
                        ByYear(control, parameters, apply, False)
                    elif control.key != key:
                        Parameter(pair, control, parameters, apply)
        if problem.value:
            element("p", problem.value, class_="worse", role="alert")
    return main


Apply = Callable[[dict[str, Any] | None], None]


@solara.component
def Start(pair: Pair, name: str, entry: Policy, begin: Callable[[float], None]) -> Any:
    """When a policy starts: a field while it has not, then since when it is in force."""
    with rv.Html(tag="div", class_="parameter") as main:
        if entry.start < pair.at:
            since = f"since {entry.origin:g}" if isfinite(entry.origin) else "from the first year on"
            element("p", f"In force {since}. A change holds from now on.", class_="quiet")
        else:

            def typed(text: str) -> None:
                with suppress(ValueError):
                    begin(float(text))

            solara.InputText(f"First year of {name.lower()}", value=f"{entry.start:g}", on_value=typed)
            element("p", f"{pair.at:g} or later.", class_="quiet")
    return main


@solara.component
def ByYear(control: Control, parameters: dict[str, Any], apply: Apply, eager: bool) -> Any:
    """A number by year: a text of years and amounts, and what holds between them; eager, it has the keyboard."""
    written, problem = parameters[control.key], solara.use_reactive("")

    def changed(text: str) -> None:
        try:
            new = by_year(text, written)
        except InputError as error:
            problem.set(f"{error.problem}: {error.found}. {error.fix}")
            return
        problem.set("")
        if new != written:
            apply({**parameters, control.key: new})

    def between(words: str) -> None:
        apply({**parameters, control.key: {**written, "between": next(k for k, w in BETWEEN.items() if w == words)}})

    unit = unit_of(control, written)
    with rv.Html(tag="div", class_="parameter") as main:
        solara.InputText(
            f"{control.label} by year{f', in {unit}' if unit else ''}",
            value=text_of(written),
            on_value=changed,
            autofocus=eager,
        )
        now = BETWEEN[written.get("between", STEPS)]
        solara.Select("Between these years it", values=list(BETWEEN.values()), value=now, on_value=between)
        element("p", f"{control.help} Before the first year it is off; after the last it stays.", class_="quiet")
        Tap("One amount for all years", lambda: apply({**parameters, control.key: gathered(written)}), "link")
        if problem.value:
            element("p", problem.value, class_="worse", role="alert")
    return main


@solara.component
def Strength(
    policy: type[Policy], control: Control, parameters: dict[str, Any], usual: dict[str, Any], apply: Apply
) -> Any:
    """The slider of a policy's strength, with value and unit."""
    written = parameters[control.key]
    typical = number(usual[control.key])[0] if isfinite(number(usual[control.key])[0]) else number(written)[0]
    if number(written)[1] != number(usual[control.key])[1]:
        typical = number(written)[0]
    range_ = slide(policy, control, written, typical or 1.0)
    here = min(max(range_.place(max(number(written)[0], 1e-300)), range_.place(range_.low) if range_.low else 0.0),
               range_.place(range_.high))  # fmt: skip

    def slid(place: float) -> None:
        if abs(place - here) > range_.step / 2:
            apply({**parameters, control.key: rewritten(written, range_.value(place))})

    with rv.Html(tag="div") as main:
        element("div", element("span", control.label), element("b", shown(control, written)), class_="row")
        rv.Slider(
            v_model=here, on_v_model=slid, min=range_.place(range_.low) if range_.low else 0.0,
            max=range_.place(range_.high), step=range_.step, dense=True, hide_details=True,
            attributes={"aria-label": f"{control.label}: {control.spec.doc}"},
        )  # fmt: skip
        element("p", control.help, class_="quiet")
    return main


@solara.component
def Parameter(pair: Pair, control: Control, parameters: dict[str, Any], apply: Apply) -> Any:
    """A parameter beside the strength: a field, a choice or a switch, with help."""
    written, spec = parameters[control.key], control.spec

    def changed(value: Any) -> None:
        if value != parameters[control.key]:
            apply({**parameters, control.key: value})

    def typed(text: str) -> None:
        try:
            changed(typed_number(control, written, text))
        except ValueError:
            changed(rewritten(written, float("nan")))

    with rv.Html(tag="div", class_="parameter") as main:
        if spec.form == "choice":
            options = {option_words(option): option for option in spec.options}
            solara.Select(
                control.label, values=list(options), value=option_words(written), on_value=lambda o: changed(options[o])
            )
        elif spec.form == "flag":
            solara.Switch(label=control.label, value=written, on_value=changed)
        elif spec.form == "names":
            scenario = pair.policy.scenario
            all_ = scenario.kinds if control.key == "kinds" else scenario.regions
            names = {one.id: one.label or option_words(one.id) for one in all_}
            ids = {shown_as: id for id, shown_as in names.items()}
            solara.SelectMultiple(
                control.label, [names[id] for id in written], list(ids),
                on_value=lambda chosen: changed([ids[one] for one in chosen]),
            )  # fmt: skip
        else:
            unit = unit_of(control, written)
            text = field_text(control, written)
            solara.InputText(f"{control.label}{f', in {unit}' if unit else ''}", value=text, on_value=typed)
        element("p", control.help, class_="quiet")
    return main


@solara.component
def PairBox(pair: Pair, setup: Setup, again: Callable[[], None], tab: solara.Reactive[str]) -> Any:
    """Seed, numbers of actors, downloads."""
    problem = solara.use_reactive("")
    seed = solara.use_reactive(setup.seed)
    kinds = pair.baseline.scenario.kinds
    counts = solara.use_reactive({kind.id: kind.count for kind in kinds})

    def apply() -> None:
        before = setup.seed, setup.counts
        own = {kind.id: kind.count for kind in kinds}
        setup.seed = seed.value
        setup.counts = {**setup.counts, **{id: n for id, n in counts.value.items() if n != own[id]}}
        try:
            again()
            problem.set("")
        except InputError as error:
            setup.seed, setup.counts = before
            problem.set(str(error))

    with box("This pair") as main:
        solara.InputInt("Seed, shared by both worlds", value=seed)
        for kind in kinds:

            def count(value: int, id: str = kind.id) -> None:
                counts.set({**counts.value, id: min(max(int(value), 1), MOST_ACTORS)})

            solara.InputInt(f"Number of {kind.label.lower() or kind.id}", value=counts.value[kind.id], on_value=count)
        solara.Button("Start again with these", on_click=apply, outlined=True, small=True, classes=["wide"])
        if problem.value:
            element("p", problem.value, class_="worse", role="alert")
        stem = Path(pair.policy.scenario.name).name
        with rv.Html(tag="div", class_="downloads"):
            solara.FileDownload(pair.series_file, filename=f"{stem}-series.csv", label="Data (CSV)")
            solara.FileDownload(pair.scenario_file, filename=f"{stem}.toml", label="Scenario (TOML)")
        Tap("Assumed inputs", lambda: tab.set("Assumed inputs"), "link")
        element("p", "One pair of worlds shows one draw of luck. For intervals: python run.py compare", class_="quiet")
    return main
