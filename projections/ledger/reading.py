"""Reading single facts out of events as they are stored, whoever may have changed them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter

from domain.retention import RedactedEvent
from domain.run_events import Artifact

if TYPE_CHECKING:
    from domain.stored import Stored

T = TypeVar("T")

ARTIFACTS = TypeAdapter(tuple[Artifact, ...])
REDACTED = TypeAdapter(tuple[RedactedEvent, ...])


def facts(stored: Stored, name: str, kind: TypeAdapter[tuple[T, ...]]) -> tuple[T, ...]:
    """What stands under `name`; nothing where there is nothing of that kind."""
    with suppress(ValueError, KeyError, TypeError):
        state: Any = json.loads(stored.state)
        return kind.validate_python(state[name])
    return ()
