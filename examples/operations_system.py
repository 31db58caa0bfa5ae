"""A live Proctor for the pictures: every role a process, on a RabbitMQ as it is deployed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.embedded_postgres import embedded_postgres
from tests.support.deployment import Deployment, running_shop, separate
from tests.support.rabbitmq import RabbitNode
from tests.support.rabbitmq_users import UrlOf, imported, made_definitions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAKES = (20, 24, 28)
"""Seconds: how long a run's page takes to come."""

_WATERMARK = "set_vm_memory_high_watermark"


class Node(RabbitNode):
    """A private node under the name that everybody's has."""

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {"RABBITMQ_NODENAME": "rabbit@localhost"}


@dataclass(frozen=True)
class System:
    """What there is to look at, and how to bring about that there is."""

    proctor: Deployment
    node: Node
    url_of: UrlOf
    shop: str

    @property
    def management(self) -> str:
        at = self.node.api.base_url
        return f"{at.scheme}://{at.host}:{at.port}"

    def submit(self, *names: str) -> None:
        runs = [
            {
                "name": name,
                "base_url": self.shop,
                "priority": 3 + 2 * number,
                "steps": [{"goto": f"/slow?seconds={seconds}", "timeout": 60.0}],
            }
            for number, (name, seconds) in enumerate(zip(names, TAKES, strict=True))
        ]
        self.proctor.batch(*runs)

    def messages(self, queue: str) -> int:
        found = self.node.api.get(f"/queues/proctor/{queue}").json()
        return int(found.get("messages", 0))

    @contextmanager
    def alarm(self) -> Iterator[None]:
        self.node.ctl(_WATERMARK, "0.00001")
        try:
            yield
        finally:
            self.node.ctl(_WATERMARK, "0.4")


@contextmanager
def live(folder: Path) -> Iterator[System]:
    """Five executors on a RabbitMQ that has nothing but what `deploy/` gives it."""
    passwords = folder / "passwords"
    passwords.mkdir()
    with ExitStack() as running:
        node = Node()
        running.callback(node.close)
        node.start()
        node.ctl("set_cluster_name", "proctor")
        node.api.delete("/vhosts/%2F").raise_for_status()
        url_of = running.enter_context(imported(node, made_definitions(passwords, "default")))
        shop = running.enter_context(running_shop(folder / "shop.log"))
        database = running.enter_context(embedded_postgres(folder / "database"))
        proctor = running.enter_context(separate(folder / "data", database, url_of))
        yield System(proctor, node, url_of, shop)
