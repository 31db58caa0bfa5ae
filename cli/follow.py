"""Following runs to their verdicts: a live table on a terminal, a line a verdict elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
from rich.live import Live

from cli.answers import AwayError, ClientError, unreachable
from cli.progress import OVER, picture, verdict_line
from cli.shown import console, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from cli.client import Client

_LOOK_EVERY = 0.25
_CALM = 2.0
_LONGEST_SILENCE = 40.0
_MOST_BREAKS = 20
_MOST_IN_A_BATCH = 1_000
_NOTHING_NEW = {"RunRequested", "StepFailed"}


def follow(
    client: Client,
    runs: Sequence[dict[str, Any]],
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
                say(verdict_line(run, following.runs.values()))
        return list(following.runs.values())

    def drawn() -> RenderableType:
        return picture(following.runs.values(), out.width, out.height)

    with Live(get_renderable=drawn, console=out, refresh_per_second=5):
        for _ in following.verdicts(position):
            pass
    return list(following.runs.values())


class _Following:
    def __init__(
        self, client: Client, runs: dict[str, dict[str, Any]], timeout: float | None = None
    ) -> None:
        self.runs = runs
        self._client = client
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._looked = 0.0
        self._position = 0

    def verdicts(self, position: int) -> Iterator[dict[str, Any]]:
        """Each run as it ends."""
        self._position = position
        breaks = 0
        while True:
            try:
                yield from self._catch_up()
                breaks = 0
                if not self._left():
                    return
                yield from self._listen()
            except (httpx.TransportError, AwayError) as error:
                breaks += 1
                if breaks > _MOST_BREAKS:
                    said = _worded(error, self._client.server.url)
                    raise ClientError(f"the server stays away: {said}") from error
            if not self._left():
                return
            self._check_deadline()
            self._client.pause(min(_CALM, _LOOK_EVERY * 2**breaks))

    def _listen(self) -> Iterator[dict[str, Any]]:
        """Verdicts as the live stream brings them, until it breaks."""
        for event in self._client.stream(self._position, self._seconds_left()):
            if event is not None:
                self._position = event["position"]
                yield from self._after(event)
            self._refresh_now_and_then()
            self._check_deadline()
            if not self._left():
                return

    def _after(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        run = self.runs.get(event["run_id"] or "")
        if run is None or run["status"] in OVER:
            return
        if event["type"] == "StepPassed":
            self._count(run, event["data"])
        elif event["type"] not in _NOTHING_NEW:
            yield from self._look_at(run["id"], event["position"])

    def _count(self, run: dict[str, Any], step: dict[str, Any]) -> None:
        """The run may have been looked at after this step: nothing is counted twice."""
        if step["attempt"] == run["attempt"]:
            run["steps_passed"] = max(run["steps_passed"], step["index"] + 1)

    def _look_at(self, run_id: str, position: int) -> Iterator[dict[str, Any]]:
        yield from self._take(self._client.get(f"/runs/{run_id}", after_position=position))

    def _take(self, run: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if self.runs[run["id"]]["status"] in OVER:
            return
        self.runs[run["id"]] = run
        if run["status"] in OVER:
            yield run

    def _catch_up(self) -> Iterator[dict[str, Any]]:
        """Looks at everything again: what happened in a break, or where there is no stream."""
        for batch_id in {self.runs[run_id]["batch_id"] for run_id in self._left()}:
            for run in self._client.pages("/runs", _MOST_IN_A_BATCH, batch_id=batch_id):
                if run["id"] in self.runs:
                    yield from self._take(run)

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

    def _seconds_left(self) -> float:
        """At least a moment: the deadline itself is checked elsewhere."""
        if self._deadline is None:
            return _LONGEST_SILENCE
        return max(_LOOK_EVERY, self._deadline - time.monotonic())

    def _check_deadline(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise ClientError(f"gave up waiting: {len(self._left())} runs have no verdict yet")


def _worded(error: Exception, url: str) -> str:
    return unreachable(error, url) if isinstance(error, httpx.TransportError) else str(error)
