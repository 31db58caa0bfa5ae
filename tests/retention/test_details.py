"""Details of old runs go; what is made of the log stays as it was, and the proof holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import psycopg
import pytest

from domain.errors import ProctorError
from domain.redaction import REMOVED
from projections.ledger.checking import check, read_evidence
from projections.ledger.evidence import evidence_on
from projections.rebuild import rebuild
from projections.retention.details import DetailsRemoval
from projections.retention.holdings import Holdings
from runtime.database import connect
from tests.projections.projected import started, submit
from tests.projections.test_past import at, replayed
from tests.projections.test_views import a_busy_history
from tests.retention.conftest import SECRET, Old
from tests.support.examples import FAILURE
from tests.support.newer import append_as_newer


def test_no_text_is_left_in_the_database_and_every_run_is_what_it_was(old):
    runs = [old.failed(b"pixels"), old.passed()]
    before = [old.log.run(run) for run in runs]
    removed = old.remove(details="0s")
    assert (removed.details.runs, removed.details.events, removed.details.left) == (2, 4, 0)
    assert not any(SECRET.encode() in state for state in old.states().values())
    for was, run in zip(before, runs, strict=True):
        now = old.log.run(run)
        assert (now.status, now.version, now.attempt) == (was.status, was.version, was.attempt)


def test_runs_that_are_not_over_or_not_old_enough_keep_theirs(old):
    run = old.passed()
    states = old.states()
    for rule in ("failed=0s", "1h"):
        assert old.remove(details=rule).details.runs == 0
    assert old.states() == states
    assert old.remove(details="passed=0s").details.runs == 1
    assert old.log.history(run)[0].event.redacted


def test_views_equal_a_fresh_replay_afterwards(old):
    a_busy_history(old.log)
    old.failed(b"pixels")
    old.views.follow()
    statistics = old.views.everything()
    old.remove(details="0s")
    old.views.follow()
    live = old.views.everything()
    rebuild(old.url, old.log)
    assert old.views.everything() == live
    for table in ("daily", "histograms", "decisions", "daily_words", "words_in_runs", "tests"):
        assert live[table] == statistics[table]
    assert SECRET not in str(live)


def test_the_past_says_no_more_than_the_log(old):
    old.failed(b"pixels")
    moment = datetime.now(UTC)
    for _ in range(3):
        old.passed()
    old.views.follow()
    before = at(old.views, moment)
    old.remove(details="0s")
    old.views.follow()
    now = at(old.views, moment)
    assert SECRET in str(before["runs"])
    assert now["runs"] == [row.replace(f"expected nobody, found {SECRET}", REMOVED)
                           for row in before["runs"]]  # fmt: skip
    for then in (moment, datetime.now(UTC)):
        written = [r.position for r in old.log.read(0, 1000) if r.event.at <= then]
        assert at(old.views, then) == replayed(old.views, max(written))


def test_the_log_says_what_every_event_was_by_its_hash(old):
    run = old.failed()
    old.remove(details="failed=0s", by="retention:ann")
    (event,) = old.log.retention(run).events
    assert (event.by, event.rule) == ("retention:ann", "failed after 0s")
    with_details = [r.position for r in old.log.history(run) if r.event.redacted]
    assert [entry.position for entry in event.events] == with_details


def test_the_chain_holds_without_the_details(old):
    for _ in range(3):
        old.failed()
    old.remove(details="0s")
    report, _ = old.verify()
    assert (report.findings, report.redacted) == ([], 9)
    old.passed()
    assert old.remove(details="0s").details.runs == 1
    assert old.findings() == []


@pytest.fixture
def bare(old):
    """A run among others without its details, everything under a checkpoint; its positions."""
    old.passed()
    run = old.failed()
    old.passed()
    old.remove(details="0s")
    old.seal()
    return old.of_run(run)


def forge(old, statement, *facts):
    with connect(old.url, "test") as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement, facts)


def test_one_byte_of_an_event_without_its_details_is_enough(old, bare):
    forge(
        old,
        "UPDATE proctor_events SET state = replace(convert_from(state, 'UTF8'),"
        " '\"priority\":5', '\"priority\":1')::bytea WHERE notification_id = %s",
        bare[0],
    )
    assert old.findings() == [("altered", bare[0])]
    assert "not what the log says was left of it" in str(old.verify()[0].findings[0])


def test_details_that_somebody_else_took_away_are_missed(old, bare):
    other = old.passed()
    old.seal()
    (position, *_) = old.of_run(other)
    with connect(old.url, "test") as connection:
        removal = DetailsRemoval(Holdings(connection, old.log), "me")
        (run,) = removal._bare([other])
    forge(old, "UPDATE proctor_events SET state = %s WHERE notification_id = %s",
          next(iter(run.states.values())), position)  # fmt: skip
    assert old.findings() == [("altered", position)]


def test_a_removal_whose_own_event_was_changed_proves_nothing(old, bare):
    said = old.log.retention(old.log.read(bare[0] - 1, 1)[0].event.originator_id)
    (entry, *_) = said.events[0].events
    (position,) = [p for p, state in old.states().items() if entry.was.hex().encode() in state]
    forge(
        old,
        "UPDATE proctor_events SET state = replace(convert_from(state, 'UTF8'), %s, %s)"
        "::bytea WHERE notification_id = %s",
        entry.was.hex(),
        "00" * 32,
        position,
    )
    assert old.findings() == [("altered", bare[0]), ("altered", position)]
    forge(old, "UPDATE proctor_events SET state = 'x' WHERE notification_id = %s", position)
    assert ("altered", position) in old.findings()


def test_a_removal_that_was_removed_shows(old, bare):
    forge(old, "DELETE FROM proctor_events WHERE topic = 'DetailsRemoved'")
    found = old.findings()
    assert ("altered", bare[0]) in found
    assert {sort for sort, _ in found} == {"altered", "removed"}


def exported(old, run):
    with connect(old.url, "test") as connection:
        return json.loads(evidence_on(connection, run).model_dump_json())


def checked(old, export):
    return [f.sort for f in check(read_evidence(json.dumps(export)), [old.key.public])]


def test_an_export_proves_a_run_without_its_details_by_itself(old, bare):
    run = old.log.read(bare[0] - 1, 1)[0].event.originator_id
    export = exported(old, run)
    assert SECRET not in json.dumps(export)
    assert checked(old, export) == []
    assert [event["was"] is None for event in export["events"]] == [False, True, False, False]
    forged = json.loads(json.dumps(export))
    forged["events"][0]["state"] = forged["events"][0]["state"].replace(
        '"priority":5', '"priority":1'
    )
    assert checked(old, forged) == ["altered"]
    assert checked(old, export | {"removals": []}) == ["altered", "altered", "altered"]


def test_an_export_of_a_run_beside_bare_ones_holds(old, bare):
    other = old.log.read(0, 1)[0].event.originator_id
    assert checked(old, exported(old, other)) == []


def test_what_was_exported_before_still_holds(old):
    run = old.failed()
    old.seal()
    export = exported(old, run)
    old.remove(details="0s")
    assert checked(old, export) == []
    former = {name: fact for name, fact in export.items() if name != "removals"}
    former |= {"format": "proctor-evidence/1"}
    for event in former["events"]:
        del event["was"]
    assert checked(old, former) == []


def test_a_removal_that_was_cut_off_is_finished_by_the_next(old, monkeypatch):
    run = old.failed()
    with monkeypatch.context() as broken:
        broken.setattr(DetailsRemoval, "_replace", _cut_off)
        with pytest.raises(ConnectionError):
            old.remove(details="0s")
    assert len(old.log.retention(run).events) == 1
    assert old.findings() == []
    assert old.remove().details == type(old.remove().details)()
    assert old.log.history(run)[0].event.redacted
    assert len(old.log.retention(run).events) == 1
    assert old.findings() == []


def _cut_off(*_):
    raise ConnectionError


def test_many_are_removed_in_many_commits(old, monkeypatch):
    monkeypatch.setattr("projections.retention.details.MOST_RUNS", 2)
    monkeypatch.setattr("projections.retention.details._MOST_EVENTS", 3)
    for _ in range(5):
        old.failed()
    assert old.remove(details="0s").details.runs == 5
    assert old.findings() == []


def test_a_run_with_something_that_only_a_newer_proctor_knows_keeps_all_of_it(old):
    run, plain = old.passed(), old.passed()
    append_as_newer(old.log, run, "RunTeleported", to="Mars")
    old.seal()
    assert old.remove(details="0s").details.runs == 1
    assert old.log.history(plain)[0].event.redacted
    assert not old.log.history(run)[0].event.redacted
    assert old.findings() == []


def test_without_a_ledger_nothing_is_removed(database_url, log, tmp_path):
    old = Old(database_url, log, tmp_path)
    try:
        run = old.passed()
        with pytest.raises(ProctorError, match="no ledger in the database"):
            old.remove(details="0s")
        assert log.retention(run).events == ()
    finally:
        old.views.reader.close()


def test_even_the_owner_replaces_nothing_but_what_the_log_says(old):
    run = old.failed()
    old.remove(details="0s")
    (said,) = old.log.history(old.log.retention(run).events[0].originator_id)
    first, *_ = old.of_run(run)
    for positions, states in (
        ([first], [b"{}"]),
        ([first + 1], [b"{}"]),
        ([said.position], [b"{}"]),
    ):
        with (
            connect(old.url, "test") as connection,
            pytest.raises(psycopg.errors.RaiseException, match="only ever added to"),
        ):
            connection.execute(
                "SELECT proctor_remove_details(%s::bigint[], %s::bigint[], %s::bytea[])",
                ([said.position], positions, states),
            )


def test_the_words_of_a_run_that_was_open_at_a_milestone_are_in_no_past(old):
    steps = [{"goto": "/"}, {"act": f"press {SECRET}"}]
    run = started(old.log, submit(old.log, steps=steps))
    for _ in range(8):
        old.passed()
    old.views.follow()
    assert SECRET in past_words(old)
    old.log.append(old.log.run(run.id).fail("e1", error=FAILURE, duration=1.0))
    old.seal()
    old.remove(details="0s")
    old.views.follow()
    assert SECRET not in past_words(old)


def past_words(old):
    with connect(old.url, "test") as connection:
        return str(connection.execute("TABLE views.past_words_in_runs").fetchall())
