"""The page in a real browser: from a slider's move to the first answer and to the wide interval, median and worst.

    python -m benchmarks.page [--moves 30] [--pairs 16] [--limit 600]

Needs chromium and the extra ``test``. Figures depend on the machine and on what else it does. It ends within the limit,
with the figures of the moves made by then; exit code 1 when they are fewer than asked for.
"""

import argparse
import shutil
import signal
import sys
import time
from contextlib import suppress
from statistics import median

from playwright.sync_api import Error, Page, TimeoutError, sync_playwright

from sim.app.desk import STAGES
from tests.serving import NotServing, served
from tests.worlds import SCENARIOS

WORLDS = (SCENARIOS / "baseline.toml", "--against", SCENARIOS / "cap_and_trade.toml")
LISTEN = """() => {
    const said = document.querySelector('[data-testid=sure]');
    const pairs = () => Number((said.innerText.match(/From (\\d+) pairs/) || [0, 1])[1]);
    const note = () => window.told.push([performance.now(), pairs()]);
    window.told = [];
    new MutationObserver(note).observe(said, { subtree: true, childList: true, characterData: true });
    note();
}"""  # when the page spoke from how many pairs: nothing that stands there only for a moment is missed
BEGIN = "() => { window.told = []; return performance.now(); }"
REACHED = "(pairs) => window.told.some((one) => one[1] >= pairs)"
ANEW = """(pairs) => {
    const first = window.told.findIndex((one) => one[1] === 1);
    return first >= 0 && window.told.slice(first).some((one) => one[1] >= pairs);
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=30, help="moves of the slider (default: 30)")
    parser.add_argument("--pairs", type=int, default=16, choices=STAGES[1:],
                        help="pairs of worlds from which an interval counts as wide (default: 16)")  # fmt: skip
    parser.add_argument("--limit", type=float, default=600.0, help="seconds after which it ends (default: 600)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server must not outlive it
    until = time.monotonic() + options.limit
    moves: list[tuple[float, float]] = []
    trouble = ""
    try:
        measure(options.moves, options.pairs, until, moves)
    except NotServing as error:
        trouble = str(error)
    except TimeoutError:
        trouble = f"the limit of {options.limit:g} s came first"
    except Error as error:
        trouble = f"the browser failed: {error}"
    if moves:
        for name, took in zip(
            ("first answer", f"interval from {options.pairs} pairs"), zip(*moves, strict=True), strict=True
        ):
            print(f"slider to {name}: median {median(took):.2f} s, worst {max(took):.2f} s of {len(took)}")
    if trouble:
        sys.exit(f"error: {len(moves)} of {options.moves} moves measured: {trouble}")


def measure(count: int, pairs: int, until: float, moves: list[tuple[float, float]]) -> None:
    """Add to ``moves`` the seconds to the first answer and to the interval, of so many moves. Raises TimeoutError."""
    began = time.monotonic()
    with served(*WORLDS, patience=left(until) / 1000) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(server.address, timeout=left(until))
        page.locator("[data-testid=chart-divide] canvas").first.wait_for(timeout=left(until))
        print(f"launch to first answer: {time.monotonic() - began:.1f} s", flush=True)
        page.evaluate(LISTEN)
        page.wait_for_function(REACHED, arg=STAGES[-1], timeout=left(until))
        print(f"launch to {STAGES[-1]} pairs: {time.monotonic() - began:.1f} s", flush=True)
        slider = page.locator("[data-testid=policy-cap_and_trade] input[type=range]").first
        slider.focus()
        for move in range(count):
            moves += [one_move(page, "ArrowLeft" if move % 2 else "ArrowRight", pairs, until)]


def one_move(page: Page, key: str, pairs: int, until: float) -> tuple[float, float]:
    """Seconds from a key to the first answer, and to one from so many pairs. Raises TimeoutError."""
    start = page.evaluate(BEGIN)
    page.keyboard.press(key)
    page.wait_for_function(ANEW, arg=pairs, timeout=left(until))
    told = page.evaluate("window.told")
    first = [number for _, number in told].index(1)  # before it may come what was on its way
    final = next(at for at, number in told[first:] if number >= pairs)
    return (told[first][0] - start) / 1000, (final - start) / 1000


def left(until: float) -> float:
    """Milliseconds that are left, as the browser counts."""
    return max(1000 * (until - time.monotonic()), 1.0)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
