"""Proof: checkpoints of the log, and evidence on single runs."""

from __future__ import annotations

import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.keys import Viewer
from api.requests import Wired
from api.services import Services
from domain.checkpoint import Checkpoint
from domain.errors import ConflictError
from projections.ledger import tables
from projections.ledger.evidence import Evidence, evidence_on
from projections.ledger.notary import SEAL

router = APIRouter(tags=["audit"])

_PATIENCE = 5.0
"""Seconds for the checkpoint that a run's newest event needs."""

_LOOK_AGAIN = 0.05


class Checkpoints(BaseModel):
    """In their order, with the public keys, by id, that they are signed with."""

    items: list[Checkpoint]
    keys: dict[str, str]


@router.get("/audit/checkpoints", operation_id="list_checkpoints")
def checkpoints(
    _: Viewer,
    services: Wired,
    after: Annotated[int, Query(ge=0, description="a checkpoint's number")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Checkpoints:
    """Signed words on the log: kept elsewhere, they show whether it was rewritten."""
    with services.reader.connection() as connection:
        items = tables.checkpoints(connection, after, limit)
        ids = {item.key for item in items}
        keys = {key: tables.key_named(connection, key) or "" for key in sorted(ids)}
    return Checkpoints(items=items, keys=keys)


@router.get("/runs/{run_id}/evidence", operation_id="run_evidence")
def evidence(run_id: UUID, _: Viewer, services: Wired) -> Evidence:
    """All that proves a run's history to somebody who has nothing but this and a key they trust."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _look(services, run_id)
        except ConflictError:
            if time.monotonic() > deadline:
                raise
        with services.reader.connection() as connection:
            connection.execute("SELECT pg_notify(%s, '')", (SEAL,))
        time.sleep(_LOOK_AGAIN)


def _look(services: Services, run_id: UUID) -> Evidence:
    with services.reader.connection() as connection:
        return evidence_on(connection, run_id)
