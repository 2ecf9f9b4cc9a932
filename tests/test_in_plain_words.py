"""A page to hand on holds no names of code: what a command set, regions, policies and switches are told in words."""

import re
from pathlib import Path

import pytest

import sim
from sim.report import settings
from sim.report.comparison.brief import brief_page
from sim.report.comparison.summary import UNCHECKED, ComparisonSummary, summarize
from sim.report.comparison.titles import called
from sim.report.settings import setting_in_words, without_keys
from sim.results.statistics import FEWEST
from sim.scenario.writing import inputs
from tests.saying import Say
from tests.test_brief import plain
from tests.worlds import FEW, SCENARIOS, small

IN_BOTH = ["mechanisms.abatement=true", "mechanisms.luck=false", "product.margin=0.5"]
OF_TAX = ["policy.carbon_tax.start=2013", 'policy.carbon_tax.revenue_use="academic_compute"',
          'policy.carbon_tax.regions=["united_states", "germany"]']  # fmt: skip
CODE = re.compile(r"[a-z]_[a-z]|\b(mechanisms|policy|kind|region)\.[a-z]| = |\bgermany\b|--")


@pytest.fixture(scope="module")
def summary() -> ComparisonSummary:
    worlds = [small("baseline", *IN_BOTH, until=2014), small("carbon_tax", *IN_BOTH, *OF_TAX, until=2014),
              small("cap_and_trade", *IN_BOTH, "policy.cap_and_trade.start=2040", until=2014)]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SHOWN", 100)
        found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False, combined=True)
        return summarize(found, {"another": found}, {"other": found})


def test_what_a_command_set_is_told_by_what_it_means(summary: ComparisonSummary) -> None:
    """(changed: mechanisms.abatement=true), and of more than one only how many there were."""
    everywhere, tax, cap = summary.settings
    assert everywhere.startswith("Set in all worlds: ")
    assert "switched on: buyers choose clean power and removals; " in everywhere
    assert "switched off: the largest run is a matter of luck (always the typical share); " in everywhere
    assert "share of sales left after all costs but training: 0.5" in everywhere
    assert tax.startswith("Set in Carbon tax from 2013: ")
    assert "what its revenue pays for (carbon tax): money to labs for compute" in tax
    assert tax.endswith("regions it applies to (carbon tax): United States, Germany.")
    assert cap == "Set in Cap and trade from 2040: when it begins (cap and trade): 2040."
    assert all(sentence in plain(brief_page(summary, None, "abc123")) for sentence in summary.settings)


def test_it_is_told_from_the_command_line_too_whose_plan_has_files_in_full(say: Say, tmp_path: Path) -> None:
    files = [SCENARIOS / f"{name}.toml" for name in ("baseline", "carbon_tax")]
    here = [word for setting in (*FEW, 'policy.carbon_tax.regions=["germany"]') for word in ("--set", setting)]
    out = tmp_path / "out"
    here += ["--set", "policy.carbon_tax.start=2013", "--until", "2014", "--replicates", "1"]
    said = say("compare", *files, *here, "--quiet", "--out", out)
    assert said.code == 0
    page = plain((out / "brief.html").read_text(encoding="utf-8"))
    assert "Set in both worlds: number of actors (corporation): 6; " in page
    assert "Set in Carbon tax from 2013: regions it applies to (carbon tax): Germany; when it begins" in page


def test_the_page_holds_no_names_of_code(summary: ComparisonSummary) -> None:
    """Policy carbon_tax holds in germany alone (revenue_use = "academic_compute")."""
    page = plain(brief_page(summary, None, "abc123")).partition("report.html beside")[0]
    assert "Policy carbon tax holds in the United States and Germany alone, and its revenue goes" in page
    assert [page[max(0, one.start() - 40) : one.end() + 40] for one in CODE.finditer(page)] == []
    assert "(changed" not in page
    assert "settings changed)" not in page


def test_few_of_many_settings_are_told() -> None:
    worlds = [small("baseline", *IN_BOTH), small("carbon_tax", *IN_BOTH)]
    (said,) = settings.what_was_set(worlds, called(worlds))
    assert said.count("; ") == settings.SHOWN
    assert said.endswith(f"; and {len(FEW) + len(IN_BOTH) - settings.SHOWN} more settings.")
    unset = [sim.load(SCENARIOS / f"{name}.toml") for name in ("baseline", "carbon_tax")]
    assert settings.what_was_set(unset, called(unset)) == []


def test_every_number_and_choice_has_words_without_code() -> None:
    """Whatever a command may set."""
    for name in ("carbon_tax", "cap_and_trade", "public_compute", "open_publication"):
        world = small(name)
        texts = {entry["path"]: entry["value"] for entry in inputs(world)}
        for number in world.quantities:
            said = setting_in_words(world, number, texts[number.path])
            assert not re.search(r"\b(mechanisms|policy|region)\.[a-z]", said), said
            assert "_" not in said.partition(": ")[0], said


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("Buyers do not (--set mechanisms.abatement=true).", "Buyers do not."),
        ('of all regions alike (revenue_use = "academic_compute"). Only', "of all regions alike. Only"),
        ("in place of each other (2 to 5 %), that is", "in place of each other (2 to 5 %), that is"),
    ],
)
def test_keys_in_brackets_are_left_out(text: str, plainly: str) -> None:
    assert without_keys(text) == plainly


def test_it_says_what_each_policy_is(summary: ComparisonSummary) -> None:
    tax, cap, both = (policy.is_made_of for policy in summary.policies)
    assert tax == [
        "Carbon tax: start 2013, regions United States, Germany, revenue use money to labs for compute, rate "
        "100 USD/tCO2, growth 2 %/yr"
    ]
    assert cap == ["Cap and trade: start 2040, cap share 370 %, growth -3 %/yr"]
    assert both == [*tax, *cap]
    assert all(line in plain(brief_page(summary, None, "abc123")) for line in both)


def test_numbers_that_were_fitted_to_another_world_are_told(tmp_path: Path) -> None:
    """As the report does, in the page to hand on too."""
    worlds = [small(name, "kind.corporation.count=5", until=2014) for name in ("baseline", "carbon_tax")]
    found = summarize(sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=True), {})
    page = plain(brief_page(found, None, "abc123"))
    assert UNCHECKED in page
    assert any("whether they fit yours nobody checked" in note for note in found.notes)
