"""A log, its views, and short ways to make things happen in the one and look at the other."""

from __future__ import annotations

from contextlib import contextmanager
from uuid import uuid4

import pytest
from psycopg.sql import SQL, Identifier

from projections import views
from projections.reader import ViewReader
from projections.role import prepare
from projections.views import LiveViews
from runtime.database import connect
from runtime.follower import Follower
from tests.support.examples import requested

TABLES = (
    "runs",
    "tests",
    "keys",
    "queues",
    "deeds",
    "daily",
    "histograms",
    "position",
    "words_in_runs",
    "decisions",
    "daily_words",
)

MILESTONES_APART = 7
"""So few that a short history has several."""


class Projected:
    def __init__(self, url, log):
        self.url, self.log = url, log
        self.reader = ViewReader(url, log, connections=2)

    def follow(self):
        prepare(self.url, self.log)
        follower = Follower(self.url, self.log, LiveViews(apart=MILESTONES_APART), batch=3)
        with connect(self.url, "test") as connection:
            while follower.step(connection):
                pass

    @contextmanager
    def now(self):
        self.follow()
        with self.reader.now() as snapshot:
            yield snapshot

    def everything(self, schema=views.LIVE):
        with connect(self.url, "test") as connection:
            return {
                table: sorted(
                    map(
                        str,
                        connection.execute(
                            SQL("SELECT * FROM {}.{}").format(Identifier(schema), Identifier(table))
                        ).fetchall(),
                    )
                )
                for table in TABLES
            }


@pytest.fixture
def projected(database_url, log):
    projected = Projected(database_url, log)
    yield projected
    projected.reader.close()


def submit(log, **said):
    asked = requested(uuid4(), **said)
    log.append(asked)
    return log.run(asked.originator_id)


def started(log, run, executor="e1"):
    log.append(run.start(executor, run.dispatch_id))
    return log.run(run.id)


def passed(log, run, duration=1.0):
    log.append(run.pass_("e1", duration=duration))
