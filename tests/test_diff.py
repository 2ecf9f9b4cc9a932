"""``diff``: what differs between two scenarios, and nothing else."""

import json
from pathlib import Path

from sim.scenario import load
from sim.scenario.differences import ABSENT, differences
from tests.saying import Say
from tests.worlds import SCENARIOS

BASELINE = SCENARIOS / "baseline.toml"
CENTS = '{ value = 102, low = 80, high = 140, unit = "USD/MWh", basis = "assumed", note = "x" }'
PRICE = f"region.france.electricity_price={CENTS}"  # the same in another unit


def between(*settings: str) -> dict[str, tuple[str, str, str]]:
    """Differences of the baseline with settings from the baseline."""
    found = differences(load(BASELINE), load(BASELINE, settings))
    return {difference.key: (difference.first, difference.second, difference.change) for difference in found}


def test_nothing_differs_from_itself(say: Say) -> None:
    assert between() == {}
    said = say("diff", BASELINE, BASELINE)
    assert (said.code, said.out) == (0, "Baseline and Baseline hold the same numbers.\n")


def test_numbers_with_their_units_and_change() -> None:
    found = between("product.margin=40 %", "market.response=3", "kind.startup.count=120", "mechanisms.luck=false",
                    'market.allocation="queue"', PRICE)  # fmt: skip
    assert found == {
        "product.margin": ("0.5", "40 %", "−20 %"),
        "market.response": ("1.5 /yr", "3 /yr", "× 2"),
        "kind.startup.count": ("240", "120", "× 0.5"),
        "mechanisms.luck": ("on", "off", ""),
        "market.allocation": ("price", "queue", ""),
    }


def test_a_range_alone_is_a_difference() -> None:
    found = between('product.margin={ value = 0.5, low = 0.2, high = 0.7, basis = "assumed", note = "x" }')
    assert found == {"product.margin": ("0.5 (0.3 to 0.7)", "0.5 (0.2 to 0.7)", "")}


def test_the_first_year_of_a_series_that_differs() -> None:
    years, values = [2012, 2023, 2024, 2025, 2026], [3e25, 3.1e27, 2e28, 3.5e28, 9.5e28]
    path = f'market.capacity={{ years = {years}, values = {values}, unit = "FLOP/yr" }}'
    ((first, second, _),) = between(path).values()
    assert first.endswith("in 2024 1.2e+28 FLOP/yr")
    assert second.endswith("in 2024 2e+28 FLOP/yr")


def test_whole_policies_kinds_and_regions(tmp_path: Path, say: Say) -> None:
    file = tmp_path / "fewer.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE}"\ntitle = "Fewer"\nquestion = "q"\n'
        "[kind.startup]\ndrop = true\n[region.norway]\ndrop = true\n"
        '[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = 2030\n'
    )
    found = {d.key: (d.first, d.second) for d in differences(load(BASELINE), load(file))}
    assert found["kind.startup"] == ("240 actors by the rule startup", ABSENT)
    assert found["region.norway"] == ("there", ABSENT)
    assert found["policy.carbon_tax"] == (ABSENT, "start 2030, rate 50 USD/tCO2")
    assert set(found) == {"kind.startup", "region.norway", "policy.carbon_tax", *(
        f"kind.{kind}.home" for kind in ("corporation", "academic_lab"))}  # fmt: skip
    said = say("diff", BASELINE, file, "--json")
    assert {entry["key"] for entry in json.loads(said.out)} == set(found)


def test_the_other_way_round_is_the_same_with_sides_changed() -> None:
    baseline, other = load(BASELINE), load(SCENARIOS / "exponential_law.toml")
    there = {d.key: (d.first, d.second) for d in differences(baseline, other)}
    back = {d.key: (d.second, d.first) for d in differences(other, baseline)}
    assert there == back
    assert there["law.slope"] == (ABSENT, "1.161")


def test_a_run_directory_stands_for_its_scenario(tmp_path: Path, say: Say) -> None:
    out = tmp_path / "out"
    small = ["--set", "kind.academic_lab.count=9", "--until", "2012", "--replicates", "1", "--quiet", "--out", out]
    assert say("run", BASELINE, *small).code == 0
    said = say("diff", BASELINE, out)
    assert "4 entries differ" not in said.out
    assert "3 entries differ between Baseline and Baseline (changed: kind.academic_lab.count=9)" in said.out
    for key in ("time.end", "run.replicates", "kind.academic_lab.count"):
        assert key in said.out


def test_what_cannot_be_read_is_refused(say: Say, tmp_path: Path) -> None:
    said = say("diff", BASELINE, tmp_path / "nothing.toml")
    assert (said.code, said.out) == (2, "")
    assert "nothing.toml" in said.err
