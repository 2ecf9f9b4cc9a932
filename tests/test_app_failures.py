"""A tab in which something fails: it says why while that holds, and shows no worlds as others than they are."""

import json
import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from queue import Queue
from threading import Event
from typing import Any, cast

import pytest

from sim.app import catalogue
from sim.app import desk as desks
from sim.app.choice import choose
from sim.app.crew import Crew
from sim.app.desk import TOO_FEW, Desk, first_setting
from sim.app.edits import WRONG
from sim.app.members import KeptMembers
from sim.app.setting import of_world
from sim.app.shown import Shown
from sim.errors import BrokenCode, NoPrices
from sim.results.statistics import FEWEST
from sim.scenario import load
from tests.ensembles import ensemble as worlds_of
from tests.pairs import BASELINE, YEARLY
from tests.worlds import SCENARIOS

LAB = {"kind": "academic_lab", "region": "france", "budget": "100000", "start": 2020}
FAILING, RARE = "compute_voucher", "public_compute"  # policies whose tasks fail, and whose draws are rarely possible
TIGHT, OWN = "cap_and_trade", "training_run_ceiling"  # those that no prices meet, and that are of broken code
ERRORS: dict[str, Exception] = {
    FAILING: RuntimeError("broken"),
    TIGHT: NoPrices("no prices meet its caps", found="1e-9 t", allowed="caps that they meet", fix="raise the cap"),
    OWN: BrokenCode("ZeroDivisionError: division by zero", file="own.py", key="line 7, in act", found="1 / 0"),
}


class Job:
    def __init__(self) -> None:
        self.results: Queue[Any] = Queue()


@cache
def policies_of(pickled: bytes) -> set[str]:
    return {policy.name for policy in pickle.loads(pickled).policies}


class Fake:
    """Does every task at once, with worlds made before; those of one policy fail, and those of another are few."""

    def submit(self, tab: Any, asked: list[Any]) -> Job:
        job, found = Job(), worlds_of("carbon_tax", 6, until=2029, more=("time.steps_per_year=1",)).found
        for task in asked:
            names = policies_of(task.policy)
            one: Any = replace(found[task.member % len(found)], member=task.member, wide=task.wide)
            one = None if RARE in names and task.wide and task.member >= FEWEST - 1 else one
            job.results.put((task, next((ERRORS[name] for name in names if name in ERRORS), one)))
        return job

    def drop(self, tab: Any) -> None:
        pass


@pytest.fixture
def told() -> Iterator[tuple[Desk, list[Shown]]]:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", list(YEARLY), None, 2029)
    shown: list[Shown] = []
    desk = Desk(cast(Crew, Fake()), shown.append)
    answered(shown, 0)
    yield desk, shown
    desk.close()
    choose(BASELINE, BASELINE, [], None, None)


def answered(shown: list[Shown], heard: int, holds: Callable[[Shown], bool] = lambda _: True) -> Shown:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if shown and shown[-1].heard == heard and not shown[-1].busy and holds(shown[-1]):
            return shown[-1]
        time.sleep(0.02)
    raise AssertionError(shown[-1].problem if shown else "nothing was shown")


def alone(policy: str) -> str:
    """The link of a setting with one policy."""
    return first_setting().with_entry("carbon_tax", None).with_entry(policy, catalogue.defaults(policy)).link()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (FAILING, f"{WRONG}RuntimeError: broken"),
        (RARE, TOO_FEW.format(FEWEST - 1, 32)),
        (TIGHT, "No prices meet its caps; found 1e-9 t; allowed is caps that they meet. Raise the cap."),
        (OWN, f"{WRONG}ZeroDivisionError: division by zero\n  file     own.py\n  key      line 7, in act"),
    ],
)
def test_why_there_is_no_answer_is_told_until_another_is_wanted(
    told: tuple[Desk, list[Shown]], policy: str, why: str
) -> None:
    desk, shown = told
    desk.edit({"do": "switch", "name": policy, "on": True, "number": 1})
    answered(shown, 1, lambda one: one.problem.startswith(why))
    for number, edit in enumerate(({"do": "luck", "on": True}, {"do": "lab", "lab": LAB}), 2):
        desk.edit({**edit, "number": number})
        assert shown[-1].problem.startswith(why), "what else is done does not answer it"
    desk.edit({"do": "seed", "seed": "x", "number": 4})
    assert not shown[-1].problem.startswith(why), "what was refused is told first"
    desk.edit({"do": "luck", "on": False, "number": 5})
    assert shown[-1].problem.startswith(why)
    desk.edit({"do": "switch", "name": policy, "on": False, "number": 6})
    assert answered(shown, 6).problem == ""


@pytest.mark.slow
def test_a_lab_is_never_shown_in_worlds_of_another_setting(told: tuple[Desk, list[Shown]]) -> None:
    """Not after an answer failed: "This setting" was the one before."""
    desk, shown = told
    desk.edit({"do": "lab", "lab": LAB, "number": 1})
    answered(shown, 1, lambda one: len(one.lab.get("rows", [])) == 2)
    desk.edit({"do": "switch", "name": FAILING, "on": True, "number": 2})
    assert "rows" not in answered(shown, 2, lambda one: bool(one.problem)).lab
    desk.edit({"do": "lab", "lab": LAB, "number": 3})
    time.sleep(0.3)
    assert shown[-1].lab["failed"]
    assert "rows" not in shown[-1].lab
    desk.edit({"do": "switch", "name": FAILING, "on": False, "number": 4})
    assert not answered(shown, 4, lambda one: "rows" in one.lab).lab["failed"]


@pytest.mark.slow
@pytest.mark.parametrize("link", [lambda: alone(FAILING), lambda: alone(RARE), lambda: "@@"])
def test_a_saved_setting_without_an_answer_holds_up_no_other(
    told: tuple[Desk, list[Shown]], link: Callable[[], str]
) -> None:
    desk, shown = told
    saved = [{"name": "bad", "link": link()}, {"name": "good", "link": alone("carbon_budget")}]
    desk.edit({"do": "lab", "lab": LAB, "links": saved, "number": 1})
    lab = answered(shown, 1, lambda one: len(one.lab.get("rows", [])) == 3).lab
    assert [row["name"] for row in lab["rows"]] == ["Baseline", "This setting", "good"]
    assert lab["left"] == ["bad"]
    assert shown[-1].problem == ""
    firsts = next(one for one in shown if one.lab.get("rows"))
    assert len(firsts.lab["rows"]) == 2, "its own rows wait for no saved setting"


@pytest.mark.slow
def test_what_is_found_of_a_saved_setting_is_put_in_while_no_edit_reads_it(
    told: tuple[Desk, list[Shown]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit of the lab makes the worlds of saved settings anew: what came meanwhile was lost, or the edit failed."""
    desk, shown = told
    made, goes_on = Event(), Event()

    def ensemble(*told: Any) -> Any:
        made.set()
        assert goes_on.wait(60)
        return real(*told)

    real = desks.ensemble
    monkeypatch.setattr(desks, "ensemble", ensemble)
    link = alone("carbon_budget")
    desk.edit({"do": "lab", "lab": LAB, "links": [{"name": "good", "link": link}], "number": 1})
    assert made.wait(60)
    with desk.change:
        goes_on.set()
        time.sleep(0.3)
        assert link not in desk.others
    answered(shown, 1, lambda one: len(one.lab.get("rows", [])) == 3)
    assert link in desk.others


@pytest.mark.slow
def test_rows_of_a_lab_are_not_shown_when_another_is_asked_for_meanwhile(
    told: tuple[Desk, list[Shown]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They took the place of why the new one is refused."""
    desk, shown = told
    begun, goes_on = Event(), Event()

    def rows(*told: Any) -> Any:
        begun.set()
        assert goes_on.wait(60)
        return real(*told)

    real = desks.told
    monkeypatch.setattr(desks, "told", rows)
    desk.edit({"do": "lab", "lab": LAB, "number": 1})
    assert begun.wait(60)
    desk.edit({"do": "lab", "lab": {**LAB, "budget": "abc"}, "number": 2})
    goes_on.set()
    time.sleep(0.5)
    assert shown[-1].lab["wrong"] == "budget"
    assert "No budget" in shown[-1].lab["why"]
    assert shown[-1].refused == {"do": "lab", "key": "budget"}
    assert "rows" not in shown[-1].lab


@pytest.mark.slow
def test_a_refusal_names_its_field_until_something_else_is_done(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    tax = {"name": "carbon_tax"}
    for edit, field in (
        ({"do": "field", **tax, "key": "rate", "value": "-5"}, {"do": "field", **tax, "key": "rate"}),
        ({"do": "start", **tax, "year": "soon"}, {"do": "start", **tax}),
        ({"do": "end", **tax, "year": "1000"}, {"do": "end", **tax}),
        ({"do": "assume", "path": "law.exponent", "text": "x"}, {"do": "assume", "path": "law.exponent"}),
        ({"do": "count", "kind": "startup", "count": "0"}, {"do": "count", "kind": "startup"}),
        ({"do": "seed", "seed": "x"}, {"do": "seed"}),
        ({"do": "assume", "path": "law.exponent", "place": "x"}, {}),  # a slider has no value that is impossible
        ({"do": "load", "link": "@@"}, {}),
    ):
        desk.edit(edit)
        assert (bool(shown[-1].problem), shown[-1].refused) == (True, field)
    desk.edit({"do": "seed", "seed": "x"})
    desk.edit({"do": "luck", "on": False})
    assert (shown[-1].problem, shown[-1].refused) == ("", {})


@dataclass(frozen=True)
class Fails:
    """Work that comes to an error: that of a policy, or one that cannot be sent."""

    policy: str
    place: int = 0

    def __call__(self, kept: KeptMembers) -> Any:
        raise ERRORS.get(self.policy) or Unsendable(1, 2)


class Unsendable(Exception):
    """An error that cannot be made again from what it says."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


def test_an_error_comes_from_a_worker_as_what_it_is() -> None:
    """So that a refusal can be told as one."""
    crew = Crew(1)
    crew.start()
    try:
        jobs = {name: crew.submit(name, [Fails(name)]) for name in (*ERRORS, "none")}
        came = {name: (job.results.get(timeout=60) or (None, None))[1] for name, job in jobs.items()}
        for name, error in ERRORS.items():
            assert (type(came[name]), str(came[name])) == (type(error), str(error))
        found = came["none"]
        assert isinstance(found, RuntimeError)
        assert "1 and 2" in str(found)
    finally:
        crew.close()


@pytest.mark.parametrize("name", ["canada", "norway", "eu_cap", "uk_price_support"])
def test_a_world_whose_policy_starts_by_its_numbers_is_shown_with_its_start(name: str) -> None:
    """One number in their place starts as they did."""
    setting = of_world(name, 2)
    law = load(SCENARIOS / "real_policies" / f"{name}.toml").policies[0]
    (shown,) = (
        one for group in catalogue.rows(setting, setting.scenarios()[0]) for one in group["policies"] if one["on"]
    )
    assert str(int(law.start)) in json.dumps(shown)
    assert setting.scenarios()[1].policies[0].start == law.start
