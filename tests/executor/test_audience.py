"""Pictures of the browser for whoever looks: only while they do, and without secrets."""

from __future__ import annotations

import asyncio
import base64

import pytest

SLOW = {"wait_for": {"css": "#never", "state": "visible"}, "timeout": 1.5}
COUNT_GREEN = """async (jpeg) => {
  const fetched = await fetch("data:image/jpeg;base64," + jpeg);
  const bitmap = await createImageBitmap(await fetched.blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  let green = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] < 90 && data[at + 1] > 160 && data[at + 2] < 90) green++;
  }
  return green;
}"""


class Onlooker:
    """Looks every so often for as long as the attempt lasts, and keeps what it is shown."""

    def __init__(self, staged, *, from_step=0, to_step=99):
        self._audience = staged.equipment().audience
        self._steps = range(from_step, to_step)
        self.pictures = []

    async def __call__(self, work, steps):
        fetching = asyncio.create_task(self._fetch(steps))
        while not work.done():
            if len(steps) in self._steps:
                self._audience.look()
            await asyncio.wait({work}, timeout=0.1)
        fetching.cancel()

    async def _fetch(self, steps):
        while True:
            run_id, image = await self._audience.picture()
            self.pictures.append((len(steps), run_id, image))

    def after(self, step):
        """The pictures that were shown when so many steps had been performed."""
        return [image for steps, _, image in self.pictures if steps == step]


@pytest.fixture
def green(staged):
    """How much of a picture is bright green, as what is typed on the page of these tests."""

    def count(image):
        return staged.runner.run(_counted(image))

    async def _counted(image):
        prepared = await staged.browsers.take()
        try:
            return await prepared.page.evaluate(COUNT_GREEN, base64.b64encode(image).decode())
        finally:
            staged.browsers.give_back(prepared)

    return count


def test_who_looks_sees_what_the_page_shows(staged, site, green):
    onlooker = Onlooker(staged)
    typed = {"fill": {"css": "#open", "value": "hello"}}
    seen = staged.perform(site, {"goto": "/loud"}, typed, SLOW, during=onlooker)
    assert {run_id for _, run_id, _ in onlooker.pictures} == {seen.run_id}
    assert green(onlooker.after(2)[-1]) > 1000
    assert onlooker.after(2)[-1].startswith(b"\xff\xd8")


def test_nobody_looks_and_nothing_is_taken(staged, site):
    onlooker = Onlooker(staged, to_step=0)
    staged.perform(site, {"goto": "/loud"}, SLOW, during=onlooker)
    assert onlooker.pictures == []


def test_of_a_page_that_stands_still_newcomers_see_something_too(staged, site):
    onlooker = Onlooker(staged)
    staged.perform(site, {"goto": "/loud"}, SLOW, during=onlooker)
    assert len(onlooker.after(1)) > 5


def test_a_secret_is_in_no_picture(staged, site, green):
    onlooker = Onlooker(staged)
    secret = {"fill": {"css": "#i", "value": "${secret:PASS}"}}
    staged.perform(site, {"goto": "/loud"}, SLOW | {"timeout": 0.7}, during=onlooker)
    onlooker.pictures.clear()
    staged.perform(site, {"goto": "/loud"}, secret, SLOW | {"timeout": 2.5}, during=onlooker)
    assert len(onlooker.after(2)) > 2
    assert max(green(image) for _, _, image in onlooker.pictures) == 0


def test_a_secret_that_the_page_repeats_is_in_no_picture_either(staged, site, green):
    onlooker = Onlooker(staged)
    secret = {"fill": {"css": "#i", "value": "${secret:PASS}"}}
    seen = staged.perform(site, {"goto": "/shout"}, secret, SLOW, during=onlooker)
    assert len(onlooker.after(2)) > 1
    assert max(green(image) for _, _, image in onlooker.pictures) == 0
    assert green(staged.content(seen, "attempt-1-failure.png")) == 0


def test_what_a_page_repeats_that_is_no_secret_is_shown(staged, site, green):
    onlooker = Onlooker(staged)
    typed = {"fill": {"css": "#i", "value": "hello"}}
    seen = staged.perform(site, {"goto": "/shout"}, typed, SLOW, during=onlooker)
    assert green(onlooker.after(2)[-1]) > 1000
    assert green(staged.content(seen, "attempt-1-failure.png")) > 1000


def test_what_is_typed_beside_a_secret_is_shown(staged, site, green):
    onlooker = Onlooker(staged)
    secret = {"fill": {"css": "#i", "value": "${secret:PASS}"}}
    typed = {"fill": {"css": "#open", "value": "hello"}}
    staged.perform(site, {"goto": "/loud"}, secret, typed, SLOW, during=onlooker)
    assert green(onlooker.after(3)[-1]) > 1000


def test_looking_changes_nothing_about_a_page_that_never_rests(staged, site):
    onlooker = Onlooker(staged)
    seen = staged.perform(
        site, {"goto": "/spin"}, SLOW, {"click": {"text": "Go"}}, seconds=4, during=onlooker
    )
    assert seen.outcome.verdict in {"failed", "timed_out"}


def test_an_attempt_in_a_browser_that_dies_is_lost_as_without_onlookers(staged, site):
    onlooker = Onlooker(staged)

    async def kill(work, steps):
        looking = asyncio.create_task(onlooker(work, steps))
        while len(steps) < 1 or not onlooker.pictures:
            await asyncio.wait({work}, timeout=0.05)
        for process in staged.processes():
            process.kill()
        await looking

    seen = staged.perform(site, {"goto": "/loud"}, SLOW | {"timeout": 10}, during=kill)
    assert seen.outcome.verdict == "lost"
