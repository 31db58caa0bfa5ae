"""From Playwright's errors to a kind and a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeout

from executor.browser.expectations import ExpectationError
from executor.browser.launched import BrowserLostError
from executor.browser.variables import UnknownVariableError

if TYPE_CHECKING:
    from executor.browser.prepared import Prepared

LONGEST_MESSAGE = 2_000

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_PREFIX = re.compile(r"^(Error: )?(Page|Locator|Frame|BrowserContext|Keyboard)\.\w+: ")
_NETWORK = {
    "ERR_CONNECTION_REFUSED": "connection refused",
    "ERR_NAME_NOT_RESOLVED": "the host name is not known",
    "ERR_CONNECTION_RESET": "the connection was reset",
    "ERR_CONNECTION_TIMED_OUT": "the connection timed out",
    "ERR_EMPTY_RESPONSE": "the site answered nothing",
    "ERR_TOO_MANY_REDIRECTS": "the site redirects in a loop",
    "ERR_CERT": "the site's certificate is not valid",
    "ERR_ABORTED": "the navigation was aborted (a download, or another navigation)",
    "ERR_INTERNET_DISCONNECTED": "there is no network",
    "ERR_UNSAFE_PORT": "browsers refuse this port",
}
_NET = re.compile(r"net::(ERR_\w+)(?: at (\S+))?")
_REASON = re.compile(r"element is not|intercepts pointer|outside of the viewport|did not find")
_STRICT = re.compile(r"resolved to (\d+) elements")


def explain(error: Exception, what: str, seconds: float) -> tuple[str, str]:
    """The kind of the failure, and what happened, of step `what` that had `seconds`."""
    if isinstance(error, ExpectationError):
        return "expectation", _short(str(error))
    if isinstance(error, UnknownVariableError):
        return "variable", _short(str(error))
    text = _ANSI.sub("", str(error))
    if network := _NET.search(text):
        return "navigation", _short(_network(*network.groups()))
    if strict := _STRICT.search(text):
        return "target", _short(
            f"{strict.group(1)} elements fit {what}: be more precise, or say which with nth"
        )
    if isinstance(error, PlaywrightTimeout | TimeoutError):
        return "timeout", _short(f"{what} was not done within {seconds:g} s{_waiting(text)}")
    if "Page crashed" in text or "Target crashed" in text:
        return "page_crash", f"the page crashed during {what}"
    return "error", _short(_PREFIX.sub("", text.split("Call log:")[0].strip()))


def browser_is_gone(error: Exception, prepared: Prepared) -> bool:
    """Whether the machinery failed, not the test."""
    if isinstance(error, BrowserLostError):
        return True
    driverless = isinstance(error, Error) and "Connection closed" in str(error)
    return driverless or not prepared.connected


def _network(code: str, url: str | None) -> str:
    reason = next((said for start, said in _NETWORK.items() if code.startswith(start)), code)
    return f"{reason}{f' at {url}' if url else ''}"


def _waiting(text: str) -> str:
    """What kept Playwright waiting, from its call log: the last reason it gave."""
    lines = [line.strip(" -") for line in text.partition("Call log:")[2].splitlines()]
    reasons = [line for line in lines if _REASON.search(line)]
    return f": {reasons[-1]}" if reasons else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + " ..."
