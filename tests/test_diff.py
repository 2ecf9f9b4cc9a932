"""``diff``: what differs between two scenarios, and nothing else."""

import json
import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.policies import registry
from sim.scenario import Scenario, load
from sim.scenario.differences import ABSENT, differences
from sim.scenario.drawing import bounds, uncertain
from sim.scenario.writing import policy_texts
from tests.saying import Say, refused
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


def test_years_differ_by_years() -> None:
    """Of the calendar too, which a file writes as whole numbers."""
    years = {"time.end": "2050", "compute.trend_end": "2040.5", "market.connection_year": "2031"}
    found = between(*(f"{path}={year}" for path, year in years.items()))
    assert {path: change for path, (_, _, change) in found.items()} == {
        "time.end": "+10 years", "compute.trend_end": "−2.5 years",
        "market.connection_year": "+1 year",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["compute.volume_discount", "market.connection_growth"])
@pytest.mark.parametrize("value", ["0", "0.0", "3"])
def test_ranges_are_held_against_each_other_in_base_units_whatever_the_value(path: str, value: str) -> None:
    """Also round nothing, which says nothing of its unit."""

    def ranged(value: float, low: float, high: float, unit: str) -> Scenario:
        number = f'value = {value}, low = {low}, high = {high}, unit = "{unit}", basis = "assumed", note = "x"'
        return load(BASELINE, [f"{path}={{ {number} }}"])

    of, one = ("%/yr", "1/yr") if path.startswith("market") else ("%", "1")
    percent, share = ranged(float(value), 0, 5, of), ranged(float(value) / 100, 0, 0.05, one)
    assert differences(percent, share) == []
    wide = ranged(float(value) / 100, 0, 0.06, one)
    assert [found.key for found in differences(percent, wide)] == [path]
    assert [bounds(uncertain(world)[path]) for world in (percent, share)] == [(0, pytest.approx(0.05))] * 2


def test_a_range_alone_is_a_difference() -> None:
    found = between('product.margin={ value = 0.5, low = 0.2, high = 0.7, basis = "assumed", note = "x" }')
    assert found == {"product.margin": ("0.5 (0.3 to 0.7)", "0.5 (0.2 to 0.7)", "")}


def test_the_first_year_of_a_series_that_differs() -> None:
    years, values = [2012, 2023, 2024, 2025, 2026], [3e25, 3.1e27, 2e28, 3.5e28, 9.5e28]
    path = f'market.capacity={{ years = {years}, values = {values}, unit = "FLOP/yr" }}'
    ((first, second, _),) = between(path).values()
    assert first.endswith("in 2024 1.2e+28 FLOP/yr")
    assert second.endswith("in 2024 2e+28 FLOP/yr")
    end = path.replace("2e+28", "1.2e+28").replace("9.5e+28", "9e+28")
    ((first, second, _),) = between(end).values()  # which is said already
    assert (first, second) == ("3e+25 (2012) to 9.5e+28 (2026) FLOP/yr", "3e+25 (2012) to 9e+28 (2026) FLOP/yr")


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
    targets = "kinds all, regions all, revenue_use treasury, second_use treasury, second_share 0"
    tax = f"start 2030, end none, ramp 0 yr, {targets}, rate 50 USD/tCO2, growth 0 %/yr"
    assert found["policy.carbon_tax"] == (ABSENT, tax)
    assert set(found) == {"kind.startup", "region.norway", "policy.carbon_tax", *(
        f"kind.{kind}.home" for kind in ("corporation", "academic_lab"))}  # fmt: skip
    said = say("diff", BASELINE, file, "--json")
    assert {entry["key"] for entry in json.loads(said.out)} == set(found)


README_TAX = ("policy.carbon_tax.rate=50 USD/tCO2", "policy.carbon_tax.start=2027")


@pytest.mark.parametrize(
    ("entry", "sides"),
    [
        ("start = 2027", ("always", "2027", "")),
        ("end = 2035", ("none", "2035", "")),
        ('revenue_use = "academic_compute"', ("treasury", "academic_compute", "")),
        ('kinds = ["startup"]', ("all", "startup", "")),
        ("ramp = 2", ("0 yr", "2 yr", "")),
        ("growth = 2", ("0 %/yr", "2 %/yr", "")),
    ],
)
def test_parameters_of_policies_are_not_hidden(entry: str, sides: tuple[str, str, str]) -> None:
    """A start, an end or a use of revenue that only one of two has differs from the default of the other."""
    key, _, value = entry.partition(" = ")
    tax = "policy.carbon_tax.rate=50 USD/tCO2"
    without, having = load(BASELINE, [tax]), load(BASELINE, [tax, f"policy.carbon_tax.{key}={value}"])
    assert {d.key: d[1:4] for d in differences(without, having)} == {f"policy.carbon_tax.{key}": sides}
    assert {d.key: d[1:3] for d in differences(having, without)} == {f"policy.carbon_tax.{key}": (sides[1], sides[0])}
    whole = differences(load(BASELINE), having)[0]
    assert f"{key} {sides[1]}" in whole.second
    assert whole.second.count(", ") == 9  # every parameter


def test_dates_differ_by_years() -> None:
    later = load(BASELINE, [*README_TAX, "policy.carbon_tax.start=2030.5"])
    assert differences(load(BASELINE, README_TAX), later)[0].change == "+3.5 years"
    assert between("compute.price_year=2015")["compute.price_year"][2].endswith(" years")


@pytest.mark.slow
def test_compare_lists_a_start(say: Say, tmp_path: Path) -> None:
    """Not "no change" where one policy begins in 2012 and the other later."""
    files = []
    for name, start in (("always", ""), ("later", "start = 2014\n")):
        files.append(tmp_path / f"{name}.toml")
        files[-1].write_text(
            f'schema = 1\nextends = "{BASELINE}"\ntitle = "T"\nquestion = "q"\n'
            f'[[policy]]\nname = "carbon_tax"\nrate = 50\n{start}[kind.academic_lab]\ncount = 9\n[time]\nend = 2014\n'
        )
    said = say("compare", *files, "--replicates", "2", "--workers", "1", "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert "later changes policy.carbon_tax.start: always → 2014." in said.out
    assert "no change" not in said.out


def merged(tmp_path: Path, entry: str) -> Scenario:
    file = tmp_path / "child.toml"
    head = f'schema = 1\nextends = "{SCENARIOS / "carbon_tax.toml"}"\ntitle = "T"\nquestion = "q"\n'
    file.write_text(f"{head}[[policy]]\n{entry}\n")
    return load(file)


def test_an_entry_of_a_child_merges_key_by_key(tmp_path: Path, say: Say) -> None:
    parent = load(SCENARIOS / "carbon_tax.toml")
    for entry in ('name = "carbon_tax"\nrate = 300', 'id = "carbon_tax"\nrate = 300'):
        dearer = merged(tmp_path, entry)
        assert [d.key for d in differences(parent, dearer)] == ["policy.carbon_tax.rate"]
    origin = {e["path"]: e["file"] for e in json.loads(say("explain", tmp_path / "child.toml", "--json").out)}
    expected = {"rate": "child.toml", "start": "carbon_tax.toml", "growth": "carbon_tax.toml", "end": "default"}
    assert {key: origin[f"policy.carbon_tax.{key}"] for key in expected} == expected
    assert (origin["time.end"], origin["law.exponent"]) == ("baseline.toml", "fit imagenet.thompson2022_hardware")
    anew = merged(tmp_path, 'name = "carbon_tax"\nrate = 300\nreplace = true')
    assert {d.key.removeprefix("policy.carbon_tax.") for d in differences(parent, anew)} == {"start", "rate", "growth"}
    other = merged(tmp_path, 'name = "carbon_budget"\nid = "carbon_tax"\nlimit = 3\nreplace = true')
    assert [policy.name for policy in other.policies] == ["carbon_budget"]
    for entry, problem in (
        ('name = "carbon_budget"\nid = "carbon_tax"\nlimit = 3', "this id is that of another policy"),
        ('name = "carbon_tax"\nreplace = false', "replace is true, or left out"),
        ('name = "carbon_budget"\nreplace = true', "nothing to replace"),
        ('name = "carbon_tax"\n[[policy]]\nname = "carbon_tax"', "two policies have one id"),
    ):
        with pytest.raises(InputError, match=problem):
            merged(tmp_path, entry)


def test_the_other_way_round_is_the_same_with_sides_changed() -> None:
    baseline, other = load(BASELINE), load(SCENARIOS / "exponential_law.toml")
    there = {d.key: (d.first, d.second) for d in differences(baseline, other)}
    back = {d.key: (d.second, d.first) for d in differences(other, baseline)}
    assert there == back
    assert there["law.slope"] == (ABSENT, "1.161")


@pytest.mark.slow
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


def test_a_policy_may_cite_a_source(tmp_path: Path, say: Say) -> None:
    """Who prints a policy in full prints a number whose source is given: diff, and the report of a run."""
    file = tmp_path / "cited.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE}"\ntitle = "T"\nquestion = "q"\n'
        '[sources.law]\ntitle = "The law"\n[[policy]]\nname = "carbon_tax"\n'
        'rate = { value = 50, unit = "USD/tCO2", source = "law" }\nstart = 2027\n'
    )
    said = say("diff", BASELINE, file)
    assert said.code == 0, said.err
    assert "rate 50 USD/tCO2" in " ".join(said.out.split())
    assert "rate 50 USD/tCO2" in policy_texts(load(file))[0]


def test_a_directory_that_holds_several_scenarios_says_where_they_lie(say: Say, tmp_path: Path) -> None:
    pair = [BASELINE, SCENARIOS / "carbon_tax.toml"]
    say("compare", *pair, "--until", 2012, "--replicates", 1, "--workers", 1, "--quiet", "--out", tmp_path / "out")
    lie = f"its scenarios lie in {tmp_path / 'out' / 'scenarios'}: name one of them"
    refused(say("diff", BASELINE, tmp_path / "out"), "written by `compare`", lie, file=tmp_path / "out")
    assert say("diff", BASELINE, tmp_path / "out" / "scenarios" / "carbon_tax.toml").code == 0
    refused(say("diff", tmp_path, BASELINE), "no scenario in this directory", file=tmp_path)


def test_whom_a_programme_serves_where_no_kind_is_named(say: Say) -> None:
    """Academic labs, wherever it is said: policies that serve a sector alone are not said to hold for all."""
    for name, policy in registry().items():
        served = "academic labs" if policy.serves else "all"
        if "kinds" not in policy.parameters():
            continue
        (change,) = differences(load(BASELINE), load(BASELINE, [f"policy.{name}.ramp=0"]))
        assert f"kinds {served}" in change.second, name
        spec = policy.__dataclass_fields__["kinds"].metadata["spec"]
        assert spec.doc == f"kinds of actor it applies to; {served} where none is named"
        row = next(line for line in say("policies", "--doc", name).out.splitlines() if line.startswith("kinds"))
        assert row.split("  ")[-1].strip() == spec.doc
        assert row.count(served) == 2
    shown = say("explain", SCENARIOS / "compute_voucher.toml").out
    assert re.search(r"policy\.compute_voucher\.kinds +academic labs", shown)
