"""Kept tests: create, revise, archive, run."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Body, Query

from api.keys import Submitter, Viewer
from api.models.runs import RUN_EXAMPLE, RunOverrides, RunView
from api.models.tests import TestPage, TestView
from api.presented import test_view
from api.problems import ProblemError
from api.requests import Looking, Now, position_cursor
from api.routes.runs import IdempotencyKey
from api.run_answers import accepted
from api.submission import Submission
from domain.definition import Definition
from domain.errors import IllegalTransitionError
from domain.test_definition import create

router = APIRouter(prefix="/tests", tags=["tests"])

TestBody = Annotated[Definition, Body(examples=[RUN_EXAMPLE])]


@router.post("", status_code=201)
def create_test(definition: TestBody, who: Submitter, looking: Now) -> TestView:
    """Keeps a test; this is its version 1."""
    test_id = uuid4()
    position = looking.services.commits.append(create(test_id, who, definition))
    looking.response.headers["Location"] = f"/api/v1/tests/{test_id}"
    return _shown(looking, test_id, position)


@router.get("")
def list_tests(
    _: Viewer,
    looking: Now,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TestPage:
    """The tests on offer, the newest first."""
    with looking.snapshot() as snapshot:
        rows = snapshot.tests(position_cursor(cursor), limit + 1)
    more = len(rows) > limit
    items = [test_view(row) for row in rows[:limit]]
    return TestPage(items=items, next=str(rows[limit - 1]["created_position"]) if more else None)


@router.get("/{test_id}")
def show_test(test_id: UUID, _: Viewer, looking: Now) -> TestView:
    """One test at its newest version."""
    return _shown(looking, test_id, 0)


@router.put("/{test_id}")
def revise_test(test_id: UUID, definition: TestBody, who: Submitter, looking: Now) -> TestView:
    """Gives a test a new version; runs already queued keep theirs."""
    log = looking.services.log
    return _shown(looking, test_id, log.append(log.test(test_id).revise(who, definition)))


@router.delete("/{test_id}", status_code=204)
def archive_test(test_id: UUID, who: Submitter, looking: Now) -> None:
    """Takes a test off the list; its runs keep their history."""
    log = looking.services.log
    log.append(log.test(test_id).archive(who))


@router.post("/{test_id}/run", status_code=202)
async def run_test(
    test_id: UUID,
    who: Submitter,
    looking: Now,
    overrides: RunOverrides | None = None,
    idempotency_key: IdempotencyKey = None,
) -> RunView:
    """Queues a run of the test's newest version."""
    test = await asyncio.to_thread(looking.services.log.test, test_id)
    if test.archived:
        raise IllegalTransitionError(f"test {test_id}", "run it", "archived")
    definition = _overridden(test.definition, overrides or RunOverrides())
    submission = Submission(looking.services, who, idempotency_key)
    return await accepted(looking, *await submission.run(definition, test))


def _overridden(definition: Definition, overrides: RunOverrides) -> Definition:
    changes = overrides.model_dump(
        exclude_none=True,
        include={"pool", "priority", "timeout", "retries", "words", "allowed_hosts"},
    )
    if overrides.budget is not None:
        changes["budget"] = overrides.budget
    labels = {**definition.labels, **overrides.labels}
    variables = {**definition.variables, **overrides.variables}
    return definition.model_copy(update={**changes, "labels": labels, "variables": variables})


def _shown(looking: Looking, test_id: UUID, position: int) -> TestView:
    with looking.snapshot_with(position) as snapshot:
        row = snapshot.test(test_id)
    if row is None:
        raise ProblemError(404, "not found", f"there is no test {test_id}")
    return test_view(row)
