"""What takes long of the page in a real Chromium; `make page` runs it, and nothing else does."""

import json
import os
import random
import re
import subprocess
import sys
import time

from playwright.sync_api import Page, expect

from sim.policies import registry
from tests.chromium import NEEDED
from tests.pages import Opened, address, answered, browser, opened, switch

pytestmark = NEEDED
__all__ = ["address", "browser", "opened"]  # fixtures
SOCKETS = """
    const all = [], send = WebSocket.prototype.send;
    window.WebSocket = class extends WebSocket { constructor(...told) { super(...told); all.push(this); } };
    WebSocket.prototype.send = function (...told) { if (!window.lost) send.apply(this, told); };
    window.cut = () => {
        const open = all.filter((one) => one.readyState === 1);
        open.forEach((one) => one.close());
        return open.length;
    };
"""  # a page whose connections can be cut, and lose what is sent
FOCUS_OR_CLICK = """(share) => {
    const controls = [...document.querySelectorAll('.page :is(button, input[type=range], input[type=text])')];
    const shown = controls.filter((e) => e.checkVisibility()), one = shown[Math.floor(share * shown.length)];
    one.focus();
    if (one.type === 'submit' && !one.textContent.includes('Report')) one.click();
    return one.type;
}"""  # chosen and taken at once, since the page changes meanwhile


def test_play_moves_the_year_to_the_end_while_others_keep_the_processor_busy(opened: Opened) -> None:
    page = opened()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 2)]
    try:
        year = page.get_by_test_id("year")
        page.get_by_role("button", name="Play").click()
        expect(year).not_to_have_value("2040")
        page.get_by_role("button", name="Pause").click(timeout=5_000)
        rests = year.input_value()
        time.sleep(1)
        assert year.input_value() == rests
        page.get_by_role("button", name="Play").click()
        expect(year).to_have_value("2040", timeout=60_000)
        expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=20_000)
        assert page.get_by_test_id("sentence").inner_text().startswith("In 2040")
        page.get_by_role("button", name="Play").click()  # after the end it begins anew
        expect(year).not_to_have_value("2040")
    finally:
        for process in busy:
            process.kill()
            process.wait()
    switch(page, "public_compute")
    answered(page)
    assert_lives(page)


def test_a_hundred_random_wishes_leave_a_page_that_lives(opened: Opened) -> None:
    page = opened()
    chance = random.Random(7)
    for _ in range(100):
        kind = page.evaluate(FOCUS_OR_CLICK, chance.random())
        if kind == "range":
            page.keyboard.press(chance.choice(["ArrowRight", "PageDown", "Home", "End"]))
        elif kind == "text":
            page.keyboard.press("ControlOrMeta+a")
            page.keyboard.insert_text(chance.choice(["-1", "x", "12", "<b>bold</b>", "2027: 5, 2030: 6"]))
            page.keyboard.press("Tab")
    page.get_by_role("tab", name="Overview").click()
    back = page.get_by_role("button", name="Chart of The compute divide")
    if back.count():
        back.click()
    answered(page)
    assert "Something went wrong" not in page.content()


def test_controls_of_all_policies_can_be_read(opened: Opened) -> None:
    """All policies at once: none speaks as the code does."""
    page = opened()
    for name in registry():
        control = page.get_by_test_id(f"policy-{name}").get_by_role("switch")
        if control.get_attribute("aria-checked") == "false":
            control.click()
            expect(control).to_be_checked()
    page.evaluate("document.querySelectorAll('.page .policy details').forEach((e) => { e.open = true; })")
    said = "\n".join(page.locator(".page .policy").all_inner_texts())
    assert not re.search(r"\de[-+]\d|at least|/yr|/tCO2|[a-z]_[a-z]|[kMGBT]USD", said), said
    assert page.get_by_test_id("problem").count() == 0


def test_the_report_is_handed_over_while_the_page_goes_on(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Download").click()
    with page.expect_download(timeout=600_000) as download:
        page.get_by_role("button", name="Report").click()
        switch(page, "public_compute")
        expect(page.get_by_test_id("state")).to_contain_text("Writing the report", timeout=60_000)
    assert download.value.suggested_filename == "carbon_tax-report.html"
    answered(page)


def test_a_connection_that_is_cut_comes_back_with_the_setting(opened: Opened) -> None:
    """The socket is closed, and the network away for a while: what was set stays, and what is set meanwhile follows."""
    page = opened(script=SOCKETS)
    switch(page, "public_compute")
    answered(page)
    link = page.url
    for wish, away in (("compute_voucher", 3.0), ("open_publication", 0.0)):
        page.context.set_offline(True)
        assert page.evaluate("cut()") > 0
        control = page.get_by_test_id(f"policy-{wish}").get_by_role("switch")
        control.evaluate("(e) => e.click()")  # behind the sheet that says so
        time.sleep(away)
        assert page.url == link or not away, "nobody has heard of it"
        page.context.set_offline(False)
        expect(control).to_be_checked(timeout=60_000)
        expect(page.get_by_test_id("policy-public_compute").get_by_role("switch")).to_be_checked()
        answered(page)
        link = page.url
    assert_lives(page)


def test_a_wish_that_is_lost_on_its_way_is_told_again(opened: Opened) -> None:
    page = opened(script=SOCKETS)
    page.evaluate("window.lost = true")
    control = page.get_by_test_id("policy-public_compute").get_by_role("switch")
    control.click()
    time.sleep(2)
    expect(control).not_to_be_checked()
    page.evaluate("window.lost = false; cut()")
    expect(control).to_be_checked(timeout=60_000)
    answered(page)
    assert_lives(page)


def test_a_browser_keeps_settings_for_all_its_tabs_and_the_year_in_the_address(opened: Opened) -> None:
    """Two tabs lose nothing that the other saved; what another version kept is left out, and so is what is no year."""
    kind = json.dumps(json.dumps({"kind": "robot"}))
    page = opened(
        script=f"""
        const usual = (key, value) => localStorage.getItem(key) || localStorage.setItem(key, value);
        const other = {{ name: "a", link: "b", cards: [[{{ value: 5 }}]], labels: [], first: 2012 }};
        usual("compute-divide-saved-settings", JSON.stringify([{{ name: "old" }}, null, other]));
        usual("compute-divide-lab", {kind});
    """
    )
    other = page.context.new_page()
    other.goto(page.url.replace("year=2040", "year=2020"))
    expect(other.get_by_test_id("year")).to_have_value("2020", timeout=60_000)
    switch(other, "public_compute")
    for tab, count in ((page, 1), (other, 2)):
        tab.get_by_role("tab", name="Compare saved").click()
        tab.get_by_role("button", name="Save setting").click()
        expect(tab.get_by_test_id("saved").locator("tbody tr")).to_have_count(count)
    expect(page.get_by_test_id("saved").locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Remove").first.click()
    expect(other.get_by_test_id("saved").locator("tbody tr")).to_have_count(1)
    other.reload()
    expect(other.get_by_test_id("year")).to_have_value("2020", timeout=60_000)
    expect(other.get_by_test_id("policy-public_compute").get_by_role("switch")).to_be_checked(timeout=60_000)
    other.close()
    page.get_by_role("tab", name="My lab").click()
    expect(page.get_by_test_id("lab").locator("tbody tr")).to_have_count(3, timeout=60_000)
    assert page.get_by_test_id("problem").count() == 0
    page.evaluate("location.hash = location.hash.replace(/year=.*/, 'year=x')")
    expect(page.get_by_test_id("year")).to_have_value("2040")


def assert_lives(page: Page) -> None:
    """The words stand hidden in every page of Solara."""
    expect(page.get_by_text("Could not restore")).not_to_be_visible()
