"""Commits that are shared, and what is said of one whose reply was lost."""

from __future__ import annotations

from uuid import uuid4

import pytest

from api.group_commit import GroupCommit
from domain.errors import ConflictError
from domain.log import Recorded
from runtime.lifecycle import Crew
from runtime.unreachable import UncertainError
from tests.support.examples import requested


class LossyLog:
    """A log in memory that takes what it is given and loses the first replies."""

    def __init__(self, lost, *, takes=True):
        self.lost, self.takes, self.events, self.tries = lost, takes, [], 0

    def append(self, *events, durable=True):
        self.tries += 1
        known = {(event.originator_id, event.originator_version) for event in self.events}
        if any((event.originator_id, event.originator_version) in known for event in events):
            raise ConflictError("taken")
        lost = self.tries <= self.lost
        if self.takes or not lost:
            self.events += events
        if lost:
            raise UncertainError("the connection was lost")
        return len(self.events)

    def history(self, run_id):
        return [
            Recorded(number, event)
            for number, event in enumerate(self.events, 1)
            if event.originator_id == run_id
        ]


@pytest.mark.parametrize("takes", [True, False])
def test_a_commit_whose_reply_is_lost_is_found_out_and_happens_once(takes):
    log, asked = LossyLog(lost=1, takes=takes), [requested(uuid4()), requested(uuid4())]
    commits = GroupCommit(log)
    with Crew([commits]):
        assert commits.append(*asked) == 2
    assert log.events == asked


def test_a_commit_that_stays_in_doubt_is_told_as_that(monkeypatch):
    monkeypatch.setattr("api.group_commit._PATIENCE", 0.2)
    commits = GroupCommit(LossyLog(lost=99, takes=False))
    with Crew([commits]), pytest.raises(UncertainError):
        commits.append(requested(uuid4()))


def test_what_nobody_waits_for_any_more_is_not_committed(monkeypatch):
    monkeypatch.setattr("api.group_commit._LONGEST_WAIT", 0.1)
    log, late = LossyLog(lost=0), requested(uuid4())
    commits = GroupCommit(log)
    with pytest.raises(TimeoutError):
        commits.append(late)
    with Crew([commits]):
        monkeypatch.setattr("api.group_commit._LONGEST_WAIT", 10)
        commits.append(requested(uuid4()))
    assert late not in log.events


def test_another_request_at_the_same_version_is_still_a_conflict_after_a_lost_reply():
    earlier = requested(uuid4())
    log = LossyLog(lost=0)
    log.events.append(earlier)
    commits = GroupCommit(log)
    with Crew([commits]), pytest.raises(ConflictError):
        commits.append(earlier.model_copy(update={"by": "somebody else"}))
