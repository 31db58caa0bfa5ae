"""Looking now and then whether something answers, so that readiness need not wait for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

_LOOK_EVERY = 0.5
_SILENT_AFTER = 1.5
"""With `_LOOK_EVERY`, within two seconds it is told that something does not answer."""


class Probe:
    """A component that looks twice a second. What is silent is in trouble before the look ends:
    one at a database that is gone takes the connection's whole patience."""

    def __init__(self, name: str, look: Callable[[], object]) -> None:
        self.name = name
        self._look = look
        self._failure: str | None = f"{name} was not looked at yet"
        self._heard = time.monotonic()

    @property
    def trouble(self) -> str | None:
        """Why the last look failed, or how long it has been waiting for an answer."""
        silence = time.monotonic() - self._heard
        if self._failure is None and silence > _SILENT_AFTER:
            return f"no answer for {silence:.1f} s"
        return self._failure

    def run(self, stop: threading.Event) -> None:
        """Looks until `stop` is set."""
        while True:
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - whatever it was, it is what readiness tells
                self._failure = str(error) or type(error).__name__
            else:
                self._failure = None
            self._heard = time.monotonic()
            if stop.wait(_LOOK_EVERY):
                return
