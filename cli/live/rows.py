"""Runs and executors as rows of tables: plain text, whatever a tested page put into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.shown import clean, moment, roughly, seconds, styled, took

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cli.live.board import Board

_URGENT = 3
_BAR = 12
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """`key` tells rows of one table apart; `run_id` is the run it is about, if it is about one."""

    key: str
    cells: tuple[Text, ...]
    run_id: str | None


LANES = (("executor", 16), ("state", 9), ("run", 0), ("steps", 22), ("time", 9), ("", 8))
WAITING = (("place", 5), ("prio", 4), ("run", 0), ("waits", 10), ("starts in", 9), ("", 8))
LATEST = (("verdict", 9), ("time", 9), ("run", 0), ("why", -1), ("", 8))
"""Columns and their widths: 0 shares in what is left, -1 in twice as much."""


def lanes(board: Board) -> Iterator[Row]:
    """An executor each."""
    held = board.by_executor
    for executor in board.status["executors"]:
        name, state = Text(clean(executor["id"], 40)), styled(executor["state"])
        run = held.get(executor["id"])
        if run is None:
            yield Row(executor["id"], (name, state, *map(Text, [""] * 4)), None)
            continue
        cells = (name, state, _name(run), _steps(run), Text(seconds(took(run))), _short(run))
        yield Row(executor["id"], cells, run["id"])


def waiting(board: Board, now: datetime) -> Iterator[Row]:
    """The queue, the next to start first."""
    for run in board.waiting:
        urgent = run["priority"] <= _URGENT
        starts = run.get("estimated_start")
        cells = (
            Text(f"{run['queue_position'] or '':>5}", style="dim"),
            Text(f"p{run['priority']}", style="bold yellow" if urgent else ""),
            _name(run),
            Text(roughly((now - moment(run["queued_at"])).total_seconds())),
            Text(roughly((moment(starts) - now).total_seconds()) if starts else "", style="dim"),
            _short(run),
        )
        yield Row(run["id"], cells, run["id"])


def latest(board: Board) -> Iterator[Row]:
    """The newest verdicts."""
    for run in board.latest:
        said = clean(run["error"]["message"], _LONGEST) if run["error"] else ""
        flaky = "flaky" if run["flaky"] else ""
        cells = (
            styled(run["status"]),
            Text(seconds(took(run))),
            _name(run),
            _cut(said or flaky, "dim"),
            _short(run),
        )
        yield Row(run["id"], cells, run["id"])


def _name(run: dict[str, Any]) -> Text:
    return _cut(clean(run["name"], _LONGEST))


def _cut(text: str, style: str = "") -> Text:
    """As much as fits, with a sign that there is more."""
    return Text(text, style, no_wrap=True, overflow="ellipsis")


def _short(run: dict[str, Any]) -> Text:
    return Text(run["id"][:8], style="dim")


def _steps(run: dict[str, Any]) -> Text:
    total, done = max(run["steps_total"], 1), run["steps_passed"]
    full = _BAR * min(done, total) // total
    bar = Text("━" * full, style="cyan") + Text("━" * (_BAR - full), style="dim")
    return bar + Text(f" {done}/{run['steps_total']}")
