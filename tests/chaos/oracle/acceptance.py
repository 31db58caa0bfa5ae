"""Every 202 is in the log, and nothing is that nobody submitted."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.ledger import Entry, Ledger
    from tests.chaos.oracle.history import History


def judge_acceptance(history: History, ledger: Ledger) -> Iterator[Finding]:
    """Compares request by request."""
    logged = _logged(history, ledger)
    yield from _uninvited(history, ledger)
    for number, entry in ledger.entries.items():
        for wrong in entry.wrong:
            yield Finding("answer", f"request {number}: {wrong}")
        yield from _judge(number, entry, logged[number], len(ledger.workload.asks[number].runs))


def _logged(history: History, ledger: Ledger) -> dict[int, set[str]]:
    """The ids of the runs in the log, by request."""
    found: dict[int, set[str]] = defaultdict(set)
    for run_id, event in history.requests():
        labels = event.definition.labels
        if labels.get("chaos") == ledger.workload.name:
            found[int(labels["ask"])].add(run_id)
    return found


def _uninvited(history: History, ledger: Ledger) -> Iterator[Finding]:
    for run_id, event in history.requests():
        if event.definition.labels.get("chaos") != ledger.workload.name:
            yield Finding("uninvited", f"{event.definition.name}: nobody asked for it", run_id)


def _judge(number: int, entry: Entry, logged: set[str], size: int) -> Iterator[Finding]:
    if entry.accepted is not None:
        accepted = set(entry.accepted)
        for run_id in accepted - logged:
            yield Finding("lost", f"request {number} was answered 202: {entry}", run_id)
        # Without a key, and with an answer lost before, the client may have asked twice.
        allowed = size * (entry.lost_answers + entry.uncertain)
        if len(logged - accepted) > allowed:
            yield Finding("duplicated", f"request {number}: {sorted(logged)} for {entry}")
    elif logged and not entry.may_be_in_the_log:
        yield Finding("uninvited", f"request {number} was never accepted: {entry}", min(logged))
    elif len(logged) not in {0, size}:
        yield Finding("duplicated", f"request {number}: {len(logged)} of {size} runs: {entry}")
