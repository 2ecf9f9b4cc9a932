"""A pair of worlds stepped in view, and what is shown of its actors, without a browser."""

import json
import re
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.app import parts
from sim.app.actors import network, picture, table
from sim.app.choice import choose, chosen
from sim.app.crowd import Crowd
from sim.app.lorenz import AFTER, Three, lorenz, lorenz_words
from sim.app.pair import PairModel, Track
from sim.app.setting import of_world
from sim.economy.stages.acts import act
from sim.errors import InputError
from sim.experiment.path import simulate
from sim.measures.inequality import COMPUTE_GINI
from sim.model import ComputeEconomy
from sim.report import words
from sim.scenario import load
from sim.scenario.writing import resolved_toml
from tests.pairs import BASELINE, FEW, TAX, Setup, pair_of, stepped, with_entries
from tests.saying import Say
from tests.worlds import SCENARIOS
from tests.worlds import changed as changed_world


def played(pair: PairModel) -> PairModel:
    return stepped(pair, pair.policy.scenario.steps)


# -- the pair is what the command line runs


def yearly(track: Track) -> Any:
    """Measures at the ends of years, as the command line has them."""
    return np.array(list(track.values.values())).T[3::4]


@pytest.mark.slow
def test_both_worlds_are_replicate_0_of_the_command_line() -> None:
    pair = played(pair_of("public_compute", until=2030))
    assert pair.done
    assert not pair.running
    for track, name in zip(pair.tracks, ("baseline", "public_compute"), strict=True):
        alone = simulate(load(SCENARIOS / f"{name}.toml", FEW, seed=3, until=2030), 0)
        assert np.array_equal(yearly(track), alone.yearly, equal_nan=True)


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
    model, before = pair.policy.model, pair.policy.scenario
    model.go_on(with_entries(before, name, (2013.25, inf, first)))
    stepped(pair, 5)
    model.go_on(with_entries(before, name, (2013.25, 2014.5, first), (2014.5, inf, second)))
    stepped(pair, 6)
    model.go_on(with_entries(before, name, (2013.25, 2014.5, first), (2014.5, 2016.0, second)))
    played(pair)
    entries = [(policy.id, policy.start, policy.end, policy.origin) for policy in pair.policy.scenario.policies]
    assert entries == [(name, 2013.25, 2014.5, 2013.25), (f"{name}-2", 2014.5, 2016.0, 2013.25)]
    file = tmp_path / "screen.toml"
    file.write_text(resolved_toml(pair.policy.scenario), encoding="utf-8")
    again = simulate(load(file), 0)
    assert np.array_equal(yearly(pair.policy), again.yearly, equal_nan=True)
    assert not np.array_equal(again.yearly, yearly(pair.baseline), equal_nan=True)


def test_a_pair_with_an_impossible_seed_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="seed"):
        pair_of(seed=-1)


def test_growth_and_ramp_count_from_the_first() -> None:
    once = with_entries(load(BASELINE, FEW), "carbon_tax", (2020, inf, TAX))
    twice = with_entries(load(BASELINE, FEW), "carbon_tax", (2020, 2025, TAX), (2025, inf, TAX))
    at = [ComputeEconomy(s, seed=1) for s in (once, twice)]
    for model in at:
        model.world = changed_world(model.world, steps_done=4 * 16)
    prices = [act(model.world).levers.carbon_price.max() for model in at]
    assert prices[0] == prices[1] == pytest.approx(0.3 * 1.05**8.125)


def test_what_cannot_be_is_refused_and_changes_nothing() -> None:
    setting = of_world("baseline", 3)
    for parameters in ({"rate": {"value": -5, "unit": "USD/tCO2"}}, {"rate": float("nan")}, {"rat": 5}):
        with pytest.raises(InputError):
            setting.with_entry("carbon_tax", {"name": "carbon_tax", "start": 2013, **parameters}).scenarios()
    share = {"name": "cap_and_trade", "start": 2012, "cap_share": 2.0}
    with pytest.raises(InputError, match="year before"):
        setting.with_entry("cap_and_trade", share).scenarios()
    assert not setting.scenarios()[1].policies
    with pytest.raises(InputError, match="no such file"):
        PairModel(Setup(BASELINE, SCENARIOS / "nothing.toml"))


def test_flows_are_per_year_from_the_first_step_on() -> None:
    pair = stepped(pair_of(), 1)
    quarter, year = pair.baseline.now("emissions_total"), stepped(pair, 3).baseline.now("emissions_total")
    assert quarter == pytest.approx(year, rel=0.5)  # not a quarter of it


def test_without_the_extra_the_command_says_what_to_install(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.view.find_spec", lambda name: None if name == "solara" else object())
    answer = say("view", BASELINE)
    assert answer.code == 2
    assert "no solara" in answer.err
    assert "pip install -e '.[view]'" in answer.err


# -- controls come from the registry


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
        assert {"mine", "baseline", "carbon_tax", "equal_start", "canada"} <= set(chosen().offered)
        assert not {"shorter", "broken", "sources"} & set(chosen().offered)
    finally:
        choose(BASELINE, BASELINE, [], None, None)


# -- charts and words


@pytest.fixture(scope="module")
def taxed() -> PairModel:
    return played(pair_of("public_compute", until=2030))


def three_of(pair: PairModel) -> Three:
    first = pair.baseline.crowds[0] if pair.baseline.crowds else pair.baseline.crowd
    return first, pair.baseline.crowd, pair.policy.crowd


def both_of(pair: PairModel) -> tuple[Crowd, Crowd]:
    return pair.baseline.crowd, pair.policy.crowd


@pytest.mark.slow
def test_pictures_hold_what_the_worlds_did(taxed: PairModel) -> None:
    style = parts.style()
    cast, curves = taxed.policy.cast, lorenz(three_of(taxed))
    for option in (curves, network(cast, taxed.policy.crowd, picture(cast))):
        for colour in re.findall(r"var\((--[^)]+)\)", json.dumps(option, allow_nan=False)):
            assert style.count(f"{colour}:#") == 2, f"{colour} has a value for each theme"
    curve = next(series for series in curves["series"] if series["name"] == AFTER)["data"]
    assert (curve[0], curve[-1]) == ([0, 0], [1, 1])
    x, y = np.array(curve).T
    gini = 1 - 2 * np.trapezoid(y, x)
    told = taxed.policy.now(COMPUTE_GINI)
    assert gini == pytest.approx(told, abs=0.01)  # of few points
    assert f"{words.number(told, '1')} in the policy world" in lorenz_words(three_of(taxed))


def test_empty_charts_before_the_first_step() -> None:
    pair = pair_of()
    cast = pair.policy.cast
    for option in (lorenz(three_of(pair)), network(cast, pair.policy.crowd, picture(cast))):
        json.dumps(option, allow_nan=False)
    assert table(cast, both_of(pair)) == []


def test_the_table_has_the_largest_and_the_typical(taxed: PairModel) -> None:
    rows = table(taxed.policy.cast, both_of(taxed))
    assert len({row["row"] for row in rows}) >= 9
    runs = taxed.policy.crowd.run
    labs = taxed.policy.model.world.groups.kinds["academic_lab"]
    largest = next(row for row in rows if row["rank"] == "Largest of academic labs")
    assert largest["row"] == labs.start + int(np.argmax(runs[labs]))
    assert largest["change"].startswith("+") or largest["change"].endswith("-fold")


@pytest.mark.parametrize("counts", [{}, {"corporation": 1, "startup": 2, "academic_lab": 3}, {"corporation": 4}])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7])
def test_what_the_table_shows_falls_from_the_largest_to_the_smallest(counts: dict[str, int], steps: int) -> None:
    """Ranks are those of the column that is shown, and nobody has two."""
    pair = stepped(PairModel(Setup(BASELINE, SCENARIOS / "public_compute.toml", 3, counts, FEW, until=2013)), steps)
    rows = table(pair.policy.cast, both_of(pair))
    runs = pair.policy.crowd.run
    assert len({row["row"] for row in rows}) == len(rows) > 2
    ranks = [row["rank"].partition(" of ")[0] for row in rows]
    starts = [i for i, rank in enumerate(ranks) if rank == "Largest"]
    for first, last in zip(starts, [*starts[1:], len(rows)], strict=True):
        shown = [runs[row["row"]] for row in rows[first:last]]
        assert shown == sorted(shown, reverse=True)
        order = ["Largest", "Second largest", "Median", "Smallest tenth"]
        assert ranks[first:last] == [rank for rank in order if rank in ranks[first:last]]
