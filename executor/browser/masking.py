"""Secrets leave the executor as `[secret NAME]`, in whatever form a page has put them."""

from __future__ import annotations

import base64
import html
import io
import json
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_URL_SAFE = str.maketrans("+/", "-_")
SHORTEST = 4
"""Shorter values are not masked: they would be found in half of every text."""


class Mask:
    """Replaces the values of secrets, and the ways they are commonly written."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        found = {
            form: f"[secret {name}]"
            for name, value in secrets.items()
            if len(value) >= SHORTEST
            for form in _forms(value)
        }
        self._texts = sorted(found.items(), key=lambda pair: -len(pair[0]))
        self._bytes = [(form.encode(), shown.encode()) for form, shown in self._texts]

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for form, shown in self._texts:
            text = text.replace(form, shown)
        return text

    def content(self, content: bytes) -> bytes:
        """`content` without secrets."""
        for form, shown in self._bytes:
            content = content.replace(form, shown)
        return content

    def archive(self, content: bytes) -> bytes:
        """A zip file with every entry, and its name, masked."""
        if not self._bytes:
            return content
        masked = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as given,
            zipfile.ZipFile(masked, "w", zipfile.ZIP_DEFLATED) as kept,
        ):
            for entry in given.infolist():
                kept.writestr(self.text(entry.filename), self.content(given.read(entry)))
        return masked.getvalue()


def _forms(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="")
    yield quote(value)
    yield quote_plus(value)
    yield html.escape(value)
    # As browsers write a page: apostrophes stay, quotes are escaped in attributes only.
    yield html.escape(value, quote=False)
    yield html.escape(value, quote=False).replace('"', "&quot;")
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    encoded = value.encode()
    yield base64.b64encode(encoded).decode()
    for part in _within_base64(encoded):
        yield part
        yield part.translate(_URL_SAFE)
        yield quote(part, safe="")
        yield quote(quote(part, safe=""), safe="")


def _within_base64(value: bytes) -> Iterator[str]:
    """As it stands in the base64 of something longer, like the `user:password` of a request's
    `Authorization`: the characters that it decides alone, wherever in three bytes it begins."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + value).decode()
        first, end = -(-before * 8 // 6), (before + len(value)) * 8 // 6
        yield encoded[first:end]
