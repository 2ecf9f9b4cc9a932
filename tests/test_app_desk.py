"""A tab of the page: every wish is checked, the newest is answered, what fails is a sentence, a link is as a file."""

import json
import pickle
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Queue
from threading import Timer
from typing import Any

import numpy as np
import pytest

from sim.app import catalogue, choice
from sim.app import crew as crews
from sim.app import desk as desks
from sim.app.choice import choose, chosen
from sim.app.crew import AT_START, FIRST, Crew
from sim.app.desk import Desk, first_setting
from sim.app.handed import Reporter, data
from sim.app.members import KeptMembers as Members
from sim.app.members import Member
from sim.app.members import MemberTask as Pair
from sim.app.parts import component
from sim.app.setting import from_link
from sim.app.shown import Shown
from sim.errors import InputError
from sim.policies import registry
from sim.results.statistics import FEWEST
from sim.scenario import load
from tests.ensembles import ensemble
from tests.pairs import BASELINE, YEARLY, Setup
from tests.worlds import SCENARIOS

SETTINGS = list(YEARLY)


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    made = Crew(1)
    made.start()
    yield made
    made.close()


@pytest.fixture
def told(crew: Crew) -> Iterator[tuple[Desk, list[Shown]]]:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", SETTINGS, None, 2029)
    shown: list[Shown] = []
    desk = Desk(crew, shown.append)
    yield desk, shown
    desk.close()
    choose(BASELINE, BASELINE, [], None, None)


def until(shown: list[Shown], holds: Any) -> Shown:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if shown and holds(shown[-1]):
            return shown[-1]
        time.sleep(0.02)
    raise AssertionError(shown[-1].problem if shown else "nothing was shown")


@pytest.mark.slow
def test_it_opens_answered_and_the_newest_wish_wins(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    assert until(shown, lambda one: one.answer.get("count") == 16).answer["years"][-1] == 2029
    for place in range(0, 200, 20):
        desk.edit({"do": "slide", "name": "carbon_tax", "place": place, "number": place + 1})
    first = next(one for one in shown if one.answer.get("cards"))
    assert first.answer["count"] == 0  # one pair, before any interval
    assert not until(shown, lambda one: one.heard == 181 and one.answer.get("count") == 32).busy
    assert desk.found
    assert desk.found.policy.policies == desk.setting.scenarios()[1].policies
    ready = [one.ready for one in shown if one.heard == 181]  # how far it is, from the start
    assert [(0, 32), *sorted(ready), (32, 32)] == [ready[0], *ready, ready[-1]]


@pytest.mark.slow
@pytest.mark.parametrize("possible", [0, 2, 7])
def test_draws_that_make_no_possible_world_do_not_hold_it_up(
    told: tuple[Desk, list[Shown]], monkeypatch: pytest.MonkeyPatch, possible: int
) -> None:
    class Partly(Queue[Any]):
        def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
            none = item is not None and item[0].wide and item[0].member >= possible
            super().put((item[0], None) if none else item, block, timeout)

    desk, shown = told
    monkeypatch.setattr(crews, "Queue", Partly)
    desk.edit({"do": "switch", "name": "public_compute", "on": True, "number": 1})
    last = until(shown, lambda one: one.heard == 1 and not one.busy)
    assert last.answer["count"] == (possible if possible >= FEWEST else 0)
    assert last.problem == ("" if possible >= FEWEST else desks.TOO_FEW.format(possible, 32))


@pytest.mark.slow
def test_the_first_answer_comes_also_where_drawn_pairs_are_faster(
    told: tuple[Desk, list[Shown]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker may be done with a drawn pair before the one pair as assumed is there."""

    class Late(Queue[Any]):
        def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
            if item is None or item[0].wide or item[0].member:
                super().put(item, block, timeout)
                if item is not None and item[0].wide and item[0].member == 2:
                    super().put(self.first, block, timeout)
            else:
                self.first = item

    desk, shown = told
    until(shown, lambda one: one.answer.get("count") == 16)
    monkeypatch.setattr(crews, "Queue", Late)
    desk.edit({"do": "switch", "name": "public_compute", "on": True, "number": 1})
    until(shown, lambda one: one.heard == 1 and one.answer.get("count") == 32 and not one.busy)
    counts = [one.answer["count"] for one in shown if one.heard == 1]
    assert counts[counts.index(0) :] == sorted(counts[counts.index(0) :])
    assert {0, 16, 32} <= set(counts)


WISHES: list[Any] = [
    {"do": "seed", "seed": "-4"}, {"do": "seed", "seed": "x"}, {"do": "seed", "seed": "9" * 30}, {"do": "fly"}, None, 7,
    {"do": "slide", "name": "carbon_tax", "place": "far"}, {"do": "slide", "name": "../etc", "place": 1},
    {"do": "slide"}, {"do": "start", "name": "carbon_tax", "year": "soon"}, {"do": "world", "world": "/etc/passwd"},
    {"do": "field", "name": "carbon_tax", "key": "rate", "value": "abc"},
    {"do": "field", "name": "carbon_tax", "key": "rate", "value": "2027: x"},
    {"do": "field", "name": "carbon_tax", "key": "kinds", "value": 3},
    {"do": "field", "name": "carbon_tax", "key": "act", "value": 3},
    {"do": "assume", "path": "law.exponent", "text": "-5"}, {"do": "assume", "path": "run.seed", "text": "5"},
    {"do": "assume", "path": "law.exponent", "text": "[["}, {"do": "count", "kind": "startup", "count": 10**9},
    {"do": "count", "kind": "robots", "count": 1}, {"do": "load", "link": "@@"},
    {"do": "download", "what": "/etc/passwd"}, {"do": "lab"}, {"do": "lab", "lab": {"kind": "robot"}},
    {"do": "actors", "year": "soon"}, {"do": "actors"},
    {"do": "lab", "lab": {"kind": "startup", "region": "france", "budget": "1e99", "start": 2020}},
]  # fmt: skip


@pytest.mark.slow
def test_whatever_cannot_be_becomes_a_sentence_and_changes_nothing(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    before = desk.setting
    for wish in WISHES:
        desk.edit(wish)
        assert shown[-1].problem, wish
        assert "Traceback" not in shown[-1].problem
        assert desk.setting == before, wish
    desk.edit({"do": "seed", "seed": "5", "number": 9})
    assert shown[-1].problem == ""
    assert until(shown, lambda one: one.answer.get("cards") and one.heard == 9)


@pytest.mark.slow
def test_actors_of_another_year_are_there_at_once_and_those_of_another_setting_follow(
    told: tuple[Desk, list[Shown]],
) -> None:
    desk, shown = told
    desk.edit({"do": "actors", "year": 2029, "number": 1})
    first = until(shown, lambda one: one.actors.get("year") == 2029).actors
    desk.edit({"do": "actors", "year": 2028, "number": 2})
    assert shown[-1].actors["year"] == 2028
    desk.edit({"do": "switch", "name": "public_compute", "on": True, "number": 3})
    desk.edit({"do": "actors", "year": 2029, "number": 4})
    again = until(shown, lambda one: one.actors["year"] == 2029).actors
    assert first["charts"][0]["rows"] != again["charts"][0]["rows"]


@pytest.mark.slow
def test_every_policy_switches_slides_and_stands_beside_the_others(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    for name in registry():
        desk.edit({"do": "switch", "name": name, "on": True})
        assert shown[-1].problem == "", name
        desk.edit({"do": "slide", "name": name, "place": 120})
        assert shown[-1].problem == "", name
        places = {one["name"]: one["slider"]["place"] for group in shown[-1].setting["groups"]
                  for one in group["policies"] if one["on"]}  # fmt: skip
        assert abs(places[name] - 120) <= 1
    assert {entry["name"] for entry in desk.setting.entries} == set(registry())
    again = from_link(desk.setting.link())
    assert again.scenarios()[1].policies == desk.setting.scenarios()[1].policies
    desk.edit({"do": "clear"})
    assert desk.setting.entries == ()


@pytest.mark.slow
def test_what_is_downloaded_is_the_setting_to_the_bit(told: tuple[Desk, list[Shown]], tmp_path: Path) -> None:
    desk, shown = told
    desk.edit({"do": "field", "name": "carbon_tax", "key": "rate", "value": "2027: 50, 2028: 100"})
    desk.edit({"do": "assume", "path": "law.exponent", "place": 150})
    assert shown[-1].problem == ""
    for what, world in (("baseline", 0), ("scenario", 1)):
        desk.edit({"do": "download", "what": what, "number": 3})
        file = tmp_path / shown[-1].file["name"]
        file.write_text(shown[-1].file["text"], encoding="utf-8")
        assert load(file).is_same(desk.setting.scenarios()[world])


@pytest.mark.slow
def test_data_hold_both_worlds_by_year() -> None:
    lines = data(ensemble("carbon_tax", until=2014)).splitlines()
    assert lines[0] == "scenario,year,measure,unit,median,low,high,pairs"
    assert len({line.partition(",")[0] for line in lines[1:]}) == 2


@pytest.mark.slow
def test_a_link_is_checked_as_a_file_is() -> None:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", SETTINGS, None, 2029)
    try:
        setting = first_setting()
        assert from_link(setting.link()) == setting
        good = {"world": setting.world, "entries": list(setting.entries), "assumptions": {}, "seed": 1, "counts": {}}
        for bad in (
            [], {**good, "more": 1}, {**good, "world": "../../etc/passwd"}, {**good, "entries": [1]},
            {**good, "entries": [{"name": "carbon_tax", "id": "carbon_tax", "start": 2027, "rate": "free"}]},
            {**good, "entries": [{"name": "import os", "id": "x", "start": 2027}]},
            {**good, "entries": [{"name": "carbon_tax", "id": "<img>", "start": 2027}]},
            {**good, "assumptions": {"run.seed": 3}}, {**good, "assumptions": {"law.exponent": {"value": "x"}}},
            {**good, "seed": True}, {**good, "counts": {"startup": 10**7}}, {**good, "counts": {"startup": "5"}},
        ):  # fmt: skip
            link = urlsafe_b64encode(json.dumps(bad).encode()).decode().rstrip("=")
            with pytest.raises(InputError):
                from_link(link).scenarios()
        for text in ("", "@@", "A" * 10**6, "é"):
            with pytest.raises(InputError):
                from_link(text)
    finally:
        choose(BASELINE, BASELINE, [], None, None)


@dataclass(frozen=True)
class Nap:
    """A task that takes so many seconds."""

    place: int
    seconds: float

    def __call__(self, kept: Any) -> float:
        time.sleep(self.seconds)
        return self.seconds


@pytest.mark.slow
def test_a_first_answer_waits_for_no_other(crew: Crew) -> None:
    """Not for those of its own tab, and not for those of others that are under way."""
    crew.submit("another", [Nap(1, 3.0), Nap(2, 3.0)])
    time.sleep(0.1)
    job = crew.submit("one", [Nap(1, 1.0), Nap(2, 1.0), Nap(FIRST, 0.0)])
    assert job.results.get(timeout=30.0) == (Nap(FIRST, 0.0), 0.0)
    assert not job.waiting or all(task.place != FIRST for task in job.waiting)
    first, wide, lucky = (Pair(member, drawn, b"", b"") for member, drawn in ((0, False), (0, True), (1, False)))
    assert first.place == FIRST
    assert FIRST not in (wide.place, lucky.place)
    for tab in ("one", "another"):
        crew.drop(tab)


@pytest.mark.slow
def test_what_was_asked_before_there_was_a_tab_gives_way_to_it(crew: Crew) -> None:
    """A tab asks for the same: nobody waits for it twice."""
    early = crew.submit(AT_START, [Nap(1, 0.2), Nap(1, 60.0)])
    job = crew.submit("one", [Nap(1, 0.0)])
    assert job.results.get(timeout=30.0) == (Nap(1, 0.0), 0.0)
    assert AT_START not in crew.jobs
    assert early.results.qsize() <= 1
    crew.drop("one")


@pytest.mark.slow
def test_a_world_that_was_asked_for_last_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By another tab, or once more; and another policy is not mistaken for it."""

    def dumped(name: str) -> list[bytes]:
        setup = Setup(BASELINE, SCENARIOS / f"{name}.toml", 3, settings=YEARLY, until=2029)
        return [pickle.dumps(one) for one in setup.scenarios()]

    both, other = dumped("carbon_tax"), dumped("public_compute")[1]
    work, asked = Members(), []
    under = Member.under
    monkeypatch.setattr(Member, "under", lambda self, *told: asked.append(1) or under(self, *told))
    first, again, changed, back = (
        work(Pair(1, True, both[0], policy)) for policy in (both[1], both[1], other, both[1])
    )
    assert again is first
    assert len(asked) == 3
    assert back is not first
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(back.values, first.values, strict=True))
    assert not np.array_equal(changed.values[1], first.values[1], equal_nan=True)


@pytest.mark.slow
def test_a_worker_that_dies_is_replaced(told: tuple[Desk, list[Shown]], crew: Crew) -> None:
    desk, shown = told
    until(shown, lambda one: one.answer.get("count") == 16)
    for process in crew.processes:
        process.kill()
    desk.edit({"do": "slide", "name": "carbon_tax", "place": 30, "number": 5})
    until(shown, lambda one: one.heard == 5 and one.answer.get("count") == 32)
    assert shown[-1].problem == ""


@pytest.mark.slow
def test_luck_stands_beside_and_no_word_follows_from_it(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    before = until(shown, lambda one: one.answer.get("count") == 32 and not one.busy).answer
    desk.edit({"do": "luck", "on": True, "number": 1})
    after = until(shown, lambda one: any(card["luck"] for card in one.answer["cards"][-1])).answer
    assert after["sentences"] == before["sentences"]
    words = [[[card[key] for key in ("change", "word", "tone", "bar")] for card in year] for year in before["cards"]]
    assert words == [[[card[key] for key in ("change", "word", "tone", "bar")] for card in year]
                     for year in after["cards"]]  # fmt: skip
    assert not any(card["luck"] for year in before["cards"] for card in year)
    assert shown[-1].setting["luck"] is True


@pytest.mark.slow
def test_a_lab_is_answered_here_and_under_saved_settings_and_again_with_each_change(
    told: tuple[Desk, list[Shown]],
) -> None:
    desk, shown = told
    saved = {"name": "without", "link": first_setting().with_entry("carbon_tax", None).link()}
    lab = {"kind": "academic_lab", "region": "france", "budget": "100000", "start": 2020}
    desk.edit({"do": "lab", "lab": lab, "links": [saved, {"name": "broken", "link": "@@"}, 7], "number": 1})
    found = until(shown, lambda one: len(one.lab.get("rows", [])) == 3).lab
    assert [row["name"] for row in found["rows"]] == ["Baseline", "This setting", "without"]
    desk.edit({"do": "switch", "name": "public_compute", "on": True, "number": 2})
    again = until(shown, lambda one: one.lab["rows"][1] != found["rows"][1]).lab
    assert again["rows"][2] == found["rows"][2]
    desk.edit({"do": "lab", "lab": {**lab, "budget": "-5"}, "links": [], "number": 3})
    assert "No budget" in shown[-1].problem


@pytest.mark.slow
def test_the_record_is_held_against_what_is_assumed_now(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    desk.edit({"do": "evidence", "number": 1})
    found = until(shown, lambda one: bool(one.judged)).judged
    desk.edit({"do": "assume", "path": "law.exponent", "place": 190, "number": 2})
    assert until(shown, lambda one: one.judged != found).judged["rows"]


@pytest.mark.slow
def test_a_scenario_says_whether_its_policies_were_changed(told: tuple[Desk, list[Shown]]) -> None:
    desk, shown = told
    assert shown[-1].setting["changed"] is False
    desk.edit({"do": "start", "name": "carbon_tax", "year": "2026"})
    assert shown[-1].setting["changed"] is True
    desk.edit({"do": "world", "world": desk.setting.world})
    assert shown[-1].setting["changed"] is False


@pytest.mark.slow
def test_the_report_is_that_of_a_comparison_and_ends_with_its_tab(tmp_path: Path) -> None:
    pair = Setup(BASELINE, SCENARIOS / "carbon_tax.toml", 3, settings=YEARLY, until=2028).scenarios()
    text = Reporter().write(pair, 2)
    assert text.lower().startswith("<!doctype html>")
    assert pair[1].title in text
    closed = Reporter()
    closed.close()
    with pytest.raises(RuntimeError, match="closed"):
        closed.write(pair, 2)
    late = Reporter()
    Timer(1.0, late.close).start()
    with pytest.raises(RuntimeError):
        late.write(pair, 50)
    assert late.process is not None
    assert late.process.poll() is not None


def test_every_wish_of_the_browser_is_known() -> None:
    text = component()
    assert set(re.findall(r"do: [\"'](\w+)[\"']", text)) == {*desks.EDITS, *desks.WISHES}
    assert "v-html" not in text
    assert "innerHTML" not in text
    assert chosen().offered


def test_a_browser_is_told_what_has_changed_alone() -> None:
    dashboard = pytest.importorskip("sim.app.dashboard", reason="the extra view")
    before = Shown(setting={"link": "a"}, answer={"count": 8}, heard=3)
    after = replace(before, answer={"count": 16}, busy=False)
    assert dashboard.told(after, before) == {"told_answer": '{"count": 16}', "busy": False}
    every = dashboard.told(before)
    assert json.loads(every["told_setting"]) == {"link": "a"}
    assert set(every) <= set(dashboard.PageWidget.class_trait_names())


@pytest.mark.slow
def test_settings_that_differ_have_names_that_differ() -> None:
    """Saved side by side they must be told from each other."""
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", SETTINGS, None, 2029)
    first, do = first_setting(), desks.EDITS
    every = [
        first, do["clear"](first, {}), do["slide"](first, {"name": "carbon_tax", "place": 30}),
        do["start"](first, {"name": "carbon_tax", "year": "2025"}), do["seed"](first, {"seed": "7"}),
        do["switch"](first, {"name": "public_compute", "on": True}),
        do["count"](first, {"kind": "startup", "count": 9}),
        do["assume"](first, {"path": "law.exponent", "place": 190}),
    ]  # fmt: skip
    names = [", ".join(catalogue.named(one)) for one in every]
    assert len(set(names)) == len(names), names
    assert names[0] == "Carbon tax 100 USD per tonne of CO2 from 2027"
    assert names[5] == "Carbon tax 100 USD per tonne of CO2, Public compute 10.0 %, all from 2027"
    apart = do["start"](every[5], {"name": "carbon_tax", "year": "2025"})
    assert catalogue.named(apart)[0].endswith("from 2025")
    assert catalogue.named(apart)[1].endswith("from 2027")
    choose(BASELINE, BASELINE, [], None, None)


def test_what_a_command_set_stands_apart_from_titles() -> None:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", ["product.margin=0.4"], None, 2029)
    first = catalogue.presets(chosen().offered)[0]
    assert first["title"] == "Carbon tax at 100 USD/t from 2027"
    assert first["changed"] == "product.margin=0.4"
    choose(BASELINE, BASELINE, [], None, None)
    assert {one["changed"] for one in catalogue.presets(chosen().offered)} == {""}


@pytest.mark.slow
def test_worlds_that_are_kept_between_moves_are_those_of_the_setting() -> None:
    """A policy's slider makes no baseline anew, and no move leaves anything behind."""
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", SETTINGS, None, 2029)
    first = first_setting()
    baseline, policy = first.scenarios()
    moved = desks.EDITS["slide"](first, {"name": "carbon_tax", "place": 30})
    assert moved.scenarios()[0] is baseline
    assert not moved.scenarios()[1].is_same(policy)
    assert first.scenarios()[1].is_same(policy)
    assert pickle.dumps(first.scenarios()) == pickle.dumps((baseline, policy))
    other = desks.EDITS["assume"](first, {"path": "law.exponent", "place": 190})
    assert other.scenarios()[0].law != baseline.law
    choose(BASELINE, BASELINE, [], 5, None)
    assert first_setting().scenarios()[0].run.seed == 5
    choose(BASELINE, BASELINE, [], None, None)


@pytest.mark.slow
def test_the_first_scenario_is_there_before_the_others() -> None:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", SETTINGS, None, 2029)
    assert first_setting().scenarios()[1].name == "carbon_tax"
    assert "offered" not in vars(chosen())
    assert choice.chosen().world("carbon_tax") is chosen().offered["carbon_tax"]
    with pytest.raises(KeyError):
        choice.chosen().world("nothing")
    choose(BASELINE, BASELINE, [], None, None)
