"""One role of the deployment as a process: started, hurt, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx

from tests.support.deployment import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_END_TIMEOUT = 20.0
_RESTART_AFTER = 0.2


class Role:
    """A process that is started again when it ends, as systemd or Kubernetes would."""

    def __init__(
        self, name: str, command: Sequence[str | Path], environment: dict[str, str], log: Path
    ) -> None:
        self.name = name
        self.environment = environment
        self.wanted = False
        self._command = list(command)
        self._log = log
        self._port = environment.get("PROCTOR_METRICS_PORT")
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        """The keeper must not find it wanted and not there yet."""
        self._not_before = 0.0

    @property
    def pid(self) -> int:
        """Of the present process."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the present process has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, **more: str) -> None:
        """Starts it, with `more` in its environment this once."""
        with self._starting, self._log.open("ab") as output:
            self.wanted, self._not_before = True, 0.0
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=output, cwd=ROOT,
                env=self.environment | more,
            )  # fmt: skip

    def look_after(self) -> None:
        """Starts it again if it has ended; called often."""
        with self._starting:
            if not self.wanted or self.alive:
                return
        now = time.monotonic()
        if self._not_before == 0.0:
            self._not_before = now + _RESTART_AFTER
        elif now >= self._not_before:
            self.start()

    def kill(self) -> None:
        """SIGKILL; it is started again."""
        self._signal(signal.SIGKILL)
        self.process.wait(_END_TIMEOUT)

    def freeze(self) -> None:
        """SIGSTOP."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def restart(self, **more: str) -> float:
        """Ends it in order and starts it again; how long the end took, in seconds."""
        seconds = self.end()
        self.start(**more)
        return seconds

    def end(self) -> float:
        """SIGTERM, and nobody starts it again. Raises AssertionError if it had to be killed."""
        self.wanted = False
        began = time.monotonic()
        if self.alive:
            self.thaw()
            self._signal(signal.SIGTERM)
            try:
                self.process.wait(_END_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self.process.wait()
                raise AssertionError(
                    f"{self.name} did not end within {_END_TIMEOUT:g} s of SIGTERM"
                ) from None
        return time.monotonic() - began

    def ready(self) -> dict[str, str] | None:
        """What it misses by its own account, nothing if it is ready; None if it does not say."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self._port}/health/ready", timeout=2)
            missing: dict[str, str] = answer.json()["missing"]
        except (httpx.HTTPError, ValueError):
            return None
        return missing

    def measured(self, name: str) -> float | None:
        """The value of one of its metrics without labels; None if it does not say."""
        try:
            told = httpx.get(f"http://127.0.0.1:{self._port}/metrics", timeout=2).text
        except httpx.HTTPError:
            return None
        values = [line.split()[1] for line in told.splitlines() if line.startswith(f"{name} ")]
        return float(values[0]) if values else None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The present process."""
        assert self._process is not None
        return self._process

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
