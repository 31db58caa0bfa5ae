"""Several API processes on one port: started, started again when one dies, and ended together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import structlog

from runtime.backoff import Backoff
from runtime.lifecycle import Crew

if TYPE_CHECKING:
    import socket
    import threading
    from pathlib import Path

logger = structlog.get_logger()

_LOOK_EVERY = 0.2
_SETTLED_AFTER = 10.0
_END_TIMEOUT = 15.0


class Worker:
    """A component that keeps one process serving on a listener it inherits."""

    def __init__(self, number: int, listener: socket.socket, data_dir: Path) -> None:
        self.name = f"api worker {number}"
        self._listener = listener
        self._environment = {**os.environ, "PROCTOR_DATA_DIR": str(data_dir)}
        self._backoff = Backoff()

    def run(self, stop: threading.Event) -> None:
        """Keeps it running until `stop` is set."""
        while not stop.is_set():
            started = time.monotonic()
            status = self._serve(stop)
            if stop.is_set():
                return
            if time.monotonic() - started > _SETTLED_AFTER:
                self._backoff.reset()
            delay = self._backoff.next()
            logger.error("api.worker_ended", worker=self.name, status=status, again_in=delay)
            stop.wait(delay)

    def _serve(self, stop: threading.Event) -> int:
        descriptor = self._listener.fileno()
        command = [sys.executable, "-m", "cli.main", "api", "--listen-on", str(descriptor)]
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, pass_fds=[descriptor], env=self._environment
        )
        while process.poll() is None:
            if stop.wait(_LOOK_EVERY):
                _end(process)
        return process.returncode


def workers(count: int, listener: socket.socket, data_dir: Path) -> Crew:
    """The processes, kept running while the crew is entered."""
    crew = [Worker(number + 1, listener, data_dir) for number in range(count)]
    return Crew(crew, join_timeout=_END_TIMEOUT + 5)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
