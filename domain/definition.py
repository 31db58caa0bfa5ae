"""What a run is asked to do: everything an executor needs, in one immutable value."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from domain.allowed_hosts import HostTexts
from domain.dispatch import DEFAULT_POOL, DEFAULT_PRIORITY
from domain.steps import Step
from domain.values import (
    Frozen,
    LabelKey,
    LabelValue,
    Name,
    PoolName,
    Priority,
    Retries,
    Seconds,
    VariableName,
    VariableValue,
)
from domain.words import Budget, WordsMode

MOST_STEPS = 500

Verdict = Literal["passed", "failed", "errored", "timed_out", "cancelled"]


class Definition(Frozen):
    """The definition of a run or test.

    `timeout` is in seconds, for each attempt; without it the server's
    `PROCTOR_EXECUTION_TIMEOUT` is taken. `retries` counts further attempts after a failed one.
    `pool` names the executors that may take it. `expect` is the verdict the suite expects: a run
    that should fail is as expected when it fails.
    `words` says whether steps in words are replayed or decided (`auto` unless said otherwise), and
    `budget` what models may be asked for them. `allowed_hosts` are the only ones its browser may
    connect to, as in `shop.example:8443` or `*.cdn.example`; without them, it is nearly any.
    """

    name: Name
    base_url: (
        Annotated[str, Field(max_length=2_000, pattern=r"^(https?|data|about|file):")] | None
    ) = None
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = ()
    pool: PoolName = DEFAULT_POOL
    priority: Priority = DEFAULT_PRIORITY
    timeout: Seconds | None = None
    retries: Retries = 0
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict, max_length=50)
    variables: dict[VariableName, VariableValue] = Field(default_factory=dict, max_length=100)
    artifacts: Literal["on_failure", "always", "never"] = "on_failure"
    expect: Verdict = "passed"
    words: WordsMode | None = None
    budget: Budget | None = None
    allowed_hosts: HostTexts | None = None

    @property
    def in_words(self) -> bool:
        """Whether any of its steps has to be decided on the page."""
        return any(step.in_words for step in self.steps)

    @field_validator("base_url")
    @classmethod
    def _no_password_in_the_address(cls, url: str | None) -> str | None:
        if url is not None and "@" in urlsplit(url).netloc:
            raise ValueError("holds a user or password, which would be stored: leave it out")
        return url
