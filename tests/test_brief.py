"""One page to hand on: it fits on a sheet, and says what the report says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import sim
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.access import LABS_COMPUTE
from sim.report.comparison.brief import brief_page
from sim.report.comparison.figures.in_brief import in_brief
from sim.report.comparison.matrix import BUDGET
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.settings import without_keys
from sim.report.style import DPI
from sim.results.certainty import Sureness, sureness
from sim.scenario.variants import CHANGED
from tests.chromium import NEEDED, chromium
from tests.test_side_by_side import compared

pytestmark = NEEDED
ONE, THREE = ("public_compute",), ("carbon_tax", "public_compute", "compute_voucher")
MANY = (*THREE, "cap_and_trade")
WITHIN = 688, 1043  # a sheet of A4 within its margins [px]
PAGES = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module", params=[(ONE, False), (THREE, False), (THREE[:2], True), (MANY, False)], ids=str)
def found(request: pytest.FixtureRequest) -> sim.Comparison:
    names, combined = request.param
    return compared(*names, combined=combined)


@pytest.fixture(scope="module")
def summary(found: sim.Comparison) -> ComparisonSummary:
    return summarize(found, {})


def plain(page: str) -> str:
    body = re.sub(r"<br>|</td>|</th>", " ", page.partition("<h1>")[2].replace("<sup>", "^")).replace(
        "\N{WORD JOINER}", ""
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_says_what_the_report_says(found: sim.Comparison, summary: ComparisonSummary) -> None:
    page = plain(brief_page(summary, None, "abc123"))
    few = len(summary.policies) <= 3
    assert "abc123" in page
    for policy in summary.policies:
        told = few and policy.name != "combined"  # whether policies add up stands in sentences of its own
        words = page.partition("In words")[2]
        assert (CHANGED.sub("", policy.title) in words) is (told and len(found.names) > 1), (
            "one is named by the heading"
        )
        assert all(line in words for line in policy.verdict if told)
        if summary.matrix:
            cells = summary.matrix[policy.name]
            for label in (registry()[DIVIDE].label, BUDGET):
                assert " ".join(cells[label].replace("; ", " ").split()) in page
        else:
            assert all(f"{row.baseline} {row.policy} {row.judged}" in page for row in policy.key)
    assert ("One in place of another" in page) == bool(summary.instead)
    for sentence in summary.scope:
        assert without_keys(sentence) in page


def test_who_has_this_page_alone_finds_titles_and_what_words_mean(
    found: sim.Comparison, summary: ComparisonSummary
) -> None:
    """Rows were names of files: "labs" was the world without a policy."""
    page = plain(brief_page(summary, None, "abc123"))
    first = CHANGED.sub("", summary.policies[0].title)
    heading = {1: first, 2: "What 2 policies change", 4: "What 4 policies change"}
    if "combined" not in found.names:
        assert page.startswith(heading.get(len(found.names), "What 3 policies change"))
        assert first in page
    else:
        assert page.startswith("What 2 policies change, alone and combined")
        assert "Both combined" in page
    assert not re.search(r"[a-z]_[a-z]", CHANGED.sub("", page.partition("Against")[0]) + page.partition("· 6 pairs")[2])
    assert (f"Without: {CHANGED.sub('', summary.baseline)}" in page) is bool(summary.matrix)
    explained = page.partition("$ is USD of 2023.")[2]
    before = page.partition("$ is USD of 2023.")[0]
    assert "Compute divide: how many times larger" in explained
    for word, meaning in (("may", '"May": '), ("hardly change", '"Hardly changes": '),
                          ("direction unclear", '"Direction unclear": ')):  # fmt: skip
        assert meaning in explained or word not in before.lower()
    assert "under one theory of progress and one scaling law" in explained


def test_questions_are_asked_once_and_few_of_them(found: sim.Comparison, summary: ComparisonSummary) -> None:
    asked = {policy.question for policy in summary.policies if policy.name != "combined"}
    page = plain(brief_page(summary, None, "abc123"))
    assert all((question in page) is (len(asked) <= 3) for question in asked)
    same = replace(summary, policies=[replace(policy, question="Why?") for policy in summary.policies])
    assert plain(brief_page(same, None, "abc123")).count("Why?") == 1


def test_what_holds_under_other_theories_and_laws_is_told(found: sim.Comparison) -> None:
    """A brief was silent on theories that were asked for."""
    told = summarize(found, {"another": found}, {"other": found, "third": found})
    page = plain(brief_page(told, None, "abc123"))
    assert told.one_world == ""
    assert len(told.elsewhere) == 2 * len(found.names)
    assert all(line in page for line in told.elsewhere)
    assert told.elsewhere[0].startswith("Under 3 theories of progress: ")
    assert told.elsewhere[-1].startswith("Under 2 scaling laws: ")
    (divide, emissions) = (found.effect(1, id) for id in (DIVIDE, EMISSIONS))
    for change, subject in ((divide, "the compute divide"), (emissions, "emissions")):
        assert change is not None
        way = "in all" if sureness(change) is not Sureness.UNCLEAR else "to "
        assert re.search(rf"{subject} [^;]*{way}", told.elsewhere[0])


def test_it_says_whether_policies_add_up(found: sim.Comparison, summary: ComparisonSummary) -> None:
    assert len(summary.combined) == ("combined" in found.names)
    assert all(said in plain(brief_page(summary, None, "abc123")) for said in summary.combined)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.usefixtures("drawn")
def test_it_fits_on_one_sheet_with_its_picture(found: sim.Comparison, browser: Browser, tmp_path: Path) -> None:
    found.report(tmp_path / "out")
    sheet = browser.new_page(viewport={"width": 390, "height": 800})
    sheet.goto((tmp_path / "out" / "brief.html").as_uri())
    assert sheet.evaluate("document.documentElement.scrollWidth") == 390  # and on a phone
    assert sheet.locator("figure img").count() == 1
    assert len(PAGES.findall(sheet.pdf(prefer_css_page_size=True))) == 1
    sheet.set_viewport_size({"width": WITHIN[0], "height": WITHIN[1]})
    sheet.emulate_media(media="print")
    last, picture = sheet.locator(".note").last.bounding_box(), sheet.locator("figure img").bounding_box()
    assert last is not None
    assert picture is not None
    assert last["y"] > 0.9 * WITHIN[1]  # no empty half sheet
    drawn = sheet.evaluate("(i => Math.min(i.clientWidth / i.naturalWidth, i.clientHeight / i.naturalHeight))"
                           "(document.querySelector('figure img'))")  # fmt: skip
    assert drawn * DPI * 0.85 > 0.6 * 96  # letters of more than half the size at which they are drawn


@pytest.mark.parametrize("more", [3, 5])
def test_a_page_with_many_measures_asked_for_is_no_wider_than_its_sheet(
    browser: Browser, tmp_path: Path, more: int
) -> None:
    asked = [id for id in registry() if id.startswith("compute_share_") or id.startswith("spend_bound_by_")][:more]
    file = tmp_path / "brief.html"
    found = compared(*ONE, "carbon_tax", measures=asked, assumptions=False)
    file.write_text(brief_page(summarize(found, {}), None, "abc123"), encoding="utf-8")
    sheet = browser.new_page(viewport={"width": WITHIN[0], "height": WITHIN[1]})
    sheet.goto(file.as_uri())
    sheet.emulate_media(media="print")
    assert sheet.evaluate("document.documentElement.scrollWidth") <= WITHIN[0]


@pytest.mark.usefixtures("drawn")
def test_a_page_with_more_to_say_still_fits_on_one_sheet_and_has_no_tiny_picture(
    browser: Browser, tmp_path: Path
) -> None:
    """Three policies under other theories and laws: what is left of the sheet was a stamp of a picture."""
    found = compared(*THREE, measures=[LABS_COMPUTE])
    told = summarize(found, {"other": found}, {"another": found})
    told = replace(told, elsewhere=[*told.elsewhere, *told.elsewhere[:2]])  # as where a level is told, too
    file = tmp_path / "brief.html"
    file.write_text(brief_page(told, in_brief(found, "abc123"), "abc123"), encoding="utf-8")
    sheet = browser.new_page(viewport={"width": WITHIN[0], "height": WITHIN[1]})
    sheet.goto(file.as_uri())
    assert len(PAGES.findall(sheet.pdf(prefer_css_page_size=True))) == 1
    assert sheet.locator("figure img").is_visible()  # on a screen it has its size
    sheet.emulate_media(media="print")
    box = sheet.locator("figure img").bounding_box()
    assert box is None or box["height"] > 0.85 * 110
