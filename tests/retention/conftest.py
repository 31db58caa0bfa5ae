"""A log whose ledger and views are kept, a store, and runs that have come to their verdicts."""

from __future__ import annotations

import pytest

from domain.retention_rules import rules_of
from domain.run_events import Failure
from projections.ledger.files import FileCheck
from projections.ledger.role import ledger
from projections.ledger.tables import newest_link
from projections.ledger.verification import verify
from projections.retention.retaining import Wanted, retain, would_remove
from projections.retention.sealing import sealed
from runtime.artifacts import ArtifactStore
from runtime.database import connect
from runtime.lifecycle import Crew
from runtime.settings import Settings
from runtime.signing import SigningKey
from tests.projections.projected import Projected, started, submit
from tests.support.waiting import wait_until

SECRET = "Ann of 12 Elm Street"
"""What tests type and pages say: nowhere to be found once details are removed."""


class Old:
    """What there is, and ways to add to it and to remove of it."""

    def __init__(self, url, log, folder):
        self.url, self.log = url, log
        self.store = ArtifactStore(folder / "artifacts", settled=0)
        self.key = SigningKey.in_file(folder / "ledger.key")
        self.views = Projected(url, log)

    def failed(self, *contents, **said):
        """A run that failed, with a file of each content; its id."""
        run = started(self.log, submit(self.log, variables={"who": SECRET}, **said))
        kept = tuple(
            self.store.keep(f"attempt-1-step-0-{n}.png", "screenshot", content)
            for n, content in enumerate(contents)
        )
        facts = {"index": 0, "step": f"fill {SECRET}", "started": 0.0, "duration": 0.1}
        said = f"expected nobody, found {SECRET}"
        failed = run.fail_step("e1", kind="expectation", message=said, artifacts=kept, **facts)
        self.log.append(failed)
        error = Failure(kind="expectation", message=said, step=0)
        self.log.append(self.log.run(run.id).fail("e1", error=error, duration=1.0))
        return run.id

    def passed(self):
        """A run that passed; its id."""
        run = started(self.log, submit(self.log, variables={"who": SECRET}))
        self.log.append(run.pass_("e1", duration=1.0))
        return run.id

    def remove(self, artifacts="", details="", by="me"):
        """Removes by these rules."""
        return retain(self.url, self.log, self.store, self._wanted(artifacts, details, by))

    def would_remove(self, artifacts="", details=""):
        return would_remove(self.url, self.log, self._wanted(artifacts, details, "me"))

    def _wanted(self, artifacts, details, by):
        return Wanted(rules_of(artifacts), rules_of(details), by)

    def seal(self):
        """Waits for a checkpoint over everything."""
        with connect(self.url, "test") as connection:
            head = self.log.head()
            wait_until(lambda: sealed(connection, head) >= head, "a checkpoint over all events")

    def verify(self):
        """What a verification of log and files comes to, and how it found the files."""
        with connect(self.url, "test") as connection, connect(self.url, "test") as looking:
            head = self.log.head()
            wait_until(
                lambda: (newest_link(connection) or (0,))[0] >= head, "all events to be chained"
            )
            files = FileCheck(looking, self.store)
            return verify(connection, [self.key.public], files=files), files

    def findings(self):
        report, _ = self.verify()
        return [(finding.sort, finding.position) for finding in report.findings]

    def states(self):
        """The bytes of every event, by position."""
        with connect(self.url, "test") as connection:
            rows = connection.execute("SELECT notification_id AS at, state FROM proctor_events")
            return {row["at"]: bytes(row["state"]) for row in rows}

    def of_run(self, run_id):
        """The positions of a run's events."""
        return [recorded.position for recorded in self.log.history(run_id)]


@pytest.fixture
def old(database_url, log, tmp_path):
    old = Old(database_url, log, tmp_path)
    settings = Settings(data_dir=tmp_path, checkpoint_interval=3600)
    with ledger(database_url, settings) as keepers, Crew(keepers):
        yield old
    old.views.reader.close()
