"""The decisions of steps in words: those that runs came to, and those that are known since.

A decision becomes known when its run passed, and not before: what made a run fail may have been
the decision.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from domain.run_events import (
    AttemptFailed,
    AttemptLost,
    BrowserChanged,
    RunPassed,
    RunRequested,
    StepEvent,
    VerdictEvent,
)
from domain.said import said_in
from domain.test_decisions import DecisionsForgotten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.decision import Decision
    from domain.log import Recorded
    from projections.projection import Statement

_ASKED = """
    INSERT INTO words_in_runs (run_id, step, words, instruction, nth)
    VALUES (%(id)s, %(step)s, %(words)s, %(instruction)s, %(nth)s)
"""
_DECIDED = """
    UPDATE words_in_runs SET decision = %(decision)s WHERE run_id = %(id)s AND step = %(step)s
"""
_BEGUN_AGAIN = "UPDATE words_in_runs SET decision = NULL WHERE run_id = %(id)s"
_OVER = "DELETE FROM words_in_runs WHERE run_id = %(id)s"
_KNOWN = """
    WITH fresh AS (DELETE FROM words_in_runs WHERE run_id = %(id)s RETURNING *)
    INSERT INTO decisions (test, suite, words, instruction, nth, version, decision, run_id,
        known_position, known_at)
    SELECT coalesce(runs.test_id::text, runs.name), coalesce(runs.labels ->> 'suite', ''),
        fresh.words, fresh.instruction, fresh.nth, coalesce(latest.version, 0) + 1, fresh.decision,
        runs.id, %(position)s, %(at)s
    FROM fresh JOIN runs ON runs.id = fresh.run_id
    LEFT JOIN LATERAL (
        SELECT version, decision, forgotten FROM decisions
        WHERE test = coalesce(runs.test_id::text, runs.name)
            AND suite = coalesce(runs.labels ->> 'suite', '') AND words = fresh.words
            AND instruction = fresh.instruction AND nth = fresh.nth
        ORDER BY version DESC LIMIT 1
    ) AS latest ON true
    WHERE fresh.decision IS NOT NULL AND (
        latest.version IS NULL OR latest.forgotten
        OR latest.decision -> 'actions' IS DISTINCT FROM fresh.decision -> 'actions'
        OR latest.decision -> 'sources' IS DISTINCT FROM fresh.decision -> 'sources'
        OR latest.decision -> 'bound' IS DISTINCT FROM fresh.decision -> 'bound')
"""
"""Also takes the run's steps away: it is over."""
_FORGOTTEN = """
    UPDATE decisions SET forgotten = true
    WHERE test = %(test)s AND (%(instruction)s::text IS NULL OR instruction = %(instruction)s)
"""
_SPENT_BY_RUN = """
    UPDATE runs SET model_calls = model_calls + %(calls)s, tokens = tokens + %(tokens)s
    WHERE id = %(id)s
"""
_COUNTED = """
    INSERT INTO daily_words AS d
        (day, test, steps, replayed, healed, calls, input_tokens, output_tokens)
    SELECT (%(at)s::timestamptz AT TIME ZONE 'UTC')::date, coalesce(test_id::text, name), 1,
        %(replayed)s, %(healed)s, %(calls)s, %(input)s, %(output)s
    FROM runs WHERE id = %(id)s
    ON CONFLICT (day, test) DO UPDATE SET steps = d.steps + 1,
        replayed = d.replayed + excluded.replayed, healed = d.healed + excluded.healed,
        calls = d.calls + excluded.calls, input_tokens = d.input_tokens + excluded.input_tokens,
        output_tokens = d.output_tokens + excluded.output_tokens
"""


def decisions(recorded: Recorded) -> Iterator[Statement]:
    """What an event changes in what is known; the run's row must stand already."""
    event = recorded.event
    heading = {"id": event.originator_id, "position": recorded.position, "at": event.at}
    match event:
        case RunRequested():
            for step, said in said_in(event.definition):
                yield _ASKED, {**heading, "step": step, **said._asdict()}
        case StepEvent(decision=decision) if decision is not None:
            yield from _decided(event.index, decision, heading)
        case AttemptFailed() | AttemptLost() | BrowserChanged():
            yield _BEGUN_AGAIN, heading
        case VerdictEvent():
            yield _KNOWN if isinstance(event, RunPassed) else _OVER, heading
        case DecisionsForgotten():
            yield _FORGOTTEN, {"test": event.test, "instruction": event.instruction}


def _decided(step: int, decision: Decision, heading: dict[str, Any]) -> Iterator[Statement]:
    if decision.made != "replayed":
        stored = json.dumps(decision.model_dump(mode="json", exclude_none=True))
        yield _DECIDED, {**heading, "step": step, "decision": stored}
    tokens = decision.input_tokens + decision.output_tokens
    if decision.calls:
        yield _SPENT_BY_RUN, {**heading, "calls": decision.calls, "tokens": tokens}
    yield (
        _COUNTED,
        {
            **heading,
            "replayed": int(decision.made == "replayed"),
            "healed": int(decision.made == "healed"),
            "calls": decision.calls,
            "input": decision.input_tokens,
            "output": decision.output_tokens,
        },
    )
