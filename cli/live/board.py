"""One look at everything that the view shows, and what events change of it at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.live.connection import Connection

_MOST = 100


@dataclass(slots=True)
class Board:
    """The queue and its runs at one position of the log, or a moment later."""

    status: dict[str, Any]
    active: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    latest: list[dict[str, Any]]
    today: dict[str, Any] | None

    @property
    def by_executor(self) -> dict[str, dict[str, Any]]:
        """The runs that executors hold."""
        return {run["executor"]: run for run in self.active}

    def run(self, run_id: str) -> dict[str, Any] | None:
        """A run that is shown somewhere."""
        shown = (*self.active, *self.waiting, *self.latest)
        return next((run for run in shown if run["id"] == run_id), None)

    def take(self, event: dict[str, Any]) -> None:
        """Counts a step as soon as it is done; everything else is worth a look of its own."""
        for run in self.active:
            if run["id"] != event["run_id"]:
                continue
            if event["type"] == "StepPassed" and event["data"]["attempt"] == run["attempt"]:
                run["steps_passed"] = max(run["steps_passed"], event["data"]["index"] + 1)
            elif event["type"] == "BrowserChanged":
                run["steps_passed"] = 0


async def look(connection: Connection, after: int | None = None) -> Board:
    """Everything, at the position `after` or later. Raises ClientError."""
    status, active, waiting, latest, figures = await asyncio.gather(
        connection.get("/queue/status", after_position=after),
        connection.get("/queue/active", after_position=after),
        connection.get("/queue/waiting", after_position=after, limit=_MOST),
        connection.get("/queue/latest", after_position=after, limit=_MOST),
        connection.get("/queue/statistics", days=1),
    )
    newest = latest["items"]
    # The answers are a moment apart: what has moved on in between is shown where it is now.
    held = _without(active["items"], newest)
    return Board(status, held, _without(waiting["items"], newest, held), newest, figures["total"])


def _without(runs: list[dict[str, Any]], *moved_on: list[dict[str, Any]]) -> list[dict[str, Any]]:
    elsewhere = {run["id"] for shown in moved_on for run in shown}
    return [run for run in runs if run["id"] not in elsewhere]
