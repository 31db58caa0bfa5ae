"""Pydantic's errors in the words of the suite file: a line, a field, what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from pydantic import BaseModel

from domain.suite import Suite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from cli.yaml_tree import Node

Path: TypeAlias = tuple[int | str, ...]

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to be changed in a suite file."""

    line: int
    field: str
    message: str


def mistakes(error: ValidationError, tree: Node, under: Path = ()) -> list[Mistake]:
    """What pydantic found, a mistake a field; `under` is where in the tree it looked.

    A union reports every branch it tried: what it says of a value is left out where it also says
    something of a part of that value, and what is left of one field becomes one sentence.
    """
    said: dict[Path, list[ErrorDetails]] = {}
    for one in error.errors(include_url=False):
        said.setdefault(_path(tree, under + one["loc"], one["type"]), []).append(one)
    outer = {path[:length] for path in said for length in range(len(path))}
    return [
        Mistake(line_of(tree, path), _dotted(path), _message(found, path))
        for path, found in said.items()
        if path not in outer
    ]


def line_of(tree: Node, path: Path) -> int:
    """The line of the value at `path`, or of what it is missing in."""
    node, line = tree, tree.line
    for part in path:
        inner = node.child(part)
        if inner is None:
            break
        line = node.keys.get(str(part), inner.line)
        node = inner
    return line


def _path(tree: Node, location: Path, kind: str) -> Path:
    """The location without pydantic's notes on branches: neither in the file nor a field."""
    path: Path = ()
    node = tree
    for part in location:
        inner = node.child(part)
        if inner is not None:
            node = inner
        elif part != location[-1] or not (kind == "missing" or part in _fields_at(path)):
            continue
        path += (part,)
    return path


def _message(errors: Sequence[ErrorDetails], path: Path) -> str:
    first = errors[0]
    message = " or ".join(dict.fromkeys(map(_in_words_of_yaml, errors)))
    if first["type"] == "extra_forbidden":
        return message + _instead(path)
    if first["type"] == "string_type":
        return f"{message}: put quotes around it"
    if first["type"] in {"value_error", "missing", "too_long"} or _may_be_private(first, path):
        return message
    return f"{message}; got {_short(first['input'])}"


def _in_words_of_yaml(error: ErrorDetails) -> str:
    class_name = error.get("ctx", {}).get("class_name")
    message = (
        error["msg"].removeprefix("Value error, ").replace(f" or instance of {class_name}", "")
    )
    return message.replace("valid tuple", "list").replace("valid dictionary", "mapping")


def _may_be_private(error: ErrorDetails, path: Path) -> bool:
    """Texts and variables may hold a password, and a build's log is read by many."""
    return error["type"].startswith("string_") or "variables" in path


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _instead(path: Path) -> str:
    known = sorted(_fields_at(path[:-1]))
    if near := get_close_matches(str(path[-1]), known, n=1):
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(known)}" if known else ""


def _fields_at(path: Path) -> set[str]:
    models: list[type[BaseModel]] = [Suite]
    for part in path:
        if isinstance(part, str):
            models = [m for model in models for m in _models_of(model, part)]
    return {field.alias or name for m in models for name, field in m.model_fields.items()}


def _models_of(model: type[BaseModel], name: str) -> Iterator[type[BaseModel]]:
    for own_name, field in model.model_fields.items():
        if name in {own_name, field.alias}:
            yield from _models_in(field.annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "the suite"
