"""Statements that a page decides literally, and those that it does not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.words.question import AmbiguousError, ModelError, NoSuchElementError
from tests.matcher.shop_trees import CART, CHECKOUT, HOME, ORDER, ask

TRUE = [
    (ORDER, 'the page says "Thank you, Ann"', "Thank you, Ann"),
    (ORDER, 'Verify that the page says "Thank you, Ann".', "Thank you, Ann"),
    (ORDER, "the page says “Your order 1001 is on its way.”", "Your order 1001 is on its way."),
    (ORDER, "the page says thank you", "Thank you"),
    (ORDER, "the page shows Order total: $1,042.50", "Order total: $1,042.50"),
    (ORDER, '"Order total: $1,042.50" is shown', "Order total: $1,042.50"),
    (ORDER, 'the text "Keep shopping" appears on the page', "Keep shopping"),
    (ORDER, 'check that "Keep shopping" is visible', "Keep shopping"),
    (ORDER, 'I can see "Keep shopping"', "Keep shopping"),
    (ORDER, 'there is a message "Thank you, Ann"', "Thank you, Ann"),
    (ORDER, 'the page should say "Thank you, Ann"', "Thank you, Ann"),
    (ORDER, 'the page does not say "Error"', ""),
    (ORDER, 'the page doesn\'t contain "Error"', ""),
    (ORDER, '"Error" is not shown', ""),
    (ORDER, 'there is no "Error"', ""),
    (ORDER, 'the page must not show "Error"', ""),
    (ORDER, "there is a link Keep shopping", "Keep shopping"),
    (ORDER, "there is a link to keep shopping", "Keep shopping"),
    (ORDER, 'the page has a "Download receipt" link', "Download receipt"),
    (ORDER, "the Keep shopping link is visible", "Keep shopping"),
    (ORDER, "there is no button Delete", ""),
    (ORDER, "there is no dialog", ""),
    (ORDER, "the Delete button isn't visible", ""),
    (ORDER, "the heading is Thank you, Ann", "Thank you, Ann"),
    (ORDER, 'the page shows the heading "Thank you, Ann"', "Thank you, Ann"),
    (ORDER, "the title is Order confirmed", ""),
    (ORDER, 'the page is titled "Order confirmed"', ""),
    (ORDER, "the order total is $1,042.50", "$1,042.50"),
    (ORDER, "the total should be $1,042.50.", "$1,042.50"),
    (ORDER, "the weight is 3 kg", "3 kg"),
    (ORDER, "the standard delivery is $0", "$0"),
    (ORDER, "the total is not $7", "$1,042.50"),
    (HOME, "there are 3 products", "3 products"),
    (HOME, "there are three products on the page", "3 products"),
    (HOME, "the page shows exactly 3 products", "3 products"),
    (HOME, "there are 3 buttons", ""),
    (HOME, "there is one checkbox", ""),
    (HOME, "there is a search box", "Search the shop"),
    (HOME, "the Name field is empty", ""),
    (HOME, "In stock only is not checked", ""),
    (HOME, "the in stock box is unticked", ""),
    (HOME, "Sort by is Our choice", "Our choice"),
    (HOME, "Our choice is selected", ""),
    (CHECKOUT, "the Full name field holds Ann Liddell", "Ann Liddell"),
    (CHECKOUT, 'the full name field contains "Ann"', "Ann Liddell"),
    (CHECKOUT, "the value of Full name is Ann Liddell", "Ann Liddell"),
    (CHECKOUT, "the Full name field does not hold Bob", "Ann Liddell"),
    (CHECKOUT, "the Full name field is not empty", "Ann Liddell"),
    (CHECKOUT, "I accept the terms is checked", ""),
    (CHECKOUT, "Standard is selected", ""),
    (CHECKOUT, "Gift wrap is off", ""),
    (CART, "there are 2 rows", ""),
]

FALSE = [
    (ORDER, 'the page says "Thank you, Bob"', ""),
    (ORDER, "the page says Thank you, Bob", ""),
    (ORDER, 'the page says "Thank You, Ann"', ""),
    (ORDER, 'the page does not say "Thank you"', "Thank you"),
    (ORDER, "the page doesn't say Thank you", "Thank you"),
    (ORDER, '"Error" is shown', ""),
    (ORDER, "there is a button Buy now", ""),
    (ORDER, "there is a Buy now button", ""),
    (ORDER, "there is no link Keep shopping", "Keep shopping"),
    (ORDER, "there is a dialog", ""),
    (ORDER, "the heading is Sorry", "Thank you, Ann"),
    (ORDER, "the title is Sorry", ""),
    (ORDER, "the total is $7", "$1,042.50"),
    (HOME, "there are 9 products", "3 products"),
    (HOME, "there are 2 buttons", ""),
    (HOME, "In stock only is checked", ""),
    (HOME, "the Name field holds Ann", ""),
    (HOME, "Sort by is set to Name", "Our choice"),
    (CHECKOUT, "the Full name field is empty", "Ann Liddell"),
    (CHECKOUT, "I accept the terms is unchecked", ""),
]

UNDECIDED = [
    "the page thanks the customer",
    "the page looks good",
    "the page says thanks for shopping",
    "the page does not say Error",
    "the page shows 7 things in the cart",
    "the heading is about tea",
    "the title is short",
    "the total is correct",
    "the total is more than $40",
    "there is a shopping link",
    "there is an error message",
    "the order is on its way",
    "the page says 'Thank you' and the total is $7",
    "there is no button Delete and the total is $7",
    "the page says %secret_NAME%",
    "%secret_NAME% is shown",
    "the page says 'Thank' you",
    'the page says "Thank you',
    "",
]


@pytest.mark.parametrize(("tree", "statement", "quote"), TRUE)
def test_a_statement_that_the_page_bears_out_holds(tree: str, statement: str, quote: str) -> None:
    judged = ask("verify", tree, statement)
    assert judged["holds"], judged["reason"]
    assert judged["quote"] == quote


@pytest.mark.parametrize(("tree", "statement", "quote"), FALSE)
def test_a_statement_that_the_page_belies_does_not_hold(
    tree: str, statement: str, quote: str
) -> None:
    judged = ask("verify", tree, statement)
    assert not judged["holds"], judged["reason"]
    assert judged["quote"] == quote


@pytest.mark.parametrize("statement", UNDECIDED)
def test_a_statement_that_words_alone_do_not_decide_needs_a_model(statement: str) -> None:
    with pytest.raises(ModelError) as refusal:
        ask("verify", ORDER, statement)
    assert refusal.value.trouble == "needs_model"
    assert "PROCTOR_MODEL" in str(refusal.value)


def test_a_judgement_says_why() -> None:
    def reason(tree: str, statement: str) -> str:
        return str(ask("verify", tree, statement)["reason"])

    assert reason(ORDER, "the total is $7") == '"Order total" is "$1,042.50", not "$7"'
    assert reason(HOME, "In stock only is checked") == 'checkbox "In stock only" is off'
    assert reason(ORDER, 'the page says "THANK YOU"') == (
        'the page does not say "THANK YOU", only "Thank you"'
    )


def test_words_are_found_across_elements_of_a_line() -> None:
    tree = """\
[1-1] paragraph
  [1-2] StaticText: You have (
  [1-3] strong
    [1-4] StaticText: 3
  [1-5] StaticText: ) new
  [1-6] link: messages
  [1-7] StaticText: ."""
    assert ask("verify", tree, 'the page says "You have (3) new messages."')["holds"]
    assert not ask("verify", tree, 'the page says "You have(3)new messages"')["holds"]


def test_words_of_two_lines_are_not_one_word() -> None:
    tree = "[1-1] paragraph\n  [1-2] StaticText: the\n[1-3] paragraph\n  [1-4] StaticText: rapist"
    assert not ask("verify", tree, 'the page says "therapist"')["holds"]


def test_a_password_is_neither_right_nor_wrong() -> None:
    with pytest.raises(ModelError):
        ask("verify", CHECKOUT, 'the Password field holds "abc"')


def test_a_box_that_is_called_by_its_name_has_to_be_there() -> None:
    with pytest.raises(NoSuchElementError):
        ask("verify", ORDER, "Gift wrap is checked")


def test_two_values_under_one_label_are_refused() -> None:
    tree = "[1-1] StaticText: Total: $1\n[1-2] paragraph\n  [1-3] StaticText: Total: $2"
    with pytest.raises(AmbiguousError, match=r"2 values for \"the total\": \$1; \$2"):
        ask("verify", tree, "the total is $1")


WORDS = st.sampled_from([
    "the", "page", "says", "does", "not", "there", "is", "are", "a", "no", "3", "button", "field",
    "holds", "checked", "empty", "heading", "title", "shown", "should", "be", "Thank you", '"Ann"',
    "and", "%x%", ".", "total", "$42",
])  # fmt: skip
STATEMENTS = st.lists(WORDS, max_size=10).map(" ".join)


@given(st.text(max_size=60) | STATEMENTS, st.sampled_from([HOME, CART, CHECKOUT, ORDER, "", "x"]))
def test_any_statement_is_judged_or_refused(statement: str, tree: str) -> None:
    with suppress(ModelError, AmbiguousError, NoSuchElementError):
        judged = ask("verify", tree, statement)
        assert set(judged) == {"holds", "reason", "quote"}
        assert judged["quote"] == "" or set(judged["quote"].split()) <= set(tree.split())
