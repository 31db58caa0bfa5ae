"""Dead letters go back the way that docs/operations.md says."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.broker.dispatches import a_dispatch, publish, take
from tests.support.deployment import ROOT
from tests.support.waiting import eventually, in_loop

if TYPE_CHECKING:
    from tests.support.rabbitmq import RabbitNode

URGENT = a_dispatch(1, priority=1)


def put_back(node: RabbitNode, vhost: str) -> None:
    """As the document has it, in this test's virtual host."""
    document = (ROOT / "docs" / "operations.md").read_text()
    said = re.search(r"^rabbitmqctl set_parameter -p proctor (shovel \S+) '(.*?)'$", document,
                     re.MULTILINE | re.DOTALL)  # fmt: skip
    assert said is not None
    assert "\nrabbitmq-plugins enable rabbitmq_shovel\n" in document
    node.cli("rabbitmq-plugins", "enable", "rabbitmq_shovel")
    parameter = said[2].replace("amqp:///proctor", f"amqp:///{vhost}")
    node.ctl("set_parameter", "-p", vhost, *said[1].split(), parameter)


@in_loop
async def test_a_dead_letter_that_is_put_back_is_the_message_it_was(
    rabbit, rabbit_publisher, rabbit_node, rabbit_url
):
    await publish(rabbit_publisher, URGENT, a_dispatch(2))
    async with rabbit.subscribe("e1") as subscription:
        await (await take(subscription)).reject()
        held = await take(subscription)
        await publish(rabbit_publisher, a_dispatch(3))
        await asyncio.to_thread(put_back, rabbit_node, urlsplit(rabbit_url).path[1:])
        async with rabbit.observe() as observer:

            async def is_back() -> bool:
                return (await observer.depth()).ready == 2

            await eventually(is_back, "it is back in the queue", timeout=20)
        await held.ack()
        assert (await take(subscription)).dispatch == URGENT
