"""Forms that people send, and only they: any site can send one, but not with our word in it.

Two things have to fit. The browser says where the form came from (`Sec-Fetch-Site`, which it sends
to addresses it trusts, or `Origin`), and the form holds the session's token, which only the pages
of that session show.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from api.console.visitor import AdminVisitor, SteeringVisitor, ViewingVisitor, Visitor
from api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20
_LARGEST = 20_000
_OUTSIDE = "forged form"


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form that a page of this server sent. Raises ProblemError 403 or 422."""
    _require_own_page(request)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != _MEDIA_TYPE or len(body) > _LARGEST:
        raise ProblemError(
            422, "invalid form", f"a form is {_MEDIA_TYPE}, {_LARGEST} bytes at most"
        )
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS, keep_blank_values=True))
    except ValueError as error:
        raise ProblemError(422, "invalid form", f"the form cannot be read: {error}") from None


def _require_own_page(request: Request) -> None:
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        is_own = site == "same-origin"
    else:
        is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_own:
        raise ProblemError(
            403,
            _OUTSIDE,
            f"the form was sent by a page of {origin or site}, not of this server; behind a proxy,"
            " let it pass on the Host header",
        )


async def _sent(request: Request, visitor: Visitor) -> Mapping[str, str]:
    fields = await fields_of(request)
    if not hmac.compare_digest(fields.get("token", "").encode(), visitor.session.token.encode()):
        raise ProblemError(403, _OUTSIDE, "the form is not of this session: load the page again")
    return fields


class Form:
    """A form that somebody who may send it has sent."""

    def __init__(self, visitor: Visitor, fields: Mapping[str, str]) -> None:
        self.who = visitor.who
        self.fields = fields

    @property
    def back(self) -> str:
        """The page that it was on."""
        return own_path(self.fields.get("back"))


def own_path(path: str | None) -> str:
    """`path` if it leads to this server, else the first page."""
    is_own = path is not None and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if path is not None and is_own and path.isprintable() else "/"


async def _viewers(request: Request, visitor: ViewingVisitor) -> Form:
    return Form(visitor, await _sent(request, visitor))


async def _steering(request: Request, visitor: SteeringVisitor) -> Form:
    return Form(visitor, await _sent(request, visitor))


async def _admins(request: Request, visitor: AdminVisitor) -> Form:
    return Form(visitor, await _sent(request, visitor))


ViewersForm = Annotated[Form, Depends(_viewers)]
SteeringForm = Annotated[Form, Depends(_steering)]
AdminsForm = Annotated[Form, Depends(_admins)]
