"""Runs, and what is said when they are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from domain.allowed_hosts import HostTexts
from domain.definition import Definition
from domain.run import Status
from domain.run_events import Failure
from domain.values import (
    Frozen,
    LabelKey,
    LabelValue,
    PoolName,
    Priority,
    Retries,
    Seconds,
    VariableName,
    VariableValue,
    not_empty,
)
from domain.words import Budget, WordsMode

MOST_RUNS_IN_A_BATCH = 1_000

_STEPS: list[JsonValue] = [{"goto": "/"}, {"click": {"role": "button", "name": "Buy now"}}]
RUN_EXAMPLE: dict[str, JsonValue] = {
    "name": "Buy one",
    "base_url": "http://127.0.0.1:8099",
    "priority": 1,
    "steps": _STEPS,
}
_BATCH_EXAMPLE: dict[str, JsonValue] = {"runs": [RUN_EXAMPLE]}


class BatchRequest(Frozen):
    """Runs to be accepted together, or not at all."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BATCH_EXAMPLE]})

    runs: Annotated[
        tuple[Definition, ...], Field(max_length=MOST_RUNS_IN_A_BATCH), AfterValidator(not_empty)
    ]
    budget: Annotated[
        Budget | None, Field(description="what all of them together may ask of models")
    ] = None


class RunOverrides(Frozen):
    """What one run of a kept test has differently."""

    pool: PoolName | None = None
    priority: Priority | None = None
    timeout: Seconds | None = None
    retries: Retries | None = None
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict, max_length=50)
    variables: dict[VariableName, VariableValue] = Field(default_factory=dict, max_length=100)
    words: WordsMode | None = None
    budget: Budget | None = None
    allowed_hosts: HostTexts | None = None


class PriorityRequest(Frozen):
    """The urgency a run shall have, 1 (most urgent) to 10."""

    priority: Priority


class RunView(BaseModel):
    """A run as it stands at the position of the log that the answer reflects."""

    id: UUID
    name: str
    status: Status
    pool: str
    priority: int
    queue_position: int | None = Field(description="1 is next; null unless queued")
    estimated_start: datetime | None = Field(None, description="a guess, while queued")
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempt: int
    executor: str | None
    steps_total: int
    steps_passed: int
    flaky: bool
    labels: dict[str, str]
    test_id: UUID | None
    test_version: int | None
    batch_id: UUID | None
    error: Failure | None
    expect: str
    timeout: float
    retries: int
    queue_seconds: float | None
    duration: float | None
    model_calls: int = Field(description="asked of models for its steps in words")
    tokens: int


class RunPage(BaseModel):
    """A page of runs; `next` is the cursor of the next one."""

    items: list[RunView]
    next: str | None


class BatchView(BaseModel):
    """An accepted batch."""

    batch_id: UUID
    runs: list[RunView]
