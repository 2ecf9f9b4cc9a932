"""The page when it opens: how far the first answer is, a lab that the world has, and nothing that is cut off."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import NEEDED
from tests.pages import GUIDED, PATIENCE, answered, browser, switch
from tests.serving import served
from tests.worlds import ROOT

pytestmark = NEEDED
STUDY = ROOT / "docs" / "first-study"  # a world in which all labs of Germany are a kind of their own
LEVEL = "() => [...document.querySelectorAll('.card .value')].map((one) => one.getBoundingClientRect().top)"
ALONE = """() => [...document.querySelectorAll(".card .change")].filter((one) => {
  const text = one.firstChild, at = text.data.lastIndexOf(")");
  const top = (from) => {
    const range = document.createRange();
    range.setStart(text, from);
    range.setEnd(text, from + 1);
    return range.getBoundingClientRect().top;
  };
  return at > 0 && top(at) !== top(at - 1);
}).map((one) => one.textContent)"""
WIDE = """() => {
  const text = document.querySelector(".page").__vue__.ranged("+$340 M (+$57 M to +$940 M)");
  document.querySelector("[data-testid=card-policy_revenue] .change").firstChild.data = text;
}"""
WHOLE = "(one) => one.scrollHeight <= one.clientHeight && one.scrollWidth <= one.clientWidth"
__all__ = ["browser"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    few = ("kind.corporation.count=8", "kind.startup.count=20", "kind.academic_lab.count=30", "kind.german_lab.count=8")
    settings = [word for one in (*few, "time.steps_per_year=1") for word in ("--set", one)]
    files = (STUDY / "german-labs.toml", "--against", STUDY / "a-little-for-all.toml")
    with served(*files, *settings, "--until", 2029) as page:
        yield page.address


def test_what_a_reader_first_sees(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.add_init_script(GUIDED)
    page = context.new_page()
    page.goto(address, timeout=PATIENCE)
    expect(page.get_by_test_id("state")).to_have_text(re.compile(r"^\d+ of 32 pairs$"), timeout=PATIENCE)
    answered(page)

    switch(page, "carbon_tax")
    answered(page)
    page.get_by_test_id("card-policy_revenue").wait_for()
    assert len(set(page.evaluate(LEVEL))) == 1  # also beside a heading of two lines
    page.evaluate(WIDE)
    assert page.evaluate(ALONE) == []
    for width in (1366, 1150, 1000, 390):
        page.set_viewport_size({"width": width, "height": 768})
        foot = page.locator(".page .foot")
        assert "Not a forecast." in foot.inner_text()
        assert foot.evaluate(WHOLE), width

    page.get_by_role("tab", name="My lab").click()
    chosen = page.locator(".lab select").evaluate_all("(all) => all.map((one) => one.value)")
    assert chosen == ["german_lab", "germany"]
    context.close()
