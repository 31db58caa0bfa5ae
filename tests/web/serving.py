"""A server for pages under test, in a thread."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The URL of an ASGI application on a free port, while the context lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],), name="pages")
    thread.start()
    try:
        wait_until(lambda: server.started, "the server of the pages to listen")
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.force_exit = server.should_exit = True
        thread.join(10)
        listening.close()
