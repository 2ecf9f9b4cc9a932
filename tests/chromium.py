"""A real Chromium for tests of pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

_FILE = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDED = [
    pytest.mark.slow,
    pytest.mark.skipif(_FILE is None, reason="no chromium on this machine: apt-get install chromium"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """One, for as long as it is needed."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_FILE, args=["--no-sandbox"])
        yield opened
        opened.close()
