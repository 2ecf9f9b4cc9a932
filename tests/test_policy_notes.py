"""Whom policies reach, and what a price of carbon can do in a world, is noted where it may be misread."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.experiment.run import run
from sim.policies import registry
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize
from sim.scenario import load
from sim.scenario.drawing import bounds, uncertain, without_range
from sim.scenario.idle import USED_BY, idle
from sim.scenario.policy_notes import NO_CLEANER
from sim.scenario.variants import with_values
from sim.scenario.writing import resolved_toml
from sim.shippedfiles import scenario_names
from tests.saying import Say
from tests.worlds import BASELINE, SCENARIOS, SMALL, small

HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
CARBON = {"cap_and_trade", "carbon_budget", "carbon_tax"}
LABS = '[kind.our_lab]\nlike = "academic_lab"\ncount = 9\nhome = { germany = 1 }\n'
PROGRAMME = (
    '[[policy]]\nname = "compute_voucher"\nkinds = ["our_lab"]\nvalue = { value = 1, unit = "MUSD/yr" }\nstart = 2027\n'
)
WORLD_TAX = '[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = 2027\n'
CLEAN = "[mechanisms]\nabatement = true\n"
WIDE = LABS.replace(
    "{ germany = 1 }", "{ united_states = 1, china = 1, india = 1, germany = 1, france = 1, norway = 1 }"
)
POLAND = '[region.poland]\nlike = "germany"\n'


@pytest.mark.parametrize("name", [name for name in scenario_names() if name in registry()])
def test_where_nobody_can_clean_up_a_policy_on_carbon_says_so(name: str) -> None:
    file = SCENARIOS / f"{name}.toml"
    assert sum(NO_CLEANER in note for note in load(file).notes) == (name in CARBON)
    assert not any(NO_CLEANER in note for note in load(file, ["mechanisms.abatement=true"]).notes)
    assert not any(NO_CLEANER in note for note in load(file, until=2026).notes)  # it begins in 2027


def test_it_is_said_once_by_check_and_in_a_comparison(say: Say, tmp_path: Path) -> None:
    files = [SCENARIOS / f"{name}.toml" for name in ("carbon_tax", "carbon_budget")]
    assert say("check", files[0]).out.count(NO_CLEANER) == 1
    out = tmp_path / "out"
    early = ("--set", "policy.carbon_tax.start=2012.5", "--set", "policy.carbon_budget.start=2012.5")
    said = say("compare", SMALL[0], *files, *SMALL[1:], *early, "--out", out)
    assert " ".join(said.out.split()).count(NO_CLEANER) == 1
    assert (out / "report.html").read_text(encoding="utf-8").count("nobody buys cleaner power here") == 1


def noted(body: str, tmp_path: Path, part: str = "holds in all 6 regions") -> list[str]:
    file = tmp_path / "ours.toml"
    file.write_text(HEAD + CLEAN + body, encoding="utf-8")
    return [note for note in load(file).notes if part in note]


def test_a_tax_of_the_whole_world_beside_a_programme_for_some_says_so(tmp_path: Path) -> None:
    (note,) = noted(LABS + PROGRAMME + WORLD_TAX, tmp_path)
    assert note == (
        "Note: policy carbon tax holds in all 6 regions: what it raises is the whole world's, and no one country's "
        '(for a country\'s own write regions = ["germany"] in it).'
    )
    french = f'{WORLD_TAX}id = "french"\nregions = ["france"]\n'
    assert 'write regions = ["france"] in it' in noted(WORLD_TAX + french, tmp_path)[0]


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (LABS + WORLD_TAX, '"germany"'),
        (POLAND + WORLD_TAX, '"poland"'),
        (POLAND + LABS + WORLD_TAX, '"poland"'),
        (LABS + PROGRAMME.replace('"our_lab"', '"our_lab", "academic_lab"') + WORLD_TAX, '"germany"'),
        (WIDE + WORLD_TAX, '"<region>"'),
    ],
)
def test_a_tax_of_the_whole_world_where_a_region_or_a_kind_is_new_says_so(body: str, own: str, tmp_path: Path) -> None:
    (note,) = noted(body, tmp_path, "for a country's own")
    assert note.endswith(f"write regions = [{own}] in it).")


def test_it_is_said_of_the_file_in_full_of_a_run_too(tmp_path: Path) -> None:
    """Which is what a comparison from the command line simulates."""
    (note,) = noted(LABS + WORLD_TAX, tmp_path)
    (full := tmp_path / "full.toml").write_text(resolved_toml(load(tmp_path / "ours.toml")), encoding="utf-8")
    assert note in load(full).notes


def test_of_a_policy_that_does_not_differ_by_region_it_is_said_and_of_one_without_revenue_nothing(
    tmp_path: Path,
) -> None:
    permits = '[[policy]]\nname = "compute_permits"\ncap = 1e30\nstart = 2027\n'
    (note,) = noted(LABS + permits, tmp_path)
    assert note.endswith("and no one country's. It does not differ by region.")
    budget = '[[policy]]\nname = "carbon_budget"\nlimit = 1e5\nstart = 2027\n'
    assert not noted(LABS + PROGRAMME + budget, tmp_path, "region")


@pytest.mark.parametrize(
    "body",
    [
        WORLD_TAX,
        LABS + PROGRAMME + WORLD_TAX + 'regions = ["germany"]\n',
        LABS + PROGRAMME + WORLD_TAX + 'kinds = ["our_lab"]\n',
        PROGRAMME.replace("our_lab", "academic_lab") + WORLD_TAX,  # all labs of the world
    ],
)
def test_a_tax_that_is_meant_for_all_is_not_noted(body: str, tmp_path: Path) -> None:
    assert not noted(body, tmp_path)


def test_numbers_of_mechanisms_that_are_off_move_nothing() -> None:
    """And some of each group do where it is on."""
    tax, names = ("policy.carbon_tax.start=2014", "policy.carbon_tax.rate=1000"), [one[0] for one in USED_BY.values()]
    off, on = (small("carbon_tax", *tax, *(f"mechanisms.{name}={how}" for name in names)) for how in ("false", "true"))
    assert not idle([on])
    assert not idle([off, on])
    assert set(idle([off]).values()) == {*names}
    waits = {path: quantity for path, quantity in uncertain(on).items() if path in idle([off])}
    other = {path: next(end for end in bounds(one) if end != one.base) for path, one in waits.items()}
    assert len(other) > 10
    apart = {world.mechanisms.abatement: run(world).replicates[0].yearly for world in (off, on)}
    assert np.array_equal(run(with_values(off, other)).replicates[0].yearly, apart[False], equal_nan=True)
    for begins in USED_BY:
        own = {path: value for path, value in other.items() if path.startswith(begins)}
        moved = run(with_values(on, own)).replicates[0].yearly
        assert not np.array_equal(moved, apart[True], equal_nan=True), begins


def test_numbers_without_effect_are_no_assumptions_of_a_report() -> None:
    taxed = small("carbon_tax", "policy.carbon_tax.start=2013", until=2013)
    found = sim.compare([small(until=2013), taxed], replicates=1, workers=1, assumptions=False)
    page = comparison_page(found, summarize(found, {}), {}, {})
    start = page.index("The assumptions it rests on")
    for path in ("abatement.<wbr>removal_<wbr>price", "expectations.<wbr>horizon", "product.<wbr>habit"):
        assert path not in page[start:], path
    assert "abatement.<wbr>clean_<wbr>rise" in page[start:]  # promises are kept by buying clean power
    left_out = len(idle(found.scenarios))
    assert f"Left out: {left_out} numbers without effect" in page
    kept = [one for one in without_range(found.scenarios[0]) if one.path not in idle(found.scenarios)]
    assert f"Another {len(kept)} numbers" in page


def test_a_start_before_the_run_is_noted_to_make_nothing_anew() -> None:
    def said(*settings: str) -> list[str]:
        return [note for note in load(SCENARIOS / "carbon_tax.toml", settings).notes if "made anew" in note]

    (note,) = said("policy.carbon_tax.start=2005")
    assert note == (
        "Note: policy carbon_tax begins in 2005, before the first year simulated: it is in force from 2012 on, and "
        "nothing before is made anew."
    )
    assert not said()
    assert not said("policy.carbon_tax.start=2012")
    assert not said("policy.carbon_tax.start=2005", "policy.carbon_tax.end=2010")  # never in force: that is noted


def test_the_head_of_a_runs_report_calls_kinds_by_their_labels(say: Say, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert say("run", *SMALL, "--set", "kind.academic_lab.label=US labs", "--out", out).code == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "20 US labs" in page
    assert "14 startups" in page
