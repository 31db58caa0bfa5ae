"""What only RabbitMQ does: losing connections, refusing, blocking, and keeping messages."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aio_pika
import pytest

from runtime.broker import connect_broker
from runtime.broker.address import Address
from runtime.broker.port import (
    Announcement,
    BrokerError,
    BrokerUnavailableError,
    Control,
    DeliveryLostError,
    Depth,
    Presence,
)
from runtime.broker.rabbitmq import topology
from runtime.broker.rabbitmq.publisher import RabbitPublisher
from tests.broker.conftest import QUEUE_TYPE, taken_from
from tests.broker.dispatches import a_dispatch, gets_nothing, publish, take, take_and_ack
from tests.support.waiting import eventually, in_loop, wait_until

if TYPE_CHECKING:
    from tests.support.rabbitmq import RabbitNode

QUEUE = "proctor.runs.default"
AN_IDLE_ONE = Presence("e1", "idle", None, "2026-01-01T00:00:00+00:00")


def vhost_of(url: str) -> str:
    return urlsplit(url).path[1:]


def cut_all(node: RabbitNode, url: str) -> None:
    """Closes every connection of this test's by force."""
    node.ctl("close_all_connections", "--vhost", vhost_of(url), "cut by the test")


async def with_channel(url: str, work) -> object:
    async with await aio_pika.connect(url) as connection:
        return await work(await connection.channel())


async def delete_queue(url: str, name: str) -> None:
    await with_channel(url, lambda channel: channel.queue_delete(name))


async def put_raw(url: str, body: bytes, priority: int = 9) -> None:
    async def put(channel: aio_pika.abc.AbstractChannel) -> None:
        exchange = await channel.get_exchange("proctor.runs")
        await exchange.publish(aio_pika.Message(body, priority=priority), "default")

    await with_channel(url, put)


# -- losing the connection ----------------------------------------------------------------------


@in_loop
async def test_whoever_waits_is_told_that_the_connection_was_cut(
    rabbit, rabbit_publisher, rabbit_node, rabbit_url
):
    async with rabbit.subscribe("e1") as subscription, rabbit.observe() as observer:
        waits = [subscription.next(), subscription.control(), observer.presence()]
        waiting = [asyncio.create_task(wait) for wait in waits]
        await asyncio.to_thread(cut_all, rabbit_node, rabbit_url)
        for each in waiting:
            with pytest.raises(BrokerUnavailableError):
                await asyncio.wait_for(each, 10)
        with pytest.raises(BrokerUnavailableError):
            await observer.depth()
        with pytest.raises(BrokerUnavailableError):
            await subscription.announce(AN_IDLE_ONE)
        with pytest.raises(BrokerUnavailableError):
            await subscription.pause()


@in_loop
async def test_a_delivery_whose_connection_was_cut_is_lost_and_comes_again(
    rabbit, rabbit_publisher, rabbit_node, rabbit_url
):
    await publish(rabbit_publisher, a_dispatch(1))
    async with rabbit.subscribe("e1") as cut:
        delivery = await take(cut)
        await asyncio.to_thread(cut_all, rabbit_node, rabbit_url)
        with pytest.raises(BrokerUnavailableError):
            await cut.next()
        for settle in (delivery.ack, delivery.requeue, delivery.reject):
            with pytest.raises(DeliveryLostError):
                await settle()
    async with rabbit.subscribe("e1") as subscription:
        again = await take(subscription)
        assert (again.dispatch, again.redelivered) == (a_dispatch(1), True)


@in_loop
async def test_a_publisher_whose_connection_was_cut_recovers_by_itself(
    rabbit, rabbit_publisher, rabbit_node, rabbit_url
):
    heard: list[Presence] = []
    rabbit_publisher.on_presence(heard.append)
    before = rabbit_publisher.connected_since()
    await asyncio.to_thread(cut_all, rabbit_node, rabbit_url)
    await eventually(lambda: (rabbit_publisher.connected_since() or 0) > before, "connected anew")
    await publish(rabbit_publisher, a_dispatch(1))
    async with rabbit.subscribe("e1") as subscription:
        assert await take_and_ack(subscription, 1) == [a_dispatch(1)]
        await subscription.announce(AN_IDLE_ONE)
        await eventually(lambda: heard, "presence is heard again")


@in_loop
async def test_messages_and_publisher_survive_a_restart_of_the_node(
    rabbit, rabbit_publisher, rabbit_node
):
    await publish(rabbit_publisher, a_dispatch(1), a_dispatch(2, priority=1))
    await asyncio.to_thread(rabbit_node.stop)
    assert rabbit_publisher.connected_since() is None
    with pytest.raises(BrokerUnavailableError, match="no connection to RabbitMQ"):
        await asyncio.to_thread(_impatient(rabbit_publisher).publish, [a_dispatch(3)])
    with pytest.raises(BrokerUnavailableError, match="cannot connect"):
        async with rabbit.subscribe("e1"):
            pass
    await asyncio.to_thread(rabbit_node.start)
    await eventually(rabbit_publisher.connected_since, "connected anew", timeout=30)
    async with rabbit.subscribe("e1") as subscription:
        assert await take_and_ack(subscription, 2) == [a_dispatch(2, priority=1), a_dispatch(1)]
        assert await gets_nothing(subscription)


def _impatient(publisher: RabbitPublisher, patience: float = 0.5) -> RabbitPublisher:
    publisher._patience = patience
    return publisher


def test_publishing_goes_on_while_connections_are_cut(rabbit_publisher, rabbit_node, rabbit_url):
    published: list[int] = []
    enough = threading.Event()

    def publish_until_enough() -> None:
        while not enough.is_set():
            try:
                rabbit_publisher.publish([a_dispatch(len(published))])
            except BrokerUnavailableError:
                continue  # Again, with the same dispatch: that is what the relay does.
            published.append(len(published))

    thread = threading.Thread(target=publish_until_enough)
    thread.start()
    for _ in range(2):
        cut_all(rabbit_node, rabbit_url)
        count = len(published)
        wait_until(lambda count=count: len(published) > count + 10, "publishing goes on")
    enough.set()
    thread.join()
    found = {json.loads(m.body)["dispatch_id"] for m in asyncio.run(taken_from(rabbit_url, QUEUE))}
    assert {a_dispatch(number).dispatch_id for number in published} <= found


@in_loop
async def test_a_consumer_that_rabbitmq_cancels_is_told(rabbit, rabbit_publisher, rabbit_url):
    async with rabbit.subscribe("e1") as subscription:
        waiting = asyncio.create_task(subscription.next())
        await delete_queue(rabbit_url, QUEUE)
        with pytest.raises(BrokerUnavailableError, match="cancelled the consumer"):
            await asyncio.wait_for(waiting, 10)


@in_loop
async def test_a_deleted_queue_fails_one_publish_and_is_declared_by_the_next(
    rabbit, rabbit_publisher, rabbit_url
):
    await delete_queue(rabbit_url, QUEUE)
    with pytest.raises(BrokerUnavailableError, match=r"proctor\.runs\.default"):
        await publish(rabbit_publisher, a_dispatch(1))
    await publish(rabbit_publisher, a_dispatch(1))
    async with rabbit.subscribe("e1") as subscription:
        assert await take_and_ack(subscription, 1) == [a_dispatch(1)]


@in_loop
async def test_a_deleted_queue_counts_as_empty_and_is_declared_by_the_next_publish(
    rabbit_publisher, rabbit_url
):
    await publish(rabbit_publisher, a_dispatch(1))
    await delete_queue(rabbit_url, QUEUE)
    assert rabbit_publisher.depth("default") == Depth(0, None, 0)
    await publish(rabbit_publisher, a_dispatch(1))
    assert rabbit_publisher.depth("default").ready == 1


# -- being refused ------------------------------------------------------------------------------


def test_a_queue_with_other_arguments_is_named_and_what_to_do(rabbit_url):
    async def declare_otherwise() -> None:
        await with_channel(rabbit_url, lambda channel: channel.declare_queue(QUEUE, durable=True))

    asyncio.run(declare_otherwise())
    with closing(connect_broker(rabbit_url, role="test", queue_type=QUEUE_TYPE).publisher()) as it:
        with pytest.raises(BrokerError, match=r"'proctor\.runs\.default'.*delete_queue") as raised:
            it.publish([a_dispatch(1)])
        assert not isinstance(raised.value, BrokerUnavailableError)
        asyncio.run(delete_queue(rabbit_url, QUEUE))
        wait_until(it.connected_since, "connected when the queue was put right")
        it.publish([a_dispatch(1)])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("guest:guest@", "guest:s3cret-word@"), "refused user 'guest'"),
        (("/test-", "/none-"), "virtual host 'none-"),
    ],
)
def test_a_refused_login_says_what_is_wrong_without_the_password(rabbit_url, change, told):
    broker = connect_broker(rabbit_url.replace(*change), role="test")
    with closing(broker.publisher()) as it, pytest.raises(BrokerError) as publishing:
        it.publish([a_dispatch(1)])
    assert told in str(publishing.value)

    async def subscribe() -> None:
        async with broker.subscribe("e1"):
            pass

    with pytest.raises(BrokerUnavailableError) as subscribing:
        asyncio.run(subscribe())
    for error in (publishing.value, subscribing.value):
        assert "s3cret" not in _everything_said(error)


def _everything_said(error: BaseException | None) -> str:
    said = ""
    while error is not None:
        said += f"{error!r}{error}{error.__dict__}"
        error = error.__cause__ or error.__context__
    return said


@in_loop
async def test_a_subscription_without_the_topology_says_who_declares_it(rabbit):
    with pytest.raises(BrokerUnavailableError, match=r"the dispatcher declares it"):
        async with rabbit.subscribe("e1"):
            pass


# -- an alarm -----------------------------------------------------------------------------------


@in_loop
async def test_a_publish_during_an_alarm_times_out_and_a_run_can_still_be_acknowledged(
    rabbit, rabbit_publisher, rabbit_node
):
    await publish(rabbit_publisher, a_dispatch(1), a_dispatch(2))
    async with rabbit.subscribe("e1") as subscription:
        delivery = await take(subscription)
        await asyncio.to_thread(rabbit_node.ctl, "set_vm_memory_high_watermark", "0.0000001")
        try:
            with pytest.raises(BrokerUnavailableError, match="no confirm"):
                await publish(_impatient(rabbit_publisher), a_dispatch(3))
            await eventually(
                lambda: rabbit_publisher.connected_since() is None, "it knows that it is deaf"
            )
            with pytest.raises(BrokerUnavailableError, match="memory"):
                await publish(rabbit_publisher, a_dispatch(3))
            await subscription.announce(AN_IDLE_ONE)
            await delivery.ack()
            assert (await take(subscription)).dispatch == a_dispatch(2)
        finally:
            await asyncio.to_thread(rabbit_node.ctl, "set_vm_memory_high_watermark", "0.4")
        await eventually(rabbit_publisher.connected_since, "it hears again")
        await publish(_impatient(rabbit_publisher, 10), a_dispatch(4))


@in_loop
async def test_an_idle_publisher_notices_an_alarm(rabbit_publisher, rabbit_node):
    await asyncio.to_thread(rabbit_node.ctl, "set_vm_memory_high_watermark", "0.0000001")
    try:
        await eventually(lambda: rabbit_publisher.connected_since() is None, "it was told")
    finally:
        await asyncio.to_thread(rabbit_node.ctl, "set_vm_memory_high_watermark", "0.4")
    await eventually(rabbit_publisher.connected_since, "it hears again")


# -- messages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"schema_version": 1}',
        json.dumps(
            {
                "schema_version": 2,
                "run_id": "00000000-0000-0000-0000-000000000001",
                "attempt": 1,
                "priority": 5,
                "dispatch_id": "x",
                "pool": "default",
            }
        ).encode(),
    ],
    ids=["empty", "no text", "no object", "fields missing", "of a later version"],
)
@in_loop
async def test_a_message_that_is_no_dispatch_is_dead_lettered_and_does_not_stop_the_rest(
    rabbit, rabbit_publisher, rabbit_url, body
):
    await put_raw(rabbit_url, body)
    await publish(rabbit_publisher, a_dispatch(1, priority=10))
    async with rabbit.subscribe("e1") as subscription:
        assert (await take_and_ack(subscription, 1))[0].run_id == a_dispatch(1).run_id
        assert await gets_nothing(subscription)
    (dead,) = await taken_from(rabbit_url, "proctor.dead")
    assert dead.body == body
    assert "not a dispatch" in str(dead.headers["reason"])
    assert dead.headers["rejected_by"] == "e1"
    assert datetime.fromisoformat(str(dead.headers["rejected_at"])).utcoffset() == timedelta(0)


@in_loop
async def test_a_message_is_persistent_and_readable_for_an_operator(rabbit_publisher, rabbit_url):
    dispatch = a_dispatch(1, priority=2)
    await publish(rabbit_publisher, dispatch)
    (message,) = await taken_from(rabbit_url, QUEUE)
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert message.priority == 8
    assert message.message_id == dispatch.dispatch_id
    assert message.headers == {
        "run_id": str(dispatch.run_id),
        "attempt": 1,
        "priority": 2,
        "dispatch_id": dispatch.dispatch_id,
    }


@in_loop
async def test_garbage_among_broadcasts_and_presences_is_passed_over(
    rabbit, rabbit_publisher, rabbit_url
):
    heard: list[Presence] = []
    rabbit_publisher.on_presence(heard.append)

    async def shout(channel: aio_pika.abc.AbstractChannel) -> None:
        for name in ("proctor.control", "proctor.presence"):
            exchange = await channel.get_exchange(name)
            await exchange.publish(aio_pika.Message(b"garbage"), "")

    async with rabbit.subscribe("e1") as subscription, rabbit.observe() as observer:
        await with_channel(rabbit_url, shout)
        await asyncio.to_thread(rabbit_publisher.broadcast, Control("drain"))
        await subscription.announce(AN_IDLE_ONE)
        async with asyncio.timeout(10):
            assert await subscription.control() == Control("drain")
            assert await observer.presence() == AN_IDLE_ONE
        await eventually(lambda: heard == [AN_IDLE_ONE], "the publisher heard it")


@in_loop
async def test_an_operator_sees_who_is_connected_and_who_holds_what(
    rabbit, rabbit_publisher, rabbit_server, rabbit_url
):
    def shown(path: str, *fields: str) -> set[tuple[str, ...]]:
        rows = rabbit_server.api.get(f"/{path}").json()
        rows = [row for row in rows if row.get("vhost") == vhost_of(rabbit_url)]
        return {
            tuple(str(row.get("client_properties", row).get(f)) for f in fields) for row in rows
        }

    expected = {
        ("proctor test", "test", "None"),
        ("proctor executor e1", "executor", "e1"),
        ("proctor executor e1 announcements", "executor", "e1"),
    }
    async with rabbit.subscribe("e1"):
        await eventually(
            lambda: shown("connections", "connection_name", "role", "executor") == expected,
            "the connections are named",
            timeout=15,
        )


@in_loop
async def test_an_operator_sees_who_consumes_what(
    rabbit, rabbit_publisher, rabbit_server, rabbit_url
):
    def consumers() -> set[tuple[str, str, int]]:
        rows = rabbit_server.api.get(f"/consumers/{vhost_of(rabbit_url)}").json()
        return {
            (row["consumer_tag"], row["queue"]["name"].rsplit(".", 1)[0], row["prefetch_count"])
            for row in rows
        }

    async with rabbit.subscribe("e1"), rabbit.observe():
        await eventually(
            lambda: (
                consumers()
                == {
                    ("e1", "proctor.runs", 1),
                    ("e1 listens", "proctor.control.e1", 1),
                    ("e1 is looked at", "proctor.pictures.e1", 0),
                    ("test looks", "proctor.pictures.test", 0),
                    ("test listens", "proctor.presence.test", 0),
                }
            ),
            "the consumers are named",
            timeout=15,
        )


@in_loop
async def test_an_operator_sees_which_run_an_executor_holds(
    rabbit, rabbit_publisher, rabbit_server, rabbit_url
):
    def shown() -> list[tuple[str, dict[str, str]]]:
        path = f"/exchanges/{vhost_of(rabbit_url)}/proctor.control/bindings/source"
        rows = rabbit_server.api.get(path).json()
        return [
            (row["routing_key"], row["arguments"])
            for row in rows
            if row["destination"].startswith("proctor.control.e1.") and row["arguments"]
        ]

    def holding(number: int) -> Presence:
        return Presence("e1", "running", a_dispatch(number).run_id, f"2026-01-0{number}T00:00:00Z")

    async with rabbit.subscribe("e1") as subscription:
        for presence in (holding(1), AN_IDLE_ONE, holding(2), holding(2)):
            await subscription.announce(presence)
        second = (f"run {a_dispatch(2).run_id}", {"since": "2026-01-02T00:00:00+00:00"})
        await eventually(lambda: shown() == [second], "the run that it is long at is shown")
        await asyncio.to_thread(rabbit_publisher.broadcast, Control("pause"))
        await asyncio.to_thread(rabbit_publisher.broadcast, Control("resume"))
        assert [await subscription.control() for _ in range(2)] == [
            Control("pause"),
            Control("resume"),
        ]
        await subscription.announce(AN_IDLE_ONE)
        await eventually(lambda: shown() == [], "it is not shown any more")


# -- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:s3cret@host/0",
        "amqp://user:s3cret@host:port",
        "amqp://user:s3cr/s3cret@host",
        "amqp://user:s3cret@host/?nonsense=1",
        "amqps://user:s3cret@host/?cafile=/nowhere",
        "user:s3cret@host",
        "",
    ],
)
def test_a_url_that_is_none_is_named_without_its_password(url):
    with pytest.raises(ValueError, match="broker URL") as raised:
        connect_broker(url, role="test")
    assert "s3cr" not in _everything_said(raised.value)


def test_a_wrong_queue_type_is_named():
    with pytest.raises(ValueError, match=r"'stream'.*classic, quorum"):
        connect_broker("amqp://localhost", role="test", queue_type="stream")


def test_an_address_is_read_once_and_shown_without_its_password():
    address = Address.parse("amqp://a%40b:s%2Fcret@rabbit:5673/a%2Fb?heartbeat=30")
    assert (address.user, address.password) == ("a@b", "s/cret")
    assert (address.host, address.port, address.vhost, address.heartbeat) == (
        "rabbit",
        5673,
        "a/b",
        30,
    )
    assert str(address) == "amqp://a%40b:***@rabbit:5673/a%2Fb?heartbeat=30"
    assert "cret" not in repr(address)


def test_an_address_may_leave_out_what_is_usual():
    address = Address.parse("amqp://rabbit")
    assert (address.port, address.user, address.vhost) == (5672, "guest", "/")


@in_loop
async def test_what_is_announced_reaches_a_queue_that_asks_for_it(rabbit_publisher, rabbit_url):
    connection = await aio_pika.connect(rabbit_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(topology.EVENTS, "run.*")
        told = [Announcement(f"run.E{n}", str(n), f"proctor.E{n}", b"{}") for n in range(3)]
        other = Announcement("key.KeyCreated", "9", "proctor.KeyCreated", b"{}")
        await asyncio.to_thread(rabbit_publisher.announce, [*told, other])
        for each in told:
            message = await queue.get()
            assert (message.message_id, message.type) == (each.message_id, each.kind)
            assert message.content_type == "application/cloudevents+json; charset=utf-8"
        assert await queue.get(fail=False) is None
