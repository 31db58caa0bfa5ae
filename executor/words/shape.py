"""From the suite's short schema to a model that Stagehand asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCALARS: dict[str, type] = {"string": str, "number": float, "integer": int, "boolean": bool}


class Exact(BaseModel):
    """Takes what is asked for, and nothing beside it."""

    model_config = ConfigDict(extra="forbid")


class Judgement(Exact):
    """What is asked of a statement to verify."""

    holds: bool = Field(description="true if the page shows that the statement holds")
    reason: str = Field(description="why, in one sentence")
    quote: str = Field(
        description="the exact words on the page that decide it, copied character by character from"
        " one element; empty if it is decided by something that is absent"
    )


def shape_of(fields: Mapping[str, Any]) -> type[Exact]:
    """The model of a schema as a suite writes it, as in `{total: string, items: [string]}`."""
    given: dict[str, Any] = {name: (_type(shape), ...) for name, shape in fields.items()}
    return create_model("Extracted", __base__=Exact, **given)


def _type(shape: Any) -> Any:
    if isinstance(shape, str):
        return _SCALARS[shape]
    if isinstance(shape, list):
        return list[_type(shape[0])]  # type: ignore[misc]
    return shape_of(shape)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar in an extracted value with its dotted name, as in `items.0.price`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{name}.{index}")
    else:
        yield name, value
