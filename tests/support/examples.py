"""One canonical example of every event, shared by all tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain import (
    api_key,
    retention,
    run_events,
    run_queue,
    spending,
    test_decisions,
    test_definition,
)
from domain.decision import DecidedAction, Decision, KnownDecision, Source
from domain.definition import Definition
from domain.run import request
from domain.run_events import Artifact, Failure
from domain.words import Budget

if TYPE_CHECKING:
    from domain.event import Event
    from domain.run_events import RunRequested

RUN = UUID("11111111-1111-4111-8111-111111111111")
TEST = UUID("22222222-2222-4222-8222-222222222222")
BATCH = UUID("33333333-3333-4333-8333-333333333333")
KEY = UUID("44444444-4444-4444-8444-444444444444")
MOMENT = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
SCREENSHOT = Artifact(name="attempt-1-failure.png", kind="screenshot", size=4, sha256="ab" * 32)
FAILURE = Failure(kind="expectation", message="expected $42, found $40", step=1)


def definition(**said: Any) -> Definition:
    steps = [
        {"goto": "/"},
        {"fill": {"label": "Name", "value": "Ann"}, "timeout": 3.0, "name": "Say who"},
        {"click": {"role": "button", "name": "Buy now"}},
        {"expect": {"text": "$42", "in": {"test_id": "total"}}},
    ]
    base = {"name": "Buy one", "base_url": "http://127.0.0.1:8099", "steps": steps}
    return Definition.model_validate(base | said)


PRESSED = Decision(
    instruction="press the buy button", made="model", by="openai/gpt", version="gpt-2026",
    actions=(DecidedAction(method="click", selector="/html[1]/body[1]/button[1]", role="button",
                           name="Buy now"),),
    calls=1, input_tokens=900, output_tokens=40, seconds=1.25, page="0123456789abcdef",
)  # fmt: skip
READ = Decision(
    instruction="the order total", made="healed", by="matcher", version="matcher 1",
    value={"total": "$42"},
    sources=(Source(field="total", selector="/html[1]/body[1]/p[1]", before="Order total: "),),
)  # fmt: skip
JUDGED = Decision(
    instruction='the page thanks ${user}', made="replayed", bound="the page thanks Ann",
    holds=False, reason="it does not", sources=(Source(field="", selector="/html[1]", quote="x"),),
)  # fmt: skip


def in_words() -> Definition:
    return definition(
        steps=[
            {"goto": "/"},
            {"act": "press the buy button"},
            {"observe": "the buttons"},
            {"extract": {"instruction": "the total", "schema": {"total": "string"},
                         "save_as": "order"}},
            {"verify": "the page thanks ${user}"},
        ],
        words="auto",
        budget={"calls": 5, "tokens": 10_000},
    )  # fmt: skip


def requested(run_id: UUID = RUN, by: str = "key:1", **said: Any) -> RunRequested:
    wanted = definition(**said)
    return request(run_id, by, wanted, wanted.timeout or 60.0)


def every_event() -> list[Event]:
    def of(kind_: type[Event], subject: UUID, version: int, **facts: Any) -> Event:
        heading = {"originator_id": subject, "originator_version": version, "at": MOMENT}
        return kind_(**heading, by="key:1", **facts)

    step: dict[str, Any] = {"attempt": 1, "index": 0, "step": "goto /", "started": 0.1}
    step |= {"duration": 0.05}
    end: dict[str, Any] = {"attempt": 1, "duration": 1.5, "artifacts": (SCREENSHOT,)}
    lost = Failure(kind="lease_lost", message="executor e lost its lease")
    wanted = definition(priority=1, retries=2, labels={"team": "web"}, variables={"who": "Ann"})
    events = [
        of(run_events.RunRequested, RUN, 1, definition=wanted, timeout=60.0, test_id=TEST,
           test_version=2, batch_id=BATCH),
        of(run_events.RunStarted, RUN, 2, attempt=1, executor="e", dispatch_id=f"{RUN}.1"),
        of(run_events.StepPassed, RUN, 3, **step, message="dialog dismissed"),
        of(run_events.StepFailed, RUN, 4, **step, kind="expectation", message="no",
           artifacts=(SCREENSHOT,)),
        of(run_events.RunRequested, RUN, 1, definition=in_words(), timeout=60.0,
           decisions=(KnownDecision(step=1, version=2, decision=PRESSED),)),
        of(run_events.RunRequested, RUN, 1, definition=definition(), timeout=60.0, batch_id=BATCH,
           batch_budget=Budget(calls=10, tokens=1000)),
        of(spending.TokensSpent, spending.spending_id(BATCH), 1, batch_id=BATCH, run_id=RUN,
           calls=1, input_tokens=900, output_tokens=40),
        of(run_events.StepPassed, RUN, 3, **step, decision=PRESSED),
        of(run_events.StepPassed, RUN, 3, **step, decision=READ),
        of(run_events.StepFailed, RUN, 4, **step, kind="verification", message="no",
           decision=JUDGED),
        of(run_events.BrowserChanged, RUN, 5, attempt=1, browser="chromium", reason="no button"),
        of(run_events.AttemptFailed, RUN, 5, **end, error=FAILURE),
        of(run_events.AttemptLost, RUN, 6, attempt=1, error=lost),
        of(run_events.RunRequeued, RUN, 7, attempt=2, priority=1),
        of(run_events.PriorityChanged, RUN, 8, priority=9),
        of(run_events.PriorityChanged, RUN, 8, priority=9, origin="2001:db8::7"),
        of(run_events.RunPassed, RUN, 9, **end, flaky=True),
        of(run_events.RunFailed, RUN, 9, **end, error=FAILURE),
        of(run_events.RunErrored, RUN, 9, attempt=3, error=lost),
        of(run_events.RunTimedOut, RUN, 9, **end, error=FAILURE),
        of(run_events.RunCancelled, RUN, 9, attempt=1, error=FAILURE),
        of(test_definition.TestCreated, TEST, 1, definition=wanted),
        of(test_definition.TestRevised, TEST, 2, test_version=2, definition=wanted),
        of(test_definition.TestArchived, TEST, 3),
        of(test_decisions.DecisionsForgotten, test_decisions.decisions_id("Buy one"), 1,
           test="Buy one", instruction="press the buy button"),
        of(api_key.KeyCreated, KEY, 1, name="ci", role="submitter", digest="cd" * 32),
        of(api_key.KeyRevoked, KEY, 2),
        of(run_queue.QueuePaused, run_queue.QUEUE_ID, 1),
        of(run_queue.QueueResumed, run_queue.QUEUE_ID, 2),
        of(run_queue.QueueCleared, run_queue.QUEUE_ID, 3, cancelled=12, origin="192.0.2.7"),
        of(run_queue.ExecutorDrained, run_queue.QUEUE_ID, 4, executor="executor-3"),
        of(run_queue.ExecutorResumed, run_queue.QUEUE_ID, 5, executor="executor-3"),
        of(retention.ArtifactsRemoved, retention.retention_id(RUN), 1, run_id=RUN,
           rule="failed after 90d", artifacts=(SCREENSHOT,)),
        of(retention.DetailsRemoved, retention.retention_id(RUN), 2, run_id=RUN,
           rule="all after 30d",
           events=(retention.RedactedEvent(position=3, was=b"\1" * 32, now=b"\2" * 32),)),
    ]  # fmt: skip
    of_runs = [event for event in events if isinstance(event, run_events.RunEvent)]
    bare = [event.without_details() for event in of_runs]
    return [*events, *(event for event in bare if event.redacted)]
