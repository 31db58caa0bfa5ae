"""`proctor pause`, `resume` and `drain`: who takes runs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.queries import add_server_options, connected
from cli.shown import clean, say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cli.commands import Commands


def add_steering_commands(commands: Commands) -> None:
    """Adds the three."""
    _add(commands.add_parser("pause", help="no executor takes a run"), pause)
    again = commands.add_parser("resume", help="runs are taken again, by all or by some executors")
    again.add_argument(
        "executors", metavar="EXECUTOR", nargs="*", help="drained ones; without any, the queue"
    )
    _add(again, resume)
    drained = commands.add_parser("drain", help="some executors take no more runs")
    drained.add_argument(
        "executors", metavar="EXECUTOR", nargs="+", help="as `proctor status` names it"
    )
    _add(drained, drain)


def pause(options: argparse.Namespace) -> int:
    """Pauses the queue."""
    return _steer(options, ["/queue/pause"])


def resume(options: argparse.Namespace) -> int:
    """Resumes executors, or the queue."""
    return _steer(options, _each(options, "resume") or ["/queue/resume"])


def drain(options: argparse.Namespace) -> int:
    """Drains executors."""
    return _steer(options, _each(options, "drain"))


def _each(options: argparse.Namespace, what: str) -> list[str]:
    return [f"/executors/{quote(executor)}/{what}" for executor in options.executors]


def _steer(options: argparse.Namespace, paths: list[str]) -> int:
    with connected(options) as client:
        for path in paths:
            status = client.post(path)
    if options.json:
        say_json(status)
        return 0
    say("the queue is paused" if status["paused"] else "the queue is not paused")
    for executor in status["executors"]:
        say(f"{clean(executor['id'])} is {executor['state']}")
    return 0


def _add(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    add_server_options(parser)
    parser.set_defaults(run=run)
