"""`proctor watch`: the queue as long as somebody looks; one look for whoever has no terminal."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from cli.queries import add_server_options, connected, print_status
from cli.shown import say_json

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands

_LEAST_INTERVAL = 0.1


def add_watch_command(commands: Commands) -> None:
    """Adds `watch`."""
    parser = commands.add_parser("watch", help="the queue, live")
    parser.add_argument("--once", action="store_true", help="one look, as without a terminal")
    parser.add_argument(
        "--interval", type=float, default=0.5, help="seconds between looks at the least (0.5)"
    )
    add_server_options(parser)
    parser.set_defaults(run=watch)


def watch(options: argparse.Namespace) -> int:
    """Looks until somebody leaves; once if nobody sits at a terminal."""
    with connected(options) as client:
        status = client.get("/queue/status")
        if options.json:
            say_json(status)
            return 0
        if options.once or not _is_at_a_terminal():
            print_status(status)
            return 0
        server = client.server
    # Late, because no other command must wait for the library that draws it.
    import_module("cli.live.app").show(server, max(options.interval, _LEAST_INTERVAL))
    return 0


def _is_at_a_terminal() -> bool:
    """Keys are read from the first, and the picture is drawn on the last of these."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    are_terminals = all(stream is not None and stream.isatty() for stream in streams)
    return are_terminals and os.environ.get("TERM", "dumb") != "dumb"
