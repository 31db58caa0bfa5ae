"""The line's order, and the rule by which waiting raises urgency."""

from __future__ import annotations

import pytest

from domain.ageing import AgeingRule
from domain.line import Line


def taken(line):
    return [line.take().item for _ in range(len(line))]


def test_the_most_urgent_comes_first_and_equals_as_they_came():
    line = Line()
    for item, priority in [("a", 5), ("b", 1), ("c", 5), ("d", 1)]:
        line.put(item, priority)
    assert taken(line) == ["b", "d", "a", "c"]
    assert line.take() is None


def test_what_comes_back_has_the_place_it_had():
    line = Line()
    for item in "abc":
        line.put(item, 5)
    first = line.take()
    line.put("d", 5)
    line.put_back(first)
    assert first.redelivered
    assert taken(line) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("interval", "priority", "raised"), [(600, 5, 4), (600, 2, 1), (600, 1, None), (0, 5, None)]
)
def test_waiting_raises_by_one_level_up_to_the_most_urgent(interval, priority, raised):
    assert AgeingRule(interval).raised(priority) == raised
