"""The page in a real Chromium, for tests: a server that many tests share, and tabs in which nothing may go wrong."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import chromium
from tests.serving import served
from tests.worlds import SCENARIOS

BASELINE, TAX = SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml"
COUNTS = ("kind.corporation.count=8", "kind.startup.count=20", "kind.academic_lab.count=40")
FEW = [word for setting in (*COUNTS, "time.steps_per_year=1") for word in ("--set", setting)]
CLOSES = "/_solara/api/close/"  # a tab that is left tells so, and does not wait for the answer
AWAY = "net::ERR_INTERNET_DISCONNECTED"  # of a test that takes the network away
CUT = "WebSocket is already in CLOSING or CLOSED state"  # of one that cuts a connection under what is sent
LEFT = (AWAY, "net::ERR_ABORTED")  # the latter of what a page asked for that is left meanwhile
GUIDED = "localStorage.setItem('compute-divide-guided', 'true')"
PATIENCE = 120_000  # ms
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server for a module, whose worlds end with its year ``LAST``, where it has one."""
    until = getattr(request.module, "LAST", None)
    with served(BASELINE, "--against", TAX, *FEW, *(("--until", until) if until else ())) as page:
        yield page.address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """Opens tabs on the module's server; afterwards nothing may have gone wrong in any, and nobody else may have been
    asked for anything."""
    troubles: list[str] = []
    contexts = []

    def open_one(
        size: tuple[int, int] = (1366, 768), at: str = address, *, guided: bool = True, script: str = "", **more: Any
    ) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True, **more)
        contexts.append(context)
        if guided:
            context.add_init_script(GUIDED)
        context.add_init_script(script)
        page = context.new_page()
        expected = (AWAY, CUT) if script else (AWAY,)  # only a script cuts
        page.on("console", lambda m: troubles.append(f"console: {m.text}") if m.type == "error"
                and not any(text in m.text for text in expected) else None)  # fmt: skip
        page.on("pageerror", lambda error: troubles.append(f"error: {error.stack or error}"))
        page.on(
            "requestfailed",
            lambda r: (
                None if CLOSES in r.url or str(r.failure) in LEFT else troubles.append(f"failed: {r.failure} {r.url}")
            ),
        )
        page.on("response", lambda r: troubles.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", lambda r: None if own(r.url, at) else troubles.append(f"asked another host: {r.url}"))
        page.goto(at, timeout=PATIENCE)
        answered(page, picture=guided)  # below the guide a chart may be out of sight, and is drawn once it is seen
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)


def own(url: str, address: str) -> bool:
    host = address.partition("//")[2].partition("/")[0]
    return url.startswith((f"http://{host}/", f"ws://{host}/", "data:", "blob:"))


def answered(page: Page, picture: bool = True) -> None:
    """Wait for an interval over many pairs, and for the first chart."""
    expect(page.get_by_test_id("state")).to_contain_text("32 pairs, up to date", timeout=PATIENCE)
    if picture:
        page.locator("[data-testid=chart-divide] canvas").first.wait_for(timeout=30_000)


def watched(page: Page, *names: str) -> Callable[[], list[str]]:
    """Tells all that stands in some places from now on, also what an answer takes away at once; what has changed says
    so of itself."""
    watch = """(names) => {
        window.passing = [];
        for (const name of names) {
            const one = document.querySelector(`[data-testid=${name}]`);
            const kept = () => { window.passing.push(one.innerText); one.dataset.changed = "yes"; };
            new MutationObserver(kept).observe(one, { subtree: true, childList: true, characterData: true });
        }
    }"""
    page.evaluate(watch, list(names))
    return lambda: [" ".join(text.split()) for text in page.evaluate("() => window.passing")]


def switch(page: Page, policy: str) -> None:
    control = page.get_by_test_id(f"policy-{policy}").get_by_role("switch")
    before = control.get_attribute("aria-checked")
    control.click()
    expect(control).not_to_have_attribute("aria-checked", str(before))
