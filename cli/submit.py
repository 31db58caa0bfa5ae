"""`proctor submit`: suites in, verdicts out."""

from __future__ import annotations

import os
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.queries import add_server_options, connected
from cli.seeing_through import Submitted, see_through
from cli.sending import send
from cli.shown import clean, say, say_json
from cli.suites import read_portions
from domain.errors import ProctorError

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands


def add_submit_command(commands: Commands) -> None:
    """Adds `submit`."""
    parser = commands.add_parser("submit", help="queue the runs of suite files")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--wait", action="store_true", help="follow them to their verdicts")
    parser.add_argument("--priority", type=int, help="1 (most urgent) to 10, for all of them")
    parser.add_argument("--label", action="append", default=[], metavar="K=V")
    parser.add_argument(
        "--variable", action="append", default=[], metavar="NAME=VALUE", help="of ${NAME} in steps"
    )
    parser.add_argument("--base-url", help="instead of the suites' own")
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="write JUnit XML (implies --wait)"
    )
    parser.add_argument(
        "--annotations", choices=("github", "none"),
        help="surprises beside the suite's lines; by itself in GitHub's builds (implies --wait)",
    )  # fmt: skip
    parser.add_argument("--timeout", type=_seconds, help="wait at most so many seconds")
    add_server_options(parser)
    parser.set_defaults(run=submit)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def submit(options: argparse.Namespace) -> int:
    """0 if all ended as their suites expect, 1 if some did not, 2 if nothing could be submitted."""
    portions = read_portions(options)
    if options.junit:
        _check_writable(options.junit)
    with connected(options) as client:
        began = time.monotonic()
        position = int(client.get("/queue/status")["position"])
        runs = send(client, portions)
        if options.wait or options.junit or options.annotations == "github":
            origins = [origin for portion in portions for origin in portion.origins]
            return see_through(options, client, Submitted(runs, origins, position, began))
    _print_accepted(options, runs)
    return 0


def _check_writable(path: Path) -> None:
    """Now, rather than when the runs are over."""
    is_there = path.is_file() or (path.parent.is_dir() and not path.exists())
    if not is_there or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ProctorError(
            f"--junit {path}: cannot be written; name a file in a folder that exists"
        )


def _print_accepted(options: argparse.Namespace, runs: list[dict[str, Any]]) -> None:
    if options.json:
        say_json({"items": runs, "next": None})
        return
    for run in runs:
        say(f"{run['id']}  {clean(run['name'])}")
