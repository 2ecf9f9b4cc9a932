"""What a page to hand on tells beside sizes: where public money goes, which sentences on carbon belong to it, and what
changes with one policy in place of another."""

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sim
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.access import ACADEMIA_SHARE, LABS_COMPUTE
from sim.report import everyday, words
from sim.report.comparison import money
from sim.report.comparison.brief import PAIRS, brief_page
from sim.report.comparison.matrix import BUDGET
from sim.report.comparison.money import ALL_ELSE, flow_rows
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.results.statistics import FEWEST
from sim.scenario import load
from tests.made_effects import an_effect
from tests.test_brief import plain
from tests.test_side_by_side import compared
from tests.worlds import BASELINE, FEW, small


def between(*worlds: Any, **more: Any) -> sim.Comparison:
    return sim.compare(list(worlds), replicates=FEWEST, workers=1, **more)


def paged(summary: ComparisonSummary) -> str:
    return plain(brief_page(summary, None, "abc123"))


@pytest.fixture(scope="module")
def labs_apart(tmp_path_factory: pytest.TempPathFactory) -> sim.Comparison:
    """An earmarked tax in a world in which some labs are a kind of their own."""
    file = tmp_path_factory.mktemp("own") / "labs.toml"
    text = f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "Labs apart"\nquestion = "?"\n'
    file.write_text(f'{text}[kind.our_lab]\nlike = "academic_lab"\nlabel = "Our labs"\ncount = 10\n', encoding="utf-8")
    tax = file.with_name("tax.toml")
    text = 'schema = 1\nextends = "labs.toml"\ntitle = "A tax for labs"\nquestion = "?"\n'
    policy = '[[policy]]\nname = "carbon_tax"\nrate = 2000\nrevenue_use = "academic_compute"\nstart = 2013\n'
    tax.write_text(text + policy, encoding="utf-8")
    return between(load(file, FEW, until=2015), load(tax, FEW, until=2015))


def test_of_earmarked_money_it_says_what_labs_keep_and_who_gets_it(labs_apart: sim.Comparison) -> None:
    """The terminal said that labs spend 5 % of it on compute, and the page only what is raised."""
    summary = summarize(labs_apart, {})
    (policy,) = summary.policies
    (told,) = [one for one in policy.remarks if "a year to other academic labs and Our labs" in one]
    assert "of it for other things" in told
    said = told.replace("kind.academic_lab.ramp", "the ramp of other academic labs")
    said = said.replace("kind.our_lab.ramp", "the ramp of Our labs")
    assert said in paged(summary)
    assert "kind.our_lab" not in paged(summary)


def test_it_says_that_revenue_of_some_regions_goes_to_labs_of_all() -> None:
    """The note stood in the terminal alone."""
    more = ("start=2013", 'revenue_use="academic_compute"', 'regions=["germany"]')
    tax = small("carbon_tax", *(f"policy.carbon_tax.{one}" for one in more), until=2014)
    found = sim.compare([small(until=2014), tax], replicates=1, workers=1, assumptions=False)
    assert "its revenue goes to academic labs of all regions alike" in paged(summarize(found, {}))


def test_it_says_how_much_of_a_programme_is_no_cost(
    labs_apart: sim.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$430 M of $530 M stood in a folded part of the report."""
    sure = {id: an_effect(0.5, (0.4, 0.6), baseline=usd) for id, usd in
            zip((*everyday.PARTED, money.OUTLAY), (1e9, 2e8, 1.2e9, 1.06e9), strict=True)}  # fmt: skip
    found = SimpleNamespace(effect=lambda _, id: sure[id], scenarios=labs_apart.scenarios)
    (said,) = money.spent(cast(Any, found), 1, [])
    assert said.startswith("$530 M of the $530 M that the treasury pays is no cost here")
    assert everyday.no_cost(530e6, -500e6) == ""  # where nearly all of it is
    sure[everyday.PARTED[0]] = an_effect(0.0, (-0.4, 0.6))
    assert money.spent(cast(Any, found), 1, ["x."]) == ["x."]  # nothing of what is open
    monkeypatch.setattr("sim.report.comparison.summary.spent", lambda *_: [said])
    assert said in paged(summarize(labs_apart, {}))


@pytest.mark.parametrize(
    ("policy", "carbon", "priced"),
    [("carbon_tax", True, True), ("cap_and_trade", True, True), ("carbon_budget", True, False),
     ("compute_voucher", False, False), ("training_run_ceiling", False, False)],
)  # fmt: skip
def test_sentences_on_carbon_stand_where_a_policy_is_a_price_or_cap_of_it(
    policy: str, carbon: bool, priced: bool
) -> None:
    """ "Nobody buys cleaner power" read as a finding, also where no policy was on carbon."""
    other = small(policy, f"policy.{policy}.start=2013", until=2014)
    found = sim.compare([small(until=2014), other], replicates=1, workers=1, assumptions=False)
    page = paged(summarize(found, {}))
    assert (words.NO_CLEANER in page) is carbon
    assert ("a switch of the model" in page) is carbon
    assert ("--set mechanisms.abatement=true" in " ".join(summarize(found, {}).scope)) is carbon
    assert "--set" not in page  # who has it may have no program
    assert ("a carbon price lowers the scarcity rent" in page) is priced


def test_where_buyers_clean_up_or_the_policy_comes_later_nobody_is_said_not_to() -> None:
    for settings, more in (
        (["mechanisms.abatement=true"], ["policy.carbon_tax.start=2013"]),
        ([], ["policy.carbon_tax.start=2020"]),
    ):
        worlds = small("baseline", *settings, until=2014), small("carbon_tax", *settings, *more, until=2014)
        found = sim.compare([*worlds], replicates=1, workers=1, assumptions=False)
        assert words.NO_CLEANER not in paged(summarize(found, {}))


@pytest.mark.parametrize("asked", [[], [LABS_COMPUTE]], ids=["usual", "asked"])
@pytest.mark.parametrize("many", [2, 3])
def test_it_says_by_how_much_one_differs_in_place_of_another(many: int, asked: list[str]) -> None:
    """Of three it said nothing, and of two "higher in 6": two policies looked equal."""
    found = compared(*("carbon_tax", "public_compute", "compute_voucher")[:many], measures=asked)
    summary = summarize(found, {})
    told = paged(summary).partition("One in place of another in 2015 ")[2].partition("In words")[0]
    assert len(summary.instead) == told.count("in place of") == (1 if many == 2 else 3)
    shown = [DIVIDE, EMISSIONS, *asked, *([ACADEMIA_SHARE] if many == 2 else [])]
    for row in summary.instead:
        for id in shown:
            assert " ".join(row.cells[registry()[id].label].split()) in told
    assert BUDGET not in told
    assert not re.search(r"(higher|lower) in \d", told)


def test_more_pairs_than_a_page_has_room_for_are_said_to_stand_in_the_report() -> None:
    names = ("carbon_tax", "public_compute", "compute_voucher", "cap_and_trade", "open_publication")
    page = paged(summarize(compared(*names), {}))
    assert len(names) * (len(names) - 1) / 2 > PAIRS
    assert "What changes with one in place of another stands in report.html: 10 pairs" in page
    assert ", in place of" not in page


def test_flows_of_money_name_kinds_and_say_what_is_left(
    labs_apart: sim.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "academic_lab → suppliers | what is left" was to mean that labs pay staff with it."""
    monkeypatch.setattr(money, "FLOWS_SHOWN", 100)
    rows = flow_rows(labs_apart, 1)
    named = {name for row in rows for name in (row.payer, row.payee)}
    assert {"treasury", "Other academic labs", "Our labs"} <= named
    assert not [name for name in named if "_" in name or name == "government"]
    left = [row for row in rows if row.payer.endswith("labs") and row.payee == "suppliers"]
    assert ALL_ELSE in [row.purpose for row in left]
    assert "what is left" not in [row.purpose for row in left]
    ids = {name for payer, payee, _ in labs_apart.flows(1) for name in (payer, payee)}
    assert {"government", "academic_lab"} <= ids  # money.csv has them as before
