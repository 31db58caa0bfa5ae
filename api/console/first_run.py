"""A first run, of a page that needs no site: for whoever has just started a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from api.submission import Submission
from domain.definition import Definition

if TYPE_CHECKING:
    from uuid import UUID

    from api.services import Services

_PAGE = (Path(__file__).parent / "templates" / "first_run_page.html").read_text()

FIRST_RUN = Definition.model_validate(
    {
        "name": "A first run",
        "steps": [
            {"goto": f"data:text/html;charset=utf-8,{quote(_PAGE)}", "name": "Open a page"},
            {"fill": {"label": "Your name", "value": "Proctor"}, "name": "Type a name"},
            {"screenshot": "typed", "name": "Take a picture"},
            {"click": {"role": "button", "name": "Say hello"}, "name": "Press the button"},
            {"expect": {"text": "Hello, Proctor!"}, "name": "Wait for the greeting"},
            {"screenshot": "greeted", "name": "Take another picture"},
        ],
        "artifacts": "always",
        "labels": {"first": "run"},
    }
)


async def first_run(services: Services, who: str) -> tuple[UUID, int]:
    """Queues it; its id, and the position that includes it."""
    asked, position = await Submission(services, who, None).run(FIRST_RUN)
    return asked.originator_id, position
