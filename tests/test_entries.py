"""Several entries of one policy: each does what it says, for those it says, and as it would without the others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.policies import Policy, registry
from sim.policies.levers import PAST_COMPUTE, PAST_EMISSIONS, USES
from sim.policies.view import View
from sim.scenario import load
from tests.test_caps import KINDS, cap, under
from tests.worlds import BASELINE, changed, small, walked


def entry(name: str, id: str, *kinds: str, **numbers: Any) -> Policy:
    return registry()[name](id=id, kinds=kinds, **numbers)


def served(*entries: Policy, settings: tuple[str, ...] = ()) -> dict[str, float]:
    """FLOP that the treasury pays for, by kind."""
    now, step = under(small("baseline", *settings, until=2014), *entries)
    public = step.public / step.unit_cost
    return {kind.id: float(public[rows].sum()) for kind, rows in now.rows()}


@pytest.mark.parametrize("rule", ["equal", "need", "merit", "lottery"])
def test_programmes_of_one_rule_keep_their_shares(rule: str) -> None:
    labs = entry("public_compute", "labs", "academic_lab", share=0.1, allotment=rule)
    firms = entry("public_compute", "firms", "startup", share=0.2, allotment=rule)
    found = served(labs, firms)
    assert found["startup"] == pytest.approx(2 * found["academic_lab"], rel=1e-9)
    assert found["corporation"] == 0


def test_a_share_for_those_who_are_gone_is_no_share() -> None:
    labs = entry("public_compute", "labs", "academic_lab", share=0.1)
    firms = entry("public_compute", "firms", "startup", share=0.2)
    found = []
    for entries in ((labs,), (labs, firms)):
        world = begin(replace(small("baseline", until=2014), policies=entries), 1)
        found.append(advance(changed(world, alive=~world.fixed.traits.raises))[1].public)
    assert found[0].any()
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("rule", ["equal", "need", "merit"])
def test_budgets_that_are_as_large_for_each_are_not_pooled(rule: str) -> None:
    scenario = small("baseline", until=2014)
    counts = {kind.id: kind.count for kind in scenario.kinds}
    budgets = {kind: 1e4 * counts[kind] for kind in ("academic_lab", "corporation")}
    entries = [entry("public_compute", f"for_{kind}", kind, budget=money, allotment=rule) for kind, money in
               budgets.items()]  # fmt: skip
    now, step = under(scenario, *entries)
    paid = {kind.id: float(step.public[rows].sum()) for kind, rows in now.rows()}
    assert paid == pytest.approx({"startup": 0.0, **budgets}, rel=1e-12)


def test_each_lottery_has_its_own_winners() -> None:
    few = entry("public_compute", "few", "academic_lab", budget=1e5, allotment="lottery", winners=0.1)
    many = entry("public_compute", "many", "startup", budget=1e5, allotment="lottery", winners=0.5)
    other = entry("public_compute", "other", "corporation", budget=1e5, winners=1.0)  # no lottery
    now, step = under(small("baseline", "kind.academic_lab.count=20", until=2014), few, many, other)
    won = {kind.id: int((step.public[rows] > 0).sum()) for kind, rows in now.rows()}
    startups = int(now.actors.alive[now.groups.kinds["startup"]].sum())
    assert won == {"academic_lab": 2, "startup": startups // 2, "corporation": now.groups.kinds["corporation"].stop}


def test_each_lottery_draws_for_itself() -> None:
    """Two for the same labs have other winners, and those of one are the same whatever others there are."""

    def won(*ids: str) -> set[int]:
        entries = [
            entry("public_compute", id, "academic_lab", budget=1e5, allotment="lottery", winners=0.25) for id in ids
        ]
        return set(np.flatnonzero(under(small("baseline", until=2014), *entries)[1].public).tolist())

    ids = "public_compute", "one", "two"
    alone = [won(id) for id in ids]
    assert {len(of) for of in alone} == {5}
    assert len({frozenset(of) for of in alone}) == len(ids)
    assert won(*ids) == won(*reversed(ids)) == set().union(*alone)


@pytest.mark.parametrize(("winners", "of", "won"), [(0.29, 100, 29), (0.57, 100, 57), (0.001, 20, 1), (0.99, 10, 9)])
def test_winners_are_as_many_as_their_share_says(winners: float, of: int, won: int) -> None:
    lottery = entry("public_compute", "it", "academic_lab", budget=1e5, allotment="lottery", winners=winners)
    step = under(small("baseline", f"kind.academic_lab.count={of}", until=2014), lottery)[1]
    assert (step.public > 0).sum() == won


def test_duties_to_publish_ask_what_they_say_of_whom_they_say() -> None:
    scenario = small("baseline", "kind.corporation.openness=0", "kind.startup.openness=0", until=2016)
    findings = entry("open_publication", "findings", share=0.3, weights=False, findings=0.9)
    models = entry("open_publication", "models", "corporation", share=1.0, weights_lag=1.0)
    world = under(scenario, findings, models)[0]
    draw, sharing = world.fixed.traits.release_draw, act(world).sharing
    assert (sharing[draw < 0.3] >= 0.9).all()
    firms = ~world.fixed.traits.academic & (draw >= 0.3)
    assert firms.any()
    assert (sharing[firms] == 0).all()  # before, who had to release models had to publish findings
    alone = [under(scenario, *of, steps=10)[0].memory.duty_error for of in ((models,), (findings,))]
    both = under(scenario, findings, models, steps=10)[0].memory.duty_error
    assert both == pytest.approx(alone[0], rel=0.02)  # as far as findings change what is known
    assert np.isinf(alone[1])


def test_duties_that_overlap_keep_what_is_theirs_whatever_they_are_called() -> None:
    """When the first of two has ended the other goes on with its own models; and one that follows an entry goes on with
    that one's, as a number by year would."""
    found = {}
    for names in (("a", "b"), ("z", "b")):
        first = entry("open_publication", names[0], start=2013.0, end=2016.0, share=0.05, weights_lag=0.25)
        second = entry("open_publication", names[1], start=2013.0, share=1.0, weights_lag=3.0)
        world, _ = under(small("baseline", until=2019), first, second, steps=28)
        found[names] = world.memory.duty_error, {duty.lane for duty in world.memory.dutiful}
    assert found["a", "b"] == found["z", "b"]
    assert found["a", "b"][1] == {0, 1}
    whole = entry("open_publication", "b", start=2013.0, share=1.0, weights_lag=3.0)
    halves = [replace(whole, end=2015.0), replace(whole, id="a", start=2015.0)]
    worlds = [under(small("baseline", until=2019), *of, steps=28)[0] for of in ([whole], halves)]
    assert worlds[0].memory.duty_error == worlds[1].memory.duty_error < np.inf


def test_a_lag_is_that_of_the_duty_that_asks() -> None:
    """Startups report all at once, corporations after three years, whichever entry comes first."""
    soon = entry("reporting_duty", "soon", "startup", threshold=1e14, lag=0.0)
    late = entry("reporting_duty", "late", "corporation", threshold=1e14, lag=3.0, methods=0.8)
    both = entry("reporting_duty", "both", threshold=1e30, lag=0.0, methods=1.0)  # above all runs
    world, step = under(small("baseline", until=2016), soon, late, both, steps=8)
    known = {kind.id: step.reports[rows].sum() for kind, rows in world.rows()}
    recent = {row for due in world.memory.reports.recent for row in due.rows}
    kinds = {kind.id: set(range(rows.start, rows.stop)) for kind, rows in world.rows()}
    assert recent & kinds["startup"]
    assert not recent & (kinds["corporation"] | kinds["academic_lab"])
    assert known["corporation"] == 0
    assert not np.array([due.methods.any() for due in world.memory.reports.recent]).any()
    waiting = [due for due in world.memory.reports.due if set(due.rows) & kinds["corporation"]]
    assert waiting
    assert all((due.methods == 0.8).all() for due in waiting)


def test_permits_for_compute_given_away_later_go_to_their_own_past_users() -> None:
    scenario = small("baseline", "mechanisms.exit_and_entry=false", until=2017)
    given = {"allocation": "grandfathering", "cap_share": 0.5}
    first = entry("compute_permits", "first", "corporation", start=2013.0, end=2014.0, **given)
    then = entry("compute_permits", "then", "startup", start=2014.0, **given)
    world, _ = under(scenario, first, then, steps=16)
    for right, parts in world.treasury.rights.items():
        (kind,) = right.kinds
        rows = world.groups.kinds[KINDS[kind]]
        assert parts[rows].sum() == pytest.approx(1.0, rel=1e-12)
    assert {right.kinds for right in world.treasury.rights} == {(0,), (1,)}
    assert sum(world.treasury.held.values()) == pytest.approx(
        world.treasury.earmarked[USES.index(PAST_COMPUTE)], rel=1e-9
    )


def test_value_given_away_waits_while_its_holders_are_gone() -> None:
    scenario = small("baseline", "mechanisms.exit_and_entry=false", until=2016)
    permits = cap("it", 10.0, KINDS[1:2], allocation="grandfathering", start=2013.0)
    world, _ = under(scenario, permits, steps=8)
    held = dict(world.treasury.held)
    assert sum(held.values()) > 0
    gone = changed(world, alive=world.actors.alive & ~world.fixed.traits.raises)
    after, step = advance(gone)
    assert not any(purpose == "permits given away" and amount for (_, _, purpose), amount in step.flows.items())
    assert all(after.treasury.held[right] >= amount for right, amount in held.items())
    use = USES.index(PAST_EMISSIONS)
    assert after.treasury.earmarked[use] == pytest.approx(sum(after.treasury.held.values()), rel=1e-12)


def test_new_startups_have_money_though_none_was_left() -> None:
    world = begin(small("baseline", until=2016), 1)
    dead = world.fixed.traits.raises
    world, steps = walked(changed(world, alive=world.actors.alive & ~dead), 8)
    assert sum(step.founded for step in steps) > 0
    new = dead & world.actors.alive
    assert new.any()
    assert (world.actors.plan[new] > 0).any()
    assert steps[-1].run[new].max() > 0


def test_a_pace_has_nothing_to_go_by_where_nobody_has_run_anything() -> None:
    pace = registry()["training_run_pace"](id="it", ratio=2.0)
    world, _ = under(small("baseline", until=2016), pace, steps=8)
    none = type(world.memory.largest)(world.memory.largest.times, (0.0,) * len(world.memory.largest.times))
    assert advance(changed(world, largest=none))[1].run.max() > 0


def test_a_total_is_spent_with_many_steps_a_year() -> None:
    for start, end in ((2014.0, 2014.006), (2014.003, 2014.02), (2013.996, 2014.006)):
        voucher = registry()["compute_voucher"](id="it", total=1e9, start=start, end=end)
        paid = [
            voucher.pull(View(2013.9 + (i + 0.5) / 100, 2012.0, steps_per_year=100, served=4)).get("voucher", 0.0)
            for i in range(20)
        ]
        assert sum(4 * each / 100 for each in paid) == pytest.approx(1e9, rel=1e-9)


def test_a_policy_lasts_a_step() -> None:
    settings = ("time.steps_per_year=100", "policy.compute_voucher.total=1e9", "policy.compute_voucher.start=2014")
    with pytest.raises(InputError, match="before a step has gone by") as refused:
        small("baseline", *settings, "policy.compute_voucher.end=2014.004", until=2015)
    assert refused.value.key == "policy.compute_voucher.end"


def test_entries_for_different_kinds_do_not_overlap(tmp_path: Path) -> None:
    """One of them names none, so that it is for labs; of two for labs the sizes add up."""
    notes = {}
    for kind in ("startup", "academic_lab"):
        entries = "".join(
            f'[[policy]]\nname = "public_compute"\nid = "{id}"\nshare = 0.1\n{kinds}\n'
            for id, kinds in (("labs", ""), ("others", f'kinds = ["{kind}"]'))
        )
        file = tmp_path / f"{kind}.toml"
        head = f'schema = 1\nextends = "{BASELINE}"\ntitle = "t"\nquestion = "q?"\n'
        file.write_text(head + entries, encoding="utf-8")
        notes[kind] = [note for note in load(file).notes if "overlap" in note]
    assert notes["startup"] == []
    assert len(notes["academic_lab"]) == 1


def test_a_date_within_a_step_is_told_once() -> None:
    settings = ("policy.compute_voucher.value=1e6", "policy.compute_voucher.start=2014")
    with pytest.raises(InputError, match="cannot end within a step") as refused:
        small("baseline", *settings, "policy.compute_voucher.end=2014.1", until=2015)
    assert "a step has gone by" not in str(refused.value)
