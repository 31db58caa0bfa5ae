"""How much of everything a browser gets from its gate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one gate bears; times are seconds."""

    connections: int = 256
    """At once. Chromium 156 makes 128 through a proxy, and as many again for WebSockets."""

    asking: float = 10.0
    """Until the browser has said where it wants to go."""

    connecting: float = 10.0
    """From the question to the connection, with the look-up of the name."""

    half_open: float = 30.0
    """That one side may go on after the other has ended. Browsers never do."""
