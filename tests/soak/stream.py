"""A steady stream of short runs: always a few more wait than there are executors."""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.soak.sampling import Sample, Sampler
    from tests.support.deployment import Deployment

_LOOK_EVERY = 1.0
_BATCH = 10
_BUY = [
    {"goto": "/"},
    {"fill": {"label": "Name", "value": "Ann"}},
    {"click": {"role": "button", "name": "Buy now"}},
    {"expect": {"text": "Thank you, Ann"}},
]
_SORTS: tuple[dict[str, Any], ...] = (
    {"name": "Buys", "steps": _BUY},
    {"name": "Buys and keeps everything", "steps": _BUY, "artifacts": "always"},
    {"name": "Fails, twice", "steps": [{"goto": "/"}, {"expect": {"title": "x"}, "timeout": 0.2}],
     "retries": 1},
    {"name": "Runs out of time", "steps": [{"goto": "/"}, {"expect": {"text": "x"}}],
     "timeout": 1.0},
    {"name": "Does nothing"},
)  # fmt: skip


class Stream:
    """What passes, what fails, what times out: each leaves other things behind."""

    def __init__(self, proctor: Deployment, shop: str) -> None:
        self.submitted = 0
        self._proctor = proctor
        self._sorts: Iterator[dict[str, Any]] = cycle(
            sort | {"base_url": shop} if "steps" in sort else sort for sort in _SORTS
        )

    def top_up(self) -> None:
        """Submits a batch if few wait."""
        status = self._proctor.get("/queue/status")
        if status["queued"] < status["max_concurrent"]:
            self._proctor.batch(*islice(self._sorts, _BATCH))
            self.submitted += _BATCH

    def finish(self) -> None:
        """Waits for what is on its way."""
        self._proctor.wait_until_all_over(timeout=120)


def soak(stream: Stream, sampler: Sampler, seconds: float, runs: int, every: float) -> list[Sample]:
    """The samples of `seconds`, or of so many runs, one `every` so many seconds."""
    samples: list[Sample] = []
    began = time.monotonic()
    while time.monotonic() - began < seconds and stream.submitted < runs:
        stream.top_up()
        if time.monotonic() - began >= every * len(samples):
            samples.append(sampler.sample(time.monotonic() - began, stream.submitted))
        time.sleep(_LOOK_EVERY)
    stream.finish()
    return samples
