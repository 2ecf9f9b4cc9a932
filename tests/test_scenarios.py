"""What the shipped scenarios show, and what a reader can change in a file without Python."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.economy.observe import observe
from sim.economy.start import begin
from sim.economy.step import advance
from sim.economy.trends import carbon_price
from sim.errors import InputError
from sim.measures import registry
from sim.scenario import Scenario, load
from sim.scenario.drawing import worlds
from sim.scenario.load import read_tree
from tests.worlds import FEW, SCENARIOS, frozen, played, small, walked


def last_year(scenario: Scenario, seed: int = 1) -> dict[str, float]:
    world = begin(scenario, seed)
    for _ in range(scenario.time.end - scenario.time.start + 1):
        world, steps = walked(world, scenario.time.steps_per_year)
    window = observe(world, steps)
    return {id: measure(window) for id, measure in registry().items()}


@pytest.fixture(scope="module")
def baseline() -> dict[str, float]:
    return last_year(load(SCENARIOS / "baseline.toml", until=2028))


def test_carbon_budget_binds(baseline: dict[str, float]) -> None:
    actors = load(SCENARIOS / "baseline.toml").actors
    half = baseline["emissions_total"] / actors / 2  # of an even share
    budget = f"policy.carbon_budget.limit={half!r} tCO2e/yr"
    limited = last_year(load(SCENARIOS / "carbon_budget.toml", [budget], until=2028))
    assert baseline["spend_bound_by_carbon"] == 0
    assert limited["spend_bound_by_carbon"] > 0.5
    assert limited["emissions_total"] < 0.5 * baseline["emissions_total"]
    assert limited["frontier_error"] > baseline["frontier_error"]
    assert limited["market_value"] < baseline["market_value"]  # nobody sells what it cannot serve
    assert limited["research_share"] > 1.2 * baseline["research_share"]


def test_no_actor_emits_more_than_its_budget() -> None:
    world = begin(small("carbon_budget", "policy.carbon_budget.limit=50", "policy.carbon_budget.start=2015"), 1)
    bound = False
    for _ in range(world.scenario.steps):
        world, step = advance(world)
        if step.time >= 2015:
            assert (step.emissions.sum(axis=0) <= 50_000 * (1 + 1e-12)).all()
            bound = bound or bool(step.bound_by_carbon.any())
    assert bound


def test_a_run_is_part_of_what_its_owner_bought_in_the_year() -> None:
    """Also in the year in which a budget cuts purchases: compute that is gone is not trained on again."""
    world = begin(load(SCENARIOS / "carbon_budget.toml", until=2029), 1)
    for year in range(2012, 2030):
        world, steps = walked(world, 4)
        window = observe(world, steps)
        if year > 2012:  # before, first plans stand for a year that is not simulated
            assert (window.largest_run <= window.compute).all(), year


def test_a_kind_cannot_be_a_party_of_the_books(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="named like a party"):
        child(tmp_path, '[kind.government]\nrule = "corporation"\n')


def test_an_actor_can_carry_a_budget_of_its_own() -> None:
    world, steps = played(small("baseline", "kind.corporation.carbon_budget=2 tCO2e/yr"))
    emitted = steps[-1].emissions.sum(axis=0)
    assert emitted[world.groups.of("corporation")] == pytest.approx(2000.0)
    assert emitted[world.groups.of("startup")].max() > 2000.0


def test_carbon_tax_costs_those_who_emit(baseline: dict[str, float]) -> None:
    taxed = last_year(load(SCENARIOS / "carbon_tax.toml", until=2028))
    assert taxed["emissions_total"] < baseline["emissions_total"]
    assert taxed["emissions_total"] > 0.5 * baseline["emissions_total"]


def test_exponential_law_makes_progress_dearer(baseline: dict[str, float]) -> None:
    steep = last_year(load(SCENARIOS / "exponential_law.toml", until=2028))
    assert steep["frontier_error"] > baseline["frontier_error"]
    assert steep["next_halving_flop"] > 1e6 * baseline["next_halving_flop"]


def child(place: Path, text: str, parent: str = "baseline.toml") -> Scenario:
    file = place / "child.toml"
    file.write_text(f'schema = 1\nextends = "{SCENARIOS / parent}"\ntitle = "t"\nquestion = "q?"\n{text}')
    return load(file, FEW, until=2013)


def test_a_region_can_be_dropped(tmp_path: Path) -> None:
    scenario = child(tmp_path, "[region.china]\ndrop = true\n")
    assert "china" not in scenario.region_ids
    world, step = advance(begin(scenario, 1))
    assert step.energy.shape == (5, 40)
    assert world.actors.site.sum(axis=0) == pytest.approx(np.ones(40))


def test_what_was_dropped_and_is_there_again_is_there(tmp_path: Path) -> None:
    """Nothing of the one that was dropped is left: not where it was written, and no word that it is gone."""
    parent, child_of_it = tmp_path / "parent.toml", tmp_path / "child.toml"
    head = 'schema = 1\nextends = "{}"\ntitle = "t"\nquestion = "q?"\n'
    parent.write_text(head.format(SCENARIOS / "baseline.toml") + "[kind.startup]\ndrop = true\n")
    gone = read_tree(parent)
    assert gone.dropped == {"kind.startup"}
    assert not [path for path in gone.origin if path.startswith("kind.startup.")]
    child_of_it.write_text(head.format(parent) + "[kind.startup]\ncount = 3\n")
    again = read_tree(child_of_it)
    assert again.dropped == set()
    assert {again.origin[path] for path in again.origin if path.startswith("kind.startup.")} == {child_of_it}


def test_a_copy_of_what_files_say_drops_alone() -> None:
    tree = read_tree(SCENARIOS / "baseline.toml")
    other = tree.copy()
    other.dropped.add("kind.startup")
    assert tree.dropped == set()


def test_a_scenario_without_a_record_of_its_parts_is_not_as_built() -> None:
    scenario = load(SCENARIOS / "baseline.toml", FEW, until=2013)
    assert scenario.is_as_built
    assert not replace(scenario, as_built=()).is_as_built
    assert not replace(scenario, as_built=scenario.as_built[:-1]).is_as_built


def test_a_region_and_a_kind_can_be_added(tmp_path: Path) -> None:
    scenario = child(
        tmp_path,
        """
[region.iceland]
label = "Iceland"
grid_intensity = { data = "grid_intensity_by_country_year", entity = "Iceland", source = "owid_grid" }
grid_change = 0
electricity_price = 0.05
carbon_price = { years = [2012], values = [0], unit = "USD/tCO2", basis = "assumed", note = "none" }
carbon_price_growth = 0
cloud_share = 0.1

[kind.national_lab]
rule = "academic_lab"
label = "National labs"
count = 3
home = { iceland = 1 }
home_share = 1
pue = 1.1
start_plan = { value = 1, unit = "MUSD/yr" }
start_spread = 0.5
ramp = 3
grant = { value = 5, unit = "MUSD/yr", basis = "assumed", note = "large" }
grant_spread = 0.5
grant_growth = 1
compute_share = 0.5
keeping_up = 0.3
""".replace('unit = "MUSD/yr" }', 'unit = "MUSD/yr", basis = "assumed", note = "large" }', 1),
    )
    world = begin(scenario, 1)
    step = advance(world)[1]
    rows = world.groups.kinds["national_lab"]
    iceland = scenario.region_ids.index("iceland")
    assert step.energy[iceland, rows].sum() == pytest.approx(step.energy[:, rows].sum())
    assert step.compute[rows].min() > np.median(step.compute[world.groups.kinds["academic_lab"]])
    assert set(world.groups.of("academia")) >= set(range(rows.start, rows.stop))


def test_a_quantity_is_replaced_whole_and_tables_merge(tmp_path: Path) -> None:
    scenario = child(tmp_path, "[product]\nmargin = 0.4\n")
    parent = load(SCENARIOS / "baseline.toml")
    assert scenario.product.margin == 0.4
    assert scenario.product.contest == parent.product.contest
    margin = next(quantity for quantity in scenario.quantities if quantity.path == "product.margin")
    assert (margin.low, margin.high, margin.source) == (None, None, None)
    assert "bare number" in (margin.note or "")


def test_policies_of_a_child_are_appended_or_merge_by_id(tmp_path: Path) -> None:
    more = '[[policy]]\nname = "carbon_tax"\nid = "second"\nrate = 5\nstart = 2030.5\n'
    scenario = child(tmp_path, more, "carbon_tax.toml")
    assert [policy.id for policy in scenario.policies] == ["carbon_tax", "second"]
    assert scenario.policies[1].start == 2030.5
    for more, growth in (("", 0.02), ("replace = true\n", 0.0)):
        scenario = child(tmp_path, f'[[policy]]\nname = "carbon_tax"\nrate = 7\n{more}', "carbon_tax.toml")
        assert [(p.id, p.rate, p.growth) for p in scenario.policies] == [("carbon_tax", 0.007, growth)]


def test_changing_one_kinds_count_moves_no_other_draw() -> None:
    few, more = begin(small(), 1), begin(small("baseline", "kind.startup.count=30"), 1)
    for kind in ("corporation", "academic_lab"):
        a, b = few.groups.kinds[kind], more.groups.kinds[kind]
        assert (few.fixed.traits.start_plan[a] == more.fixed.traits.start_plan[b]).all()
        assert (few.fixed.traits.home[a] == more.fixed.traits.home[b]).all()


def test_one_number_stands_for_all_years() -> None:
    scenario = load(SCENARIOS / "baseline.toml", ["region.france.carbon_price=5"])
    france = carbon_price(scenario, 2040)[scenario.region_ids.index("france")]
    assert france == pytest.approx(0.005)
    entry = next(quantity for quantity in scenario.quantities if quantity.path == "region.france.carbon_price")
    assert entry.basis == "assumed"


DIRECTIONS = {  # in 2024 on the same luck: measure, and bounds on the scenario's value over the baseline's
    "no_revenue_feedback": ("compute_ratio_industry_academia", 0, 0.02),
    "equal_start": ("compute_ratio_industry_academia", 0.8, 1.25),
    "scarce_supply": ("compute_share_academia", 0, 0.995),
    "harder_task": ("frontier_error", 3, np.inf),
    "floor": ("research_share", 0, 0.95),
    "efficient_science": ("frontier_error", 0, 0.97),
    "open_weights_world": ("access_gap_median_lab", 0, 0.5),
    "startup_frontier": ("market_value", 1.5, np.inf),
    "green_grid": ("energy_total", 0.999, 1.001),
    "sponsored_science": ("compute_share_academia", 3, np.inf),
}


RELATIVE = ("efficient_science", "sponsored_science")  # whose numbers are told over the baseline's as it is shipped


def in_2024(name: str, shipped: bool, seed: int) -> dict[str, float]:
    return last_year(load(SCENARIOS / f"{name}.toml", until=2024) if shipped else frozen(name, 2024), seed)


@pytest.fixture(scope="module")
def year_2024() -> dict[tuple[bool, int], dict[str, float]]:
    return {(shipped, seed): in_2024("baseline", shipped, seed) for shipped in (False, True) for seed in (1, 2)}


@pytest.mark.slow
@pytest.mark.parametrize("name", DIRECTIONS)
def test_each_world_goes_the_way_its_file_says(name: str, year_2024: dict[tuple[bool, int], dict[str, float]]) -> None:
    text = (SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")
    assert "# Expected: " in text
    assert "# Found: " in text
    measure, low, high = DIRECTIONS[name]
    shipped = name in RELATIVE
    for seed in (1, 2):
        after, before = in_2024(name, shipped, seed), year_2024[shipped, seed]
        assert low <= after[measure] / before[measure] <= high, seed


def test_clean_grids_lower_emissions() -> None:
    before, after = (last_year(load(SCENARIOS / f"{name}.toml", until=2030)) for name in ("baseline", "green_grid"))
    assert after["emissions_operational"] < 0.85 * before["emissions_operational"]
    assert after["compute_share_academia"] == pytest.approx(before["compute_share_academia"], rel=0.02)


def test_an_equal_start_is_that_of_labs() -> None:
    """Of plans and standing; labs' numbers are fitted, and those of the scenario follow by hand."""
    start, labs = (
        {kind.id: kind for kind in load(SCENARIOS / f"{name}.toml").kinds} for name in ("equal_start", "baseline")
    )
    for key in ("start_plan", "start_spread", "means_spread"):
        assert {getattr(kind, key) for kind in start.values()} == {getattr(labs["academic_lab"], key)}, key


GERMAN = """
[kind.german_lab]
like = "academic_lab"
label = "German labs"
count = 2
home = { germany = 1 }

[kind.academic_lab]
count = 18
"""


def written(tmp_path: Path, tables: str) -> Path:
    file = tmp_path / "own.toml"
    head = f'schema = 1\nextends = "{SCENARIOS / "baseline.toml"}"\ntitle = "T"\nquestion = "q"\n'
    file.write_text(head + tables, encoding="utf-8")
    return file


def test_a_kind_is_like_another_but_for_what_it_says(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, GERMAN))
    labs, german = (next(kind for kind in scenario.kinds if kind.id == id) for id in ("academic_lab", "german_lab"))
    assert (labs.count, german.count, german.label, german.home) == (18, 2, "German labs", {"germany": 1.0})
    assert replace(german, id=labs.id, label=labs.label, count=labs.count, home=labs.home) == labs
    found = {quantity.path: quantity for quantity in scenario.quantities}
    grants = [found[f"kind.{id}.grant"] for id in ("academic_lab", "german_lab")]
    assert grants[0]._replace(path="") == grants[1]._replace(path="")  # its source, too
    own = next(kind for kind in load(written(tmp_path, GERMAN + "grant = 1\n")).kinds if kind.id == "german_lab")
    assert own.grant == 1  # what the file says of the other stands, wherever it says it


def test_numbers_that_alike_kinds_share_are_drawn_as_one(tmp_path: Path) -> None:
    """Those of the ensemble, too: of two kinds that are the same one cannot be drawn richer."""
    scenario = load(written(tmp_path, GERMAN.replace("count = 2", 'grant = { value = 9e9, unit = "USD/yr", low = 8e9, '
                    'high = 9e10, basis = "assumed", note = "n" }\ncount = 2')))  # fmt: skip
    assert scenario.ensemble is not None
    assert "kind.academic_lab.keeping_up" in scenario.ensemble.paths
    values = worlds([scenario], 1, 0)[0]
    apart = {
        key for path, value in values.items() if path.startswith("kind.german_lab.")
        for key in [path.rpartition(".")[2]] if values[f"kind.academic_lab.{key}"] != value
    }  # fmt: skip
    assert apart == {"grant"}
    assert sum(path.startswith("kind.german_lab.") for path in values) > 10


def test_what_another_is_like_comes_first_and_what_is_dropped_goes_last(tmp_path: Path) -> None:
    """However a file is ordered: a kind is split, and the one that it was is there no more."""
    split = '[kind.a]\nlike = "b"\ncount = 1\n[kind.b]\nlike = "academic_lab"\ncount = 2\ngrant = 7\n'
    scenario = load(written(tmp_path, f"[kind.academic_lab]\ndrop = true\n{split}"))
    found = {kind.id: (kind.rule, kind.count) for kind in scenario.kinds}
    labs = {"a": ("academic_lab", 1), "b": ("academic_lab", 2)}
    assert {id: kind for id, kind in found.items() if id not in ("corporation", "startup")} == labs
    assert {kind.grant for kind in scenario.kinds if kind.id in labs} == {7.0}
    with pytest.raises(InputError, match="cannot be set here"):
        load(SCENARIOS / "baseline.toml", ["kind.startup.like=academic_lab"])


def test_a_region_is_like_another(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, '[region.spain]\nlike = "germany"\n'))
    spain, germany = (next(one for one in scenario.regions if one.id == id) for id in ("spain", "germany"))
    assert replace(spain, id="germany", label=germany.label) == germany


@pytest.mark.parametrize(
    ("tables", "problem", "key"),
    [
        ('[kind.german_lab]\nlike = "academic_labs"\n', "unknown kind", "kind.german_lab.like"),
        ("[kind.german_lab]\nlike = 3\n", "unknown kind", "kind.german_lab.like"),
        ('[kind.german_lab]\nlike = "academic_lab"\n', "as many as of academic_lab once more", "kind.german_lab.like"),
        ('[kind.startup]\nlike = "academic_lab"\n', "a kind that is there already", "kind.startup.like"),
        ('[region.spain]\nlike = "academic_lab"\n', "unknown region", "region.spain.like"),
        ('[kind.a]\nlike = "b"\n[kind.b]\nlike = "a"\n', "is like itself", "kind.a.like"),
        ('[kind.a]\nlike = "a"\n', "is like itself", "kind.a.like"),
    ],
)
def test_nothing_is_like_what_is_not_there(tables: str, problem: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load(written(tmp_path, tables))
    assert problem in refused.value.problem
    assert refused.value.key == key


def test_a_kind_of_no_rule_is_told_what_it_may_say(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load(written(tmp_path, '[kind.polish_lab]\nlik = "academic_lab"\n'))
    assert refused.value.fix == (
        'write rule = "academic_lab" and all its keys, or like = "<another kind>" and what differs; '
        "one of your own needs --import FILE"
    )
