"""Whether the files that events name are what the events say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.retention import ArtifactsRemoved, retention_id
from projections.ledger.finding import Finding
from projections.ledger.reading import ARTIFACTS, facts
from projections.ledger.removals import artifacts_in, retentions_of
from runtime.artifacts import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import psycopg
    from psycopg.rows import DictRow

    from domain.run_events import Artifact
    from domain.stored import Stored
    from projections.ledger.finding import Sort
    from runtime.artifacts import ArtifactStore

    Named = tuple[Stored, Artifact]

_NAMES_SOME = b'"artifacts":[{'


class FileCheck:
    """Looks at the files of a store. `connection` is in no transaction: a file that is removed
    meanwhile is not missing, the newest log says why it is gone."""

    def __init__(self, connection: psycopg.Connection[DictRow], store: ArtifactStore) -> None:
        self._connection = connection
        self._store = store
        self.good = 0
        self.removed = 0
        """Files that are gone, as the log says."""

    def look(self, events: Iterable[Stored]) -> Iterator[Finding]:
        """What is wrong with the files that these events name."""
        missing: list[Named] = []
        for event, artifact in _named(events):
            path = self._store.find(event.originator_id, artifact)
            if path is None:
                missing.append((event, artifact))
            elif digest_of(path) == artifact.sha256:
                self.good += 1
            else:
                yield _finding("altered", event, artifact, "was changed")
        yield from self._unexplained(missing)

    def _unexplained(self, missing: list[Named]) -> Iterator[Finding]:
        runs = {event.originator_id for event, _ in missing}
        removed = artifacts_in(retentions_of(self._connection, runs)) if runs else set()
        for event, artifact in missing:
            if (retention_id(event.originator_id), artifact) in removed:
                self.removed += 1
            else:
                yield _finding("removed", event, artifact, "is not there")


def _named(events: Iterable[Stored]) -> Iterator[Named]:
    for event in events:
        if _NAMES_SOME in event.state and event.topic != ArtifactsRemoved.TOPIC:
            for artifact in facts(event, "artifacts", ARTIFACTS):
                yield event, artifact


def _finding(sort: Sort, event: Stored, artifact: Artifact, what: str) -> Finding:
    said = f"the artifact {artifact.name} of run {event.originator_id} {what}"
    return Finding(sort, event.position, said)
