"""What travels: the JSON of dispatches, controls and presences, and what of it is believed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.dispatch import HIGHEST_PRIORITY, LOWEST_PRIORITY, Dispatch
from runtime.broker.port import Control, Presence, State

CONTENT_TYPE: Final = "application/json"

_Name = Annotated[str, Field(min_length=1, max_length=255)]


class MalformedMessageError(ValueError):
    """A message that is not ours, or of a version that this process does not know."""


class _Message(BaseModel):
    # Unknown fields are let through, so that a newer dispatcher can add one.
    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = 1


class _DispatchMessage(_Message):
    run_id: UUID
    attempt: Annotated[int, Field(ge=1)]
    priority: Annotated[int, Field(ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY)]
    dispatch_id: _Name
    pool: _Name
    redelivered: bool = False


class _ControlMessage(_Message):
    kind: Literal["cancel", "pause", "resume", "drain"]
    run_id: UUID | None = None


class _PresenceMessage(_Message):
    executor: _Name
    state: State
    run_id: UUID | None = None
    since: str
    pool: _Name = "default"
    version: _Name | None = None
    started: str | None = None


M = TypeVar("M", bound=_Message)


def encode_dispatch(dispatch: Dispatch, *, redelivered: bool = False) -> bytes:
    """The body of a message in `proctor.runs`."""
    return _encode(_DispatchMessage(**asdict(dispatch), redelivered=redelivered))


def decode_dispatch(body: bytes) -> tuple[Dispatch, bool]:
    """The dispatch, and whether its publisher marked it as redelivered.

    Raises MalformedMessageError.
    """
    message = _decode(_DispatchMessage, body)
    fields = message.model_dump(exclude={"schema_version", "redelivered"})
    return Dispatch(**fields), message.redelivered


def encode_control(control: Control) -> bytes:
    """The body of a message in `proctor.control`."""
    return _encode(_ControlMessage(**asdict(control)))


def decode_control(body: bytes) -> Control:
    """Raises MalformedMessageError."""
    return Control(**_decode(_ControlMessage, body).model_dump(exclude={"schema_version"}))


def encode_presence(presence: Presence) -> bytes:
    """The body of a message in `proctor.presence`."""
    return _encode(_PresenceMessage(**asdict(presence)))


def decode_presence(body: bytes) -> Presence:
    """Raises MalformedMessageError."""
    return Presence(**_decode(_PresenceMessage, body).model_dump(exclude={"schema_version"}))


def _encode(message: _Message) -> bytes:
    return message.model_dump_json().encode()


def _decode(kind: type[M], body: bytes) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        # Without the input: a body that is not ours may hold anything.
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MalformedMessageError(wrong) from None
