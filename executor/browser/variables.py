"""Variables: `${name}` and `${secret:NAME}`, put in at the last moment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_PLACE = re.compile(r"\$\{(secret:)?([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}")

M = TypeVar("M", bound=BaseModel)


class UnknownVariableError(Exception):
    """A step names a variable or secret that nobody gave."""


class Variables:
    """The values one attempt may put into its steps; those that steps save come with time."""

    def __init__(self, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._secrets = secrets

    def save(self, name: str, value: Any) -> None:
        """Keeps what a step has read: scalars as `${name}`, the parts of others as
        `${name.part}`."""
        if isinstance(value, dict):
            for key, inner in value.items():
                self.save(f"{name}.{key}", inner)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self.save(f"{name}.{index}", inner)
        else:
            self._values[name] = _written(value)

    def fill_in(self, model: M) -> M:
        """`model` with every place in its texts filled. Raises UnknownVariableError."""
        raw = model.model_dump(by_alias=True, exclude_none=True)
        return type(model).model_validate(self._walk(raw))

    def fill_text(
        self,
        text: str,
        *,
        secret: Callable[[str], str] | None = None,
        keep: Collection[str] = (),
    ) -> str:
        """`text` with every place filled but those in `keep`; a secret with what `secret` gives for
        its name, if that is set. Raises UnknownVariableError."""

        def value(place: re.Match[str]) -> str:
            is_secret, name = place.groups()
            if is_secret and secret is not None:
                self._known(place)
                return secret(name)
            return place[0] if not is_secret and name in keep else self._known(place)

        return _PLACE.sub(value, text)

    def value(self, name: str) -> str:
        """One variable's. Raises UnknownVariableError."""
        return self.fill_text(f"${{{name}}}")

    def named(self, text: str, *, secret: bool) -> list[str]:
        """The names of the variables, or secrets, that a text mentions."""
        return [name for is_secret, name in _PLACE.findall(text) if bool(is_secret) == secret]

    def secrets_in(self, model: BaseModel) -> set[str]:
        """The values of the secrets that a step mentions, of those that there are."""
        named = self.named(model.model_dump_json(), secret=True)
        return {self._secrets[name] for name in named if name in self._secrets}

    def _walk(self, raw: object) -> object:
        if isinstance(raw, str):
            return self.fill_text(raw)
        if isinstance(raw, dict):
            return {key: self._walk(value) for key, value in raw.items()}
        if isinstance(raw, list | tuple):
            return [self._walk(value) for value in raw]
        return raw

    def _known(self, place: re.Match[str]) -> str:
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


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
