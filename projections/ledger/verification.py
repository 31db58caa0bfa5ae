"""Verifying the whole log against the ledger: one pass, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg.rows import tuple_row

from domain.merkle import root
from domain.stored import START, Stored, link
from projections.ledger import removals, tables
from projections.ledger.finding import Finding
from projections.ledger.mismatches import Mismatch, named
from projections.ledger.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    import psycopg
    from psycopg.rows import DictRow

    from domain.checkpoint import Checkpoint
    from projections.ledger.files import FileCheck
    from projections.ledger.removals import Saids
    from runtime.signing import PublicKey

    Connection = psycopg.Connection[DictRow]
    Row = tuple[int, Stored | None, bytes | None]

_LEAST = -(2**63)
_FETCH = 5_000
_MOST_FINDINGS = 100
_NEXT = """
SELECT least(
    (SELECT min(notification_id) FROM proctor_events WHERE notification_id >= %(first)s),
    (SELECT min(position) FROM ledger.links WHERE position >= %(first)s)
)"""
"""Where the next event or link is: with a forger's help, far away."""

_BOTH = """
SELECT coalesce(e.notification_id, l.position), e.originator_id, e.originator_version, e.topic,
       e.state, l.link
FROM (
    SELECT * FROM proctor_events
    WHERE notification_id BETWEEN %(first)s AND %(last)s
) AS e
FULL JOIN (
    SELECT * FROM ledger.links WHERE position BETWEEN %(first)s AND %(last)s
) AS l
  ON l.position = e.notification_id
ORDER BY 1"""
"""Events and links of a stretch side by side; either is missing where somebody took or added
something."""


@dataclass
class Report:
    """What a verification came to; `findings` by position, the first of them first."""

    events: int = 0
    checkpoints: int = 0
    last_sealed: int = 0
    not_sealed: int = 0
    """Chained events that no checkpoint is over yet: whoever owns the database may still change
    them."""

    not_chained: int = 0
    redacted: int = 0
    """Events without their details, of which the log says what they were by their hash."""

    findings: list[Finding] = field(default_factory=list)


def verify(
    connection: Connection,
    keys: Collection[PublicKey],
    published: Mapping[int, Checkpoint] | None = None,
    progress: Callable[[int], None] | None = None,
    files: FileCheck | None = None,
) -> Report:
    """Verifies every event, and with `files` the artifacts that events name. `published` are
    checkpoints that were sent elsewhere, by number.

    What is appended meanwhile is left for the next time.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL statement_timeout = 0")
        return _Pass(connection, Trust(keys), dict(published or {}), files).run(progress)


class _Pass:
    def __init__(
        self,
        connection: Connection,
        trust: Trust,
        published: dict[int, Checkpoint],
        files: FileCheck | None,
    ) -> None:
        self._connection = connection
        self._trust = trust
        self._published = published
        self._files = files
        self._checkpoints = tables.all_checkpoints(connection)
        self._next = next(self._checkpoints, None)
        self._report = Report()
        self._mismatches: list[Mismatch] = []
        self._clean = True
        """Whether nothing was wrong with an event since the last checkpoint."""

        self._leaves: list[bytes] = []
        self._link = START

    def run(self, progress: Callable[[int], None] | None) -> Report:
        report = self._report
        newest = tables.newest_link(self._connection)
        last = newest[0] if newest else 0
        for page in self._pages(last):
            self._take_page(page, last)
            if progress is not None:
                progress(report.events)
            if self._found_enough:
                break
        else:
            self._finish(last)
        report.findings += named(self._mismatches)
        report.findings.sort(key=lambda finding: finding.position)
        return report

    @property
    def _found_enough(self) -> bool:
        return len(self._mismatches) + len(self._report.findings) >= _MOST_FINDINGS

    def _pages(self, last: int) -> Iterator[list[Row]]:
        """Stretch by stretch: all in one, PostgreSQL would sort the log before its first row."""
        first = self._next_from(_LEAST)
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            while first is not None and first <= last:
                until = min(first + _FETCH - 1, last)
                # Planned each time: for any stretch whatever, it would take long ones for likely.
                cursor.execute(_BOTH, {"first": first, "last": until}, binary=True, prepare=False)
                rows = cursor.fetchall()
                yield [(row[0], Stored(*row[:5]) if row[1] else None, row[5]) for row in rows]
                first = self._next_from(until + 1) if until < last else None

    def _next_from(self, first: int) -> int | None:
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(_NEXT, {"first": first}).fetchone()
        return row[0] if row else None

    def _take_page(self, page: list[Row], last: int) -> None:
        events = [event for _, event, _ in page if event is not None]
        said = removals.said_of(self._connection, events, until=last)
        for position, event, stored_link in page:
            self._take(position, event, stored_link, said)
            if self._next is not None and position >= self._next.last:
                self._take_checkpoint(self._next)
            if self._found_enough:
                return
        self._report.events += len(events)
        if self._files is not None:
            self._report.findings += self._files.look(events)

    def _take(
        self, position: int, event: Stored | None, stored_link: bytes | None, said: Saids
    ) -> None:
        leaf = self._leaf_of(event, stored_link, said) if event is not None else None
        if leaf is not None:
            self._leaves.append(leaf)
        if leaf is None or stored_link is None or link(self._link, leaf) != stored_link:
            self._clean = False
            self._mismatches.append(Mismatch(position, event, self._link, stored_link))
        if stored_link is not None:
            self._link = stored_link

    def _leaf_of(self, event: Stored, stored_link: bytes | None, said: Saids) -> bytes:
        """What it was chained as, if that can be told."""
        candidates = removals.leaves(event, said)
        for was in candidates[1:]:
            if link(self._link, was) == stored_link:
                self._report.redacted += 1
                return was
        return candidates[0]

    def _take_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._next = next(self._checkpoints, None)
        report = self._report
        report.checkpoints += 1
        report.last_sealed = checkpoint.last
        doubts = [self._trust.doubt_next(checkpoint), self._against_published(checkpoint)]
        if self._clean and not self._holds(checkpoint):
            said = (
                f"the events from {checkpoint.first} to {checkpoint.last} and their links agree"
                f" with each other, not with checkpoint {checkpoint.number}: both were rewritten"
            )
            doubts.append(Finding("ledger", checkpoint.first, said))
        report.findings += [doubt for doubt in doubts if doubt is not None]
        self._leaves, self._clean = [], True

    def _holds(self, checkpoint: Checkpoint) -> bool:
        leaves = self._leaves
        return (
            len(leaves) == checkpoint.count
            and root(leaves) == checkpoint.root
            and self._link == checkpoint.chain
        )

    def _against_published(self, checkpoint: Checkpoint) -> Finding | None:
        said = self._published.pop(checkpoint.number, None)
        if said is None or said.digest == checkpoint.digest:
            return None
        return Finding(
            "published",
            min(said.first, checkpoint.first),
            f"checkpoint {said.number} was published with the root {said.root.hex()[:16]}... over"
            f" the events from {said.first} to {said.last}, and is another one now: what is from"
            f" {min(said.first, checkpoint.first)} on was rewritten",
        )

    def _finish(self, last: int) -> None:
        report = self._report
        report.not_sealed = len(self._leaves)
        if self._next is not None:
            said = f"checkpoint {self._next.number} is over events that are not in the log"
            report.findings.append(Finding("removed", self._next.first, said))
        for gone in self._published.values():
            said = (
                f"checkpoint {gone.number}, published over the events from {gone.first} to"
                f" {gone.last}, is gone: the log's end was taken away"
            )
            report.findings.append(Finding("published", gone.first, said))
        row = self._connection.execute(
            "SELECT count(*) AS more FROM proctor_events WHERE notification_id > %s", (last,)
        ).fetchone()
        report.not_chained = int(row["more"]) if row else 0
