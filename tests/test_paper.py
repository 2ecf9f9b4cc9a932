"""What is printed holds what is folded on a screen, but for the long lists of numbers; and reports say what errors are
of, and briefs what each policy is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

import sim
from sim.report.comparison.brief import brief_page
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize
from sim.report.run.summary import summarize as of_run
from sim.report.words import error_sentence
from sim.scenario.data import laws
from tests.chromium import NEEDED, chromium
from tests.saying import Say
from tests.test_brief import plain
from tests.test_side_by_side import compared
from tests.worlds import FEW, SCENARIOS, small

pytestmark = NEEDED
PICTURES = "Errors are the share of pictures that a model names wrongly (ImageNet)."


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    return compared("carbon_tax", "public_compute", "compute_voucher", "cap_and_trade")


@pytest.fixture(scope="module")
def sheet(found: sim.Comparison, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    file = tmp_path_factory.mktemp("paper") / "report.html"
    file.write_text(comparison_page(found, summarize(found, {}), {}, {}), encoding="utf-8")
    with chromium() as opened:
        page = opened.new_page(viewport={"width": 690, "height": 1000})
        page.goto(file.as_uri())
        yield page


def test_what_is_folded_on_a_screen_is_there_on_paper(sheet: Page) -> None:
    """Headings stood there, with nothing below them."""
    folded, lists = sheet.locator("details:not(.list):not([open]) table"), sheet.locator("details.list table")
    assert folded.count() > 4
    assert lists.count() > 1
    assert not any(table.is_visible() for table in [*folded.all(), *lists.all()])
    sheet.emulate_media(media="print")
    assert all(table.is_visible() for table in folded.all())
    assert not any(table.is_visible() for table in lists.all())  # of a hundred numbers and more


def test_each_benchmark_says_what_its_error_is() -> None:
    named = laws()["benchmarks"]
    assert named.keys() == laws()["errors"].keys() == laws()["labels"].keys()
    assert len({error_sentence(benchmark) for benchmark in named}) == len(named)


def test_outputs_say_what_errors_are_of(found: sim.Comparison, say: Say, tmp_path: Path) -> None:
    """No page said so: a minister's first question."""
    summary = summarize(found, {})
    assert PICTURES in plain(comparison_page(found, summary, {}, {}))
    assert PICTURES in plain(brief_page(summary, None, "abc123"))
    assert PICTURES in of_run(sim.run(small(until=2013), replicates=1, workers=1)).remarks
    said = say("run", SCENARIOS / "language.toml", "--until", "2013", "--replicates", "1", "--no-figures",
               *(word for setting in FEW for word in ("--set", setting)), "--out", tmp_path / "out")  # fmt: skip
    assert "Errors are the loss of a model that goes on with a text" in " ".join(said.out.split())


def test_a_brief_of_many_policies_says_what_each_is(found: sim.Comparison) -> None:
    """Of four policies it gave titles alone: neither start nor strength."""
    summary = summarize(found, {})
    page = plain(brief_page(summary, None, "abc123"))
    made = [line for policy in summary.policies for line in policy.is_made_of]
    assert len(made) == len(found.names)
    assert all(line in page for line in made)


def test_numbers_of_policies_have_the_figures_that_anyone_reads() -> None:
    """105.136 USD/tCO2 of 100 EUR of 2024."""
    tax = small("carbon_tax", "policy.carbon_tax.rate=100 EUR/tCO2 of 2024", "policy.carbon_tax.start=2013", until=2015)
    world = sim.compare([small(until=2015), tax], replicates=1, workers=1, assumptions=False)
    (policy,) = summarize(world, {}).policies
    assert policy.is_made_of == ["Carbon tax: start 2013, rate 105.1 USD/tCO2, growth 2 %/yr"]
