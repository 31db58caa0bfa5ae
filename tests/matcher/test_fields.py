"""Fields of forms that people wrote before there were labels, and what people call them."""

from __future__ import annotations

import pytest

from executor.matcher.imperative import parse
from executor.words.question import AmbiguousError, NoSuchElementError
from tests.matcher.shop_trees import ask

TABLE = """\
[1-0] table
  [1-1] row
    [1-2] rowheader: Genre
    [1-3] cell
      [1-4] textbox
  [1-5] row
    [1-6] cell: Director
    [1-7] cell
      [1-8] textbox
  [1-9] row
    [1-10] cell: From
    [1-11] cell
      [1-12] textbox
    [1-13] cell
      [1-14] textbox
"""
SCROLLING = """\
[1-1] scrollable, textarea
  [1-2] StaticText: Long ago
[1-3] scrollable, ul
  [1-4] listitem
    [1-5] button: Go
[1-6] scrollable, div
  [1-7] button: Go
"""
KINDS = """\
[1-1] Date
  [1-2] spinbutton: Month
  [1-3] spinbutton: Year
[1-4] InputTime
[1-5] ColorWell
[1-6] textbox: Arrival date
[1-7] textbox: Spare number
"""


def done(tree: str, instruction: str) -> tuple[str, str, list[str]]:
    (found,) = ask("act", tree, instruction)["elements"]
    return found["elementId"], found["method"], found["arguments"]


def test_a_field_in_a_table_is_known_by_the_cell_before_it() -> None:
    assert done(TABLE, "type horror into Genre") == ("1-4", "fill", ["horror"])
    assert done(TABLE, "type Lang into the director field") == ("1-8", "fill", ["Lang"])


def test_of_two_fields_in_a_row_neither_is_known_by_its_head() -> None:
    with pytest.raises(NoSuchElementError):
        ask("act", TABLE, "type 1970 into From")


def test_an_element_that_scrolls_is_still_what_it_is() -> None:
    assert done(SCROLLING, "type hello into the text area")[0] == "1-1"
    assert ask("verify", SCROLLING, 'the text area holds "Long ago"')["holds"]
    assert done(SCROLLING, "click Go in the list")[0] == "1-5"
    with pytest.raises(AmbiguousError):
        ask("act", SCROLLING, "click Go")


@pytest.mark.parametrize(
    ("instruction", "element"),
    [
        ("type 2026-11-24 into the date field", "1-1"),
        ("enter 2026 into the Year spinner", "1-3"),
        ("type 08:30 into the time field", "1-4"),
        ('set the color picker to "#ff0000"', "1-5"),
        ("type tomorrow into the Arrival date field", "1-6"),
        ("type 7 into the spare number field", "1-7"),
    ],
)
def test_a_noun_says_which_field_unless_it_belongs_to_the_name(
    instruction: str, element: str
) -> None:
    assert done(KINDS, instruction)[0] == element


@pytest.mark.parametrize("noun", ["input textbox", "input text box", "text input field"])
def test_a_field_may_be_named_by_two_nouns_at_once(noun: str) -> None:
    assert done(TABLE, f"focus into the 2nd {noun}")[0] == "1-8"


def test_to_focus_a_field_is_to_click_it() -> None:
    assert done(KINDS, "focus on the Arrival date field") == ("1-6", "click", [])


def test_what_kind_of_value_it_is_may_be_said_before_it() -> None:
    assert done(KINDS, 'enter the number "43" into Year') == ("1-3", "fill", ["43"])
    assert parse("enter the number 43 into Year") is None


def test_an_element_is_scrolled_to_its_end_but_not_the_page() -> None:
    assert done(SCROLLING, "scroll the text area to the bottom") == ("1-1", "scrollTo", ["100%"])
    assert done(SCROLLING, "scroll to the top of the text area.") == ("1-1", "scrollTo", ["0%"])
    for page in (
        "scroll to the bottom of the page",
        "scroll the page to the top",
        "scroll to the top",
    ):
        assert parse(page) is None


def test_of_two_fields_the_one_that_scrolls_is_scrolled() -> None:
    tree = "[1-1] scrollable, textarea\n[1-2] textbox: Name\n[1-3] textbox: Street"
    assert done(tree, "scroll the textarea to the bottom")[0] == "1-1"
    assert done(tree, "scroll the Name field to the bottom")[0] == "1-2"
    with pytest.raises(AmbiguousError):
        ask("act", tree, "click the textarea")
