"""`proctor retention`: removes what belongs to old runs, and has the log say so."""

from __future__ import annotations

from argparse import ArgumentTypeError
from importlib import import_module
from typing import TYPE_CHECKING

from domain.retention_rules import STATUSES, Age

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands


def add_retention_command(commands: Commands) -> None:
    """Adds `retention`."""
    parser = commands.add_parser("retention", help="remove files or details of old runs")
    parser.add_argument(
        "--older-than", type=_age, metavar="AGE",
        help="of runs that are over for so long: 30d, 12h, 8w; without it, as PROCTOR_RETAIN_* say",
    )  # fmt: skip
    parser.add_argument(
        "--status", action="append", choices=STATUSES, help="only of these; without it of all"
    )
    parser.add_argument("--artifacts", action="store_true", help="screenshots, traces, logs")
    parser.add_argument("--details", action="store_true", help="texts of steps, pages and models")
    parser.add_argument("--dry-run", action="store_true", help="only say how much it would be")
    parser.add_argument("--json", action="store_true", help="say it for scripts")
    parser.add_argument("--data-dir", help="where everything is kept (.proctor)")
    parser.set_defaults(run=_retention)


def _age(text: str) -> Age:
    try:
        return Age(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _retention(options: argparse.Namespace) -> int:
    # Late, because other commands must not wait for the database's packages.
    status: int = import_module("cli.retaining").retention(options)
    return status
