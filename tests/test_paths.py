"""Numbers of policies by year: a path is what entries for each year are, in results, messages and files."""

import pickle
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.experiment.run import run
from sim.policies import Policy, registry
from sim.policies.view import Before, View
from sim.scenario import Scenario, load
from sim.scenario.differences import differences
from sim.scenario.variants import changed
from sim.scenario.writing import inputs, policy_texts, resolved_toml
from tests.pairs import with_entries
from tests.reference.economy import ReferenceEconomy
from tests.saying import Say, refused
from tests.test_reference import agree
from tests.worlds import FEW, SCENARIOS, small

BASELINE = SCENARIOS / "baseline.toml"
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
EVERY = pytest.mark.parametrize("name", registry())
NUMBERS = [(name, key) for name, policy in registry().items() for key in policy.by_year()]
YEARS = (2013, 2014, 2016)
SIZES = (1.0, 0.7, 0.9)  # of the shipped strength
# Of it, in 2013 rather than 2027, for it to bind.
EARLIER = {"training_run_ceiling": 1e-6, "reporting_duty": 1e-6, "carbon_budget": 1e-6}


def shipped(name: str) -> tuple[str, dict[str, Any]]:
    """The key that gives the strength in a policy's own scenario, and its parameters as written."""
    scenario = load(SCENARIOS / f"{name}.toml")
    entry = next(policy for policy in scenario.policies if policy.name == name)
    key = next(key for key in entry.strengths if getattr(entry, key) != type(entry).__dataclass_fields__[key].default)
    written = {q.path.rpartition(".")[2]: q for q in scenario.quantities if q.path.startswith(f"policy.{entry.id}.")}
    return key, {k: (q.value, q.unit) for k, q in written.items() if q.basis == "choice"}


def file_of(path: Path, body: str, *settings: str, until: int = 2017) -> Scenario:
    path.write_text(HEAD + body, encoding="utf-8")
    return load(path, [*FEW, *settings], until=until, replicates=1, seed=3)


def series(scenario: Scenario) -> pd.DataFrame:
    found = run(scenario, workers=1).series
    return found.drop(columns=[column for column in ("scenario", "title") if column in found])


def path_and_entries(name: str) -> tuple[str, str]:
    """The strength of a policy by year: as one path in steps, and as an entry for each year that takes over."""
    key, parameters = shipped(name)
    value, unit = parameters[key]
    values = [value * size * EARLIER.get(name, 1.0) for size in SIZES]
    path = f'[[policy]]\nname = "{name}"\n{key} = {{ years = {list(YEARS)}, values = {values}, unit = "{unit}" }}\n'
    ends = [f"end = {year}\n" for year in YEARS[1:]] + [""]
    entries = "".join(
        f'[[policy]]\nname = "{name}"\nid = "from-{year}"\n{key} = {{ value = {each!r}, unit = "{unit}" }}\n'
        f"start = {year}\nsince = {YEARS[0]}\n{end}"
        for year, each, end in zip(YEARS, values, ends, strict=True)
    )
    return path, entries


@EVERY
def test_a_path_in_steps_is_an_entry_for_each_year(name: str, tmp_path: Path) -> None:
    path, entries = path_and_entries(name)
    one, many = file_of(tmp_path / "one.toml", path), file_of(tmp_path / "many.toml", entries)
    assert len(one.policies) == 1
    assert len(many.policies) == len(YEARS)
    found = series(one)
    pd.testing.assert_frame_equal(found, series(many), check_exact=True)
    assert not found.equals(series(file_of(tmp_path / "none.toml", "")))


@pytest.mark.parametrize(("name", "key"), NUMBERS)
def test_every_number_may_be_given_by_year(name: str, key: str) -> None:
    """Steps hold until the next year, a straight line is read at whole years, the last year's value stays."""
    policy = registry()[name]
    spec = policy.__dataclass_fields__[key].metadata["spec"]
    low, high = max(spec.low, 1.0), min(spec.high, 3.0)
    low, high = (low, high) if low < high else (spec.high / 4, spec.high / 2)
    ends = f"years = [2014, 2018], values = [{low!r}, {high!r}]"
    line, steps = (
        load(BASELINE, [f'policy.{name}.{key}={{ {ends}, between = "{between}" }}']) for between in ("linear", "steps")
    )
    for scenario, mid in ((line, low + (high - low) / 2), (steps, low)):
        (entry,) = scenario.policies
        assert entry.start == 2014
        unit = entry.paths[key].values[0] / low
        for time, value in ((2014.1, low), (2016.9, mid), (2018.0, high), (2030.5, high)):
            assert getattr(entry.at(View(time, 2012.0)), key) == pytest.approx(value * unit)


@EVERY
def test_before_its_first_year_a_policy_is_off(name: str, tmp_path: Path) -> None:
    path, _ = path_and_entries(name)
    for start in ("", "start = 2012\n"):
        (entry,) = file_of(tmp_path / "path.toml", path + start).policies
        assert entry.pull(View(2012.9, 2012.0)) == {}
        assert entry.pull(View(2013.1, 2012.0, lambda: Before(0.0, 0.0), hardware_price=1e-18)) != {}
    (late,) = file_of(tmp_path / "path.toml", path + "start = 2014.5\n").policies
    assert late.pull(View(2014.4, 2012.0)) == {}


@EVERY
def test_a_neutral_path_is_no_policy(name: str, tmp_path: Path) -> None:
    policy = registry()[name]
    neutral = policy.__dataclass_fields__[policy.strength].default
    text = "inf" if neutral == inf else repr(neutral)
    body = f'[[policy]]\nname = "{name}"\n{policy.strength} = {{ years = [2013, 2015], values = [{text}, {text}] }}\n'
    scenario = file_of(tmp_path / "path.toml", body, until=2016)
    assert scenario.policies[0].neutral
    assert "changes nothing" in scenario.notes[0]
    pd.testing.assert_frame_equal(series(scenario), series(file_of(tmp_path / "no.toml", "", until=2016)))


@EVERY
def test_the_slow_reference_knows_paths(name: str, tmp_path: Path) -> None:
    """Growth goes on from the last year; on a ramp."""
    policy = registry()[name]
    path, _ = path_and_entries(name)
    growth = "growth = 20\n" if "growth" in policy.parameters() else ""
    for between in ("", "steps", "linear"):
        body = path.replace(" }", f', between = "{between}" }}') if between else path
        scenario = file_of(tmp_path / "path.toml", f"{body}{growth}ramp = 2\n")
        world = begin(scenario, 3)
        for _ in range(20):
            before, (world, step) = world, advance(world)
            if step.time < 2013 or step.time % 1 != 0.25:
                continue
            reference = ReferenceEconomy.from_world(before)
            reference.step()
            agree(before, world, step, reference)


def test_growth_goes_on_from_the_last_year() -> None:
    tax = "policy.carbon_tax"
    scenario = load(BASELINE, [f"{tax}.rate={{ years = [2014, 2018], values = [10, 30] }}", f"{tax}.growth=10"])
    (entry,) = scenario.policies
    found = [entry.pull(View(time, 2012.0))["carbon_price"] * 1000 for time in (2014.5, 2017.5, 2018.5, 2019.5, 2020.9)]
    assert found == pytest.approx([10, 10, 30, 33, 36.3])


def test_a_step_within_a_year(tmp_path: Path) -> None:
    """Canada's charge rises in April."""
    body = '[[policy]]\nname = "carbon_tax"\nrate = { years = [2013.25, 2014.25], values = [20, 30] }\n'
    scenario = file_of(tmp_path / "april.toml", body)
    world, found = begin(scenario, 3), {}
    while world.clock.time < 2015:
        found[world.clock.time] = act(world).levers.carbon_price.max() * 1000
        world, _ = advance(world)
    assert {time for time, rate in found.items() if rate == pytest.approx(20)} == {2013.25, 2013.5, 2013.75, 2014.0}
    assert {time for time, rate in found.items() if rate == pytest.approx(30)} == {2014.25, 2014.5, 2014.75}
    with pytest.raises(InputError, match="cannot change its rate within a step"):
        file_of(tmp_path / "april.toml", body, "time.steps_per_year=1")


def test_a_fall_by_points_of_its_base() -> None:
    """4.3 % of the base from 2025 on, 4.4 % from 2028 on, as in the directive on the trading of emissions in Europe."""
    falls = "{ years = [2024, 2028], values = [4.3, 4.4] }"
    (entry,) = load(
        BASELINE, [f'policy.cap_and_trade.cap={{ from = 2024, value = 1000, falls = {falls}, unit = "ktCO2e/yr" }}']
    ).policies
    caps = {year: entry.at(View(year + 0.5, 2012.0)).cap / 1e6 for year in (2024, 2025, 2027, 2028, 2029)}
    assert caps == pytest.approx({2024: 1000, 2025: 957, 2027: 871, 2028: 827, 2029: 783})
    assert entry.start == 2024
    assert entry.at(View(2060.0, 2012.0)).cap == pytest.approx(1e-6)  # kg: the least that may be written
    (other,) = load(
        BASELINE, ["policy.cap_and_trade.cap={ from = 2024, value = 1000, base = 2000, falls = 5 }"]
    ).policies
    assert other.at(View(2026.5, 2012.0)).cap == pytest.approx(800e3)


def test_it_reads_back_to_the_bit_and_stands_alone(tmp_path: Path) -> None:
    body = (
        '[[policy]]\nname = "carbon_tax"\nrate = { years = [2019, 2020.5], values = [20, 30.1], unit = "CAD/tCO2" }\n'
        '[[policy]]\nname = "cap_and_trade"\ncap = { from = 2014, value = 100, falls = 4.3, unit = "ktCO2e/yr" }\n'
        '[[policy]]\nname = "compute_voucher"\nvalue = { value = 50, unit = "kCAD/yr", year = 2030 }\n'
        "[region.france]\ncarbon_price = { years = [2014, 2030], values = [30, 90], "
        'unit = "EUR/tCO2", basis = "assumed", note = "n", between = "steps" }\n'
        '[product]\nsize = { value = 0.8, low = 0.5, high = 1, unit = "MEUR/yr", year = 2015, '
        'basis = "assumed", note = "n" }\n'
    )
    scenario = file_of(tmp_path / "path.toml", body)
    alone = tmp_path / "alone" / "scenario.toml"
    alone.parent.mkdir()
    alone.write_text(resolved_toml(scenario), encoding="utf-8")
    again = load(alone)
    assert again.is_same(scenario)
    assert differences(scenario, again) == []
    assert [entry["why"] for entry in inputs(again)] == [entry["why"] for entry in inputs(scenario)]
    assert resolved_toml(again) == resolved_toml(scenario)


def test_what_changes_scenarios_knows_paths(tmp_path: Path) -> None:
    """Variants, a policy changed on the way, and what differs."""
    scenario = small("carbon_tax")
    path = {"years": [2027, 2030], "values": [50, 100], "between": "linear"}
    by_year = changed(scenario, {"policy.carbon_tax.rate": path})
    (found,) = (d for d in differences(scenario, by_year) if d.key.endswith("rate"))
    assert (found.first, found.second) == ("100 USD/tCO2", "along a line: 50 in 2027, 100 in 2030 USD/tCO2")
    steps = changed(by_year, {"policy.carbon_tax.rate": {**path, "between": "steps"}})
    (found,) = differences(by_year, steps)
    assert found.first.endswith("; in 2028 66.6667 USD/tCO2")
    assert found.second.endswith("; in 2028 50 USD/tCO2")
    on = with_entries(scenario, "carbon_tax", (2027, 2028, {"rate": path}), (2028, inf, {"rate": path, "ramp": 1}))
    assert [(p.id, p.start, p.end) for p in on.policies] == [
        ("carbon_tax", 2027.0, 2028.0), ("carbon_tax-2", 2028.0, inf),
    ]  # fmt: skip
    assert on.policies[1].origin == 2027


# A case, the entry, and what is said of it.
WRONG = """
unequal lengths: rate = { years = [2027, 2028], values = [1] }  # as many values as years
no years: rate = { values = [1] }  # needs years
years out of order: rate = { years = [2028, 2027], values = [1, 2] }  # years out of order
a year twice: rate = { years = [2027, 2027], values = [1, 2] }  # 2027 is there twice
years out of range: rate = { years = [1e9], values = [1] }  # years out of range
no number for a year: rate = { years = [nan], values = [1] }  # years out of range
text for a year: rate = { years = ["2027"], values = [1] }  # needs years
text for a value: rate = { years = [2027], values = ["1"] }  # not a number
value out of range: rate = { years = [2027, 2028], values = [1, -1] }  # -1 (in 2028)
unit: rate = { years = [2027], values = [1], unit = "USD" }  # is not a price per tonne
between: rate = { years = [2027], values = [1], between = "step" }  # did you mean 'steps'?
line within a year: rate = { years = [2027.5], values = [1], between = "linear" }  # whole years
no limit: limit = { years = [2027, 2028], values = [1, inf], between = "linear" }  # no straight line leads to no limit
key of a path: rate = { years = [2027], values = [1], low = 1 }  # 'low'
a list alone: rate = [20, 30, 40]  # write { years = [2027, 2028], values = [50, 100]
years as keys: rate = { 2019 = 20, 2020 = 30 }  # write { years = [2027, 2028]
decimal commas: rate = { years = [2027, 2028], values = [7, 14,5] }  # follow a point
growth by year: growth = { years = [2027], values = [1] }  # give rate by year
ramp by year: ramp = { years = [2027], values = [1] }  # ramp is no series
start by year: start = { years = [2027], values = [2027] }  # start is no series
ratio below one in a later year: ratio = { years = [2027, 2030], values = [2, 0.5] }  # at least 1
share of a year before the run: cap_share = { years = [2012, 2014], values = [2, 1] }  # let it start in 2013 or later
fall from no year: rate = { value = 5, falls = 1 }  # begins in a year
fall from nothing: rate = { from = 2027, falls = 1 }  # the value of a fall
fall of nothing: rate = { from = 2027, value = 0, falls = 1 }  # above 0
fall by more than all: rate = { from = 2027, value = 5, falls = 101 }  # 0 to 100 points
fall by text: rate = { from = 2027, value = 5, falls = "1" }  # 0 to 100 points
fall by odd years: rate = { from = 2027, value = 5, falls = { years = [2028], values = [] } }  # points of the
fall with a list: rate = { from = 2027, value = 5, falls = 1, years = [2027] }  # 'years'
capacity: capacity = { years = [2012], values = [1e25], between = "steps" }  # unknown key of a yearly series 'between'
series for a number of the world: margin = { years = [2012], values = [1] }  # margin is one number for all years
""".strip().splitlines()
WHERE = {  # the table of a key; of all others, a tax
    "limit": '[[policy]]\nname = "carbon_budget"',
    "ratio": '[[policy]]\nname = "training_run_pace"',
    "cap_share": '[[policy]]\nname = "cap_and_trade"',
    "capacity": "[market]",
    "margin": "[product]",
}


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.partition(":")[0])
def test_wrong_paths_are_refused(case: str, say: Say, tmp_path: Path) -> None:
    entry, text = case.partition(": ")[2].split("  # ")
    key = entry.partition(" ")[0]
    table = WHERE.get(key, '[[policy]]\nname = "carbon_tax"')
    if not table.startswith("[[policy]]"):
        entry = entry.removesuffix(" }") + ', basis = "assumed", note = "n" }'
    file = tmp_path / "wrong.toml"
    file.write_text(f"{HEAD}{table}\n{entry}\n", encoding="utf-8")
    said = say("check", file)
    refused(said, text, file=file)
    assert f".{key}\n" in said.err


def test_a_policy_with_a_path_is_one_value() -> None:
    """Compared, copied and pickled like any other."""
    policy: Policy = load(BASELINE, ["policy.carbon_tax.rate={ years = [2027], values = [1] }"]).policies[0]
    assert policy.paths.keys() == {"rate"}
    assert policy == pickle.loads(pickle.dumps(policy))
    assert (
        policy != policy.at(View(2030.0, 2012.0)) == registry()["carbon_tax"](id="carbon_tax", start=2027.0, rate=0.001)
    )


def test_the_title_says_what_is_by_year_without_the_numbers() -> None:
    path = "policy.carbon_tax.rate={ years = [2027, 2028, 2029], values = [20, 30, 40] }"
    assert load(BASELINE, [path]).title == "Baseline (changed: policy.carbon_tax.rate by year)"
    homes = "kind.startup.home={ france = 1, germany = 1, china = 1, india = 1, norway = 1, united_states = 1 }"
    assert load(BASELINE, [homes]).title == "Baseline (1 setting changed)"
    assert load(BASELINE, [path, homes]).title == "Baseline (2 settings changed)"


@pytest.mark.parametrize(
    ("file", "settings", "title"),
    [
        (SCENARIOS / "carbon_tax.toml", ["rate=50 USD/tCO2"], "Carbon tax from 2027"),
        (SCENARIOS / "carbon_tax.toml", ["start=2005"], "Carbon tax from 2005"),
        (SCENARIOS / "public_compute.toml", ["share=5 %"], "Public compute from 2027"),
        (SCENARIOS / "cap_and_trade_given.toml", ["allocation=auction"], "Cap and trade from 2027"),
        (SCENARIOS / "two_caps.toml", ["cap_share=0.5"], "Two caps from 2027"),
        (
            SCENARIOS / "two_caps.toml",
            ["start=2028"],
            "Cap and trade (europe) from 2028 and cap and trade (china) from 2027",
        ),
    ],
)
def test_a_title_that_may_speak_of_what_was_set_names_the_policies(file: Path, settings: list[str], title: str) -> None:
    """And the settings behind them; a world's own number leaves it as it is, and so does a policy that joins."""
    id = load(file).policies[0].id
    given = [f"policy.{id}.{one}" for one in settings]
    assert load(file, given).title == f"{title} (changed: {'; '.join(given)})"
    world = "kind.startup.count=9"
    assert load(file, [world]).title == f"{load(file).title} (changed: {world})"
    joins = "policy.reporting_duty.threshold=1e26 FLOP"
    assert load(file, [joins]).title == f"{load(file).title} (changed: {joins})"


def test_a_strength_that_a_command_sets_is_noted_to_grow_as_the_file_says() -> None:
    rate = "policy.carbon_tax.rate=50 USD/tCO2"
    said = [one for one in load(SCENARIOS / "carbon_tax.toml", [rate]).notes if "its growth stays" in one]
    assert said == [
        "Note: policy.carbon_tax.rate was set, and its growth stays as the file has it, 2 %/yr: "
        '--set "policy.carbon_tax.growth=0" leaves it out.'
    ]
    for settings in ([], [rate, "policy.carbon_tax.growth=3 %/yr"], [rate, "policy.carbon_tax.growth=0"]):
        assert not [one for one in load(SCENARIOS / "carbon_tax.toml", settings).notes if "stays as the file" in one]
    assert not [one for one in load(BASELINE, [rate]).notes if "stays as the file" in one]


def test_a_path_reads_well_wherever_a_scenario_is_told() -> None:
    """In diff, in a run's line of policies and in explain: amounts with years and a unit, not as Python writes it."""
    falls = 'policy.cap_and_trade.cap={ from = 2027, value = 500, falls = 4.3, unit = "ktCO2e/yr" }'
    rate = 'policy.carbon_tax.rate={ years = [2019, 2022], values = [20, 50], unit = "CAD/tCO2" }'
    scenario = load(BASELINE, [falls, rate])
    found = [*policy_texts(scenario), *(d.second for d in differences(load(BASELINE), scenario))]
    found += [entry["value"] for entry in inputs(scenario)]
    said = " | ".join(found)
    assert "rate in steps: 17.96 from 2019, 40.01 from 2022 USD/tCO2" in said
    assert "cap in steps: 500 (2027) to almost 0 (2051) ktCO2e/yr" in said
    assert not any(mark in said for mark in ("{", "[", "Series", "inf", "e-1"))


def test_what_is_the_same_in_all_years_is_told_once() -> None:
    grid = 'region.france.grid_intensity={ years = [2040, 2041], values = [300, 300], unit = "gCO2e/kWh",'
    same = f"years = [{', '.join(map(str, range(2020, 2041)))}], values = [{', '.join(['50'] * 21)}]"
    scenario = load(BASELINE, [f'{grid} basis = "assumed", note = "mine" }}', f"policy.carbon_tax.rate={{ {same} }}"])
    said = {entry["path"]: entry["value"] for entry in inputs(scenario)}
    assert said["region.india.carbon_price"] == "0 USD/tCO2"
    assert said["region.france.grid_intensity"] == "300 gCO2e/kWh"
    assert said["policy.carbon_tax.rate"] == "50 USD/tCO2"
