"""The page in a real Chromium, started through ``run.py view``."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sim.policies import registry
from sim.scenario import load
from tests.chromium import NEEDED, chromium
from tests.serving import served
from tests.worlds import ROOT, SCENARIOS

pytestmark = NEEDED
BASELINE, TAX = SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml"
SHOTS = ROOT / "outputs" / "page"  # screenshots of every run of these tests; ignored by git
FEW = [word for kind, count in (("corporation", 8), ("startup", 20), ("academic_lab", 40))
       for word in ("--set", f"kind.{kind}.count={count}")]  # fmt: skip
CLOSES = "/_solara/api/close/"  # a tab that is left tells so, and does not wait for the answer
FOCUS_OR_CLICK = """(share) => {
    const controls = [...document.querySelectorAll('.page :is(button, input[type=range], input[type=text])')];
    const shown = controls.filter((e) => e.checkVisibility()), one = shown[Math.floor(share * shown.length)];
    one.focus();
    if (one.type === 'submit') one.click();
    return one.type;
}"""  # chosen and taken at once, since the page changes meanwhile
SIZES = [(1366, 768), (1920, 1080), (800, 900), (390, 844)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(BASELINE, "--against", TAX, *FEW) as page:
        yield page.address


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """Opens tabs; afterwards nothing may have gone wrong in any, and nobody else may have been asked for anything."""
    troubles: list[str] = []
    contexts = []

    def open_one(size: tuple[int, int] = (1366, 768), at: str = address, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: troubles.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("requestfailed", lambda r: None if CLOSES in r.url else troubles.append(f"failed: {r.url}"))
        page.on("response", lambda r: troubles.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", lambda r: None if own(r.url, at) else troubles.append(f"asked another host: {r.url}"))
        page.goto(at)
        answered(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert troubles == []


def own(url: str, address: str) -> bool:
    host = address.partition("//")[2].partition("/")[0]
    return url.startswith((f"http://{host}/", f"ws://{host}/", "data:", "blob:"))


def answered(page: Page, picture: bool = True) -> None:
    """Wait for an interval over many pairs, and for the first chart."""
    expect(page.get_by_test_id("state")).to_contain_text("32 pairs, up to date", timeout=120_000)
    if picture:
        page.locator("[data-testid=chart-divide] canvas").first.wait_for(timeout=30_000)


def switch(page: Page, policy: str) -> None:
    control = page.get_by_test_id(f"policy-{policy}").get_by_role("switch")
    before = control.get_attribute("aria-checked")
    control.click()
    expect(control).not_to_have_attribute("aria-checked", str(before))


def test_it_opens_filled_and_a_lever_redraws_all(opened: Opened) -> None:
    page = opened()
    assert page.title() == "compute-divide"
    said = page.get_by_test_id("sentence").inner_text()
    assert said.startswith("In 2040")
    places = (
        "() => [...document.querySelectorAll('.cards, .tabs, .panel.divide')].map((e) => e.getBoundingClientRect().top)"
    )
    before = page.evaluate(places)
    slider = page.get_by_role("slider", name="Carbon tax: Rate")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("PageUp")
    expect(page.get_by_test_id("sentence")).not_to_have_text(said, timeout=30_000)
    answered(page)
    assert page.evaluate(places) == before, "nothing moves when numbers change"
    assert slider.get_attribute("aria-valuetext").endswith("USD per tonne of CO2")  # type: ignore[union-attr]
    switch(page, "public_compute")
    expect(page.get_by_role("slider", name="Public compute: Share")).to_be_visible()
    page.get_by_role("button", name="Switch all off").click()
    expect(page.get_by_test_id("sentence")).to_have_text("No policy is on; both worlds are the same.", timeout=30_000)


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
    expect(page.get_by_text("Could not restore")).not_to_be_visible()  # it stands hidden in every page of Solara


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


def test_a_link_carries_all_and_a_file_gives_the_same_numbers(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    switch(page, "public_compute")
    answered(page)
    link, said = page.url, page.get_by_test_id("sentence").inner_text()
    assert "#s=" in link
    page.reload()
    expect(page.get_by_test_id("policy-public_compute").get_by_role("switch")).to_be_checked(timeout=60_000)
    expect(page.get_by_test_id("sentence")).to_have_text(said, timeout=60_000)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (TOML)").click()
    file = tmp_path / "screen.toml"
    download.value.save_as(file)
    assert {policy.name for policy in load(file).policies} == {"carbon_tax", "public_compute"}
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"{kind} of The compute divide").click()
        assert download.value.suggested_filename == f"divide.{kind.lower()}"
    page.goto(link.partition("#")[0] + "#s=nonsense")
    page.reload()
    expect(page.get_by_test_id("problem")).to_contain_text("no setting of the page", timeout=60_000)
    answered(page)


def test_settings_are_saved_and_stand_side_by_side(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Save setting").click()
    switch(page, "public_compute")
    answered(page)
    page.get_by_role("button", name="Save setting").click()
    page.get_by_role("tab", name="Compare saved").click()
    expect(page.get_by_test_id("saved").locator("tbody tr")).to_have_count(2)
    page.get_by_role("tab", name="Assumptions").click()
    page.get_by_test_id("search").fill("growth exponent")
    assert page.get_by_test_id("assumptions").locator("tbody tr").count() < 20


def test_a_chart_behind_a_table_comes_back_in_full(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Table of The compute divide").click()
    switch(page, "public_compute")
    page.set_viewport_size({"width": 900, "height": 700})
    answered(page, picture=False)
    page.get_by_role("button", name="Chart of The compute divide").click()
    answered(page)


def test_two_tabs_do_not_disturb_each_other(opened: Opened) -> None:
    one, other = opened(), opened()
    switch(one, "compute_voucher")
    answered(one)
    expect(other.get_by_test_id("policy-compute_voucher").get_by_role("switch")).not_to_be_checked()


def test_single_actors_stand_in_mesas_page(opened: Opened) -> None:
    page = opened()
    address = page.evaluate("document.querySelector('a[href^=actors]').href")
    page.goto(address)
    page.locator("[data-testid=network] canvas").first.wait_for(timeout=60_000)
    for _ in range(4):
        page.get_by_role("button", name="Step", exact=True).click()
        time.sleep(0.5)
    expect(page.get_by_test_id("actors")).to_contain_text("Largest of corporations", timeout=30_000)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "actors.png")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(size: tuple[int, int], scheme: str, opened: Opened) -> None:
    """Screenshots for eyes; and no text is cut off, nothing is wider than the window, every control has a name."""
    page = opened(size, color_scheme=scheme)
    for text in page.locator(".sentence, .change").all_text_contents():
        assert not re.search(r"\d (?:%|[kMBT]\b)", text), "a number is not torn from its unit"
    year = page.get_by_test_id("year").input_value()
    assert page.get_by_test_id("pictured").inner_text().startswith(f"Policy world in {year}: what ")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"page-{scheme}-{size[0]}x{size[1]}.png")
    ground = page.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 150) == (scheme == "dark")
    texts = "h1, .act, .card, .card *, .sentence, .sure, .switch *, .panel-head *, .pictured, .pick *"
    cut = page.evaluate(
        """(texts) => [...document.querySelectorAll(`.page :is(${texts})`)]
        .filter((e) => !e.closest('.hidden') && !e.closest('svg') && getComputedStyle(e).display !== 'inline')
        .filter((e) => e.scrollWidth > e.clientWidth + 1 || (e.scrollHeight > e.clientHeight + 3 && e.clientHeight))
        .map((e) => e.innerText)""",
        texts,
    )
    assert cut == []
    page.locator(".page .foot").focus()  # by then it has all its lines
    assert page.evaluate("(() => { const e = document.activeElement; return e.scrollWidth <= e.clientWidth + 1; })()")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.documentElement.lang") == "en"
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.page :is(button, input, select)')]
        .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.closest('label')))
        .map((e) => e.outerHTML)"""
    )
    assert nameless == []


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


def test_nothing_in_a_scenario_file_becomes_markup(browser: Browser, opened: Opened, tmp_path: Path) -> None:
    evil = '<img src=x onerror="window.evil=1"><b>bold</b>{{ 7 * 7 }}'
    file = tmp_path / "evil.toml"
    quoted = json.dumps(evil)
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = {quoted}\nquestion = {quoted}\n[kind.startup]\n'
        f"label = {quoted}\n[region.france]\nlabel = {quoted}\n",
        encoding="utf-8",
    )
    with served(file, *FEW, "--until", "2016") as served_page:
        page = opened(at=served_page.address)
        page.get_by_role("button", name="Table of Emissions by region").click()
        assert page.evaluate("window.evil") is None
        assert page.locator("img[src=x]").count() == 0
        assert page.get_by_test_id("question").inner_text().count(evil) == 2  # a title too long for its list, and it
        page.close()


def test_ctrl_c_ends_it_cleanly(browser: Browser) -> None:
    with served(BASELINE, *FEW, "--until", "2014") as served_page:
        page = browser.new_page()
        page.goto(served_page.address)
        page.get_by_test_id("sentence").wait_for(timeout=60_000)
        page.close()
        served_page.process.send_signal(signal.SIGINT)
        said = served_page.ended()
        assert served_page.process.returncode == 0
        assert "Traceback" not in said
        assert said.rstrip().endswith("The page has ended.")


def test_what_cannot_be_served_is_refused(tmp_path: Path) -> None:
    def said(*arguments: object) -> tuple[int, str]:
        command = [sys.executable, str(ROOT / "run.py"), "view", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, env=dict(os.environ))
        return done.returncode, done.stderr

    code, text = said(tmp_path / "nothing.toml")
    assert code == 2
    assert "no such file" in text
    code, text = said(BASELINE, "--port", "99999")
    assert code == 2
    assert "at most 65535" in text
    with served(BASELINE, "--until", "2013") as page:
        code, text = said(BASELINE, "--port", page.address.rstrip("/").rpartition(":")[2], "--no-browser")
    assert code == 2
    assert "cannot serve there" in text
    assert "Traceback" not in text
    shorter = tmp_path / "shorter.toml"
    shorter.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "T"\nquestion = "Q?"\n[time]\nend = 2020\n',
        encoding="utf-8",
    )
    code, text = said(BASELINE, "--against", shorter)
    assert code == 2
    assert "different ends cannot be compared in pairs" in text
