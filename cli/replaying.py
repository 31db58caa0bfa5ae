"""`proctor audit replay`: the queue as it stood at a moment, or played from one to another."""

from __future__ import annotations

import json
import time
from math import ceil
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.live import Live
from rich.text import Text

from cli.client import ClientError
from cli.moments import latest_moment, moment_of
from cli.queries import add_server_options, connected, print_status
from cli.shown import clean, console, say, say_json, seconds, styled, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import timedelta

    from cli.client import Client
    from cli.commands import Commands

_FRAMES_A_SECOND = 4
_MOST_FRAMES = 1_000
_BAR = 40


def add_replay(actions: Commands) -> None:
    """Adds `audit replay`."""
    parser = actions.add_parser("replay", help="the queue as it stood, or played")
    parser.add_argument("--at", metavar="TIME", help="RFC 3339, as in 2026-11-23T12:00:00Z; now")
    parser.add_argument("--from", dest="since", metavar="TIME", help="play from this moment")
    parser.add_argument("--to", dest="until", metavar="TIME", help="to this one; now")
    parser.add_argument(
        "--speed", type=float, default=10.0, metavar="N", help="times as fast as it was (10)"
    )
    add_server_options(parser)
    parser.set_defaults(run=replay)


def replay(options: argparse.Namespace) -> int:
    """Shows one moment, or plays."""
    if options.at and (options.since or options.until):
        raise ClientError("--at shows one moment, --from and --to play: give one or the other")
    if options.until and not options.since:
        raise ClientError("--to needs --from: the moment to begin at")
    with connected(options) as client:
        if options.since:
            _play(client, options)
        else:
            _show(client, options)
    return 0


def _show(client: Client, options: argparse.Namespace) -> None:
    found = client.get("/queue/status", at=options.at)
    if options.json:
        say_json(found)
    else:
        print_status(found)


def _play(client: Client, options: argparse.Namespace) -> None:
    since, until = moment_of("--from", options.since), latest_moment()
    if options.until:
        until = moment_of("--to", options.until)
    if options.speed <= 0:
        raise ClientError(f"--speed {options.speed:g}: a number above 0 is needed, as in 10")
    if since >= until:
        raise ClientError(f"--from {options.since} is not before {until.isoformat()}")
    frames = _frames(until - since, options.speed)
    asked = {"from": since.isoformat(), "to": until.isoformat(), "frames": frames}
    found = client.lines("/queue/replay", **asked)
    if options.json or not console().is_terminal:
        for frame in found:
            say(json.dumps(frame) if options.json else _in_a_line(frame))
        return
    with console().status("replaying the log"):
        loaded = list(found)  # The server waits for nobody who watches.
    _draw(client, loaded, (until - since).total_seconds() / options.speed / (frames - 1))


def _draw(client: Client, frames: Sequence[dict[str, Any]], apart: float) -> None:
    with Live(console=console(), auto_refresh=False) as live:
        due = time.monotonic()
        for frame in frames:
            client.pause(max(0.0, due - time.monotonic()))
            live.update(_picture(frame), refresh=True)
            due += apart


def _frames(played: timedelta, speed: float) -> int:
    wanted = ceil(played.total_seconds() / speed * _FRAMES_A_SECOND)
    return min(max(wanted, 2), _MOST_FRAMES)


def _picture(frame: dict[str, Any]) -> Group:
    status = frame["status"]
    rows = [
        (clean(executor["id"]), styled(executor["state"]), (executor["run_id"] or "")[:8])
        for executor in status["executors"]
    ]
    waiting = [
        Text(f"priority {priority:>2}  {'▇' * min(count, _BAR)} {count}", style="cyan")
        for priority, count in status["by_priority"].items()
    ]
    return Group(Text(_in_a_line(frame)), table(("executor", "state", "run"), rows), *waiting)


def _in_a_line(frame: dict[str, Any]) -> str:
    status = frame["status"]
    oldest = status["oldest_queued_seconds"]
    waits = f", the oldest waits {seconds(oldest)}" if oldest is not None else ""
    paused = ", paused" if status["paused"] else ""
    return f"{frame['at']}  {status['active']} active, {status['queued']} queued{waits}{paused}"
