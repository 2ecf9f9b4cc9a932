"""The page without a browser: two worlds stepped together, changes of policies, controls, charts, words."""

import json
import re
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.app.actors import followed, network, picture, table
from sim.app.byyear import gathered, is_by_year, spread, text_of
from sim.app.byyear import typed as by_year
from sim.app.cards import cards, clock, headline
from sim.app.choice import choose, offered
from sim.app.controls import (
    Slide,
    allowed,
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
)  # fmt: skip
from sim.app.pair import Pair, Setup
from sim.app.views import errors, lorenz, one, regions, shares
from sim.economy.stages.acts import act
from sim.errors import InputError
from sim.experiment.path import simulate
from sim.experiment.run import run
from sim.measures import DIVIDE
from sim.measures.access import ACADEMIA_SHARE
from sim.model import ComputeEconomy
from sim.scenario import load
from sim.scenario.variants import entry_of, with_policy
from tests.saying import Say
from tests.worlds import ROOT, SCENARIOS
from tests.worlds import changed as changed_world

FEW = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20")
BASELINE = SCENARIOS / "baseline.toml"
TAX = {"rate": {"value": 300, "unit": "USD/tCO2"}, "growth": {"value": 5, "unit": "%/yr"}}


def pair_of(policy: str = "baseline", until: int = 2016, seed: int = 3) -> Pair:
    return Pair(Setup(BASELINE, SCENARIOS / f"{policy}.toml", seed, settings=FEW, until=until))


def stepped(pair: Pair, steps: int) -> Pair:
    for _ in range(steps):
        pair.step()
    return pair


def played(pair: Pair) -> Pair:
    return stepped(pair, pair.policy.scenario.steps)


# -- the pair is what the command line runs


@pytest.mark.slow
def test_both_worlds_are_replicate_0_of_the_command_line(tmp_path: Path) -> None:
    pair = played(pair_of("public_compute", until=2030))
    assert pair.done
    assert not pair.running
    for track, name in zip(pair.tracks, ("baseline", "public_compute"), strict=True):
        alone = simulate(load(SCENARIOS / f"{name}.toml", FEW, seed=3, until=2030), 0)
        assert np.array_equal(track.result().replicates[0].yearly, alone.yearly, equal_nan=True)
        assert np.array_equal(track.result().replicates[0].flags, alone.flags)
    series = pair.series()
    written = run(load(SCENARIOS / "public_compute.toml", FEW, seed=3, until=2030, replicates=1), workers=1).series
    mine = series[series["scenario"] == "public_compute"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, written, check_exact=True)
    assert pair.series_file().splitlines()[0] == "scenario,replicate,year,measure,unit,value"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("carbon_tax", TAX, {**TAX, "rate": {"value": 900, "unit": "USD/tCO2"}, "ramp": {"value": 3, "unit": "yr"}}),
        (
            "cap_and_trade",
            {"cap_share": 1.1, "growth": {"value": -5, "unit": "%/yr"}, "allocation": "grandfathering"},
            {"cap_share": 0.8, "growth": {"value": -5, "unit": "%/yr"}, "allocation": "grandfathering"},
        ),
        ("compute_permits", {"cap_share": 0.9, "scope": "training"}, {"cap_share": 0.7, "scope": "training"}),
        ("training_run_ceiling", {"limit": 1e20}, {"limit": 3e20}),
    ],
)
def test_changes_while_it_runs_give_what_their_file_gives(
    name: str, first: dict[str, Any], second: dict[str, Any], tmp_path: Path
) -> None:
    """Start, change and end a policy on the way; the scenario file of the end, run from the start, gives the same."""
    pair = stepped(pair_of(), 5)
    pair.change(name, first)
    stepped(pair, 5)
    pair.change(name, second)
    stepped(pair, 6)
    pair.change(name, None)
    played(pair)
    entries = [(policy.id, policy.start, policy.end, policy.origin) for policy in pair.policy.scenario.policies]
    assert entries == [(name, 2013.25, 2014.5, 2013.25), (f"{name}-2", 2014.5, 2016.0, 2013.25)]
    file = tmp_path / "screen.toml"
    file.write_text(pair.scenario_file(), encoding="utf-8")
    again = simulate(load(file), 0)
    assert np.array_equal(pair.policy.result().replicates[0].yearly, again.yearly, equal_nan=True)
    assert not np.array_equal(again.yearly, pair.baseline.result().replicates[0].yearly, equal_nan=True)


@pytest.mark.slow
def test_a_change_at_one_moment_takes_the_place_of_the_last() -> None:
    scenario = load(BASELINE, FEW)
    once = with_policy(with_policy(scenario, "carbon_tax", 2020.25, TAX), "carbon_tax", 2020.25, {"rate": 0.5})
    assert [(p.id, p.start, p.rate) for p in once.policies] == [("carbon_tax", 2020.25, 0.0005)]  # type: ignore[attr-defined]
    off = with_policy(once, "carbon_tax", 2020.25, None)
    assert not off.policies
    third = with_policy(with_policy(once, "carbon_tax", 2022, TAX), "carbon_tax", 2024, TAX)
    assert [(p.id, p.end, p.since) for p in third.policies] == [
        ("carbon_tax", 2022, float("-inf")), ("carbon_tax-2", 2024, 2020.25), ("carbon_tax-3", float("inf"), 2020.25),
    ]  # fmt: skip
    ended = with_policy(third, "carbon_tax", 2026, None)
    anew = with_policy(ended, "carbon_tax", 2028, TAX)
    assert anew.policies[-1].origin == 2028


def test_a_policy_that_has_not_begun_keeps_its_start() -> None:
    scenario = load(SCENARIOS / "carbon_tax.toml", FEW)
    dearer = with_policy(scenario, "carbon_tax", 2020.0, {"rate": {"value": 7, "unit": "USD/tCO2"}})
    assert [(p.id, p.start, p.rate) for p in dearer.policies] == [("carbon_tax", 2027.0, 0.007)]  # type: ignore[attr-defined]
    assert entry_of(scenario, "carbon_tax", 2020.0) == scenario.policies[0]
    assert entry_of(scenario, "carbon_budget", 2020.0) is None


def test_a_pair_with_an_impossible_seed_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="seed"):
        pair_of(seed=-1)


def test_growth_and_ramp_count_from_the_first() -> None:
    scenario = with_policy(load(BASELINE, FEW), "carbon_tax", 2020.0, TAX)
    later = with_policy(scenario, "carbon_tax", 2025.0, TAX)
    at = [ComputeEconomy(s, seed=1) for s in (scenario, later)]
    for model in at:
        model.world = changed_world(model.world, steps_done=4 * 16)
    prices = [act(model.world).levers.carbon_price.max() for model in at]
    assert prices[0] == prices[1] == pytest.approx(0.3 * 1.05**8.125)


def test_what_cannot_be_is_refused_and_changes_nothing() -> None:
    pair = stepped(pair_of(), 2)
    for parameters in ({"rate": {"value": -5, "unit": "USD/tCO2"}}, {"rate": float("nan")}, {"rat": 5}):
        with pytest.raises(InputError):
            pair.change("carbon_tax", parameters)
    with pytest.raises(InputError, match="year before"):
        pair.change("cap_and_trade", {"cap_share": 2.0})
    assert not pair.policy.scenario.policies
    with pytest.raises(InputError, match="no such file"):
        Pair(Setup(BASELINE, SCENARIOS / "nothing.toml"))


def test_flows_are_per_year_from_the_first_step_on() -> None:
    pair = stepped(pair_of(), 1)
    quarter, year = pair.baseline.now("emissions_total"), stepped(pair, 3).baseline.now("emissions_total")
    assert quarter == pytest.approx(year, rel=0.5)  # not a quarter of it
    assert clock(pair) == "December 2012"


def test_without_the_extra_the_command_says_what_to_install(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.view.find_spec", lambda name: None if name == "solara" else object())
    answer = say("view", BASELINE)
    assert answer.code == 2
    assert "no solara" in answer.err
    assert "pip install -e '.[view]'" in answer.err


# -- controls come from the registry


@pytest.mark.slow
@pytest.mark.parametrize("name", policies())
def test_every_policy_can_be_switched_on_and_slid(name: str) -> None:
    policy = policies()[name]
    pair = stepped(pair_of(), 5)
    assert in_force(pair.policy.scenario, name, pair.at) is None
    pair.change(name, suggested(name))
    parameters = in_force(pair.policy.scenario, name, pair.at)
    assert parameters is not None
    assert set(parameters) == {control.key for control in controls(policy)}
    assert set(parameters) == set(policy.parameters()) - {"id", "start", "end", "since"}
    key = strength(policy, parameters)
    control = next(control for control in controls(policy) if control.key == key)
    written = parameters[key]
    range_ = slide(policy, control, written, number(written)[0])
    assert range_.low <= number(written)[0] <= range_.high
    for value in (
        range_.low,
        range_.value((range_.place(range_.low or 1e-9) + range_.place(range_.high)) / 2),
        range_.high,
    ):
        if value != 0:
            pair.change(name, {**parameters, key: rewritten(written, value)})
            now = in_force(pair.policy.scenario, name, pair.at)
            assert now is not None
            assert number(now[key])[0] == pytest.approx(value)
    assert shown(control, written) != str(written)
    assert label(name)[0].isupper()
    assert all(control.spec.doc and control.help for control in controls(policy))


@pytest.mark.parametrize("name", policies())
def test_what_the_page_says_of_a_policy_is_said_in_words(name: str) -> None:
    """No powers of ten as a computer writes them, no code's units and names, no bounds that mean nothing."""
    policy, usual = policies()[name], suggested(name)
    sentences = [policy.told(), f"It cannot {policy.cannot}.", *(control.help for control in controls(policy))]
    pieces = [control.label for control in controls(policy)]
    for control in controls(policy):
        pieces += [option_words(option) for option in control.spec.options]
        if control.spec.form == "number":
            pieces += [shown(control, usual[control.key]), unit_of(control, usual[control.key])]
    for text in sentences:
        assert text.endswith(".")
        assert text[0].isupper()
    for text in (*sentences, *pieces):
        assert not re.search(
            r"\de[-+]?\d|10\^|at least|/yr|/tCO2|tCO2|\w_\w|[kMGBT]USD|\bNone\b|\binf\b|\w/\w|``", text
        ), text


@pytest.mark.parametrize("name", policies())
def test_a_refusal_on_the_page_has_no_names_of_the_code(name: str) -> None:
    policy, pair = policies()[name], stepped(pair_of(until=2013), 1)
    for control in controls(policy):
        if control.spec.form == "number":
            with pytest.raises(InputError) as found:
                pair.change(name, {**suggested(name), control.key: float("nan")})
            text = in_page_words(found.value, policy)
            assert not re.search(r"\w_\w|policy\.", text), text
            assert text[0].isupper()
            assert text.endswith(".")


def test_a_field_repeats_its_number_and_takes_it_back() -> None:
    rate, winners = (
        next(c for c in controls(policies()[name]) if c.key == key)
        for name, key in (("carbon_tax", "rate"), ("public_compute", "winners"))
    )
    for control, written, text in ((rate, 1234.56789, "1234.56789"), (winners, 0.125, "12.5"), (rate, inf, "none")):
        assert field_text(control, written) == text
        assert typed_number(control, written, text) == written
    assert typed_number(rate, {"value": 5, "unit": "USD/tCO2"}, "1,200") == {"value": 1200.0, "unit": "USD/tCO2"}


def test_the_range_of_a_number_in_words() -> None:
    by_name = {c.key: c for c in controls(policies()["carbon_tax"])}
    assert allowed(by_name["rate"].spec) == "From 0 to 10,000 USD per tonne of CO2"
    assert allowed(by_name["growth"].spec) == "From −20 to 50 % a year"
    cap = {c.key: c for c in controls(policies()["cap_and_trade"])}["cap"]
    assert allowed(cap.spec) == "Above 0 tonnes of CO2e a year; none means no limit"
    share = {c.key: c for c in controls(policies()["public_compute"])}["share"]
    assert allowed(share.spec) == "From 0 to 90 %"


@pytest.mark.parametrize("name", policies())
def test_every_number_by_year_goes_to_text_and_back(name: str) -> None:
    pair = pair_of(until=2014)
    every = {control.key: control for control in controls(policies()[name])}
    assert {key for key, control in every.items() if control.by_year} == set(policies()[name].by_year())
    parameters = suggested(name)
    key = strength(policies()[name], parameters)
    path = spread(parameters[key], 2013.4)
    assert gathered(path) == parameters[key]
    value = path["values"][0]
    more = by_year(f"2013: {value}; 2014:{value}", path)
    assert more == {**path, "years": [2013, 2014], "values": [value, value]}
    assert by_year(text_of(more), more) == more
    assert text_of(more) in shown(every[key], more)
    pair.change(name, {**parameters, key: more})
    written = in_force(pair.policy.scenario, name, pair.at)
    assert written is not None
    assert is_by_year(written[key])
    assert strength(policies()[name], written) == key


@pytest.mark.parametrize("text", ["2027", "2027: x", "x: 5", "2027: 5 6", "27: 5"])
def test_what_is_no_number_by_year_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a number by year"):
        by_year(text, {"years": [2027], "values": [1]})


def test_a_policy_can_start_later() -> None:
    """Switched on now for a later year, moved there, and taken over there by a change."""
    pair = stepped(pair_of(), 5)  # to 2013.25
    pair.change("carbon_tax", TAX, start=2015)
    entries = lambda: [(p.id, p.start, p.end, p.origin) for p in pair.policy.scenario.policies]  # noqa: E731
    assert entries() == [("carbon_tax", 2015, inf, 2015)]
    pair.change("carbon_tax", TAX, start=2014)
    assert entries() == [("carbon_tax", 2014, inf, 2014)]
    pair.change("carbon_tax", TAX)
    assert entries() == [("carbon_tax", 2014, inf, 2014)]
    pair.change("carbon_tax", TAX, start=2000)  # not before now
    assert entries() == [("carbon_tax", 2013.25, inf, 2013.25)]
    stepped(pair, 2)
    pair.change("carbon_tax", {"rate": 5}, start=2015)
    assert entries() == [("carbon_tax", 2013.25, 2015, 2013.25), ("carbon_tax-2", 2015, inf, 2013.25)]


def test_sliders_are_linear_in_short_ranges_and_logarithmic_in_wide_ones() -> None:
    assert Slide(0, 90, False).value(45.04) == 45.0
    assert Slide(1, 1e4, True).value(2.0) == 100.0
    by_name = {c.key: c for c in controls(policies()["carbon_tax"])}
    assert slide(policies()["carbon_tax"], by_name["rate"], TAX["rate"], 500.0) == Slide(0.0, 10000.0, False)
    assert slide(policies()["carbon_tax"], by_name["rate"], TAX["rate"], 90.0) == Slide(3.0, 2700.0, True)
    voucher = policies()["compute_voucher"]
    value = {c.key: c for c in controls(voucher)}["value"]
    assert slide(voucher, value, {"value": 1.0, "unit": "MUSD/yr"}, 1.0).logarithmic
    assert shown(by_name["rate"], TAX["rate"]) == "300 USD per tonne of CO2"


@pytest.mark.slow
def test_scenarios_that_can_be_paired_are_offered(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        f'schema = 1\ntitle = "Mine"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n', encoding="utf-8"
    )
    (tmp_path / "shorter.toml").write_text(
        f'schema = 1\ntitle = "S"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n[time]\nend = 2020\n',
        encoding="utf-8",
    )
    (tmp_path / "broken.toml").write_text("schema = 7", encoding="utf-8")
    choose(tmp_path / "mine.toml", tmp_path / "mine.toml", [], None, None)
    try:
        names = {file.name for file in offered()}
        assert {"mine.toml", "baseline.toml", "carbon_tax.toml", "equal_start.toml"} <= names
        assert not {"shorter.toml", "broken.toml", "sources.toml"} & names
    finally:
        choose(BASELINE, BASELINE, [], None, None)


# -- charts and words


@pytest.fixture(scope="module")
def taxed() -> Pair:
    return played(pair_of("public_compute", until=2030))


@pytest.mark.slow
def test_charts_hold_what_the_worlds_did(taxed: Pair) -> None:
    style = (ROOT / "sim" / "app" / "page.css").read_text(encoding="utf-8")
    for option in (
        shares(taxed), errors(taxed), lorenz(taxed), regions(taxed), one(taxed, "next_halving_cost", "Next halving"),
        followed(taxed, 0, "compute"), followed(taxed, 0, "error"), network(taxed, picture(taxed), True, 3),
    ):  # fmt: skip
        for colour in re.findall(r"var\((--[^)]+)\)", json.dumps(option, allow_nan=False)):
            assert style.count(f"{colour}:#") == 2, f"{colour} has a value for each theme"
    lines = {series["name"]: series for series in shares(taxed)["series"] if series.get("name")}
    assert lines["Academic labs"]["data"][-1][1] == pytest.approx(taxed.policy.now("compute_share_academia"))
    assert lines["Academic labs, baseline"]["lineStyle"]["type"] == [5, 3]
    assert lines["Academic labs"]["endLabel"]["formatter"] == "Academic labs"
    filled = [series["data"][-1][1] for series in regions(taxed)["series"] if "areaStyle" in series]
    assert filled == sorted(filled, reverse=True)  # the largest first, so that the others cover it
    assert filled[0] == pytest.approx(taxed.policy.now("emissions_operational"))
    curve = next(series for series in lorenz(taxed)["series"] if series["name"] == "Policy, now")["data"]
    assert (curve[0], curve[-1]) == ([0, 0], [1, 1])
    x, y = np.array(curve).T
    gini = 1 - 2 * np.trapezoid(y, x)
    assert gini == pytest.approx(taxed.policy.now("compute_gini"), abs=0.15)  # over all, not over those who take part


def test_empty_charts_before_the_first_step() -> None:
    pair = pair_of()
    for option in (shares(pair), errors(pair), lorenz(pair), regions(pair),
                   network(pair, picture(pair), False, None)):  # fmt: skip
        json.dumps(option, allow_nan=False)
    assert table(pair) == []
    assert headline(pair).startswith("Press Play")
    assert [card.value for card in cards(pair)] == ["–"] * 6
    assert clock(pair) == "January 2012"


def test_cards_and_the_sentence_follow_the_numbers(taxed: Pair) -> None:
    by_id = {card.id: card for card in cards(taxed)}
    before, after = (track.now("compute_ratio_industry_academia") for track in taxed.tracks)
    divide = by_id["compute_ratio_industry_academia"]
    assert after < before
    assert (divide.arrow, divide.verdict) == ("▼", "better")
    assert divide.change.endswith("% narrower")
    assert f"{100 * (1 - after / before):.3g}"[:4] in divide.change
    emissions = by_id["emissions_total"]
    assert (emissions.arrow, emissions.verdict) == ("▲", "worse")
    said = headline(taxed)
    assert f"in {clock(taxed)}" in said
    assert divide.value in said
    assert divide.baseline in said
    same = played(pair_of("baseline", until=2013))
    assert {card.change for card in cards(same) if "≥" not in card.value} == {"no difference"}
    assert "with the policy world's settings and without them" in headline(same)


def test_a_card_calls_a_narrower_divide_better_only_where_academia_does_not_lose(
    taxed: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = taxed.policy.values[ACADEMIA_SHARE]
    (shown,) = (card for card in cards(taxed) if card.id == DIVIDE)
    assert shown.verdict == "better"
    monkeypatch.setitem(taxed.policy.values, ACADEMIA_SHARE, [*shares[:-1], 0.5 * taxed.baseline.now(ACADEMIA_SHARE)])
    (shown,) = (card for card in cards(taxed) if card.id == DIVIDE)
    assert shown.verdict == ""
    assert shown.change.endswith("narrower, but academia's share of compute falls")
    assert "Academia's share of compute is 50.0 % lower" in headline(taxed)


def test_the_table_has_the_largest_and_the_typical(taxed: Pair) -> None:
    rows = table(taxed)
    assert len({row["row"] for row in rows}) >= 9
    runs = taxed.policy.actors["run"][-1]
    labs = taxed.policy.model.world.groups.kinds["academic_lab"]
    largest = next(row for row in rows if row["rank"] == "Largest of academic labs")
    assert largest["row"] == labs.start + int(np.argmax(runs[labs]))
    assert largest["change"].startswith(("+", "×"))


@pytest.mark.parametrize("counts", [{}, {"corporation": 1, "startup": 2, "academic_lab": 3}, {"corporation": 4}])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7])
def test_what_the_table_shows_falls_from_the_largest_to_the_smallest(counts: dict[str, int], steps: int) -> None:
    """Ranks are those of the column that is shown, and nobody has two."""
    pair = stepped(Pair(Setup(BASELINE, SCENARIOS / "public_compute.toml", 3, counts, FEW, until=2013)), steps)
    rows = table(pair)
    runs = pair.policy.actors["run"][-1]
    assert len({row["row"] for row in rows}) == len(rows) > 2
    ranks = [row["rank"].partition(" of ")[0] for row in rows]
    starts = [i for i, rank in enumerate(ranks) if rank == "Largest"]
    for first, last in zip(starts, [*starts[1:], len(rows)], strict=True):
        shown = [runs[row["row"]] for row in rows[first:last]]
        assert shown == sorted(shown, reverse=True)
        order = ["Largest", "Second largest", "Median", "Smallest tenth"]
        assert ranks[first:last] == [rank for rank in order if rank in ranks[first:last]]


def test_a_lower_bound_is_marked_in_both_worlds_and_in_their_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = played(pair_of("public_compute", until=2012))
    lag = "months_behind_median_lab"

    def card(before: tuple[float, bool], after: tuple[float, bool]) -> Any:
        for track, (value, bound) in zip(pair.tracks, (before, after), strict=True):
            monkeypatch.setitem(track.values, lag, [value])
            monkeypatch.setattr(track, "bounds", [frozenset([lag] if bound else [])])
        return next(card for card in cards(pair) if card.id == lag)

    both = card((12.0, True), (12.0, True))
    assert (both.value, both.baseline) == ("≥ 12.0", "≥ 12.0 months")
    assert (both.change, both.verdict) == ("no difference that can be told", "")
    less = card((12.0, True), (9.0, False))
    assert (less.value, less.baseline, less.change) == ("9.00", "≥ 12.0 months", "at least 3.00 months less")
    assert less.verdict == "better"
    more = card((9.0, False), (12.0, True))
    assert (more.value, more.baseline, more.change) == ("≥ 12.0", "9.00 months", "at least 3.00 months more")
    assert card((9.0, True), (12.0, False)).change == card((12.0, False), (9.0, True)).change == both.change
    exact = card((9.0, False), (12.0, False))
    assert (exact.value, exact.baseline, exact.change) == ("12.0", "9.00 months", "3.00 months more")
