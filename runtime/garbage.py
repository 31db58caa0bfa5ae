"""Python's garbage collector, set for a process that lives long and imports much."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 20
"""Objects, and collections of the generation before, after which one is collected."""


def settle() -> None:
    """Takes what the start has made out of every later collection; called once it is made.

    Each of Playwright's objects refers to itself, so only the collector frees them, and it would
    walk through a hundred thousand objects of imported modules for every few hundred of a run: a
    fifth of an executor's time (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
