"""Following runs to their verdicts: a live table on a terminal, a line a verdict elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
from rich.console import Group
from rich.live import Live
from rich.text import Text

from cli.client import ClientError
from cli.shown import RUN_COLUMNS, clean, console, run_row, say, seconds, table, took
from cli.summary import as_expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.client import Client

OVER = {"passed", "failed", "errored", "timed_out", "cancelled"}
_MOST_ROWS = 30
_LOOK_EVERY = 0.25
_CALM = 2.0
_MOST_BREAKS = 10


def follow(
    client: Client,
    runs: list[dict[str, Any]],
    position: int,
    *,
    quiet: bool = False,
    timeout: float | None = None,
) -> list[dict[str, Any]]:
    """The runs at their verdicts, in the order given.

    Follows the live stream from `position`, which must lie before them, and goes on after breaks.
    Raises ClientError when the server stays away, or after `timeout` seconds.
    """
    following = _Following(client, {run["id"]: run for run in runs}, timeout)
    out = console()
    if quiet or not out.is_terminal:
        for run in following.verdicts(position):
            if not quiet:
                say(_line(run))
        return list(following.runs.values())
    with Live(following.picture(), console=out, refresh_per_second=5) as live:
        for _ in following.verdicts(position, lambda: live.update(following.picture())):
            pass
        live.update(following.picture())
    return list(following.runs.values())


class _Following:
    def __init__(
        self, client: Client, runs: dict[str, dict[str, Any]], timeout: float | None
    ) -> None:
        self.runs = runs
        self._client = client
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._looked = 0.0

    def verdicts(self, position: int, tick: Any = lambda: None) -> Iterator[dict[str, Any]]:
        """Each run as it ends."""
        breaks = 0
        while self._left():
            try:
                for event in self._client.stream(position):
                    breaks = 0
                    if event is not None:
                        position = event["position"]
                        yield from self._after(event)
                    self._refresh_now_and_then()
                    tick()
                    self._check_deadline()
                    if not self._left():
                        return
            except httpx.TransportError as error:
                breaks += 1
                if breaks > _MOST_BREAKS:
                    raise ClientError(f"the server stays away: {error}") from error
                time.sleep(min(_CALM, _LOOK_EVERY * breaks))
            yield from self._catch_up()

    def picture(self) -> Group:
        """The runs as they stand: the running and next ones first."""
        order = {"running": 0, "queued": 2}
        shown = sorted(
            self.runs.values(),
            key=lambda run: (order.get(run["status"], 1), run["queue_position"] or 0),
        )[:_MOST_ROWS]
        counts = ", ".join(f"{n} {status}" for status, n in _counts(self.runs).items())
        return Group(table(RUN_COLUMNS, map(run_row, shown)), Text(counts, style="bold"))

    def _after(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        run = self.runs.get(event["run_id"] or "")
        if run is None or run["status"] in OVER:
            return
        if event["type"] == "StepPassed":
            run["steps_passed"] += 1
        elif event["type"] != "StepFailed":
            yield from self._look_at(run["id"], event["position"])

    def _look_at(self, run_id: str, position: int | None = None) -> Iterator[dict[str, Any]]:
        run = self._client.get(f"/runs/{run_id}", after_position=position)
        was_over = self.runs[run_id]["status"] in OVER
        self.runs[run_id] = run
        if run["status"] in OVER and not was_over:
            yield run

    def _catch_up(self) -> Iterator[dict[str, Any]]:
        for run_id in self._left():
            yield from self._look_at(run_id)

    def _refresh_now_and_then(self) -> None:
        """Places in the queue move without an event of the run's own."""
        if time.monotonic() - self._looked < _CALM:
            return
        self._looked = time.monotonic()
        for run in self._client.get("/runs", status="queued", limit=200)["items"]:
            if run["id"] in self.runs and self.runs[run["id"]]["status"] == "queued":
                self.runs[run["id"]] = run

    def _left(self) -> list[str]:
        return [run_id for run_id, run in self.runs.items() if run["status"] not in OVER]

    def _check_deadline(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise ClientError(f"gave up waiting: {len(self._left())} runs have no verdict yet")


def _counts(runs: dict[str, dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for run in runs.values():
        counts[run["status"]] = counts.get(run["status"], 0) + 1
    return counts


def _line(run: dict[str, Any]) -> str:
    mark = "" if as_expected(run) else f"  (expected {run['expect']})"
    flaky = "  flaky" if run["flaky"] else ""
    return f"{run['status']:<10} {seconds(took(run)):>8}  {clean(run['name'], 80)}{flaky}{mark}"
