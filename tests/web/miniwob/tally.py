"""How many of the package's tasks a plain instruction solves, and which."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.web.miniwob.player import Tried


def report(tries: Iterable[Tried]) -> Iterator[str]:
    """Lines on all that was tried, in the order of the tasks. A task is solved if it is with every
    seed, and tried if a plain instruction says it with one of them."""
    tasks = [tuple(tried) for _, tried in groupby(tries, key=lambda one: one.task)]
    kinds = [_kind_of(tried) for tried in tasks]
    solved = sum(kind in _SOLVED for kind in kinds)
    yield f"{solved} solved of {len(tasks) - kinds.count(_UNSAID)} tried of {len(tasks)} tasks"
    for kind in (*_SOLVED, _SOMETIMES, _NEVER, _UNSAID):
        named = [
            _named(tried, kind) for tried, its in zip(tasks, kinds, strict=True) if its == kind
        ]
        yield f"\n{kind}: {len(named)}"
        yield from named


_AS_SAID = "solved, in the task's own words"
_REWORDED = "solved, the task put as plain instructions"
_SOLVED = (_AS_SAID, _REWORDED)
_SOMETIMES = "solved with some seeds"
_NEVER = "tried and not solved"
_UNSAID = "no plain instruction says it"


def _kind_of(tried: Sequence[Tried]) -> str:
    plans = [one.told for one in tried if one.told is not None]
    if not plans:
        return _UNSAID
    if all(one.solved for one in tried):
        return _AS_SAID if all(plan.as_said for plan in plans) else _REWORDED
    return _SOMETIMES if any(one.solved for one in tried) else _NEVER


def _named(tried: Sequence[Tried], kind: str) -> str:
    failed = [one for one in tried if not one.solved]
    if kind in _SOLVED:
        return f"  {tried[0].task}"
    if kind == _UNSAID:
        return f"  {tried[0].task}: {tried[0].utterance}"
    return f"  {tried[0].task}, {len(failed)} of {len(tried)} not: {_why(failed[0])}"


def _why(failed: Tried) -> str:
    if failed.told is None:
        return f"no plain instruction says {failed.utterance!r}"
    return failed.trouble or f"the page's reward is {failed.reward}"
