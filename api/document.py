"""The OpenAPI document, good enough to make a client from: short names, and errors as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from fastapi.routing import APIRoute

_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_CHANGES = {"post", "put", "patch", "delete"}
_ERRORS = {
    400: "The body is not JSON",
    401: "No key, or none that opens",
    403: "The key's role does not allow it",
    404: "There is no such thing",
    409: "It is past that, or somebody else's change came first",
    413: "The body is too large",
    422: "A field is wrong; `errors` says which",
    429: "Too much to do; `Retry-After` says when to ask again",
    503: "The event log is out of reach; `Retry-After` says when to ask again",
}


class FieldError(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """An error as RFC 9457 has it: `title` is the sort, `detail` this very case."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


def operation_id(route: APIRoute) -> str:
    """What a generated client calls an operation, unless its route says otherwise."""
    return route.name


def describe(app: FastAPI) -> None:
    """Has every error in the document of `app`, as the problem it is answered with."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that fastapi names for this


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    components = document["components"]
    for name in _FRAMEWORKS_OWN:
        components["schemas"].pop(name, None)
    components["schemas"] |= _schemas()
    components["responses"] = {f"Error{status}": _response(status) for status in _ERRORS}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            for status in sorted(_errors_of(path, method, operation)):
                responses[str(status)] = {"$ref": f"#/components/responses/Error{status}"}
    return document


def _errors_of(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    if "requestBody" in operation:
        yield from (400, 413)
    if "security" in operation:
        yield from (401, 403, 503)
    if "{" in path:
        yield 404
    if method in _CHANGES and ("{" in path or "/queue/" in path or _takes_a_key(operation)):
        yield 409
    if "422" in operation["responses"]:
        yield 422
    if method in _CHANGES and "requestBody" in operation:
        yield 429


def _takes_a_key(operation: dict[str, Any]) -> bool:
    """Whether asking again with the same key for something else is a conflict."""
    return any(each["name"] == "idempotency-key" for each in operation.get("parameters", ()))


def _schemas() -> dict[str, Any]:
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**whole.pop("$defs"), "Problem": whole}


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _ERRORS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
