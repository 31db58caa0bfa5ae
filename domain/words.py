"""Steps in words: what they ask for, and what they may cost."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from domain.values import Frozen, VariableName

WORDS = ("act", "observe", "extract", "verify")
"""The actions whose meaning has to be decided on the page."""

WordsMode = Literal["auto", "replay", "decide"]
"""`auto` replays what is known and decides the rest; `replay` and `decide` do nothing else."""

Instruction = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

SCALARS = ("string", "number", "integer", "boolean")
_DEEPEST = 4
_MOST_FIELDS = 50


def _shape(fields: dict[str, Any]) -> dict[str, Any]:
    _check_fields(fields, "schema", 1)
    return fields


def _check(shape: object, where: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"{where} is nested deeper than {_DEEPEST} levels")
    match shape:
        case str() if shape in SCALARS:
            return
        case dict():
            _check_fields(shape, where, depth)
        case [one]:
            _check(one, f"{where}[]", depth + 1)
        case _:
            raise ValueError(
                f"{where} is {shape!r:.60}; it should be one of {', '.join(SCALARS)},"
                " {field: ...}, or a list of one of them, as in [string]"
            )


def _check_fields(fields: dict[Any, Any], where: str, depth: int) -> None:
    if not 1 <= len(fields) <= _MOST_FIELDS:
        raise ValueError(f"{where} has {len(fields)} fields; it should have 1 to {_MOST_FIELDS}")
    for name, shape in fields.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"{where} has the field {name!r:.60}; a name is letters, digits and _")
        _check(shape, f"{where}.{name}", depth + 1)


class Extract(Frozen):
    """Reads from the page what `schema` says, as in `{total: string, items: [string]}`.

    With `save_as: order` later steps may write `${order.total}`.
    """

    instruction: Instruction
    fields: Annotated[dict[str, Any], Field(alias="schema"), AfterValidator(_shape)]
    save_as: VariableName | None = None


class Budget(Frozen):
    """The most that models may be asked: requests, and tokens read and written."""

    calls: Annotated[int, Field(ge=0, le=10_000, strict=True)] = 50
    tokens: Annotated[int, Field(ge=0, le=100_000_000, strict=True)] = 500_000
