"""How closely two courses agree on who comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.simulation.course import Course


def order_agreement(one: Course, other: Course) -> float:
    """The share of pairs of starts that came in the same order in both courses.

    A start is that of one attempt of one run; those that only one course has, and those from before
    its beginning, are left out. 1 is the same order throughout, 0 the reverse one, and chance gives
    about a half; with fewer than two starts there is nothing to disagree on, so it is 1.
    (It is (1 + Kendall's tau) / 2; no two starts tie, since the line gives out one at a time.)
    """
    places = {stay.key: place for place, stay in enumerate(other.stays) if stay.starts}
    order = [places[stay.key] for stay in one.stays if stay.starts and stay.key in places]
    pairs = len(order) * (len(order) - 1) // 2
    return 1.0 if pairs == 0 else 1 - _inversions(order)[1] / pairs


def _inversions(order: Sequence[int]) -> tuple[Sequence[int], int]:
    """The numbers sorted, and how many pairs of them were not."""
    if len(order) < 2:  # noqa: PLR2004 - no pair
        return order, 0
    middle = len(order) // 2
    left, in_left = _inversions(order[:middle])
    right, in_right = _inversions(order[middle:])
    merged: list[int] = []
    found, taken = in_left + in_right, 0
    for number in right:
        while taken < len(left) and left[taken] < number:
            merged.append(left[taken])
            taken += 1
        merged.append(number)
        found += len(left) - taken
    return [*merged, *left[taken:]], found
