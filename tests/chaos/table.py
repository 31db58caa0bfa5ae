"""The table that a campaign prints, and the evidence behind what failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.trial import Trial

_MOST_EVIDENCE = 8
_HEAD = (
    f"{'fault':<34} {'seeds':>5} {'runs':>5} {'202':>5} {'lost':>5} {'dupl.':>5} {'after':>5}"
    f" {'left':>5} {'other':>5} {'errored':>7} {'normal s':>8} {'busy':>5}  "
)


@dataclass
class Row:
    """The trials of one fault."""

    name: str
    trials: list[Trial] = field(default_factory=list)
    skipped: str | None = None
    broken: list[str] = field(default_factory=list)
    """What ended a trial before it could be judged."""
    logs: list[str] = field(default_factory=list)
    """Where those of the roles are kept."""

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.broken and not any(trial.findings for trial in self.trials)

    @property
    def true(self) -> bool:
        """The same, however long it took: times are for a machine that does nothing else."""
        findings = [finding for trial in self.trials for finding in trial.findings]
        return not self.broken and all(finding.sort == "slow" for finding in findings)

    def line(self) -> str:
        """One line of the table."""
        if self.skipped is not None:
            return f"{self.name:<34} skipped: {self.skipped}"
        return (
            f"{self.name:<34} {len(self.trials):>5} {self._runs():>5} {self._accepted():>5}"
            f" {self._count('lost'):>5} {self._count('duplicated', 'uninvited'):>5}"
            f" {self._count('after the fact', 'fenced'):>5} {self._count('left over'):>5}"
            f" {self._others():>5} {self._errored():>7} {self._slowest():>8}"
            f" {self._busy():>5}"
            f"  {'ok' if self.ok else 'FAILED'}"
        )

    def _runs(self) -> int:
        return sum(trial.workload.runs for trial in self.trials)

    def _accepted(self) -> int:
        return sum(len(trial.ledger.accepted) for trial in self.trials)

    def _errored(self) -> int:
        return sum(trial.verdicts["RunErrored"] for trial in self.trials)

    def _count(self, *sorts: str) -> int:
        return sum(trial.count(*sorts) for trial in self.trials)

    def _others(self) -> int:
        told = ("lost", "duplicated", "uninvited", "after the fact", "fenced", "left over")
        return sum(len(trial.findings) for trial in self.trials) - self._count(*told)

    def _slowest(self) -> str:
        if not self.trials:
            return "-"
        slowest = max(trial.to_normal for trial in self.trials)
        return "never" if slowest == float("inf") else f"{slowest:.1f}"

    def _busy(self) -> str:
        """The share of the machine that others used."""
        known = [trial.others for trial in self.trials if trial.others is not None]
        return f"{max(known):.0%}" if known else "?"


def head() -> str:
    """The table's first line."""
    return _HEAD


def evidence(row: Row) -> Iterator[str]:
    """What was found, with the events of the runs that it is about."""
    for line in [*row.broken, *row.logs]:
        yield f"{row.name}: {line}"
    for trial in row.trials:
        for finding in trial.findings[:_MOST_EVIDENCE]:
            yield f"{row.name}, seed {trial.seed}: {finding.sort}: {finding.detail}"
            for run_id in filter(None, (finding.run_id, finding.beside)):
                yield f"  run {run_id}:\n{trial.history.told(run_id)}"
        more = len(trial.findings) - _MOST_EVIDENCE
        if more > 0:
            yield f"{row.name}, seed {trial.seed}: and {more} more"
