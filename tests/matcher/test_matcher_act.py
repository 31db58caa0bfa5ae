"""What the matcher does with an instruction on a page, and when it refuses."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.matcher.folding import words_of
from executor.matcher.matcher import Matcher
from executor.matcher.naming import known_as
from executor.matcher.tree import parse_tree
from executor.words.question import AmbiguousError, ModelError, NoSuchElementError, Question
from tests.matcher.shop_trees import CART, CHECKOUT, HOME, ask
from tests.support.waiting import in_loop

DONE = [
    (HOME, "click Buy now", "1-74", "click", []),
    (HOME, "press the buy button", "1-74", "click", []),
    (HOME, "type Ann into the name field", "1-6", "fill", ["Ann"]),
    (HOME, "enter %secret_PW% as the name", "1-6", "fill", ["%secret_PW%"]),
    (HOME, "click Departments", "1-42", "click", []),
    (HOME, 'click "Departments"', "1-42", "click", []),
    (HOME, "hover over the Departments menu", "1-42", "hover", []),
    (HOME, "double-click the All products heading", "1-81", "doubleClick", []),
    (HOME, "scroll to the Traps link", "1-217", "scrollTo", []),
    (HOME, "open the cart", "1-56", "click", []),
    (HOME, "type wool into the search box", "1-10", "fill", ["wool"]),
    (HOME, "press Enter in the search field", "1-10", "press", ["Enter"]),
    (HOME, "clear the search box", "1-10", "fill", [""]),
    (HOME, "choose Name in Sort by", "1-8", "selectOptionFromDropdown", ["Name"]),
    (HOME, "pick high to low from the Sort by dropdown", "1-8", "selectOptionFromDropdown",
     ["Price, high to low"]),
    (HOME, 'set Sort by to "our choice"', "1-8", "selectOptionFromDropdown", ["Our choice"]),
    (HOME, "select the second option in Sort by", "1-8", "selectOptionFromDropdown", ["Name"]),
    (HOME, "click the Name option", "1-8", "selectOptionFromDropdown", ["Name"]),
    (HOME, "select %sorting% as Sort by", "1-8", "selectOptionFromDropdown", ["%sorting%"]),
    (HOME, "tick In stock only", "1-7", "click", []),
    (HOME, "click Subscribe in the newsletter", "0-212", "click", []),
    (HOME, "type a@b.c into the email field in the newsletter frame", "0-13", "fill", ["a@b.c"]),
    (HOME, "click the last link in the navigation", "1-56", "click", []),
    (HOME, "click the link of the second product", "1-138", "click", []),
    (HOME, "open the Dormouse teapot", "1-131", "click", []),
    (CART, "click Remove in the row of White", "1-415", "click", []),
    (CART, "click Remove in the Dormouse teapot cosy row", "1-515", "click", []),
    (CART, "click Update in Dormouse teapot cosy", "1-512", "click", []),
    (CART, "click the second Remove button", "1-515", "click", []),
    (CART, "click Remove in the last row", "1-515", "click", []),
    (CART, "click Remove in the first row", "1-415", "click", []),
    (CART, "type 3 into Quantity of Dormouse teapot", "1-336", "fill", ["3"]),
    (CART, "set the quantity of the Dormouse teapot cosy to 4", "1-536", "fill", ["4"]),
    (CHECKOUT, "choose Express", "1-472", "click", []),
    (CHECKOUT, "select the Express radio button in Delivery", "1-472", "click", []),
    (CHECKOUT, "select Wonderland as the country", "1-470", "selectOptionFromDropdown",
     ["Wonderland"]),
    (CHECKOUT, "select Wonderland", "1-470", "selectOptionFromDropdown", ["Wonderland"]),
    (CHECKOUT, "choose Hearts as the wrapping paper", "1-603", "click", []),
    (CHECKOUT, "set the ribbon to Spades", "1-604", "click", []),
    (CHECKOUT, "set the ribbon to Satin", "1-601", "fill", ["Satin"]),
    (CHECKOUT, "uncheck the terms box", "1-473", "click", []),
    (CHECKOUT, "turn on Gift wrap", "1-475", "click", []),
    (CHECKOUT, "clear the terms box", "1-473", "click", []),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "instruction", "element", "method", "arguments"), DONE)
def test_a_plain_instruction_is_done_on_the_element_it_names(
    tree: str, instruction: str, element: str, method: str, arguments: list[str]
) -> None:
    (found,) = ask("act", tree, instruction)["elements"]
    assert (found["elementId"], found["method"], found["arguments"]) == (element, method, arguments)


def refused(tree: str, instruction: str, kind: type[Exception]) -> str:
    with pytest.raises(kind) as refusal:
        ask("act", tree, instruction)
    return str(refusal.value)


@in_loop
async def test_an_answer_says_who_gave_it_and_that_it_cost_nothing() -> None:
    question = Question("act", "click Buy now", "", "", HOME, {})
    answer = await Matcher().answer(question)
    assert (answer.version, answer.calls, answer.input_tokens) == ("matcher 2", 0, 0)
    assert answer.content["elements"][0]["description"] == 'button "Buy now"'


# -- two that fit equally well --------------------------------------------------------------------


def test_two_buttons_of_the_same_name_are_refused_and_told_apart() -> None:
    assert refused(CART, "click Remove", AmbiguousError) == (
        '2 elements fit "Remove" equally well: button "Remove" in row "Dormouse teapot White";'
        ' button "Remove" in row "Dormouse teapot cosy"'
    )


def test_what_stands_in_no_group_of_its_own_is_told_apart_by_its_order() -> None:
    tree = "[1-1] body\n  [1-2] button: Add\n  [1-3] button: Add"
    message = refused(tree, "click Add", AmbiguousError)
    assert 'button "Add" (number 1); button "Add" (number 2)' in message


def test_at_most_five_are_listed() -> None:
    tree = "\n".join(f"[1-{number}] button: Add" for number in range(8))
    assert refused(tree, "click Add", AmbiguousError).endswith("(number 5), and 3 more")


def test_a_link_and_a_button_of_the_same_name_are_two_things() -> None:
    tree = "[1-1] navigation: Main\n  [1-2] link: Log in\n[1-3] form\n  [1-4] button: Log in"
    refused(tree, "click Log in", AmbiguousError)
    assert ask("act", tree, "click the Log in button")["elements"][0]["elementId"] == "1-4"


def test_an_option_has_to_be_one_of_several_that_fit() -> None:
    message = refused(HOME, "choose Price in Sort by", AmbiguousError)
    assert 'option "Price, low to high"; option "Price, high to low"' in message


def test_text_that_fits_better_than_a_button_may_be_what_was_meant() -> None:
    tree = "[1-1] StaticText: Buy\n[1-2] button: Buy now"
    assert "button" in refused(tree, "click Buy", AmbiguousError)


@pytest.mark.parametrize(
    "tree",
    [
        "[1-1] heading: Tea\n  [1-2] link: Tea",
        "[1-1] listitem: Tea\n  [1-2] link: Tea",
        "[1-0] StaticText: Tea\n[1-2] link: Tea\n  [1-3] StaticText: Tea",
        "[1-2] link: Tea\n[1-3] button: Tea time",
        "[1-2] link: Tea\n[1-3] link: Green tea",
        "[1-1] paragraph\n  [1-2] StaticText: Tea",
    ],
)
def test_one_thing_is_not_taken_for_two(tree: str) -> None:
    assert ask("act", tree, "click Tea")["elements"][0]["elementId"] == "1-2"


# -- none that fits -------------------------------------------------------------------------------


def test_what_is_not_there_is_refused_with_what_is_like_it() -> None:
    assert refused(CART, "click Checkout", NoSuchElementError) == (
        'nothing on the page fits "Checkout"; the nearest are link "Check out"'
    )


def test_a_noun_rules_out_other_elements() -> None:
    refused(HOME, "click the Buy now link", NoSuchElementError)
    refused(HOME, "type Ann into Buy now", NoSuchElementError)
    refused(HOME, "check Buy now", NoSuchElementError)
    refused(CHECKOUT, "uncheck Express", NoSuchElementError)


def test_a_quoted_name_is_the_whole_name() -> None:
    refused(HOME, 'click "Buy"', NoSuchElementError)


def test_an_option_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert refused(CHECKOUT, "choose Germany in Country", NoSuchElementError) == (
        'select "Country" has no option "Germany"; it shows option "Choose…";'
        ' option "United Kingdom"; option "Wonderland"'
    )


def test_a_combobox_that_shows_no_options_has_to_be_opened() -> None:
    tree = "[1-1] combobox: Town"
    assert refused(tree, "choose Rome in Town", NoSuchElementError).endswith("shows none: open it")


def test_what_is_missing_in_a_place_is_not_taken_from_another() -> None:
    message = refused(HOME, "click Buy now in the newsletter", NoSuchElementError)
    assert message.endswith('outside of that place there is button "Buy now"')


def test_the_third_of_two_is_not_there() -> None:
    assert "only 2" in refused(CART, "click the third Remove button", NoSuchElementError)


def test_the_second_product_is_the_second_even_if_it_has_no_button() -> None:
    items = "".join(
        f"\n  [1-{n}] article\n    [1-{n}1] StaticText: Tea {n}"
        + (f"\n    [1-{n}2] button: Add" if n != 2 else "")
        for n in (1, 2, 3)
    )
    tree = f"[1-9] div{items}"
    refused(tree, "click Add in the second product", NoSuchElementError)
    assert ask("act", tree, "click Add in the third product")["elements"][0]["elementId"] == "1-32"


def test_a_field_under_one_heading_is_not_under_the_next() -> None:
    tree = """\
[1-1] div
  [1-2] heading: Billing
  [1-3] textbox: Street
  [1-4] heading: Shipping
  [1-5] textbox: Town"""
    assert ask("act", tree, "type X into Town under Shipping")["elements"][0]["elementId"] == "1-5"
    refused(tree, "type X into Town under Billing", NoSuchElementError)
    refused(tree, "type X into Street under Shipping", NoSuchElementError)


def test_a_group_of_its_own_is_not_part_of_its_neighbour() -> None:
    tree = """\
[1-1] div
  [1-2] div
    [1-3] heading: Billing
    [1-4] textbox: Street
  [1-5] div
    [1-6] heading: Shipping
    [1-7] textbox: Name"""
    refused(tree, "type X into Name in Billing", NoSuchElementError)


# -- names that are told by what is near ----------------------------------------------------------


@pytest.mark.parametrize(
    "tree",
    [
        "[1-1] div\n  [1-2] StaticText: Your name *\n  [1-3] textbox",
        "[1-1] div\n  [1-2] LabelText\n    [1-4] StaticText: Your name\n  [1-3] textbox",
    ],
)
def test_a_field_without_a_name_is_known_by_the_text_before_it(tree: str) -> None:
    (found,) = ask("act", tree, "type Ann into your name")["elements"]
    assert (found["elementId"], found["description"]) == ("1-3", "textbox without a name")


def test_symbols_are_names_too() -> None:
    tree = "[1-1] button: +\n[1-2] button: -\n[1-3] button: C++\n[1-4] button: C"
    assert ask("act", tree, "click +")["elements"][0]["elementId"] == "1-1"
    assert ask("act", tree, "click C")["elements"][0]["elementId"] == "1-4"
    assert ask("act", tree, 'click the "C++" button')["elements"][0]["elementId"] == "1-3"


# -- what takes a model ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "instruction",
    ["buy the cheapest teapot", "click Buy now and then Cart", "go back", "press Enter"],
)
def test_what_is_not_plain_needs_a_model(instruction: str) -> None:
    with pytest.raises(ModelError) as refusal:
        ask("act", HOME, instruction)
    assert refusal.value.trouble == "needs_model"


def test_the_refusal_says_what_would_be_plain() -> None:
    message = refused(HOME, "buy the cheapest teapot", ModelError)
    assert "PROCTOR_MODEL" in message
    assert "click Buy now" in message


def test_a_secret_cannot_name_an_element() -> None:
    assert "%secret_PW%" in refused(HOME, "click %secret_PW%", ModelError)
    refused(HOME, "choose %secret_PW%", ModelError)


# -- observing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "phrase", "found"),
    [
        (CART, "all links", ["1-386", "1-404", "1-504", "1-418"]),
        (CART, "the buttons that empty the cart", ["1-421"]),
        (CART, "find the Remove buttons", ["1-415", "1-515"]),
        (CART, "every Update", ["1-412", "1-512"]),
        (CART, "the links in the navigation", ["1-386"]),
        (CART, "where is the Empty the cart button?", ["1-421"]),
        (CART, "the second Remove button", ["1-515"]),
        (HOME, "the form fields", ["1-6", "1-10", "0-13"]),
    ],
)
def test_everything_that_fits_a_phrase_is_observed(
    tree: str, phrase: str, found: list[str]
) -> None:
    assert [one["elementId"] for one in ask("observe", tree, phrase)["elements"]] == found


def test_what_is_observed_comes_with_what_it_is_for() -> None:
    methods = {
        phrase: ask("observe", HOME, phrase)["elements"][0]["method"]
        for phrase in ("the Name field", "the Buy now button", "the All products heading")
    }
    assert list(methods.values()) == ["fill", "click", "hover"]


def test_observing_nothing_or_one_of_two_is_refused() -> None:
    with pytest.raises(NoSuchElementError):
        ask("observe", HOME, "the tabs")
    with pytest.raises(AmbiguousError):
        ask("observe", CART, "the Remove button")


# -- whatever comes -------------------------------------------------------------------------------

NAMES = st.lists(
    st.sampled_from(["Buy", "now", "Tea", "cart", "Add", "to", "the", "Log", "in", "row", "+"]),
    min_size=1,
    max_size=4,
).map(" ".join)
ROLES = st.sampled_from(["button", "link", "textbox", "checkbox", "StaticText", "row", "div"])
TREES = st.lists(st.tuples(st.integers(0, 3), ROLES, NAMES | st.just("")), max_size=12).map(
    lambda nodes: "\n".join(
        f"{'  ' * depth}[1-{number}] {role}: {name}"
        for number, (depth, role, name) in enumerate(nodes)
    )
)
VERBS = st.sampled_from(["click", "type X into", "check", "hover over", "clear", "choose"])


@given(TREES, VERBS, NAMES)
def test_an_element_is_never_chosen_that_shares_no_word_with_the_phrase(
    tree: str, verb: str, name: str
) -> None:
    try:
        (found,) = ask("act", tree, f"{verb} {name}")["elements"]
    except (NoSuchElementError, AmbiguousError, ModelError):
        return
    node = parse_tree(tree).find(found["elementId"])
    assert node is not None
    called = known_as(node)
    same = called.casefold() == name.casefold()
    by_noun = node.role == "row" and "row" in name
    assert same or by_noun or set(words_of(called)) & set(words_of(name))


@given(st.text(max_size=200), st.text(max_size=60), st.sampled_from(["act", "observe"]))
def test_no_page_and_no_instruction_breaks_it(
    tree: str, instruction: str, kind: Literal["act", "observe"]
) -> None:
    with suppress(NoSuchElementError, AmbiguousError, ModelError):
        ask(kind, tree, instruction)


@given(TREES, NAMES, NAMES)
def test_the_same_question_has_the_same_answer(tree: str, name: str, place: str) -> None:
    def answer() -> object:
        try:
            return ask("act", tree, f"click {name} in {place}")
        except (NoSuchElementError, AmbiguousError, ModelError) as refusal:
            return str(refusal)

    assert answer() == answer()
