"""The API as a role: an HTTP server on one address."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
import uvicorn

from api.app import create_app
from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.services import Services

logger = structlog.get_logger()

_GRACE = 3
"""Seconds for requests in hand when the server stops."""


def bind(host: str, port: int) -> socket.socket:
    """A listening address; port 0 takes a free one. Raises ProctorError naming what is wrong."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns off Nagle's algorithm only where it is: without,
    # every answer waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ProctorError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port"
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Where clients on this machine reach it."""
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{reached}:{port}"


def serve(services: Services, listener: socket.socket) -> None:
    """Serves until SIGINT or SIGTERM; must be called from the main thread."""
    logger.info("api.listening", url=url_of(listener))
    server(services).run(sockets=[listener])


def server(services: Services) -> uvicorn.Server:
    """The HTTP server over `services`.

    What a trusted proxy forwards of the client, its address and the scheme, counts as the request's
    own; from anybody else it would be a claim.
    """
    config = uvicorn.Config(
        create_app(services),
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        proxy_headers=True,
        forwarded_allow_ips=list(services.settings.trusted_proxies),
    )
    return uvicorn.Server(config)


@contextmanager
def announced(data_dir: Path, url: str) -> Iterator[None]:
    """Lets client commands on this machine find the server, through the data folder."""
    note = data_dir / "server.json"
    data_dir.mkdir(parents=True, exist_ok=True)
    said = json.dumps({"url": url, "pid": os.getpid(), "host": socket.gethostname()})
    writing = data_dir / f".server.json.{socket.gethostname()}.{os.getpid()}"
    writing.write_text(said)
    writing.rename(note)  # Whoever reads it finds all of it.
    try:
        yield
    finally:
        if note.exists() and note.read_text() == said:  # Not another server's on the same folder.
            note.unlink(missing_ok=True)
