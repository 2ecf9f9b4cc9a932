"""One page to hand on: it fits on a sheet, and says what the report says."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import sim
from sim.measures import DIVIDE, registry
from sim.report.comparison.html import brief_page
from sim.report.comparison.matrix import BUDGET
from sim.report.comparison.summary import ComparisonSummary, summarize
from tests.chromium import NEEDED, chromium
from tests.test_side_by_side import compared

pytestmark = NEEDED
ONE, THREE = ("public_compute",), ("carbon_tax", "public_compute", "compute_voucher")
MANY = (*THREE, "cap_and_trade")
PAGES = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module", params=[(ONE, False), (THREE, False), (THREE[:2], True), (MANY, False)], ids=str)
def found(request: pytest.FixtureRequest) -> sim.Comparison:
    names, combined = request.param
    return compared(*names, combined=combined)


@pytest.fixture(scope="module")
def summary(found: sim.Comparison) -> ComparisonSummary:
    return summarize(found, {})


def plain(page: str) -> str:
    body = re.sub(r"<br>|</td>|</th>", " ", page.partition("<h1>")[2]).replace("\N{WORD JOINER}", "")
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_says_what_the_report_says(found: sim.Comparison, summary: ComparisonSummary) -> None:
    page = plain(brief_page(summary, {}, "abc123"))
    few = len(summary.policies) <= 3
    assert ("What 4 policies change" in page) is not few
    assert "abc123" in page
    for policy in summary.policies:
        told = few and policy.name != "combined"  # whether policies add up stands in sentences of its own
        words = page.partition("In words")[2]
        assert (policy.title in words) is told
        assert all(line in words for line in policy.verdict if told)
        assert (policy.question in page) is few
        if summary.matrix:
            cells = summary.matrix[policy.name]
            for label in (registry()[DIVIDE].label, BUDGET):
                assert " ".join(cells[label].replace("; ", " ").split()) in page
        else:
            assert all(f"{row.baseline} {row.policy} {row.judged}" in page for row in policy.key)
    assert ("One in place of another" in page) == (1 <= len(summary.instead) <= 3)
    for sentence in summary.scope:
        assert sentence in page


def test_it_says_whether_policies_add_up(found: sim.Comparison, summary: ComparisonSummary) -> None:
    assert len(summary.combined) == ("combined" in found.names)
    assert all(said in plain(brief_page(summary, {}, "abc123")) for said in summary.combined)


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
