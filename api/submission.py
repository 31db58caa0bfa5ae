"""Accepting runs: nothing is answered 202 before its RunRequested is on disk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from api.known import known_for
from api.problems import ProblemError
from domain.errors import ConflictError
from domain.run import request
from domain.run_events import RunRequested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.services import Services
    from domain.decision import KnownDecision
    from domain.definition import Definition
    from domain.test_definition import TestDefinition
    from domain.words import Budget

    Known = tuple[KnownDecision, ...] | None


class Submission:
    """Runs asked for by one caller in one request.

    With an idempotency key their ids follow from it, so the log itself refuses a second acceptance
    and the first one's runs are the answer again.
    """

    def __init__(self, services: Services, by: str, idempotency_key: str | None) -> None:
        self._services = services
        self._by = by
        self._key = idempotency_key

    async def run(
        self, definition: Definition, test: TestDefinition | None = None
    ) -> tuple[RunRequested, int]:
        """Accepts one run; its event, and a position that includes it."""
        (known,) = await self._known([definition], test)
        asked = self._requested(self._id("run"), definition, test=test, known=known)
        return asked, await self._accept([asked])

    async def batch(
        self, definitions: Sequence[Definition], budget: Budget | None = None
    ) -> tuple[UUID, Sequence[RunRequested], int]:
        """Accepts all runs or none; the batch's id, their events, and a position that includes
        them."""
        batch_id = self._id("batch")
        run_ids = [uuid5(batch_id, str(index)) for index in range(len(definitions))]
        known = await self._known(definitions)
        events = [
            self._requested(
                run_id, definition, batch_id=batch_id, batch_budget=budget, known=decisions
            )
            for run_id, definition, decisions in zip(run_ids, definitions, known, strict=True)
        ]
        return batch_id, events, await self._accept(events)

    def _id(self, kind: str) -> UUID:
        if self._key is None:
            return uuid4()
        return uuid5(NAMESPACE_URL, f"proctor:{kind}:{self._by}:{self._key}")

    async def _known(
        self, definitions: Sequence[Definition], test: TestDefinition | None = None
    ) -> list[Known]:
        if not any(definition.in_words for definition in definitions):
            return [None] * len(definitions)
        return await asyncio.to_thread(known_for, self._services.reader, definitions, test)

    def _requested(
        self,
        run_id: UUID,
        definition: Definition,
        *,
        test: TestDefinition | None = None,
        known: Known = None,
        **batch: Any,
    ) -> RunRequested:
        self._require_pool(definition.pool)
        default = self._services.settings.execution_timeout
        return request(
            run_id,
            self._by,
            definition,
            definition.timeout or default,
            test_id=test.id if test else None,
            test_version=test.test_version if test else None,
            decisions=known,
            **batch,
        )

    def _require_pool(self, pool: str) -> None:
        known = self._services.settings.known_pools
        if pool not in known:
            raise ProblemError(
                422,
                "invalid request",
                f"pool: there is no pool {pool!r}; the pools are {', '.join(known)}"
                " (the setting PROCTOR_POOLS)",
            )

    async def _accept(self, events: Sequence[RunRequested]) -> int:
        try:
            return await self._services.commits.committed(*events)
        except ConflictError:
            if self._key is None:
                raise
            return await asyncio.to_thread(self._accepted_before, events)

    def _accepted_before(self, events: Sequence[RunRequested]) -> int:
        position = 0
        for event in events:
            history = self._services.log.history(event.originator_id)
            if not history or not _same_request(history[0].event, event):
                raise ProblemError(
                    409, "conflict", f"Idempotency-Key {self._key!r} was used for another request"
                )
            position = max(position, history[0].position)
        return position


def _same_request(earlier: object, event: RunRequested) -> bool:
    """Whatever was known of its steps in words by then: that is not the caller's. Of one that is
    without its details, by what remains."""
    if not isinstance(earlier, RunRequested):
        return False
    both = (earlier, event)
    if earlier.redacted:
        both = (earlier.without_details(), event.without_details())
    first, again = (one.model_copy(update={"decisions": None}) for one in both)
    return first.data() == again.data()
