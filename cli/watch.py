"""`proctor watch`: executors as lanes, the queue below, as long as somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.client import AwayError
from cli.queries import add_server_options, connected, print_status
from cli.shown import clean, console, say_json, seconds, styled, took

if TYPE_CHECKING:
    import argparse

    from cli.client import Client
    from cli.commands import Commands

_NEXT = 10
_MOST_WAITING = 1_000
"""The newest come first, and the next to run are the oldest: so all of them are looked at."""


def add_watch_command(commands: Commands) -> None:
    """Adds `watch`."""
    parser = commands.add_parser("watch", help="the queue, live")
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks (0.5)")
    add_server_options(parser)
    parser.set_defaults(run=watch)


def watch(options: argparse.Namespace) -> int:
    """Looks until interrupted; once if nobody sits at a terminal."""
    out = console()
    with connected(options) as client:
        if options.json:
            say_json(client.get("/queue/status"))
        elif not out.is_terminal:
            print_status(client.get("/queue/status"))
        else:
            _watch(client, out, options.interval)
    return 0


def _watch(client: Client, out: Console, interval: float) -> None:
    with Live(picture(client), console=out, screen=True, auto_refresh=False) as live:
        while True:
            client.pause(max(interval, 0.1))
            live.update(_look(client), refresh=True)


def _look(client: Client) -> Group | Text:
    """The picture; or, while the server is away, that it is: somebody still looks."""
    try:
        return picture(client)
    except AwayError as error:
        return Text(clean(error), style="bold red")


def picture(client: Client) -> Group:
    """One look at everything."""
    status = client.get("/queue/status")
    active = {run["executor"]: run for run in client.get("/queue/active")["items"]}
    waiting = client.pages("/runs", _MOST_WAITING, status="queued")
    waiting.sort(key=lambda run: run["queue_position"] or 0)
    latest = client.get("/runs", status=["passed", "failed", "errored", "timed_out"], limit=8)
    return Group(
        _headline(status),
        Panel(_lanes(status, active), title="executors", title_align="left", border_style="dim"),
        Panel(_queue(waiting), title="next", title_align="left", border_style="dim"),
        Panel(_verdicts(latest["items"]), title="latest", title_align="left", border_style="dim"),
    )


def _headline(status: dict[str, Any]) -> Text:
    line = Text()
    line.append(" Proctor ", style="bold reverse")
    line.append(f"  {status['active']} of {status['max_concurrent']} active", style="cyan")
    line.append(f"   {status['queued']} queued")
    if status["oldest_queued_seconds"] is not None:
        line.append(f"   oldest waits {seconds(status['oldest_queued_seconds'])}", style="dim")
    if status["paused"]:
        line.append("   PAUSED", style="bold yellow")
    line.append(f"   {status['broker']['kind']}, position {status['position']}", style="dim")
    return line


def _lanes(status: dict[str, Any], active: dict[str, dict[str, Any]]) -> Table:
    lanes = Table.grid(padding=(0, 2), expand=True)
    for ratio in (3, 2, 8, 5):
        lanes.add_column(ratio=ratio, no_wrap=True, overflow="ellipsis")
    lanes.add_column(width=14, justify="right", no_wrap=True)
    for executor in status["executors"]:
        run = active.get(executor["id"])
        state = styled(executor["state"])
        if run is None:
            lanes.add_row(Text(clean(executor["id"])), state, "", "", "")
            continue
        total, done = max(run["steps_total"], 1), run["steps_passed"]
        progress = ProgressBar(total, done, complete_style="cyan", finished_style="green")
        steps = f"{run['steps_passed']}/{run['steps_total']}  {seconds(took(run))}"
        name = Text(clean(run["name"], 80))
        lanes.add_row(Text(clean(executor["id"])), state, name, progress, Text(steps))
    return lanes


def _queue(waiting: list[dict[str, Any]]) -> Table:
    rows = Table.grid(padding=(0, 2))
    for run in waiting[:_NEXT]:
        place = Text(f"{run['queue_position']:>4}", style="dim")
        urgency = Text(f"p{run['priority']}", style="bold" if run["priority"] <= 3 else "")  # noqa: PLR2004
        rows.add_row(place, urgency, Text(clean(run["name"], 80)), Text(run["id"][:8], style="dim"))
    if len(waiting) > _NEXT:
        rows.add_row("", "", Text(f"and {len(waiting) - _NEXT} more", style="dim"), "")
    return rows


def _verdicts(runs: list[dict[str, Any]]) -> Table:
    rows = Table.grid(padding=(0, 2))
    for run in runs:
        said = clean(run["error"]["message"], 70) if run["error"] else ""
        name = Text(clean(run["name"], 60))
        rows.add_row(styled(run["status"]), seconds(took(run)), name, Text(said, style="dim"))
    return rows
