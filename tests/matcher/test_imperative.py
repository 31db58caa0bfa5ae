"""Which instructions are plain, and what they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.matcher.imperative import parse, targetless
from executor.matcher.phrase import Phrase

ON_AN_ELEMENT = [
    ("click Buy now", "click", "Buy now"),
    ("Click on Buy now.", "click", "Buy now"),
    ("please click the Buy now button", "click", "the Buy now button"),
    ("click the Buy now button, please", "click", "the Buy now button"),
    ("press the buy button", "click", "the buy button"),
    ("push Buy now", "click", "Buy now"),
    ("tap on Buy now", "click", "Buy now"),
    ("hit the Buy now button!", "click", "the Buy now button"),
    ("open the cart", "click", "the cart"),
    ("go to the cart", "click", "the cart"),
    ("navigate to Engraving", "click", "Engraving"),
    ("switch to the Reviews tab", "click", "the Reviews tab"),
    ("follow the Traps link", "click", "the Traps link"),
    ("visit Games", "click", "Games"),
    ("toggle Size and care", "click", "Size and care"),
    ("click 'Queen\u2019s croquet'", "click", "Queen\u2019s croquet"),
    ("click “Buy now”.", "click", "Buy now"),
    ('click "Save and then open"', "click", "Save and then open"),
    ("click Save and continue", "click", "Save and continue"),
    ("click In stock only", "click", "In stock only"),
    ("click Accept all", "click", "Accept all"),
    ("click A", "click", "A"),
    ('click the 5" tablet', "click", 'the 5" tablet'),
    ("press Delete", "click", "Delete"),
    ("press Home", "click", "Home"),
    ("double-click the row of Tea", "double_click", "the row of Tea"),
    ("double click on Tea", "double_click", "Tea"),
    ("doubleclick Tea", "double_click", "Tea"),
    ("hover over Departments", "hover", "Departments"),
    ("hover the mouse over Departments", "hover", "Departments"),
    ("hover on the menu", "hover", "the menu"),
    ("point at Departments", "hover", "Departments"),
    ("move the mouse over Departments", "hover", "Departments"),
    ("scroll to the footer", "scroll", "the footer"),
    ("scroll down to Traps", "scroll", "Traps"),
    ("scroll the Traps link into view", "scroll", "the Traps link"),
    ("check In stock only", "check", "In stock only"),
    ("tick the terms box", "check", "the terms box"),
    ('check the "Gift wrap" checkbox', "check", "the Gift wrap checkbox"),
    ("enable dark mode", "check", "dark mode"),
    ("turn on dark mode", "check", "dark mode"),
    ("uncheck In stock only", "uncheck", "In stock only"),
    ("untick the terms box", "uncheck", "the terms box"),
    ("deselect Express", "uncheck", "Express"),
    ("turn off dark mode", "uncheck", "dark mode"),
    ("disable notifications", "uncheck", "notifications"),
    ("clear the search box", "clear", "the search box"),
]

WITH_A_VALUE = [
    ("type Ann into the name field", "type", "the name field", "Ann"),
    ("type Ann in the name field", "type", "the name field", "Ann"),
    ("Type Ann into the name field.", "type", "the name field", "Ann"),
    ("enter Ann as the name", "type", "the name", "Ann"),
    ("enter 3 for the quantity", "type", "the quantity", "3"),
    ("enter %secret_PW% as the password", "type", "the password", "%secret_PW%"),
    ("put Ann in the name box", "type", "the name box", "Ann"),
    ("write Ann to the name field", "type", "the name field", "Ann"),
    ("input Ann into Name", "type", "Name", "Ann"),
    ("fill the name field with Ann", "type", "the name field", "Ann"),
    ("fill in the name field with Ann Lee", "type", "the name field", "Ann Lee"),
    ('fill in the name with "Ann."', "type", "the name", "Ann."),
    ('fill the name with "Ann".', "type", "the name", "Ann"),
    ('fill the row with tea with "3"', "type", "the row with tea", "3"),
    ("fill in Name: Ann", "type", "Name", "Ann"),
    ("fill in Ann as the name", "type", "the name", "Ann"),
    ('type "the a  b" into the note', "type", "the note", "the a  b"),
    ('type "" into the note', "type", "the note", ""),
    ("type 'it\u2019s in the box' into the note", "type", "the note", "it\u2019s in the box"),
    ('type "look in the box" in the note', "type", "the note", "look in the box"),
    ("type 'one\ntwo' into the note", "type", "the note", "one\ntwo"),
    ("type it's fine into the note", "type", "the note", "it's fine"),
    ("type The Hatter into Name", "type", "Name", "The Hatter"),
    ("in the name field, type Ann", "type", "the name field", "Ann"),
    ('into the name field type "Ann"', "type", "the name field", "Ann"),
    ("type Ann in the name field in the newsletter", "type",
     "the name field in the newsletter", "Ann"),
    ("type Ann in the box in the form", "type", "the box in the form", "Ann"),
    ("type %user% in the box in the form", "type", "the box in the form", "%user%"),
    ("set the quantity to 3", "set", "the quantity", "3"),
    ("change Sort by to Name", "set", "Sort by", "Name"),
    ("select France as the country", "choose", "France as the country", "France"),
    ("choose France in Country", "choose", "France in Country", "France"),
    ("pick X from Y", "choose", "X from Y", "X"),
    ('choose "Price, low to high" in Sort by', "choose", "Price, low to high in Sort by",
     "Price, low to high"),
    ("select Express", "choose", "Express", "Express"),
    ("press Enter in the search box", "press_key", "the search box", "Enter"),
    ("hit the Escape key in the dialog", "press_key", "the dialog", "Escape"),
]  # fmt: skip

ON_THE_PAGE = [
    ("go back", "back", None),
    ("Go back one page.", "back", None),
    ("navigate back", "back", None),
    ("go forward", "forward", None),
    ("reload", "reload", None),
    ("reload the page", "reload", None),
    ("refresh this page", "reload", None),
    ("press Enter", "press_key", "Enter"),
    ("Press the Enter key", "press_key", "Enter"),
    ('press the "Enter" key', "press_key", "Enter"),
    ("hit the Escape key", "press_key", "Escape"),
    ("press esc", "press_key", "Escape"),
    ("press Tab", "press_key", "Tab"),
    ("press the space bar", "press_key", "Space"),
    ("press the down arrow", "press_key", "ArrowDown"),
    ("press arrow up", "press_key", "ArrowUp"),
    ("press PageDown", "press_key", "PageDown"),
    ("press F5", "press_key", "F5"),
    ("press the Delete key", "press_key", "Delete"),
    ("press the Home key", "press_key", "Home"),
    ("press the a key", "press_key", "a"),
    ("press Control+A", "press_key", "Control+A"),
    ("press ctrl + shift + t", "press_key", "Control+Shift+t"),
    ("press Control++", "press_key", "Control++"),
    ("press Enter on the keyboard", "press_key", "Enter"),
]

NOT_PLAIN = [
    "",
    "Buy now",
    "click",
    "don't click Save",
    "never click Save",
    "click Save and then close",
    "click Save, then close",
    "click Save and press Enter",
    "click Save. Open the cart",
    "click Save; go back",
    "click Save\nclick Close",
    "type Ann into the name field and press Enter",
    "click Save if it is there",
    "reload the page until it shows up",
    "click any link",
    "click a product",
    "click one of the buttons",
    "click every checkbox",
    "click all links",
    "check all the checkboxes",
    "click it",
    'click "Buy now',
    "type “Ann into the name field",
    "go to /cart",
    "open https://example.com",
    "open a new tab",
    "go back to the shop",
    "press Enter twice",
    "press any key",
    'press "Enter"',
    'press the "Any" key',
    "type Ann",
    "type a valid address into the email field",
    "enter your name into the name field",
    "type something into the note",
    "type look into it into the note",
    "type Ann in the box in the name field",
    "fill in Ann with love into the name field",
    "type 'Ann' Lee into the name field",
    "fill out the form",
    "fill the name with Ann.",
    "fill the row with tea with 3",
    "set the time from 1 to 2 to 3",
    "check that the total is $42",
    "check if it works",
    "check out",
    "scroll to the bottom",
    "scroll down",
    "wait for the page",
    "add tea to the cart",
    "log in as ann",
    "search for hats",
    "submit the form",
    "drag Tea to the cart",
    "upload a file",
    "right-click Tea",
    "select any colour",
]


@pytest.mark.parametrize(("instruction", "verb", "words"), ON_AN_ELEMENT)
def test_an_action_on_an_element_is_understood(instruction: str, verb: str, words: str) -> None:
    wanted = parse(instruction)
    assert wanted is not None
    assert (wanted.verb, wanted.words) == (verb, words)
    assert wanted.target
    assert not targetless(wanted)


@pytest.mark.parametrize(("instruction", "verb", "words", "value"), WITH_A_VALUE)
def test_an_action_with_a_value_is_understood(
    instruction: str, verb: str, words: str, value: str
) -> None:
    wanted = parse(instruction)
    assert wanted is not None
    assert (wanted.verb, wanted.words, wanted.value) == (verb, words, value)
    assert not targetless(wanted)


@pytest.mark.parametrize(("instruction", "verb", "value"), ON_THE_PAGE)
def test_an_action_on_the_page_as_a_whole_has_no_target(
    instruction: str, verb: str, value: str | None
) -> None:
    wanted = parse(instruction)
    assert wanted is not None
    assert (wanted.verb, wanted.value) == (verb, value)
    assert targetless(wanted)


@pytest.mark.parametrize("instruction", NOT_PLAIN)
def test_what_is_not_plain_is_not_guessed_at(instruction: str) -> None:
    assert parse(instruction) is None


def readings_of(words: str) -> tuple[Phrase, ...]:
    wanted = parse(f"click {words}")
    assert wanted is not None
    return wanted.target


def test_a_phrase_is_read_literally_first() -> None:
    assert readings_of("Terms of service")[0] == Phrase("Terms of service")


@pytest.mark.parametrize(
    ("words", "reading"),
    [
        ("the Buy now button", Phrase("Buy now", kind="button")),
        ("the button Buy now", Phrase("Buy now", kind="button")),
        ("the link that says Cart", Phrase("Cart", kind="link")),
        ("the field named Name", Phrase("Name", kind="field")),
        ('the "Buy" button', Phrase("Buy", quoted=True, kind="button")),
        ("the search box", Phrase("", kind="search box")),
        ("the buttons", Phrase("", kind="button", plural=True)),
        ("the second Remove button", Phrase("Remove", kind="button", ordinal=2)),
        ("the last link", Phrase("", kind="link", ordinal=-1)),
        ("Email in the newsletter", Phrase("Email", place=Phrase("newsletter"))),
        ("Name under Billing", Phrase("Name", place=Phrase("Billing"))),
        ("Remove in the row of Tea", Phrase("Remove", place=Phrase("Tea", kind="row"))),
        ("Remove in the Tea row", Phrase("Remove", place=Phrase("Tea", kind="row"))),
        (
            "the Add button of the second product",
            Phrase("Add", kind="button", place=Phrase("", kind="product", ordinal=2)),
        ),
    ],
)
def test_a_phrase_has_a_noun_an_ordinal_and_a_place(words: str, reading: Phrase) -> None:
    assert reading in readings_of(words)


def test_a_quoted_name_is_not_looked_into() -> None:
    (reading,) = readings_of('"the second button in the row"')
    assert reading == Phrase("the second button in the row", quoted=True)


def test_an_option_is_read_apart_from_its_dropdown_and_together_with_it() -> None:
    wanted = parse("choose the Blue option in Colour")
    assert wanted is not None
    assert Phrase("Blue", kind="option") in wanted.option
    assert Phrase("Colour") in wanted.target
    assert Phrase("Blue", kind="option", place=Phrase("Colour")) in wanted.choice


WORDS = st.sampled_from([
    "click", "type", "press", "select", "fill", "set", "check", "into", "in", "as", "from", "with",
    "to", "of", "the", "second", "all", "Buy", "button", "row", "key", "Enter", "Control+", "%v%",
    "'Tea'", "“x”", '"', "'", "\u2019", ".", ",", ";", "\n", "\ue000",
])  # fmt: skip


@given(st.text(max_size=60) | st.lists(WORDS, max_size=14).map(" ".join))
def test_any_text_is_understood_or_not(instruction: str) -> None:
    wanted = parse(instruction)
    assert wanted is None or targetless(wanted) or wanted.words


@given(st.text(st.characters(exclude_characters='"', exclude_categories=["Co", "Cs"]), max_size=40))
def test_a_quoted_value_is_typed_exactly(value: str) -> None:
    wanted = parse(f'type "{value}" into the "Name" field')
    assert wanted is not None
    assert wanted.value == value
    assert Phrase("Name", quoted=True, kind="field") in wanted.target


def test_a_long_instruction_is_read_in_no_time() -> None:
    for words in ("in the ", "of ", "a as ", "press ", "is should "):
        parse("click " + words * 600)
        parse("type " + words * 600)
