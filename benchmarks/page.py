"""The page in a real browser: redraws a second while playing, time to pause, memory over resets, tabs let go of.

    python -m benchmarks.page [--actors 5000] [--resets 20] [--steps 2000] [--picture docs/images/page.png]

Needs chromium and the extra ``test``. Figures depend on the machine; the ratios and differences count.
"""

import argparse
import gc
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

BASELINE, POLICY = Path("scenarios/baseline.toml"), Path("scenarios/cap_and_trade.toml")
WIDTH = 1600  # of the picture [px]
HIDDEN = """() => {
  const shown = [...document.querySelectorAll('.board .panel, .box')];
  const bottom = Math.max(...shown.map((e) => e.getBoundingClientRect().bottom));
  return Math.ceil(bottom + 16 - window.innerHeight);
}"""  # how far the page goes on below the window [px]
PLAY, PAUSE = "▶", "❚❚"


def memory() -> float:
    """Resident memory of this process [MB]."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS in /proc/self/status")


def worlds() -> int:
    """How many worlds this process holds."""
    from sim.economy.state import World

    gc.collect()
    return sum(isinstance(thing, World) for thing in gc.get_objects())


def served(settings: list[str]) -> str:
    """Serve the page from a thread of this process; its address."""
    from sim.app.choice import choose
    from sim.app.server import serve

    choose(BASELINE, POLICY, settings, None, None)
    said: list[str] = []
    threading.Thread(target=serve, args=("127.0.0.1", 0, False, said.append), daemon=True).start()
    while not said:
        time.sleep(0.05)
    return next(word for word in said[0].split() if word.startswith("http"))


def open_page(browser: Any, address: str) -> Page:
    """A tab with the page, playing as fast as it goes when started."""
    page: Page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(address)
    page.locator("[data-testid=shares] canvas").first.wait_for(timeout=120_000)
    page.get_by_text("steps per second").first.click()
    page.get_by_text("as fast as it goes").click()
    time.sleep(1)
    return page


def steps(page: Page) -> int:
    """Steps shown on the page: each is a redraw of the lines."""
    return int(page.get_by_test_id("steps").inner_text().split()[1])


def pace(page: Page, seconds: float) -> tuple[float, float]:
    """Redraws a second while playing, and seconds from the click on pause to the last redraw."""
    page.get_by_role("button", name=PLAY, exact=True).click()
    time.sleep(1)
    first, begin = steps(page), time.perf_counter()
    time.sleep(seconds)
    redraws = (steps(page) - first) / (time.perf_counter() - begin)
    clicked = time.perf_counter()
    page.get_by_role("button", name=PAUSE).click()
    page.get_by_role("button", name=PLAY, exact=True).wait_for()
    still, last = time.perf_counter(), steps(page)
    while time.perf_counter() - still < 1.0:
        if steps(page) != last:
            last, still = steps(page), time.perf_counter()
        time.sleep(0.02)
    return redraws, still - clicked


def reset(page: Page) -> None:
    """Start again."""
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("step 0 of").wait_for()


def picture(page: Page, file: Path) -> None:
    """A picture of the whole page at the end of the run."""
    page.set_viewport_size({"width": WIDTH, "height": 1000})
    page.get_by_role("button", name=PLAY, exact=True).click()
    while "over" not in page.get_by_test_id("steps").inner_text():
        time.sleep(0.1)
    for _ in range(3):  # a taller window may move what is in it
        missing = page.evaluate(HIDDEN)
        page.set_viewport_size({"width": WIDTH, "height": page.viewport_size["height"] + missing})  # type: ignore[index]
        time.sleep(2)
    page.screenshot(path=file)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actors", type=int, default=0, help="actors in all (default: those of the scenario)")
    parser.add_argument("--seconds", type=float, default=8.0, help="to play for the pace")
    parser.add_argument("--resets", type=int, default=0, help="resets for the memory")
    parser.add_argument("--steps", type=int, default=2000, help="steps in all for the memory")
    parser.add_argument("--picture", type=Path, help="play to the end, write a picture of the page there, and no more")
    options = parser.parse_args()
    parts = {"corporation": 0.09, "startup": 0.34, "academic_lab": 0.57}
    settings = [f"kind.{kind}.count={round(part * options.actors)}" for kind, part in parts.items() if options.actors]
    address = served(settings)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = open_page(browser, address)
        if options.picture:
            picture(page, options.picture)
            return
        redraws, pause = pace(page, options.seconds)
        actors = f"{options.actors:,}" if options.actors else "as in the scenario"
        print(f"actors: {actors}, twice; {redraws:.1f} redraws a second, pause after {pause:.2f} s")
        if options.resets:
            reset(page)
            before, each = memory(), options.steps // options.resets
            for n in range(options.resets):
                page.get_by_role("button", name=PLAY, exact=True).click()
                while steps(page) < each:
                    time.sleep(0.05)
                page.get_by_role("button", name=PAUSE).click()
                page.get_by_role("button", name=PLAY, exact=True).wait_for()
                reset(page)
                print(f"  reset {n + 1}: {memory() - before:+.0f} MB, {worlds()} worlds")
            print(f"{options.steps} steps with {options.resets} resets: {memory() - before:+.0f} MB")
        page.goto("about:blank")  # as when the tab is closed
        for _ in range(100):
            if not worlds():
                break
            time.sleep(0.1)
        print(f"worlds held after the tab is closed: {worlds()}")
        browser.close()


if __name__ == "__main__":
    main()
