"""`proctor open`: a run's page in the browser, or its address where there is no browser to open."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cli.queries import add_server_options, connected, resolve
from cli.shown import say, say_json

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands

_IN_A_TERMINAL = {"www-browser", "links", "elinks", "lynx", "w3m"}
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""The last is set where a terminal is on one machine and its browser on another."""


def add_open_command(commands: Commands) -> None:
    """Adds `open`."""
    parser = commands.add_parser("open", help="a run's page in the browser")
    parser.add_argument(
        "run_id", metavar="RUN", nargs="?", help="without it, the dashboard's first page"
    )
    parser.add_argument("--print", action="store_true", help="only say the address")
    add_server_options(parser)
    parser.set_defaults(run=open_page)


def open_page(options: argparse.Namespace) -> int:
    """Opens the page; prints its address where nothing can be opened."""
    with connected(options) as client:
        path = "/"
        if options.run_id is not None:
            path = f"/runs/{client.get(f'/runs/{resolve(client, options.run_id)}')['id']}"
        url = client.server.at(path)
    if options.json:
        say_json({"url": url})
    elif options.print or not opened(url):
        say(url)
    return 0


def opened(url: str) -> bool:
    """Whether a browser showed it: a text browser in this very terminal is none."""
    by_system = sys.platform in {"darwin", "win32"}
    if not by_system and not any(os.environ.get(name) for name in _DISPLAYS):
        return False
    with suppress(webbrowser.Error):
        name = Path(getattr(webbrowser.get(), "name", "")).name
        return name not in _IN_A_TERMINAL and webbrowser.open(url)
    return False
