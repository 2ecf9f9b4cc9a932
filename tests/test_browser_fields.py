"""Fields of the page in a real Chromium: why a value is refused stands at its field, to be seen and to be heard."""

from playwright.sync_api import Locator, Page, expect

from tests.chromium import NEEDED
from tests.pages import Opened, address, browser, opened, switch

pytestmark = NEEDED
__all__ = ["address", "browser", "opened"]  # fixtures
LAST = 2026  # year in which the worlds of these tests end; a lab begins in 2025


def is_refused(page: Page, field: Locator, value: str) -> None:
    """What is typed stays, and below it, in sight, why it is refused; nothing else says so."""
    field.fill(value)
    field.press("Tab")
    why = page.get_by_role("alert")
    expect(why).to_have_count(1)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", str(why.get_attribute("id")))
    expect(why).to_be_in_viewport(ratio=1)
    expect(field).to_have_value(value)
    above, below = field.bounding_box(), why.bounding_box()
    assert above is not None
    assert below is not None
    assert 0 <= below["y"] - above["y"] - above["height"] < 20, "at its field"


def holds(page: Page, field: Locator, value: str) -> None:
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(field).to_have_value(value)
    expect(field).to_have_attribute("aria-invalid", "false")
    assert field.get_attribute("aria-describedby") is None


def test_why_a_value_is_refused_stands_at_its_field(opened: Opened) -> None:
    page = opened()
    tax = page.get_by_test_id("policy-carbon_tax")
    page.get_by_role("button", name="type Rate of Carbon tax").click()
    rate, starts, ends = tax.get_by_label("Rate, in"), tax.get_by_label("Starts of"), tax.get_by_label("Ends of")
    page.locator(".assume summary").click()
    seed, startups = page.get_by_label("Seed", exact=True), page.get_by_label("Startups", exact=True).last
    before = {field: field.input_value() for field in (rate, starts, ends, seed, startups)}
    for field, value in ((rate, "-5"), (starts, "99999"), (ends, "1000"), (seed, "x"), (startups, "0")):
        is_refused(page, field, value)
    for field in (rate, starts, ends, seed):
        expect(field).to_have_value(before[field])  # what is refused stays until something else is done
    switch(page, "public_compute")
    holds(page, startups, before[startups])
    is_refused(page, rate, "abc")
    rate.fill("50")
    rate.press("Tab")
    holds(page, rate, "50")
    page.get_by_role("tab", name="Assumptions").click()
    is_refused(page, page.get_by_label("Value of law.exponent"), "-1e99")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Policies").click()
    is_refused(page, rate, "-5")
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("tab", name="My lab").click()
    holds(page, rate, "50")
    is_refused(page, page.get_by_test_id("budget"), "abc")


def test_what_is_about_no_field_in_sight_stands_over_the_page(opened: Opened) -> None:
    page = opened(size=(800, 900))
    page.get_by_test_id("flag-carbon_tax").evaluate(
        "(e) => { e.max = 9999; e.value = 9999; e.dispatchEvent(new Event('input')); }"  # its field is in the sheet
    )
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("Start of carbon tax: out of range")
    page.get_by_role("button", name="Close the message").click()
    expect(page.get_by_role("button", name="Close the message")).to_have_count(0)
    page.goto(page.url.partition("#")[0] + "#s=nonsense")
    expect(page.get_by_test_id("problem")).to_contain_text("no setting of the page")
    page.get_by_role("button", name="Close the message").click()
    expect(page.get_by_test_id("problem")).to_have_count(0)
