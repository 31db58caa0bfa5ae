"""Celery's side: its settings and its task. Runs in the peers' environment.

`python -m benchmarks.peers.celery_tasks COUNT` publishes that many tasks.
"""

from __future__ import annotations

import os
import sys

from celery import Celery

app = Celery("peer", broker=os.environ["PEER_BROKER"], backend=os.environ["PEER_RESULTS"])
app.conf.update(
    # What Proctor gives too: a start and an end on record, a message that outlives its worker, and
    # no worker that hoards messages another could have begun.
    task_track_started=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_concurrency=5,
    worker_pool="prefork",
    broker_connection_retry_on_startup=True,
)


@app.task(name="noop")
def noop() -> None:
    """Nothing: what is measured is everything around it."""


if __name__ == "__main__":
    with app.producer_or_acquire() as producer:
        for _ in range(int(sys.argv[1])):
            noop.apply_async(producer=producer)
