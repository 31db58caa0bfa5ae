"""The same run once more: what was asked for then, whatever its test has become since."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from api.problems import ProblemError
from api.submission import Submission
from domain.errors import NotFoundError
from domain.run_events import RunRequested

if TYPE_CHECKING:
    from uuid import UUID

    from api.services import Services
    from domain.test_definition import TestDefinition


async def repeat(services: Services, run_id: UUID, who: str) -> tuple[UUID, int]:
    """Queues a run of the same definition; its id, and the position that includes it.

    Raises NotFoundError, and ProblemError 409 if the definition was removed.
    """
    asked, test = await asyncio.to_thread(_asked, services, run_id)
    again, position = await Submission(services, who, None).run(asked.definition, test)
    return again.originator_id, position


def _asked(services: Services, run_id: UUID) -> tuple[RunRequested, TestDefinition | None]:
    history = services.log.history(run_id)
    asked = history[0].event if history else None
    if not isinstance(asked, RunRequested):
        raise NotFoundError(f"there is no run {run_id}")
    if asked.redacted:
        raise ProblemError(
            409, "conflict", f"what run {run_id} did was removed by retention: submit it anew"
        )
    if asked.test_id is None or asked.test_version is None:
        return asked, None
    test = services.log.test(asked.test_id)
    return asked, replace(test, definition=asked.definition, test_version=asked.test_version)
