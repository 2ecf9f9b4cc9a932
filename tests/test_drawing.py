"""Assumptions drawn anew: in their ranges, in their shapes, and as a file would set them."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.experiment.draws import on_draw
from sim.experiment.path import simulate
from sim.history.fitted import STRUCTURE, fitted
from sim.quantity import SHAPES
from sim.scenario import Scenario, load
from sim.scenario.checks import check
from sim.scenario.drawing import bounds, drawn, facts, uncertain, without_range
from sim.scenario.variants import with_values
from sim.scenario.writing import resolved_toml
from tests.saying import Say
from tests.worlds import BASELINE, FROZEN, SCENARIOS, draw, small


def test_draws_stay_in_their_ranges_and_are_the_same_for_all() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    found = uncertain(scenario)
    together = scenario.ensemble
    assert together
    ends = {path: (column.min(), column.max()) for path, column in zip(together.paths, together.values.T, strict=True)}
    assert len(found) > 100
    assert not any(path.startswith(("policy.", "time.", "run.")) or path.endswith(".count") for path in found)
    for replicate in range(20):
        values, _ = draw(scenario, 1, replicate)
        assert set(values) == set(found)
        for path, value in values.items():
            low, high = ends.get(path) or bounds(found[path])
            assert low * (1 - 1e-12) - 1e-300 <= value <= high * (1 + 1e-12) or low == high, path
        check(with_values(scenario, values))
    assert draw(scenario, 1, 3)[0] != draw(scenario, 1, 4)[0]
    assert draw(scenario, 1, 3)[0] == draw(load(SCENARIOS / "carbon_tax.toml"), 1, 3)[0]


def test_draws_have_the_shapes_that_were_declared() -> None:
    found = uncertain(load(SCENARIOS / "baseline.toml"))
    margin, even = found["product.margin"], np.linspace(0.0005, 0.9995, 1000)
    low, high = bounds(margin)
    values = np.array([drawn(margin, float(chance)) for chance in even])
    assert values.mean() == pytest.approx((low + margin.base + high) / 3, rel=1e-3)  # of a triangle
    assert np.mean(values < margin.base) == pytest.approx((margin.base - low) / (high - low), abs=2e-3)
    near = found["yardsticks.near"]  # 3 to 100
    logs = np.log([drawn(near, float(chance)) for chance in even])
    assert np.std(np.diff(logs)) < 1e-9


@pytest.mark.parametrize("shape", SHAPES)
def test_a_declared_shape_is_drawn(shape: str) -> None:
    entry = f"{{ value = 0.3, low = 0.2, high = 0.5, draw = '{shape}', basis = 'assumed', note = 'n' }}"
    scenario = small("baseline", f"product.margin={entry}", until=2013)
    margin, even = uncertain(scenario)["product.margin"], np.linspace(0.0005, 0.9995, 1000)
    values = np.array([drawn(margin, float(chance)) for chance in even])
    middle = {"triangular": 1 / 3, "uniform": 0.35, "log-uniform": 0.3 / np.log(2.5)}[shape]
    assert values.mean() == pytest.approx(middle, rel=1e-3)
    assert (values.min(), values.max()) == pytest.approx((0.2, 0.5), abs=0.01)
    again = tomllib.loads(resolved_toml(scenario))["product"]["margin"]
    assert again["draw"] == shape


PLACES = {
    "product.margin": 0.41, "law.start_error": 0.3, "law.fitted_growth": 1.2, "knowledge.returns": 0.25,
    "region.france.cloud_share": 0.2, "kind.startup.burn": 0.5, "finance.runway": 3.0, "compute.energy_gain": 0.33,
    "market.response": 2.0, "training.run_share": 0.07, "siting.scale": 0.3, "kind.academic_lab.grant": 3e5,
}  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_a_drawn_value_is_the_value_that_a_file_would_set(path: str) -> None:
    unit = {"compute.energy_gain": 100.0}.get(path, 1.0)  # written in percent
    written = small("baseline", f"{path}={unit * PLACES[path]!r}", until=2013)
    changed = with_values(small(until=2013), {path: PLACES[path]})
    assert written.law_table == changed.law_table
    for part in (
        "law",
        "product",
        "knowledge",
        "finance",
        "compute",
        "market",
        "training",
        "siting",
        "regions",
        "kinds",
    ):
        assert getattr(written, part) == getattr(changed, part), part
    assert np.array_equal(simulate(written, 0).yearly, simulate(changed, 0).yearly, equal_nan=True)


def test_what_has_no_range_is_listed_and_never_drawn() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    fixed = {quantity.path for quantity in without_range(scenario)}
    assert "region.france.grid_intensity" in fixed
    assert not fixed & set(uncertain(scenario))
    facts = {quantity.path for quantity in scenario.quantities if quantity.basis != "choice"}
    assert fixed | set(uncertain(scenario)) == facts


def test_a_scenario_keeps_what_it_changes_itself() -> None:
    thin = small("baseline", "product.margin={ value = 0.35, low = 0.3, high = 0.4, basis = 'assumed', note = 'n' }",
                 until=2013)  # fmt: skip
    found = sim.compare([small(until=2013), thin], replicates=2, workers=1)
    assert "product.margin" in found.pairs[0].assumptions
    assert not np.array_equal(*(world.yearly for world in found.pairs[0].wide), equal_nan=True)


SET = '{}={{ value = {!r}, unit = "{}" }}'


def test_what_was_drawn_can_be_set_as_its_table_has_it(tmp_path: Path) -> None:
    """Values in units of the model alone were taken for those of the file."""
    found = sim.compare([small(until=2013), small("carbon_tax", until=2013)], replicates=2, workers=1)
    found.assumptions.to_csv(tmp_path / "assumptions.csv", index=False)
    table = pd.read_csv(tmp_path / "assumptions.csv")
    table = table[table["replicate"] == 1]
    again = small("baseline", *(SET.format(*row) for row in table.drop(columns="replicate").itertuples(index=False)),
                  until=2013)  # fmt: skip
    numbers = {quantity.path: quantity.base for quantity in again.quantities}
    assert len(table) > 150
    for path, value in found.pairs[1].assumptions.items():
        assert numbers[path] == pytest.approx(value, rel=1e-12), path


def place(scenario: Scenario, path: str, value: float) -> float:
    """The chance at which a number is drawn at a value: where it lies among many even ones."""
    even = (np.arange(100_000) + 0.5) / 100_000
    quantity = uncertain(scenario)[path]._replace(fact=None)
    return float(np.searchsorted([drawn(quantity, float(chance)) for chance in even[::100]], value) / 1000)


def test_numbers_of_one_fact_are_drawn_as_one_and_others_apart() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    together = (
        ("law.fitted_progress", "knowledge.public_rate", 1),
        ("compute.price_halving", "market.capacity_growth", -1),
        ("region.germany.carbon_price_growth", "region.norway.carbon_price_growth", 1),  # one reason, one fact
        ("law.fitted_progress", "law.fitted_growth", 0),
    )
    for one, other, way in together:
        pairs = []
        for replicate in range(12):
            values, _ = draw(scenario, 1, replicate)
            pairs.append([place(scenario, path, values[path]) for path in (one, other)])
        first, second = np.array(pairs).T
        if way:
            assert first == pytest.approx(second if way > 0 else 1 - second, abs=0.003), (one, other)
        else:
            assert abs(first - second).max() > 0.2


def test_a_fact_has_a_stream_of_its_own() -> None:
    """Declaring one moves no number that is no part of it."""
    apart = small("baseline", "product.margin={ value = 0.5, low = 0.3, high = 0.7, basis = 'assumed', note = 'n' }")
    entry = "{ value = 0.5, low = 0.3, high = 0.7, fact = 'progress', basis = 'assumed', note = 'n' }"
    joined = small("baseline", f"product.margin={entry}")
    before, after = draw(apart, 1, 0)[0], draw(joined, 1, 0)[0]
    assert {path for path in before if before[path] != after[path]} == {"product.margin"}
    assert tomllib.loads(resolved_toml(joined))["product"]["margin"]["fact"] == "progress"


def test_facts_hold_every_number_once() -> None:
    ranges = uncertain(load(SCENARIOS / "baseline.toml"))
    found = facts(ranges)
    assert sorted(path for paths in found for path in paths) == sorted(ranges)
    assert ["law.fitted_progress", "knowledge.public_rate"] in found
    assert ["law.start_error"] in found


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{ value = 0.5, fact = 'progress', basis = 'assumed', note = 'n' }", "drawn from no range"),
        ("{ value = 0.5, low = 0.3, high = 0.7, fact = 'My fact', basis = 'assumed', note = 'n' }", "name of a fact"),
        ("{ value = 0.5, low = 0.3, high = 0.7, fact = 3, basis = 'assumed', note = 'n' }", "name of a fact"),
    ],
)
def test_a_fact_that_cannot_be_drawn_is_refused(entry: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as refused:
        small("baseline", f"product.margin={entry}")
    assert refused.value.key == "product.margin.fact"


def test_tests_freeze_all_that_calibration_sets() -> None:
    """Else they would follow a fit."""
    frozen = {setting.partition("=")[0] for setting in FROZEN}
    off = [setting for setting in FROZEN if setting.startswith("mechanisms.")]
    assert {f"mechanisms.{name}" for name in STRUCTURE} == {setting.partition("=")[0] for setting in off}
    known = fitted(load(BASELINE))
    assert {one.path for numbers in known.facts.values() for one in numbers} == {
        path for path in frozen if not path.startswith("mechanisms.")
    }


def test_fitted_facts_that_a_scenario_joins_are_one() -> None:
    """Else the same number would be moved twice, and to what the later one says."""
    usual = fitted(load(BASELINE)).facts
    why = 'basis = "assumed", note = "n", fact ='
    market = f'product.size={{ value = 1e9, unit = "USD/yr", low = 1e8, high = 1e10, {why} "big" }}'
    law = f'law.start_compute={{ value = 1e18, unit = "FLOP", low = 1e17, high = 1e19, {why} "-big" }}'
    labs = f'finance.sponsored_share={{ value = 0.01, low = 0.001, high = 0.1, {why} "big" }}'
    two, three = (fitted(load(BASELINE, [market, law, *more])) for more in ((), (labs,)))
    name = "size of the market and law's first compute"
    assert usual.keys() - two.facts.keys() == {"size of the market", "law's first compute"}
    assert two.facts.keys() - usual.keys() == {name}
    paths = ["product.size", "finance.sponsored_share", "law.start_compute"]
    joined = three.facts["size of the market and compute given to labs and law's first compute"]
    assert sorted(one.path for one in joined) == sorted(paths)
    moved = [one.path for numbers in three.facts.values() for one in numbers]
    assert len(moved) == len(set(moved))
    shares = np.full(len(two.facts), 0.5)
    shares[two.names.index(name)] = 0.25
    found = two.written(shares)
    assert found["product.size"] == pytest.approx(10**8.5)
    assert found["law.start_compute"] == pytest.approx(10**18.5)


def test_ranges_without_a_possible_world_name_the_rule_that_most_draws_break(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Python and on the command line, also where a draw that cannot be simulated is thrown away."""
    monkeypatch.setattr("sim.scenario.drawing.MOST_TRIES", 40)
    why = "draw = 'uniform', basis = 'assumed', note = 'n' }"
    halves = [f"product.{key}={{ value = 0.5, low = 0.5, high = 0.9, {why}" for key in ("margin", "inference_share")]
    scenario, other = (small("baseline", *halves, *tax, until=2012) for tax in ((), ("policy.carbon_tax.rate=5",)))
    told = "hardly any possible world. Most often, sales cannot pay for margin and compute"
    asked = {"replicates": 1, "workers": 1}
    for call in (
        lambda: draw(scenario, 1, 0),
        lambda: on_draw([scenario], 1, 0, lambda worlds: worlds),
        lambda: sim.compare([scenario, other], **asked),
        lambda: sim.compare([scenario, other], replicates=1),
    ):
        with pytest.raises(InputError, match=told) as raised:
            call()
        assert (raised.value.key, raised.value.allowed) == ("product.inference_share", "at most 1")
        assert re.search("so in [34][0-9] of 40 draws", str(raised.value))
    settings = [word for setting in halves for word in ("--set", setting)]
    pair = [BASELINE, SCENARIOS / "carbon_tax.toml", "--until", "2028", "--replicates", "1"]
    said = say("compare", *pair, *settings)
    assert (said.code, told in said.err) == (2, True)
