"""One run of retention: what its rules say goes, and what an earlier one left half done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg.errors import InsufficientPrivilege

from domain.errors import ProctorError
from projections.retention import details, files
from projections.retention.details import Details, DetailsRemoval
from projections.retention.files import Files
from projections.retention.holdings import Holdings, make_tables
from runtime.database import connect, schema_lock
from runtime.schema import save_version, version_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from domain.log import EventLog
    from domain.retention_rules import Rule
    from runtime.artifacts import ArtifactStore

VERSION = 1
"""Of the tables."""

_TURN = 7_277_263_005
"""The advisory lock of whoever removes."""

_NOTHING_LEFT = "DELETE FROM retention.runs WHERE NOT has_artifacts AND NOT has_details"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs' artifacts go, and which runs' details; `by` is who says so."""

    artifacts: Sequence[Rule]
    details: Sequence[Rule]
    by: str


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed, or would be."""

    artifacts: Files = field(default_factory=Files)
    details: Details = field(default_factory=Details)


def prepare(url: str) -> None:
    """Makes the tables where they are missing. Raises ProctorError if they are newer."""
    with schema_lock(url, "proctor retention") as connection:
        if version_of(connection, "retention", VERSION) < VERSION:
            make_tables(connection)
            save_version(connection, "retention", VERSION)


def retain(
    url: str,
    log: EventLog,
    store: ArtifactStore,
    wanted: Wanted,
    stop: threading.Event | None = None,
) -> Removed:
    """Removes what is wanted from the database at `url` and the store.

    Killed at any moment, the next one goes on where it was. Raises ProctorError if this user may
    not, another process is at it, the store is elsewhere or the ledger is not kept; StoppedError
    soon after `stop` is set.
    """
    with _turn(url, log, stop) as holdings:
        removed = Removed()
        _remove_files(holdings, store, wanted, removed.artifacts)
        removal = DetailsRemoval(holdings, wanted.by)
        removal.carry_out()
        for rule in wanted.details:
            removed.details.add(removal.by_rule(rule))
        holdings.connection.execute(_NOTHING_LEFT)
        return removed


def _remove_files(holdings: Holdings, store: ArtifactStore, wanted: Wanted, done: Files) -> None:
    connection = holdings.connection
    if not store.folder.is_dir():
        if any(files.due(connection, rule).artifacts for rule in wanted.artifacts):
            raise ProctorError(
                f"the artifacts are not at {store.folder}: remove them where they are,"
                " or set PROCTOR_ARTIFACTS_DIR"
            )
        return
    store.tidy()
    store.put_back()
    done.left = files.carry_out(connection, store)
    for rule in wanted.artifacts:
        files.require_store(connection, store, rule)
        while (some := files.say(holdings, rule, wanted.by)).runs:
            done.add(some)
            done.left = files.carry_out(connection, store)


def would_remove(url: str, log: EventLog, wanted: Wanted) -> Removed:
    """How much that would be. Raises ProctorError as `retain` does."""
    removed = Removed()
    with _turn(url, log) as holdings:
        for rule in wanted.artifacts:
            removed.artifacts.add(files.due(holdings.connection, rule))
        for rule in wanted.details:
            removed.details.add(details.due(holdings.connection, rule))
    return removed


@contextmanager
def _turn(url: str, log: EventLog, stop: threading.Event | None = None) -> Iterator[Holdings]:
    """The tables, up to the log's head, for the only one who removes."""
    try:
        prepare(url)
        with connect(url, "proctor retention") as connection:
            row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_TURN,)).fetchone()
            if row is None or not row["mine"]:
                raise ProctorError("another process is removing already: let it come to its end")
            holdings = Holdings(connection, log, stop)
            holdings.catch_up()
            yield holdings
    except InsufficientPrivilege as error:
        raise ProctorError(
            f"this user of the database may not remove anything ({error}): use the one that owns"
            " its tables, as for `proctor migrate`"
        ) from error
