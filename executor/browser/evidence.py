"""Evidence of an attempt: screenshot, trace and console log, masked and kept as artifacts."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import structlog
from playwright.async_api import Error

from runtime.artifacts import ArtifactError

if TYPE_CHECKING:
    from domain.run_events import Artifact
    from executor.browser.actions import Stage
    from executor.browser.masking import Mask
    from executor.browser.prepared import Prepared
    from runtime.artifacts import ArtifactStore

logger = structlog.get_logger()

_PATIENCE = 1.4
"""Seconds for each piece: a page that spins for ever must not hold up the verdict."""


_LARGEST_PAGE = 5_000_000
"""Bytes of a page's source; what is behind them is cut off."""


class Evidence:
    """Collects for one attempt. What cannot be had is left out; a verdict never waits for it."""

    def __init__(self, attempt: int, prepared: Prepared, store: ArtifactStore, mask: Mask) -> None:
        self._attempt = attempt
        self._prepared = prepared
        self._store = store
        self._mask = mask
        self._tracing = False

    async def begin(self, *, snapshots: bool) -> None:
        """Starts the trace: actions, network and console; with `snapshots` also the page before and
        after every action, which costs a third of the machine's speed, and never the screencast,
        which costs half of it (docs/performance.md)."""
        await self._prepared.context.tracing.start(snapshots=snapshots, screenshots=False)
        self._tracing = True

    async def failure(self, stage: Stage) -> tuple[Artifact, ...]:
        """What the page looked like, and what it was made of."""
        picture, source = await asyncio.gather(self._picture(stage), self._source(stage))
        return (*picture, *source)

    async def _picture(self, stage: Stage) -> tuple[Artifact, ...]:
        try:
            async with asyncio.timeout(_PATIENCE):
                picture = await stage.page.screenshot(mask=stage.hidden())
        except (Error, TimeoutError):
            return ()
        return await self._keep("failure.png", "screenshot", picture)

    async def _source(self, stage: Stage) -> tuple[Artifact, ...]:
        try:
            async with asyncio.timeout(_PATIENCE):
                source = await stage.page.content()
        except (Error, TimeoutError):
            return ()
        masked = self._mask.text(source).encode()
        return await self._keep("failure.html", "page", masked[:_LARGEST_PAGE])

    async def screenshots(self, stage: Stage, index: int) -> tuple[Artifact, ...]:
        """The pictures a step asked for."""
        taken, stage.screenshots = stage.screenshots, []
        kept: tuple[Artifact, ...] = ()
        for name, picture in taken:
            slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "screenshot"
            kept += await self._keep(f"step-{index}-{slug}.png", "screenshot", picture)
        return kept

    async def of_question(
        self, index: int, tree: str, prompt: str, answer: str
    ) -> tuple[Artifact, ...]:
        """What a model was shown and asked in a step in words, and what it said."""
        parts = {"tree.txt": tree, "prompt.txt": prompt, "answer.txt": answer}
        kept: tuple[Artifact, ...] = ()
        for name, text in parts.items():
            content = self._mask.text(text).encode()
            kept += await self._keep(f"step-{index}-{name}", name.partition(".")[0], content)
        return kept

    async def rest(self) -> tuple[Artifact, ...]:
        """Trace and console log."""
        console = self._mask.text(self._prepared.watch.console())
        kept = await self._keep("console.log", "console", console.encode()) if console else ()
        return (*await self._trace(), *kept)

    async def _trace(self) -> tuple[Artifact, ...]:
        if not self._tracing:
            return ()
        with TemporaryDirectory(prefix="proctor-trace-") as folder:
            path = Path(folder) / "trace.zip"
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._prepared.context.tracing.stop(path=path)
                content = await asyncio.to_thread(path.read_bytes)
            except (Error, TimeoutError, OSError):
                return ()
            masked = await asyncio.to_thread(self._mask.archive, content)
            return await self._keep("trace.zip", "trace", masked)

    async def _keep(self, name: str, kind: str, content: bytes) -> tuple[Artifact, ...]:
        full = f"attempt-{self._attempt}-{name}"
        try:
            return (await asyncio.to_thread(self._store.keep, full, kind, content),)
        except ArtifactError as error:
            self._prepared.watch.notes.append(str(error))
            logger.warning("artifact.not_kept", name=full, error=str(error))
            return ()
