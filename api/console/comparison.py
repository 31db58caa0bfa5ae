"""Two batches side by side: what changed first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain.errors import NotFoundError
from projections.run_queries import RunFilter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg.rows import DictRow

    from projections.reader import Snapshot

MOST = 100
"""Tests on the page."""

_MOST_RUNS = 1_000
"""That is as many as a batch can have."""

Key = tuple[str, int]
"""A test, and the how many-th of its runs in the batch."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A test's run in either batch; None in one that does not have it."""

    before: DictRow | None
    after: DictRow | None

    @property
    def name(self) -> str:
        """The test's."""
        one = self.after or self.before
        return str(one["name"]) if one else ""

    @property
    def change(self) -> str:
        """What the second batch made of it."""
        if self.before is None or self.after is None:
            return "new" if self.before is None else "gone"
        before, after = self.before["status"], self.after["status"]
        if before == after:
            return "same"
        if "passed" in {before, after}:
            return "broken" if before == "passed" else "fixed"
        return "changed"

    @property
    def seconds(self) -> float | None:
        """How much longer it took; None where one of them took no time at all."""
        if self.before is None or self.after is None:
            return None
        if self.before["duration"] is None or self.after["duration"] is None:
            return None
        return float(self.after["duration"] - self.before["duration"])


CHANGES = ("broken", "changed", "fixed", "new", "gone", "same")
"""In the order shown."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tests of both batches, as far as a page goes, and how many of each sort there are."""

    pairs: Sequence[Pair]
    total: int
    changes: Mapping[str, int]


def compare(snapshot: Snapshot, before: str, after: str) -> Comparison:
    """The batch `before` with the one `after`, by their ids. Raises NotFoundError."""
    earlier, later = _runs(snapshot, before), _runs(snapshot, after)
    pairs = [Pair(earlier.get(key), later.get(key)) for key in earlier | later]
    pairs.sort(key=lambda pair: (CHANGES.index(pair.change), pair.name))
    return Comparison(pairs[:MOST], len(pairs), Counter(pair.change for pair in pairs))


def _runs(snapshot: Snapshot, batch: str) -> dict[Key, DictRow]:
    try:
        wanted = RunFilter(batch_id=UUID(batch), limit=_MOST_RUNS)
    except ValueError:
        raise NotFoundError(f"{batch[:60]!r} is not the id of a batch") from None
    rows = snapshot.runs(wanted)[::-1]
    if not rows:
        raise NotFoundError(f"there is no batch {batch}")
    seen: Counter[str] = Counter()
    runs = {}
    for row in rows:
        test = str(row["test_id"] or row["name"])
        seen[test] += 1
        runs[test, seen[test]] = row
    return runs
