"""One tab of the page: what is set, and the thread that has it answered. The newest wish takes the place of the last;
whatever goes wrong becomes a sentence, and the tab lives on."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from threading import Condition, Thread
from typing import Any

import pandas as pd

from sim.app import catalogue
from sim.app.answer import answer
from sim.app.byyear import typed as typed_by_year
from sim.app.choice import CHOSEN, offered, started
from sim.app.controls import (
    STEPS,
    controls,
    in_page_words,
    label,
    policies,
    rewritten,
    strength,
    suggested,
    typed_number,
)
from sim.app.crew import Crew
from sim.app.ensemble import Ensemble
from sim.app.members import Both, Task
from sim.app.setting import MOST_ACTORS, Setting, from_link, of_world
from sim.errors import InputError
from sim.results.statistics import FEWEST, HIGH, LOW
from sim.scenario import Scenario
from sim.scenario.variants import setting as read_setting
from sim.scenario.writing import resolved_toml

STAGES = (1, 8, 16, 32)  # pairs after which the page is told: first one on the assumptions as they stand, then drawn
WRONG = "Something went wrong, and the page goes on with what it had: "
TOO_FEW = "Of the drawn assumptions {} of {} make a possible world: too few for an interval."
Edit = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """What the browser knows of a tab."""

    setting: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)  # handed over for download
    problem: str = ""
    heard: int = 0  # the number of the last edit
    busy: bool = True


class Desk:
    """Takes edits, checks them, and shows answers as they come."""

    def __init__(self, crew: Crew, show: Callable[[Shown], None]) -> None:
        self.crew, self._show, self.shown = crew, show, Shown()
        self.change, self.closed = Condition(), False
        self.wanted: tuple[Scenario, Scenario] | None = None
        self.found: Ensemble | None = None
        self.setting = first_setting()
        self._apply(self.setting)
        Thread(target=self._serve, daemon=True, name="tab").start()

    def edit(self, told: Any) -> None:
        """One edit from the browser: its number, what to do, and with what."""
        heard = told.get("number", 0) if isinstance(told, dict) else 0
        try:
            if not isinstance(told, dict) or told.get("do") not in EDITS:
                raise InputError("the page does not know this wish", found=told, fix="reload it")
            EDITS[told["do"]](self, told)
            self._tell(heard=heard, problem="" if told["do"] != "download" else self.shown.problem)
        except InputError as error:
            self._tell(heard=heard, problem=_said(error, told))
        except Exception as error:  # whatever it is, the tab must live on
            self._tell(heard=heard, problem=f"{WRONG}{type(error).__name__}: {error}")

    def close(self) -> None:
        """The tab is gone."""
        with self.change:
            self.closed = True
            self.change.notify_all()
        self.crew.drop(self)

    def _apply(self, new: Setting) -> None:
        """Make a setting the one that holds, and have it answered. Raises InputError, and then nothing changes."""
        pair = new.scenarios()
        self.setting = new
        with self.change:
            self.wanted = pair
            self.change.notify_all()
        self._tell(busy=True, setting=_plain(new, pair[0]))

    def _tell(self, **parts: Any) -> None:
        with self.change:
            self.shown = replace(self.shown, **parts)
            self._show(self.shown)

    def _serve(self) -> None:
        while True:
            with self.change:
                while self.wanted is None and not self.closed:
                    self.change.wait()
                if self.closed:
                    return
                pair, self.wanted = self.wanted, None
            assert pair is not None
            try:
                self._answer(*pair)
            except Exception as error:
                self._tell(problem=f"{WRONG}{type(error).__name__}: {error}", busy=False)

    def _answer(self, baseline: Scenario, policy: Scenario) -> None:
        """Have a pair of scenarios answered, first roughly, then better, until another is wanted."""
        job = self.crew.submit(self, tasks(baseline, policy))
        wide: list[Both] = []
        told = False  # of the drawn ones, after which one pair says nothing more
        for left in range(STAGES[-1], -1, -1):
            task, outcome = job.results.get()
            if self.wanted is not None or self.closed:
                return
            if isinstance(outcome, Exception):
                raise outcome
            if outcome is not None and task.wide:
                wide.append(outcome)
            if outcome is not None and not task.wide and not told:
                self._show_found(Ensemble(baseline, policy, [outcome], drawn=False))
            if len(wide) >= FEWEST and (not left or (outcome is not None and task.wide and len(wide) in STAGES)):
                found = sorted(wide, key=lambda both: both.member)
                self._show_found(Ensemble(baseline, policy, found, drawn=True))
                told = True
        if len(wide) < FEWEST:
            self._tell(problem=TOO_FEW.format(len(wide), STAGES[-1]), busy=False)

    def _show_found(self, found: Ensemble) -> None:
        self.found = found
        self._tell(answer=answer(found), busy=not found.drawn)

    def hand_over(self, what: str) -> dict[str, Any]:
        """A file for download: the scenario, or the data of what is shown. Raises InputError."""
        name = self.setting.world
        if what == "scenario":
            return {"name": f"{name}.toml", "text": resolved_toml(self.setting.scenarios()[1])}
        if what == "baseline":
            return {"name": "baseline.toml", "text": resolved_toml(self.setting.scenarios()[0])}
        if what == "data" and self.found is not None:
            return {"name": f"{name}-pairs.csv", "text": data(self.found)}
        raise InputError(
            "nothing to hand over yet", found=what, allowed="scenario, baseline, data", fix="wait a moment"
        )


def tasks(baseline: Scenario, policy: Scenario) -> list[Task]:
    """What is simulated for an answer, in order."""
    both = pickle.dumps(baseline), pickle.dumps(policy)
    return [Task(0, False, *both), *(Task(member, True, *both) for member in range(STAGES[-1]))]


def first_setting() -> Setting:
    """What every tab begins with."""
    seed = started().run.seed if CHOSEN.seed is None else CHOSEN.seed
    return of_world(next(iter(offered())), seed)


def data(worlds: Ensemble) -> str:
    """Medians and the middle nine tenths of every measure, by year, in both worlds, as CSV."""
    rows = []
    for id in worlds.measures:
        for world, name in enumerate((worlds.baseline.name, worlds.policy.name)):
            values = pd.DataFrame(worlds.values(id, world), columns=worlds.years)
            for year in worlds.years:
                low, middle, high = (values[year].quantile(q) for q in (LOW / 100, 0.5, HIGH / 100))
                rows.append((name, year, id, worlds.unit(id), middle, low, high, len(values)))
    columns = ["scenario", "year", "measure", "unit", "median", "low", "high", "pairs"]
    return str(pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n"))


def _plain(setting: Setting, baseline: Scenario) -> dict[str, Any]:
    """A setting as the browser shows it."""
    kinds = [{"id": kind.id, "label": kind.label or kind.id, "count": kind.count} for kind in baseline.kinds]
    names = [label(entry["name"]).lower() for entry in setting.entries]
    return {"link": setting.link(), "world": setting.world, "groups": catalogue.rows(setting, baseline),
            "matter": catalogue.matter(setting), "seed": setting.seed, "kinds": kinds, "names": names,
            "moved": {path: _moved(value) for path, value in setting.assumptions.items()}}  # fmt: skip


def _moved(value: Any) -> str:
    return f"{value['value']:g} {value.get('unit', '')}".strip() if isinstance(value, dict) else f"{value}"


def _said(error: InputError, told: Any) -> str:
    """A refusal as a sentence."""
    policy = policies().get(told.get("name", "")) if isinstance(told, dict) else None
    if policy is not None:
        return in_page_words(error, policy)
    parts = [error.problem, f"found {str(error.found)[:80]}" if error.found is not None else "",
             f"allowed is {error.allowed}" if error.allowed else ""]  # fmt: skip
    text = "; ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}. {(error.fix or '')[:1].upper()}{(error.fix or '')[1:]}".strip()


def _entry(desk: Desk, told: Edit) -> tuple[str, Any, dict[str, Any]]:
    name = told.get("name")
    policy = policies().get(name) if isinstance(name, str) else None
    if policy is None:
        raise InputError("unknown policy", found=name, allowed=", ".join(policies()), fix="reload the page")
    entry = desk.setting.entry(str(name)) or catalogue.defaults(str(name))
    return str(name), policy, {**{c.key: c.default for c in controls(policy)}, **entry}


def _written(policy: Any, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without what is at its default and cannot be written (no limit)."""
    every = {control.key: control for control in controls(policy)}
    return {key: value for key, value in entry.items()
            if key not in every or not (isinstance(value, float) and abs(value) == float("inf"))}  # fmt: skip


def _switch(desk: Desk, told: Edit) -> None:
    name, _, _ = _entry(desk, told)
    desk._apply(desk.setting.with_entry(name, catalogue.defaults(name) if told.get("on") else None))


def _slide(desk: Desk, told: Edit) -> None:
    name, policy, entry = _entry(desk, told)
    key = strength(policy, entry)
    control = next(control for control in controls(policy) if control.key == key)
    value = catalogue.slid(policy, control, entry[key], suggested(name), float(told["place"]))
    desk._apply(desk.setting.with_entry(name, _written(policy, {**entry, key: rewritten(entry[key], value)})))


def _field(desk: Desk, told: Edit) -> None:
    name, policy, entry = _entry(desk, told)
    control = next((control for control in controls(policy) if control.key == told.get("key")), None)
    if control is None:
        raise InputError(
            "unknown parameter", found=told.get("key"), allowed="one of the policy's", fix="reload the page"
        )
    value, written = told.get("value"), entry[control.key]
    if control.spec.form == "number":
        text = str(value)
        if control.by_year and ":" in text:
            unit = {"unit": written["unit"]} if isinstance(written, dict) and "unit" in written else {}
            value = typed_by_year(text, {"years": [], "values": [], **unit})
        else:
            one = _one(written)
            try:
                value = typed_number(control, one, text)
            except ValueError:
                value = rewritten(one, nan)
    desk._apply(desk.setting.with_entry(name, _written(policy, {**entry, control.key: value})))


def _one(written: Any) -> Any:
    """A number as one number, also where it is given by year."""
    if isinstance(written, dict) and "years" in written:
        unit = {"unit": written["unit"]} if "unit" in written else {}
        return {"value": written["values"][0], **unit} if unit else written["values"][0]
    return written


def _start(desk: Desk, told: Edit) -> None:
    name, policy, entry = _entry(desk, told)
    desk._apply(desk.setting.with_entry(name, _written(policy, {**entry, "start": _whole(told, "year")})))


def _whole(told: Edit, key: str) -> int:
    try:
        return int(str(told.get(key, "")))
    except ValueError:
        raise InputError(f"not a whole number: {key}", found=told.get(key), allowed="digits", fix="type one") from None


def _assume(desk: Desk, told: Edit) -> None:
    path = told.get("path")
    quantity = next((q for q in started().quantities if q.path == path and q.basis != "choice"), None)
    if quantity is None or not isinstance(path, str):
        raise InputError("unknown assumption", found=path, allowed="one of the table", fix="choose one from the table")
    others = {key: value for key, value in desk.setting.assumptions.items() if key != path}
    if told.get("reset"):
        desk._apply(replace(desk.setting, assumptions=others))
        return
    if "place" in told and quantity.low is not None and quantity.high is not None:
        value: Any = catalogue.at_place(float(told["place"]) / STEPS, quantity.low, quantity.high)
        value = {"value": value, "unit": quantity.unit}
    else:
        value = read_setting(f"{path}={told.get('text', '')}")[1]
        if isinstance(value, float | int) and not isinstance(value, bool):
            value = {"value": value, "unit": quantity.unit}
    desk._apply(replace(desk.setting, assumptions={**others, path: value}))


def _world(desk: Desk, told: Edit) -> None:
    if told.get("world") not in offered():
        raise InputError("unknown scenario", found=told.get("world"), allowed="one of the list", fix="choose one")
    desk._apply(of_world(told["world"], desk.setting.seed, desk.setting))


def _seed(desk: Desk, told: Edit) -> None:
    desk._apply(replace(desk.setting, seed=_whole(told, "seed")))


def _count(desk: Desk, told: Edit) -> None:
    kind, count = told.get("kind"), _whole(told, "count")
    if kind not in {kind.id for kind in started().kinds} or not 1 <= count <= MOST_ACTORS:
        raise InputError("such a world is too large, or empty", found=count, allowed=f"1 to {MOST_ACTORS:,} of a kind",
                         fix="ask for another number")  # fmt: skip
    desk._apply(replace(desk.setting, counts={**desk.setting.counts, str(kind): count}))


def _clear(desk: Desk, told: Edit) -> None:
    desk._apply(replace(desk.setting, entries=()))


def _load(desk: Desk, told: Edit) -> None:
    desk._apply(from_link(str(told.get("link", ""))))


def _download(desk: Desk, told: Edit) -> None:
    desk._tell(file={**desk.hand_over(str(told.get("what"))), "number": told.get("number", 0)})


EDITS: dict[str, Callable[[Desk, Edit], None]] = {
    "switch": _switch, "slide": _slide, "field": _field, "start": _start, "assume": _assume, "world": _world,
    "seed": _seed, "count": _count, "clear": _clear, "load": _load, "download": _download,
}  # fmt: skip
