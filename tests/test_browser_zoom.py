"""The page for who sees badly and for who uses a keyboard alone, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.chromium import NEEDED
from tests.pages import Opened, address, browser, opened, switch

pytestmark = NEEDED
__all__ = ["address", "browser", "opened"]  # fixtures
LAST = 2028  # year in which the worlds of these tests end
SEEN = """(button) => { // whether it is what stands at its own middle
    button.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = button.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return button === there || button.contains(there);
}"""
FOCUSED = "() => document.activeElement.id || document.activeElement.textContent.trim()"
TOLD = """(of) => { // how a switch is drawn, and whether tabs that are not chosen are underlined
    const track = getComputedStyle(of.querySelector('.switch i'));
    const tabs = [...document.querySelectorAll('.tabs button')].map((e) => [e.ariaSelected, getComputedStyle(e)]);
    return [track.borderTopWidth, track.backgroundColor, tabs.map(([on, s]) => [on, s.borderBottomColor])];
}"""


@pytest.mark.parametrize("size", [(320, 256), (640, 450)])
def test_a_window_at_four_hundred_percent_shows_each_button_of_the_guide(opened: Opened, size: tuple[int, int]) -> None:
    page = opened(size, guided=False)
    guide = page.get_by_test_id("guide")
    for name in ("Skip the guide", "Next", "Back", "Next", "Next", "Next", "Next", "Done"):
        button = guide.get_by_role("button", name=name, exact=True)
        assert button.evaluate(SEEN), name
        if name != "Skip the guide":
            button.click()
        if name == "Back":
            expect(guide).to_contain_text("1 of 6")
            guide.get_by_role("button", name="Next", exact=True).click()
    expect(guide).to_have_count(0)


def test_a_keyboard_goes_on_where_it_was(opened: Opened) -> None:
    page = opened(guided=False)
    page.get_by_role("button", name="Skip the guide").press("Enter")
    expect(page.get_by_test_id("guide")).to_have_count(0)
    assert page.evaluate(FOCUSED) == "result"
    page.get_by_role("button", name="Download", exact=True).press("Enter")
    with page.expect_download():
        page.get_by_role("button", name="Scenario (TOML)").press("Enter")
    assert page.evaluate(FOCUSED) == "Download"


def test_the_guide_takes_no_focus_from_elsewhere(opened: Opened) -> None:
    page = opened(guided=False)
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("guide")).to_have_count(0)
    expect(slider).to_be_focused()


def test_high_contrast_shows_switches_and_the_chosen_tab(opened: Opened) -> None:
    page = opened(forced_colors="active")
    switch(page, "public_compute")
    on, off = (page.get_by_test_id(f"policy-{name}") for name in ("public_compute", "carbon_budget"))
    (edge, track, tabs), (_, other, _) = on.evaluate(TOLD), off.evaluate(TOLD)
    assert edge == "1px"
    assert track != other
    (chosen,) = {colour for selected, colour in tabs if selected == "true"}
    assert chosen not in {colour for selected, colour in tabs if selected == "false"}


def test_what_is_awaited_is_read_as_well_as_before(opened: Opened) -> None:
    """No rule makes cards fainter while an answer is on its way."""
    page = opened()
    cards = page.locator(".cards")
    cards.evaluate("(e) => e.classList.add('stale')")
    assert cards.evaluate("(e) => getComputedStyle(e).opacity") == "1"
