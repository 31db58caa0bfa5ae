"""What a newer Proctor wrote of a run: nobody here knows its details, so none of the run's go."""

from __future__ import annotations

from domain.retention import retention_id
from tests.support.newer import append_as_newer


def test_a_run_with_an_event_that_nobody_here_knows_stays_as_it_is(old):
    known, noted = old.passed(), old.passed()
    append_as_newer(old.log, noted, "RunNoted", note="keep this one")
    before = {position: old.states()[position] for position in old.of_run(noted)}
    assert old.remove(details="0s").details.runs == 1
    assert old.log.history(known)[0].event.redacted
    assert {position: old.states()[position] for position in old.of_run(noted)} == before


def test_what_is_removed_after_it_takes_the_next_version(old):
    run = old.failed(b"pixels")
    old.remove(artifacts="0s")
    append_as_newer(old.log, retention_id(run), "VideosRemoved", run_id=str(run))
    old.failed(b"others")
    assert old.log.retention(run).version == 2
    old.remove(details="0s")
    assert [r.event.originator_version for r in old.log.history(retention_id(run))][:2] == [1, 2]
