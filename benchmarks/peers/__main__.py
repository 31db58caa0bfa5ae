"""`python -m benchmarks.peers`: the peers alone, on a private PostgreSQL and RabbitMQ."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import shop
from benchmarks.peers.measuring import peers
from runtime.embedded_postgres import embedded_postgres
from tests.support.rabbitmq import RabbitNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.peers.figure import Figure


def main() -> int:
    """Measures them all; 1 if one could not be measured."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        here = Path(folder)
        address = running.enter_context(shop(here))
        database = running.enter_context(embedded_postgres(here))
        broker = running.enter_context(_broker())
        figures = peers(address, broker, database)
    _show(figures)
    return int(any(figure.per_second is None for figure in figures))


@contextmanager
def _broker() -> Iterator[str]:
    node = RabbitNode()
    try:
        node.start()
        with node.vhost() as url:
            yield url
    finally:
        node.close()


def _show(figures: list[Figure]) -> None:
    table = Table("peer", "a second", "workers", "setting", "s in all", "not as expected")
    for figure in figures:
        whole = "" if figure.seconds is None else f"{figure.seconds:.1f}"
        wrong = ", ".join(figure.unexpected)
        workers = str(figure.workers or "")
        table.add_row(figure.peer, str(figure), workers, figure.setting, whole, wrong)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
