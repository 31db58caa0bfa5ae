"""Files for browsers: the dashboard's own, and the trace viewer that Playwright's wheel ships."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

_OWN = Path(__file__).parent / "static"
_VIEWER = Path("driver", "package", "lib", "vite", "traceViewer")
_INLINE = re.compile(rb"<script>(.*?)</script>", re.S)
_FOR_EVER = "public, max-age=31536000, immutable"


class OwnAssets(StaticFiles):
    """The dashboard's styles and scripts, under a version that changes with any of them.

    So browsers ask once, and after an upgrade they take all of the new ones. A page from before it
    that still asks for the old ones gets the new, and does not keep them.
    """

    def __init__(self) -> None:
        super().__init__(directory=_OWN)
        every = sorted(path for path in _OWN.iterdir() if path.is_file())
        content = b"".join(path.name.encode() + path.read_bytes() for path in every)
        self.version = hashlib.sha256(content).hexdigest()[:10]

    def url(self, name: str) -> str:
        """Where a file is. Scripts import each other by relative names, so they share a version."""
        return f"/static/{self.version}/{name}"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file behind the version."""
        version, _, name = path.partition("/")
        response = await super().get_response(name, scope)
        response.headers["Cache-Control"] = _FOR_EVER if version == self.version else "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class TraceViewer(StaticFiles):
    """Playwright's trace viewer, which reads a trace in the browser and sends it nowhere.

    It shows pages under test as they were. Their scripts do not run: the viewer gives every such
    page a policy of its own, which knows only the viewer's script. The policy here is the viewer's.
    """

    def __init__(self) -> None:
        super().__init__(directory=trace_viewer_folder(), html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file of the viewer."""
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response

    @cached_property
    def _policy(self) -> str:
        index = (trace_viewer_folder() / "index.html").read_bytes()
        hashes = (hashlib.sha256(script).digest() for script in _INLINE.findall(index))
        inline = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes)
        return (
            f"default-src 'none'; script-src 'self' {inline}; style-src 'self' 'unsafe-inline';"
            " img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:;"
            " connect-src 'self'; worker-src 'self'; manifest-src 'self';"
            " frame-src 'self' blob: data:; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'self'"
        )


def trace_viewer_folder() -> Path:
    """Where the wheel has it, found without loading Playwright."""
    found = find_spec("playwright")
    if found is None or found.origin is None:
        raise RuntimeError("the package playwright is not installed, and Proctor needs it")
    return Path(found.origin).parent / _VIEWER
