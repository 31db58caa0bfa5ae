"""The executor as a role: a worker with its browser, in an event loop of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from executor.browser.settings import BrowserSettings
from executor.equipment import equipped
from executor.gate.own_places import own_places
from executor.models.chosen import model_of
from executor.worker import Worker
from runtime.artifacts import ArtifactStore

if TYPE_CHECKING:
    import threading
    from collections.abc import AsyncIterator, Mapping

    from domain.log import EventLog
    from executor.equipment import Equipment
    from runtime.broker.port import Broker
    from runtime.settings import Settings


class ExecutorRole:
    """A component that is one executor. Several in one process share nothing but the log's pool."""

    def __init__(
        self,
        executor: str,
        log: EventLog,
        broker: Broker,
        settings: Settings,
        secrets: Mapping[str, str],
    ) -> None:
        self.name = executor
        self._log = log
        self._broker = broker
        self._settings = settings
        self._secrets = secrets
        self._worker: Worker | None = None

    @property
    def trouble(self) -> str | None:
        """Why it cannot take runs now; None if it can."""
        return self._worker.trouble if self._worker else "the executor is starting"

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set, then drains."""
        asyncio.run(self._run(stop))

    async def _run(self, stop: threading.Event) -> None:
        stopping = asyncio.Event()
        waiting = asyncio.create_task(self._wait(stop, stopping))
        try:
            async with self._equipment() as equipment:
                self._worker = self._make_worker(equipment)
                await self._worker.run(stopping)
        finally:
            waiting.cancel()

    async def _wait(self, stop: threading.Event, stopping: asyncio.Event) -> None:
        while not await asyncio.to_thread(stop.wait, 0.5):
            pass
        stopping.set()

    @asynccontextmanager
    async def _equipment(self) -> AsyncIterator[Equipment]:
        settings = self._browser_settings()
        store = ArtifactStore(self._settings.artifacts)
        await asyncio.to_thread(store.tidy)
        async with (
            model_of(self._settings) as model,
            equipped(settings, model, store) as equipment,
        ):
            yield equipment

    def _make_worker(self, equipment: Equipment) -> Worker:
        return Worker(
            self.name,
            self._broker,
            self._log,
            equipment,
            pool=self._settings.pool,
            grace=self._settings.drain_grace,
        )

    def _browser_settings(self) -> BrowserSettings:
        database = self._settings.database_url
        return BrowserSettings(
            allowed_hosts=self._settings.allowed_hosts,
            own_places=own_places(
                database_url=database.get_secret_value() if database else None,
                broker_url=self._settings.broker_url.get_secret_value(),
                guarded=self._settings.guarded_hosts,
            ),
            chromium=self._settings.chromium,
            step_timeout=self._settings.step_timeout,
            words_timeout=self._settings.words_timeout,
            runs_per_browser=self._settings.runs_per_browser,
            owner=self.name,
            secrets=self._secrets,
        )
