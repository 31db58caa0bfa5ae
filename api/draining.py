"""Draining: an executor ends what it has, and takes nothing more until it is resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.problems import ProblemError

if TYPE_CHECKING:
    from api.services import Services


def drain_executor(services: Services, executor: str, who: str) -> int:
    """Returns the position that shows it. Raises ProblemError where nobody is called like this, and
    the log's errors."""
    alive = [said.executor for said in services.executors.alive()]
    if executor not in alive:
        named = ", ".join(alive[:10]) or "none"
        raise ProblemError(
            404,
            "no such executor",
            f"no executor {executor[:100]!r} is connected; there is {named}",
        )
    return services.log.append(services.log.queue().drain(who, executor))


def resume_executor(services: Services, executor: str, who: str) -> int:
    """As above, of one that is drained, connected or not."""
    return services.log.append(services.log.queue().resume_executor(who, executor))
