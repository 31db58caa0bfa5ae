"""Now: what every executor does, what waits and why, and what came of the last runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from api.console import lanes, waiting
from api.console.charts import charts
from api.console.live import Made
from api.slots import slots

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from api.console.console import Console
    from api.console.live import Part
    from api.console.visitor import Visitor
    from projections.reader import Snapshot

    Render = Callable[[str, Visitor, dict[str, Any]], Markup]

PATH = "/live/now"
_VERDICTS = 12
_CHARTS_EVERY = 10.0
"""Seconds: charts of an hour move on when nothing happens, too."""


async def now_part(console: Console, visitor: Visitor, after: int) -> Part:
    """The live part, the same for everybody of a role."""
    executors = console.services.executors
    also = (tuple(executors.alive()), executors.trouble, time.monotonic() // _CHARTS_EVERY)

    def make() -> Made:
        return _made(console, visitor, console.sections.of)

    return await console.parts.of(f"now for {visitor.key.role}", make, also=also, after=after)


async def now_anew(console: Console, visitor: Visitor) -> Part:
    """The same for a page that is loaded."""
    return await console.parts.anew("now", lambda: _made(console, visitor, console.sections.anew))


def _made(console: Console, visitor: Visitor, render: Render) -> Made:
    with console.services.reader.now() as snapshot:
        facts = _facts(console, snapshot)
    figures = facts["figures"]
    return Made(
        f"{figures['active']} running, {figures['queued']:,} waiting",
        {name: render(f"now/{name}.html", visitor, some) for name, some in facts.items()},
    )


def _facts(console: Console, snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """By section, in their order."""
    services = console.services
    alive, running = services.executors.alive(), snapshot.running()
    queued, paused = snapshot.queued(), snapshot.paused()
    reasons = waiting.Reasons.of(alive, running, queued, paused=paused)
    count, total = slots(services.executors, services.settings), sum(queued.values())
    verdicts = snapshot.latest_verdicts(_VERDICTS)
    executors = {said.executor for said in alive} | {row["executor"] for row in running}
    pools = len(services.settings.known_pools)
    return {
        "figures": {
            "trouble": services.executors.trouble,
            "active": len(running),
            "slots": count,
            "executors": len(executors),
            "queued": total,
            "paused": paused,
            "oldest": snapshot.oldest_queued(),
            "charts": charts(console.last_hour.of(snapshot)),
        },
        "empty": {"nothing_yet": not (running or queued or verdicts)},
        "lanes": {
            "lanes": lanes.lanes(running, alive, snapshot.drained(), console.step_names),
            "executors": len(executors),
            "pools": pools,
        },
        "queue": {
            "waiting": waiting.waiting(snapshot, reasons, count),
            "queued": total,
            "paused": paused,
            "pools": pools,
        },
        "verdicts": {"verdicts": verdicts},
    }
