"""Finding a browser: the one set, Playwright's own download, or the system's."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from domain.errors import ProctorError

# The shell first: for exact steps it does four times the runs of full Chromium.
_SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
_DOWNLOADS = Path.home() / ".cache" / "ms-playwright"
_DOWNLOADED = (
    "chromium_headless_shell-*/chrome-*/headless_shell",
    "chromium_headless_shell-*/chrome-*/chrome-headless-shell",
    "chromium-*/chrome-*/chrome",
)


class BrowserMissingError(ProctorError):
    """There is no browser to drive."""


def find_browser(chosen: Path | None) -> Path:
    """The browser to launch; `chosen` is the setting, and wins.

    Raises BrowserMissingError, which says what to install.
    """
    if chosen is not None:
        if not chosen.is_file():
            raise BrowserMissingError(f"PROCTOR_CHROMIUM={chosen} is not a file")
        return chosen
    found = _downloaded() or _installed()
    if found is None:
        raise BrowserMissingError(
            "no browser found: install one (Debian: apt-get install chromium-headless-shell),"
            " run `playwright install --only-shell chromium`, or set PROCTOR_CHROMIUM to its path"
        )
    return found


def _downloaded() -> Path | None:
    for pattern in _DOWNLOADED:
        for path in sorted(_DOWNLOADS.glob(pattern), reverse=True):
            return path
    return None


def _installed() -> Path | None:
    for name in _SYSTEM:
        if path := shutil.which(name):
            return Path(path)
    return None


if __name__ == "__main__":
    try:
        print(find_browser(None))  # noqa: T201 - the set-up asks
    except BrowserMissingError as missing:
        sys.exit(str(missing))
