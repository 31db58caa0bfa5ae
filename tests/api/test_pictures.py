"""What an executor's browser shows now, over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from runtime.broker.port import Picture, Presence
from tests.support.waiting import eventually, in_loop

RUN = UUID(int=7)


@asynccontextmanager
async def an_executor(api):
    """Its side of the broker; the API has heard of it."""
    async with api.services.executors._broker.subscribe("e1") as executor:
        said = Presence("e1", "running", RUN, datetime.now(UTC).isoformat())

        async def heard():
            await executor.announce(said)
            return bool(api.services.executors.alive())

        await eventually(heard, "the executor to be heard")
        yield executor


async def asked(api, executor="e1", after=0, role=None):
    client = api.as_(role) if role else api.admin
    path = f"/executors/{executor}/picture"
    return await asyncio.to_thread(client.get, path, params={"after": after})


async def shown(api, after=0):
    """The first answer that has a picture newer than that."""
    found = []

    async def looking():
        found.append(await asked(api, after=after))
        return found[-1].status_code == 200

    await eventually(looking, "a picture")
    return found[-1]


@in_loop
async def test_who_asks_is_shown_the_latest(api):
    async with an_executor(api) as executor:
        assert (await asked(api, role="viewer")).status_code == 204
        await asyncio.wait_for(executor.looked_at(), 5)
        await executor.show(Picture("e1", RUN, b"first"))
        first = await shown(api)
        assert (first.content, first.headers["content-type"]) == (b"first", "image/jpeg")
        assert first.headers["proctor-run"] == str(RUN)
        assert first.headers["cache-control"] == "no-store"
        number = int(first.headers["proctor-picture"])
        assert (await asked(api, after=number)).status_code == 204
        await executor.show(Picture("e1", RUN, b"second"))
        assert (await shown(api, after=number)).content == b"second"


@in_loop
async def test_an_executor_is_told_again_while_somebody_looks(api):
    async with an_executor(api) as executor:
        for _ in range(2):
            await asked(api)
            await asyncio.wait_for(executor.looked_at(), 5)


@in_loop
async def test_of_an_executor_that_is_not_there_nothing_is_shown(api):
    assert (await asked(api, "nobody")).status_code == 204
    assert api.services.executors.gallery._looks == {}


def test_without_a_key_there_is_nothing_to_see(api):
    assert api.with_key(None).get("/executors/e1/picture").status_code == 401
