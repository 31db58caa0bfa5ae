"""Checking evidence on one run, with no server and no database."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from domain.errors import ProctorError
from domain.merkle import root_from
from domain.stored import Stored
from projections.ledger.evidence import Evidence
from projections.ledger.finding import Finding
from projections.ledger.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from domain.checkpoint import Checkpoint
    from projections.ledger.evidence import ProvenEvent
    from runtime.signing import PublicKey

VERDICTS = {"RunPassed", "RunFailed", "RunErrored", "RunTimedOut", "RunCancelled"}


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
    sealed = {checkpoint.number: checkpoint for checkpoint in evidence.checkpoints}
    doubts = [trust.doubt(checkpoint) for checkpoint in evidence.checkpoints]
    findings = [doubt for doubt in doubts if doubt is not None]
    findings += _gaps(evidence)
    for event in evidence.events:
        findings += _unproven(event, evidence, sealed.get(event.checkpoint))
    return sorted(findings, key=lambda finding: finding.position)


def is_over(evidence: Evidence) -> bool:
    """Whether the run had its verdict when the evidence was made."""
    return bool(evidence.events) and evidence.events[-1].topic in VERDICTS


def artifacts_of(evidence: Evidence) -> dict[str, str]:
    """The SHA-256 of every artifact that the run's events name, by its name."""
    found = {}
    for event in evidence.events:
        for artifact in json.loads(event.state).get("artifacts", ()):
            found[str(artifact["name"])] = str(artifact["sha256"])
    return found


def _gaps(evidence: Evidence) -> Iterator[Finding]:
    """A run's versions count from 1 without a gap: what is missing or doubled shows."""
    counted = Counter(event.version for event in evidence.events)
    for version in range(1, max(counted, default=1) + 1):
        if counted[version] != 1:
            what = "is missing" if not counted[version] else "is there more than once"
            yield Finding("removed", 0, f"version {version} of run {evidence.run} {what}")
    positions = [event.position for event in evidence.events]
    if positions != sorted(positions):
        yield Finding("reordered", 0, "the events are not in the log's order")


def _unproven(
    event: ProvenEvent, evidence: Evidence, checkpoint: Checkpoint | None
) -> Iterator[Finding]:
    what = f"the event at position {event.position} ({event.topic}, version {event.version})"
    if checkpoint is None:
        said = f"{what} names checkpoint {event.checkpoint}, which is not in the file"
        yield Finding("checkpoint", event.position, said)
        return
    state = event.state.encode(errors="surrogateescape")
    leaf = Stored(event.position, evidence.run, event.version, event.topic, state).leaf
    if root_from(leaf, event.index, checkpoint.count, event.proof) != checkpoint.root:
        said = f"{what} is not what checkpoint {checkpoint.number} was made over: it was altered"
        yield Finding("altered", event.position, said)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise ProctorError(f"{doubled!r} is in it twice: of which is the proof?")
    return dict(pairs)
