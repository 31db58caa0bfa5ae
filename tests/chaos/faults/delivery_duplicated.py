"""Every message is in the queue three times."""

from __future__ import annotations

import random
import time

import psycopg
from psycopg.rows import dict_row

from domain.dispatch import Dispatch
from runtime.broker import connect_broker
from tests.chaos.deployment import Deployment
from tests.chaos.fault import Fault

_FOR = 8.0
_OPEN = "SELECT run_id, attempt, priority, dispatch_id, pool FROM dispatch.open_runs"


class DeliveryDuplicated(Fault):
    about = "each message is published twice more, for eight seconds"
    begins = (0.0, 0.0)

    def inject(self, deployment: Deployment, rng: random.Random) -> None:
        broker = connect_broker(
            deployment.vhost_url, role="chaos", queue_type="classic", pools=("default",)
        )
        publisher = broker.publisher()
        published: set[str] = set()
        end = time.monotonic() + _FOR
        try:
            with psycopg.connect(
                deployment.database.url, autocommit=True, row_factory=dict_row
            ) as connection:
                while time.monotonic() < end:
                    found = [Dispatch(**row) for row in connection.execute(_OPEN)]
                    fresh = [each for each in found if each.dispatch_id not in published]
                    publisher.publish([*fresh, *fresh])
                    published |= {each.dispatch_id for each in fresh}
        finally:
            publisher.close()


FAULT = DeliveryDuplicated()
