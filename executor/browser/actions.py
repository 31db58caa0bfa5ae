"""The exact steps, one small function each, found by the step's action."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from domain.steps import PressOn
from executor.browser.expectations import expect
from executor.browser.masking import SHORTEST
from executor.browser.path import locate as locate_path
from executor.browser.targets import locate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import FilePayload, Locator, Page

    from domain.steps import Check, Expect, Fill, Select, Step, Upload, WaitFor
    from domain.targets import Target
    from executor.browser.page_watch import Answer, PageWatch

    Action = Callable[["Stage", Any, float], Awaitable[None]]


@dataclass(slots=True)
class Stage:
    """Where a step acts. `screenshots` are those a step took, name to picture.

    `secrecy` is set before the first secret can be on the page; `veiled` says that a step puts one
    there now, and where is not known yet.
    """

    page: Page
    watch: PageWatch
    base_url: str | None
    screenshots: list[tuple[str, bytes]] = field(default_factory=list)
    secret_targets: list[Target] = field(default_factory=list)
    secret_paths: list[str] = field(default_factory=list)
    secret_texts: set[str] = field(default_factory=set)
    secrecy: asyncio.Event = field(default_factory=asyncio.Event)
    veiled: bool = False

    @property
    def secret_places(self) -> int:
        """How many fields hold a secret."""
        return len(self.secret_targets) + len(self.secret_paths)

    def hidden(self) -> list[Locator]:
        """What no picture may show: passwords, fields that were filled with a secret, and where the
        page says it."""
        given = [locate(self.page, target) for target in self.secret_targets]
        given += [locate_path(self.page, path) for path in self.secret_paths]
        given += [
            self.page.get_by_text(text)
            for text in sorted(self.secret_texts)
            if len(text) >= SHORTEST
        ]
        return [self.page.locator("input[type=password]"), *given]


async def act(stage: Stage, step: Step, seconds: float) -> None:
    """Does what the step says. Raises Playwright's errors and ExpectationError."""
    await _ACTIONS[step.action](stage, getattr(step, step.action), seconds * 1000)


async def _goto(stage: Stage, url: str, milliseconds: float) -> None:
    await stage.page.goto(urljoin(stage.base_url or "", url), timeout=milliseconds)


async def _click(stage: Stage, target: Target, milliseconds: float) -> None:
    await locate(stage.page, target).click(timeout=milliseconds)


async def _fill(stage: Stage, wanted: Fill, milliseconds: float) -> None:
    await locate(stage.page, wanted).fill(wanted.value, timeout=milliseconds)


async def _press(stage: Stage, wanted: PressOn | str, milliseconds: float) -> None:
    if isinstance(wanted, PressOn):
        await locate(stage.page, wanted).press(wanted.key, timeout=milliseconds)
    else:
        await stage.page.keyboard.press(wanted)


async def _select(stage: Stage, wanted: Select, milliseconds: float) -> None:
    locator = locate(stage.page, wanted)
    await locator.select_option(wanted.option, timeout=milliseconds)


async def _check(stage: Stage, wanted: Check, milliseconds: float) -> None:
    await locate(stage.page, wanted).set_checked(wanted.checked, timeout=milliseconds)


async def _hover(stage: Stage, target: Target, milliseconds: float) -> None:
    await locate(stage.page, target).hover(timeout=milliseconds)


async def _upload(stage: Stage, wanted: Upload, milliseconds: float) -> None:
    files: list[FilePayload] = [
        {"name": file.name, "mimeType": "application/octet-stream", "buffer": file.content.encode()}
        for file in wanted.files
    ]
    await locate(stage.page, wanted).set_input_files(files, timeout=milliseconds)


async def _wait_for(stage: Stage, wanted: WaitFor, milliseconds: float) -> None:
    await locate(stage.page, wanted).first.wait_for(state=wanted.state, timeout=milliseconds)


async def _expect(stage: Stage, wanted: Expect, milliseconds: float) -> None:
    await expect(stage.page, wanted, milliseconds / 1000)


async def _screenshot(stage: Stage, name: str, milliseconds: float) -> None:
    picture = await stage.page.screenshot(timeout=milliseconds, mask=stage.hidden())
    stage.screenshots.append((name, picture))


async def _dialog(stage: Stage, wanted: Answer, milliseconds: float) -> None:  # noqa: ARG001
    stage.watch.answer_next_dialog(wanted)


_ACTIONS: dict[str, Action] = {
    "goto": _goto,
    "click": _click,
    "fill": _fill,
    "press": _press,
    "select": _select,
    "check": _check,
    "hover": _hover,
    "upload": _upload,
    "wait_for": _wait_for,
    "expect": _expect,
    "screenshot": _screenshot,
    "dialog": _dialog,
}
