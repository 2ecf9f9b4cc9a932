"""One way to change a scenario: whatever changed it, what is recorded and written is what is simulated."""

import ast
import pickle
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.app.setting import of_world
from sim.errors import InputError, Notice
from sim.experiment.decompose import worlds as parts_of
from sim.experiment.factors import factors
from sim.experiment.laws import HELD, under_laws
from sim.quantity import UNITS, base_unit, factor
from sim.scenario import Scenario, load, shipped_files
from sim.scenario.build import build
from sim.scenario.drawing import worlds
from sim.scenario.ensemble import _points
from sim.scenario.variants import changed, with_options, with_values
from sim.scenario.writing import resolved_toml
from sim.study.planned import scenario_of
from tests.pairs import with_entries
from tests.worlds import ROOT, SCENARIOS, small

BASELINE = SCENARIOS / "baseline.toml"
TAX = {"rate": {"value": 300, "unit": "USD/tCO2"}}


def drawn() -> list[Scenario]:
    return worlds([load(BASELINE), load(SCENARIOS / "exponential_law.toml")], 1, 3)[2]


def played() -> list[Scenario]:
    setting = replace(of_world("baseline", 3), counts={"startup": 9}, assumptions={"product.margin": 0.4})
    taxed = setting.with_entry("carbon_tax", {"name": "carbon_tax", "start": 2020, **TAX})
    return [*setting.scenarios(), *taxed.scenarios()]


def apart() -> list[Scenario]:
    baseline = small()
    return list(parts_of(baseline, factors(baseline)).values())


TWO = ("carbon_tax", (2027, 2030.5, TAX), (2030.5, float("inf"), TAX))  # a policy that goes on in a second entry
WAYS: dict[str, Callable[[], list[Scenario]]] = {
    "file": lambda: [load(file) for file in shipped_files()],
    "settings": lambda: [small("baseline", "product.margin=40 %", "region.norway.grid_intensity=20 gCO2e/kWh")],
    "a policy that was not there": lambda: [changed(load(BASELINE), {"policy.carbon_tax.rate": TAX["rate"]})],
    "benchmark": lambda: [changed(load(BASELINE), {"law.profile": "thompson2020_exponential"}, name="other")],
    "options": lambda: [with_options(load(BASELINE), seed=9, replicates=3, until=2020, name="a", title="b")],
    "values": lambda: [with_values(load(BASELINE), {"law.exponent": 8.0, "region.norway.electricity_price": 0.06})],
    "draws": drawn,
    "two entries of a policy": lambda: [with_entries(load(BASELINE), *TWO)],
    "the page": played,
    "what is left out": apart,
    "laws": lambda: [scenario for held in HELD for scenario in under_laws(load(BASELINE), held)],
}
SAID = ("file", "tree", "sources", "notes")  # differ when a file stands alone


def base(scenario: Scenario) -> dict[str, object]:
    """The numbers of the record in base units."""
    return {quantity.path: quantity.base for quantity in scenario.quantities}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_record_is_what_is_simulated(way: str, tmp_path: Path) -> None:
    """A changed scenario equals what its tree says, and what its file in full says, and it can go to a worker."""
    for scenario in WAYS[way]():
        assert replace(build(scenario.tree), notes=scenario.notes) == scenario
        assert pickle.loads(pickle.dumps(scenario)) == scenario
        file = tmp_path / f"{scenario.name}.toml"
        file.write_text(resolved_toml(scenario), encoding="utf-8")
        again = load(file)
        for name in (f.name for f in fields(Scenario) if f.name not in (*SAID, "quantities", "tables")):
            assert getattr(again, name) == getattr(scenario, name), name
        assert base(again) == base(scenario)


LAWS = [{"law.profile": profile} for profile in ("thompson2020_exponential", "ninth_power", "irreducible")] + [
    {"law.benchmark": "coco", "law.profile": "thompson2020_polynomial"},
    {"law.theory": "meek"},
    {"law.exponent": 9.0},
    {"law.exponent": 9.0, "law.profile": "thompson2020_polynomial"},
]
RATES = [{"policy.carbon_tax.rate": rate} for rate in (0.2, {"years": [2015, 2016], "values": [0.1, 0.2]})]


@pytest.mark.parametrize(
    ("name", "entries"),
    [("baseline", law) for law in LAWS]
    + [("squad", {"law.benchmark": "imagenet", "law.profile": "thompson2022_hardware"}), ("squad", LAWS[3])]
    + [("exponential_law", LAWS[1]), ("exponential_law", {"law.profile": "thompson2022_hardware"})]
    + [(f"real_policies/{law}", RATES[0]) for law in ("norway", "canada")]
    + [("carbon_tax", rate) for rate in RATES],
)
def test_a_file_in_full_is_changed_as_the_file_it_came_from(
    name: str, entries: dict[str, object], tmp_path: Path
) -> None:
    """What it had to write out, of the law that was chosen or of when a policy starts, hinders no other choice."""
    scenario, file = load(SCENARIOS / f"{name}.toml"), tmp_path / "full.toml"
    file.write_text(resolved_toml(scenario), encoding="utf-8")
    one, other = changed(scenario, entries), changed(load(file), entries)
    assert one.is_same(other) or entries == {"law.theory": "meek"}  # a file in full has one ensemble
    assert base(one) == base(other)


def test_another_law_has_its_own_numbers_whoever_spoke_before(tmp_path: Path) -> None:
    own, child = tmp_path / "own.toml", tmp_path / "child.toml"
    said = 'schema = 1\ntitle = "a"\nquestion = "b"\n'
    exponent = 'exponent = { value = 7, unit = "1", basis = "assumed", note = "mine" }\n'
    own.write_text(f'{said}extends = "{BASELINE}"\n[law]\n{exponent}')
    child.write_text(f'{said}extends = "own.toml"\n[law]\nprofile = "ninth_power"\n')
    assert base(load(own))["law.exponent"] == 7.0
    assert base(load(child))["law.exponent"] == 9.0
    assert base(load(own, ["law.profile=ninth_power"]))["law.exponent"] == 9.0
    assert base(load(own, ["law.exponent=8", "law.profile=ninth_power"]))["law.exponent"] == 8.0
    child.write_text(f'{said}extends = "own.toml"\n[law]\n{exponent.replace("7", "6")}profile = "ninth_power"\n')
    assert base(load(child))["law.exponent"] == 6.0


def test_one_number_in_place_of_those_by_year_moves_no_start(tmp_path: Path) -> None:
    """Wherever it is written, unless a start is; as a table of one's own, too."""
    norway, canada = (SCENARIOS / "real_policies" / f"{name}.toml" for name in ("norway", "canada"))
    assert [load(file, ["policy.carbon_tax.rate=200"]).policies[0].start for file in (norway, canada)] == [
        2021,
        2019.25,
    ]
    assert load(norway, ["policy.carbon_tax.rate=200", "policy.carbon_tax.start=2015"]).policies[0].start == 2015
    child, beside = tmp_path / "child.toml", tmp_path / "beside" / "parent.toml"
    beside.parent.mkdir()
    (beside.parent / "own.csv").write_text("entity,year,value\nall,2018,5\nall,2019,6\n")
    said = 'schema = 1\ntitle = "a"\nquestion = "b"\n'
    tax = '[[policy]]\nname = "carbon_tax"\n'
    beside.write_text(
        f'{said}extends = "{BASELINE}"\n{tax}rate = {{ file = "own.csv", entity = "all", unit = "USD/tCO2" }}\n'
    )
    child.write_text(f'{said}extends = "beside/parent.toml"\n{tax}rate = {{ value = 9, unit = "USD/tCO2" }}\n')
    assert load(beside).policies[0].start == load(child).policies[0].start == 2018
    assert load(child, ["policy.carbon_tax.rate=8"]).policies[0].start == 2018
    child.write_text(f'{said}extends = "beside/parent.toml"\n{tax}replace = true\nrate = 9\n')
    assert load(child).policies[0].start == float("-inf")


@pytest.mark.slow
def test_a_comparison_writes_what_it_simulated(tmp_path: Path) -> None:
    """``scenarios/*.toml`` of a comparison from Python hold its seed, its replicates, its last year and its names."""
    pair = [small(until=2012, replicates=20), small("carbon_tax", until=2012, replicates=20), small(until=2012)]
    with pytest.warns(Notice, match="baseline-2 is the same as baseline"):
        found = sim.compare(pair, seed=7, replicates=2, workers=1)
    found.report(tmp_path)
    written = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in tmp_path.glob("scenarios/*.toml")}
    assert set(written) == {"baseline", "carbon_tax", "baseline-2"} == {scenario.name for scenario in found.scenarios}
    for name, file in written.items():
        assert (file["run"]["seed"], file["run"]["replicates"], file["time"]["end"]) == (7, 2, 2012), name
        assert load(tmp_path / "scenarios" / f"{name}.toml").run.seed == 7


def test_a_scenario_is_not_changed_by_its_variants() -> None:
    scenario = load(SCENARIOS / "carbon_tax.toml")
    before = resolved_toml(scenario)
    with_entries(scenario, *TWO)
    with_values(scenario, {"product.margin": 0.4})
    changed(scenario, {"kind.startup.count": 9, "policy.carbon_tax.rate": 7, "product.margin": 0.4})
    assert resolved_toml(scenario) == before == resolved_toml(build(scenario.tree))


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ({"product.margin": 0.9, "product.inference_share": 0.9}, "sales cannot pay"),
        ({"product.growth_exponent": 19.0}, "grow without bound"),
        ({"law.best_error": 0.9, "law.worst_error": 0.1}, "upside down"),
        ({f"region.{id}.cloud_share": 0.0 for id in load(BASELINE).region_ids}, "no region runs a cloud"),
    ],
)
def test_one_rule_for_files_settings_draws_and_the_page(entries: dict[str, float], text: str) -> None:
    scenario, settings = load(BASELINE), [f"{path}={value!r}" for path, value in entries.items()]
    for change in (
        lambda: with_values(scenario, entries),
        lambda: changed(scenario, dict(entries)),
        lambda: load(BASELINE, settings),
    ):
        with pytest.raises(InputError, match=text):
            change()


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("policy.carbon_tax.rate", np.float64(50), "50.0"),
        ("policy.carbon_tax.rate", "50 EUR/tCO2 of 2024", "50 EUR/tCO2 of 2024"),
        ("policy.carbon_tax.rate", {"years": [2027, 2030], "values": np.array([1, 5])},
         "{ years = [2027, 2030], values = [1, 5] }"),
        ("policy.carbon_tax.kinds", ("startup",), '["startup"]'),
        ("mechanisms.siting", False, "false"),
        ("law.profile", "ninth_power", "ninth_power"),
    ],
)  # fmt: skip
def test_settings_by_path_are_those_of_the_command_line(path: str, value: object, text: str) -> None:
    by_path, typed = sim.load(BASELINE, {path: value}), sim.load(BASELINE, [f"{path}={text}"])
    assert by_path.quantities == typed.quantities
    assert by_path.policies == typed.policies
    assert resolved_toml(by_path) != resolved_toml(sim.load(BASELINE))


def test_every_number_can_be_given_in_base_units() -> None:
    """So a value of the model is written to the bit."""
    assert UNITS
    for unit in UNITS:
        assert factor(base_unit(unit), unit) == 1.0, unit


def test_nothing_else_changes_a_scenario() -> None:
    """Whoever replaces parts of a scenario by hand leaves a record of another world."""
    files = [file for file in (ROOT / "sim").rglob("*.py") if file.parent.name != "scenario"]
    assert len(files) > 300
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("replace") and node.args:
                assert not ast.unparse(node.args[0]).endswith("scenario"), f"{file.name}: {ast.unparse(node)}"


def test_all_mistakes_cross_to_another_process() -> None:
    with pytest.raises(InputError) as caught:
        changed(load(BASELINE), {"product.margin": 7.0, "market.response": True})
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    assert len(error.also) == 1


def test_a_table_of_points_is_read_once_wherever_its_scenario_stands() -> None:
    """A resolved scenario of a plan is read from a new place each time, and its table of points takes the longest."""
    scenario = load(BASELINE)
    assert scenario.ensemble is not None
    text = resolved_toml(scenario)
    first = scenario_of(text, BASELINE, {})
    read = _points.cache_info().misses
    again = scenario_of(text, BASELINE, {})
    assert _points.cache_info().misses == read
    assert again.ensemble == first.ensemble
