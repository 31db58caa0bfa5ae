"""What a server answers: as much of it as is needed."""

from __future__ import annotations

import json
import time
from email.utils import mktime_tz, parsedate_tz

from pydantic import BaseModel, Field


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Reply(BaseModel):
    """A chat completion: as much of it as is needed, for many servers leave out the rest."""

    choices: list[_Choice] = Field(min_length=1)
    model: str | None = None
    system_fingerprint: str | None = None
    usage: _Usage | None = None

    @property
    def version(self) -> str:
        """What the model calls itself."""
        return " ".join(filter(None, (self.model, self.system_fingerprint)))

    @property
    def tokens(self) -> tuple[int, int]:
        """Read and written, as far as the server says."""
        usage = self.usage or _Usage()
        return usage.prompt_tokens or 0, usage.completion_tokens or 0


def words_of(body: object) -> str:
    """What a server says in refusing, in whichever of the usual places it says it."""
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body
    return body if isinstance(body, str) else json.dumps(body)


def seconds_of(retry_after: str) -> float | None:
    """How long a `Retry-After` asks to wait: it has seconds, or the moment as a date."""
    if retry_after.replace(".", "", 1).isdecimal():
        return float(retry_after)
    moment = parsedate_tz(retry_after)
    return max(0.0, mktime_tz(moment) - time.time()) if moment else None
