"""From Proctor's steps to calls of Playwright, as somebody would write them by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from benchmarks.peers.calls import Call, Chain, NextDialog, Pattern, Upload, call
from domain.steps import DialogAnswer, PressOn

if TYPE_CHECKING:
    from benchmarks.peers.calls import Value
    from domain.steps import Expect, Step
    from domain.targets import Target

STEP_TIMEOUT = 10.0
"""Seconds; what the bare loop gives a step that says nothing."""
_FIRST = Call("first", is_property=True)
_KEYBOARD = Call("keyboard", is_property=True)


def translated(step: Step, base_url: str, longest: float) -> Chain | NextDialog:
    """What does `step`, which may take `longest` seconds at most."""
    timeout = round(min(step.timeout or STEP_TIMEOUT, longest) * 1000)
    if step.dialog is not None:
        return _dialog(step.dialog)
    if step.expect is not None:
        return _assertion(step.expect, timeout)
    if step.goto is not None:
        return Chain((), call("goto", urljoin(base_url, step.goto), timeout=timeout))
    if step.screenshot is not None:
        return Chain((), call("screenshot", timeout=timeout))
    if step.press is not None and not isinstance(step.press, PressOn):
        return Chain((_KEYBOARD,), call("press", step.press))
    return _on_element(step, timeout)


def _dialog(wanted: DialogAnswer | str) -> NextDialog:
    if isinstance(wanted, DialogAnswer):
        return NextDialog(accept=True, text=wanted.accept)
    return NextDialog(accept=wanted == "accept")


def _on_element(step: Step, timeout: int) -> Chain:
    match step.action, getattr(step, step.action):
        case "fill", wanted:
            return Chain(_located(wanted), call("fill", wanted.value, timeout=timeout))
        case "press", wanted:
            return Chain(_located(wanted), call("press", wanted.key, timeout=timeout))
        case "select", wanted:
            return Chain(_located(wanted), call("select_option", wanted.option, timeout=timeout))
        case "check", wanted:
            return Chain(_located(wanted), call("set_checked", wanted.checked, timeout=timeout))
        case "upload", wanted:
            files = [Upload(file.name, file.content) for file in wanted.files]
            return Chain(_located(wanted), call("set_input_files", *files, timeout=timeout))
        case "wait_for", wanted:
            deed = call("wait_for", state=wanted.state, timeout=timeout)
            return Chain((*_located(wanted), _FIRST), deed)
        case action, wanted:
            return Chain(_located(wanted), call(action, timeout=timeout))


def _assertion(wanted: Expect, timeout: int) -> Chain:
    """Playwright's own assertion that holds when the expectation does."""
    target: Target | None = wanted.visible or wanted.hidden or wanted.value or wanted.count
    found = _located(target) if target else ()
    if wanted.text is not None:
        found = _located(wanted.within) if wanted.within else (call("locator", "body"),)
        deed = call("to_contain_text", wanted.text, use_inner_text=True, timeout=timeout)
    elif wanted.title is not None:
        deed = call("to_have_title", wanted.title, timeout=timeout)
    elif wanted.url is not None:
        deed = call("to_have_url", _address(wanted.url), timeout=timeout)
    elif wanted.value is not None:
        deed = call("to_have_value", wanted.value.equals, timeout=timeout)
    elif wanted.count is not None:
        deed = call("to_have_count", wanted.count.equals, timeout=timeout)
    else:
        deed = call("to_be_visible" if wanted.visible else "to_be_hidden", timeout=timeout)
    return Chain(found, deed, asserts=True)


def _address(wanted: str) -> Pattern:
    """`/account` is that path on any host, whatever is asked of it; `*` is anything."""
    path = re.escape(wanted).replace(r"\*", ".*")
    host = "^https?://[^/]+" if wanted.startswith("/") else "^"
    return Pattern(f"{host}{path}([?#].*)?$")


def _located(target: Target) -> tuple[Call, ...]:
    frame = (call("frame_locator", target.frame),) if target.frame else ()
    nth = () if target.nth is None else (call("nth", target.nth),)
    return (*frame, _element(target), *nth)


def _element(target: Target) -> Call:
    exact = target.exact or None
    if target.role is not None:
        return call("get_by_role", target.role, name=target.name, exact=exact)
    if target.test_id is not None:
        return call("get_by_test_id", target.test_id)
    ways: dict[str, Value | None] = {
        "get_by_label": target.label,
        "get_by_text": target.text,
        "get_by_placeholder": target.placeholder,
    }
    for name, value in ways.items():
        if value is not None:
            return call(name, value, exact=exact)
    return call("locator", target.css or "")
