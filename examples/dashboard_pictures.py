"""The pictures in docs/dashboard.md, from a live system: `python -m examples.dashboard_pictures`.

Every page in light and in dark, Now on a phone as well; they take two minutes.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from examples.camera import Album, browser
from examples.dashboard_system import System, live

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from playwright.sync_api import Browser, Page, ViewportSize

    Theme = Literal["light", "dark"]

ALBUM = Album(Path("docs/dashboard"))
THEMES: tuple[Theme, ...] = ("light", "dark")
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 920, "height": 800}
HEIGHTS = {"sign-in": 500, "history": 620, "system": 1000}
"""Of pages that have less to show, or more."""

_SHOWS = "position => Number(document.querySelector('[data-live]').dataset.position) >= position"

SHOWN_TEST = "Search as you type"
SHOWN_LABEL = "area=search"


def main() -> None:
    """Takes those of a busy server last: what they show is on none of the others."""
    with (
        TemporaryDirectory(prefix="proctor-pictures-") as folder,
        live(Path(folder)) as system,
        browser() as chromium,
    ):
        places = what_happened(system)
        for theme in THEMES:
            with visitor(chromium, system, theme) as page:
                keep(page, "sign-in", theme)
                sign_in(page, system)
                for name, place in places.items():
                    page.goto(place)
                    keep(page, name, theme)
        busy(chromium, system)


def what_happened(system: System) -> dict[str, str]:
    """The pages to show, by the name of their picture."""
    runs = system.two_batches()
    before, after = runs[0]["batch_id"], runs[-1]["batch_id"]
    (failed,) = (run for run in runs if (run["batch_id"], run["status"]) == (after, "failed"))
    return {
        "run": f"/runs/{failed['id']}",
        "tests": "/tests",
        "test": f"/tests/inline?{urlencode({'name': SHOWN_TEST})}",
        "history": f"/history?{urlencode({'status': 'failed', 'label': SHOWN_LABEL})}",
        "compare": f"/history/compare?{urlencode({'a': before, 'b': after})}",
    }


def busy(chromium: Browser, system: System) -> None:
    """The pages are open before, and show what stands still as it moved."""
    with ExitStack() as open_:
        looks = {
            (name, theme): open_.enter_context(visitor(chromium, system, theme, size))
            for theme in THEMES
            for name, size in (("now", DESK), ("now-phone", PHONE))
        }
        for page in looks.values():
            sign_in(page, system)
        with system.standing_still():
            position = system.proctor.get("/queue/status")["position"]
            for (name, theme), page in looks.items():
                page.wait_for_function(_SHOWS, arg=position)
                keep(page, name, theme)
            for theme in THEMES:
                page = looks["now", theme]
                watched(page, system.furthest(), theme)
                for name, place in (("system", "/system"), ("past", "/past?span=900")):
                    page.goto(place)
                    keep(page, name, theme)


def watched(page: Page, executor: str, theme: Theme) -> None:
    """A lane in which the browser is watched live."""
    page.set_viewport_size(NARROW)
    lane = page.locator(f"#lane-{executor}")
    lane.get_by_role("button", name="Watch").click()
    page.locator(".screen[data-shows] canvas").wait_for()
    ALBUM.keep(lane, f"watched-{theme}.png")
    lane.get_by_role("button", name="Watch").click()
    page.set_viewport_size(DESK)


@contextmanager
def visitor(
    chromium: Browser, system: System, theme: Theme, size: ViewportSize = DESK
) -> Iterator[Page]:
    with chromium.new_context(
        base_url=system.proctor.url, viewport=size, color_scheme=theme, locale="en-GB"
    ) as context:
        page = context.new_page()
        page.goto("/sign-in")
        yield page


def sign_in(page: Page, system: System) -> None:
    key = system.proctor.post("/keys", {"role": "admin", "name": "ann"})["key"]
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Executors").wait_for()


def keep(page: Page, name: str, theme: Theme) -> None:
    """With the pictures that are on it."""
    size = page.viewport_size or DESK
    page.set_viewport_size({**size, "height": HEIGHTS.get(name, size["height"])})
    for picture in page.locator("main img").all():
        picture.evaluate("picture => picture.decode()")
    ALBUM.keep(page, f"{name}-{theme}.png")
    page.set_viewport_size(size)


if __name__ == "__main__":
    main()
