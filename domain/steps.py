"""The steps of a test: one action each, in the words of the suite file."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from domain.targets import Target
from domain.values import FileName, Frozen, Name, Seconds, Text, VariableValue, not_empty
from domain.words import WORDS, Extract, Instruction


class Fill(Target):
    """Types `value` into a field, replacing what is there."""

    value: VariableValue


class PressOn(Target):
    """Presses `key` while the target has the focus."""

    key: Text


class Select(Target):
    """Chooses the option with this label or value."""

    option: VariableValue


class Check(Target):
    """Ticks a check box or radio button, or clears it with `checked: false`."""

    checked: bool = True


class UploadedFile(Frozen):
    """A file made for the upload; its content is part of the definition."""

    name: FileName
    content: Annotated[str, Field(max_length=1_000_000)] = ""


class Upload(Target):
    """Gives files to a file field."""

    files: Annotated[tuple[UploadedFile, ...], Field(max_length=20), AfterValidator(not_empty)]


class WaitFor(Target):
    """Waits until the target is in a state."""

    state: Literal["visible", "hidden", "attached", "detached"] = "visible"


class ExpectedValue(Target):
    """A field that should hold a value."""

    equals: VariableValue


class ExpectedCount(Target):
    """A number of elements that should be there."""

    equals: Annotated[int, Field(ge=0, le=1_000_000)]


_SHORT = 80

EXPECTATIONS = ("text", "url", "title", "visible", "hidden", "value", "count")


class Expect(Frozen):
    """Exactly one expectation, waited for until the step's timeout; `in` narrows `text`."""

    text: Text | None = None
    url: Text | None = None
    title: Text | None = None
    visible: Target | None = None
    hidden: Target | None = None
    value: ExpectedValue | None = None
    count: ExpectedCount | None = None
    within: Annotated[Target | None, Field(alias="in")] = None

    @model_validator(mode="after")
    def _one_expectation(self) -> Self:
        given = [kind for kind in EXPECTATIONS if getattr(self, kind) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"expect takes exactly one of {', '.join(EXPECTATIONS)}; got {found}")
        if self.within is not None and self.text is None:
            raise ValueError("`in` belongs to text, as in {text: $42, in: {label: Total}}")
        return self

    def __str__(self) -> str:
        kind = next(kind for kind in EXPECTATIONS if getattr(self, kind) is not None)
        said = getattr(self, kind)
        if not isinstance(said, Target):
            where = f" in {self.within}" if self.within else ""
            return f'{kind} "{_short(said)}"{where}'
        equals = getattr(said, "equals", None)
        return f"{kind} {said}" if equals is None else f"{kind} {said} is {_short(str(equals))}"


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


class DialogAnswer(Frozen):
    """Accepts a prompt with a typed text."""

    accept: VariableValue


ACTIONS = (
    "goto", "click", "fill", "press", "select", "check", "hover", "upload", "wait_for", "expect",
    "screenshot", "dialog", *WORDS,
)  # fmt: skip


class Step(Frozen):
    """One action with its argument, as in `{goto: /slow, timeout: 20, name: Open the shop}`.

    `timeout` is in seconds; without it the executor's default applies.
    """

    goto: Text | None = None
    click: Target | None = None
    fill: Fill | None = None
    press: PressOn | Text | None = None
    select: Select | None = None
    check: Check | None = None
    hover: Target | None = None
    upload: Upload | None = None
    wait_for: WaitFor | None = None
    expect: Expect | None = None
    screenshot: Name | None = None
    dialog: Literal["accept", "dismiss"] | DialogAnswer | None = None
    act: Instruction | None = None
    observe: Instruction | None = None
    extract: Extract | None = None
    verify: Instruction | None = None
    timeout: Seconds | None = None
    name: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _known_action(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise ValueError(
                f"a step is one action with its argument, as in {{goto: /}}; got {raw!r:.80}"
            )
        given = [key for key in raw if key not in {"timeout", "name"} and raw[key] is not None]
        if len(given) != 1 or given[0] not in ACTIONS:
            found = ", ".join(f"{key!s:.40}" for key in given) or "none"
            raise ValueError(f"a step has exactly one action of {', '.join(ACTIONS)}; got {found}")
        return raw

    @property
    def action(self) -> str:
        """Which action it is, one of `ACTIONS`."""
        return next(action for action in ACTIONS if getattr(self, action) is not None)

    @property
    def in_words(self) -> bool:
        """Whether it has to be decided on the page what it means."""
        return self.action in WORDS

    @property
    def instruction(self) -> str:
        """What a step in words says."""
        said = getattr(self, self.action)
        return said.instruction if isinstance(said, Extract) else str(said)

    def __str__(self) -> str:
        argument = self.instruction if self.in_words else getattr(self, self.action)
        said = argument if isinstance(argument, str | Target | Expect) else ""
        return self.name or f"{self.action} {said}".strip()
