"""Every shipped policy put onto one world: that of the shipped baseline, or one of the user's own."""

from pathlib import Path

import pytest

from sim.cli import main
from sim.policies import registry
from sim.scenario import Scenario, load, shipped_files
from sim.scenario.every_policy import OTHER_WORLD, THERE_ALREADY, with_every_policy
from tests.worlds import BASELINE, FEW, SCENARIOS, SMALL

OWN = f"""
schema = 1
extends = "{BASELINE}"
title = "A small world with a tax of its own"
question = "What would each policy do in my world?"

[kind.startup]
count = 14

[[policy]]
name = "carbon_tax"
rate = {{ value = 30, unit = "USD/tCO2" }}
"""


def own(tmp_path: Path, *settings: str) -> Scenario:
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    return load(file, settings)


def test_in_the_shipped_world_they_are_the_shipped_scenarios() -> None:
    baseline = load(BASELINE)
    found, left_out = with_every_policy(baseline)
    files = {scenario.name: load(SCENARIOS / f"{scenario.name}.toml") for scenario in found}
    for scenario in found:
        assert scenario.is_same(files[scenario.name])
        assert (scenario.title, scenario.question) == (files[scenario.name].title, files[scenario.name].question)
    elsewhere = {name for name in registry() if not load(SCENARIOS / f"{name}.toml").is_same_world(baseline)}
    assert elsewhere == {"clean_power_support"}, "which needs a world where buyers choose clean power"
    assert {policy.name for scenario in found for policy in scenario.policies} == set(registry()) - elsewhere
    shipped = {file.stem for file in shipped_files()} - {"baseline"}
    assert set(left_out) == shipped - set(files)
    assert set(left_out.values()) == {OTHER_WORLD}
    assert not any(load(SCENARIOS / f"{name}.toml").is_same_world(baseline) for name in left_out)


def test_a_world_of_ones_own_stays_as_it_is_and_gets_each_policy_in_turn(tmp_path: Path) -> None:
    world = own(tmp_path)
    found, left_out = with_every_policy(world)
    assert left_out["carbon_tax"] == "carbon_tax is in the baseline already"
    for scenario in found:
        shipped = load(SCENARIOS / f"{scenario.name}.toml")
        assert scenario.is_same_world(world)
        assert scenario.policies == (*world.policies, *shipped.policies)
        assert shipped.policies
        for policy in shipped.policies:
            assert scenario.tree.where(f"policy.{policy.id}.start")["file"].parent == SCENARIOS
    assert len(found) + len(left_out) == len(shipped_files()) - 1


@pytest.mark.parametrize(
    ("settings", "until", "name", "why"),
    [
        (['market.allocation="queue"'], None, "compute_permits", "queue"),
        ([], 2026, "public_compute", "begins in 2027, after the last year"),
    ],
)
def test_what_cannot_be_put_onto_a_world_is_left_out_with_the_reason(
    settings: list[str], until: int | None, name: str, why: str
) -> None:
    found, left_out = with_every_policy(load(BASELINE, settings, until=until))
    assert why in left_out[name]
    assert name not in [scenario.name for scenario in found]


def test_a_kind_that_a_policy_names_and_the_world_lacks(tmp_path: Path) -> None:
    file = tmp_path / "no_startups.toml"
    file.write_text(OWN.replace("count = 14", "drop = true"), encoding="utf-8")
    _, left_out = with_every_policy(load(file))
    assert "startup" in left_out["open_publication"]


def test_settings_of_a_policy_go_to_the_scenarios_that_have_it() -> None:
    settings = ["policy.carbon_tax.rate=50 USD/tCO2", "product.margin=0.4"]
    found, _ = with_every_policy(load(BASELINE, settings[1:]), settings)
    for scenario in found:
        assert scenario.product.margin == 0.4
        taxed = [policy for policy in scenario.policies if policy.name == "carbon_tax"]
        assert [policy.rate for policy in taxed] == ([pytest.approx(0.05)] if scenario.name == "carbon_tax" else [])


@pytest.mark.parametrize("settings", [[], ["run.seed=5"], ["run.replicates=7"]])
def test_what_is_compared_already_is_not_added_again(settings: list[str]) -> None:
    """Whatever its file says of seed and replicates: pairs have those of the first."""
    found, left_out = with_every_policy(load(BASELINE), others=[load(SCENARIOS / "carbon_tax.toml", settings)])
    assert left_out["carbon_tax"] == THERE_ALREADY
    assert "carbon_tax" not in [scenario.name for scenario in found]


@pytest.mark.slow
def test_the_command_compares_all_in_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = [str(word) for word in SMALL[1:]]
    few[few.index("--until") + 1] = "2027"
    tax = ["--set", "policy.carbon_tax.rate=50 USD/tCO2", "--workers", "1"]
    assert main(["compare", str(BASELINE), "--all", *few, *tax, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert f"Left out ({OTHER_WORLD}): before_fit, brand_habit, " in shown.err
    found, _ = with_every_policy(load(BASELINE, FEW))
    written = {file.stem: load(file) for file in (tmp_path / "out" / "scenarios").iterdir()}
    assert set(written) == {"baseline", *(scenario.name for scenario in found)}
    rows = shown.out.split("\n\n")[2:]  # below the baseline's
    for scenario, row in zip(found, rows, strict=False):
        assert row.split()[0] == scenario.name.partition("_")[0]
        assert [policy.name for policy in written[scenario.name].policies] == [
            policy.name for policy in scenario.policies
        ]
    assert written["carbon_tax"].policies[0].rate == pytest.approx(0.05)
    assert written["baseline"].policies == ()


def test_a_policy_that_begins_within_the_last_year_is_there() -> None:
    world = load(BASELINE, FEW, until=2027)
    begin = [f"policy.{name}.start={when}" for name, when in (("carbon_tax", 2027.5), ("public_compute", 2028))]
    found, left_out = with_every_policy(world, begin)
    assert "carbon_tax" in {scenario.name for scenario in found}
    assert left_out["public_compute"] == "begins in 2028, after the last year"
