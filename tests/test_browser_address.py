"""The address of the page in a real Chromium: it holds what is set and shown, and the way back undoes it."""

import re

from playwright.sync_api import Page, expect

from tests.chromium import NEEDED
from tests.pages import Opened, address, answered, browser, opened, switch

pytestmark = NEEDED
__all__ = ["address", "browser", "opened"]  # fixtures
LAST = 2026  # year in which the worlds of these tests end; a lab begins in 2025
STEP = 1100  # ms, after which a change is a step of its own


def is_on(page: Page, policy: str, on: bool = True) -> None:
    control = page.get_by_test_id(f"policy-{policy}").get_by_role("switch")
    expect(control).to_have_attribute("aria-checked", str(on).lower(), timeout=30_000)


def test_the_way_back_undoes_what_was_done_last(opened: Opened) -> None:
    """It left the page. A slider that is dragged is one step, and what stands in the address is what is set."""
    page = opened()
    page.wait_for_timeout(STEP)
    switch(page, "public_compute")
    page.wait_for_timeout(STEP)
    slider = page.get_by_role("slider", name="Public compute: Share")
    at = slider.input_value()
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight", delay=50)
    expect(slider).to_have_value(str(int(at) + 6))
    answered(page)
    page.wait_for_timeout(STEP)
    page.get_by_role("tab", name="My lab").click()
    expect(page).to_have_url(re.compile(r"&view=My\+lab$"))
    shared = page.url
    for way in ("back", "reload", "on"):
        page.evaluate({"back": "history.back()", "reload": "location.reload()", "on": "history.forward()"}[way])
        expect(page.get_by_role("tab", name="My lab")).to_have_attribute(
            "aria-selected", str(way == "on").lower(), timeout=60_000
        )
        expect(slider).to_have_value(str(int(at) + 6), timeout=60_000)
    page.evaluate("history.go(-2)")
    expect(slider).to_have_value(at)
    expect(page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
    page.evaluate("history.back()")
    is_on(page, "public_compute", on=False)
    is_on(page, "carbon_tax")
    for _ in range(2):  # faster than anything is set
        page.evaluate("history.forward()")
    expect(slider).to_have_value(str(int(at) + 6))
    answered(page)
    page.evaluate("history.go(-2)")
    is_on(page, "public_compute", on=False)
    switch(page, "compute_voucher")
    answered(page)
    page.evaluate("history.back()")
    is_on(page, "compute_voucher", on=False)
    other = opened()
    other.goto(shared)  # who gets the link sees the same
    expect(other.get_by_role("slider", name="Public compute: Share")).to_have_value(str(int(at) + 6))
    expect(other.get_by_role("tab", name="My lab")).to_have_attribute("aria-selected", "true")
    expect(other.get_by_test_id("lab").locator("tbody tr")).to_have_count(2, timeout=60_000)
    other.reload()
    expect(other.get_by_test_id("lab").locator("tbody tr")).to_have_count(2, timeout=60_000)


def test_scales_of_charts_stand_in_the_address(opened: Opened) -> None:
    """Who opened a link saw other axes than who sent it."""
    page = opened()
    page.wait_for_timeout(STEP)
    for name in ("The compute divide", "Emissions"):
        page.get_by_role("button", name=f"Linear scale of {name}", exact=True).click()
        page.wait_for_timeout(STEP)
    expect(page).to_have_url(re.compile(r"&linear=divide\+emissions$"))
    logarithmic = page.get_by_role("button", name="Log scale of")
    for way, left in (("back", 1), ("back", 0), ("forward", 1), ("forward", 2)):
        page.evaluate(f"history.{way}()")
        expect(logarithmic).to_have_count(left)
    page.reload()
    answered(page)
    expect(logarithmic).to_have_count(2)
    other = opened()
    other.goto(page.url)
    expect(other.get_by_role("button", name="Log scale of")).to_have_count(2)
    logarithmic.first.click()
    expect(page).to_have_url(re.compile(r"&linear=emissions$"))
