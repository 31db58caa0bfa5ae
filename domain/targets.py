"""What a step acts on: an element named the way Playwright's locators name it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.values import Frozen, Text

WAYS = ("role", "label", "text", "placeholder", "test_id", "css")


class Target(Frozen):
    """An element, found in exactly one way: `{role, name}`, `{label}`, `{text}`, `{placeholder}`,
    `{test_id}` or `{css}`.

    `exact` compares whole texts, case included; `nth` takes one of several fits (0 is the first);
    `frame` is the CSS selector of the iframe it sits in.
    """

    role: Text | None = None
    name: Text | None = None
    label: Text | None = None
    text: Text | None = None
    placeholder: Text | None = None
    test_id: Text | None = None
    css: Text | None = None
    exact: bool = False
    nth: Annotated[int, Field(ge=0, le=10_000)] | None = None
    frame: Text | None = None

    @model_validator(mode="after")
    def _found_in_one_way(self) -> Self:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(
                f"a target is found in exactly one way of {', '.join(WAYS)}; got {found}"
            )
        if self.name is not None and self.role is None:
            raise ValueError("name belongs to role, as in {role: button, name: Buy}")
        return self

    def __str__(self) -> str:
        way = next(way for way in WAYS if getattr(self, way) is not None)
        text = f'{way} "{getattr(self, way)}"'
        return f'{self.role} "{self.name}"' if self.name is not None else text
