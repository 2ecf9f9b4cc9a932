"""What labs train is told as an amount, and of each kind of them: a share hides that all train less, and a sum over all
labs who among them loses."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.measures.access import LABS_COMPUTE
from sim.measures.ids import called, group_of, training_of, within
from sim.report.comparison.labs import on_labs
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.run.summary import summarize as run_summary
from sim.report.words import number
from sim.results.statistics import FEWEST
from sim.scenario import Scenario, load
from tests.worlds import FEW, SCENARIOS, small

OWN, OTHERS = "Labs of ours", "Other academic labs"
APART = "[kind.academic_lab]\ncount = 12\n[kind.our_lab]\nlike = 'academic_lab'\nlabel = 'Labs of ours'\ncount = 8\n"
CENTRE = "[[policy]]\nname = 'public_compute'\nkinds = ['our_lab']\nbudget = { value = 50, unit = 'MUSD/yr' }\n"


def apart(folder: Path, name: str, more: str = "", *settings: str) -> Scenario:
    """The labs of ours as a kind of its own."""
    file = folder / f"{name}.toml"
    head = f'schema = 1\nextends = "{SCENARIOS / "baseline.toml"}"\ntitle = "{name}"\nquestion = "q"\n'
    file.write_text(f"{head}{APART}{more}")
    return load(file, [*FEW[:2], *settings], until=2015)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> sim.Comparison:
    folder = tmp_path_factory.mktemp("labs")
    worlds = [apart(folder, "labs"), apart(folder, "centre", f"{CENTRE}start = 2013\n")]
    return sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)


@pytest.fixture(scope="module")
def tax() -> sim.Comparison:
    rates = ("policy.carbon_tax.start=2013", "policy.carbon_tax.rate=400 USD/tCO2")
    return sim.compare([small(until=2015), small("carbon_tax", *rates, until=2015)], replicates=FEWEST, workers=1)


def clauses(summary: ComparisonSummary) -> list[str]:
    return [line for line in summary.policies[0].verdict if "the training compute of" in line]


def test_that_all_train_less_is_told_though_no_share_moves(tax: sim.Comparison) -> None:
    """A tax "hardly changes" academia's share, and who asks whether it harms labs was told no."""
    change = tax.effect(1, LABS_COMPUTE)
    assert change is not None
    assert change.relative < 0
    summary = summarize(tax, {})
    (said,) = clauses(summary)
    assert re.match(r"(may cut|cuts) the training compute of academic labs by about", said)
    (row,) = [row for row in summary.policies[0].key if row.measure == LABS_COMPUTE]
    assert row.baseline == number(change.baseline, "FLOP/yr")
    assert row.baseline.startswith("10^")
    assert row.judged.endswith("worse")


def test_that_they_train_what_they_did_is_not_told() -> None:
    duty = sim.compare([small(until=2014), small("reporting_duty", until=2014)], replicates=FEWEST, workers=1)
    assert on_labs(duty, 1) == []


def test_kinds_of_labs_are_told_apart_and_why_some_lose_what_others_win(centre: sim.Comparison) -> None:
    """13 % less for "academic labs" stood beside 2.4 times as much for ours, as if the centre harmed academia."""
    won, lost = (centre.tenths(1)[kind, 0].relative for kind in ("our_lab", "academic_lab"))
    assert lost < 0 < won
    lines = clauses(summarize(centre, {}))
    said = {line.partition("training compute of ")[2].partition(" by ")[0]: line for line in lines}
    others = next(line for names, line in said.items() if names.startswith("other academic labs"))
    assert others.startswith(("cuts", "may cut"))
    assert others.endswith(", as sponsors move to Labs of ours")
    assert any(names.startswith(OWN) and "sponsors" not in line for names, line in said.items())
    assert {row.kind for row in summarize(centre, {}).policies[0].kinds} >= {OWN, OTHERS}


def test_the_measure_of_a_kind_of_its_own_is_what_its_rows_say(centre: sim.Comparison) -> None:
    id = training_of(group_of("our_lab"))
    change, by_rows = centre.effect(1, id), centre.tenths(1)["our_lab", 0]
    assert change is not None
    assert change.relative == pytest.approx(by_rows.relative)
    assert (change.low, change.high) == pytest.approx((by_rows.low, by_rows.high))
    whole = centre.effect(1, LABS_COMPUTE)
    assert whole is not None
    assert whole.baseline < change.baseline + 2 * centre.tenths(1)["academic_lab", 0].baseline
    asked_for = summarize(replace(centre, asked_measures=(id,)), {}).policies[0]
    assert f"the training compute of {OWN}" in asked_for.verdict[0]
    assert len([row for row in asked_for.key if row.measure == id]) == 1


def test_why_is_not_said_where_nobody_sponsors(tmp_path: Path) -> None:
    off = "mechanisms.sponsored_compute=false"
    worlds = [apart(tmp_path, "labs", "", off), apart(tmp_path, "centre", f"{CENTRE}start = 2013\n", off)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1)
    assert all(not claim.why for claim in on_labs(found, 1))


def test_kinds_are_called_by_what_stands_apart(tmp_path: Path) -> None:
    world = apart(tmp_path, "labs")
    names = {"corporation": "Corporations", "startup": "Startups", "academic_lab": OTHERS, "our_lab": OWN}
    assert called(world.kinds) == names
    assert called(small().kinds) == {
        "corporation": "Corporations",
        "startup": "Startups",
        "academic_lab": "Academic labs",
    }
    assert [within(one) for one in (OTHERS, OWN, "Startups")] == [OTHERS.lower(), OWN, "startups"]
    own_name = replace(world.kinds[2], label="Labs elsewhere")
    assert called([own_name, world.kinds[3]])["academic_lab"] == "Labs elsewhere"
    run = sim.run(world, replicates=1, workers=1)
    assert [*run_summary(run).actors] == [*names.values()]
