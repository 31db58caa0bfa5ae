"""What the test of a run did before, and how it went when it last passed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.console.files import files_of, pictures
from api.console.story import Story

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg.rows import DictRow

    from api.console.files import File
    from api.console.story import Step
    from api.services import Services
    from projections.reader import Snapshot

_EARLIER = 24
_UNHAPPY = {"failed", "errored", "timed_out"}


@dataclass(frozen=True, slots=True)
class SameTest:
    """Earlier runs, the oldest first; and the last of them that passed, with its steps by index
    and its pictures where this run did not pass."""

    earlier: Sequence[DictRow] = ()
    last_pass: DictRow | None = None
    steps: Mapping[int, Step] = field(default_factory=dict)
    pictures: Sequence[File] = ()

    @classmethod
    def of(cls, services: Services, snapshot: Snapshot, row: DictRow | None) -> SameTest:
        """Of the run whose row in the views this is; nothing of one that has none yet."""
        if row is None:
            return cls()
        earlier = snapshot.earlier_of_test(row, _EARLIER)[::-1]
        last_pass = snapshot.last_pass_of_test(row)
        if last_pass is None or row["status"] not in _UNHAPPY:
            return cls(earlier, last_pass)
        story = Story.of(services.log.history(last_pass["id"]))
        attempt = story.last_attempt if story is not None else None
        if attempt is None:
            return cls(earlier, last_pass)
        files = files_of(attempt, last_pass["id"], services.log.retention(last_pass["id"]))
        return cls(
            earlier, last_pass, {step.index: step for step in attempt.steps}, pictures(files)
        )
