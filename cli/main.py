"""The `proctor` command."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import httpx
from pydantic import ValidationError

from cli.audit import add_audit_commands
from cli.completion import add_completion_command
from cli.decisions import add_decision_commands
from cli.keys import add_key_commands
from cli.opening import add_open_command
from cli.queries import add_query_commands
from cli.retention import add_retention_command
from cli.roles import add_role_commands
from cli.shown import complain
from cli.steering import add_steering_commands
from cli.submit import add_submit_command
from cli.watch import add_watch_command
from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE = 2
_INTERRUPTED = 130
_NOBODY_READS = 141


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
    except httpx.InvalidURL as error:
        return _refuse(f"that is no address of a server: {error}")
    except BrokenPipeError:
        return _leave_quietly()
    except OSError as error:
        return _refuse(f"{error.filename or 'this machine'}: {error.strerror or error}")
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
        add_steering_commands,
        add_watch_command,
        add_open_command,
        add_decision_commands,
        add_key_commands,
        add_audit_commands,
        add_retention_command,
    ):
        add(commands)
    add_completion_command(commands, parser)
    return parser


def _explain(error: object) -> str:
    """A setting that pydantic refused, by the name people set it with."""
    facts = dict(error)  # type: ignore[call-overload]
    said = facts["msg"].removeprefix("Value error, ")
    return f"PROCTOR_{facts['loc'][0]}".upper() + f": {said}"


def _refuse(message: str) -> int:
    complain(message)
    return _USAGE


def _leave_quietly() -> int:
    """Whoever read the output has gone, as in `proctor runs | head`; so has what is still in it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _NOBODY_READS


if __name__ == "__main__":
    sys.exit(main())
