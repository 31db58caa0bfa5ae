"""A small API with FastAPI's own docs, whose Swagger UI comes from a package instead of a CDN."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import Response

from tests.web.packages import Package


def library() -> FastAPI:
    """An API that lends books; its docs are at `/docs`."""
    app = FastAPI(title="Library", docs_url=None, redoc_url=None)
    ui = Package("fastapi_offline")
    for file in ("swagger-ui-bundle.js", "swagger-ui.css"):
        app.router.routes.append(ui.at(f"/{file}", f"fastapi_offline/static/{file}"))

    @app.get("/books/{isbn}")
    def find_book(isbn: str, copies: int = 1) -> dict[str, object]:
        return {"isbn": isbn, "title": f"Book {isbn}", "copies": copies}

    @app.post("/books")
    def add_book(title: str) -> dict[str, object]:
        return {"isbn": "1", "title": title}

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Library",
            swagger_js_url="/swagger-ui-bundle.js",
            swagger_css_url="/swagger-ui.css",
            swagger_favicon_url="data:,",
        )

    return app
