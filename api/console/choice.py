"""What of a run somebody looks at, as the address of the page says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a run somebody looks at: an attempt, the last unless they say so, and from which
    step on where there are many."""

    run_id: UUID
    attempt: int | None = None
    first: int | None = None

    @property
    def query(self) -> str:
        """As it stands in the address."""
        chosen = {"attempt": self.attempt, "from": self.first}
        said = "&".join(f"{name}={value}" for name, value in chosen.items() if value is not None)
        return f"?{said}" if said else ""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/runs/{self.run_id}{self.query}"

    @property
    def live(self) -> str:
        """Where its live part is."""
        return f"/live{self.path}"
