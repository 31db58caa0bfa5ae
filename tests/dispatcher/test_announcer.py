"""Every event goes to whoever listens outside, as a CloudEvent with its place in the log."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from dispatcher import announcer, asyncapi
from dispatcher.announcer import Announcer
from dispatcher.role import prepare
from domain.cloud_event import cloud_event, routing_key
from domain.stored import Stored
from runtime.broker.port import BrokerUnavailableError
from runtime.database import connect
from runtime.follower import Follower
from runtime.stored_log import StoredLog
from tests.support.deployment import ROOT
from tests.support.examples import RUN, every_event, requested

KNOWN = {"specversion", "id", "source", "type", "subject", "position", "version", "time", "by",
         "datacontenttype", "data"}  # fmt: skip


class Listener:
    """A publisher that keeps what it is told, and may fail."""

    def __init__(self):
        self.heard = []
        self.fails = 0

    def announce(self, announcements):
        if self.fails:
            self.fails -= 1
            raise BrokerUnavailableError("away")
        self.heard += announcements

    @property
    def events(self):
        return [json.loads(announcement.body) for announcement in self.heard]


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def announce(database_url, log, listener):
    """Announces what there is."""
    prepare(database_url)
    source = StoredLog(database_url, "test")
    follower = Follower(database_url, source, Announcer(listener), 3)

    def announce():
        with connect(database_url, "test") as connection:
            while follower.step(connection):
                pass

    yield announce
    source.close()


def test_events_are_announced_once_in_the_logs_order(announce, listener, log):
    positions = [log.append(requested(uuid4())) for _ in range(7)]
    announce()
    log.append(requested(uuid4()))
    announce()
    assert [int(event["id"]) for event in listener.events] == [*positions, positions[-1] + 1]


def test_what_the_broker_did_not_take_is_announced_again(announce, listener, log):
    log.append(requested())
    log.append(log.run(RUN).cancel("key:1"))
    listener.fails = 1
    with pytest.raises(BrokerUnavailableError):
        announce()
    announce()
    assert [event["type"] for event in listener.events] == [
        "proctor.RunRequested",
        "proctor.RunCancelled",
    ]
    assert [a.routing_key for a in listener.heard] == ["run.RunRequested", "run.RunCancelled"]


def stored(event):
    kept = announcer.cloud_event._mapper.to_stored_event(event)
    return Stored(7, kept.originator_id, kept.originator_version, kept.topic, kept.state)


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.TOPIC)
def test_every_event_is_a_cloud_event_without_what_is_for_nobody(event):
    said = cloud_event(stored(event))
    assert set(said) == KNOWN | ({"origin"} if event.origin else set())
    assert said.get("origin") == event.origin
    assert (said["specversion"], said["id"], said["position"]) == ("1.0", "7", "7")
    assert said["subject"] == str(event.originator_id)
    assert not event.HIDDEN & set(said["data"])
    assert routing_key(stored(event)) == f"{event.NOUN}.{event.TOPIC}"


def newer(topic, **facts):
    state = {"at": "2026-11-23T12:00:00+00:00", "by": "key:1", **facts}
    return Stored(9, uuid4(), 1, topic, json.dumps(state).encode())


def test_an_event_of_a_newer_version_is_announced_as_it_is_stored():
    teleported = newer("RunTeleported", origin="192.0.2.7", to="Mars", hidden_way=1, digest="cd")
    said = cloud_event(teleported)
    assert (said["type"], routing_key(teleported)) == (
        "proctor.RunTeleported",
        "unknown.RunTeleported",
    )
    assert set(said) == KNOWN | {"origin"}
    assert (said["by"], said["origin"], said["data"]) == ("key:1", "192.0.2.7", {"to": "Mars"})


def test_a_newer_form_of_an_event_is_announced_as_it_is_stored():
    passed = newer("RunPassed", class_version=2, medals=3)
    assert routing_key(passed) == "run.RunPassed"
    assert cloud_event(passed)["data"] == {"class_version": 2, "medals": 3}


def test_the_document_of_all_events_is_up_to_date():
    written = json.loads((ROOT / "docs" / "asyncapi.json").read_text())
    assert written == asyncapi.document(), "python -m dispatcher.asyncapi > docs/asyncapi.json"


def test_the_document_has_every_event_and_nothing_hidden():
    document = asyncapi.document()
    assert set(document["channels"]) == {event.TOPIC for event in every_event()}
    assert "digest" not in document["components"]["schemas"]["KeyCreated"]["properties"]
