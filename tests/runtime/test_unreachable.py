"""A database that goes silent, or is lost in the middle of a commit."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import psycopg
import pytest

from runtime.bounded import BoundedConnection
from runtime.database import open_log
from runtime.lifecycle import Crew
from runtime.probe import Probe
from runtime.unreachable import UNREACHABLE, UncertainError
from tests.chaos.database import PostgresNode
from tests.chaos.network import Network
from tests.chaos.proxy import Proxy
from tests.chaos.taps import LoseAnswers
from tests.support.examples import requested
from tests.support.waiting import wait_until


class Hasty(BoundedConnection):
    answer_timeout = 0.5


@pytest.fixture(scope="module")
def network():
    with Network() as network:
        yield network


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    node = PostgresNode(folder / "data", folder / "postgres.log", folder)
    node.start()
    yield node
    node.close()


@pytest.fixture
def proxy(network, node):
    proxy = Proxy(network, "127.0.0.1", node.port)
    yield proxy
    proxy.heal()
    proxy.cut()


def test_a_commit_whose_reply_is_lost_is_in_doubt_and_trying_it_again_tells(node, proxy):
    asked = requested(uuid4())
    with open_log(node.url_at(proxy.port), "proctor test", connections=1) as log:
        proxy.tap(LoseAnswers(b"RunRequested", times=1))
        with pytest.raises(UncertainError):
            log.append(asked)
        assert log.history(asked.originator_id)[0].event == asked


def test_an_append_without_a_connection_has_certainly_not_happened(node, proxy):
    with open_log(node.url_at(proxy.port), "proctor test", connections=1) as log:
        proxy.refuse(refusing=True)
        proxy.cut()
        with pytest.raises(UNREACHABLE) as raised:
            log.append(requested(uuid4()))
        assert not isinstance(raised.value, UncertainError)


def test_a_statement_that_postgresql_gives_up_has_certainly_not_happened(node, proxy):
    with (
        open_log(node.url_at(proxy.port), "proctor test", connections=1) as log,
        psycopg.connect(node.url) as other,
    ):
        other.execute("LOCK TABLE proctor_events IN EXCLUSIVE MODE")
        with pytest.raises(UNREACHABLE) as raised:
            log.append(requested(uuid4()))
        assert not isinstance(raised.value, UncertainError)


def test_a_database_that_takes_a_question_and_never_answers_is_given_up(node, proxy):
    with Hasty.connect(node.url_at(proxy.port), autocommit=True) as connection:
        proxy.stall()
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match=r"did not answer within 0\.5 s"):
            connection.execute("SELECT 1")
        assert time.monotonic() - began < 3
        assert connection.closed


def test_waiting_for_notifications_is_the_callers_to_bound(node, proxy):
    with Hasty.connect(node.url_at(proxy.port), autocommit=True) as connection:
        connection.execute("LISTEN nothing")
        assert list(connection.notifies(timeout=1.0)) == []
        assert not connection.closed


def test_a_probe_tells_of_silence_before_its_look_is_over():
    hangs, released = threading.Event(), threading.Event()

    def look() -> None:
        if hangs.is_set():
            released.wait(20)

    with Crew([Probe("database", look)]) as crew:
        wait_until(lambda: not crew.troubles, "the first look")
        began = time.monotonic()
        hangs.set()
        wait_until(lambda: "no answer" in str(crew.troubles), "silence to be told", 5)
        assert time.monotonic() - began < 2.5
        hangs.clear()
        released.set()
        wait_until(lambda: not crew.troubles, "the answer to be told", 5)


def test_a_probe_tells_why_its_look_failed():
    def look() -> None:
        raise ConnectionError("nobody is there")

    with Crew([Probe("database", look)]) as crew:
        wait_until(lambda: crew.troubles == {"database": "nobody is there"}, "the reason")
