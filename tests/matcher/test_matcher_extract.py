"""Values that a page labels in so many words."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.matcher.scalars import number_in
from executor.words.question import AmbiguousError, ModelError
from tests.matcher.shop_trees import CART, CHECKOUT, HOME, ORDER, ask

ONE = [
    (ORDER, "the order total", "string", "$1,042.50"),
    (ORDER, "get the order total", "number", 1042.5),
    (ORDER, "the total shown on the page", "number", 1042.5),
    (ORDER, "what is the weight?", "string", "3 kg"),
    (ORDER, "the weight", "integer", 3),
    (ORDER, "the gift", "boolean", True),
    (ORDER, "the standard delivery", "number", 0.0),
    (ORDER, "the heading", "string", "Thank you, Ann"),
    (ORDER, "the title", "string", "Order confirmed"),
    (ORDER, "the page title", "string", "Order confirmed"),
    (ORDER, 'the text after "Order total:"', "string", "$1,042.50"),
    (ORDER, "the number after 'Your order'", "integer", 1001),
    (ORDER, '"Order total"', "string", "$1,042.50"),
    (CART, "the total", "string", "$42"),
    (CART, "the price of Dormouse teapot cosy", "number", 7.0),
    (CART, "the sum of the Dormouse teapot cosy", "number", 14.0),
    (CART, "the quantity of Dormouse teapot cosy", "integer", 2),
    (HOME, "the number of products", "integer", 3),
    (HOME, "In stock only", "boolean", False),
    (HOME, "Sort by", "string", "Our choice"),
    (HOME, "the name", "string", ""),
    (CHECKOUT, "the full name", "string", "Ann Liddell"),
    (CHECKOUT, "I accept the terms", "boolean", True),
]

NUMBERS = [
    ("$1,042.50", 1042.5),
    ("1.042,50 €", 1042.5),
    ("1\u202f042,50", 1042.5),
    ("1'042.50", 1042.5),
    ("1,042", 1042.0),
    ("1,042,300", 1042300.0),
    ("1.042.300", 1042300.0),
    ("1.042", 1.042),
    ("3,5", 3.5),
    ("3 kg", 3.0),
    ("30 %", 30.0),
    ("-5", -5.0),
    ("\u22125", -5.0),
    ("-$5", -5.0),
    ("$-5", -5.0),
    ("about 5 (five)", 5.0),
    ("5.", 5.0),
]

NO_NUMBERS = ["", "five", "5 of 9", "2024-01-02", "1.2.2024", "555 1234", "1,2,3", "B-12", "v2",
              ".5", "1.2 million", "3k", "Balance - $5"]  # fmt: skip


@pytest.mark.parametrize(("tree", "instruction", "kind", "value"), ONE)
def test_a_value_is_found_by_its_label(
    tree: str, instruction: str, kind: str, value: object
) -> None:
    read = ask("extract", tree, instruction, value=kind)["value"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_number_is_read_as_people_write_it(text: str, number: float) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_not_one_number_is_none(text: str) -> None:
    assert number_in(text) is None


def test_several_values_are_named_by_their_properties() -> None:
    read = ask("extract", ORDER, "all of it", orderTotal="number", weight="string", title="string")
    assert read == {"orderTotal": 1042.5, "weight": "3 kg", "title": "Order confirmed"}


def test_the_property_names_what_the_instruction_does_not() -> None:
    assert ask("extract", ORDER, "how much it costs", order_total="number") == {
        "order_total": 1042.5
    }


def test_the_property_does_not_pass_over_what_the_instruction_adds() -> None:
    with pytest.raises(ModelError):
        ask("extract", ORDER, "the total of the second order", total="number")


def test_a_label_of_its_own_element_ends_with_the_next_one() -> None:
    tree = """\
[1-1] paragraph
  [1-2] StaticText: Price:
  [1-3] StaticText: $42
  [1-4] StaticText: (paid)
  [1-5] StaticText: Tax:
  [1-6] StaticText: $3"""
    assert ask("extract", tree, "the price", p="string") == {"p": "$42 (paid)"}
    assert ask("extract", tree, "the tax", p="number") == {"p": 3.0}


def test_two_texts_alone_on_a_line_are_a_label_and_its_value() -> None:
    tree = "[1-1] div\n  [1-2] StaticText: Tax\n  [1-3] StaticText: $3"
    assert ask("extract", tree, "the tax", p="string") == {"p": "$3"}


def test_three_texts_on_a_line_are_not() -> None:
    tree = "[1-1] div\n" + "\n".join(f"  [1-{n}] StaticText: {n}" for n in (2, 3, 4))
    with pytest.raises(ModelError):
        ask("extract", tree, "2", p="string")


SECTIONS = """\
[1-0] body
  [1-1] div
    [1-2] heading: Request URL
    [1-3] StaticText: http://shop/books?copies=3
  [1-4] heading: Reply
  [1-5] div
    [1-6] heading: Code
    [1-7] paragraph
      [1-8] StaticText: 200
  [1-9] heading: Basket
  [1-10] button: Pay
  [1-11] heading: Story
  [1-12] paragraph
    [1-13] StaticText: Long ago.
  [1-14] paragraph
    [1-15] StaticText: The end."""


def test_the_only_line_under_a_heading_is_its_value() -> None:
    assert ask("extract", SECTIONS, "the request URL", p="string") == {
        "p": "http://shop/books?copies=3"
    }
    assert ask("extract", SECTIONS, "the code", p="integer") == {"p": 200}


@pytest.mark.parametrize("heading", ["the reply", "the basket", "the story"])
def test_nothing_buttons_and_several_lines_are_no_value_of_a_heading(heading: str) -> None:
    with pytest.raises(ModelError):
        ask("extract", SECTIONS, heading, p="string")


def test_a_line_with_a_label_of_its_own_keeps_it() -> None:
    tree = (
        "[1-1] div\n  [1-2] heading: Weight\n  [1-3] paragraph\n    [1-4] StaticText: Weight: 3 kg"
    )
    assert ask("extract", tree, "the weight", p="string") == {"p": "3 kg"}


FIELDS = """\
[1-1] textbox
  [1-2] StaticText: Long ago
[1-3] textbox
  [1-4] StaticText: The end
[1-5] textbox: Name
  [1-6] StaticText: Ann"""


@pytest.mark.parametrize(
    ("instruction", "value"),
    [
        ("the text in the second text area", "The end"),
        ("copy the contents of the first text area", "Long ago"),
        ("the value of the Name field", "Ann"),
        ("the value of name", "Ann"),
        ("the Name field", "Ann"),
    ],
)
def test_what_a_field_holds_is_read_however_the_field_is_named(
    instruction: str, value: str
) -> None:
    assert ask("extract", FIELDS, instruction, p="string") == {"p": value}


def test_a_noun_alone_names_a_field_only_where_its_value_is_asked_for() -> None:
    tree = "[1-1] textbox\n  [1-2] StaticText: Long ago"
    assert ask("extract", tree, "the text in the box", p="string") == {"p": "Long ago"}
    with pytest.raises(ModelError):
        ask("extract", tree, "how large it is", box="string")


def test_of_two_fields_that_fit_neither_is_read() -> None:
    with pytest.raises(AmbiguousError, match="equally well"):
        ask("extract", FIELDS, "the text in the text area", p="string")


def test_the_only_row_of_a_table_is_labelled_by_its_columns() -> None:
    tree = """\
[1-1] table
  [1-2] row
    [1-3] columnheader: Number
    [1-4] columnheader: State
    [1-5] columnheader: Total
  [1-6] row
    [1-7] cell: 1001
    [1-8] cell: paid
    [1-9] cell: $42"""
    read = ask("extract", tree, "the order", number="integer", state="string", total="number")
    assert read == {"number": 1001, "state": "paid", "total": 42.0}


def test_columns_that_span_are_not_guessed_at() -> None:
    tree = """\
[1-1] table
  [1-2] row
    [1-3] columnheader: Total
  [1-6] row
    [1-7] cell: 1001
    [1-8] cell: paid
    [1-9] cell: $42"""
    with pytest.raises(ModelError):
        ask("extract", tree, "the total", total="number")


def test_different_values_under_one_label_are_refused() -> None:
    with pytest.raises(AmbiguousError, match=r'values for "heading": White Rabbit'):
        ask("extract", HOME, "the heading", heading="string")


def test_the_same_value_twice_is_one() -> None:
    tree = "[1-1] div\n  [1-2] StaticText: Total: $1\n[1-3] div\n  [1-4] StaticText: Total: $1"
    assert ask("extract", tree, "the total", total="number") == {"total": 1.0}


def test_a_value_of_another_kind_is_not_passed_over_for_one_that_fits() -> None:
    tree = "[1-1] StaticText: Total: soon\n[1-2] paragraph\n  [1-3] StaticText: Total: $2"
    with pytest.raises(ModelError):
        ask("extract", tree, "the total", total="number")


@pytest.mark.parametrize(
    ("instruction", "properties"),
    [
        ("the customer's mood", {"mood": "string"}),
        ("the weight", {"weight": "boolean"}),
        ("the order total", {"total": "integer"}),
        ("the items", {"items": "array"}),
        ("the order", {"order": "object"}),
        ("%secret_X%", {"total": "string"}),
    ],
)
def test_what_is_not_labelled_needs_a_model(instruction: str, properties: dict[str, str]) -> None:
    with pytest.raises(ModelError) as refusal:
        ask("extract", ORDER, instruction, **properties)
    assert refusal.value.trouble == "needs_model"


def test_the_refusal_says_what_was_looked_for() -> None:
    with pytest.raises(ModelError, match='nothing "mood of the customer"'):
        ask("extract", ORDER, "the mood of the customer", mood="string")


def test_a_password_is_not_read() -> None:
    with pytest.raises(ModelError):
        ask("extract", CHECKOUT, "the password", password="string")


@given(
    st.text(max_size=200) | st.sampled_from([HOME, CART, CHECKOUT, ORDER]),
    st.text(max_size=40) | st.sampled_from(["the total", "the heading", 'text after "Total:"']),
    st.sampled_from(["string", "number", "integer", "boolean"]),
)
def test_any_question_is_answered_or_refused(tree: str, instruction: str, kind: str) -> None:
    with suppress(ModelError, AmbiguousError):
        read = ask("extract", tree, instruction, value=kind)
        assert isinstance(read["value"], str | int | float | bool)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = number_in(text)
    assert number is None or isinstance(number, float)


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 2)))
def test_a_number_written_in_english_is_read_back(number: float) -> None:
    assert number_in(f"{number:,.2f}") == number
