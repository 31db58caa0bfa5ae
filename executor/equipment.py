"""What an executor performs attempts with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from executor.browser.browsers import Browsers
    from executor.browser.settings import BrowserSettings
    from executor.words.chromiums import Chromiums
    from executor.words.question import Model
    from runtime.artifacts import ArtifactStore


@dataclass(frozen=True, slots=True)
class Equipment:
    """`browsers` are for exact steps and known decisions, `chromiums` for what `model` decides."""

    settings: BrowserSettings
    browsers: Browsers
    chromiums: Chromiums
    model: Model
    store: ArtifactStore
