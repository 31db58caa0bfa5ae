"""Whether a deployment that cannot work says so in time, refuses what it cannot do, and does the
rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from tests.chaos.oracle.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.chaos.deployment import Deployment

TELLS_WITHIN = 2.0
"""Seconds within which `/health/ready` tells the truth."""
_ANSWERS_WITHIN = 12.0
_LOOK_EVERY = 0.1
_READS = ("/queue/status", "/queue/statistics", "/runs", "/events?after=0")
UNCERTAIN = "unknown whether"
"""What a 503 says that does not know whether the request was accepted."""


def judge_readiness(deployment: Deployment, roles: Sequence[str]) -> Iterator[Finding]:
    """Asks each role until it says that something is missing, or `TELLS_WITHIN` is over."""
    began = time.monotonic()
    for name in roles:
        role = deployment.roles[name]
        while not (missing := role.ready()) and time.monotonic() - began < TELLS_WITHIN:
            time.sleep(_LOOK_EVERY)
        if not missing:
            seconds = time.monotonic() - began
            yield Finding("slow", f"{name} says {missing} after {seconds:.1f} s: not the truth")


def judge_refusal(deployment: Deployment) -> Iterator[Finding]:
    """While the log is out of reach, nothing is accepted, and that is the answer; that it is true
    is for the oracle to see, for whom nobody has asked for this run."""
    try:
        with _client(deployment) as http:
            answer = http.post("/runs", json={"name": "refused", "steps": []})
    except httpx.HTTPError as error:
        yield Finding("answer", f"without a log: {error!r}, and not 503")
        return
    if answer.status_code != 503 or UNCERTAIN in answer.text:
        yield Finding("answer", f"without a log: {answer.status_code} {answer.text[:200]}")
    if "Retry-After" not in answer.headers:
        yield Finding("answer", "a refusal without Retry-After")


def judge_reads(deployment: Deployment) -> Iterator[Finding]:
    """Without a broker everything that is asked of log and views is answered."""
    with _client(deployment) as http:
        for path in _READS:
            answer = http.get(path)
            if answer.status_code != 200:
                yield Finding("answer", f"without a broker: {path}: {answer.status_code}")


def _client(deployment: Deployment) -> httpx.Client:
    headers = {"Authorization": f"Bearer {deployment.key}"}
    return httpx.Client(
        base_url=f"{deployment.url}/api/v1", headers=headers, timeout=_ANSWERS_WITHIN
    )
