"""The page in a real browser: from a slider's move to the first answer and to the wide interval, median and worst.

    python -m benchmarks.page [--moves 30] [--pairs 16]

Needs chromium and the extra ``test``. Figures depend on the machine and on what else it does.
"""

import argparse
import re
import shutil
import signal
import subprocess
import sys
import time
from statistics import median

from playwright.sync_api import sync_playwright

VIEW = [sys.executable, "run.py", "view", "scenarios/baseline.toml", "--against", "scenarios/cap_and_trade.toml"]
STATE = "document.querySelector('[data-testid=sure]').innerText"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=30, help="moves of the slider")
    parser.add_argument("--pairs", type=int, default=16, help="pairs of worlds from which an interval counts as wide")
    options = parser.parse_args()
    began = time.perf_counter()
    with subprocess.Popen([*VIEW, "--port", "0", "--no-browser"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.goto(address[0])
            page.locator("[data-testid=chart-divide] canvas").first.wait_for(timeout=120_000)
            print(f"launch to first answer: {time.perf_counter() - began:.1f} s")
            page.wait_for_function(f"{STATE}.includes('From 32 pairs')", timeout=120_000)
            slider = page.locator("[data-testid=policy-cap_and_trade] input[type=range]").first
            slider.focus()
            first, final = [], []
            for move in range(options.moves):
                start = time.perf_counter()
                page.keyboard.press("ArrowLeft" if move % 2 else "ArrowRight")
                page.wait_for_function(f"{STATE}.includes('One pair')", timeout=60_000, polling=10)
                first.append(time.perf_counter() - start)
                page.wait_for_function(f"{STATE}.includes('From {options.pairs} pairs')", timeout=60_000, polling=10)
                final.append(time.perf_counter() - start)
            for name, took in (("first answer", first), (f"interval from {options.pairs} pairs", final)):
                print(f"slider to {name}: median {median(took):.2f} s, worst {max(took):.2f} s")
            browser.close()
        process.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
