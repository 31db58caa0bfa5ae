"""Takes the pictures in the documents: a browser, and a folder that keeps what is small enough."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from executor.browser.finding import find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

LARGEST = 150_000
"""Bytes of a picture: it is read on the web."""


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(None), chromium_sandbox=os.geteuid() != 0
        )
        with chromium:
            yield chromium


@dataclass(frozen=True)
class Album:
    """The pictures of one document. `style` is how a page looks while its picture is taken."""

    folder: Path
    style: str = ""

    def keep(self, shown: Page | Locator, name: str) -> None:
        picture = shown.screenshot(style=self.style, animations="disabled")
        if len(picture) > LARGEST:
            raise SystemExit(f"{name} has {len(picture):,} bytes: show less than {LARGEST:,}")
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(picture)
