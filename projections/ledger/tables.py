"""The ledger's tables: links, checkpoints, and the keys that signed them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from domain.checkpoint import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg
    from psycopg.rows import DictRow

    from runtime.signing import PublicKey

    Connection = psycopg.Connection[DictRow]

_TABLES = (Path(__file__).parents[1] / "sql" / "ledger.sql").read_text()


def make_tables(connection: Connection) -> None:
    """Makes them where they are missing."""
    connection.execute(_TABLES)


def newest_link(connection: Connection) -> tuple[int, bytes] | None:
    """The position chained last, and its link."""
    row = connection.execute(
        "SELECT position, link FROM ledger.links ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return (row["position"], bytes(row["link"])) if row else None


def link_at(connection: Connection, position: int) -> bytes | None:
    """The link of the event at `position`."""
    row = connection.execute(
        "SELECT link FROM ledger.links WHERE position = %s", (position,)
    ).fetchone()
    return bytes(row["link"]) if row else None


def add_links(connection: Connection, positions: Sequence[int], links: Sequence[bytes]) -> None:
    """Adds the links of the next events."""
    connection.execute(
        "INSERT INTO ledger.links SELECT * FROM unnest(%s::bigint[], %s::bytea[])",
        (list(positions), list(links)),
    )


def newest_checkpoint(connection: Connection) -> Checkpoint | None:
    """The latest word."""
    row = connection.execute(
        "SELECT checkpoint FROM ledger.checkpoints ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return Checkpoint.model_validate(row["checkpoint"]) if row else None


def checkpoint_at(connection: Connection, position: int) -> Checkpoint | None:
    """The checkpoint that the event at `position` is under; None if there is none yet."""
    row = connection.execute(
        "SELECT checkpoint FROM ledger.checkpoints WHERE last >= %s ORDER BY last LIMIT 1",
        (position,),
    ).fetchone()
    return Checkpoint.model_validate(row["checkpoint"]) if row else None


def checkpoints(connection: Connection, after: int = 0, limit: int = 1_000) -> list[Checkpoint]:
    """Those behind number `after`, in their order."""
    rows = connection.execute(
        "SELECT checkpoint FROM ledger.checkpoints WHERE number > %s ORDER BY number LIMIT %s",
        (after, limit),
    )
    return [Checkpoint.model_validate(row["checkpoint"]) for row in rows]


def all_checkpoints(connection: Connection) -> Iterator[Checkpoint]:
    """All of them, a page at a time."""
    after = 0
    while page := checkpoints(connection, after):
        yield from page
        after = page[-1].number


def add_checkpoint(connection: Connection, checkpoint: Checkpoint) -> None:
    """Adds the next one."""
    connection.execute(
        "INSERT INTO ledger.checkpoints (number, first, last, checkpoint) VALUES (%s, %s, %s, %s)",
        (
            checkpoint.number,
            checkpoint.first,
            checkpoint.last,
            Jsonb(checkpoint.model_dump(mode="json")),
        ),
    )


def lock_delivered(connection: Connection, destination: str) -> int:
    """The number of the checkpoint delivered last, locked until the transaction ends."""
    connection.execute(
        "INSERT INTO ledger.delivered VALUES (%s, 0) ON CONFLICT DO NOTHING", (destination,)
    )
    row = connection.execute(
        "SELECT number FROM ledger.delivered WHERE destination = %s FOR UPDATE", (destination,)
    ).fetchone()
    return int(row["number"]) if row else 0


def save_delivered(connection: Connection, destination: str, number: int) -> None:
    """Notes which one was delivered last."""
    connection.execute(
        "UPDATE ledger.delivered SET number = %s WHERE destination = %s", (number, destination)
    )


def add_key(connection: Connection, key: PublicKey) -> None:
    """Notes a key that checkpoints are signed with from now on."""
    connection.execute(
        "INSERT INTO ledger.keys (id, pem) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (key.id, key.pem),
    )


def key_named(connection: Connection, key_id: str) -> str | None:
    """The public key of that id, in PEM form."""
    row = connection.execute("SELECT pem FROM ledger.keys WHERE id = %s", (key_id,)).fetchone()
    return str(row["pem"]) if row else None
