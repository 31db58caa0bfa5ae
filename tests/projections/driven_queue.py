"""The real queue driven by a clock of the test's own: what happens is written down as it would be.

Runs come, change and are cancelled at random moments; executors take from `PoolQueue` and claim as
executors do.
"""

from __future__ import annotations

import heapq
import itertools
import random
from functools import partial

from domain.ageing import BY, AgeingRule
from domain.dispatch import Dispatch
from domain.run_queue import QUEUE_ID, RunQueue
from executor.claim import Dropped, decide
from runtime.broker.memory_queue import PoolQueue
from tests.projections.histories import History, seconds
from tests.support.examples import FAILURE

LONGEST = seconds(30)
SPREAD = seconds(400)


class DrivenQueue:
    def __init__(self, executors, seed, interval=60.0):
        self.history = History()
        self._random = random.Random(seed)
        self._rule = AgeingRule(interval)
        self._due, self._numbers, self._now = [], itertools.count(), 0
        self._queue = PoolQueue()
        self._steering, self._changed = RunQueue(QUEUE_ID), 0
        self._executors = [f"e{n}" for n in range(executors)]
        self._held = {}
        for executor in self._executors:
            self._queue.join(executor, lambda: None)

    def run(self, runs):
        """The history of so many runs, until all are over."""
        for _ in range(runs):
            self._at(self._random.randrange(SPREAD), self._request)
        self._at(SPREAD // 3, partial(self._steer, RunQueue.pause))
        self._at(SPREAD // 2, partial(self._steer, RunQueue.resume))
        while self._due:
            self._now, _, action = heapq.heappop(self._due)
            action()
            self._take()
        return self.history

    def _at(self, moment, action):
        heapq.heappush(self._due, (moment, next(self._numbers), action))

    def _in(self, most, action):
        self._at(self._now + 1 + self._random.randrange(most), action)

    def _run(self, run_id):
        return self.history.runs[run_id]

    def _append(self, *events):
        self.history.append(self._now, *events)

    def _request(self):
        run_id = self.history.request(self._now, priority=self._random.randint(1, 10), retries=2)
        self._ask(run_id)
        if self._random.random() < 0.2:
            self._in(SPREAD, partial(self._reprioritise, run_id, "somebody", None))
        if self._random.random() < 0.2:
            self._in(SPREAD // 2, partial(self._cancel, run_id))

    def _ask(self, run_id):
        run = self._run(run_id)
        dispatch = Dispatch(run_id, run.attempt + 1, run.priority, run.dispatch_id)
        self._queue.put([dispatch], redelivered=False)
        raised = self._rule.raised(run.priority)
        if raised is not None:
            due = self._now + seconds(self._rule.interval)
            self._at(due, partial(self._age, run_id, run.dispatch_id, raised))

    def _age(self, run_id, dispatch_id, raised):
        run = self._run(run_id)
        if run.status == "queued" and run.dispatch_id == dispatch_id:
            self._reprioritise(run_id, BY, raised)

    def _reprioritise(self, run_id, by, priority):
        run = self._run(run_id)
        if not run.over:
            self._append(run.change_priority(by, priority or self._random.randint(1, 10)))
            if run.status == "queued":
                self._ask(run_id)

    def _cancel(self, run_id):
        run = self._run(run_id)
        if not run.over:
            self._append(run.cancel("somebody"))
            if run.executor is not None:
                self._let_go(run.executor)

    def _steer(self, command):
        event = command(self._steering, "somebody")
        self._changed += 1
        paused = not self._steering.paused
        self._steering = RunQueue(QUEUE_ID, self._changed, paused)
        self._append(event)

    def _take(self):
        for executor in self._executors:
            while not self._steering.paused and (entry := self._queue.take(executor)) is not None:
                run = self._run(entry.item.run_id)
                events = decide(run, executor, entry.item, redelivered=entry.redelivered)
                if isinstance(events, Dropped):
                    self._queue.settle(executor, entry, requeue=False)
                    continue
                self._append(*events)
                self._held[executor] = entry
                self._in(LONGEST, partial(self._end, run.id, executor, entry))

    def _end(self, run_id, executor, entry):
        if self._held.get(executor) is not entry:
            return  # It was cancelled.
        run = self._run(run_id)
        self._let_go(executor)
        match self._random.choice(["passes", "passes", "fails", "is given back"]):
            case "fails" if run.may_retry:
                failed = run.fail_attempt(executor, error=FAILURE, duration=0.0)
                self._append(failed)
                self._append(self._run(run_id).requeue(executor))
                self._ask(run_id)
            case "is given back" if run.may_lose_another:
                self._append(*run.give_up_attempt(executor, FAILURE))
                self._ask(run_id)
            case _:
                self._append(run.pass_(executor, duration=0.0))

    def _let_go(self, executor):
        self._queue.settle(executor, self._held.pop(executor), requeue=False)
