"""What goes over the wire, beside the domain's own definitions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from domain.allowed_hosts import HostTexts
from domain.api_key import Role
from domain.decision import Decision
from domain.definition import Definition
from domain.run import Status
from domain.run_events import Failure
from domain.values import (
    Frozen,
    LabelKey,
    LabelValue,
    Name,
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


class KeyRequest(Frozen):
    """A key to be made."""

    role: Role
    name: Name = "unnamed"


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


class TestView(BaseModel):
    """A kept test at its newest version."""

    id: UUID
    name: str
    version: int
    definition: dict[str, Any]
    archived: bool
    created_at: datetime
    updated_at: datetime


class TestPage(BaseModel):
    """A page of tests."""

    items: list[TestView]
    next: str | None


class EventView(BaseModel):
    """One event of the log; `run_id` is null where the event is not about a run, or is of a kind
    that only a newer Proctor knows: that one's `data` are what is stored."""

    position: int
    run_id: UUID | None
    subject: UUID
    version: int
    type: str
    at: datetime
    by: str
    origin: Annotated[
        str | None, Field(description="where the command came from; null if nobody gave one")
    ] = None
    data: dict[str, Any]


class EventPage(BaseModel):
    """A page of events, the oldest first."""

    items: list[EventView]
    next: str | None


class KeyView(BaseModel):
    """An API key, without what opens it."""

    id: UUID
    name: str
    role: Role
    revoked: bool
    created_at: datetime


class KeyPage(BaseModel):
    """Every API key."""

    items: list[KeyView]
    next: None = None


class NewKey(BaseModel):
    """A key just made: the only time that `key` is shown."""

    id: UUID
    name: str
    role: Role
    key: str


class OwnKey(BaseModel):
    """The key that a request was made with."""

    id: UUID
    name: str
    role: Role


class ExecutorView(BaseModel):
    """One executor; `since` is when it entered its state."""

    id: str
    state: Literal["idle", "running", "draining", "paused", "gone"]
    run_id: UUID | None
    since: datetime


class BrokerView(BaseModel):
    """What the broker itself counts; null while it does not answer."""

    kind: str
    ready: int | None
    unacked: int | None
    consumers: int | None


class PoolView(BaseModel):
    """One pool: what it has to do, and who does it."""

    name: str
    queued: int
    active: int
    executors: int
    trouble: str | None


class QueueStatus(BaseModel):
    """The queue at one position of the log."""

    queued: int
    active: int
    max_concurrent: int
    available: int
    paused: bool
    by_priority: dict[str, int]
    oldest_queued_seconds: float | None
    executors: list[ExecutorView]
    pools: list[PoolView]
    broker: BrokerView
    position: int


class ArtifactView(BaseModel):
    """A file kept as evidence of a run; `removed` if retention took it away since."""

    name: str
    kind: str
    size: int
    sha256: str
    attempt: int
    step: int | None
    removed: bool
    url: str


class ArtifactPage(BaseModel):
    """Every artifact of a run."""

    items: list[ArtifactView]
    next: None = None


class DecisionView(BaseModel):
    """One version of what a step in words was decided to mean; `known` is what runs replay."""

    test: str
    suite: str
    words: str
    instruction: str
    nth: int = Field(description="the how many-th step of the test that says this")
    version: int
    known: bool
    forgotten: bool
    run_id: UUID
    known_at: datetime
    decision: Decision


class DecisionPage(BaseModel):
    """Every decision of a test."""

    items: list[DecisionView]
    next: None = None


class Forgotten(BaseModel):
    """How many decisions will be made anew."""

    forgotten: int


class Cleared(BaseModel):
    """How many waiting runs were cancelled."""

    cancelled: int
