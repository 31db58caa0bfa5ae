"""One run: the failure first, then its course in time, and its evidence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.console import timeline
from api.console.files import console_log, files_of, pictures
from api.console.hostile import plain
from api.console.live import Made
from api.console.same_test import SameTest
from api.console.story import Story
from api.console.waiting import Reasons
from api.presented import as_logged, event_view, run_view, with_estimates
from api.slots import slots
from domain.errors import NotFoundError
from domain.expectation import expected_and_actual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.rows import DictRow

    from api.console.choice import Choice
    from api.console.console import Console
    from api.console.live import Part
    from api.console.story import Attempt, Step
    from api.console.visitor import Visitor
    from api.models.runs import RunView
    from domain.log import Recorded
    from projections.reader import Snapshot

_MOST_STEPS = 120
_BEFORE_FAILURE = 100
_EVENTS = 16


async def run_part(console: Console, visitor: Visitor, choice: Choice, after: int) -> Part:
    """The live part, the same for everybody of a role. Raises NotFoundError."""
    return await console.parts.of(
        f"{choice.live} for {visitor.key.role}",
        lambda: _made(console, visitor, choice, live=True),
        also=tuple(console.services.executors.alive()),
        after=after,
    )


async def run_anew(console: Console, visitor: Visitor, choice: Choice) -> Part:
    """The same for a page that is loaded."""
    return await console.parts.anew("run", lambda: _made(console, visitor, choice, live=False))


def _made(console: Console, visitor: Visitor, choice: Choice, *, live: bool) -> Made:
    history = console.services.log.history(choice.run_id)
    story = Story.of(history)
    if story is None:
        raise NotFoundError(f"there is no run {choice.run_id}")
    with console.services.reader.now() as snapshot:
        run, row = _run(console, snapshot, history)
        facts = {
            "live": live,
            "run": run,
            "story": story,
            "why": _why(console, snapshot, row),
            "starts_in": _starts_in(run),
            "events": _raw(history),
            "events_in_all": len(history),
            "same_test": SameTest.of(console.services, snapshot, row),
        }
    facts |= _failure(story) | _attempt(console, story, choice)
    html = console.pages.part("run_part.html", visitor=visitor, choice=choice, **facts)
    return Made(
        f"{run.status.replace('_', ' ').capitalize()}: {plain(run.name, 60)}", {"run": html}
    )


def _run(
    console: Console, snapshot: Snapshot, history: Sequence[Recorded]
) -> tuple[RunView, DictRow | None]:
    """The run as the views show it; or, where they are behind, as its events do."""
    row = snapshot.run(history[0].event.originator_id)
    if row is None:
        return as_logged(history), None
    services = console.services
    count = slots(services.executors, services.settings)
    return with_estimates([run_view(row)], snapshot, count)[0], row


def _starts_in(run: RunView) -> float | None:
    """Seconds, as far as one can guess."""
    if run.estimated_start is None:
        return None
    return max(0.0, (run.estimated_start - datetime.now(UTC)).total_seconds())


def _why(console: Console, snapshot: Snapshot, row: DictRow | None) -> str | None:
    """Why it waits, if it does."""
    if row is None or row["status"] != "queued":
        return None
    alive, running = console.services.executors.alive(), snapshot.running()
    reasons = Reasons.of(alive, running, snapshot.queued(), paused=snapshot.paused())
    return reasons.why(row)


def _failure(story: Story) -> dict[str, Any]:
    found = story.failure
    attempt, error = found or (None, None)
    steps = attempt.steps if attempt is not None else []
    return {
        "error": error,
        "failed_attempt": attempt,
        "failed_step": next((s for s in steps if error and s.index == error.step), None),
        "sides": expected_and_actual(error.message) if error else None,
    }


def _attempt(console: Console, story: Story, choice: Choice) -> dict[str, Any]:
    """The attempt looked at: its steps and their bars, and its files."""
    attempt, moment = story.attempt(choice.attempt), datetime.now(UTC)
    facts: dict[str, Any] = {"attempt": attempt, "course": timeline.of_run(story, moment)}
    if attempt is None:
        return facts | {"steps": [], "files": [], "pictures": [], "log": None, "beyond": None}
    retention = console.services.log.retention(choice.run_id)
    files = files_of(attempt, choice.run_id, retention)
    steps = attempt.with_steps_to_come(story.step_names)
    bars = timeline.of_steps(attempt, steps, moment)
    first = _first_shown(attempt, steps, choice.first)
    until = min(first + _MOST_STEPS, len(steps))
    return facts | {
        "steps": list(zip(steps, bars, strict=True))[first:until],
        "beyond": (first, until, len(steps)),
        "window": _MOST_STEPS,
        "files": files,
        "pictures": pictures(files),
        "log": console_log(console.services, choice.run_id, files),
    }


def _first_shown(attempt: Attempt, steps: Sequence[Step], wanted: int | None) -> int:
    """Where there are many steps, the one that failed is on the page unless others are wanted."""
    if wanted is not None:
        return min(max(wanted, 0), max(len(steps) - 1, 0))
    return max(0, len(attempt.steps) - _BEFORE_FAILURE) if len(steps) > _MOST_STEPS else 0


def _raw(history: Sequence[Recorded]) -> list[tuple[int, str, str]]:
    """The latest events, as the API tells of them."""
    raw = []
    for recorded in history[-_EVENTS:]:
        view = event_view(recorded)
        text = json.dumps(view.model_dump(mode="json"), ensure_ascii=False, indent=1)
        raw.append((view.position, view.type, text))
    return raw
