"""Engraving: visitors upload their artwork and are told what arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.routing import Route

from examples.shop.pages import NOTHING, join, page, render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def show(request: Request) -> Response:
    return page(request, "artwork", title="Engraving", received=NOTHING)


async def receive(request: Request) -> Response:
    async with request.form() as form:
        # A browser sends one file without a name where none was chosen.
        files = [
            (file.filename, file.size or 0)
            for file in form.getlist("artwork")
            if isinstance(file, UploadFile) and file.filename
        ]
    received = join(render("artwork_file", name=name, size=size) for name, size in files)
    return page(request, "artwork", title="Engraving", received=received or render("artwork_none"))


routes = [
    Route("/engraving", show),
    Route("/engraving", receive, methods=["POST"]),
]
