"""The package's tasks on a server of ours: each page with a seed."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.web.packages import Package
from tests.web.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTML = "miniwob/html"
_CORE = f"{_HTML}/core/core.js"
_EPISODE = Path(__file__).with_name("episode.js")


@contextmanager
def tasks_served() -> Iterator[tuple[str, list[str]]]:
    """The URL, and the names of all tasks; task `click-tab` is at `/miniwob/click-tab.html`."""
    package = Package("miniwob")

    async def core(_: Request) -> Response:
        script = package.text(_CORE) + _EPISODE.read_text()
        return Response(script, media_type="text/javascript")

    routes = [Route("/core/core.js", core), package.at("/{path:path}", _HTML + "/{path}")]
    with serving(Starlette(routes=routes)) as url:
        yield url, _names(package)


def _names(package: Package) -> list[str]:
    pages = [PurePosixPath(path) for path in package.paths if path.startswith(f"{_HTML}/miniwob/")]
    return sorted(page.stem for page in pages if page.suffix == ".html")
