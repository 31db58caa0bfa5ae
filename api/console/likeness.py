"""Failures that are alike: the same message but for what it quotes, counts and identifies."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg.rows import DictRow

_LOOKED_AT = 1_000
"""Characters; messages that begin like that are alike."""

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_QUOTED = r"""(?<!\w)'[^'\n]*'(?!\w)|"[^"\n]*"|“[^”\n]*”|`[^`\n]*`"""
_VARYING = (
    (re.compile(_QUOTED), '"…"'),
    (re.compile(rf"\b{_UUID}\b|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{{8,}}\b", re.I), "[id]"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "#"),
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Failures that are alike, the newest run first; `text` is what they have in common."""

    text: str
    runs: Sequence[DictRow]

    @property
    def newest(self) -> DictRow:
        """The run that failed so last."""
        return self.runs[0]


def pattern(message: str) -> str:
    """`message` with a sign in place of quoted texts, ids and numbers."""
    text = message[:_LOOKED_AT]
    for varying, sign in _VARYING:
        text = varying.sub(sign, text)
    return text


def alike(runs: Iterable[DictRow], most: int) -> list[Alike]:
    """The most frequent failures among `runs`, which come the newest first; cancelled runs are
    none."""
    groups: dict[str, list[DictRow]] = defaultdict(list)
    for run in runs:
        if run["error"] is not None and run["status"] != "cancelled":
            groups[pattern(run["error"]["message"])].append(run)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))[:most]
    return [Alike(_common(text, those), those) for text, those in largest]


def _common(text: str, runs: Sequence[DictRow]) -> str:
    """The message itself where all have the very same."""
    messages = {run["error"]["message"] for run in runs}
    return str(messages.pop()) if len(messages) == 1 else text
