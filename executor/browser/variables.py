"""Variables: `${name}` and `${secret:NAME}`, put in at the last moment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE = re.compile(r"\$\{(secret:)?([A-Za-z_][A-Za-z0-9_]*)\}")

M = TypeVar("M", bound=BaseModel)


class UnknownVariableError(Exception):
    """A step names a variable or secret that nobody gave."""


class Variables:
    """The values one attempt may put into its steps."""

    def __init__(self, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._values = values
        self._secrets = secrets

    def fill_in(self, model: M) -> M:
        """`model` with every place in its texts filled. Raises UnknownVariableError."""
        raw = model.model_dump(by_alias=True, exclude_none=True)
        return type(model).model_validate(self._walk(raw))

    def _walk(self, raw: object) -> object:
        if isinstance(raw, str):
            return _PLACE.sub(self._value, raw)
        if isinstance(raw, dict):
            return {key: self._walk(value) for key, value in raw.items()}
        if isinstance(raw, list | tuple):
            return [self._walk(value) for value in raw]
        return raw

    def _value(self, place: re.Match[str]) -> str:
        is_secret, name = place.groups()
        known = self._secrets if is_secret else self._values
        if name not in known:
            if is_secret:
                raise UnknownVariableError(
                    f"there is no secret {name}: set PROCTOR_SECRET_{name} for the executor"
                )
            raise UnknownVariableError(
                f"there is no variable {name}: known are {', '.join(sorted(known))}"
            )
        return known[name]


def names_secret(model: BaseModel) -> bool:
    """Whether a step mentions a secret."""
    return any(kind for kind, _ in _PLACE.findall(model.model_dump_json()))
