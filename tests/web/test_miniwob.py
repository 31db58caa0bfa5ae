"""Small tasks of the miniwob package: plain instructions solve them, as the page itself says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from executor.browser.settings import BrowserSettings
from tests.executor.stage import browser_or_skip
from tests.web.miniwob.player import Player, Tried, playing
from tests.web.miniwob.site import tasks_served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Play = Callable[[str], Tried]

IN_THEIR_OWN_WORDS = [
    "choose-list", "click-button", "click-button-sequence", "click-tab", "click-test",
    "click-test-2", "enter-text", "enter-text-dynamic", "focus-text", "focus-text-2",
    "form-sequence-3", "unicode-test",
]  # fmt: skip
PUT_PLAINLY = [
    "click-checkboxes-transfer", "click-collapsible-nodelay", "click-dialog-2", "click-link",
    "click-option", "click-tab-2-easy", "email-inbox-star-reply", "enter-date", "enter-time",
    "form-sequence-2", "login-user", "navigate-tree", "order-food", "phone-book", "read-table",
    "scroll-text-2", "social-media", "use-spinner",
]  # fmt: skip


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """Plays one task after the other in the same browser."""
    browser_or_skip()
    with tasks_served() as (url, _), asyncio.Runner() as runner:
        players = playing(url, BrowserSettings(owner="test-miniwob"))
        player: Player = runner.run(players.__aenter__())
        try:
            yield lambda task: runner.run(player.play(task))
        finally:
            runner.run(players.__aexit__(None, None, None))


@pytest.mark.parametrize("task", IN_THEIR_OWN_WORDS)
def test_the_tasks_own_words_solve_it(play: Play, task: str) -> None:
    tried = play(task)
    assert tried.told is not None
    assert tried.told.as_said
    assert (tried.reward, tried.trouble) == (1, "")


@pytest.mark.parametrize("task", PUT_PLAINLY)
def test_plain_instructions_solve_it(play: Play, task: str) -> None:
    tried = play(task)
    assert (tried.reward, tried.trouble) == (1, "")


def test_what_no_plain_instruction_says_is_not_tried(play: Play) -> None:
    tried = play("draw-line")
    assert (tried.told, tried.solved) == (None, False)


def test_only_the_full_reward_of_the_page_counts() -> None:
    assert [Tried("task", 1, "Do it.", reward=given).solved for given in (None, -1, 0.8, 1)] == [
        False, False, False, True,
    ]  # fmt: skip
