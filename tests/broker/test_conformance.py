"""What the port promises, held against both adapters."""

from __future__ import annotations

import asyncio
import random
from threading import Thread
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from runtime.broker.port import (
    MOST_PICTURES,
    BrokerUnavailableError,
    Control,
    DeliveryLostError,
    Depth,
    Picture,
    Presence,
)
from tests.broker.conftest import QUEUE_TYPE
from tests.broker.dispatches import (
    a_dispatch,
    gets_nothing,
    in_order,
    publish,
    take,
    take_and_ack,
)
from tests.support.waiting import eventually, in_loop, wait_until

if TYPE_CHECKING:
    from domain.dispatch import Dispatch
    from runtime.broker.port import Broker, Observer, Publisher

keeps_place = pytest.mark.skipif(
    QUEUE_TYPE == "quorum", reason="a quorum queue puts what comes back in front of everything"
)


async def ready(observer: Observer) -> int:
    return (await observer.depth()).ready


# -- order ------------------------------------------------------------------------------------


@in_loop
async def test_the_most_urgent_comes_first_and_equals_come_as_published(broker, publisher):
    dispatches = [a_dispatch(number, priority=1 + number % 10) for number in range(200)]
    random.Random(7).shuffle(dispatches)
    await publish(publisher, *dispatches)
    async with broker.subscribe("e1") as subscription:
        assert await take_and_ack(subscription, 200) == in_order(dispatches)


@in_loop
async def test_a_later_but_more_urgent_one_overtakes_those_that_wait(broker, publisher):
    await publish(publisher, *(a_dispatch(number, priority=9) for number in range(3)))
    async with broker.subscribe("e1") as subscription:
        held = await take(subscription)
        await publish(publisher, a_dispatch(10, priority=1))
        await held.ack()
        assert (await take(subscription)).dispatch == a_dispatch(10, priority=1)


@in_loop
async def test_a_dispatch_arrives_as_it_was_published(broker, publisher):
    await publish(publisher, a_dispatch(3, priority=2))
    async with broker.subscribe("e1") as subscription:
        delivery = await take(subscription)
        assert (delivery.dispatch, delivery.redelivered) == (a_dispatch(3, priority=2), False)


@in_loop
async def test_each_pool_gets_its_own(broker, publisher):
    await publish(publisher, a_dispatch(1, pool="slow"), a_dispatch(2))
    async with broker.subscribe("e1", "slow") as slow, broker.subscribe("e2") as default:
        assert (await take(slow)).dispatch == a_dispatch(1, pool="slow")
        assert (await take(default)).dispatch == a_dispatch(2)


# -- prefetch ---------------------------------------------------------------------------------


@in_loop
async def test_a_second_delivery_waits_until_the_first_is_settled(broker, publisher):
    await publish(publisher, a_dispatch(1), a_dispatch(2))
    async with broker.subscribe("e1") as subscription:
        first = await take(subscription)
        assert await gets_nothing(subscription)
        await first.ack()
        assert (await take(subscription)).dispatch == a_dispatch(2)


@in_loop
async def test_two_subscribers_share_the_queue(broker, publisher):
    await publish(publisher, a_dispatch(1), a_dispatch(2))
    async with broker.subscribe("e1") as one, broker.subscribe("e2") as two:
        both = {(await take(one)).dispatch, (await take(two)).dispatch}
        assert both == {a_dispatch(1), a_dispatch(2)}


def test_executors_in_threads_of_their_own_handle_everything_once(broker, publisher):
    handled: list[Dispatch] = []

    async def work(name: str) -> None:
        async with broker.subscribe(name) as subscription:
            while len(handled) < 100:
                try:
                    async with asyncio.timeout(0.1):
                        delivery = await subscription.next()
                except TimeoutError:
                    continue
                handled.append(delivery.dispatch)
                await delivery.ack()

    threads = [Thread(target=asyncio.run, args=(work(f"e{n}"),)) for n in range(4)]
    for thread in threads:
        thread.start()
    dispatches = [a_dispatch(number) for number in range(100)]
    for dispatch in dispatches:
        publisher.publish([dispatch])
    wait_until(lambda: len(handled) == 100, "all of them handled")
    for thread in threads:
        thread.join()
    assert sorted(d.dispatch_id for d in handled) == [d.dispatch_id for d in dispatches]


# -- coming back ------------------------------------------------------------------------------


@in_loop
async def test_a_lost_consumer_gives_its_message_to_another(broker, publisher):
    await publish(publisher, a_dispatch(1))
    async with broker.subscribe("e1") as lost:
        delivery = await take(lost)
    async with broker.subscribe("e2") as other:
        again = await take(other)
        assert (again.dispatch, again.redelivered) == (delivery.dispatch, True)
        with pytest.raises(DeliveryLostError):
            await delivery.ack()


@in_loop
async def test_a_requeued_delivery_comes_first_among_its_equals(broker, publisher):
    await publish(publisher, a_dispatch(1), a_dispatch(2))
    async with broker.subscribe("e1") as subscription:
        await (await take(subscription)).requeue()
        again = await take(subscription)
        assert again.dispatch == a_dispatch(1)
        await again.ack()
        assert (await take(subscription)).dispatch == a_dispatch(2)


@keeps_place
@in_loop
async def test_a_requeued_delivery_does_not_overtake_a_more_urgent_one(broker, publisher):
    await publish(publisher, a_dispatch(1, priority=5))
    async with broker.subscribe("e1") as subscription:
        delivery = await take(subscription)
        await publish(publisher, a_dispatch(2, priority=1))
        await delivery.requeue()
        taken = await take_and_ack(subscription, 2)
        assert taken == [a_dispatch(2, priority=1), a_dispatch(1, priority=5)]


@keeps_place
@in_loop
async def test_a_lost_delivery_comes_back_to_the_place_it_had(broker, publisher):
    await publish(publisher, *(a_dispatch(number) for number in (1, 2, 3)))
    async with broker.subscribe("e1") as lost:
        await take(lost)
        await publish(publisher, a_dispatch(4, priority=1))
    async with broker.subscribe("e2") as other:
        numbers = [dispatch.run_id.int for dispatch in await take_and_ack(other, 4)]
        assert numbers == [4, 1, 2, 3]


@in_loop
async def test_a_dispatch_may_come_back_any_number_of_times(broker, publisher):
    await publish(publisher, a_dispatch(1))
    for _ in range(25):  # A quorum queue's own limit is 20.
        async with broker.subscribe("e1") as subscription:
            await (await take(subscription)).requeue()
            await take(subscription)
    async with broker.subscribe("e1") as subscription:
        assert (await take(subscription)).redelivered


@in_loop
async def test_a_publisher_can_mark_a_dispatch_as_redelivered(broker, publisher):
    await publish(publisher, a_dispatch(1), redelivered=True)
    async with broker.subscribe("e1") as subscription:
        assert (await take(subscription)).redelivered


@in_loop
async def test_a_rejected_delivery_is_with_the_dead_letters(broker, publisher, dead_letters):
    await publish(publisher, a_dispatch(1))
    async with broker.subscribe("e1") as subscription, broker.observe() as observer:
        delivery = await take(subscription)
        await delivery.reject()
        assert await gets_nothing(subscription)
        assert await ready(observer) == 0
    assert await dead_letters() == [a_dispatch(1).dispatch_id]


@in_loop
async def test_a_delivery_is_settled_only_once(broker, publisher):
    await publish(publisher, a_dispatch(1))
    async with broker.subscribe("e1") as subscription:
        delivery = await take(subscription)
        await delivery.ack()
        for again in (delivery.ack, delivery.requeue, delivery.reject):
            with pytest.raises(DeliveryLostError):
                await again()
        assert await gets_nothing(subscription)


@in_loop
async def test_a_cancelled_next_loses_nothing(broker, publisher):
    rounds = 60
    async with broker.subscribe("e1") as subscription:
        for number in range(rounds):
            waiting = asyncio.create_task(subscription.next())
            publishing = asyncio.create_task(publish(publisher, a_dispatch(number)))
            await asyncio.sleep(random.Random(number).uniform(0, 0.004))
            waiting.cancel()
            await asyncio.wait({waiting, publishing})
            delivery = await take(subscription) if waiting.cancelled() else waiting.result()
            assert delivery.dispatch == a_dispatch(number)
            await delivery.ack()


@in_loop
async def test_a_next_cancelled_while_its_delivery_arrives_loses_nothing(broker, publisher):
    async with broker.subscribe("e1") as subscription, broker.observe() as observer:
        waiting = asyncio.create_task(subscription.next())
        await asyncio.sleep(0)
        publisher.publish([a_dispatch(1)])  # Blocks the loop: what it wakes waits to be run.
        waiting.cancel()
        await asyncio.wait({waiting})
        delivery = await take(subscription) if waiting.cancelled() else waiting.result()
        assert delivery.dispatch == a_dispatch(1)
        await delivery.ack()
        await eventually(lambda: _empty(observer), "the queue is empty")


async def _empty(observer: Observer) -> bool:
    return await ready(observer) == 0


# -- publishing -------------------------------------------------------------------------------


@in_loop
async def test_what_is_published_is_in_the_queue_when_publish_returns(broker, publisher):
    async with broker.observe() as observer:
        for number in range(1, 6):
            await publish(publisher, *(a_dispatch(n) for n in range(100)))
            assert await ready(observer) == 100 * number


@in_loop
async def test_publishing_nothing_is_nothing(broker, publisher):
    await publish(publisher)
    async with broker.observe() as observer:
        assert await ready(observer) == 0


def test_a_closed_publisher_is_unavailable(broker, publisher):
    publisher.close()
    assert publisher.connected_since() is None
    with pytest.raises(BrokerUnavailableError, match="closed"):
        publisher.publish([a_dispatch(1)])
    with pytest.raises(BrokerUnavailableError, match="closed"):
        publisher.broadcast(Control("pause"))


# -- pictures ---------------------------------------------------------------------------------


def a_picture(executor="e1", image=b"\xff\xd8 a jpeg"):
    return Picture(executor, UUID(int=7), image)


@in_loop
async def test_an_executor_hears_that_somebody_looks_at_it(broker, publisher):
    async with (
        broker.subscribe("e1") as looked_at,
        broker.subscribe("e2") as other,
        broker.observe() as observer,
    ):
        await observer.look_at("e1")
        await asyncio.wait_for(looked_at.looked_at(), 5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.looked_at(), 0.2)


@in_loop
async def test_who_looks_is_shown_and_nobody_else(broker, publisher):
    async with (
        broker.subscribe("e1") as executor,
        broker.observe() as looking,
        broker.observe() as other,
    ):
        await looking.look_at("e1")
        await other.look_at("e2")
        await executor.show(a_picture())
        assert await asyncio.wait_for(looking.picture(), 5) == a_picture()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.picture(), 0.2)


@in_loop
async def test_of_pictures_that_nobody_fetches_the_newest_stay(broker, publisher):
    async with broker.subscribe("e1") as executor, broker.observe() as observer:
        await observer.look_at("e1")
        for number in range(MOST_PICTURES + 10):
            await executor.show(a_picture(image=b"%d" % number))
        last = b"%d" % (MOST_PICTURES + 9)
        while (await asyncio.wait_for(observer.picture(), 5)).image != last:
            pass


@in_loop
async def test_looking_at_nobody_is_harmless(broker, publisher):
    async with broker.subscribe("e1"), broker.observe() as observer:
        await observer.look_at("nobody")
        assert await ready(observer) == 0


# -- pausing ----------------------------------------------------------------------------------


@in_loop
async def test_a_paused_subscription_takes_nothing_and_loses_nothing(broker, publisher):
    async with broker.subscribe("e1") as subscription, broker.observe() as observer:
        await subscription.pause()
        await publish(publisher, a_dispatch(1), a_dispatch(2))
        assert await gets_nothing(subscription)
        assert (await observer.depth()).consumers == 0
        await subscription.resume()
        assert await take_and_ack(subscription, 2) == [a_dispatch(1), a_dispatch(2)]


@in_loop
async def test_what_arrived_unseen_goes_back_when_pausing(broker, publisher):
    async with broker.subscribe("e1") as paused, broker.observe() as observer:
        await publish(publisher, a_dispatch(1))
        await paused.pause()
        await eventually(lambda: _one_ready(observer), "it went back")
        async with broker.subscribe("e2") as other:
            assert (await take(other)).dispatch == a_dispatch(1)


async def _one_ready(observer: Observer) -> bool:
    return await ready(observer) == 1


@in_loop
async def test_what_is_in_hand_can_be_settled_while_paused(broker, publisher):
    await publish(publisher, a_dispatch(1), a_dispatch(2))
    async with broker.subscribe("e1") as subscription:
        delivery = await take(subscription)
        await subscription.pause()
        await delivery.ack()
        assert await gets_nothing(subscription)
        await subscription.resume()
        assert (await take(subscription)).dispatch == a_dispatch(2)


@in_loop
async def test_pausing_again_and_again_loses_nothing(broker, publisher):
    await publish(publisher, *(a_dispatch(number) for number in range(20)))
    taken = []
    async with broker.subscribe("e1") as subscription:
        while len(taken) < 20:
            await subscription.pause()
            await subscription.resume()
            taken += await take_and_ack(subscription, 1)
    assert taken == [a_dispatch(number) for number in range(20)]


# -- broadcasts and presence ------------------------------------------------------------------


@in_loop
async def test_a_broadcast_reaches_every_subscription(broker, publisher):
    cancel = Control("cancel", UUID(int=7))
    async with broker.subscribe("e1") as one, broker.subscribe("e2") as two, asyncio.timeout(10):
        for control in (cancel, Control("drain")):
            await asyncio.to_thread(publisher.broadcast, control)
            assert [await one.control(), await two.control()] == [control, control]


@in_loop
async def test_a_broadcast_without_any_subscription_is_no_error(broker, publisher):
    await asyncio.to_thread(publisher.broadcast, Control("pause"))


@in_loop
async def test_presence_is_heard_by_observers_and_by_the_publisher(broker, publisher):
    heard: list[Presence] = []
    publisher.on_presence(heard.append)
    moment = "2026-01-01T00:00:00+00:00"
    presence = Presence("e1", "running", UUID(int=1), moment, "slow", "0.1", moment)
    async with broker.subscribe("e1") as e1, broker.observe() as one, broker.observe() as two:
        await e1.announce(presence)
        async with asyncio.timeout(10):
            assert [await one.presence(), await two.presence()] == [presence, presence]
        await eventually(lambda: heard == [presence], "the publisher heard it")


@in_loop
async def test_a_listener_that_fails_keeps_nobody_else_from_hearing(broker, publisher):
    heard: list[Presence] = []
    publisher.on_presence(lambda presence: 1 / 0)
    publisher.on_presence(heard.append)
    async with broker.subscribe("e1") as subscription:
        await subscription.announce(Presence("e1", "idle", None, "2026-01-01T00:00:00+00:00"))
        await eventually(lambda: len(heard) == 1, "the publisher heard it")


@in_loop
async def test_waiting_ends_with_an_error_when_the_subscription_ends(broker, publisher):
    async with broker.subscribe("e1") as subscription:
        waiting = [
            asyncio.create_task(subscription.next()),
            asyncio.create_task(subscription.control()),
        ]
        await asyncio.sleep(0)
    for each in waiting:
        with pytest.raises(BrokerUnavailableError):
            await each


# -- counting ---------------------------------------------------------------------------------


@in_loop
async def test_depth_counts_without_changing_anything(broker, publisher):
    await publish(publisher, a_dispatch(1), a_dispatch(2), a_dispatch(3))
    async with broker.observe() as observer:
        assert await observer.depth() == await observer.depth() == _depth(broker, 3, 0, 0)
        async with broker.subscribe("e1") as subscription:
            await take(subscription)
            assert await observer.depth() == _depth(broker, 2, 1, 1)
        await eventually(lambda: _equals(observer, _depth(broker, 3, 0, 0)), "it came back")


@in_loop
async def test_the_publisher_counts_too(broker, publisher):
    await publish(publisher, *[a_dispatch(n) for n in range(3)])
    async with broker.subscribe("e1") as subscription:
        await take(subscription)
        counted = publisher.depth("default")
        assert (counted.ready, counted.consumers) == (2, 1)


def _depth(broker: Broker, ready: int, unacked: int, consumers: int) -> Depth:
    return Depth(ready, unacked if broker.kind == "memory" else None, consumers)


async def _equals(observer: Observer, depth: Depth) -> bool:
    return await observer.depth() == depth


def test_only_what_outlives_the_process_is_durable(broker: Broker, publisher: Publisher):
    assert publisher.durable == (broker.kind == "rabbitmq")
