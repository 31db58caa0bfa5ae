"""Reading a suite file; every error names file, line and field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from domain.errors import ProctorError
from domain.suite import Suite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST = 5_000_000
MOST_NODES = 200_000
MOST_ERRORS = 10


class SuiteFileError(ProctorError):
    """A suite file that cannot be used; one line an error."""


def read_suite(path: Path) -> Suite:
    """The suite in the file. Raises SuiteFileError."""
    tree = _parse(path, _text(path))
    raw = _plain(path, tree, [MOST_NODES])
    try:
        return Suite.model_validate(raw)
    except ValidationError as error:
        found = error.errors()
        lines = [_explain(path, tree, one) for one in found[:MOST_ERRORS]]
        if len(found) > MOST_ERRORS:
            lines.append(f"{path}: and {len(found) - MOST_ERRORS} more")
        raise SuiteFileError("\n".join(lines)) from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise SuiteFileError(f"{path}: larger than {LARGEST:,} bytes; split the suite")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SuiteFileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SuiteFileError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _parse(path: Path, text: str) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(text)
    except DuplicateKeyError as error:
        reason = (error.problem or "").splitlines()[0].partition(" with ")[0]
        raise SuiteFileError(f"{path}:{_line(error)}: {reason}; a key stands once") from None
    except MarkedYAMLError as error:
        hint = "; use spaces, YAML knows no tabs" if "\\t" in str(error.problem) else ""
        raise SuiteFileError(f"{path}:{_line(error)}: {error.problem}{hint}") from None
    except RecursionError:
        raise SuiteFileError(f"{path}: nested too deeply") from None
    except (YAMLError, ValueError) as error:
        raise SuiteFileError(f"{path}: {str(error).splitlines()[0]}") from None
    if not isinstance(tree, CommentedMap):
        raise SuiteFileError(f"{path}:1: a suite begins with `name:` and `tests:`")
    return tree


def _line(error: MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return int(mark.line) + 1 if mark else 1


def _plain(path: Path, node: Any, left: list[int]) -> Any:
    """The tree as plain values; aliases are followed, up to a bound on what they amount to."""
    left[0] -= 1
    if left[0] < 0:
        raise SuiteFileError(f"{path}: its aliases amount to more than {MOST_NODES:,} values")
    tag = getattr(node, "tag", None)
    if isinstance(node, TaggedScalar) or (tag is not None and tag.value is not None):
        line = node.lc.line + 1 if getattr(node, "lc", None) and node.lc.line is not None else 1
        raise SuiteFileError(f"{path}:{line}: the tag {tag.value if tag else '!'} is not allowed")
    if isinstance(node, CommentedMap):
        return {_key(key): _plain(path, value, left) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(path, value, left) for value in node]
    return _scalar(node)


def _key(key: Any) -> Any:
    return str(key) if isinstance(key, str) else key


def _scalar(node: Any) -> Any:
    """ruamel's round-trip scalars as the built-in ones they are subclasses of."""
    if isinstance(node, bool) or node is None:
        return node
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def _explain(path: Path, tree: CommentedMap, error: Any) -> str:
    location = [part for part in error["loc"] if not _is_note(part)]
    message = str(error["msg"]).removeprefix("Value error, ")
    field = ".".join(map(str, location)) or "the suite"
    return f"{path}:{_line_of(tree, location)}: {field}: {message}"


def _is_note(part: int | str) -> bool:
    """Pydantic's notes on which branch of a union it tried."""
    return isinstance(part, str) and ("[" in part or part.startswith("constrained-"))


def _line_of(tree: Any, location: Sequence[int | str]) -> int:
    line = 1
    node = tree
    for part in location:
        try:
            if isinstance(node, CommentedMap):
                line = node.lc.key(part)[0] + 1
            elif isinstance(node, CommentedSeq):
                line = node.lc.item(part)[0] + 1
            node = node[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line
