"""A log with its ledger, and a hand that changes what it should not."""

from __future__ import annotations

from contextlib import contextmanager
from uuid import uuid4

import pytest

from projections.ledger import tables
from projections.ledger.chaining import Chaining
from projections.ledger.notary import Notary
from projections.ledger.verification import verify
from runtime.database import connect
from runtime.follower import Follower
from runtime.signing import SigningKey
from runtime.stored_log import StoredLog
from tests.support.examples import requested


class Kept:
    """A log, its ledger, and the key that its checkpoints are signed with."""

    def __init__(self, url, log, key):
        self.url, self.log, self.key = url, log, key
        with connect(url, "test") as connection:
            tables.make_tables(connection)

    def happen(self, runs=1):
        """So many more runs are asked for; the position of each."""
        return [self.log.append(requested(uuid4())) for _ in range(runs)]

    def chain(self):
        source = StoredLog(self.url, "test")
        follower = Follower(self.url, source, Chaining(), batch=7)
        with connect(self.url, "test") as connection:
            while follower.step(connection):
                pass
        source.close()

    def seal(self, key=None):
        """Chains what is new, and puts a checkpoint under it."""
        self.chain()
        with connect(self.url, "test") as connection:
            tables.add_key(connection, (key or self.key).public)
            Notary(self.url, key or self.key, 0).look(connection, now_asked=True)

    def verify(self, **said):
        keys = said.pop("keys", [self.key.public])
        with connect(self.url, "test") as connection:
            return verify(connection, keys, **said)

    def checkpoints(self):
        with connect(self.url, "test") as connection:
            return list(tables.all_checkpoints(connection))

    @contextmanager
    def forging(self):
        """A superuser's connection, on which no trigger fires."""
        with connect(self.url, "test") as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            yield connection


@pytest.fixture
def key(tmp_path):
    return SigningKey.in_file(tmp_path / "ledger.key")


@pytest.fixture
def kept(database_url, log, key):
    return Kept(database_url, log, key)
