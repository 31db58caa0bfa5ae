"""The ledger's part of the projections role, wired."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from projections.ledger import tables
from projections.ledger.chaining import Chaining
from projections.ledger.herald import CheckpointFile, Herald, Webhook
from projections.ledger.notary import Notary
from runtime.database import schema_lock
from runtime.follower import Follower
from runtime.schema import save_version, version_of
from runtime.signing import SigningKey
from runtime.stored_log import StoredLog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.ledger.herald import Destination
    from runtime.lifecycle import Component
    from runtime.settings import Settings

_GATHER = 0.2
"""Seconds that an event may wait to be chained, with others."""

VERSION = 1
"""Of the ledger's tables."""


@contextmanager
def ledger(url: str, settings: Settings) -> Iterator[Sequence[Component]]:
    """The components that keep the ledger of the log in the database at `url`.

    Raises ProctorError if the key's file holds none, or a newer Proctor made the tables.
    """
    prepare(url)
    key = _key(settings)
    source = StoredLog(url, "proctor ledger")
    try:
        chaining = Follower(url, source, Chaining(), gather=_GATHER)
        notary = Notary(url, key, settings.checkpoint_interval)
        places = _destinations(settings)
        yield [chaining, notary, *([Herald(url, places)] if places else [])]
    finally:
        source.close()


def prepare(url: str) -> None:
    """Makes the tables where they are missing."""
    with schema_lock(url, "proctor ledger") as connection:
        if version_of(connection, "ledger", VERSION) < VERSION:
            tables.make_tables(connection)
            save_version(connection, "ledger", VERSION)


def _key(settings: Settings) -> SigningKey:
    if settings.ledger_seed is not None:
        return SigningKey.of_seed(settings.ledger_seed.get_secret_value())
    return SigningKey.in_file(settings.ledger_key_file)


def _destinations(settings: Settings) -> list[Destination]:
    places: list[Destination] = []
    if settings.checkpoint_file is not None:
        places.append(CheckpointFile(settings.checkpoint_file))
    if settings.checkpoint_url is not None:
        places.append(Webhook(settings.checkpoint_url))
    return places
