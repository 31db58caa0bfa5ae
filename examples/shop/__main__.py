"""Serves the shop on this machine: `python -m examples.shop --port 8099`."""

from __future__ import annotations

import argparse
import socket
import sys

import uvicorn

from examples.shop.app import create_app
from examples.shop.pages import redesign

HOST = "127.0.0.1"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m examples.shop", description=__doc__)
    arguments.add_argument("--port", type=int, default=8099, help="0 takes any free one")
    arguments.add_argument(
        "--redesigned", action="store_true", help="the same shop, its pages built differently"
    )
    said = arguments.parse_args()
    port = said.port
    if said.redesigned:
        redesign()
    try:
        listener = _listen(port)
    except (OSError, OverflowError) as error:
        sys.exit(f"cannot listen on {HOST}:{port}: {error}; choose another --port, or 0 for any")
    with listener:
        sys.stdout.write(f"Shop on http://{HOST}:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        _serve(listener)


def _listen(port: int) -> socket.socket:
    # Listening before the address is printed: whoever reads it can connect at once.
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _serve(listener: socket.socket) -> None:
    # Slow pages and huge downloads may still be under way; they must not hold up the end.
    config = uvicorn.Config(create_app(), log_level="warning", timeout_graceful_shutdown=1)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
