"""What people do on the pages: forms, which are answered with the page they were on.

Scripts that send them ask for JSON, and get what was done in words, with the position in the log
that shows it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from api.clearing import clear_queue
from api.console.console import Wired
from api.console.first_run import first_run
from api.console.forms import AdminsForm, Form, SteeringForm
from api.console.page_route import PageRoute, wants_json
from api.console.repeating import repeat
from api.console.wording import count
from api.draining import drain_executor, resume_executor
from api.problems import ProblemError
from api.steering import steer
from domain.dispatch import HIGHEST_PRIORITY, LOWEST_PRIORITY

if TYPE_CHECKING:
    from api.console.console import Console

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PRIORITIES = {str(urgency) for urgency in range(HIGHEST_PRIORITY, LOWEST_PRIORITY + 1)}
_PATIENCE = 2.0
"""Seconds for the views to show what was done, where no script waits for that."""


@router.post("/queue/pause")
def pause(request: Request, form: AdminsForm, console: Wired) -> Response:
    """No executor takes a run until the queue is resumed."""
    log = console.services.log
    return _done(request, form, "The queue is paused", log.append(log.queue().pause(form.who)))


@router.post("/queue/resume")
def resume(request: Request, form: AdminsForm, console: Wired) -> Response:
    """Executors take runs again."""
    log = console.services.log
    return _done(request, form, "The queue goes on", log.append(log.queue().resume(form.who)))


@router.post("/queue/clear")
def clear(request: Request, form: AdminsForm, console: Wired) -> Response:
    """Cancels every run that waits."""
    with console.services.reader.now() as snapshot:
        waiting = snapshot.queued_ids()
    cancelled, position = clear_queue(console.services.log, waiting, form.who)
    return _done(request, form, f"{count(cancelled, 'waiting run')} cancelled", position)


@router.post("/executors/{executor:path}/drain")
def drain(request: Request, executor: str, form: AdminsForm, console: Wired) -> Response:
    """This executor takes no run any more."""
    position = drain_executor(console.services, executor, form.who)
    return _done(request, form, "It takes no more runs", position)


@router.post("/executors/{executor:path}/resume")
def resume_one(request: Request, executor: str, form: AdminsForm, console: Wired) -> Response:
    """This executor takes runs again."""
    position = resume_executor(console.services, executor, form.who)
    return _done(request, form, "It takes runs again", position)


@router.post("/runs/{run_id}/cancel")
def cancel(request: Request, run_id: UUID, form: SteeringForm, console: Wired) -> Response:
    """Nobody needs the run any more."""
    position = steer(console.services.log, run_id, lambda run: run.cancel(form.who))
    return _done(request, form, "Cancelled", position)


@router.post("/runs/{run_id}/priority")
def change_priority(request: Request, run_id: UUID, form: SteeringForm, console: Wired) -> Response:
    """Makes the run more or less urgent."""
    wanted = form.fields.get("priority", "")
    if wanted not in _PRIORITIES:
        raise ProblemError(422, "invalid form", f"priority: {wanted[:20]!r} is not 1 to 10")
    log = console.services.log
    position = steer(log, run_id, lambda run: run.change_priority(form.who, int(wanted)))
    return _done(request, form, f"Priority {wanted}", position)


@router.post("/runs/first")
async def begin(request: Request, form: SteeringForm, console: Wired) -> Response:
    """A first run, for whoever wants to see one move."""
    _, position = await first_run(console.services, form.who)
    said = "Your first run is on its way"
    return await asyncio.to_thread(_done, request, form, said, position)


@router.post("/runs/{run_id}/again")
async def again(request: Request, run_id: UUID, form: SteeringForm, console: Wired) -> Response:
    """The same once more, as a run of its own."""
    repeated, position = await repeat(console.services, run_id, form.who)
    at = f"/runs/{repeated}"
    return await asyncio.to_thread(_done, request, form, "Queued again", position, at)


def _done(
    request: Request, form: Form, said: str, position: int, at: str | None = None
) -> Response:
    if wants_json(request):
        return JSONResponse({"said": said, "position": position, "at": at})
    console: Console = request.app.state.console
    console.services.clock.wait_for(position, _PATIENCE)
    return RedirectResponse(at or form.back, 303)
