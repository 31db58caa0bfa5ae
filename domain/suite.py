"""A suite file: tests that share a base URL, defaults and variables."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, field_validator

from domain.allowed_hosts import HostTexts
from domain.definition import Definition
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
    not_empty,
)
from domain.words import Budget, WordsMode

MOST_TESTS = 1_000


class Defaults(Frozen):
    """What every test of the suite has unless it says otherwise."""

    pool: PoolName | None = None
    priority: Priority | None = None
    timeout: Seconds | None = None
    retries: Retries | None = None
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict, max_length=50)
    words: WordsMode | None = None
    budget: Budget | None = None
    allowed_hosts: HostTexts | None = None


class Suite(Frozen):
    """The content of a suite file, as it is written.

    `budget` is what all its tests together may ask of models, `defaults.budget` each of them.
    """

    name: Name
    base_url: str | None = None
    defaults: Defaults = Defaults()
    variables: dict[VariableName, VariableValue] = Field(default_factory=dict, max_length=100)
    budget: Budget | None = None
    tests: Annotated[
        tuple[Definition, ...], Field(max_length=MOST_TESTS), AfterValidator(not_empty)
    ]

    @field_validator("base_url")
    @classmethod
    def _as_a_test_takes_it(cls, url: str | None) -> str | None:
        try:
            return Definition(name="any", base_url=url).base_url
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None

    def definitions(self) -> tuple[Definition, ...]:
        """The tests with the suite's defaults filled in, ready to be submitted."""
        return tuple(self.complete(test) for test in self.tests)

    def complete(self, test: Definition) -> Definition:
        """A test with what it leaves unsaid. Raises pydantic's ValidationError, for instance where
        the labels of the suite and of the test are too many together.
        """
        said = test.model_dump(by_alias=True, exclude_unset=True)
        given = self.defaults.model_dump(exclude_none=True, exclude={"labels"})
        complete: dict[str, Any] = {"base_url": self.base_url} | given | said
        complete["labels"] = {"suite": self.name, **self.defaults.labels, **test.labels}
        complete["variables"] = {**self.variables, **test.variables}
        return Definition.model_validate(complete)
