"""What a browser and its attempts are set to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from executor.gate.own_places import OwnPlace


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """`step_timeout` and `words_timeout`, of steps in words, are in seconds; `owner` is the
    executor's id; `secrets` are values by name. `allowed_hosts` are the installation's, None if it
    has none; `own_places` are Proctor's own."""

    owner: str
    chromium: Path | None = None
    step_timeout: float = 10.0
    words_timeout: float = 60.0
    runs_per_browser: int = 100
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed_hosts: tuple[str, ...] | None = None
    own_places: tuple[OwnPlace, ...] = ()
