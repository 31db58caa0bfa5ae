"""Live pictures of a page, for whoever looks at it now; none of them is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

if TYPE_CHECKING:
    from collections.abc import Callable

    from executor.browser.actions import Stage

_QUALITY = 60
_SIZE = {"width": 1280, "height": 800}
"""The largest: pages that are smaller are shown as they are."""

_EVERY = 0.5
_PATIENCE = 0.8
"""Seconds. A picture that a page does not give must not keep the failure's from being taken."""


class Camera:
    """Films one page. Until a step names a secret the browser sends a picture whenever something
    changes, which costs a page that stands still nothing. From then on single pictures are taken,
    as evidence takes them: without the fields that hold a secret; and none during such a step."""

    def __init__(self, stage: Stage, show: Callable[[bytes], None]) -> None:
        self._stage = stage
        self._show = show

    async def film(self) -> None:
        """Until cancelled, or until the page is gone."""
        try:
            if not self._stage.secrecy.is_set():
                await self._screencast()
            while True:
                await self._single()
                await asyncio.sleep(_EVERY)
        except (Error, TimeoutError):
            return  # The page is gone, or in no state to be seen.

    async def _screencast(self) -> None:
        screencast = self._stage.page.screencast
        async with await screencast.start(
            on_frame=self._on_frame,
            quality=_QUALITY,
            size=_SIZE,  # type: ignore[arg-type]  # A TypedDict that Playwright does not export.
        ):
            await self._stage.secrecy.wait()

    def _on_frame(self, frame: Any) -> None:
        if not self._stage.secrecy.is_set():  # It is set before the secret reaches the page.
            self._show(frame["data"])

    async def _single(self) -> None:
        stage = self._stage
        hidden = stage.secret_places
        if stage.veiled:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                image = await stage.page.screenshot(
                    type="jpeg",
                    quality=_QUALITY,
                    scale="css",
                    caret="initial",
                    mask=stage.hidden(),
                    timeout=_PATIENCE * 1000,
                )
        except (Error, TimeoutError):
            if stage.page.is_closed():
                raise
            return
        # A secret may have been typed while it was taken.
        if not stage.veiled and stage.secret_places == hidden:
            self._show(image)
