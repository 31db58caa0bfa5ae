"""What an executor performs attempts with."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.allowed_hosts import AllowedHosts
from executor.audience import Audience
from executor.browser.browsers import Browsers
from executor.gate.gate import Gate
from executor.gate.policy import Policy
from executor.words.chromiums import Chromiums

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.definition import Definition
    from executor.browser.settings import BrowserSettings
    from executor.words.question import Model
    from runtime.artifacts import ArtifactStore


@dataclass(frozen=True, slots=True)
class Equipment:
    """`browsers` are for exact steps and known decisions, `chromiums` for what `model` decides;
    both reach the network through `gate` alone."""

    settings: BrowserSettings
    gate: Gate
    browsers: Browsers
    chromiums: Chromiums
    model: Model
    store: ArtifactStore
    audience: Audience

    def policy(self, wanted: Definition) -> Policy:
        """Where a run may connect to: every list there is has to allow it."""
        lists = (self.settings.allowed_hosts, wanted.allowed_hosts)
        allowed = tuple(AllowedHosts.parse(hosts) for hosts in lists if hosts is not None)
        return Policy(allowed, self.settings.own_places)


@asynccontextmanager
async def equipped(
    settings: BrowserSettings, model: Model, store: ArtifactStore
) -> AsyncIterator[Equipment]:
    """Opens the gate and the browsers of one executor, and closes them in the end."""
    async with (
        Gate() as gate,
        Browsers(settings, gate) as browsers,
        Chromiums(settings, gate) as chromiums,
    ):
        yield Equipment(settings, gate, browsers, chromiums, model, store, Audience())
