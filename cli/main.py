"""The `proctor` command."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cli.roles import add_role_commands
from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status."""
    parser = argparse.ArgumentParser(prog="proctor")
    add_role_commands(parser.add_subparsers(required=True))
    options = parser.parse_args(argv)
    try:
        status: int = options.run(options)
    except ProctorError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
