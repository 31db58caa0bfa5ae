"""Tests of Playwright Test, written from Proctor's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from benchmarks.peers.calls import NextDialog, Pattern, Upload
from benchmarks.peers.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.peers.calls import Call, Chain, Value
    from domain.definition import Definition

_OPENING = "const { test, expect } = require('@playwright/test');"


def javascript_tests(definitions: Sequence[Definition]) -> str:
    """A test file; the n-th test is `n`."""
    tests = ["\n".join(_test(number, each)) for number, each in enumerate(definitions)]
    return "\n\n".join([_OPENING, *tests]) + "\n"


def _test(number: int, definition: Definition) -> Iterator[str]:
    yield "test.describe(() => {"
    yield f"  test.describe.configure({{ retries: {definition.retries} }});"
    yield f"  test('{number}', async ({{ page }}) => {{"
    yield f"    test.setTimeout({round((definition.timeout or 60) * 1000)});"
    if definition.expect == "failed":
        yield "    test.fail();"
    for step in definition.steps:
        what = translated(step, definition.base_url or "", definition.timeout or 60)
        yield f"    {_next_dialog(what) if isinstance(what, NextDialog) else _chain(what)}"
    yield "  });"
    yield "});"


def _next_dialog(answer: NextDialog) -> str:
    text = "" if answer.text is None else json.dumps(answer.text)
    deed = f"accept({text})" if answer.accept else "dismiss()"
    return f"page.once('dialog', dialog => dialog.{deed});"


def _chain(chain: Chain) -> str:
    found = "page" + "".join(_call(each) for each in chain.found)
    return f"await {f'expect({found})' if chain.asserts else found}{_call(chain.deed)};"


def _call(call: Call) -> str:
    if call.is_property and call.name == "first":
        return ".first()"
    if call.is_property:
        return f".{call.name}"
    uploads = [_upload(each) for each in call.arguments if isinstance(each, Upload)]
    given = [f"[{', '.join(uploads)}]"] if uploads else [_value(each) for each in call.arguments]
    options = [f"{_camel(name)}: {_value(value)}" for name, value in call.options.items()]
    if options:
        given.append(f"{{ {', '.join(options)} }}")
    return f".{_camel(call.name)}({', '.join(given)})"


def _value(value: Value) -> str:
    if isinstance(value, Pattern):
        return f"new RegExp({json.dumps(value.source)})"
    return json.dumps(value)


def _upload(file: Upload) -> str:
    content = f"Buffer.from({json.dumps(file.content)})"
    kind = "application/octet-stream"
    return f"{{ name: {json.dumps(file.name)}, mimeType: '{kind}', buffer: {content} }}"


def _camel(name: str) -> str:
    """`get_by_role` is `getByRole`; only `to_have_url` is spelled otherwise."""
    joined = re.sub(r"_(\w)", lambda match: match[1].upper(), name)
    return joined.replace("toHaveUrl", "toHaveURL")
