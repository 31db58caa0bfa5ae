"""The two lines above the tables: how the queue stands, and what today came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.shown import clean, seconds

if TYPE_CHECKING:
    from cli.live.board import Board


def headline(board: Board | None, trouble: str | None) -> Text:
    """The queue; or, while the server is away, that it is: somebody still looks."""
    line = Text.assemble((" Proctor ", "bold reverse"))
    if trouble is not None:
        return line + Text(f"  {clean(trouble)}", style="bold red")
    if board is None:
        return line
    status = board.status
    line.append(f"  {status['active']} of {status['max_concurrent']} active", style="cyan")
    line.append(f"   {status['queued']} queued")
    if status["oldest_queued_seconds"] is not None:
        line.append(f"   oldest waits {seconds(status['oldest_queued_seconds'])}", style="dim")
    if status["paused"]:
        line.append("   PAUSED", style="bold yellow")
    line.append(f"   {status['broker']['kind']}, position {status['position']}", style="dim")
    return line


def figures(board: Board | None) -> Text:
    """Today's runs (UTC): how many, how well, how fast."""
    today = board.today if board else None
    if not today or not today["runs"]:
        return Text(" today: no run has ended yet", style="dim")
    line = Text.assemble((" today: ", "dim"), f"{today['runs']} runs")
    if today["pass_rate"] is not None:
        line.append(f"   {today['pass_rate']:.0%} passed")
    if today["flaky"]:
        line.append(f"   {today['flaky']} flaky")
    return (
        line + _times("waited", today["queue_seconds"]) + _times("took", today["duration_seconds"])
    )


def _times(what: str, percentiles: dict[str, Any] | None) -> Text:
    if percentiles is None:
        return Text()
    p50, p95 = seconds(percentiles["p50"]), seconds(percentiles["p95"])
    return Text(f"   {what} {p50} (p50), {p95} (p95)")
