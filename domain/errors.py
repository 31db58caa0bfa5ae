"""The domain's errors."""

from __future__ import annotations


class ProctorError(Exception):
    """Anything Proctor refuses, with a message for the person who asked."""


class IllegalTransitionError(ProctorError):
    """A command that the state found does not allow."""

    def __init__(self, subject: str, command: str, found: str) -> None:
        super().__init__(f"{subject} is {found}: cannot {command}")
        self.found = found


class NotFoundError(ProctorError):
    """Nothing has this id."""


class TooNewError(ProctorError):
    """A newer Proctor wrote what has to be known here; another process may know it."""

    def __init__(self, subject: str, topic: str) -> None:
        super().__init__(
            f"{subject} has an event {topic!r} that only a newer Proctor knows: upgrade this one"
        )


class ConflictError(ProctorError):
    """Somebody else appended at this version first: read again and decide."""
