"""Policies of record, as scenarios: what each asks for at first, worked out here by hand from what was published."""

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.economy.observe import observe
from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.state import World
from sim.evidence import real_policies as record
from sim.experiment.compare import compare
from sim.measures import DIVIDE, registry
from sim.measures.carbon import CLEAN_POWER, ENERGY, OPERATIONAL
from sim.measures.economy import PERMIT_PRICE
from sim.policies import registry as policies
from sim.policies.levers import Levers
from sim.scenario import load, real_policies
from sim.scenario.every_policy import with_every_policy
from sim.scenario.policy_notes import NO_CLEANER
from tests.made_effects import altered, an_effect
from tests.saying import Say
from tests.worlds import FEW, ROOT, SCENARIOS, changed, walked

FILES = {file.stem: file for file in real_policies()}
NAMES = pytest.mark.parametrize("name", FILES)
TAXES = {  # moment, regions (none: all), USD of 2023 for a tonne: amount / exchange rate * prices
    "canada": [
        (2019.25, [], 20 / 1.327 * 304.702 / 255.657),
        (2022.25, [], 50 / 1.301 * 304.702 / 292.655),
        (2023.25, [], 65 / 1.349),
    ],
    "eu_price": [(2025.0, ["united_states", "china", "india"], 65 * 304.702 / 270.970)],
    "china": [(2025.0, ["united_states", "india"], 95.96 / 7.197 * 304.702 / 313.689)],
    "california": [(2025.0, ["united_states"], 32 * 304.702 / 270.970)],
    "uk_price_support": [
        (2016.25, ["germany", "france"], 18 / 0.7377 * 304.702 / 240.007),
        (2023.0, ["germany", "france"], 18 / 0.8039),
    ],
    "norway": [
        (2021.0, ["norway"], 590 / 9.428 * 304.702 / 258.811),
        (2024.0, ["norway"], (590 + 3 * 1410 / 9) / 9.428 * 304.702 / 258.811),
        (2030.0, ["norway"], 2000 / 9.428 * 304.702 / 258.811),
    ],
}
OUTLAYS = {  # first year, and USD of 2023 in it
    "nairr": (2024, 2.6e9 * 304.702 / 292.655 / 6),
    "uk_research_resource": (2026, 1e9 / 0.7824 * 304.702 / 313.689 / 5),
    "india": (2026, 45.6336e9 / 83.67 * 304.702 / 313.689 / 5),  # the first whole year
}
OTHERS = {"california_cap", "eu_cap", "us_order", "eu_ai_act", "pause_2023"}


def world_of(name: str, until: int) -> World:
    return begin(load(FILES[name], FEW, until=until), 1)


def levers(name: str, time: float) -> Levers:
    """What a scenario pulls in the step that begins at a time."""
    world = world_of(name, int(time))
    return act(changed(world, steps_done=round((time - 2012) * 4))).levers


def test_a_law_that_prices_no_power_says_so_where_a_tax_on_power_is_said_to_express_it() -> None:
    """All emissions that are priced here are those of electricity."""
    told = {law.partition(",")[0]: law for law in policies()["carbon_tax"].laws}
    outside = "(on fuels for heating and transport, not on power, which is under EU emission trading)"
    assert [land for land, law in told.items() if law.endswith(outside)] == ["France", "Germany"]
    assert outside in (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")


def test_each_is_worked_out_here() -> None:
    assert set(FILES) == {*TAXES, *OUTLAYS, *OTHERS}
    assert len(FILES) >= 12


@NAMES
def test_each_says_where_it_is_from_what_is_asked_and_what_was_found(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    for part in ("Source", "Not in it", "Expected", "Found"):
        assert len(re.findall(rf"^# {part}: \S", text, re.MULTILINE)) == 1, part
    scenario = load(FILES[name])
    assert scenario.question.endswith("?")
    assert scenario.is_same_world(load(SCENARIOS / "baseline.toml"))
    assert len(scenario.policies) == 1
    sources = [q.source for q in scenario.quantities if q.path.startswith("policy.") and q.source]
    assert sources, "its number has a source"


def test_a_note_says_what_the_record_holds_and_no_more() -> None:
    """Words, directions and sizes follow the numbers; what a file means by them stays."""
    scenario = load(FILES["uk_price_support"])
    change = an_effect(-0.04, (-0.05, -0.03))
    found = {(scenario.name, year, id): change for year in (2022, 2030) for id in record.NOTES[scenario.name].measures}
    text = "# Expected: x.\n# Found: old\n# words.\n# Meaning: stays.\n\nschema = 1\n"
    said = record.noted(text, found, scenario)
    assert said.startswith(f"# Expected: x.\n# Found: {record.LUCK}: in 2022 the")
    assert said.endswith("\n# Meaning: stays.\n\nschema = 1\n")
    assert "old" not in said
    assert "2040" not in said
    assert record.noted(said, found, scenario) == said
    flat = said.replace("\n# ", " ")
    assert "those in Germany and France fall by 4.0 % [3.0 to 5.0 %]" in flat
    assert "the compute divide narrows by 4.0 %" in flat
    for (middle, low, high), words in {
        (0.04, -0.02, 0.05): ": direction unclear [−2.0 to +5.0 %]",
        (-2e-4, -3e-4, -1e-4): " hardly changes [−0.030 to −0.010 %]",
        (20.0, 19.0, 22.0): " widens 21-fold [20-fold to 23-fold]",
    }.items():
        alone = altered(change, relative=middle, relative_low=low, relative_high=high, draws=None)
        found[scenario.name, 2022, DIVIDE] = alone
        assert f"the compute divide{words}" in record.noted(text, found, scenario).replace("\n# ", " ")
    for (middle, low, high), words in {
        (0.4, 0.3, 0.5): "40 % [30 to 50 %] of what is cut there is emitted elsewhere",
        (1.04, 0.37, 1.6): "about as much as is cut there is emitted elsewhere [0.37 to 1.6 times]",
        (0.997, 0.9, 1.1): "about as much as is cut there is emitted elsewhere [0.90 to 1.1 times]",
        (8.2, 2.6, 10.0): "8.2 times what is cut there is emitted elsewhere [2.6 to 10 times]",
        (-5.6, -11.0, 3.5): "how much of what is cut there is emitted elsewhere is unclear [−1,100 to +350 %]",
    }.items():
        found[scenario.name, 2022, record.ELSEWHERE] = altered(change, difference=middle, low=low, high=high)
        assert f"; {words};" in record.noted(text, found, scenario).replace("\n# ", " ")


def test_a_record_holds_what_it_was_made_of() -> None:
    """An effect without draws of assumptions is read as one without them."""
    for draws in (None, 40):
        change = replace(an_effect(0.04, (0.03, 0.05)), draws=draws)
        row = {"scenario": "x", "year": 2030, "measure": DIVIDE, **change.row()}
        table = pd.DataFrame([row])
        for given in (table, pd.read_csv(StringIO(table.to_csv(index=False)))):
            read = record.read(given)["x", 2030, DIVIDE]
            assert read.draws == draws
            assert read.is_relative


def test_a_note_against_another_scenario_names_it_and_tells_relative_changes() -> None:
    """A price is told as an amount where there was none before, and as a change where there was; clean power as the
    share there is, and by how many points it differs."""
    given, clean = (load(SCENARIOS / f"{name}.toml") for name in ("cap_and_trade_given", "carbon_tax_clean"))
    found = {("cap_and_trade_given", 2030, PERMIT_PRICE): an_effect(0.04, (0.03, 0.05), baseline=200.0)}
    said = record.said(found, given)
    assert said == f"{record.LUCK}: against cap_and_trade, in 2030 the price of permits rises by 4.0 % [3.0 to 5.0 %]."
    found = {("carbon_tax_clean", 2040, CLEAN_POWER): an_effect(0.5, (0.4, 0.6), baseline=0.4)}
    share = "clean power is 60 % of all, +20 percentage points [+20 to +20]"
    assert record.said(found, clean) == f"{record.LUCK}: against clean_power, in 2040 {share}."


def test_shipped_scenarios_with_a_note_are_compared_with_what_they_extend() -> None:
    for group in record.compared():
        for scenario in group[1:]:
            file = record.files().get(scenario.name)
            if file is not None:
                extended = re.search(
                    r'^extends = "(?:\.\./)?(\w+)\.toml"$', file.read_text(encoding="utf-8"), re.MULTILINE
                )
                assert extended is not None, file
                assert extended[1] == group[0].name, file


def test_what_files_of_caps_say_of_their_size_is_what_the_record_holds() -> None:
    """At about what would be emitted in 2028, and strict from then on; a third of what would be bought in 2030,
    four fifths in 2040."""
    found = record.read(pd.read_csv(ROOT / "docs" / record.FOLDER / record.EFFECTS))
    cap = {year: found["cap_and_trade", year, OPERATIONAL].relative for year in (2028, 2030, 2040)}
    assert -0.2 < cap[2028] <= 0
    assert cap[2030] < -0.5
    assert cap[2040] < -0.6
    last = found["cap_and_trade", 2040, OPERATIONAL]
    assert 7.5 < last.baseline / (last.policy / (3.7 * 0.97**13.5)) < 10.5  # over emissions of 2026
    for year, low, high in ((2030, -0.72, -0.6), (2040, -0.25, -0.15)):
        assert low < found["compute_permits", year, ENERGY].relative < high


@pytest.mark.slow
def test_the_record_is_what_a_comparison_gives() -> None:
    """What is emitted elsewhere is worked out here from the series."""
    few = [load(SCENARIOS / "baseline.toml", FEW, until=2030), load(FILES["uk_price_support"], FEW, until=2030)]
    told = replace(record.NOTES["uk_price_support"], years=(2022, 2030))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(record.NOTES, "uk_price_support", told)
        compared = compare(few, replicates=6, assumptions=False)
        found = record.read(record.record(compared))
    series = compared.series.pivot_table(index=["scenario", "replicate", "year"], columns="measure", values="value")
    without, under = (series.loc[scenario.name].xs(2022, level="year") for scenario in compared.scenarios)
    there = ["emissions_region_germany", "emissions_region_france"]
    cut = (under[there] - without[there]).sum(axis=1)
    world = under[OPERATIONAL] - without[OPERATIONAL]
    assert found["uk_price_support", 2022, record.ELSEWHERE].difference == pytest.approx((1 - world / cut).median())
    assert found["uk_price_support", 2022, record.THERE].difference == pytest.approx(cut.median())


@pytest.mark.parametrize("name", TAXES)
def test_a_price_is_what_was_published(name: str) -> None:
    for time, regions, price in TAXES[name]:
        world = world_of(name, int(time))
        ids = world.scenario.region_ids
        pulled = levers(name, time).carbon_price.sum(axis=0) * 1000  # (kinds, regions) USD/t
        for column, region in enumerate(ids):
            due = price if region in (regions or ids) else 0.0
            assert pulled[:, column] == pytest.approx(np.full(3, due), rel=1e-9), (time, region)
    first = TAXES[name][0][0]
    assert not levers(name, first - 0.25).carbon_price.any()


@pytest.mark.parametrize("name", ["china", "norway"])
def test_revenue_over_emissions_is_the_price(name: str) -> None:
    time, regions, price = TAXES[name][0]
    world, steps = walked(world_of(name, int(time)), round((time - 2012) * 4) + 4)
    year = observe(world, steps[-4:])
    emitted = sum(registry(world.scenario.region_ids)[f"emissions_region_{region}"](year) for region in regions)
    assert registry()["policy_revenue"](year) / emitted == pytest.approx(price, rel=1e-9)


@pytest.mark.parametrize("name", OUTLAYS)
def test_an_outlay_is_what_was_published(name: str) -> None:
    first, outlay = OUTLAYS[name]
    world, steps = walked(world_of(name, first), (first - 2012 + 1) * 4)
    year = observe(world, steps[-4:])
    spent, left = (registry()[id](year) for id in ("public_outlay", "public_unspent"))
    assert spent + left == pytest.approx(outlay, rel=1e-9)
    assert spent > 0.5 * outlay


def test_the_cap_of_the_union_falls_by_points_of_its_base() -> None:
    world, steps = walked(world_of("eu_cap", 2024), 13 * 4)
    covered = [world.scenario.region_ids.index(region) for region in ("germany", "france")]
    by_year = [sum(s.emissions[covered].sum() / 4 for s in steps[4 * i : 4 * i + 4]) for i in range(13)]
    assert by_year[12] == pytest.approx(0.957 * by_year[11], rel=1e-6)  # 2024 over 2023
    for year, left in ((2024, 95.7), (2025, 91.4), (2027, 82.8), (2028, 78.4), (2030, 69.6)):
        later = act(changed(world, steps_done=(year - 2012) * 4)).levers
        assert later.carbon_cap == pytest.approx([left / 100 * by_year[11]], rel=1e-9), year
        assert later.carbon_covered.any(axis=(0, 1)).nonzero()[0].tolist() == sorted(covered)


def test_californias_prices_grow_beyond_inflation_and_the_highest_holds() -> None:
    world, steps = walked(world_of("california_cap", 2022), 10 * 4 + 1)
    to_2023 = 304.702 / 270.970 / 1000  # USD of 2021 for a tonne
    for year in (2021, 2026, 2030):
        later = act(changed(world, steps_done=(year - 2012) * 4)).levers
        grown = 1.05 ** (year + 1 / 8 - 2021) * to_2023
        assert later.carbon_floor == pytest.approx([17.71 * grown], rel=1e-3), year
        assert later.carbon_ceiling == pytest.approx([65 * grown], rel=1e-3), year
    last, home = steps[-1], world.scenario.region_ids.index("united_states")
    assert last.permit_price == pytest.approx(65 * 1.05 ** (1 + 1 / 8) * to_2023, rel=1e-3)
    assert float(last.emissions[home].sum()) > float(act(changed(world, steps_done=40)).levers.carbon_cap[0])


@pytest.mark.parametrize(
    ("name", "inside", "outside", "threshold"),
    [("us_order", [2024.0, 2024.75], [2023.75, 2025.0], 1e26), ("eu_ai_act", [2025.5, 2039.0], [2025.25], 1e25)],
)  # fmt: skip
def test_a_threshold_holds_for_firms_while_it_is_law(
    name: str, inside: list[float], outside: list[float], threshold: float
) -> None:
    for time in inside:
        assert levers(name, time).report_threshold.tolist() == [[threshold, threshold, np.inf]]
    for time in outside:
        assert np.isinf(levers(name, time).report_threshold).all()


def test_the_pause_holds_for_half_a_year() -> None:
    for time, ceiling in ((2023.0, np.inf), (2023.25, 2.1e25), (2023.5, 2.1e25), (2023.75, np.inf)):
        assert (levers("pause_2023", time).run_ceiling == ceiling).all()


def test_they_are_listed_and_kept_apart(say: Say) -> None:
    """The list of scenarios has them; what is done with every shipped policy does not repeat them."""
    listed = say("scenarios").out
    assert all(f"real_policies/{file.stem} " in listed for file in FILES.values())
    every, left_out = with_every_policy(load(SCENARIOS / "baseline.toml"))
    assert not {*(scenario.name for scenario in every), *left_out} & set(FILES)


@NAMES
def test_commands_that_read_scenarios_take_them(name: str, say: Say) -> None:
    """A number of a policy may cite a source: who prints policies in full needs it too."""
    file = FILES[name]
    first, *notes = say("check", file).out.splitlines()
    assert first == f"{file}: ok"
    assert all(NO_CLEANER in note or " is in force from " in note for note in notes)
    (policy,) = load(file).policies
    assert f"policy.{policy.id}.{policy.strength}" in say("explain", file).out
    said = say("diff", SCENARIOS / "baseline.toml", file)
    assert said.code == 0, said.err
    assert f"policy.{policy.id}" in said.out


@pytest.mark.slow
def test_a_run_and_a_comparison_say_what_they_hold(say: Say, tmp_path: Path) -> None:
    few = [text for setting in FEW for text in ("--set", setting)]
    more = [*few, "--replicates", "2", "--until", "2025", "--workers", "1"]
    for call in (["run", FILES["canada"]], ["compare", SCENARIOS / "baseline.toml", FILES["canada"]]):
        said = say(*call, *more, "--out", tmp_path / call[0])
        assert said.code == 0, said.err
        held = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / call[0]).rglob("*.toml"))
        assert "in CAD/tCO2 of each year" in held
