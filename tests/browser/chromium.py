"""How is a page opened as a person's browser would? Chromium, with nothing else to talk to."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PROGRAM = shutil.which("chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)
WITHIN_MS = 8_000
WIDTHS = (400, 1600)
THEMES = ("light", "dark")


@contextmanager
def a_browser() -> Iterator[Any]:
    """Start one, or skip: not every machine has it."""
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if PROGRAM is None:
        pytest.skip("needs chromium")
    with driver.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield browser
        browser.close()


def log_in(page: Any, link: str) -> None:
    """Follow a link that logs in, until everything is shown that can be read."""
    page.set_default_timeout(WITHIN_MS)
    page.goto(link)
    page.wait_for_url(link.partition("login#")[0])
    page.locator("main section").first.wait_for(state="attached")
    page.locator("main", has_text="Being read").wait_for(state="detached")


class Complaints:
    """What pages wrote on their consoles that a good page does not."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def listen(self, page: Any) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.found.append(str(error)))

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"{message.text} {message.location.get('url', '')}")

    def take(self) -> list[str]:
        found, self.found = self.found, []
        return found
