"""Reading a suite file; every error names file, line and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from cli.origins import Origin, origins
from cli.suite_errors import Mistake, mistakes
from cli.yaml_tree import Node, TreeError, plain, read_tree
from domain.errors import ProctorError
from domain.suite import Suite

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 5_000_000
MOST_ERRORS = 10


class SuiteFileError(ProctorError):
    """A suite file that cannot be used; one line an error."""


def read_suite(path: Path) -> Suite:
    """The suite in the file, whose definitions are known to be good. Raises SuiteFileError."""
    return read_suite_and_origins(path)[0]


def read_suite_and_origins(path: Path) -> tuple[Suite, list[Origin]]:
    """The same, and where each of its tests stands in the file."""
    try:
        tree = read_tree(_text(path))
        raw = plain(tree)
    except TreeError as error:
        raise SuiteFileError(f"{path}:{error.line}: {error}") from None
    if not isinstance(raw, dict):
        raise SuiteFileError(f"{path}:{tree.line}: a suite begins with `name:` and `tests:`")
    try:
        suite = Suite.model_validate(raw)
    except ValidationError as error:
        raise _refused(path, mistakes(error, tree)) from None
    if found := _mistakes_of_the_whole(suite, tree):
        raise _refused(path, found)
    return suite, origins(path, tree)


def _mistakes_of_the_whole(suite: Suite, tree: Node) -> list[Mistake]:
    """What is wrong only once the suite's own values and defaults are filled in."""
    found: list[Mistake] = []
    for number, test in enumerate(suite.tests):
        try:
            suite.complete(test)
        except ValidationError as error:
            found += mistakes(error, tree, ("tests", number))
    return found


def _refused(path: Path, found: list[Mistake]) -> SuiteFileError:
    lines = [f"{path}:{one.line}: {one.field}: {one.message}" for one in found[:MOST_ERRORS]]
    if len(found) > MOST_ERRORS:
        lines.append(f"{path}: and {len(found) - MOST_ERRORS} more")
    return SuiteFileError("\n".join(lines))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise SuiteFileError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise SuiteFileError(f"{path}: larger than {LARGEST:,} bytes; split the suite")
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SuiteFileError(f"{path}:{line}: not UTF-8 text (byte {error.start})") from error
