"""Every run has exactly one verdict, the right one, nothing after it, and no version missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.run import DRAINED, MOST_LOST_ATTEMPTS
from domain.run_events import VERDICTS, AttemptLost, RunErrored, VerdictEvent
from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.log import Recorded
    from tests.chaos.fault import Spoils
    from tests.chaos.ledger import Ledger
    from tests.chaos.oracle.history import History


def judge_verdicts(history: History, ledger: Ledger, spoils: Spoils) -> Iterator[Finding]:
    """Looks at every run in the log."""
    wrong: list[Finding] = []
    for run_id, recorded in history.runs.items():
        yield from _in_order(run_id, recorded)
    for run_id, event in history.requests():
        labels = event.definition.labels
        if labels.get("chaos") == ledger.workload.name:
            expected = ledger.workload.expected(int(labels["ask"]), int(labels["index"]))
            cancelled = run_id in ledger.accepted and ledger.entries[int(labels["ask"])].cancelled
            wrong += _right(history, run_id, "cancelled" if cancelled else expected, ledger)
    excused = [finding for finding in wrong if _status(history, finding) in spoils.verdicts]
    yield from (finding for finding in wrong if finding not in excused[: spoils.most])


def _status(history: History, finding: Finding) -> str:
    (verdict,) = history.verdicts(str(finding.run_id))
    return VERDICTS[type(verdict)]


def _in_order(run_id: str, recorded: list[Recorded]) -> Iterator[Finding]:
    versions = [each.event.originator_version for each in recorded]
    if versions != list(range(1, len(versions) + 1)):
        yield Finding("verdict", f"its versions are {versions}", run_id)
    over = False
    for each in recorded:
        if over:
            yield Finding("after the fact", f"{each.event.TOPIC} follows its verdict", run_id)
        over = over or isinstance(each.event, VerdictEvent)
    if not over:
        yield Finding("lost", "it has no verdict", run_id)


def _right(history: History, run_id: str, expected: str, ledger: Ledger) -> Iterator[Finding]:
    verdicts = history.verdicts(run_id)
    if len(verdicts) != 1:
        return  # Said already.
    (verdict,) = verdicts
    status = VERDICTS[type(verdict)]
    cancel_sent = ledger.entries[_number(history, run_id)].cancel_sent
    if status == expected or (status == "cancelled" and cancel_sent):
        return
    if isinstance(verdict, RunErrored) and _used_up(history, run_id):
        return
    yield Finding("verdict", f"it is {status}, and should be {expected}", run_id)


def _number(history: History, run_id: str) -> int:
    requested = dict(history.requests())[run_id]
    return int(requested.definition.labels["ask"])


def _used_up(history: History, run_id: str) -> bool:
    """Whether the machinery lost as many attempts as it may: then errored is right."""
    lost = [
        each.event
        for each in history.runs[run_id]
        if isinstance(each.event, AttemptLost) and each.event.error.kind != DRAINED
    ]
    return len(lost) == MOST_LOST_ATTEMPTS - 1
