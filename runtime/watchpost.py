"""Where a process without an API says how it is: for Prometheus, orchestrators and people."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import structlog

from domain.errors import ProctorError
from runtime.metrics import exposition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtime.settings import Settings

    Troubles = Callable[[], dict[str, str]]

logger = structlog.get_logger()

_REQUEST_TIMEOUT = 10


@contextmanager
def watchpost(settings: Settings, troubles: Troubles) -> Iterator[None]:
    """Serves `/metrics`, `/health/live` and `/health/ready` while PROCTOR_METRICS_PORT is set.

    Raises ProctorError if the address is taken.
    """
    if settings.metrics_port is None:
        yield
        return
    address = (settings.metrics_host, settings.metrics_port)
    try:
        server = ThreadingHTTPServer(address, _handler(troubles))
    except OSError as error:
        raise ProctorError(
            f"PROCTOR_METRICS_PORT: cannot listen on {address[0]}:{address[1]} ({error.strerror})"
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="watchpost", daemon=True)
    thread.start()
    logger.info("watchpost.listening", host=server.server_name, port=server.server_port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _handler(troubles: Troubles) -> type[BaseHTTPRequestHandler]:
    class Watchpost(BaseHTTPRequestHandler):
        timeout = _REQUEST_TIMEOUT

        def do_GET(self) -> None:
            """Answers one request."""
            match self.path.partition("?")[0]:
                case "/metrics":
                    self._answer(200, exposition(), "text/plain; version=0.0.4; charset=utf-8")
                case "/health/live":
                    self._answer(200, json.dumps({"status": "ok"}))
                case "/health/ready":
                    self._answer(*_readiness(troubles()))
                case _:
                    self._answer(404, json.dumps({"detail": f"nothing is at {self.path[:100]!r}"}))

        def log_message(self, *_: object) -> None:
            """Nothing: probes come every few seconds."""

        def _answer(self, status: int, body: str, kind: str = "application/json") -> None:
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Watchpost


def _readiness(missing: dict[str, str]) -> tuple[int, str]:
    body = {"status": "unavailable" if missing else "ok", "missing": missing}
    return 503 if missing else 200, json.dumps(body)
