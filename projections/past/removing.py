"""What retention means for the past: what was removed of a run is shown at no moment any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.redaction import REMOVED
from domain.retention import DetailsRemoved, RetentionEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    from domain.event import Event
    from domain.log import Recorded

    Connection = psycopg.Connection[DictRow]

_FORGET = """
    UPDATE past_runs SET error = jsonb_set(error, '{message}', to_jsonb(%(removed)s::text))
    WHERE id = ANY(%(runs)s) AND error IS NOT NULL
"""
_FORGET_WORDS = """
    UPDATE past_words_in_runs AS row SET instruction = %(removed)s, decision = NULL
    WHERE run_id = ANY(%(runs)s) AND NOT EXISTS (
        SELECT FROM decisions AS known WHERE known.run_id = row.run_id
        AND known.words = row.words AND known.instruction = row.instruction)
"""
"""But for decisions that became known for their test: those stay."""
_FORGET_ORIGINS = """
    UPDATE past_deeds SET origin = NULL WHERE position = ANY(%(positions)s) AND origin IS NOT NULL
"""


def subject(event: Event) -> UUID:
    """Whose rows an event is about: what was removed of a run is about the run."""
    return event.run_id if isinstance(event, RetentionEvent) else event.originator_id


def forget(connection: Connection, batch: Sequence[Recorded]) -> None:
    """Takes out of the past what events of the batch say is removed."""
    events = [recorded.event for recorded in batch]
    said = [event for event in events if isinstance(event, DetailsRemoved)]
    if said:
        runs = [event.run_id for event in said]
        connection.execute(_FORGET, {"runs": runs, "removed": REMOVED})
        connection.execute(_FORGET_WORDS, {"runs": runs, "removed": REMOVED})
        positions = [redacted.position for event in said for redacted in event.events]
        connection.execute(_FORGET_ORIGINS, {"positions": positions})
