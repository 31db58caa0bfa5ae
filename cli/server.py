"""Which server the client talks to: from options, the environment, or a server on this machine."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cli.answers import ClientError

_DEFAULT = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is, and the key to it."""

    url: str
    key: str = field(repr=False)

    @classmethod
    def find(cls, url: str | None = None, key: str | None = None) -> Server:
        """From options, the environment, or the data folder of a server on this machine.

        Raises ClientError for what can be neither an address nor a key.
        """
        folder = Path(os.environ.get("PROCTOR_DATA_DIR", ".proctor"))
        found = url or os.environ.get("PROCTOR_URL") or _noted(folder) or _DEFAULT
        opened = key or os.environ.get("PROCTOR_KEY") or _read(folder / "admin.key") or ""
        _check_address(found)
        if not all("!" <= character <= "~" for character in opened):
            raise ClientError("this cannot be a key: set PROCTOR_KEY to one as it was shown")
        return cls(found.rstrip("/"), opened)

    def at(self, path: str) -> str:
        """The whole address of what the server names by its path."""
        return f"{self.url}{path}"


def _check_address(url: str) -> None:
    if "@" in url:  # Before anything is said of it.
        raise ClientError("the server's address holds a user or password: set PROCTOR_KEY instead")
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed:
        raise ClientError(f"{url!r} is no address of a server, as {_DEFAULT} is")


def _noted(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "server.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
