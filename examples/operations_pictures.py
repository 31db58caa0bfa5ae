"""The pictures in docs/operations.md, from a live system: `python -m examples.operations_pictures`.

They show RabbitMQ's pages to the users that a deployment has for it, and take two minutes.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from domain.dispatch import Dispatch
from examples.camera import Album, browser
from examples.operations_system import System, live
from runtime.broker import connect_broker
from tests.support.rabbitmq_users import password_of
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

ALBUM = Album(Path("docs/operations"), style="#header { position: absolute }")
WIDTH, HEIGHT = 1180, 760
PATIENCE = 20_000
"""Milliseconds. RabbitMQ counts every five seconds, and its pages ask every five."""

QUEUE = "#/queues/proctor/proctor.runs.default"
ARRIVALS = 28
EVERY = 2.5
"""Seconds between arrivals: with so many, what RabbitMQ draws of its last minute is a slope."""


def main() -> None:
    """Takes them all, in the order of the document."""
    with TemporaryDirectory(prefix="proctor-pictures-") as folder, live(Path(folder)) as system:
        fill(system)
        with browser() as chromium:
            with signed_in(chromium, system, "viewer") as page:
                queues(page)
                queue(page)
                holders(page)
                connections(page)
            with signed_in(chromium, system, "operator") as page:
                dead_letter(system, page)
            with signed_in(chromium, system, "viewer") as page:
                alarm(system, page)


def fill(system: System) -> None:
    """More arrives than five executors can do."""
    for number in range(ARRIVALS):
        system.submit(*(f"Order {3 * number + each}" for each in range(3)))
        time.sleep(EVERY)


def queues(page: Page) -> None:
    page.goto("#/queues")
    page.locator("#main td", has_text="proctor.dead").wait_for()
    ALBUM.keep(page.locator("#main"), "queues.png")


def queue(page: Page) -> None:
    page.goto(QUEUE)
    page.locator("h2", has_text="Consumers (5)").wait_for()
    ALBUM.keep(page, "queue-building-up.png")
    page.locator("h2", has_text="Consumers (5)").click()
    ALBUM.keep(section(page, "Consumers (5)"), "five-consumers.png")


def holders(page: Page) -> None:
    page.goto("#/exchanges/proctor/proctor.control")
    page.locator("h2", has_text="Bindings").click()
    page.locator("td", has_text="run ").nth(4).wait_for(timeout=3 * PATIENCE)
    ALBUM.keep(section(page, "Bindings"), "who-holds-what.png")


def connections(page: Page) -> None:
    page.goto("#/connections")
    page.locator("td", has_text="proctor executor executor-5").first.wait_for()
    ALBUM.keep(page.locator("#main"), "connections.png")


def dead_letter(system: System, page: Page) -> None:
    """Of a run that is in no log."""
    stray = uuid4()
    broker = connect_broker(system.url_of("dispatcher"), role="dispatcher")
    with closing(broker.publisher()) as publisher:
        publisher.publish([Dispatch(stray, attempt=1, priority=1, dispatch_id=f"{stray}.1")])
    wait_until(lambda: system.messages("proctor.dead") == 1, "an executor to reject it", 30)
    page.goto("#/queues/proctor/proctor.dead")
    page.locator("h2", has_text="Get messages").click()
    page.get_by_role("button", name="Get Message(s)").click()
    page.locator("#msg-wrapper", has_text=str(stray)).wait_for()
    ALBUM.keep(section(page, "Get messages"), "dead-letter.png")


def alarm(system: System, page: Page) -> None:
    """Of memory: RabbitMQ takes no messages until it is over."""
    with system.alarm():
        page.goto("#/")
        page.locator("#memory-alarm").wait_for()
        ALBUM.keep(section(page, "Nodes"), "alarm.png")
        page.goto("#/connections")
        page.locator("td", has_text="block").first.wait_for()
        ALBUM.keep(page.locator("#main"), "alarm-connections.png")


@contextmanager
def signed_in(chromium: Browser, system: System, user: str) -> Iterator[Page]:
    size = {"width": WIDTH, "height": HEIGHT}
    with chromium.new_context(base_url=system.management, viewport=size) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto("/")
        page.locator("input[name=username]").fill(user)
        page.locator("input[name=password]").fill(password_of(user))
        page.get_by_role("button", name="Login").click()
        page.locator("h1", has_text="Overview").wait_for()
        yield page


def section(page: Page, heading: str) -> Locator:
    return page.locator(".section, .section-hidden", has=page.locator("h2", has_text=heading))


if __name__ == "__main__":
    main()
