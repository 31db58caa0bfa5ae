"""Finding a browser: the one set, Playwright's own download, or the system's."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def find_chromium(chosen: Path | None) -> Path:
    """The full browser that steps in words need: they load an extension, which the headless shell
    has no room for. `chosen` wins unless it is such a shell.

    Raises BrowserMissingError, which says what to install.
    """
    if chosen is not None and "headless" not in chosen.name:
        return find_browser(chosen)
    found = _downloaded(_DOWNLOADED[-1:]) or _installed(_SYSTEM[1:])
    if found is None:
        raise BrowserMissingError(
            "steps in words need full Chromium, and there is none: install it (Debian: apt-get"
            " install chromium), run `playwright install chromium`, or set PROCTOR_CHROMIUM to it"
        )
    return found


def _downloaded(patterns: Sequence[str] = _DOWNLOADED) -> Path | None:
    for pattern in patterns:
        for path in sorted(_DOWNLOADS.glob(pattern), reverse=True):
            return path
    return None


def _installed(names: Sequence[str] = _SYSTEM) -> Path | None:
    for name in names:
        if path := shutil.which(name):
            return Path(path)
    return None


if __name__ == "__main__":
    try:
        print(find_browser(None), find_chromium(None))  # noqa: T201 - the set-up asks
    except BrowserMissingError as missing:
        sys.exit(str(missing))
