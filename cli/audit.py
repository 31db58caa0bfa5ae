"""`proctor audit`: what the log says of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.queries import add_server_options, connected, print_status
from cli.shown import say_json

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands


def add_audit_commands(commands: Commands) -> None:
    """Adds `audit replay`."""
    actions = commands.add_parser("audit", help="the past").add_subparsers(required=True)
    parser = actions.add_parser("replay", help="the queue as it stood at a moment")
    parser.add_argument("--at", metavar="TIME", help="RFC 3339, as in 2026-11-23T12:00:00Z; now")
    add_server_options(parser)
    parser.set_defaults(run=replay)


def replay(options: argparse.Namespace) -> int:
    """Replays the log up to a moment and shows the queue."""
    with connected(options) as client:
        found = client.get("/queue/status", at=options.at)
    if options.json:
        say_json(found)
    else:
        print_status(found)
    return 0
