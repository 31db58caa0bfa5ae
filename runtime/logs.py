"""Structured logs: one line an event, with run id and attempt where there is one."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(level: str = "info", *, json: bool | None = None) -> None:
    """Sends structured logs to standard error: coloured for a terminal, JSON lines otherwise."""
    as_json = not sys.stderr.isatty() if json is None else json
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for noisy in ("pika", "aio_pika", "aiormq", "httpx", "uvicorn.error", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
