"""What a process counts of its own work; figures of the whole system come from the views."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry(auto_describe=False)

FOLLOWER_LAG = Gauge(
    "proctor_follower_lag_events",
    "Events of the log that a follower has not handled yet",
    ["follower"],
    registry=REGISTRY,
)
FOLLOWER_EVENTS = Counter(
    "proctor_follower_events", "Events that a follower handled", ["follower"], registry=REGISTRY
)
RELAY_DELAY = Histogram(
    "proctor_relay_delay_seconds",
    "From the request's event to the broker's confirm, by the clocks of the two processes",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
    registry=REGISTRY,
)
PUBLISHED = Counter(
    "proctor_dispatches_published",
    "Messages published, by why: asked, refilled (the broker forgot), reconciled (it lost some)",
    ["why"],
    registry=REGISTRY,
)
RAISED = Counter(
    "proctor_runs_raised", "Runs made more urgent because they waited", registry=REGISTRY
)
LEADS = Gauge("proctor_dispatcher_leads", "1 in the dispatcher that works", registry=REGISTRY)
ATTEMPTS = Counter(
    "proctor_executor_attempts",
    "Attempts that ended here, by the event they ended with",
    ["executor", "end"],
    registry=REGISTRY,
)
BUSY = Counter(
    "proctor_executor_busy_seconds",
    "Seconds with a run in hand; its rate is the busy share",
    ["executor"],
    registry=REGISTRY,
)
BROWSER_LAUNCHES = Counter(
    "proctor_browser_launches", "Browsers launched", ["executor"], registry=REGISTRY
)
BROWSER_LAUNCH_SECONDS = Histogram(
    "proctor_browser_launch_seconds",
    "How long a browser took to launch",
    buckets=(0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 30),
    registry=REGISTRY,
)
BROWSER_RECYCLES = Counter(
    "proctor_browser_recycles",
    "Browsers given up, by why: worn (many runs) or misbehaved",
    ["executor", "why"],
    registry=REGISTRY,
)


def exposition() -> str:
    """Everything this process counts, as Prometheus reads it."""
    return generate_latest(REGISTRY).decode()
