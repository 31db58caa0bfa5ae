"""The `proctor` command."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import httpx
from pydantic import ValidationError

from cli.audit import add_audit_commands
from cli.keys import add_key_commands
from cli.queries import add_query_commands
from cli.roles import add_role_commands
from cli.submit import add_submit_command
from cli.watch import add_watch_command
from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE = 2
_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status."""
    options = _parser().parse_args(argv)
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except ValidationError as error:
        return _refuse("\n".join(_explain(one) for one in error.errors()))
    except (ProctorError, ValueError) as error:
        return _refuse(str(error))
    except httpx.HTTPError as error:
        return _refuse(f"the server broke off: {error or type(error).__name__}")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="proctor", description="A queue that runs browser tests and keeps proof."
    )
    parser.add_argument("--version", action="version", version=f"proctor {version('proctor')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (
        add_role_commands,
        add_submit_command,
        add_query_commands,
        add_watch_command,
        add_key_commands,
        add_audit_commands,
    ):
        add(commands)
    return parser


def _explain(error: object) -> str:
    """A setting that pydantic refused, by the name people set it with."""
    facts = dict(error)  # type: ignore[call-overload]
    name = "_".join(["PROCTOR", *(str(part) for part in facts["loc"])]).upper()
    return f"{name}: {facts['msg']}"


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201 - the one line a person gets
    return _USAGE


if __name__ == "__main__":
    sys.exit(main())
