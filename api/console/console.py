"""What the dashboard has in each API process: templates, assets, and what pages remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from api.console.assets import OwnAssets
from api.console.last_hour import LastHour
from api.console.live import Parts
from api.console.pages import Pages
from api.console.sections import Sections
from api.console.step_names import StepNames

if TYPE_CHECKING:
    from api.services import Services


class Console:
    """Everything a page is made with, beside the services."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.assets = OwnAssets()
        self.pages = Pages(self.assets.url)
        self.parts = Parts(services.clock)
        self.sections = Sections(self.pages)
        self.last_hour = LastHour()
        self.step_names = StepNames(services.log)


async def console_of(request: Request) -> Console:
    """The console of this process."""
    found: Console = request.app.state.console
    return found


Wired = Annotated[Console, Depends(console_of)]
