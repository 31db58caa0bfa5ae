"""Tests of pytest-playwright, written from Proctor's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.peers.calls import NextDialog, Pattern, Upload
from benchmarks.peers.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.peers.calls import Call, Chain, Value
    from domain.definition import Definition

_OPENING = """import re

import pytest
from playwright.sync_api import Page, expect
"""


def python_tests(definitions: Sequence[Definition]) -> str:
    """A test file; the n-th test is `test_n`."""
    tests = ["\n".join(_test(number, each)) for number, each in enumerate(definitions)]
    return "\n\n\n".join([_OPENING.rstrip(), *tests]) + "\n"


def _test(number: int, definition: Definition) -> Iterator[str]:
    if definition.expect != "passed":
        yield "@pytest.mark.xfail(strict=True)"
    if definition.retries:
        yield f"@pytest.mark.flaky(reruns={definition.retries})"
    yield f"def test_{number}(page: Page) -> None:"
    for step in definition.steps:
        what = translated(step, definition.base_url or "", definition.timeout or 60)
        yield f"    {_next_dialog(what) if isinstance(what, NextDialog) else _chain(what)}"


def _next_dialog(answer: NextDialog) -> str:
    text = "" if answer.text is None else repr(answer.text)
    deed = f"accept({text})" if answer.accept else "dismiss()"
    return f'page.once("dialog", lambda dialog: dialog.{deed})'


def _chain(chain: Chain) -> str:
    found = "page" + "".join(_call(each) for each in chain.found)
    return (f"expect({found})" if chain.asserts else found) + _call(chain.deed)


def _call(call: Call) -> str:
    if call.is_property:
        return f".{call.name}"
    options = [f"{name}={_value(value)}" for name, value in call.options.items()]
    uploads = [each for each in call.arguments if isinstance(each, Upload)]
    given = [_uploads(uploads)] if uploads else [_value(each) for each in call.arguments]
    return f".{call.name}({', '.join([*given, *options])})"


def _value(value: Value) -> str:
    return f"re.compile({value.source!r})" if isinstance(value, Pattern) else repr(value)


def _uploads(files: list[Upload]) -> str:
    kind = "application/octet-stream"
    return repr([{"name": f.name, "mimeType": kind, "buffer": f.content.encode()} for f in files])
