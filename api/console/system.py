"""System: whether everybody keeps up with the log, and what executors and broker say."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import Response

from api.console.live import Made
from api.console.management import doors
from api.console.positions import dispatchers, followers
from api.queue_status import queue_status
from api.requests import Looking

if TYPE_CHECKING:
    from api.console.console import Console
    from api.console.live import Part
    from api.services import Services

PATH = "/live/system"
_MOST = 100
"""Executors on the page."""


async def system_part(console: Console, after: int) -> Part:
    """The live part, the same for everybody."""
    services = console.services
    executors, troubles = services.executors, tuple(sorted(services.troubles().items()))
    also = (tuple(executors.alive()), executors.depth, executors.trouble, troubles)
    return await console.parts.of("system", lambda: _made(console), also=also, after=after)


async def system_anew(console: Console) -> Part:
    """The same for a page that is loaded."""
    return await console.parts.anew("system", lambda: _made(console))


def _made(console: Console) -> Made:
    services = console.services
    with services.reader.now() as snapshot:
        status = queue_status(Looking(services, Response(), None, None), snapshot)
    html = console.pages.part(
        "system_part.html",
        version=version("proctor"),
        status=status,
        executors=status.executors[:_MOST],
        trouble=services.executors.trouble,
        troubles=services.troubles(),
        doors=doors(services.settings),
        **_keeping_up(services, status.position),
    )
    return Made("System", {"system": html})


def _keeping_up(services: Services, views: int) -> dict[str, Any]:
    announces = not services.settings.in_process_broker
    with services.reader.connection() as connection:
        followed = followers(connection, views, announces=announces)
        leaders = dispatchers(connection)
    # The log's head is read last: nobody is ahead of it.
    return {"followers": followed, "dispatchers": leaders, "head": services.log.head()}
