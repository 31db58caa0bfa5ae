"""Checking evidence on one run, with no server and no database."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from domain.errors import ProctorError
from domain.merkle import root_from
from domain.retention import retention_id
from domain.run_events import VERDICT_TOPICS
from domain.stored import Stored
from projections.ledger.evidence import Evidence
from projections.ledger.finding import Finding
from projections.ledger.reading import ARTIFACTS, facts
from projections.ledger.removals import NOT_AS_SAID, artifacts_in, leaves, said_in
from projections.ledger.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from domain.checkpoint import Checkpoint
    from domain.run_events import Artifact
    from projections.ledger.evidence import ProvenEvent
    from runtime.signing import PublicKey


def read_evidence(text: str) -> Evidence:
    """Raises ProctorError, with what is wrong with it, if `text` is no evidence."""
    try:
        return Evidence.model_validate(json.loads(text, object_pairs_hook=_once))
    except json.JSONDecodeError as error:
        raise ProctorError(
            f"it is cut off or no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ProctorError(f"{where}: {first['msg']}") from None


def check(evidence: Evidence, keys: Collection[PublicKey]) -> list[Finding]:
    """What is wrong with it; nothing if it proves what it says to whoever trusts `keys`."""
    trust = Trust(keys)
    doubts = [trust.doubt(checkpoint) for checkpoint in evidence.checkpoints]
    findings = [doubt for doubt in doubts if doubt is not None]
    findings += _gaps(evidence.events, f"run {evidence.run}", at_least=1)
    findings += _gaps(evidence.removals, f"what was removed of run {evidence.run}", at_least=0)
    sealed = {checkpoint.number: checkpoint for checkpoint in evidence.checkpoints}
    for event, stored in _stored(evidence):
        findings += _unproven(event, stored, sealed.get(event.checkpoint))
    findings += _unexplained(evidence)
    return sorted(findings, key=lambda finding: finding.position)


def is_over(evidence: Evidence) -> bool:
    """Whether the run had its verdict when the evidence was made."""
    return bool(evidence.events) and evidence.events[-1].topic in VERDICT_TOPICS


def artifacts_of(evidence: Evidence) -> dict[Artifact, bool]:
    """Every artifact that the run's events name, and whether retention removed it."""
    aggregate = retention_id(evidence.run)
    removed = artifacts_in(stored for _, stored in _stored(evidence))
    named = (
        artifact
        for _, stored in _stored(evidence)
        if stored.originator_id == evidence.run
        for artifact in facts(stored, "artifacts", ARTIFACTS)
    )
    return {artifact: (aggregate, artifact) in removed for artifact in named}


def _stored(evidence: Evidence) -> Iterator[tuple[ProvenEvent, Stored]]:
    """Each event as it stands in the log."""
    aggregates = ((evidence.events, evidence.run), (evidence.removals, retention_id(evidence.run)))
    for events, aggregate in aggregates:
        for event in events:
            state = event.state.encode(errors="surrogateescape")
            yield event, Stored(event.position, aggregate, event.version, event.topic, state)


def _gaps(events: Sequence[ProvenEvent], whose: str, *, at_least: int) -> Iterator[Finding]:
    """Versions count from 1 without a gap: what is missing or doubled shows."""
    counted = Counter(event.version for event in events)
    for version in range(1, max(counted, default=at_least) + 1):
        if counted[version] != 1:
            what = "is missing" if not counted[version] else "is there more than once"
            yield Finding("removed", 0, f"version {version} of {whose} {what}")
    positions = [event.position for event in events]
    if positions != sorted(positions):
        yield Finding("reordered", 0, "the events are not in the log's order")


def _unproven(
    event: ProvenEvent, stored: Stored, checkpoint: Checkpoint | None
) -> Iterator[Finding]:
    if checkpoint is None:
        said = f"{_named(event)} names checkpoint {event.checkpoint}, which is not in the file"
        yield Finding("checkpoint", event.position, said)
        return
    leaf = stored.leaf if event.was is None else event.was
    if root_from(leaf, event.index, checkpoint.count, event.proof) != checkpoint.root:
        what = f"is not what checkpoint {checkpoint.number} was made over: it was altered"
        yield Finding("altered", event.position, f"{_named(event)} {what}")


def _unexplained(evidence: Evidence) -> Iterator[Finding]:
    """Events that are not what was sealed, and of which no proven event says what they are now."""
    said = said_in(stored for event, stored in _stored(evidence) if event.was is None)
    for event, stored in _stored(evidence):
        if event.was is not None and event.was not in leaves(stored, said):
            yield Finding("altered", event.position, f"{_named(event)} {NOT_AS_SAID}")


def _named(event: ProvenEvent) -> str:
    return f"the event at position {event.position} ({event.topic}, version {event.version})"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise ProctorError(f"{doubled!r} is in it twice: of which is the proof?")
    return dict(pairs)
