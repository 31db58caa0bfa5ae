"""The worker: takes one run at a time, and acknowledges it when its end is recorded."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from executor.attempt import Attempt
from executor.claim import Claim, Claimed, Dropped, HeldBack, claim
from runtime.backoff import Backoff
from runtime.broker.port import (
    BrokerUnavailableError,
    DeliveryLostError,
    Picture,
    Presence,
)
from runtime.metrics import ATTEMPTS, BUSY
from runtime.unreachable import UNREACHABLE
from runtime.waiting import ended, pause, unless

if TYPE_CHECKING:
    from domain.log import EventLog
    from domain.run import Run
    from executor.equipment import Equipment
    from runtime.broker.port import Broker, Control, Delivery, State, Subscription

logger = structlog.get_logger()

_ANNOUNCE_EVERY = 3.0
_LOOK_WHILE_HELD_BACK = 2.0
_BETWEEN_PICTURES = 0.2
_VERSION = version("proctor")


class Worker:
    """One executor: one connection to the broker, one browser, one run at a time."""

    def __init__(
        self,
        executor: str,
        broker: Broker,
        log: EventLog,
        equipment: Equipment,
        *,
        pool: str = "default",
        grace: float = 30.0,
    ) -> None:
        self._executor = executor
        self._broker = broker
        self._log = log
        self._equipment = equipment
        self._pool = pool
        self._grace = grace
        self._attempt: Attempt | None = None
        self._state: State = "idle"
        self.trouble: str | None = "not connected to the broker yet"
        self._since = self._started = _now()
        self._changed = asyncio.Event()
        self._steered = asyncio.Event()
        """Something was said of who may take runs: the log says what."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; the run in hand then ends, or goes back after the grace."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                async with self._broker.subscribe(self._executor, self._pool) as subscription:
                    backoff.reset()
                    self.trouble = None
                    await self._serve(subscription, stop)
            except BrokerUnavailableError as error:
                self.trouble = str(error)
                logger.warning("worker.broker_unavailable", error=str(error))
                await pause(backoff.next(), stop)

    async def _serve(self, subscription: Subscription, stop: asyncio.Event) -> None:
        companions = [
            asyncio.create_task(work)
            for work in (
                self._obey(subscription),
                self._announce(subscription),
                self._be_looked_at(subscription),
                self._show(subscription),
                self._drain_on(stop),
            )
        ]
        self._steered.set()  # What was said while nobody listened here stands in the log.
        try:
            await self._take_runs(subscription, stop)
            await self._say_goodbye(subscription)
        finally:
            await ended(*companions)

    # -- runs ---------------------------------------------------------------------------------

    async def _take_runs(self, subscription: Subscription, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._steered.is_set() and await self._held_back():
                await self._wait_while_held_back(subscription, stop)
                continue
            self._steered.clear()
            self._enter("idle")
            delivery = await unless(subscription.next(), stop, self._steered)
            if delivery is not None:
                await self._handle(delivery, subscription, stop)
        await subscription.pause()

    async def _handle(
        self, delivery: Delivery, subscription: Subscription, stop: asyncio.Event
    ) -> None:
        dispatch = delivery.dispatch
        with structlog.contextvars.bound_contextvars(
            executor=self._executor, run_id=str(dispatch.run_id)
        ):
            try:
                await self._settle(delivery, subscription, stop)
            except DeliveryLostError as lost:
                # It comes again, and whoever gets it sees in the log what became of the run.
                logger.warning("worker.delivery_lost", error=str(lost))

    async def _settle(
        self, delivery: Delivery, subscription: Subscription, stop: asyncio.Event
    ) -> None:
        claimed = await self._claim(delivery, stop)
        match claimed:
            case Claimed(run):
                await self._execute(run)
                await delivery.ack()
            case Dropped(reason):
                logger.info(
                    "worker.dropped", reason=reason, dispatch_id=delivery.dispatch.dispatch_id
                )
                await delivery.ack()
            case HeldBack():
                await delivery.requeue()
                await self._wait_while_held_back(subscription, stop)
            case None:
                await delivery.requeue()
            case _:
                logger.error("worker.unknown_run", dispatch_id=delivery.dispatch.dispatch_id)
                await delivery.reject()

    async def _claim(self, delivery: Delivery, stop: asyncio.Event) -> Claim | None:
        backoff = Backoff()
        while not stop.is_set():
            try:
                return await asyncio.to_thread(
                    claim,
                    self._log,
                    self._executor,
                    delivery.dispatch,
                    redelivered=delivery.redelivered,
                )
            except UNREACHABLE as error:
                logger.warning("worker.log_unreachable", error=str(error))
                await pause(backoff.next(), stop)
        return None

    async def _execute(self, run: Run) -> None:
        self._attempt = Attempt(run, self._executor, self._log, self._equipment)
        self._enter("running")
        logger.info("attempt.started", attempt=run.attempt, name=run.definition.name)
        began = time.monotonic()
        try:
            end = await self._attempt.work()
        finally:
            self._attempt = None
            BUSY.labels(self._executor).inc(time.monotonic() - began)
        ATTEMPTS.labels(self._executor, end.TOPIC if end else "lease lost").inc()
        logger.info("attempt.ended", attempt=run.attempt, with_event=end.TOPIC if end else None)

    async def _wait_while_held_back(self, subscription: Subscription, stop: asyncio.Event) -> None:
        await subscription.pause()
        while not stop.is_set():
            self._steered.clear()  # What is said from here on is looked for again.
            held_back = await self._held_back()
            if held_back is None:
                break
            self._enter(held_back)
            await pause(_LOOK_WHILE_HELD_BACK, self._steered, stop)
        await subscription.resume()

    async def _held_back(self) -> State | None:
        """Why it may take no run, as the log says."""
        try:
            queue = await asyncio.to_thread(self._log.queue)
        except UNREACHABLE:
            # Whatever it was, it still is; and no run can be claimed either.
            return self._state if self._state in {"drained", "paused"} else None
        if self._executor in queue.drained:
            return "drained"
        return "paused" if queue.paused else None

    # -- companions of the run in hand --------------------------------------------------------

    async def _obey(self, subscription: Subscription) -> None:
        while True:
            try:
                self._on_control(await subscription.control())
            except BrokerUnavailableError as error:
                self.trouble = str(error)
                return  # Taking the next run connects again, once the one in hand is over.

    def _on_control(self, control: Control) -> None:
        attempt = self._attempt
        if control.kind == "cancel" and attempt is not None and attempt.run.id == control.run_id:
            attempt.cancel()
        if control.kind in {"pause", "resume", "drain"}:
            self._steered.set()

    async def _announce(self, subscription: Subscription) -> None:
        while True:
            try:
                await subscription.announce(self._presence())
            except BrokerUnavailableError:
                return
            self._changed.clear()
            await pause(_ANNOUNCE_EVERY, self._changed)

    async def _be_looked_at(self, subscription: Subscription) -> None:
        with suppress(BrokerUnavailableError):
            while True:
                await subscription.looked_at()
                self._equipment.audience.look()

    async def _show(self, subscription: Subscription) -> None:
        with suppress(BrokerUnavailableError):
            while True:
                run_id, image = await self._equipment.audience.picture()
                await subscription.show(Picture(self._executor, run_id, image))
                await asyncio.sleep(_BETWEEN_PICTURES)

    async def _drain_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._enter("draining")
        await asyncio.sleep(self._grace)
        if self._attempt is not None:
            self._attempt.drain()

    async def _say_goodbye(self, subscription: Subscription) -> None:
        self._enter("gone")
        await subscription.announce(self._presence())

    def _enter(self, state: State) -> None:
        if state != self._state:
            self._state, self._since = state, _now()
            self._changed.set()

    def _presence(self) -> Presence:
        held = self._attempt.run.id if self._attempt else None
        return Presence(
            self._executor, self._state, held, self._since, self._pool, _VERSION, self._started
        )


def _now() -> str:
    return datetime.now(UTC).isoformat()
