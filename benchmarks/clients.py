"""Many clients at once, as light as can be: what they cost is taken from the server's share."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit


async def posts_per_second(url: str, key: str, body: bytes, clients: int, requests: int) -> float:
    """Requests answered 202 a second, by `clients` that each send their next when answered."""
    parts = urlsplit(url)
    request = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    left = iter(range(requests))
    started = time.perf_counter()
    await asyncio.gather(
        *(_client(parts.hostname, parts.port, request, left) for _ in range(clients))
    )
    return requests / (time.perf_counter() - started)


async def _client(host: str | None, port: int | None, request: bytes, left: object) -> None:
    reader, writer = await asyncio.open_connection(host, port, limit=2**24)
    for _ in left:  # type: ignore[attr-defined]
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 202 " in head.split(b"\r\n", 1)[0] + b" ", head
        length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()


if __name__ == "__main__":
    url, key, body, clients, requests = json.loads(sys.stdin.readline())
    print(asyncio.run(posts_per_second(url, key, body.encode(), clients, requests)))
