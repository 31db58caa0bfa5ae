"""The worker: takes one run at a time, and acknowledges it when its end is recorded."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

from executor.attempt import Attempt
from executor.claim import Claim, Claimed, Dropped, HeldBack, claim
from executor.permission import Permission
from executor.standing import Standing
from runtime.backoff import Backoff
from runtime.broker.port import BrokerUnavailableError, DeliveryLostError
from runtime.metrics import ATTEMPTS, BUSY
from runtime.unreachable import UNREACHABLE
from runtime.waiting import ended, pause, unless

if TYPE_CHECKING:
    from domain.log import EventLog
    from domain.run import Run
    from executor.equipment import Equipment
    from runtime.broker.port import Broker, Control, Delivery, Subscription

logger = structlog.get_logger()


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
        self.trouble: str | None = "not connected to the broker yet"
        self._standing = Standing(executor, pool)
        self._permission = Permission(executor, log, self._standing)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; the run in hand then ends, or goes back after the grace."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                async with self._broker.subscribe(self._executor, self._pool) as subscription:
                    backoff.reset()
                    self.trouble = None
                    await self._serve(subscription, stop)
            except (BrokerUnavailableError, DeliveryLostError) as error:
                self.trouble = str(error)
                logger.warning("worker.broker_unavailable", error=str(error))
                await pause(backoff.next(), stop)

    async def _serve(self, subscription: Subscription, stop: asyncio.Event) -> None:
        companions = [
            asyncio.create_task(work)
            for work in (
                self._obey(subscription),
                self._standing.keep_announced(subscription),
                self._equipment.audience.be_looked_at(subscription),
                self._equipment.audience.be_shown(self._executor, subscription),
                self._drain_on(stop),
            )
        ]
        self._permission.said.set()  # What was said while nobody listened here stands in the log.
        try:
            await self._take_runs(subscription, stop)
            await self._say_goodbye(subscription)
        finally:
            await ended(*companions)

    # -- runs ---------------------------------------------------------------------------------

    async def _take_runs(self, subscription: Subscription, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._permission.said.is_set():
                await self._permission.wait(subscription, stop)
                continue
            self._standing.enter("idle")
            delivery = await unless(subscription.next(), stop, self._permission.said)
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
                await self._permission.wait(subscription, stop)
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
        self._standing.run_id = run.id
        self._standing.enter("running")
        logger.info("attempt.started", attempt=run.attempt, name=run.definition.name)
        began = time.monotonic()
        try:
            end = await self._attempt.work()
        finally:
            self._attempt = self._standing.run_id = None
            BUSY.labels(self._executor).inc(time.monotonic() - began)
        ATTEMPTS.labels(self._executor, end.TOPIC if end else "lease lost").inc()
        logger.info("attempt.ended", attempt=run.attempt, with_event=end.TOPIC if end else None)

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
            self._permission.said.set()

    async def _drain_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._standing.enter("draining")
        await asyncio.sleep(self._grace)
        if self._attempt is not None:
            self._attempt.drain()

    async def _say_goodbye(self, subscription: Subscription) -> None:
        self._standing.enter("gone")
        await self._standing.announce(subscription)
