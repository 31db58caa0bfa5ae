"""From a navigation that the gate did not let through to a kind and a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from executor.gate.passage import Passage, Trouble

_NOT_THROUGH = re.compile(r"net::ERR_SOCKS_CONNECTION_FAILED(?: at (\S+))?")
_NO_FILE = re.compile(r"net::ERR_ACCESS_DENIED(?: at (file:\S+))")
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def explain(error: Exception, passage: Passage) -> tuple[str, str] | None:
    """The kind of the failure and what happened; None for what is no matter of the gate."""
    if file := _NO_FILE.search(str(error)):
        return "host", f"{file[1]} is a file of the executor's machine: no test opens those"
    failed = _NOT_THROUGH.search(str(error))
    if failed is None:
        return None
    url = failed[1]
    # A browser names where it set out for; a redirect may have led on to where it did not get.
    trouble = (_of(url, passage) if url else None) or passage.latest
    if trouble is None:
        return "navigation", f"no connection{f' to {url}' if url else ''}"
    at = f" at {url}" if url and not trouble.refused else ""
    return "host" if trouble.refused else "navigation", f"{trouble.reason}{at}"


def _of(url: str, passage: Passage) -> Trouble | None:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme)
    return passage.trouble(parts.hostname, port) if parts.hostname and port else None
