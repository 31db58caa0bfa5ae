"""What Playwright is told, before it is written in a language."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that means the same in Python and in JavaScript."""

    source: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file made for a file field."""

    name: str
    content: str


Value = str | int | Pattern | Upload
"""What stands in a call; a bool is an int."""


@dataclass(frozen=True, slots=True)
class Call:
    """One link of a chain, named as in Python: `.name(arguments, option=value)`."""

    name: str
    arguments: tuple[Value, ...] = ()
    options: dict[str, Value] = field(default_factory=dict)
    is_property: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """`page` with `found` behind it, and what is done there; `asserts` wraps it in `expect()`."""

    found: tuple[Call, ...]
    deed: Call
    asserts: bool = False


@dataclass(frozen=True, slots=True)
class NextDialog:
    """What the next dialog is answered with."""

    accept: bool
    text: str | None = None


def call(name: str, /, *arguments: Value, **options: Value | None) -> Call:
    """A call; options that are None are left out."""
    given = {option: value for option, value in options.items() if value is not None}
    return Call(name, arguments, given)
