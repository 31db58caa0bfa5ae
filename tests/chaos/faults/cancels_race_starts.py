"""A thousand cancellations race a thousand starts."""

from __future__ import annotations

from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault
from tests.chaos.mix import Mix


class CancelsRaceStarts(Fault):
    about = "five times as many short runs as usual, every one cancelled within two seconds"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False
    mix = Mix({"nothing": 70, "goto": 30}, spread=12.0, batches=0, cancelled=1.0, times=5)


FAULT = CancelsRaceStarts()
