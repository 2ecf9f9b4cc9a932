"""The page in a real Chromium, started through ``run.py view``. What takes long stands in ``page_at_length.py``."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sim.scenario import load
from tests.chromium import NEEDED
from tests.pages import BASELINE, FEW, Opened, address, answered, browser, opened, switch, watched
from tests.serving import served
from tests.worlds import ROOT

pytestmark = NEEDED
__all__ = ["address", "browser", "opened"]  # fixtures
SHOTS = ROOT / "outputs" / "page"  # screenshots of every run of these tests; ignored by git
SIZES = [(1366, 768), (1920, 1080), (800, 900), (390, 844)]
LAST = 2030  # year in which the worlds of these tests end: every member costs its years
TOP = """([of, text, at]) => { // where something begins, whatever a text says; null: what it says
    const said = document.querySelector(of).lastChild, before = said.data;
    said.data = text ?? before;
    const { top } = document.querySelector(at).getBoundingClientRect();
    said.data = before;
    return top;
}"""
MOVING = (
    (".state", ("", "computing", "Writing the report", "32 pairs, up to date"), ".result"),
    (".sure > span", ("", "One pair of worlds so far.", None), ".years"),
)
WORDS = """() => { // in each chart that is drawn: what is written, from where to where, and how wide the chart is
    const above = (one) => one && (one.drawn || above(one.$parent));
    const owner = [...document.querySelectorAll(".page, .page *")].find((e) => above(e.__vue__));
    const texts = (c) => c.getZr().storage.getDisplayList().filter((e) => e.style && e.style.text);
    return Object.values(above(owner.__vue__)).map((c) => texts(c).map((e) => {
        const box = e.getBoundingRect().clone();
        if (e.transform) box.applyTransform(e.transform);
        return [e.style.text, box.x, box.x + box.width, c.getWidth()];
    }));
}"""
EMPTY = ("Compare saved", "Words")  # tabs that are looked at without anything set or asked
ROWS = """() => {
    const rows = new Map();
    for (const panel of document.querySelectorAll(".result .panel")) {
        const { top, right, width } = panel.getBoundingClientRect();
        if (width) rows.set(Math.round(top), [...(rows.get(Math.round(top)) ?? []), Math.round(right)]);
    }
    return [...rows.values()];
}"""  # where panels of the tab that is open end, by row


def test_it_opens_filled_and_a_lever_redraws_all(opened: Opened) -> None:
    page = opened()
    assert page.title() == "compute-divide"
    said = page.get_by_test_id("sentence").inner_text()
    assert re.match(rf"In {LAST} \(beyond\sthe\sevidence\) ", said), said
    assert page.locator(".card.beyond").count() == page.locator(".card").count() > 0
    page.get_by_test_id("year").press("Home")
    assert page.locator(".card.beyond").count() == 0
    page.get_by_test_id("year").press("End")
    places = (
        "() => [...document.querySelectorAll('.cards, .tabs, .panel.divide')].map((e) => e.getBoundingClientRect().top)"
    )
    before = page.evaluate(places)
    slider = page.get_by_role("slider", name="Carbon tax: Rate")
    passing = watched(page, "sentence", "state")
    for _ in range(12):
        slider.press("PageUp")
    expect(page.get_by_test_id("state")).to_have_attribute("data-changed", "yes")
    answered(page)
    assert any(text.startswith("Before this change: in 2030") for text in passing())
    expect(page.get_by_test_id("sentence")).not_to_contain_text("Before this change")
    assert page.get_by_test_id("sentence").inner_text() != said
    assert page.evaluate(places) == before, "nothing moves when numbers change"
    assert slider.get_attribute("aria-valuetext").endswith("USD per tonne of CO2")  # type: ignore[union-attr]
    switch(page, "public_compute")
    expect(page.get_by_role("slider", name="Public compute: Share")).to_be_visible()
    chart, foot = (page.locator(one).bounding_box() for one in (".panel.divide", ".foot"))
    assert chart is not None
    assert foot is not None
    assert chart["y"] + chart["height"] <= foot["y"], "the first charts answer in sight of the sliders"
    page.locator(".panel").last.scroll_into_view_if_needed()
    for held in ("sentence", "year"):
        expect(page.get_by_test_id(held)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Switch all off").click()
    expect(page.get_by_test_id("sentence")).to_have_text("No policy is on; both worlds are the same.", timeout=30_000)
    other = opened()  # two tabs do not disturb each other
    expect(other.get_by_test_id("policy-carbon_tax").get_by_role("switch")).to_be_checked()
    expect(page.get_by_test_id("policy-carbon_tax").get_by_role("switch")).not_to_be_checked()
    other.get_by_role("tab", name="Assumptions").click()
    value = other.get_by_test_id("assumptions").locator("tbody tr").last.get_by_role("textbox")
    value.fill("-1e99")
    value.press("Tab")
    expect(other.get_by_test_id("problem")).to_be_in_viewport()  # wherever the reader is
    other.get_by_test_id("policy-open_publication").get_by_role("switch").click()
    expect(other.get_by_test_id("problem")).to_have_count(0)


def test_a_link_carries_all_and_a_file_gives_the_same_numbers(opened: Opened, tmp_path: Path) -> None:
    """Reloaded, downloaded, wrong, and opened in Mesa's page of single actors."""
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
        SHOTS.mkdir(parents=True, exist_ok=True)
        download.value.save_as(SHOTS / f"divide.{kind.lower()}")
    picture = (SHOTS / "divide.svg").read_text(encoding="utf-8")
    for text in ("The compute divide", "Carbon tax", f"compute-divide; {LAST} marked; 32 pairs of worlds"):
        assert text in picture, "a picture says what it is of where it stands alone"
    page.goto(link.partition("#")[0] + "#s=nonsense")
    page.reload()
    expect(page.get_by_test_id("problem")).to_contain_text("no setting of the page", timeout=60_000)
    answered(page)
    page.get_by_role("tab", name="Actors").click()
    page.locator("[data-testid=chart-network] canvas").first.wait_for(timeout=60_000)
    expect(page.get_by_test_id("actors")).to_contain_text("Largest of corporations")
    page.get_by_test_id("year").press("ArrowLeft")
    expect(page.get_by_role("heading", name=f"typical actors in {LAST - 1}")).to_be_visible()
    bars_nobody(page)
    page.goto(page.get_by_role("link", name="Mesa's own page").evaluate("(a) => a.href"))
    page.locator("[data-testid=network] canvas").first.wait_for(timeout=60_000)
    assert page.get_by_test_id("problem").count() == 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(500)
        bars_nobody(page)
    for _ in range(4):
        page.get_by_role("button", name="Step", exact=True).click()
        time.sleep(0.5)
    expect(page.get_by_test_id("actors")).to_contain_text("Largest of corporations", timeout=30_000)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "actors.png")


def test_what_is_typed_or_dragged_stays_while_all_else_is_drawn_anew(opened: Opened) -> None:
    """Play runs, and answers come to what was set before."""
    page = opened()
    page.get_by_role("button", name="type Rate of Carbon tax").click()
    field = page.get_by_test_id("policy-carbon_tax").get_by_label("Rate, in")
    expect(field).to_be_focused()
    page.get_by_test_id("year").press("Home")
    page.get_by_role("button", name="Play").click()
    switch(page, "public_compute")
    field.press("ControlOrMeta+a")
    page.keyboard.type("2027: 50, 2030: 100", delay=120)
    assert page.get_by_test_id("year").input_value() != "2012", "the page was drawn anew meanwhile"
    expect(field).to_have_value("2027: 50, 2030: 100")
    field.press("Tab")
    expect(page.get_by_test_id("policy-carbon_tax").get_by_role("slider")).to_have_count(0)
    expect(field).to_have_value("2027: 50, 2030: 100")
    field.fill("none of it")
    field.press("Tab")
    expect(page.get_by_test_id("problem")).to_contain_text("Rate")
    expect(field).to_have_value("none of it")  # to be mended; what was set holds
    page.get_by_test_id("year").press("Home")
    page.get_by_role("button", name="Play").click()
    slider = page.get_by_role("slider", name="Public compute: Share")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    at = slider.input_value()
    slider.evaluate("(e) => { e.value = 7; }")  # as a thumb that is dragged, before it is told
    page.wait_for_timeout(1000)
    assert slider.input_value() == "7", "the page was drawn anew three times, and the thumb stays in hand"
    page.mouse.up()
    expect(slider).to_have_value(at)


def test_what_is_wished_while_a_page_is_left_comes_with_the_next(opened: Opened) -> None:
    """The library cuts the connection as soon as a page begins to be left; a wish of that moment is no error."""
    page = opened()
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    page.get_by_test_id("policy-public_compute").get_by_role("switch").click()
    page.reload()
    expect(page.get_by_test_id("policy-public_compute").get_by_role("switch")).to_be_checked(timeout=60_000)
    answered(page)


def test_the_guide_comes_once_and_can_be_left(opened: Opened) -> None:
    page = opened(guided=False, color_scheme="dark")
    assert is_dark(page), "as the reader's system has it"
    guide = page.get_by_test_id("guide")
    expect(guide).to_contain_text("1 of 6")
    expect(guide).to_contain_text("The compute divide is")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(guide).to_contain_text("Set a policy")
    switch(page, "public_compute")  # nothing is barred meanwhile
    page.keyboard.press("Escape")  # wherever the focus is
    expect(guide).to_have_count(0)
    page.get_by_role("button", name="Guide", exact=True).click()
    chart = page.locator(".panel").first.bounding_box()
    box = guide.bounding_box()
    assert box is not None
    assert chart is not None
    assert box["y"] + box["height"] <= chart["y"], "it covers no chart"
    page.get_by_role("button", name="Skip the guide").click()
    expect(guide).to_have_count(0)
    page.reload()
    page.locator(".card").first.wait_for(timeout=60_000)
    expect(guide).to_have_count(0)


def test_settings_are_saved_and_asked_for_a_lab_and_the_record(opened: Opened) -> None:
    """One tab through all views: saved settings, my lab, luck, flags, evidence, tables and charts."""
    page = opened()
    page.get_by_role("button", name="Save setting").click()
    flag = page.get_by_role("slider", name="Carbon tax starts")
    assert flag.get_attribute("aria-valuetext") == "2027"
    flag.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Starts of Carbon tax")).to_have_value("2026")
    expect(page.get_by_label("Scenario").locator("option:checked")).to_have_text("Own mix")  # no title that is not so
    expect(page.get_by_test_id("question")).to_contain_text("from 2026")
    assert page.get_by_label("Scenario").locator("optgroup").count() >= 4
    page.get_by_label("Scenario").select_option("cap_and_trade")  # changes of policies are not dropped unasked
    expect(page.get_by_test_id("ask")).to_be_visible()
    page.get_by_role("button", name="Keep them").click()
    expect(page.get_by_label("Scenario")).to_have_value("")
    answered(page)
    page.get_by_role("button", name="Save setting").click()
    page.get_by_role("tab", name="Compare saved").click()
    expect(page.get_by_test_id("saved").locator("tbody tr")).to_have_count(2)
    names = page.get_by_test_id("saved").locator("th[scope=row]").all_inner_texts()
    assert len(set(names)) == 2, names
    bars_nobody(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a table").click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 3
    page.get_by_role("tab", name="My lab").click()
    expect(page.get_by_test_id("lab").locator("tbody tr")).to_have_count(4, timeout=60_000)
    run = page.get_by_test_id("lab").locator("tbody tr").nth(1)
    said = run.inner_text()
    page.get_by_test_id("budget").fill("200000")
    page.get_by_test_id("budget").press("Tab")
    expect(run).not_to_have_text(said)
    expect(page.get_by_test_id("region").locator("tbody tr")).to_have_count(6)
    bars_nobody(page)
    page.get_by_test_id("budget").fill("abc")  # what cannot be used is marked, and not kept
    page.get_by_test_id("budget").press("Tab")
    expect(page.get_by_test_id("budget")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_test_id("problem")).to_contain_text("No budget")
    expect(page.get_by_test_id("lab")).to_have_count(0)
    kept = page.evaluate("JSON.parse(localStorage.getItem('compute-divide-lab')).budget")
    assert kept == "200000"
    page.get_by_test_id("budget").fill("2 M")
    page.get_by_test_id("budget").press("Tab")
    expect(page.get_by_test_id("lab").locator("tbody tr")).to_have_count(4, timeout=60_000)
    expect(page.get_by_test_id("budget")).to_have_attribute("aria-invalid", "false")
    page.get_by_test_id("luck").click()
    expect(page.get_by_test_id("luck-alone").first).to_contain_text("Luck alone", timeout=60_000)
    fits(page)
    page.get_by_role("tab", name="Evidence").click()
    bars_nobody(page)  # also while the years on record are being simulated, when its link is in sight
    expect(page.get_by_test_id("judged")).to_contain_text("targets lie in the model", timeout=60_000)
    bars_nobody(page)
    page.get_by_role("tab", name="Assumptions").click()
    page.get_by_test_id("search").fill("exponent growth")
    found = page.get_by_test_id("assumptions").locator("tbody tr")
    expect(found.filter(has_text="product.growth_exponent")).to_have_count(1)
    assert found.count() < 20
    bars_nobody(page)
    page.get_by_role("tab", name="Overview").click()
    page.get_by_role("button", name="Table of The compute divide").click()
    switch(page, "public_compute")
    page.set_viewport_size({"width": 1200, "height": 700})
    answered(page, picture=False)
    page.get_by_role("button", name="Chart of The compute divide").click()
    answered(page)
    assert page.locator(".card").count() == 7
    for width in (1110, 1240, 1259, 1280, 1366):  # with luck alone in every card
        page.set_viewport_size({"width": width, "height": 720})
        fits(page)


def test_a_keyboard_opens_and_leaves_what_covers_others(opened: Opened) -> None:
    page = opened()
    for size in SIZES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for of, texts, at in MOVING:
            assert len({page.evaluate(TOP, [of, text, at]) for text in texts}) == 1, "nothing moves, whatever it says"
    page.get_by_role("button", name="Policies").press("Enter")
    expect(page.get_by_label("Policies and assumptions")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Policies")).to_be_focused()
    page.set_viewport_size({"width": 1366, "height": 768})
    switch(page, "public_compute")
    for way in ("Escape", "Enter"):  # the first keeps what is set, the second takes the new one
        page.get_by_label("Scenario").select_option("cap_and_trade")
        expect(page.get_by_role("button", name="Replace them")).to_be_focused()
        page.keyboard.press(way)
        expect(page.get_by_label("Scenario")).to_be_focused()
        expect(page.get_by_label("Scenario")).to_have_value("" if way == "Escape" else "cap_and_trade")


def test_how_it_looks(opened: Opened) -> None:
    """Screenshots for eyes; no text is cut off, nothing is wider than the window, and nothing bars anybody; in both
    themes, which a button changes."""
    page = opened()
    SHOTS.mkdir(parents=True, exist_ok=True)
    for text in page.locator(".sentence, .change").all_text_contents():
        assert not re.search(r"\d (?:%|[kMBT]\b)", text), "a number is not torn from its unit"
    year = page.get_by_test_id("year").input_value()
    assert page.get_by_test_id("pictured").inner_text().startswith(f"Policy world in {year}: what ")
    assert page.evaluate("document.documentElement.lang") == "en"
    for scheme in ("light", "dark"):
        page.set_viewport_size({"width": 1366, "height": 768})
        if scheme == "dark":
            page.get_by_role("button", name="Dark").click()
        assert is_dark(page) == (scheme == "dark")
        page.get_by_role("tab", name="Overview").click()
        for size in SIZES:
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.wait_for_timeout(300)
            page.screenshot(path=SHOTS / f"page-{scheme}-{size[0]}x{size[1]}.png")
            fits(page)
            assert len({max(row) for row in page.evaluate(ROWS)}) == 1, "a hole beside a panel"
            if size != SIZES[1]:
                bars_nobody(page)
        for tab in EMPTY:
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(200)
            bars_nobody(page)
        page.get_by_role("button", name="Policies").click()  # the sheet of a narrow window
        expect(page.get_by_role("button", name="Close")).to_be_visible()
        bars_nobody(page)
        page.get_by_role("button", name="Close").click()


def test_it_is_named_where_evidence_ends_on_a_phone_too(opened: Opened) -> None:
    """Every line that a chart of years has besides has a name there."""
    page = opened()
    page.set_viewport_size({"width": 390, "height": 844})
    charts = page.locator("[data-testid^=chart-]").filter(visible=True)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        chart.locator("canvas").wait_for()
    for width in (360, 390, 414):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(300)
        found = page.evaluate(WORDS)
        assert len(found) == charts.count() > 5
        for words in found:
            ends, starts = (next(w for w in words if w[0] == name) for name in ("evidence ends", "policy starts"))
            assert 0 <= ends[1] < ends[2] <= starts[1], "in the order of their lines, and neither on the other"
            assert starts[2] <= ends[3]


def is_dark(page: Page) -> bool:
    ground = page.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
    return sum(map(int, re.findall(r"\d+", ground)[:3])) < 150


def bars_nobody(page: Page) -> None:
    """As it stands; colours that are on their way from one scheme to the other are not what a reader meets."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="install the extra test anew")
    barred, end = "", time.monotonic() + 10
    while time.monotonic() < end:
        found = axe.Axe().run(page).response["violations"]
        barred = "\n".join(f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"])
        if not barred:
            break
        page.wait_for_timeout(500)
    assert barred == ""


def fits(page: Page) -> None:
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
    page.evaluate("document.activeElement.blur()")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_nothing_in_a_scenario_file_becomes_markup_and_ctrl_c_ends_it_cleanly(opened: Opened, tmp_path: Path) -> None:
    evil = '<img src=x onerror="window.evil=1"><b>bold</b>{{ 7 * 7 }}'
    file = tmp_path / "evil.toml"
    quoted = json.dumps(evil)
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = {quoted}\nquestion = {quoted}\n[kind.startup]\n'
        f"label = {quoted}\n[region.france]\nlabel = {quoted}\n",
        encoding="utf-8",
    )
    with served(file, *FEW, "--until", "2013") as served_page:
        page = opened(at=served_page.address)
        page.get_by_role("button", name="Table of Emissions by region").click()
        assert page.evaluate("window.evil") is None
        assert page.locator("img[src=x]").count() == 0
        assert page.get_by_test_id("question").inner_text().count(evil) == 2  # a title too long for its list, and it
        page.close()
        served_page.process.send_signal(signal.SIGINT)
        said = served_page.ended()
        assert served_page.process.returncode == 0
        assert "Traceback" not in said
        assert said.rstrip().endswith("The page has ended.")


def test_what_cannot_be_served_is_refused(address: str, tmp_path: Path) -> None:
    def said(*arguments: object) -> tuple[int, str]:
        command = [sys.executable, str(ROOT / "run.py"), "view", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, env=dict(os.environ))
        return done.returncode, done.stderr

    code, text = said(tmp_path / "nothing.toml")
    assert code == 2
    assert "no such file" in text
    code, text = said(BASELINE, "--port", "99999")
    assert code == 2
    assert "from 0 to 65535" in text
    code, text = said(BASELINE, "--port", address.rstrip("/").rpartition(":")[2], "--no-browser")
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
