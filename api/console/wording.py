"""Times and numbers as people say them. `static/wording.js` says them the same way."""

from __future__ import annotations

import json
from datetime import UTC, datetime

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_A_FEW = 10


def duration(seconds: float | None) -> str:
    """`0.42 s`, `12.3 s`, `2 min 5 s`, `1 h 12 min`, `3 d 4 h`; nothing for None."""
    if seconds is None:
        return ""
    seconds = max(0.0, seconds)
    if seconds < _A_FEW:
        return f"{seconds:.2f} s"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return _in_two(seconds)


def elapsed(seconds: float) -> str:
    """A time that goes on, in whole seconds: `12 s`, `2 min 5 s`."""
    return f"{int(max(0.0, seconds))} s" if seconds < _MINUTE else _in_two(seconds)


def limit(seconds: float) -> str:
    """A time that was set: `3 s`, `0.5 s`, `5 min`."""
    return f"{seconds:g} s" if seconds < _MINUTE else _in_two(seconds)


def since(moment: datetime) -> str:
    """How long ago that was."""
    return elapsed((datetime.now(UTC) - moment).total_seconds())


def clock(moment: datetime) -> str:
    """The moment itself, for browsers that do not say it in the reader's own time."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 run`, `12,345 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(octets: int) -> str:
    """`512 B`, `12 kB`, `3.4 MB`."""
    if octets < 1_000:  # noqa: PLR2004 - a kilobyte
        return f"{octets} B"
    if octets < 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{octets / 1_000:.0f} kB"
    return f"{octets / 1_000_000:.1f} MB"


def as_json(value: object) -> str:
    """A value as JSON, on one line."""
    return json.dumps(value, ensure_ascii=False)


def _in_two(seconds: float) -> str:
    whole = int(seconds)
    for large, small, name, smaller in (
        (_DAY, _HOUR, "d", "h"),
        (_HOUR, _MINUTE, "h", "min"),
        (_MINUTE, 1, "min", "s"),
    ):
        if whole >= large:
            rest = whole % large // small
            return f"{whole // large} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"
