"""Slips get a note that shows the value as written; what cannot be done as written is refused."""

from collections.abc import Sequence
from math import inf
from pathlib import Path

import pytest

from sim.economy.stages.acts import act
from sim.errors import InputError
from sim.model import ComputeEconomy
from sim.scenario import load, shipped_files
from sim.scenario.policy_notes import NO_CLEANER
from sim.scenario.writing import resolved_toml
from tests.saying import Say, refused
from tests.worlds import SCENARIOS, small

BASELINE = SCENARIOS / "baseline.toml"
CLEAN = SCENARIOS / "clean_power.toml"  # where a price of carbon needs no note of its own
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{CLEAN.as_posix()}"\n'
TAX = ("policy.carbon_tax.rate=50", "policy.carbon_tax.start=2027")
RUNS = ("policy.training_run_ceiling.start=2027",)
GIVEN = (
    "policy.cap_and_trade.cap_share=1", "policy.cap_and_trade.start=2027", "policy.cap_and_trade.auction_share=0.57",
    'policy.cap_and_trade.allocation="grandfathering"',
)  # fmt: skip
REGION = (
    '[region.iceland]\ngrid_intensity = 28\ngrid_change = 0\nelectricity_price = 0.05\ncarbon_price = 0\n'
    "carbon_price_growth = 0\ncloud_share = 0.08\n"
)  # fmt: skip
STEP = '[[policy]]\nname = "carbon_tax"\nid = "{0}"\nrate = {1}\nstart = {0}\n'

# What a scenario that extends the baseline says, and what its only note holds.
SLIPS = {
    "a policy without a start": (
        '[[policy]]\nname = "carbon_tax"\nrate = 50\n',
        "policy carbon_tax has no start and begins with the run, in 2012; policy.carbon_tax.start says when.",
    ),
    "a fraction for a rate": (
        '[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = 2027\ngrowth = 0.02\n',
        "policy.carbon_tax.growth is 0.02 %/yr; 2 % a year is written 2.",
    ),
    "a fraction for a rate of the world": (
        "[region.france]\ngrid_change = -0.03\n",
        "region.france.grid_change is -0.03 %/yr; -3 % a year is written -3.",
    ),
    "a rate by month": (
        '[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = 2027\ngrowth = { value = 1, unit = "%/month" }\n',
        "policy.carbon_tax.growth is 1 %/month, taken as 12 %/yr; compounded it is 12.7 %/yr.",
    ),
    "a country's revenue for all labs": (
        '[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = 2027\nregions = ["germany", "france"]\n'
        'revenue_use = "academic_compute"\n',
        "policy carbon tax holds in Germany and France alone, and its revenue goes to academic labs of all regions "
        'alike (revenue_use = "academic_compute"). Only a kind of their own tells labs of one region apart.',
    ),
    "an exponent for a ceiling": (
        '[[policy]]\nname = "training_run_ceiling"\nlimit = 26\nstart = 2027\n',
        "policy.training_run_ceiling.limit is 26 FLOP, far below today's runs: less than a millionth of the compute on "
        "offer in 2027 (1.3e+29 FLOP/yr).",
    ),
    "a ceiling of ten years ago": (
        '[[policy]]\nname = "training_run_ceiling"\nlimit = { value = 0.001, unit = "ZFLOP" }\nstart = 2027\n',
        "policy.training_run_ceiling.limit is 0.001 ZFLOP, far below today's runs",
    ),
    "a cap of nothing": (
        '[[policy]]\nname = "compute_permits"\ncap = { value = 5, unit = "EFLOP/yr" }\nstart = 2027\n',
        "policy.compute_permits.cap is 5 EFLOP/yr, far below today's runs",
    ),
    "a grid in kilograms": (
        "[region.norway]\ngrid_intensity = 0.94\n",
        "region.norway.grid_intensity is at most 0.94 gCO2e/kWh; 0.94 kg is written 940.",
    ),
    "a region where nobody lives": (REGION, "no kind is at home in region iceland"),
    "a schedule without ends": (
        "".join(STEP.format(year, 10 * step) for step, year in enumerate(range(2027, 2033), start=1)),
        "entries of carbon_tax overlap and add up: 2027 (10 USD/tCO2), 2028 (20 USD/tCO2), 2029 (30 USD/tCO2), "
        "2030 (40 USD/tCO2), 2031 (50 USD/tCO2), 2032 (60 USD/tCO2).",
    ),
    "a millionth of a budget": (
        '[[policy]]\nname = "compute_voucher"\nbudget = { value = 300, unit = "USD/yr" }\nstart = 2027\n',
        "policy.compute_voucher.budget is 300 USD/yr, so little: $0.75 a year for each of 400 actors. 300 million is "
        "written 300 MUSD/yr.",
    ),
    "a millionth of a total": (
        '[[policy]]\nname = "public_compute"\ntotal = 2600\nstart = 2027\nend = 2033\n',
        "policy.public_compute.total is 2600 USD, so little: $1.08 a year for each of 400 actors.",
    ),
    "a millionth of a voucher": (
        '[[policy]]\nname = "compute_voucher"\nvalue = { value = 0.02, unit = "kUSD/yr" }\nstart = 2027\n',
        "policy.compute_voucher.value is 0.02 kUSD/yr, so little: $20 a year for each actor.",
    ),
    "a millionth by year": (
        '[[policy]]\nname = "compute_voucher"\nbudget = { years = [2027, 2028], values = [200, 300] }\n',
        "policy.compute_voucher.budget is at most 300 USD/yr, so little: $0.75 a year for each of 400 actors.",
    ),
    "a pasted path": (
        '[region.france]\ncarbon_price = { years = [2024, 2030], values = [85, 120], basis = "assumed", note = "n" }\n',
        "region.france.carbon_price stays at its first value, 85 USD/tCO2, from 2012 to 2023.",
    ),
    "one year alone": (
        '[region.france]\ngrid_intensity = { years = [2030], values = [20], basis = "assumed", note = "n" }\n',
        "region.france.grid_intensity stays at its first value, 20 gCO2e/kWh, from 2012 to 2029.",
    ),
    "steps of nothing": (
        '[[policy]]\nname = "carbon_tax"\nrate = { years = [2027, 2032], values = [0, 0] }\n',
        "policy carbon_tax changes nothing",
    ),
    "steps that may be meant as a line": (
        '[[policy]]\nname = "carbon_tax"\nrate = { years = [2027, 2032, 2033, 2036], values = [50, 100, 150, 200] }\n',
        "policy.carbon_tax.rate stays at 50 USD/tCO2 from 2027 to 2031 and at 150 USD/tCO2 from 2033 to 2035; "
        'for a straight line write between = "linear", and "steps" if steps are meant.',
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_are_noted(slip: str, tmp_path: Path) -> None:
    body, words = SLIPS[slip]
    file = tmp_path / "slip.toml"
    file.write_text(HEAD + body)
    (note,) = load(file).notes
    assert note.startswith(f"Note: {words}")


MEANT: Sequence[Sequence[str]] = (
    [*TAX, "policy.carbon_tax.growth=2"],
    [*TAX, "policy.carbon_tax.growth=0"],
    [*RUNS, "policy.training_run_ceiling.limit=1e26"],
    ["policy.training_run_ceiling.limit=1e20", "policy.training_run_ceiling.start=2013"],
    [*TAX, 'policy.carbon_tax.regions=["germany"]'],
    [*TAX, "policy.carbon_tax.revenue_use=academic_compute"],
    [*TAX, "policy.carbon_tax.second_use=academic_compute", "policy.carbon_tax.second_share=0.5"],
    [*GIVEN, "policy.cap_and_trade.second_use=equal_dividend", "policy.cap_and_trade.second_share=0.5"],
    ["policy.compute_voucher.budget=0.3 MUSD/yr", "policy.compute_voucher.start=2027"],
    ["policy.compute_voucher.value=200", "policy.compute_voucher.start=2027"],
    ["region.norway.grid_intensity=0"],
    ["region.norway.grid_intensity=28"],
    ["region.norway.grid_intensity=0.03 kgCO2e/kWh"],
    ["region.norway.carbon_price=80"],
    ['policy.carbon_tax.rate={ years = [2027, 2032], values = [50, 100], between = "steps" }'],
    ['policy.carbon_tax.rate={ years = [2027, 2032], values = [50, 100], between = "linear" }'],
    ["policy.carbon_tax.rate={ years = [2027, 2028], values = [50, 100] }"],
)


@pytest.mark.parametrize("settings", MEANT, ids=str)
def test_what_is_meant_gets_no_note(settings: Sequence[str]) -> None:
    assert load(CLEAN, settings).notes == ()


@pytest.mark.parametrize("between", ["", ', between = "steps"'])
def test_a_resolved_scenario_has_the_notes_of_its_own(between: str, tmp_path: Path) -> None:
    """That steps are meant is kept where it was said; one number for all years stays one."""
    rate = f"policy.carbon_tax.rate={{ years = [2027, 2032], values = [50, 100]{between} }}"
    scenario = load(CLEAN, [rate, "region.norway.carbon_price=80"])
    (tmp_path / "alone.toml").write_text(resolved_toml(scenario), encoding="utf-8")
    assert len(scenario.notes) == (not between)
    assert load(tmp_path / "alone.toml").notes == scenario.notes


def test_explain_tells_the_notes(say: Say, tmp_path: Path) -> None:
    (tmp_path / "late.toml").write_text(HEAD + SLIPS["a pasted path"][0])
    assert f"\nNote: {SLIPS['a pasted path'][1]}\n" in say("explain", tmp_path / "late.toml").out


def test_entries_that_do_not_meet_get_no_note(tmp_path: Path) -> None:
    file = tmp_path / "steps.toml"
    for apart in (
        STEP.format(2027, 10) + "end = 2030\n" + STEP.format(2030, 20),
        STEP.format(2027, 10) + 'regions = ["france"]\n' + STEP.format(2028, 20) + 'regions = ["china"]\n',
        STEP.format(2027, 10) + 'kinds = ["startup"]\n' + STEP.format(2028, 20) + 'kinds = ["corporation"]\n',
        STEP.format(2027, 10) + STEP.format(2028, 0) + "growth = 1\n",
    ):
        file.write_text(HEAD + apart)
        assert not any("overlap" in note for note in load(file).notes), apart


@pytest.mark.parametrize("file", shipped_files(), ids=str)
def test_shipped_scenarios_need_no_note(file: Path) -> None:
    """But that of worlds where nobody can clean up."""
    assert not [note for note in load(file).notes if NO_CLEANER not in note]


@pytest.mark.slow
def test_check_run_and_compare_say_the_note(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "slip.toml"
    few = "[kind.academic_lab]\ncount = 9\n[time]\nend = 2012\n"
    file.write_text(HEAD + few + SLIPS["a grid in kilograms"][0])
    note, once = SLIPS["a grid in kilograms"][1], ["--replicates", "1", "--workers", "1"]
    assert note in say("check", file).out
    assert note in say("run", file, *once, "--out", tmp_path / "run").out
    plain = tmp_path / "plain.toml"
    plain.write_text(HEAD + few)
    assert note in say("compare", plain, file, *once, "--out", tmp_path / "compare").out


@pytest.mark.slow
@pytest.mark.parametrize(
    "study",
    [
        ["sweep", "--vary", "policy.carbon_tax.rate=0,50"],
        ["sweep", "--vary", "product.margin=0.4", "--set", "policy.carbon_tax.rate=50"],
        ["sensitivity", "--vary", "product.margin", "--samples", "2", "--set", "policy.carbon_tax.rate=50"],
        ["decompose", "--set", "policy.carbon_tax.rate=50"],
    ],
    ids=["varied", "sweep", "sensitivity", "decompose"],
)
def test_studies_say_the_note(study: list[str], say: Say, tmp_path: Path) -> None:
    """On the screen and in the report, of a policy too that is there through what is varied alone."""
    file, out = tmp_path / "few.toml", tmp_path / "out"
    file.write_text(f"{HEAD}[kind.academic_lab]\ncount = 9\n[time]\nend = 2012\n")
    said = say(study[0], file, *study[1:], "--replicates", "1", "--workers", "1", "--out", out)
    assert "policy carbon_tax has no start" in said.out
    assert "policy carbon_tax has no start" in (out / "report.html").read_text(encoding="utf-8")
    assert "changes nothing" not in said.out


def test_a_start_needs_the_economy_of_its_year(say: Say, tmp_path: Path) -> None:
    """Not 2020 with the economy of 2012, silently."""
    file = tmp_path / "later.toml"
    file.write_text(HEAD + "[time]\nstart = 2020\n")
    texts = ("the economy that baseline.toml describes", "for 2020: law.start_error", "kind.startup.start_plan")
    refused(say("check", file), *texts, file=file, key="time.start")
    refused(say("run", BASELINE, "--set", "time.start=2020"), *texts, file="--set", key="time.start")
    economy = (
        "[law]\nstart_error = 0.12\nstart_compute = 1e23\n[product]\nsize = 1e9\n[market]\noutside_demand = 1e27\n"
    )
    plans = "".join(f"[kind.{kind}]\nstart_plan = 1e5\n" for kind in load(BASELINE).kind_ids)
    file.write_text(HEAD + "[time]\nstart = 2020\n" + economy + plans)
    assert load(file).time.start == 2020
    file.write_text(HEAD + "[time]\nstart = 2012\n")  # says again what it was
    assert load(file, ["time.start=2012"]).time.start == 2012


@pytest.mark.parametrize(
    ("steps", "date", "fix"),
    [
        (1, "2019.25", "write 2019 or 2020, or time.steps_per_year = 4"),
        (4, "2019.1", "write 2019 or 2019.25\n"),
        (4, "2035.3", "write 2035.25 or 2035.5\n"),
        (4, "2019.3333", "write 2019.25 or 2019.5, or time.steps_per_year = 12"),
        (2, "2019.25", "write 2019 or 2019.5, or time.steps_per_year = 4"),
    ],
)
@pytest.mark.parametrize("key", ["start", "end"])
def test_dates_within_a_step_are_refused(steps: int, date: str, fix: str, key: str, say: Say) -> None:
    settings = [f"time.steps_per_year={steps}", "policy.carbon_tax.rate=50", f"policy.carbon_tax.{key}={date}"]
    options = [word for setting in settings for word in ("--set", setting)]
    refused(say("run", BASELINE, *options), "within a step", fix, file="--set", key=f"policy.carbon_tax.{key}")


def test_a_moment_where_a_year_is_asked_for_gets_the_nearest_years(say: Say) -> None:
    refused(say("run", BASELINE, "--until", 2035.3), "not a calendar year", "--until 2035 or 2036", key="--until")
    refused(say("run", BASELINE, "--set", "time.end=2035.3"), "not whole", "write 2035 or 2036", key="time.end")
    with pytest.raises(InputError, match="cannot be used") as found:
        load(BASELINE, until=2035.3)  # type: ignore[arg-type]
    assert found.value.fix == "give until 2035 or 2036"


@pytest.mark.parametrize(
    ("steps", "date"), [(12, "2019.33"), (12, "2019.58"), (4, "2019.25"), (1, "2019"), (365, "2019.5")]
)
def test_dates_are_written_to_two_decimals(steps: int, date: str) -> None:
    load(BASELINE, [f"time.steps_per_year={steps}", "policy.carbon_tax.rate=50", f"policy.carbon_tax.start={date}"])


@pytest.mark.parametrize("begun", [["start=2002"], ["since=2002", "policy.carbon_tax.start=2012"]])
def test_growth_and_ramp_count_from_before_the_run(begun: list[str]) -> None:
    """A tax of 2002 that grows by 5 % a year has grown for ten years when the run begins."""
    tax = ["policy.carbon_tax.rate=100", "policy.carbon_tax.growth=5", "policy.carbon_tax.ramp=20"]
    model = ComputeEconomy(small("baseline", *tax, f"policy.carbon_tax.{begun[0]}", *begun[1:]), seed=1)
    years = 10.125
    assert act(model.world).levers.carbon_price.max() == pytest.approx(0.1 * 1.05**years * years / 20)
    unsaid = ComputeEconomy(small("baseline", *tax), seed=1)
    assert unsaid.assumptions.policies[0].origin == -inf
    assert act(unsaid.world).levers.carbon_price.max() == pytest.approx(0.1 * 1.05**0.125 * 0.125 / 20)


def test_since_after_a_start_is_refused() -> None:
    with pytest.raises(InputError, match="counts from after its start"):
        load(BASELINE, [*TAX, "policy.carbon_tax.since=2030"])


@pytest.mark.parametrize("text", ["0-1", "0.1..0.5", "0.1:0.5", "0–1"])
def test_a_range_is_no_number_with_a_unit(text: str, say: Say) -> None:
    said = say("run", BASELINE, "--set", f"product.margin={text}")
    refused(said, "not a number", f"'{text}'", file="--set", key="product.margin")


@pytest.mark.parametrize(("typed", "key", "fix"), [
    ("run = {seed = 5}", "run", "e.g. run.seed=5"),
    ("kind.startup={ count = 5 }", "kind.startup", "e.g. kind.startup.count=5"),
    ('product={ margin = { value = 40, unit = "%" } }', "product", 'product.margin={value = 40, unit = "%"}'),
    ("run = {}", "run", "set each of its entries"),
])  # fmt: skip
def test_a_table_is_set_entry_by_entry(typed: str, key: str, fix: str, say: Say) -> None:
    refused(say("run", BASELINE, "--set", typed), "a table is not set as one", fix, file="--set", key=key)


def test_an_entry_is_set_once(say: Say) -> None:
    """The first of two values was lost, and the title named both."""
    words = "set twice", "ninth_power and irreducible"
    said = say("run", BASELINE, "--set", "law.profile=ninth_power", "--set", "law.profile = irreducible")
    refused(said, *words, file="--set", key="law.profile")
