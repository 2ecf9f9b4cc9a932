"""One tab of the page: what is set, and the thread that has it answered. The newest wish takes the place of the last;
whatever goes wrong becomes a sentence, and the tab lives on."""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Condition, Thread
from typing import Any

from sim.app import catalogue
from sim.app.actors import NetworkPicture, picture
from sim.app.actors import told as told_actors
from sim.app.answer import answer
from sim.app.asked import STAGES, ensemble, tasks
from sim.app.choice import chosen
from sim.app.crew import Crew, Task, TaskQueue
from sim.app.crowd import Crowds, Follow
from sim.app.edits import EDITS, Edit, field_of, why
from sim.app.ensemble import PairedWorlds
from sim.app.evidence import Judge
from sim.app.handed import NO_FILE, Reporter, checked, file_of
from sim.app.lab import Lab, lab_of, told
from sim.app.members import Both
from sim.app.setting import Setting, from_link, of_world
from sim.app.shown import Parts, Shown
from sim.errors import InputError
from sim.results.statistics import FEWEST
from sim.scenario import Scenario

SAVED = 6  # settings that a browser keeps
TOO_FEW = "Of the drawn assumptions {} of {} make a possible world: too few for an interval."
WRITING = {"report": "Writing the report", "data": "Writing the data"}  # what takes a while


class Dropped(Exception):
    """Something else is wanted meanwhile."""


class Desk:
    """Takes edits, checks them, and shows answers as they come."""

    def __init__(self, crew: Crew, show: Callable[[Shown], None]) -> None:
        self.crew, self._show, self.shown = crew, show, Shown()
        self.change, self.closed = Condition(), False
        self.job: TaskQueue | None = None  # whose results are waited for
        self.wanted: tuple[Scenario, Scenario, str] | None = None  # two worlds, and the link of their setting
        self.errands: dict[str, Callable[[], None]] = {}  # what is done when nothing is wanted
        self.found: PairedWorlds | None = None  # of the setting whose link the answer has
        self.failed = ""  # why what is set has no answer
        self.luck = self.judging = False  # whether luck alone is asked for, and the record
        self.lab: Lab | None = None
        self.followed: tuple[Setting, Crowds, NetworkPicture] | None = None  # whose actors are known
        self.year = 0  # of which the browser shows actors
        self.saved: list[tuple[str, str]] = []  # names and links of settings that the lab is asked under as well
        self.others: dict[str, PairedWorlds] = {}  # their worlds, by link
        self.left: list[str] = []  # names of those that have none
        self.reporter = Reporter()
        self.setting = first_setting()
        self._tell(presets=catalogue.presets(chosen().known), **self._apply(self.setting))
        Thread(target=self._serve, daemon=True, name="tab").start()

    def edit(self, told: Any) -> None:
        """One edit from the browser: its number, what to do, and with what."""
        heard = told.get("number", 0) if isinstance(told, dict) else 0
        try:
            does = str(told.get("do")) if isinstance(told, dict) else ""
            with self.change:  # what is wanted now is told before anything that comes of it
                if does in EDITS:
                    parts = self._apply(EDITS[does](self.setting, told))
                elif does in WISHES:
                    parts = WISHES[does](self, told) or {}
                else:
                    raise InputError("the page does not know this wish", found=told, fix="reload it")
                self._tell(heard=heard, **{"problem": self.failed, **parts})
        except Exception as error:  # whatever it is, the tab must live on
            self._tell(heard=heard, problem=why(error, told), refused=field_of(error, told))

    def close(self) -> None:
        """The tab is gone."""
        with self.change:
            self.closed = True
            self._wake()
        self.crew.drop(self)
        self.reporter.close()

    def _apply(self, new: Setting) -> Parts:
        """Make a setting the one that holds, and have it answered; gives what the browser is to know of that. Raises
        InputError, and then nothing changes."""
        pair = new.scenarios()
        self.setting = new
        with self.change:
            self.wanted, self.failed = (*pair, new.link()), ""
            if self.judging:
                self.errands["evidence"] = self._judge
            self._wake()
        return {"busy": True, "ready": (0, STAGES[-1]), "setting": self._plain(new, pair)}

    def _wake(self) -> None:
        """Something else is wanted: whether the thread rests or waits for workers, it is to know at once."""
        self.change.notify_all()
        if self.job is not None:
            self.job.results.put(None)

    def _plain(self, setting: Setting, pair: tuple[Scenario, Scenario]) -> dict[str, Any]:
        """A setting as the browser shows it."""
        baseline, policy = pair
        regions = [{"id": region.id, "label": region.label or region.id} for region in baseline.regions]
        changed = setting.entries != of_world(setting.world, setting.seed).entries
        return {"link": setting.link(), "world": setting.world, "groups": catalogue.rows(setting, baseline),
                "matter": catalogue.matter(setting), "seed": setting.seed, "kinds": catalogue.kinds(baseline),
                "regions": regions, "within": catalogue.within_another_world(setting),
                "scope": catalogue.scope(baseline, policy),
                "names": catalogue.named(setting), "luck": self.luck, "changed": changed,
                "moved": catalogue.moved(setting), "title": catalogue.titled(setting, policy).title}  # fmt: skip

    def _tell(self, **parts: Any) -> None:
        parts = {"refused": {}, **parts} if "problem" in parts else parts
        with self.change:
            self.shown = replace(self.shown, **parts)
            self._show(self.shown)

    def _serve(self) -> None:
        while True:
            with self.change:
                while self.wanted is None and not self.errands and not self.closed:
                    self.change.wait()
                if self.closed:
                    return
                pair, self.wanted = self.wanted, None
                name, errand = "", None
                if pair is None:
                    name = next(iter(self.errands))
                    errand = self.errands.pop(name)
            try:
                if pair is not None:
                    self._answer(*pair)
                elif errand is not None:
                    errand()
            except Dropped:
                with self.change:
                    if errand is not None:
                        self.errands.setdefault(name, errand)
            except Exception as error:
                self._fail(why(error), of_setting=pair is not None)

    def _fail(self, problem: str, *, of_setting: bool) -> None:
        """Tell why there is no answer until another is wanted; why an errand failed, once."""
        with self.change:
            if not of_setting:
                self._tell(problem=problem)
            elif self.wanted is None:
                self.failed = problem
                self._tell(problem=problem, busy=False, lab=self._without_rows())

    def _results(self, tasks: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Tasks and what came of them, as it comes. Raises Dropped when something else is wanted."""
        with self.change:
            if self.wanted is not None or self.closed:
                raise Dropped
            job = self.job = self.crew.submit(self, tasks)
        for _ in tasks:
            found = job.results.get()
            if found is None or self.wanted is not None:
                raise Dropped
            if isinstance(found[1], Exception):
                raise found[1]
            yield found

    def _answer(self, baseline: Scenario, policy: Scenario, link: str) -> None:
        """Have a pair of scenarios answered, first roughly, then better, until another is wanted."""
        found: list[Both] = []
        wide = 0  # how many of them are drawn
        for _, outcome in self._results(tasks(baseline, policy)):
            if outcome is None:
                continue
            found.append(outcome)
            wide += outcome.wide
            with self.change:
                if outcome.wide and self.wanted is None:
                    self._tell(ready=(wide, STAGES[-1]))
            if not outcome.wide and outcome.member == 0 and wide < STAGES[1]:
                self._show_found(PairedWorlds(baseline, policy, [outcome], drawn=False), link)
            if outcome.wide and wide in STAGES[1:-1]:
                first = [one for one in found if one.wide or one.member == 0]
                self._show_found(ensemble(baseline, policy, first), link)
        if wide < FEWEST:
            self._fail(TOO_FEW.format(wide, STAGES[-1]), of_setting=True)
        else:
            self._show_found(ensemble(baseline, policy, found), link, last=True)
        if self.lab is not None:
            self._show_lab()

    def _show_found(self, found: PairedWorlds, link: str, *, last: bool = False) -> None:
        luck = self.luck
        told = {**answer(found, luck=luck), "link": link}
        with self.change:
            if self.wanted is not None:
                raise Dropped
            self.found = found
            told = told if luck is self.luck else {**answer(found, luck=self.luck), "link": link}
            self._tell(answer=told, busy=not last)
        if len(self.shown.presets) < len(chosen().offered):  # read now, while workers go on
            self._tell(presets=catalogue.presets(chosen().offered))

    def _show_lab(self) -> None:
        """Nothing where the worlds that are there are of another setting, or another lab is asked for meanwhile."""
        with self.change:
            own, found, lab = self.setting.link(), self.found, self.lab
            if self.shown.answer.get("link") != own or found is None or not found.drawn or lab is None:
                return
            known = {**self.others, own: found}
            saved = [(name, known[link]) for name, link in self.saved if link in known]
        rows = told(found, lab, saved)
        with self.change:
            if self.setting.link() == own and self.lab is lab:
                self._tell(lab={**self._without_rows(), **rows, "left": self.left})

    def _without_rows(self) -> Parts:
        """What the browser asked of a lab, and whether it is to wait for rows."""
        return {"asked": self.shown.lab.get("asked"), "failed": bool(self.failed)}

    def _ask_saved(self) -> None:
        """An errand: the worlds of saved settings. One that cannot be answered holds up no other."""
        self.left = []
        self._show_lab()
        for name, link in self.saved:
            if link in self.others or link == self.setting.link():
                continue
            try:
                pair = from_link(link).scenarios()
                found = [outcome for _, outcome in self._results(tasks(*pair)) if outcome is not None]
            except Dropped:
                raise
            except Exception:  # of another version, of other files, or whatever it is
                found = []
            if sum(one.wide for one in found) >= FEWEST:
                worlds = ensemble(*pair, found)
                with self.change:  # an edit of the lab makes them anew
                    self.others[link] = worlds
            else:
                self.left.append(name)
        self._show_lab()

    def _judge(self) -> None:
        """An errand: the years on record."""
        task: Task = Judge(pickle.dumps(self.setting.scenarios()[0]))
        for _, outcome in self._results([task]):
            self._tell(judged=outcome)

    def _follow(self) -> None:
        """An errand: the actors of the first pair."""
        setting = self.setting
        task: Task = Follow(*map(pickle.dumps, setting.scenarios()))
        for _, outcome in self._results([task]):
            self.followed = setting, outcome, picture(outcome.cast)
        self._tell(actors=self._actors())

    def _actors(self) -> Parts:
        """Single actors in the year that is asked for."""
        if self.followed is None:
            return self.shown.actors
        _, crowds, drawn = self.followed
        return told_actors(crowds, drawn, self.year)

    def _write(self, what: str, pair: tuple[Scenario, Scenario], found: PairedWorlds | None, number: int) -> None:
        """In a thread of its own, since it takes longest."""
        try:
            if what == "report":
                file = {"name": f"{pair[1].name}-report.html", "text": self.reporter.write(pair, STAGES[-1])}
            else:
                file = file_of(what, pair, found)
            self._tell(file={**file, "number": number}, working="")
        except Exception as error:
            if not self.closed:
                self._tell(problem=f"{NO_FILE}{error}", working="")

    def _run(self, name: str, errand: Callable[[], None]) -> None:
        with self.change:
            self.errands[name] = errand
            self.change.notify_all()


def first_setting() -> Setting:
    """What every tab begins with."""
    seed = chosen().seed
    return of_world(chosen().first_offered.name, chosen().started.run.seed if seed is None else seed)


def _luck(desk: Desk, told: Edit) -> Parts:
    """Its pairs are there, or come with the answer that is waited for."""
    desk.luck = bool(told.get("on"))
    parts: Parts = {"setting": {**desk.shown.setting, "luck": desk.luck}}
    if desk.found is None:
        return parts
    return parts | {"answer": {**answer(desk.found, luck=desk.luck), "link": desk.shown.answer["link"]}}


def _lab(desk: Desk, told: Edit) -> Parts:
    """What is taken is told at once, and what cannot be used takes the place of what stood there."""
    try:
        desk.lab = lab_of(told.get("lab"), desk.setting.scenarios()[0])
    except InputError as error:
        desk.lab = None
        desk._tell(lab={"wrong": error.key or "lab", "why": why(error, told)})
        raise
    links = told.get("links")
    named = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
    desk.saved = [(str(one.get("name", ""))[:200], str(one.get("link", ""))) for one in named[:SAVED]]
    desk.others = {link: found for link, found in desk.others.items() if link in {link for _, link in desk.saved}}
    desk._run("lab", desk._ask_saved)
    return {"lab": {**desk.shown.lab, "wrong": "", "asked": told["lab"], "failed": bool(desk.failed)}}


def _actors(desk: Desk, told: Edit) -> Parts | None:
    """In another year they are there at once; those of another setting are an errand."""
    try:
        desk.year = int(str(told.get("year")))
    except ValueError:
        raise InputError("no year", found=told.get("year"), allowed="a year", fix="reload the page") from None
    if desk.followed is not None and desk.followed[0] == desk.setting:
        return {"actors": desk._actors()}
    desk._run("actors", desk._follow)
    return None


def _evidence(desk: Desk, told: Edit) -> None:
    if not desk.judging:
        desk.judging = True
        desk._run("evidence", desk._judge)


def _download(desk: Desk, told: Edit) -> None:
    what, number = str(told.get("what")), told.get("number")
    number = number if isinstance(number, int) else 0
    baseline, policy = desk.setting.scenarios()
    pair = baseline, catalogue.titled(desk.setting, policy)
    checked(what, pair, desk.found)
    if what not in WRITING:
        desk._tell(file={**file_of(what, pair, desk.found), "number": number})
        return
    if desk.shown.working:
        raise InputError("a file is being written already", fix="wait until it is there")
    desk._tell(working=WRITING[what])
    Thread(target=desk._write, args=(what, pair, desk.found, number), daemon=True, name=what).start()


WISHES: dict[str, Callable[[Desk, Edit], Parts | None]] = {
    "luck": _luck, "lab": _lab, "evidence": _evidence, "actors": _actors, "download": _download,
}  # fmt: skip
