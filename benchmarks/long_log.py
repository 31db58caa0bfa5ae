"""A long log made in SQL: runs of four steps that passed, one every few seconds over a month."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Literal

from domain.definition import Definition
from runtime.database import connect

if TYPE_CHECKING:
    from uuid import UUID

EVENTS_A_RUN = 7
_DAYS, _TESTS = 30, 20

# Every run is requested, started, passes four steps and then as a whole.
_INSERT = """
    INSERT INTO proctor_events (originator_id, originator_version, topic, state)
    SELECT run, version, topic, convert_to((heading || facts)::text, 'UTF8') FROM (
        SELECT n, gen_random_uuid() AS run,
            now() - {days} * '1 day'::interval * (1 - n / {runs}::float) AS at
        FROM generate_series(1, {runs}) AS n
    ) AS runs, LATERAL (VALUES
        (1, 'RunRequested', jsonb_build_object('timeout', 60.0, 'definition',
            {definition}::jsonb || jsonb_build_object('name', 'test ' || n % {tests}))),
        (2, 'RunStarted', jsonb_build_object('attempt', 1, 'executor', 'executor-' || n % 5,
            'dispatch_id', run || '.1')),
        {steps},
        (7, 'RunPassed', jsonb_build_object('attempt', 1, 'duration', 1.0 + n % 30))
    ) AS event (version, topic, facts), LATERAL (SELECT jsonb_build_object(
        'at', to_char((at + version * '10 ms'::interval) AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
        'by', CASE version WHEN 1 THEN 'key:benchmark' ELSE 'executor-1' END) AS heading) AS h
    ORDER BY n, version
"""
_STEP = """
    ({version}, 'StepPassed', jsonb_build_object('attempt', 1, 'index', {index}, 'step', 'goto /',
        'started', 0.1, 'duration', 0.05))
"""


def make_long_log(database_url: str, events: int) -> None:
    """As if so many events had been appended within the last month, to a log that is empty."""
    definition = Definition.model_validate(
        {"name": "test", "base_url": "http://127.0.0.1:8099", "steps": [{"goto": "/"}] * 4}
    )
    stored = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
    steps = [
        SQL(_STEP).format(version=Literal(index + 3), index=Literal(index)) for index in range(4)
    ]
    statement = SQL(_INSERT).format(
        runs=Literal(events // EVENTS_A_RUN),
        days=Literal(_DAYS),
        tests=Literal(_TESTS),
        definition=Literal(json.dumps(stored)),
        steps=SQL(", ").join(steps),
    )
    with connect(database_url, "proctor benchmark") as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute(statement)
        connection.execute("ANALYZE proctor_events")


def some_run(database_url: str) -> UUID:
    """The id of a run in the middle of the log."""
    with connect(database_url, "proctor benchmark") as connection:
        row = connection.execute(
            "SELECT originator_id FROM proctor_events"
            " WHERE notification_id >= (SELECT max(notification_id) / 2 FROM proctor_events)"
            " ORDER BY notification_id LIMIT 1"
        ).fetchone()
    assert row is not None
    found: UUID = row["originator_id"]
    return found
