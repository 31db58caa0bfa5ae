"""Where the tests of a suite file stand in it, for whoever has to find the one that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.suite_errors import line_of

if TYPE_CHECKING:
    from pathlib import Path

    from cli.yaml_tree import Node


@dataclass(frozen=True, slots=True)
class Origin:
    """A test's file, its line and those of its steps, counted from 1."""

    path: str
    line: int
    steps: tuple[int, ...] = ()

    def line_of(self, step: int | None) -> int:
        """The line of a step, counted from 0; the test's where it has no such step."""
        return self.steps[step] if step is not None and step < len(self.steps) else self.line


def origins(path: Path, tree: Node) -> list[Origin]:
    """One for each test of the suite whose tree this is, in their order."""
    tests = tree.child("tests")
    count = len(tests.value) if tests else 0
    return [_origin(path, tree, number) for number in range(count)]


def _origin(path: Path, tree: Node, number: int) -> Origin:
    test = ("tests", number)
    steps = tree
    for part in (*test, "steps"):
        steps = steps.child(part) or steps
    count = len(steps.value) if isinstance(steps.value, list) else 0
    lines = tuple(line_of(tree, (*test, "steps", index)) for index in range(count))
    return Origin(str(path), line_of(tree, test), lines)
