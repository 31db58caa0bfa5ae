"""What the dashboard's routes have in common: people get pages, also when something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api.console.pages import HEADERS
from api.console.visitor import NotSignedInError
from api.problems import ProblemError, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response

    from api.console.console import Console

_JSON = "application/json"
_INVALID = 422


class PageRoute(APIRoute):
    """A route whose errors are pages; scripts that ask for JSON get problem details as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what was raised turned into an answer."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await answer(request)
            except Exception as error:
                if wants_json(request):
                    raise
                response = _refusal(request, error)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle


def wants_json(request: Request) -> bool:
    """Whether a script asks, rather than a person."""
    return request.headers.get("accept", "").startswith(_JSON)


async def not_found(request: Request, error: Exception) -> Response:
    """The answer where there is no route: a page for people, as ever for others."""
    is_persons = "text/html" in request.headers.get("accept", "")
    if request.url.path.startswith("/api/") or not is_persons:
        return problem_of(error).response()
    return _refusal(request, error)


def _refusal(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedInError):
        return _to_sign_in(request)
    console: Console = request.app.state.console
    problem = problem_of(error)
    # /runs/not-an-id is no page, either.
    if problem.title == "refused" or (problem.status == _INVALID and request.method == "GET"):
        problem = ProblemError(404, "not found", f"there is no page {request.url.path[:200]!r}")
    return console.pages.page("problem.html", status=problem.status, problem=problem, here="")


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    at = "/sign-in" if wanted + query == "/" else f"/sign-in?{urlencode({'next': wanted + query})}"
    return RedirectResponse(at, 303)
