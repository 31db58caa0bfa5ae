"""Who did what: every event that a command brought about, found by who, what and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain import retention
from domain.api_key import Credential, create
from domain.event import topics
from domain.origin import coming_from
from domain.retention import RedactedEvent
from domain.test_decisions import forget
from domain.test_definition import create as create_test
from projections import views
from projections.deed_queries import DeedFilter
from projections.rebuild import rebuild
from runtime.database import connect
from tests.projections.projected import MILESTONES_APART, started, submit
from tests.support.examples import definition, every_event, requested
from tests.support.newer import append_as_newer

ANN, BOB = "key:11111111-2222-4333-8444-555555555555", "key:11112222-2222-4333-8444-555555555555"


def made(log, by, name):
    log.append(create(Credential(UUID(by.removeprefix("key:")), "s"), "first start", name, "admin"))


def asked(log, by, origin=None, **said):
    with coming_from(origin):
        wanted = requested(uuid4(), by, **said)
    log.append(wanted)
    return log.run(wanted.originator_id)


def found(projected, **wanted):
    with projected.now() as snapshot:
        return snapshot.deeds(DeedFilter(**wanted))


def told(projected, **wanted):
    return [(deed["type"], deed["description"]) for deed in found(projected, **wanted)]


def test_every_deed_says_what_it_was_in_a_few_words(projected, log):
    made(log, ANN, "ann")
    run = asked(log, ANN, name="Buy one", priority=5)
    log.append(run.change_priority(ANN, 1))
    log.append(log.run(run.id).cancel(ANN))
    test = create_test(uuid4(), ANN, definition(name="Sell"))
    log.append(test)
    kept = log.test(test.originator_id)
    log.append(kept.revise(ANN, definition(name="Sell two")))
    log.append(log.test(kept.id).archive(ANN))
    log.append(forget("Buy one", 0, ANN, "press the button"))
    log.append(log.queue().pause(ANN))
    log.append(log.queue().clear(ANN, 12))
    log.append(log.key(UUID(ANN.removeprefix("key:"))).revoke(ANN))
    assert told(projected) == [
        ("KeyRevoked", "ann, admin"),
        ("QueueCleared", "12 runs cancelled"),
        ("QueuePaused", ""),
        ("DecisionsForgotten", "Buy one: press the button"),
        ("TestArchived", "Sell two"),
        ("TestRevised", "Sell two, version 2"),
        ("TestCreated", "Sell"),
        ("RunCancelled", "Buy one"),
        ("PriorityChanged", "Buy one: priority 5 -> 1"),
        ("RunRequested", "Buy one, priority 5"),
        ("KeyCreated", "ann, admin"),
    ]


def test_a_deed_has_its_doer_with_the_keys_name_and_where_it_came_from(projected, log):
    made(log, ANN, "ann")
    run = asked(log, ANN, "192.0.2.7")
    (deed, _) = found(projected)
    assert (deed["by"], deed["key_name"], deed["origin"]) == (ANN, "ann", "192.0.2.7")
    assert (deed["noun"], deed["subject"]) == ("run", run.id)


def test_what_executors_and_the_dispatcher_do_is_no_deed(projected, log):
    run = started(log, submit(log, name="Buy one"))
    log.append(run.pass_step("e1", index=0, step="goto /", started=0.0, duration=0.1))
    log.append(log.run(run.id).pass_("e1", duration=1.0))
    log.append(submit(log).change_priority("ageing", 4))
    assert {deed["by"] for deed in found(projected)} == {"key:1"}


def test_what_a_command_on_the_machine_did_is_a_deed(projected, log):
    with coming_from("cli@build-7"):
        removed = next(e for e in every_event() if e.TOPIC == "ArtifactsRemoved")
        log.append(removed.model_copy(update={"by": "retention:ann", "origin": "cli@build-7"}))
    (deed,) = found(projected, types=topics("retention"))
    assert (deed["origin"], deed["subject"]) == ("cli@build-7", removed.run_id)


def test_the_rule_that_removed_something_is_found_though_nobody_commanded_it(projected, log):
    removed = next(e for e in every_event() if e.TOPIC == "ArtifactsRemoved")
    log.append(removed.model_copy(update={"by": "retention"}))
    assert told(projected) == [("ArtifactsRemoved", ": 1 artifacts, failed after 90d")]


@pytest.mark.parametrize(
    ("who", "doers"),
    [
        ("ann", {ANN}),
        (ANN, {ANN}),
        (ANN.removeprefix("key:"), {ANN}),
        ("111111112222", {ANN}),
        ("1111", {ANN, BOB}),
        ("111", set()),
        ("first start", {"first start"}),
        ("%", set()),
    ],
)
def test_who_is_a_keys_name_its_id_or_the_beginning_of_it(projected, log, who, doers):
    made(log, ANN, "ann")
    made(log, BOB, "bob")
    asked(log, ANN)
    asked(log, BOB)
    with projected.now() as snapshot:
        deeds = snapshot.deeds(DeedFilter(snapshot.doers(who)))
    assert {deed["by"] for deed in deeds} == doers


def test_deeds_come_in_pages_and_each_once(projected, log):
    for number in range(7):
        asked(log, ANN if number % 2 else BOB)
    pages, before = [], None
    while page := found(projected, doers=[ANN, BOB], before=before, limit=3):
        pages += page
        before = page[-1]["position"]
    positions = [deed["position"] for deed in pages]
    assert positions == sorted(positions, reverse=True)
    assert len(positions) == 7


def test_what_and_who_narrow_together(projected, log):
    run = asked(log, ANN)
    log.append(run.cancel(BOB))
    log.append(log.queue().pause(BOB))
    wanted = {"doers": [BOB], "types": topics("run")}
    assert [deed["type"] for deed in found(projected, **wanted)] == ["RunCancelled"]


def test_a_time_is_found_whatever_the_clocks_said(projected, log):
    """Thirty events, over several milestones, of clocks that are up to three hours wrong."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    times = [noon + timedelta(minutes=10 * n + (n % 7 - 3) * 60) for n in range(30)]
    for at in times:
        log.append(requested(uuid4()).model_copy(update={"at": at}))
    for since in times:
        for until in (None, since + timedelta(hours=2)):
            expected = [at for at in times if since <= at and (until is None or at <= until)]
            deeds = found(projected, since=since, until=until, limit=100)
            assert [deed["at"] for deed in reversed(deeds)] == expected
    early = noon - timedelta(days=1)
    assert found(projected, until=early) == []


def test_where_a_command_came_from_goes_with_the_runs_details_at_every_moment(projected, log):
    run = asked(log, ANN, "192.0.2.7")
    log.append(run.cancel(ANN))
    for _ in range(3 * MILESTONES_APART):  # So that it is not replayed from the request on.
        submit(log)
    projected.follow()
    submit(log)  # So that the moment is shown from the milestone just set.
    early = datetime.now(UTC)
    position = log.history(run.id)[0].position
    redacted = RedactedEvent(position=position, was=b"\1" * 32, now=b"\2" * 32)
    log.append(retention.Retention(run.id).remove_details("retention", "30d", [redacted]))
    assert found(projected, types=["RunRequested"])[-1]["origin"] is None
    with projected.reader.at(early) as snapshot:
        (first, *_) = snapshot._connection.execute("TABLE deeds ORDER BY position").fetchall()
    assert (first["type"], first["origin"]) == ("RunRequested", None)
    before = projected.everything()
    rebuild(projected.url, log)
    assert projected.everything() == before


def test_what_only_a_newer_proctor_knows_is_passed_over_and_what_follows_is_shown(projected, log):
    run = asked(log, ANN, name="Buy one")
    append_as_newer(log, run.id, "RunTeleported", to="Mars")
    append_as_newer(log, uuid4(), "RunRequested", class_version=2, wish="all")
    log.append(log.run(run.id).cancel(ANN))
    with projected.now() as snapshot:
        assert snapshot.run(run.id)["status"] == "cancelled"
        assert snapshot.position == log.head()
        assert [deed["type"] for deed in snapshot.deeds(DeedFilter())] == [
            "RunCancelled",
            "RunRequested",
        ]
    before = projected.everything()
    rebuild(projected.url, log)
    assert projected.everything() == before


MIDDLE = datetime(2020, 1, 18, tzinfo=UTC)
WANTED = [
    {},
    {"before": 9_000},
    {"doers": ["key:7"]},
    {"doers": ["nobody"]},
    {"types": ["QueuePaused", "none"]},
    {"doers": ["key:7", "key:8"], "types": ["KeyCreated", "QueuePaused"]},
    {"since": MIDDLE},
    {"until": MIDDLE},
    {"doers": ["key:7"], "since": MIDDLE, "until": MIDDLE + timedelta(hours=1)},
    {"doers": ["key:7", "key:8"], "types": ["QueuePaused"], "until": MIDDLE},
    {"types": ["none"], "until": MIDDLE},
]


def test_no_question_looks_through_all_deeds(projected, log):
    made(log, ANN, "ann")
    projected.follow()
    years_of_deeds(projected.url)
    for wanted in WANTED:
        with projected.reader.now() as snapshot:
            looked_at = blocks(snapshot._connection)
            snapshot.deeds(DeedFilter(**wanted))
            looked_at = blocks(snapshot._connection) - looked_at
        assert looked_at < 400, wanted


def years_of_deeds(url):
    """By a hundred keys, of twenty types; a minute apart, with a milestone every 5,000."""
    with connect(url, "test") as connection, connection.transaction():
        views.enter(connection, views.LIVE)
        connection.execute(
            "INSERT INTO deeds SELECT n, timestamptz '2020-01-01' + n * interval '1 minute',"
            " 'key:' || n %% 100, NULL, (%s::text[])[1 + n %% 20], 'run', gen_random_uuid(), ''"
            " FROM generate_series(1000, 51000) AS n",
            (topics()[:20],),
        )
        connection.execute(
            "INSERT INTO milestones SELECT max(position), min(at), max(at) FROM deeds"
            " GROUP BY position / 5000"
        )
        connection.execute("ANALYZE deeds")


def blocks(connection):
    """Looked at so far, in this transaction, of deeds and their indexes: there are 2,000."""
    row = connection.execute(
        "SELECT sum(pg_stat_get_xact_blocks_fetched(oid)) AS count FROM pg_class"
        " WHERE relname LIKE 'deeds%' AND relnamespace = 'views'::regnamespace"
    ).fetchone()
    return int(row["count"])
