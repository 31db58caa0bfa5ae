"""`proctor audit`: what the log says of the past, and proof that it is what it was."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cli.deeds import add_log
from cli.queries import add_server_options, connected, resolve
from cli.replaying import add_replay
from cli.shown import say
from cli.simulating import add_simulate

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands


def add_audit_commands(commands: Commands) -> None:
    """Adds `audit log`, `replay`, `simulate`, `verify`, `export` and `checkpoints`."""
    actions = commands.add_parser("audit", help="the past, and proof of it").add_subparsers(
        required=True, metavar="ACTION"
    )
    add_log(actions)
    add_replay(actions)
    add_simulate(actions)
    _add_verify(actions)
    out = actions.add_parser("export", help="a file that proves one run's history by itself")
    out.add_argument("run_id", metavar="RUN")
    out.add_argument("--to", type=Path, metavar="FILE", help="evidence-RUN.json")
    add_server_options(out)
    out.set_defaults(run=export)
    signed = actions.add_parser("checkpoints", help="signed words on the log, a line of JSON each")
    signed.add_argument("--after", type=int, default=0, metavar="N", help="those behind number N")
    add_server_options(signed)
    signed.set_defaults(run=checkpoints)


def _add_verify(actions: Commands) -> None:
    parser = actions.add_parser("verify", help="whether anything in the log was changed")
    parser.add_argument("file", nargs="?", type=Path, help="an export; without it the whole log")
    parser.add_argument(
        "--trust", type=Path, action="append", default=[], metavar="PEM",
        help="a public key whose signatures count; without it those named in the database or file",
    )  # fmt: skip
    parser.add_argument(
        "--published", type=Path, metavar="FILE", help="checkpoints that were sent elsewhere"
    )
    parser.add_argument(
        "--artifacts", type=Path, metavar="FOLDER",
        help="look at the files in it, too; of the whole log without it in the data folder's",
    )  # fmt: skip
    parser.add_argument("--data-dir", help="where everything is kept (.proctor)")
    parser.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    # Late, because other commands must not wait for the database's and cryptography's packages.
    status: int = import_module("cli.verifying").verify(options)
    return status


def export(options: argparse.Namespace) -> int:
    """Writes the evidence on one run."""
    with connected(options) as client:
        run_id = resolve(client, options.run_id)
        found = client.get(f"/runs/{run_id}/evidence")
    path: Path = options.to or Path(f"evidence-{run_id}.json")
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    say(f"{path}: check it with `proctor audit verify {path}`")
    return 0


def checkpoints(options: argparse.Namespace) -> int:
    """Prints checkpoints for whoever keeps them elsewhere."""
    after = options.after
    with connected(options) as client:
        while page := client.get("/audit/checkpoints", after=after)["items"]:
            for item in page:
                say(json.dumps(item))
            after = page[-1]["number"]
    return 0
