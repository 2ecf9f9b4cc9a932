"""Reports on the screens of phones and desks, in a real Chromium: nothing leaves the page, and what matters is seen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import NEEDED, chromium
from tests.saying import Say
from tests.worlds import FEW, SCENARIOS

pytestmark = NEEDED
PHONE, DESK = 390, 1200  # px
SHORT = [*(word for count in FEW for word in ("--set", count)), "--replicates", "2", "--workers", "1"]
BASELINE, POLICY = SCENARIOS / "baseline.toml", SCENARIOS / "public_compute.toml"
CALLS = {
    "run": ["run", BASELINE, *SHORT],
    "run with a policy": ["run", POLICY, *SHORT],  # which has one year more in its table
    "compare": ["compare", BASELINE, POLICY, *SHORT, "--until", "2028"],
    "decompose": ["decompose", BASELINE, *SHORT, "--until", "2013"],
}
OUTSIDE = """() => [...document.querySelectorAll("main *")].filter(element => {
    for (let box = element.parentElement; box; box = box.parentElement)
        if (getComputedStyle(box).overflowX == "auto") return false;
    const { left, right } = element.getBoundingClientRect();
    return left < 0 || right > innerWidth;
}).map(element => `${element.tagName}: ${element.textContent.slice(0, 60)}`)"""

ENDS = """rows => rows.flatMap(row => {
    const cells = row.querySelectorAll("td"), ends = [cells[0], cells[cells.length - 1]];
    return ends.map(cell => cell.getBoundingClientRect()).map(box => [box.width ? box.left : -1, box.right]);
})"""  # of the first cell and the last one of each row; one that is not shown has no width
WIDTHS = """rows => {
    const widths = [...rows, document.querySelector("table.key")?.parentElement];
    const [around, ...own] = widths.reverse().map(one => one?.getBoundingClientRect().width);
    return own.map(width => [width, around]);
}"""  # of each row, and of what the first table lies in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def opened(browser: Browser, report: Path, width: int) -> Page:
    """A report with all that is folded opened."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    return page


@pytest.mark.parametrize("name", CALLS)
def test_a_report_reads_on_a_phone_and_on_a_desk(name: str, tmp_path: Path, say: Say, browser: Browser) -> None:
    """A wide table scrolls in a box of its own, where the last year is seen at once, and figures fit."""
    assert say(*CALLS[name], "--out", tmp_path / "out").code == 0
    for width in (PHONE, DESK):
        page = opened(browser, tmp_path / "out" / "report.html", width)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(OUTSIDE) == []
        for figure in page.locator("figure img").all():
            box = figure.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        if name.startswith("run"):
            cells = page.locator(".years tbody tr").evaluate_all(ENDS)
            assert len(cells) > 40
            assert min(left for left, _ in cells) >= 0
            assert max(right for _, right in cells) <= width
        for row, around in page.locator("table.key tbody tr").evaluate_all(WIDTHS):
            assert row > 0.95 * around > 0, "the whole width of a phone is used"
        assert not page.get_by_text(re.compile(r"[−+]\$")).count(), "a sign that a line may end with"
        assert not page.get_by_text("`").count()
        page.close()


def test_a_figure_that_is_tapped_grows_in_its_box(tmp_path: Path, say: Say, browser: Browser) -> None:
    """So that its letters can be read on a phone."""
    assert say(*CALLS["run"], "--until", "2013", "--out", tmp_path / "out").code == 0
    page = opened(browser, tmp_path / "out" / "report.html", PHONE)
    figure = page.locator("figure").first
    figure.click()
    box = figure.locator("img").bounding_box()
    assert box
    assert box["width"] > PHONE
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    page.close()
