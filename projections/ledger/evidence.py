"""Evidence on one run: its events, and the proof that they are among those that were sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.checkpoint import Checkpoint, Hex
from domain.errors import ConflictError, NotFoundError
from domain.merkle import Tree
from domain.run_events import RunRequested
from domain.values import Frozen
from projections.ledger import removals, tables
from runtime.stored_log import between, of_one

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

    from domain.stored import Stored
    from projections.ledger.removals import Saids

    Connection = psycopg.Connection[DictRow]


class ProvenEvent(Frozen):
    """One event as it is stored, and its place among those under its checkpoint.

    `was` is its hash there if its details have been removed since.
    """

    position: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    topic: str
    state: str
    checkpoint: int
    index: Annotated[int, Field(ge=0)]
    proof: tuple[Hex, ...]
    was: Hex | None = None


class Evidence(Frozen):
    """Everything needed to check a run's history with nothing but this and a trusted key."""

    format: Literal["proctor-evidence/1", "proctor-evidence/2"]
    """Of the first there may be files; the second has what was removed as well."""

    run: UUID
    events: tuple[ProvenEvent, ...]
    removals: tuple[ProvenEvent, ...] = ()
    """What retention removed of the run, said by its own events."""

    checkpoints: tuple[Checkpoint, ...]
    keys: dict[str, str]
    """Public keys in PEM form, by id: whose they are has to be known from elsewhere."""


def evidence_on(connection: Connection, run_id: UUID) -> Evidence:
    """Evidence on a run as the log has it now.

    Raises NotFoundError, and ConflictError while no checkpoint is over its newest event.
    """
    events = of_one(connection, run_id)
    # Of nothing else: what is hidden of a key is in its event's bytes.
    if not events or events[0].topic != RunRequested.TOPIC:
        raise NotFoundError(f"there is no run {run_id}")
    sealed: list[_Sealed] = []
    proven = []
    for event in [*events, *removals.retentions_of(connection, [run_id])]:
        if not sealed or event.position > sealed[-1].checkpoint.last:
            sealed.append(_Sealed.over(connection, event.position))
        proven.append(sealed[-1].proven(event))
    checkpoints = tuple(each.checkpoint for each in sealed)
    keys = {c.key: tables.key_named(connection, c.key) or "" for c in checkpoints}
    return Evidence(
        format="proctor-evidence/2",
        run=run_id,
        events=tuple(proven[: len(events)]),
        removals=tuple(proven[len(events) :]),
        checkpoints=checkpoints,
        keys=keys,
    )


class _Sealed:
    """The events under one checkpoint."""

    def __init__(self, checkpoint: Checkpoint, events: list[Stored], said: Saids) -> None:
        self.checkpoint = checkpoint
        self._index = {event.position: at for at, event in enumerate(events)}
        self._leaves = [removals.leaves(event, said)[-1] for event in events]
        self._tree = Tree(self._leaves)

    @classmethod
    def over(cls, connection: Connection, position: int) -> _Sealed:
        checkpoint = tables.checkpoint_at(connection, position)
        if checkpoint is None:
            raise ConflictError(
                f"no checkpoint is over the event at position {position} yet: try again soon"
            )
        events = between(connection, checkpoint.first, checkpoint.last)
        newest = tables.newest_link(connection)
        said = removals.said_of(connection, events, until=newest[0] if newest else 0)
        return cls(checkpoint, events, said)

    def proven(self, event: Stored) -> ProvenEvent:
        index = self._index[event.position]
        return ProvenEvent(
            position=event.position,
            version=event.originator_version,
            topic=event.topic,
            state=event.state.decode(errors="surrogateescape"),
            checkpoint=self.checkpoint.number,
            index=index,
            proof=tuple(self._tree.proof(index)),
            was=self._leaves[index] if self._leaves[index] != event.leaf else None,
        )
