"""A broker's address: read from its URL once, and shown without its password."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

_PORTS = {"amqp": 5672, "amqps": 5671}
_OPTIONS = ("heartbeat", "cafile", "certfile", "keyfile")
_HEARTBEAT = 10
"""Seconds. A peer that vanished without a word is noticed after two or three of them, and the runs
it held are redelivered only then; RabbitMQ's own default is 60."""

_PASSWORD = re.compile(r"^((?:[A-Za-z][A-Za-z0-9+.-]*://)?[^:@/]*):(?!//).*@", re.DOTALL)


def masked(url: str) -> str:
    """The URL, fit for a log; also when it is not a good one."""
    return _PASSWORD.sub(r"\1:***@", url)


@dataclass(frozen=True, slots=True)
class Address:
    """Where RabbitMQ is and who we are to it. Its `str` has no password."""

    shown: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    vhost: str
    heartbeat: int
    """Seconds."""
    tls: ssl.SSLContext | None = None

    @classmethod
    def parse(cls, url: str) -> Address:
        """Reads `amqp(s)://user:password@host:port/vhost?heartbeat=10&cafile=...`.

        Raises ValueError, which names the URL without its password.
        """
        wrong = f"options are {', '.join(_OPTIONS)}"
        try:
            return cls._parse(url)
        except OSError as error:
            wrong = f"its certificate files: {error}"
        except ValueError:
            pass
        # Raised out here, without a context: what the parser says may quote the password.
        raise ValueError(
            f"broker URL {masked(url)!r} is not amqp(s)://user:password@host:port/vhost: {wrong}"
        )

    @classmethod
    def _parse(cls, url: str) -> Address:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        if not parts.hostname or parts.fragment or not set(options) <= set(_OPTIONS):
            raise ValueError
        return cls(
            shown=masked(url),
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            vhost=unquote(parts.path[1:]) or "/",
            heartbeat=int(options.get("heartbeat", _HEARTBEAT)),
            tls=_tls(options) if parts.scheme == "amqps" else None,
        )

    def __str__(self) -> str:
        return self.shown


def _tls(options: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=options.get("cafile"))
    if "certfile" in options:
        context.load_cert_chain(options["certfile"], options.get("keyfile"))
    return context
