"""A decision in words again, for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def lines_of(decision: dict[str, Any]) -> Iterator[str]:
    """What was decided, a line for each action and for each place something was read at."""
    for action in decision.get("actions", []):
        name = action.get("name")
        target = f'{action.get("role") or "text"} "{name}"' if action.get("selector") else ""
        yield " ".join(filter(None, [action["method"], target, *action.get("arguments", [])]))
    for source in decision.get("sources", []):
        read = source.get("quote") or f"{source['before']}…{source['after']}"
        yield f"{source['field'] or 'because'}: {read}"


def in_short(decision: dict[str, Any]) -> str:
    """How it came about and what it was, in one line."""
    parts = list(lines_of(decision))
    if decision.get("value") is not None:
        parts = [str(decision["value"])]
    if decision.get("reason"):
        parts = [decision["reason"]]
    spent = decision.get("input_tokens", 0) + decision.get("output_tokens", 0)
    cost = f" ({spent:,} tokens)" if spent else ""
    return f"{decision['made']}: {'; '.join(parts) or 'nothing was decided'}{cost}"
