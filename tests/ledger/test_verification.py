"""Whatever is changed in the log or in its ledger is found, and named."""

from __future__ import annotations

import psycopg
import pytest

from domain.stored import START, link
from projections.ledger import notary, tables
from projections.ledger.notary import BrokenChainError, Notary
from runtime.database import connect
from runtime.signing import SigningKey
from runtime.stored_log import StoredLog


@pytest.fixture
def sealed(kept):
    """Twenty events under two checkpoints, and five that are only chained."""
    kept.happen(12)
    kept.seal()
    kept.happen(8)
    kept.seal()
    kept.happen(5)
    kept.chain()
    return kept


def only(report):
    (finding,) = report.findings
    return finding.sort, finding.position


def test_a_log_that_nobody_touched_is_whole(sealed):
    report = sealed.verify()
    assert report.findings == []
    assert (report.events, report.checkpoints, report.last_sealed) == (25, 2, 20)
    assert (report.not_sealed, report.not_chained) == (5, 0)


def test_an_empty_log_is_whole(kept):
    assert kept.verify().findings == []


def test_what_is_not_chained_yet_is_said(sealed):
    sealed.happen(3)
    assert sealed.verify().not_chained == 3


@pytest.mark.parametrize("position", [1, 12, 17, 25])
def test_one_byte_of_one_event_is_enough(sealed, position):
    with sealed.forging() as connection:
        connection.execute(
            "UPDATE proctor_events SET state = set_byte(state, 9, get_byte(state, 9) # 1)"
            " WHERE notification_id = %s",
            (position,),
        )
    report = sealed.verify()
    assert only(report) == ("altered", position)
    assert f"the event at position {position} (RunRequested, version 1 of" in str(
        report.findings[0]
    )


def test_a_removed_event_is_named(sealed):
    with sealed.forging() as connection:
        connection.execute("DELETE FROM proctor_events WHERE notification_id = 14")
    assert only(sealed.verify()) == ("removed", 14)


def test_the_newest_event_removed_is_named_too(sealed):
    with sealed.forging() as connection:
        connection.execute("DELETE FROM proctor_events WHERE notification_id = 25")
    assert only(sealed.verify()) == ("removed", 25)


def test_an_inserted_event_is_named(sealed):
    with sealed.forging() as connection:
        # A gap first, as a rollback leaves one: that is no finding, and a place for a forgery.
        connection.execute("SELECT nextval('proctor_events_notification_id_seq')")
    sealed.happen(2)
    sealed.seal()
    assert sealed.verify().findings == []
    with sealed.forging() as connection:
        connection.execute(
            "INSERT INTO proctor_events SELECT gen_random_uuid(), 1, topic, state, 26"
            " FROM proctor_events WHERE notification_id = 3"
        )
    assert only(sealed.verify()) == ("inserted", 26)


@pytest.mark.parametrize("position", [0, -(2**63)])
def test_an_event_inserted_before_the_first_is_named(sealed, position):
    with sealed.forging() as connection:
        connection.execute(
            "INSERT INTO proctor_events SELECT gen_random_uuid(), 1, topic, state, %s"
            " FROM proctor_events WHERE notification_id = 3",
            (position,),
        )
    assert only(sealed.verify()) == ("inserted", position)


@pytest.mark.timeout(30)
def test_a_link_far_behind_the_last_does_not_keep_a_verification_busy(sealed):
    far = 2**62
    with sealed.forging() as connection:
        connection.execute(
            "INSERT INTO ledger.links (position, link) SELECT %s, link FROM ledger.links LIMIT 1",
            (far,),
        )
    assert only(sealed.verify()) == ("removed", far)


def test_two_events_that_changed_places_are_both_named(sealed):
    with sealed.forging() as connection:
        rows = {
            row["notification_id"]: row
            for row in connection.execute(
                "DELETE FROM proctor_events WHERE notification_id IN (4, 9) RETURNING *"
            )
        }
        for there, row in ((9, rows[4]), (4, rows[9])):
            connection.execute(
                "INSERT INTO proctor_events (notification_id, originator_id, originator_version,"
                " topic, state) VALUES (%s, %s, %s, %s, %s)",
                (
                    there,
                    row["originator_id"],
                    row["originator_version"],
                    row["topic"],
                    row["state"],
                ),
            )
    report = sealed.verify()
    assert [(f.sort, f.position) for f in report.findings] == [("reordered", 4), ("reordered", 9)]
    assert "was chained at position 9" in str(report.findings[0])


def test_an_event_altered_with_its_link_is_found_by_the_next(sealed):
    with sealed.forging() as connection:
        connection.execute("UPDATE proctor_events SET topic = 'RunX' WHERE notification_id = 6")
        connection.execute("UPDATE ledger.links SET link = sha256('x') WHERE position = 6")
    assert sealed.verify().findings[0].position == 6


def rechain(kept, after):
    """Makes links anew from a position on, as the database's owner could."""
    source = StoredLog(kept.url, "test")
    with kept.forging() as connection:
        before = tables.link_at(connection, after) or START
        connection.execute("DELETE FROM ledger.links WHERE position > %s", (after,))
        for stored in source.read(after, 1000):
            before = link(before, stored.leaf)
            tables.add_links(connection, [stored.position], [before])
    source.close()


def test_events_rewritten_with_all_their_links_are_found_by_the_checkpoint(sealed):
    with sealed.forging() as connection:
        connection.execute("UPDATE proctor_events SET topic = 'RunX' WHERE notification_id = 15")
    rechain(sealed, 14)
    sort, position = only(sealed.verify())
    assert (sort, position) == ("ledger", 13)


def test_a_tail_rewritten_with_links_and_checkpoints_is_found_by_what_was_published(sealed):
    published = {checkpoint.number: checkpoint for checkpoint in sealed.checkpoints()}
    with sealed.forging() as connection:
        connection.execute("UPDATE proctor_events SET topic = 'RunX' WHERE notification_id = 15")
        connection.execute("DELETE FROM ledger.checkpoints WHERE number = 2")
    rechain(sealed, 14)
    sealed.seal()
    assert sealed.verify().findings == []  # Whoever has the key and the database can do that ...
    sort, position = only(sealed.verify(published=published))
    assert (sort, position) == ("published", 13)  # ... and not take back what was sent elsewhere.


def test_a_tail_taken_away_is_found_by_what_was_published(sealed):
    published = {checkpoint.number: checkpoint for checkpoint in sealed.checkpoints()}
    with sealed.forging() as connection:
        connection.execute("DELETE FROM proctor_events WHERE notification_id > 12")
        connection.execute("DELETE FROM ledger.links WHERE position > 12")
        connection.execute("DELETE FROM ledger.checkpoints WHERE number = 2")
    assert sealed.verify().findings == []
    assert only(sealed.verify(published=published)) == ("published", 13)


def test_a_checkpoint_by_another_key_is_told(sealed, tmp_path):
    other = SigningKey.in_file(tmp_path / "other.key")
    sealed.seal(other)
    sort, position = only(sealed.verify())
    assert (sort, position) == ("checkpoint", 25)
    assert sealed.verify(keys=[sealed.key.public, other.public]).findings == []


def test_a_checkpoint_that_was_changed_is_told(sealed):
    with sealed.forging() as connection:
        connection.execute(
            "UPDATE ledger.checkpoints SET checkpoint = jsonb_set(checkpoint, '{at}',"
            " '\"2020-01-01T00:00:00Z\"') WHERE number = 1"
        )
    sorts = {finding.sort for finding in sealed.verify().findings}
    assert sorts == {"checkpoint"}


def test_no_checkpoint_is_put_under_what_is_not_what_was_chained(sealed):
    with sealed.forging() as connection:
        connection.execute("UPDATE proctor_events SET topic = 'RunX' WHERE notification_id = 22")
    with pytest.raises(BrokenChainError, match="from 21 to 25"):
        sealed.seal()


def test_many_events_are_under_many_checkpoints(kept, monkeypatch):
    monkeypatch.setattr(notary, "MOST_EVENTS", 4)
    kept.happen(11)
    kept.seal()
    assert [c.count for c in kept.checkpoints()] == [4, 4, 3]
    assert kept.verify().findings == []


def test_a_checkpoint_is_made_when_its_time_has_come_or_it_is_full(kept, monkeypatch):
    monkeypatch.setattr(notary, "MOST_EVENTS", 4)
    kept.happen(3)
    kept.chain()
    patient = Notary(kept.url, kept.key, 3600)
    with connect(kept.url, "test") as connection:
        patient.look(connection)
        assert kept.checkpoints() == []
        kept.happen(2)
        kept.chain()
        patient.look(connection)
        assert [c.last for c in kept.checkpoints()] == [4]
        Notary(kept.url, kept.key, 0).look(connection)
        assert [c.last for c in kept.checkpoints()] == [4, 5]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proctor_events SET topic = 'x'",
        "DELETE FROM proctor_events",
        "TRUNCATE proctor_events",
        "UPDATE ledger.links SET position = 7",
        "DELETE FROM ledger.links",
        "TRUNCATE ledger.links",
        "UPDATE ledger.checkpoints SET number = 7",
        "DELETE FROM ledger.checkpoints",
        "TRUNCATE ledger.checkpoints",
    ],
)
def test_even_the_tables_owner_is_refused_to_change_them(sealed, statement):
    with (
        connect(sealed.url, "test") as connection,
        pytest.raises(psycopg.errors.RaiseException, match="only ever added to"),
    ):
        connection.execute(statement)
