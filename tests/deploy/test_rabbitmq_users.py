"""RabbitMQ's users may do what their role does, and nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

import aio_pika
import httpx
import pytest
from aiormq import ChannelAccessRefused

from runtime.broker import connect_broker
from runtime.broker.port import Control, Picture, Presence
from runtime.broker.rabbitmq import topology
from tests.broker.conftest import QUEUE_TYPE, connected_publisher
from tests.broker.dispatches import a_dispatch, publish, take
from tests.support.rabbitmq_users import VHOST, password_of
from tests.support.waiting import eventually, in_loop, wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from runtime.broker.port import Broker, Publisher
    from tests.support.rabbitmq import RabbitServer
    from tests.support.rabbitmq_users import UrlOf

    Attempt = Callable[[aio_pika.abc.AbstractChannel], Awaitable[Any]]

QUEUE = topology.run_queue("default")
SOMEBODYS = Presence("e1", "idle", None, "2026-01-01T00:00:00+00:00")


def broker_of(url_of: UrlOf, role: str) -> Broker:
    return connect_broker(url_of(role), role=role, queue_type=QUEUE_TYPE)


@pytest.fixture
def dispatcher(url_of: UrlOf) -> Iterator[Publisher]:
    """The dispatcher's connection; the topology is declared."""
    yield from connected_publisher(broker_of(url_of, "dispatcher"))


def managing(
    node: RabbitServer, user: str, method: str, path: str, body: dict[str, Any] | None = None
) -> httpx.Response:
    """What the management API answers one of the users."""
    url = f"{node.api.base_url}{path}"
    login = (user, password_of(user))
    return httpx.request(method, url, json=body, auth=login, timeout=30, trust_env=False)


async def refused(url: str, attempt: Attempt) -> bool:
    async with await aio_pika.connect(url) as connection:
        try:
            await attempt(await connection.channel())
        except ChannelAccessRefused:
            return True
    return False


def declare(name: str, **arguments: Any) -> Attempt:
    return lambda channel: channel.declare_queue(name, durable=True, **arguments)


def declare_exchange(name: str) -> Attempt:
    return lambda channel: channel.declare_exchange(name, "fanout", durable=True)


def delete(name: str) -> Attempt:
    return lambda channel: channel.queue_delete(name)


def send(exchange: str) -> Attempt:
    async def attempt(channel: aio_pika.abc.AbstractChannel) -> None:
        found = await channel.get_exchange(exchange)
        await found.publish(aio_pika.Message(b"{}"), "default", mandatory=False)

    return attempt


def get(name: str) -> Attempt:
    async def attempt(channel: aio_pika.abc.AbstractChannel) -> None:
        found = await channel.get_queue(name)
        await found.get(fail=False)

    return attempt


def purge(name: str) -> Attempt:
    async def attempt(channel: aio_pika.abc.AbstractChannel) -> None:
        found = await channel.get_queue(name)
        await found.purge()

    return attempt


def unbind(name: str, exchange: str) -> Attempt:
    async def attempt(channel: aio_pika.abc.AbstractChannel) -> None:
        found = await channel.get_queue(name, ensure=False)
        await found.unbind(exchange, "default")

    return attempt


def listen(exchange: str, name: str) -> Attempt:
    async def attempt(channel: aio_pika.abc.AbstractChannel) -> None:
        own = await channel.declare_queue(name, exclusive=True, auto_delete=True)
        await own.bind(exchange, "default")

    return attempt


# -- what they may -------------------------------------------------------------------------------


@in_loop
async def test_the_dispatcher_publishes_and_an_executor_takes_and_acknowledges(url_of, dispatcher):
    await publish(dispatcher, a_dispatch(1))
    async with broker_of(url_of, "executor").subscribe("e1") as executor:
        delivery = await take(executor)
        assert delivery.dispatch == a_dispatch(1)
        await delivery.ack()


@in_loop
async def test_an_executor_hears_broadcasts_and_the_others_hear_it(url_of, dispatcher):
    heard: list[Presence] = []
    dispatcher.on_presence(heard.append)
    async with (
        broker_of(url_of, "executor").subscribe("e1") as executor,
        broker_of(url_of, "api").observe() as api,
    ):
        dispatcher.broadcast(Control("pause"))
        assert await executor.control() == Control("pause")
        await executor.announce(SOMEBODYS)
        assert await api.presence() == SOMEBODYS
        await eventually(lambda: heard == [SOMEBODYS], "the dispatcher hears it too")


@in_loop
async def test_an_executor_pauses_gives_back_and_puts_with_the_dead_letters(url_of, dispatcher):
    await publish(dispatcher, a_dispatch(1))
    async with broker_of(url_of, "executor").subscribe("e1") as executor:
        await (await take(executor)).requeue()
        await (await take(executor)).reject()
        await executor.pause()
        await executor.resume()
    async with await aio_pika.connect(url_of("operator")) as connection:
        dead = await (await connection.channel()).get_queue(topology.DEAD)
        letter = await dead.get(no_ack=True)
        assert letter.message_id == a_dispatch(1).dispatch_id


@in_loop
async def test_dispatcher_and_api_count_the_queue(url_of, dispatcher):
    await publish(dispatcher, a_dispatch(1))
    assert dispatcher.depth("default").ready == 1
    async with broker_of(url_of, "api").observe() as api:
        assert (await api.depth()).ready == 1


@pytest.mark.parametrize("user", ["operator", "viewer", "scaler"])
def test_the_queue_is_seen_in_the_management_api_by(user, url_of, dispatcher, rabbit_server):
    answer = managing(rabbit_server, user, "GET", f"queues/proctor/{QUEUE}")
    assert answer.json()["name"] == QUEUE


@pytest.mark.parametrize(("queue", "policy"), [(QUEUE, "runs-classic"), (topology.DEAD, "dead")])
def test_a_queue_has_the_policy_meant_for_it(queue, policy, url_of, dispatcher, rabbit_server):
    def its_policy() -> str | None:
        return rabbit_server.api.get(f"/queues/proctor/{queue}").json().get("policy")

    wait_until(lambda: its_policy() == policy, f"{queue} to have the policy {policy}")


@in_loop
async def test_who_looks_at_an_executor_is_shown_its_browser(url_of, dispatcher):
    picture = Picture("e1", UUID(int=7), b"a jpeg")
    async with (
        broker_of(url_of, "executor").subscribe("e1") as executor,
        broker_of(url_of, "api").observe() as api,
    ):
        await api.look_at("e1")
        await asyncio.wait_for(executor.looked_at(), 5)
        await executor.show(picture)
        assert await asyncio.wait_for(api.picture(), 5) == picture


@pytest.fixture
def older_users(url_of: UrlOf, rabbit_server: RabbitServer) -> Iterator[None]:
    """Executors and API may do what they might before there were pictures."""
    paths = [f"/permissions/{VHOST}/{user}" for user in ("executor", "api")]
    given = {path: rabbit_server.api.get(path).json() for path in paths}
    for path, permissions in given.items():
        older = {
            kind: permissions[kind].replace("pictures", "none")
            for kind in ("configure", "write", "read")
        }
        rabbit_server.api.put(path, json=older).raise_for_status()
    yield
    for path, permissions in given.items():
        rabbit_server.api.put(path, json=permissions).raise_for_status()


@in_loop
async def test_users_of_an_older_deployment_work_without_pictures(url_of, dispatcher, older_users):
    await publish(dispatcher, a_dispatch(1))
    async with (
        broker_of(url_of, "executor").subscribe("e1") as executor,
        broker_of(url_of, "api").observe() as api,
    ):
        await api.look_at("e1")
        await executor.show(Picture("e1", UUID(int=7), b"a jpeg"))
        await executor.announce(SOMEBODYS)
        assert await api.presence() == SOMEBODYS
        await (await take(executor)).ack()
        assert (await api.depth()).ready == 0


# -- what they may not ---------------------------------------------------------------------------


FORBIDDEN = {
    "an executor publishes a run": ("executor", send(topology.RUNS)),
    "an executor broadcasts": ("executor", send(topology.CONTROL)),
    "an executor publishes an event": ("executor", send(topology.EVENTS)),
    "an executor declares a queue of runs": ("executor", declare("proctor.runs.mine")),
    "an executor deletes the queue of runs": ("executor", delete(QUEUE)),
    "an executor declares an exchange": ("executor", declare_exchange("proctor.control")),
    "an executor reads the dead letters": ("executor", get(topology.DEAD)),
    "an executor takes copies of runs": (
        "executor", listen(topology.RUNS, "proctor.control.e1.0a1b2c"),
    ),
    "an executor takes another pool's runs": ("executor", get("proctor.runs.slow")),
    "an executor listens to events": (
        "executor", listen("proctor.events", "proctor.pictures.e1.0a1b2c"),
    ),
    "the api takes copies of runs": ("api", listen(topology.RUNS, "proctor.pictures.api.0a1b2c")),
    "the api listens to broadcasts": (
        "api", listen(topology.CONTROL, "proctor.pictures.api.0a1b2c"),
    ),
    "the dispatcher takes a run": ("dispatcher", get(QUEUE)),
    "the dispatcher declares what is not Proctor's": ("dispatcher", declare("other")),
    "the api publishes a run": ("api", send(topology.RUNS)),
    "the api broadcasts": ("api", send(topology.CONTROL)),
    "the api announces an executor": ("api", send(topology.PRESENCE)),
    "the api takes a run": ("api", get(QUEUE)),
    "the api purges the queue": ("api", purge(QUEUE)),
    "the api deletes the queue": ("api", delete(QUEUE)),
    "the api has no more runs come": ("api", unbind(QUEUE, topology.RUNS)),
    "the operator takes a run": ("operator", get(QUEUE)),
    "the operator publishes a run": ("operator", send(topology.RUNS)),
    "the viewer takes a run": ("viewer", get(QUEUE)),
    "the viewer publishes a run": ("viewer", send(topology.RUNS)),
    "the viewer reads the dead letters": ("viewer", get(topology.DEAD)),
    "the viewer listens to broadcasts": ("viewer", listen(topology.CONTROL, "mine")),
    "the scaler takes a run": ("scaler", get(QUEUE)),
    "the scaler purges the queue": ("scaler", purge(QUEUE)),
}  # fmt: skip


@pytest.fixture
def slow_pool(url_of: UrlOf, dispatcher: Publisher) -> None:
    """A pool that the executors' user was not given."""
    dispatcher.publish([a_dispatch(1, pool="slow")])


@pytest.mark.parametrize(("user", "attempt"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
@in_loop
async def test_it_is_refused_that(user, attempt, url_of, slow_pool):
    assert await refused(url_of(user), attempt)


@in_loop
async def test_whoever_may_consume_may_purge_too_which_rabbitmq_does_not_tell_apart(
    url_of, dispatcher
):
    # Not wanted, but known: the dispatcher's reconciler publishes again what the queue lost.
    await publish(dispatcher, a_dispatch(1))
    assert not await refused(url_of("executor"), purge(QUEUE))


@pytest.mark.parametrize("user", ["dispatcher", "executor", "api"])
def test_the_management_api_is_closed_to(user, url_of, rabbit_server):
    assert managing(rabbit_server, user, "GET", "overview").status_code == 401


@pytest.mark.parametrize("path", ["policies/proctor/runs", "users/executor", "vhosts/proctor"])
@pytest.mark.parametrize("user", ["operator", "viewer", "scaler"])
def test_what_people_set_up_is_not_changed_by(user, path, url_of, rabbit_server):
    assert managing(rabbit_server, user, "DELETE", path).status_code == 401


@pytest.mark.parametrize("path", ["overview", "nodes", "connections", "channels", "consumers"])
@pytest.mark.parametrize("user", ["operator", "viewer"])
def test_every_page_is_open_to(user, path, url_of, dispatcher, rabbit_server):
    assert managing(rabbit_server, user, "GET", path).status_code == 200


def test_a_dead_letter_is_read_on_its_page_by_the_operator_and_nobody_who_only_looks(
    url_of, dispatcher, rabbit_server
):
    page = f"queues/proctor/{topology.DEAD}/get"
    asked = {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}
    assert managing(rabbit_server, "operator", "POST", page, asked).status_code == 200
    assert managing(rabbit_server, "viewer", "POST", page, asked).status_code in {401, 403}
    contents = f"queues/proctor/{topology.DEAD}/contents"
    assert managing(rabbit_server, "viewer", "DELETE", contents).status_code in {401, 403}


@pytest.mark.parametrize("user", ["operator", "viewer"])
def test_no_connection_is_closed_by(user, url_of, dispatcher, rabbit_server):
    def connections() -> list[str]:
        found = rabbit_server.api.get("/vhosts/proctor/connections").json()
        return [each["name"] for each in found]

    wait_until(connections, "the dispatcher's connection to be listed", 15)
    path = f"connections/{quote(connections()[0])}"
    assert managing(rabbit_server, user, "DELETE", path).status_code == 401
