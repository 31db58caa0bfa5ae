"""Every file that an event names is there, and is what the event says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.artifacts import ArtifactStore, digest_of
from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.oracle.history import History


def judge_artifacts(history: History, folder: Path) -> Iterator[Finding]:
    """`folder` is the deployment's; a file that could not be kept is named by no event."""
    store = ArtifactStore(folder)
    for recorded in history.events:
        for artifact in getattr(recorded.event, "artifacts", ()):
            path = store.find(recorded.event.originator_id, artifact)
            if path is None or digest_of(path) != artifact.sha256:
                what = "is missing" if path is None else "is not what its event says"
                run_id = str(recorded.event.originator_id)
                yield Finding("artifact", f"the artifact {artifact.name} {what}", run_id)
