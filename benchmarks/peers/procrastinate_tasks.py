"""Procrastinate's side: its connection and its task. Runs in the peers' environment.

`python -m benchmarks.peers.procrastinate_tasks COUNT` makes the schema and defers that many jobs.
"""

from __future__ import annotations

import os
import sys

from procrastinate import App, PsycopgConnector

app = App(
    connector=PsycopgConnector(conninfo=os.environ["PEER_DATABASE"]),
    import_paths=["benchmarks.peers.procrastinate_tasks"],
)


@app.task(name="noop")
async def noop() -> None:
    """Nothing: what is measured is everything around it."""


if __name__ == "__main__":
    with app.open():
        app.schema_manager.apply_schema()
        noop.batch_defer(*[{}] * int(sys.argv[1]))
