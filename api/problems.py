"""Errors as RFC 9457 problem details: one clear sentence, and the field where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.group_commit import TooBusyError
from domain.errors import ConflictError, IllegalTransitionError, NotFoundError, TooNewError
from projections.unavailable import ViewsUnavailableError
from runtime.unreachable import UNREACHABLE, UncertainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI, Request

logger = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 20
_UNREACHABLE = (*UNREACHABLE, TimeoutError)


class ProblemError(Exception):
    """An answer that says what was wrong; `title` is the sort, `detail` this very case."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        errors: Sequence[dict[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def response(self) -> JSONResponse:
        """The answer itself."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        headers = dict(self.headers)
        if self.status == 401:  # noqa: PLR2004
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(body, self.status, headers, media_type=MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Makes every error of `app` a problem."""
    for kind in (
        ProblemError,
        RequestValidationError,
        HTTPException,
        NotFoundError,
        IllegalTransitionError,
        ConflictError,
        TooNewError,
        TooBusyError,
        ViewsUnavailableError,
        *_UNREACHABLE,
        Exception,
    ):
        app.add_exception_handler(kind, _answer)


def is_unreachable(error: Exception) -> bool:
    """Whether the error means that the database is out of reach for now."""
    return isinstance(error, _UNREACHABLE)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    problem = problem_of(error)
    logger.info(
        "api.refused",
        method=request.method,
        path=request.url.path,
        status=problem.status,
        detail=problem.detail[:300],
    )
    return problem.response()


def problem_of(error: Exception) -> ProblemError:
    """The answer to an error, whatever it is; what should not happen is logged."""
    match error:
        case ProblemError():
            return error
        case RequestValidationError():
            return _invalid(error)
        case HTTPException(__cause__=ProblemError() as problem):
            return problem
        case HTTPException(__cause__=RecursionError()):
            return ProblemError(400, "invalid JSON", "the body is nested too deeply")
        case HTTPException():
            return ProblemError(error.status_code, "refused", str(error.detail))
        case NotFoundError():
            return ProblemError(404, "not found", str(error))
        case IllegalTransitionError() | ConflictError():
            return ProblemError(409, "conflict", str(error))
        case TooBusyError():
            return ProblemError(429, "too busy", str(error), headers={"Retry-After": "1"})
        # What is too new for this process another one may know, in the middle of an upgrade.
        case _ if is_unreachable(error) or isinstance(error, ViewsUnavailableError | TooNewError):
            return _unavailable(error)
        case _:
            logger.error("api.crashed", error=f"{type(error).__name__}: {error}", exc_info=error)
            return ProblemError(
                500, "internal error", "this is a bug in Proctor; its log has the details"
            )


def _unavailable(error: Exception) -> ProblemError:
    detail = "the event log is out of reach; nothing was accepted"
    if isinstance(error, UncertainError):
        detail = (
            "the event log went out of reach, and it is unknown whether this was accepted:"
            " ask again, with the same Idempotency-Key if there was one"
        )
    if isinstance(error, ViewsUnavailableError | TooNewError):
        detail = str(error)
    logger.warning("api.unavailable", error=f"{type(error).__name__}: {error}")
    return ProblemError(503, "unavailable", detail, headers={"Retry-After": "2"})


def _invalid(error: RequestValidationError) -> ProblemError:
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        position = found[0]["loc"][-1]
        reason = found[0].get("ctx", {}).get("error", "")
        return ProblemError(
            400, "invalid JSON", f"the body is not JSON: {reason} (character {position})"
        )
    errors = [{"field": field_of(e["loc"]), "message": message_of(e)} for e in found[:_MOST_ERRORS]]
    detail = "; ".join(f"{e['field']}: {e['message']}" for e in errors[:3])
    return ProblemError(422, "invalid request", detail, errors=errors)


def field_of(location: Sequence[int | str]) -> str:
    """`steps.0.click.role` from pydantic's location, without its notes on unions."""
    parts = [str(part) for part in location[1:] if not _is_note(part)]
    return ".".join(parts) or str(location[0])


def message_of(error: Any) -> str:
    """Pydantic's message, without its prefix."""
    return str(error["msg"]).removeprefix("Value error, ")


def _is_note(part: int | str) -> bool:
    return isinstance(part, str) and ("[" in part or part.startswith("constrained-"))
