"""Sending tests to the server, in batches as large as it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cli.client import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.client import Client
    from cli.origins import Origin
    from domain.definition import Definition
    from domain.words import Budget

_TOGETHER = 1_000
_MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Portion:
    """Tests that are submitted together, where each stands in its file, and what they may ask of
    models together."""

    tests: list[Definition] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    budget: Budget | None = None


def send(client: Client, portions: list[Portion]) -> list[dict[str, Any]]:
    """The accepted runs, in the order of the tests.

    Raises ClientError, which says what was accepted before.
    """
    runs: list[dict[str, Any]] = []
    for portion in portions:
        shared = {"budget": portion.budget.model_dump()} if portion.budget else {}
        for batch in _batches(portion.tests):
            body = {"runs": batch} | shared
            try:
                runs += client.post("/batches", body, idempotency_key=uuid4().hex)["runs"]
            except ClientError as error:
                raise ClientError(f"{error}{_said_of(runs)}") from error
    return runs


def _said_of(runs: list[dict[str, Any]]) -> str:
    if not runs:
        return ""
    return f"; {len(runs)} runs before were accepted, in batch {runs[-1]['batch_id']}"


def _batches(definitions: list[Definition]) -> Iterator[list[Any]]:
    """What the server takes at once: so many runs, of so many bytes."""
    batch: list[Any] = []
    size = 0
    for definition in definitions:
        body = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
        length = len(json.dumps(body))
        if batch and (len(batch) == _TOGETHER or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length + len(", ")
    yield batch
