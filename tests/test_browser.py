"""The page in a real Chromium, started through ``run.py view``."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from sim.experiment.path import simulate
from sim.policies import registry
from sim.report import words
from sim.scenario import load
from tests.chromium import NEEDED, chromium
from tests.worlds import ROOT, SCENARIOS

pytestmark = NEEDED
BASELINE, TAX = SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml"
SHOTS = ROOT / "outputs" / "page"  # screenshots of every run of these tests; ignored by git
PLAY, PAUSE = "▶", "❚❚"


@contextmanager
def served(*arguments: object) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command in a process of its own: its address, and the process."""
    command = [sys.executable, str(ROOT / "run.py"), "view", *map(str, arguments), "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://localhost:\d+/", line)
        assert address, line + process.stdout.read()
        yield address[0], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(BASELINE, "--against", TAX, "--until", "2032") as (found, _):
        yield found


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """Opens tabs; afterwards nothing may have gone wrong in any, and nobody else may have been asked for anything."""
    troubles: list[str] = []
    contexts = []

    def open_one(size: tuple[int, int] = (1920, 1080), at: str = address, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: troubles.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("requestfailed", lambda r: troubles.append(f"failed: {r.url}"))
        page.on("response", lambda r: troubles.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", lambda r: None if own(r.url, at) else troubles.append(f"asked another host: {r.url}"))
        page.goto(at)
        page.get_by_test_id("clock").wait_for(timeout=60_000)
        page.locator("[data-testid=shares] canvas").first.wait_for(timeout=30_000)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert troubles == []


def own(url: str, address: str) -> bool:
    return url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))


def steps(page: Page) -> int:
    return int(page.get_by_test_id("steps").inner_text().split()[1])


def step(page: Page, times: int) -> None:
    for _ in range(times):
        before = steps(page)
        page.get_by_role("button", name="Step", exact=True).click()
        expect(page.get_by_test_id("steps")).to_contain_text(f"step {before + 1} of")


def go_on(page: Page, more: int) -> None:
    """Wait until it has played some steps more."""
    until, deadline = steps(page) + more, time.monotonic() + 60
    while steps(page) < until and time.monotonic() < deadline:
        time.sleep(0.05)
    assert steps(page) >= until


def at_rest(page: Page) -> int:
    """The step at which it stands when nothing moves any more."""
    last = -1
    while steps(page) != last:
        last = steps(page)
        time.sleep(1)
    return last


def play_to_the_end(page: Page) -> None:
    page.get_by_text("steps per second").first.click()
    page.get_by_text("as fast as it goes").click()
    page.get_by_role("button", name=PLAY, exact=True).click()
    expect(page.get_by_test_id("steps")).to_contain_text("over", timeout=120_000)


def switch(page: Page, policy: str) -> None:
    page.get_by_test_id(f"policy-{policy}").locator(".v-input--switch label").click()


def texts(page: Page) -> dict[str, str]:
    """What the cards say of the policy world, and below it of the baseline.

    The page is told of one change after another, the clock first: read once nothing moves any more.
    """
    ids = ("compute_ratio_industry_academia", "emissions_total", "frontier_error", "months_behind_median_lab")
    last: dict[str, str] = {}
    for _ in range(40):
        now = {id + end: page.get_by_test_id(id + end).inner_text() for id in ids for end in ("", "-baseline")}
        if now == last:
            return now
        last = now
        time.sleep(0.5)
    raise AssertionError(f"the cards never rest: {last}")


def headless(file: Path, *settings: str, until: int, seed: int = 1) -> dict[str, float]:
    """The last year of replicate 0 from the command line's own code."""
    scenario = load(file, settings, seed=seed, until=until)
    alone = simulate(scenario, 0)
    from sim.measures import registry

    return dict(zip(registry(scenario.region_ids, scenario.kind_ids), alone.yearly[-1].tolist(), strict=True))


def same(shown: str, value: float, unit: str) -> None:
    """A card shows the number with three figures, its unit apart; a lower bound is marked."""
    text = words.number(value, unit).replace("10^", "10")
    assert text.startswith(shown.removeprefix("≥ ").removeprefix("Baseline ").removeprefix("≥ ")), (shown, text)


def test_played_to_the_end_it_shows_what_the_command_line_gives(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    assert page.title() == "compute-divide"
    play_to_the_end(page)
    assert page.get_by_test_id("clock").inner_text() == "December 2032"
    found = texts(page)
    units = {"compute_ratio_industry_academia": "ratio", "emissions_total": "tCO2e/yr", "frontier_error": "fraction",
             "months_behind_median_lab": "months"}  # fmt: skip
    for file, end in ((TAX, ""), (BASELINE, "-baseline")):
        values = headless(file, until=2032)
        for id, unit in units.items():
            same(found[id + end], values[id], unit)
    assert "lower, better" in page.get_by_test_id("emissions_total-change").inner_text()
    assert "December 2032" in page.get_by_test_id("headline").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Data (CSV)").click()
    series = pd.read_csv(download.value.path())
    assert set(series["scenario"]) == {"baseline", "carbon_tax"}
    assert series["year"].max() == 2032
    row = series.query("scenario == 'carbon_tax' and year == 2032 and measure == 'emissions_total'")
    assert row["value"].item() == headless(TAX, until=2032)["emissions_total"]


def test_a_policy_changed_while_it_runs_is_in_the_file_it_gives(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    step(page, 5)
    page.get_by_role("button", name=PLAY, exact=True).click()
    expect(page.get_by_test_id("steps")).not_to_contain_text("step 5 of")
    switch(page, "public_compute")
    expect(page.get_by_test_id("policy-public_compute").locator(".v-slider")).to_be_visible()
    go_on(page, 2)
    thumb = page.get_by_test_id("policy-public_compute").get_by_role("slider")
    thumb.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    go_on(page, 2)
    page.get_by_role("button", name=PAUSE).click()
    expect(page.get_by_role("button", name=PLAY, exact=True)).to_be_visible(timeout=10_000)
    at = at_rest(page)
    step(page, (-at) % 4)
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (TOML)").click()
    file = tmp_path / "screen.toml"
    shutil.copy(download.value.path(), file)
    scenario = load(file)
    entries = [policy for policy in scenario.policies if policy.name == "public_compute"]
    assert len(entries) >= 2, "the slider was moved while it ran"
    assert entries[0].id == "public_compute"
    assert entries[-1].share > 0.1  # type: ignore[attr-defined]
    assert entries[0].end <= entries[1].start
    until = 2011 + steps(page) // 4
    values = headless(file, until=until)
    found = texts(page)
    same(found["compute_ratio_industry_academia"], values["compute_ratio_industry_academia"], "ratio")
    same(found["emissions_total"], values["emissions_total"], "tCO2e/yr")
    same(found["emissions_total-baseline"], headless(BASELINE, until=until)["emissions_total"], "tCO2e/yr")


def test_reset_scenario_seed_and_counts(opened: Opened) -> None:
    page = opened()
    step(page, 4)
    first = texts(page)
    step(page, 1)
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_test_id("steps")).to_contain_text("step 0 of")
    step(page, 4)
    assert texts(page) == first
    page.get_by_text("Carbon tax at 100 USD/t from 2027").first.click()
    page.get_by_role("option", name="Cap and trade from 2027").click()
    expect(page.get_by_test_id("steps")).to_contain_text("step 0 of")
    expect(page.get_by_test_id("question")).to_contain_text("?")
    expect(page.get_by_test_id("policy-cap_and_trade").locator(".v-slider")).to_be_visible()
    page.get_by_label("Seed, shared by both worlds").fill("5")
    page.get_by_label("Number of startups").fill("30")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Start again with these").click()
    time.sleep(0.5)
    step(page, 4)
    values = headless(BASELINE, "kind.startup.count=30", until=2012, seed=5)
    same(texts(page)["emissions_total-baseline"], values["emissions_total"], "tCO2e/yr")


def test_hover_and_follow_an_actor(opened: Opened) -> None:
    page = opened()
    step(page, 4)
    page.get_by_role("tab", name="Actors").click()
    page.get_by_test_id("actors").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Corporation "))).to_be_visible()
    expect(page.locator("[data-testid=followed-compute] canvas").first).to_be_visible()
    page.get_by_role("tab", name="Assumed inputs").click()
    expect(page.get_by_test_id("inputs")).to_contain_text("product.growth_exponent")
    page.get_by_role("tab", name="Overview").click()
    box = page.locator("[data-testid=network] canvas").first.bounding_box()
    assert box
    before = page.locator("[data-testid=network]").screenshot()
    changed = False
    for across in range(20, 400, 12):  # somewhere in the corporations' circle
        page.mouse.move(box["x"] + across, box["y"] + box["height"] / 2)
        time.sleep(0.03)
        if page.locator("[data-testid=network]").screenshot() != before:
            changed = True
            break
    assert changed, "nothing shows under the pointer"
    page.mouse.click(box["x"] + across, box["y"] + box["height"] / 2)
    expect(page.get_by_role("button", name=re.compile("^Follow .* through time$"))).to_be_visible()
    summary = page.get_by_label("What am I looking at: Who learns from whom")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Each dot is an actor")).to_be_visible()


def test_two_tabs_do_not_disturb_each_other(opened: Opened) -> None:
    one, other = opened(), opened()
    step(one, 5)
    assert steps(other) == 0
    switch(one, "compute_voucher")
    expect(one.get_by_test_id("policy-compute_voucher").locator(".v-slider")).to_be_visible()
    step(other, 2)
    expect(other.get_by_test_id("policy-compute_voucher").locator(".v-slider")).to_have_count(0)
    assert (steps(one), steps(other)) == (5, 2)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(size: tuple[int, int], scheme: str, opened: Opened) -> None:
    """Screenshots for eyes; and no text is cut off, nothing is wider than the window."""
    page = opened(size, color_scheme=scheme)
    switch(page, "public_compute")
    step(page, 8)
    SHOTS.mkdir(parents=True, exist_ok=True)
    time.sleep(0.5)
    page.screenshot(path=SHOTS / f"page-{scheme}-{size[0]}x{size[1]}.png")
    ground = page.evaluate("getComputedStyle(document.querySelector('.v-application')).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 150) == (scheme == "dark")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.board :is(h2, .meaning, .card *, .headline), .clock *')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
        .map((e) => e.innerText)"""
    )
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_of_all_policies_can_be_read_and_used_with_the_keyboard(
    size: tuple[int, int], scheme: str, opened: Opened
) -> None:
    """All policies at once: no text is cut off, none speaks as the code does; a tax by year, typed without a mouse."""
    page = opened(size, color_scheme=scheme)
    SHOTS.mkdir(parents=True, exist_ok=True)
    for name in registry():
        row = page.get_by_test_id(f"policy-{name}")
        if not row.locator("summary").count():
            switch(page, name)
        row.locator("summary").click()
        row.screenshot(path=SHOTS / f"policy-{name}-{scheme}-{size[0]}.png")
    box = page.locator("section[aria-label='Policies, from now on']")
    assert box.get_by_role("alert").count() == 0
    cut = box.evaluate(
        """(box) => [...box.querySelectorAll('p, span, b, label, summary, button, .v-select__selection')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
        .map((e) => e.innerText)"""
    )
    assert cut == []
    said = box.inner_text()
    assert not re.search(r"\de[-+]\d|at least|/yr|/tCO2|[a-z]_[a-z]|[kMGBT]USD", said), said
    tax = page.get_by_test_id("policy-carbon_tax")
    tax.get_by_role("button", name="Set carbon tax by year").focus()
    page.keyboard.press("Enter")
    field = tax.get_by_label("Rate by year, in USD per tonne of CO2")
    expect(field).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2027: 50, 2030: 100")
    page.keyboard.press("Enter")
    expect(field).to_have_value("2027: 50, 2030: 100")
    expect(tax.get_by_role("alert")).to_have_count(0)
    tax.screenshot(path=SHOTS / f"policy-by-year-{scheme}-{size[0]}.png")


def test_nothing_in_a_scenario_file_becomes_markup(browser: Browser, opened: Opened, tmp_path: Path) -> None:
    evil = '<img src=x onerror="window.evil=1"><b>bold</b>'
    file = tmp_path / "evil.toml"
    quoted = json.dumps(evil)
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = {quoted}\nquestion = {quoted}\n[kind.startup]\n'
        f"label = {quoted}\n[region.france]\nlabel = {quoted}\n",
        encoding="utf-8",
    )
    with served(file, "--until", "2014") as (at, _):
        page = opened(at=at)
        step(page, 4)
        box = page.locator("[data-testid=network] canvas").first.bounding_box()
        assert box
        for across in range(20, 500, 40):
            page.mouse.move(box["x"] + across, box["y"] + box["height"] / 2)
        page.get_by_role("tab", name="Actors").click()
        page.get_by_test_id("actors").get_by_role("button").nth(4).click()
        time.sleep(0.5)
        assert page.evaluate("window.evil") is None
        assert page.locator("img[src=x]").count() == 0
        assert evil in page.get_by_test_id("question").inner_text()
        page.close()


def test_ctrl_c_ends_it_cleanly_and_a_closed_tab_frees_its_worlds(browser: Browser) -> None:
    with served(BASELINE, "--until", "2014") as (at, process):
        page = browser.new_page()
        page.goto(at)
        page.get_by_test_id("clock").wait_for(timeout=60_000)
        page.close()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "Traceback" not in out
        assert out.rstrip().endswith("The page has ended.")


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
    with served(BASELINE, "--until", "2013") as (at, _):
        code, text = said(BASELINE, "--port", at.rstrip("/").rpartition(":")[2], "--no-browser")
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
