"""`proctor keys`: make, list and revoke API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.queries import add_server_options, connected
from cli.shown import console, say, say_json, table
from domain.api_key import ROLES

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands


def add_key_commands(commands: Commands) -> None:
    """Adds `keys create`, `keys list` and `keys revoke`."""
    actions = commands.add_parser("keys", help="API keys").add_subparsers(required=True)
    make = actions.add_parser("create", help="make a key; it is shown once")
    make.add_argument("--role", required=True, choices=ROLES)
    make.add_argument("--name", default="unnamed", help="what it is for")
    revoke = actions.add_parser("revoke", help="let a key open nothing any more")
    revoke.add_argument("id", metavar="ID")
    listed = actions.add_parser("list", help="every key, without what opens it")
    for parser, run in ((make, create), (listed, show), (revoke, end)):
        add_server_options(parser)
        parser.set_defaults(run=run)


def create(options: argparse.Namespace) -> int:
    """Makes a key."""
    with connected(options) as client:
        made = client.post("/keys", {"role": options.role, "name": options.name})
    if options.json:
        say_json(made)
    else:
        say(made["key"])
    return 0


def show(options: argparse.Namespace) -> int:
    """Lists the keys, without what opens them."""
    with connected(options) as client:
        found = client.get("/keys")
    if options.json:
        say_json(found)
        return 0
    rows = [
        (k["id"], k["name"], k["role"], "revoked" if k["revoked"] else "", k["created_at"])
        for k in found["items"]
    ]
    console().print(table(("id", "name", "role", "", "made"), rows))
    return 0


def end(options: argparse.Namespace) -> int:
    """Revokes a key."""
    with connected(options) as client:
        client.delete(f"/keys/{quote(options.id, safe='')}")
    if options.json:
        say_json({"id": options.id, "revoked": True})
    else:
        say(f"{options.id} revoked")
    return 0
