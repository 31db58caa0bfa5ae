"""Live pages: how an event gets onto the screens of those who look, and what that may cost.

A page has one part that is live, made of sections. The browser follows `/api/v1/stream`, as anybody
else does, and an event is no more to it than a reason to look: it fetches the part again, as HTML,
and swaps in what is different. So there is one way to make a page, here, and none in JavaScript.

- One stream a browser, held by a shared worker for all its tabs. With one a tab the sixth would
  take the last of the six connections that browsers allow themselves, and the seventh tab would
  not even load. The worker also fetches a part once, however many tabs show it, and hands them
  only the sections that have changed; for hidden tabs it fetches nothing.
- Events that come together are one reason to look. The worker looks at once after a pause, then
  leaves five times as long as the last look took before the next, 0.15 s at least. So looking takes
  itself back as the server gets busy, and never has more than a sixth of its time.
- A part is made once for everybody who sees the same (`Parts`): whoever asks while it is being made
  waits for it, and who has it already is answered 304 from memory, without a question to the
  database. Pages of the same role share parts, so no part holds anything of a session. A section
  that would be made of the same again is not (`sections.py`): while runs pass their steps, the
  queue stays as it is.
- An event is told when it is committed, the views follow a few milliseconds later. A look therefore
  says which position it is about, and waits for the views to come so far.
- A stream can be dead and look alive (a laptop slept, a proxy lost it). It is opened anew when it
  has said nothing for longer than its signs of life are apart: behind the last event heard, or
  after a minute with what comes next, since one look shows what hours of events came to. And every
  five seconds a page that nothing was heard for looks all the same. That also shows what is no
  event: an executor that came or went.

docs/performance.md has what it costs, and how long an event takes to the screen.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse

from api.console.pages import HEADERS
from api.requests import POSITION_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from markupsafe import Markup

    from api.views_clock import ViewsClock

_KEPT = 60
_PATIENCE = 1.0
"""Seconds for the views to come as far as an event that was told; then what they show is shown."""

After = Annotated[int, Query(ge=0, description="the position that the look is about")]
Known = Annotated[str | None, Header(alias="if-none-match")]


@dataclass(frozen=True, slots=True)
class Made:
    """The sections of a part as HTML, by name and in their order; `title` is the page's."""

    title: str
    sections: Mapping[str, Markup]


@dataclass(frozen=True, slots=True)
class Part:
    """The live part of a page, which reflects the log as far as `position` at least."""

    made: Made
    position: int
    etag: str
    now: datetime

    def answer(self, known: str | None) -> Response:
        """The part for whoever does not have it yet; `known` is what they have."""
        headers = {**HEADERS, "ETag": self.etag, POSITION_HEADER: str(self.position)}
        if known == self.etag:
            return Response(status_code=304, headers=headers)
        said = {
            "position": self.position,
            "now": self.now.isoformat(),
            "title": self.made.title,
            "sections": self.made.sections,
        }
        return JSONResponse(said, headers=headers)


@dataclass(slots=True)
class _Slot:
    """The newest of a part, and what it was made of."""

    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    made_of: Hashable = None
    part: Part | None = None


class Parts:
    """The live parts of this process, each made once for all who look. Lives in one event loop."""

    def __init__(self, clock: ViewsClock) -> None:
        self._clock = clock
        self._slots: OrderedDict[str, _Slot] = OrderedDict()

    async def of(
        self, name: str, make: Callable[[], Made], *, also: Hashable = None, after: int = 0
    ) -> Part:
        """The part of that name, made in a thread unless nothing has changed since it was.

        It reflects the position `after`, unless the views are slow. `also` is what it is made of
        beside the views.
        """
        await self._clock.reached(after, _PATIENCE)
        slot = self._slot(name)
        async with slot.making:
            made_of = (self._clock.position, also)
            if slot.part is None or slot.made_of != made_of:
                slot.made_of, slot.part = made_of, await self.anew(name, make, also=also)
            return slot.part

    async def anew(self, name: str, make: Callable[[], Made], *, also: Hashable = None) -> Part:
        """The same as it is this very moment, for a page that may have nobody to bring its times
        up to date."""
        position = self._clock.position
        made = await asyncio.to_thread(make)
        return Part(made, position, _etag(name, position, also), datetime.now(UTC))

    def _slot(self, name: str) -> _Slot:
        slot = self._slots.setdefault(name, _Slot())
        self._slots.move_to_end(name)
        if len(self._slots) > _KEPT:
            self._slots.popitem(last=False)
        return slot


def _etag(*parts: object) -> str:
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:20]}"'
