"""What the runs of a batch spend together is counted in the log, whoever executes them."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from domain.words import Budget
from executor.purse import BatchPurse
from executor.words.spending import Spent
from tests.support.examples import requested
from tests.support.waiting import in_loop


def purse(log, batch):
    log.append(asked := requested(uuid4()))
    return BatchPurse(log, log.run(asked.originator_id), batch, Budget(calls=10))


@in_loop
async def test_runs_of_one_batch_spend_from_one_purse(log):
    batch, other = uuid4(), uuid4()
    first, second = purse(log, batch), purse(log, batch)
    await first.add(Spent(1, 900, 40))
    await second.add(Spent(2, 100, 10))
    assert await first.spent() == await second.spent() == (3, 1050)
    assert await purse(log, other).spent() == (0, 0)


@in_loop
async def test_nothing_is_lost_when_many_spend_at_once(log):
    batch = uuid4()
    purses = [purse(log, batch) for _ in range(5)]
    await asyncio.gather(*(one.add(Spent(1, 10, 0)) for one in purses for _ in range(4)))
    assert await purses[0].spent() == (20, 200)
