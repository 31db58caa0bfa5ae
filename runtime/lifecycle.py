"""How the long-running parts of a process start, are kept running, and stop."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import structlog

from runtime.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

logger = structlog.get_logger()

_SETTLED_AFTER = 6.0
"""Seconds of work after which an earlier failure no longer counts; above the longest back-off."""


class Component(Protocol):
    """One long-running part: `run` works until `stop` is set, or raises."""

    name: str

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set; waits on it rather than sleeping."""


@runtime_checkable
class Candid(Protocol):
    """A component that says itself what is wrong while it goes on working."""

    @property
    def trouble(self) -> str | None:
        """What is wrong now; None if nothing is."""


class Supervised:
    """A component in a thread of its own, started again with back-off whenever it raises."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self._failure: str | None = None
        self._unsettled_since = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name=component.name)

    def start(self) -> None:
        """Starts the thread; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Asks the component to end; returns at once."""
        self._stop.set()

    def join(self, timeout: float) -> None:
        """Waits at most `timeout` seconds for the end."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            logger.error("component.did_not_stop", component=self.component.name)

    @property
    def trouble(self) -> str | None:
        """What went wrong lately, or what the component says of itself; None while it works."""
        if self._failure and time.monotonic() - self._unsettled_since <= _SETTLED_AFTER:
            return self._failure
        return self.component.trouble if isinstance(self.component, Candid) else None

    def _keep_running(self) -> None:
        backoff = Backoff()
        while not self._stop.is_set():
            # A new start settles nothing: it may wait for what made the last one fail.
            started = self._unsettled_since = time.monotonic()
            try:
                self.component.run(self._stop)
            except Exception as error:  # noqa: BLE001 - whatever it was, it must run again
                if time.monotonic() - started > _SETTLED_AFTER:
                    backoff.reset()
                self._stop.wait(self._report(error, backoff))

    def _report(self, error: Exception, backoff: Backoff) -> float:
        self._failure = trouble = f"{type(error).__name__}: {error}"
        self._unsettled_since = time.monotonic()
        delay = backoff.next()
        logger.warning(
            "component.failed",
            component=self.component.name,
            error=trouble,
            again_in=round(delay, 2),
        )
        return delay


class Crew:
    """Supervised components that start together and stop together, the last one first."""

    def __init__(self, components: Sequence[Component], join_timeout: float = 10.0) -> None:
        self.members = [Supervised(component) for component in components]
        self._join_timeout = join_timeout

    def __enter__(self) -> Self:
        for member in self.members:
            member.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for member in reversed(self.members):
            member.stop()
        for member in reversed(self.members):
            member.join(self._join_timeout)

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong now, by component name."""
        return {m.component.name: m.trouble for m in self.members if m.trouble is not None}
