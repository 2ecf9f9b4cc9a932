"""What the page means and where its numbers stand, in a real Chromium: for a keyboard, a finger and the eye."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import NEEDED
from tests.pages import Opened, address, answered, browser, opened, switch

pytestmark = NEEDED
__all__ = ["address", "browser", "opened"]  # fixtures
LAST = 2030  # year in which the worlds of these tests end
PHONE = (390, 844)
PRESSED = ".page :is(button, summary, select, input, label:has(> [type=checkbox]))"
SMALL = """(pressed) => [...document.querySelectorAll(pressed)]
    .filter((e) => e.checkVisibility() && !e.matches('.flag, [type=checkbox], .card *'))
    .filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 90))"""
FROM_MARK = """(of) => { // px from the middle of the thumb to the mark
    const slider = of.querySelector('input[type=range]'), { left, width } = slider.getBoundingClientRect();
    return of.querySelector('.mark').getBoundingClientRect().left - left - 8 - slider.value / 200 * (width - 16);
}"""
ENDS = """() => { // in each chart that is drawn: the words behind lines, their boxes, and how large the chart is
    const above = (one) => one && (one.drawn || above(one.$parent));
    const owner = [...document.querySelectorAll(".page, .page *")].find((e) => above(e.__vue__));
    return Object.entries(above(owner.__vue__)).map(([name, c]) => {
        const all = c.getZr().storage.getDisplayList();
        const boxes = all.filter((e) => e.style && e.style.text && e.style.stroke && e.z === 9).map((e) => {
            const { x, y, width, height } = e.getBoundingRect();
            return [e.style.text, x, y + 2, x + width, y + height - 2];
        });
        const axis = all.map((e) => e.style && e.style.text).filter((text) => /^[\\d.,]+ ?[kMBT]?$/.test(text || ""));
        const fits = c.getHeight() === c.getDom().clientHeight;
        return { name, boxes, axis, wide: c.getWidth(), high: c.getHeight(), fits };
    });
}"""
DOTTED = """(name) => { // whether each of the shades of a chart that has dots has many
    const above = (one) => one && (one.drawn || above(one.$parent));
    const owner = [...document.querySelectorAll(".page, .page *")].find((e) => above(e.__vue__));
    const all = above(owner.__vue__)[name].getZr().storage.getDisplayList();
    const paths = all.filter((e) => e.shape && e.shape.pathData && e.style.lineCap === "round");
    return paths.map((e) => e.shape.pathData.split("M").length > 20);
}"""

THUMB = """(slider, size) => { // the middle of its thumb
    slider.scrollIntoView({ block: "center" });
    const { left, top, width, height } = slider.getBoundingClientRect();
    const part = (slider.value - slider.min) / (slider.max - slider.min);
    return [left + size / 2 + part * (width - size), top + height / 2];
}"""
MET = "(slider, [x, y]) => document.elementFromPoint(x, y) === slider"


def drawn(page: Page) -> None:
    for chart in page.locator("[data-testid^=chart-]").filter(visible=True).all():
        chart.scroll_into_view_if_needed()
        chart.locator("canvas").wait_for()
    page.wait_for_timeout(300)


def test_what_a_card_means_is_there_for_a_keyboard_and_a_finger(opened: Opened) -> None:
    """It stood where a mouse alone finds it."""
    page = opened(has_touch=True)
    switch(page, "public_compute")
    answered(page)
    cards = page.locator(".card")
    assert cards.count() == 7
    first = cards.first.get_by_role("button")
    meaning = page.get_by_test_id("meaning")
    first.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_contain_text("Geometric mean of the year's largest runs, industry (corporations and")
    expect(first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(meaning).to_have_count(0)
    for size in ((1280, 720), (1366, 768), (1110, 800), (800, 900), (1920, 1080), PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for card in cards.all():
            card.scroll_into_view_if_needed()
            box = card.bounding_box()
            assert box is not None
            page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + (40 if size == PHONE else 20))
            expect(card.get_by_test_id("meaning")).to_be_visible()
            expect(meaning).to_have_count(1)
            assert meaning.evaluate("(e) => e.scrollHeight <= e.clientHeight"), "all of it is seen"
        page.touchscreen.tap(size[0] - 4, size[1] - 60)
        card.get_by_role("button").blur()
        expect(meaning).to_have_count(0)


def test_what_luck_alone_is_opens_for_a_keyboard_and_a_finger(opened: Opened) -> None:
    page = opened(has_touch=True)
    asks, said = page.get_by_role("button", name="What luck alone is"), page.get_by_test_id("luck-told")
    asks.focus()
    for key, shown in (("Enter", 1), ("Escape", 0), ("Space", 1), ("Tab", 0)):
        page.keyboard.press(key)
        expect(said).to_have_count(shown)
        if key != "Tab":
            expect(asks).to_have_attribute("aria-expanded", str(bool(shown)).lower())
    for size in ((1366, 768), (800, 900), PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        asks.tap()
        expect(said).to_contain_text("on the assumptions as they stand")
        expect(said).to_be_in_viewport(ratio=1)
        asks.tap()
        expect(said).to_have_count(0)
    expect(page.get_by_test_id("luck")).not_to_be_checked()


def test_on_a_phone_a_finger_meets_what_it_aims_at(opened: Opened) -> None:
    page = opened()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_role("button", name="Policies").click()
    for more in page.locator(".rail summary").all():
        more.click()
    assert page.evaluate(SMALL, PRESSED) == []
    page.get_by_role("button", name="Close").click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        assert page.evaluate(SMALL, PRESSED) == []


def test_on_a_phone_a_finger_meets_flags_and_the_handle_of_the_year(opened: Opened) -> None:
    page = opened()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    flag, year = page.get_by_test_id("flag-carbon_tax"), page.get_by_test_id("year")
    year.press("Home")
    for _ in range(2027 - 2012):
        year.press("ArrowRight")
    at = [slider.evaluate(THUMB, size) for slider, size in ((flag, 44), (year, 16))]
    assert abs(at[0][0] - at[1][0]) < 1, "both stand at their year"
    for slider, (x, y) in zip((flag, year), at, strict=True):
        for aside in (-21, 21):
            for above in (-21, 21):
                assert slider.evaluate(MET, [x + (aside if slider == flag else 0), y + above])
    x, y = at[0]
    page.mouse.move(x - 15, y - 15)
    page.mouse.down()
    page.mouse.move(x - 60, y - 15, steps=4)
    page.mouse.up()
    expect(flag).not_to_have_value("2027")


def test_no_sentence_is_cut_off_however_long_it_is(opened: Opened) -> None:
    page = opened()
    said = page.get_by_test_id("sentence")
    said.evaluate("(e) => { e.className = 'sentence long longer'; e.textContent = 'policies '.repeat(70); }")
    for size in ((320, 568), PHONE, (800, 900), (1110, 720), (1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert said.evaluate("(e) => e.scrollHeight <= e.clientHeight"), size


def test_sliders_show_their_ends_and_where_they_began(opened: Opened) -> None:
    page = opened()
    page.locator(".assume summary").click()
    for of, apart in (("policy-carbon_tax", "\n"), ("assume-law.exponent", " to ")):
        row = page.get_by_test_id(of)
        slider, ends = row.get_by_role("slider"), row.locator(".row.quiet").inner_text()
        assert abs(row.evaluate(FROM_MARK)) < 1
        slider.press("End")
        most = ends.split(apart)[1].split()[0]
        expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"^{re.escape(most)}( |$)"))
        assert row.evaluate(FROM_MARK) < -50, "it stays where the slider began"


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), PHONE], ids=str)
def test_words_behind_lines_lie_on_nothing_on_both_scales(opened: Opened, size: tuple[int, int]) -> None:
    """They were moved apart for a chart of one height, and lay on each other in a lower one."""
    page = opened()
    switch(page, "public_compute")
    answered(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    drawn(page)
    logarithmic = page.evaluate(ENDS)
    buttons = page.get_by_role("button", name="Linear scale of")
    for left in range(5, -1, -1):  # each is another one then
        buttons.first.click()
        expect(buttons).to_have_count(left)
    drawn(page)
    linear = page.evaluate(ENDS)
    for chart in (*logarithmic, *linear):
        assert len(chart["boxes"]) >= 2, chart["name"]
        assert chart["fits"], "drawn as high as its place is"
        for i, (_, left, top, right, bottom) in enumerate(chart["boxes"]):
            assert 0 <= left < right <= chart["wide"]
            assert 0 <= top < bottom <= chart["high"]
            for _, _, upper, _, lower in chart["boxes"][:i]:
                assert bottom <= upper or top >= lower, chart
    before, after = ({chart["name"]: chart["axis"] for chart in charts} for charts in (logarithmic, linear))
    assert before["emissions"] != after["emissions"]
    assert "0" in after["emissions"]
    assert before["regions"] == after["regions"]


def test_what_is_surely_better_is_dotted_for_those_who_see_no_colours(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Switch all off").click()
    expect(page.get_by_label("Scenario").locator("option:checked")).to_have_text("No policy")
    switch(page, "cap_and_trade")
    page.get_by_role("slider", name="Cap and trade: Cap, over the year before").press("Home")
    answered(page)
    drawn(page)
    assert page.evaluate(DOTTED, "emissions") == [True]
    assert page.evaluate(DOTTED, "halving") == []


def test_every_year_has_a_mark_and_round_ones_their_names(opened: Opened) -> None:
    page = opened()
    named = page.locator(".scale-years .between")
    for width, years in ((1366, ["2015", "2020", "2025"]), (1920, ["2015", "2020", "2025"]), (390, ["2020"])):
        page.set_viewport_size({"width": width, "height": 844})
        assert [text.strip() for text in named.filter(visible=True).all_inner_texts()] == years
        all_ = page.locator(".scale-years span").filter(visible=True)
        boxes = sorted((box["x"], box["x"] + box["width"]) for one in all_.all() if (box := one.bounding_box()))
        assert all(end < start for (_, end), (start, _) in pairwise(boxes)), "none lies on another"
    page.set_viewport_size({"width": 1366, "height": 768})
    ticks = page.locator(".scale-years .tick")
    assert ticks.count() == LAST - 2012 + 1
    year = page.get_by_test_id("year")
    year.press("Home")
    for _ in range(8):
        year.press("ArrowRight")
    box, tick = year.bounding_box(), page.locator(".scale-years .tick.round").nth(1).bounding_box()
    assert box is not None
    assert tick is not None
    assert abs(tick["x"] + 0.5 - (box["x"] + 8 + 8 / (LAST - 2012) * (box["width"] - 16))) < 1
