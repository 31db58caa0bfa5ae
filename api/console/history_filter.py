"""Which runs somebody wants to see, as they wrote it: read, and written into addresses again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from domain.errors import ProctorError
from projections.run_queries import RunFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import QueryParams

STATUSES = ("queued", "running", "passed", "failed", "errored", "timed_out", "cancelled")
PAGE = 50
"""Runs on a page."""

_DIGITS = 18
_MOST_LABELS = 10


class InvalidFilterError(ProctorError):
    """It cannot be read; the message names the field."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """The fields of the form; `before` is the cursor. `test` is a kept test's id, or the name of
    runs submitted inline."""

    statuses: Sequence[str] = ()
    test: str = ""
    batch: str = ""
    labels: Sequence[str] = field(default_factory=tuple)
    before: str = ""

    @classmethod
    def of(cls, query: QueryParams) -> HistoryFilter:
        """What the address says; blank fields say nothing."""
        return cls(
            tuple(status for status in query.getlist("status") if status),
            query.get("test", "").strip(),
            query.get("batch", "").strip(),
            tuple(text.strip() for text in query.getlist("label") if text.strip()),
            query.get("before", "").strip(),
        )

    @property
    def says_something(self) -> bool:
        """Whether any run is left out by it."""
        return bool(self.statuses or self.test or self.batch or self.labels)

    def address(self, **changed: str) -> str:
        """The page with this filter, and with these fields instead of its own."""
        single = {"test": self.test, "batch": self.batch, "before": self.before} | changed
        said = [("status", status) for status in self.statuses]
        said += [("label", label) for label in self.labels]
        said += [(name, value) for name, value in single.items() if value]
        return f"/history?{urlencode(said)}" if said else "/history"

    def wanted(self) -> RunFilter:
        """The question to the views, one run beyond the page. Raises InvalidFilterError."""
        for status in self.statuses:
            if status not in STATUSES:
                raise InvalidFilterError(f"status: {status[:40]!r} is not {', '.join(STATUSES)}")
        test_id = _uuid(self.test)
        return RunFilter(
            statuses=self.statuses,
            test_id=test_id,
            name=self.test if self.test and test_id is None else None,
            batch_id=self._batch_id(),
            labels=self._labels(),
            before=self._position(),
            limit=PAGE + 1,
        )

    def _batch_id(self) -> UUID | None:
        batch_id = _uuid(self.batch)
        if self.batch and batch_id is None:
            raise InvalidFilterError(f"batch: {self.batch[:40]!r} is not the id of a batch")
        return batch_id

    def _labels(self) -> dict[str, str]:
        if len(self.labels) > _MOST_LABELS:
            raise InvalidFilterError(f"label: at most {_MOST_LABELS} of them")
        labels = {}
        for text in self.labels:
            key, equals, value = text.partition("=")
            if not key or not equals:
                raise InvalidFilterError(f"label: {text[:40]!r} is not KEY=VALUE, as team=web is")
            labels[key] = value
        return labels

    def _position(self) -> int | None:
        if not self.before:
            return None
        if not (self.before.isascii() and self.before.isdigit()) or len(self.before) > _DIGITS:
            raise InvalidFilterError(f"before: {self.before[:40]!r} is not a position of the log")
        return int(self.before)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
