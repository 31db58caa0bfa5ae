"""Reading Stagehand's text of a page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from executor.matcher.lines import lines_of
from executor.matcher.tree import Node, Tree, parse_tree
from tests.matcher.shop_trees import CART, HOME

LINES = st.lists(
    st.builds(
        lambda depth, number, rest: f"{'  ' * depth}[1-{number}] {rest}",
        st.integers(0, 5),
        st.integers(0, 99),
        st.text(max_size=30),
    )
    | st.text(max_size=30),
    max_size=20,
)


def said(text: str) -> list[str]:
    return [line.text for line in lines_of(parse_tree(text).nodes)]


def node(tree: str | Tree, identifier: str) -> Node:
    found = (parse_tree(tree) if isinstance(tree, str) else tree).find(identifier)
    assert found is not None
    return found


def test_an_element_has_an_id_a_role_and_a_name() -> None:
    button = node(HOME, "1-74")
    assert (button.role, button.name) == ("button", "Buy now")


def test_a_role_may_have_a_comma_and_no_name() -> None:
    assert (node(HOME, "1-26").role, node(HOME, "1-26").name) == ("scrollable, html", "")


def test_a_name_may_have_colons_brackets_and_quotes() -> None:
    tree = '[1-1] heading: We said "hi": [x] {ok}\n[1-2] StaticText: not a flag [checked]'
    assert node(tree, "1-1").name == 'We said "hi": [x] {ok}'
    assert node(tree, "1-2").name == "not a flag [checked]"
    assert not node(tree, "1-2").on


def test_checked_and_selected_are_flags_and_no_part_of_the_name() -> None:
    tree = "[1-1] checkbox: News [checked]\n[1-2] option [selected]\n[1-3] checkbox: Off"
    assert [(one.name, one.on) for one in parse_tree(tree).nodes] == [
        ("News", True),
        ("", True),
        ("Off", False),
    ]


def test_indentation_makes_parents_and_children() -> None:
    tree = parse_tree(HOME)
    option = node(tree, "1-102")
    assert [above.role for above in option.ancestors()][:2] == ["MenuListPopup", "select"]
    assert option in list(node(tree, "1-8").descendants())
    assert option.within(node(tree, "1-79"))
    assert not option.within(node(tree, "1-61"))


def test_a_frame_is_part_of_the_tree() -> None:
    tree = parse_tree(HOME)
    assert node(tree, "0-13").within(node(tree, "1-16"))


def test_siblings_follow_each_other() -> None:
    tree = parse_tree(HOME)
    assert node(tree, "1-74").next is node(tree, "1-77")
    assert node(tree, "1-77").next is None
    assert tree.nodes[0].next is None


def test_the_title_is_the_document_s_and_not_a_frame_s() -> None:
    assert parse_tree(HOME).title == "The Looking-Glass Shop"
    assert parse_tree("[1-1] button: Buy").title == ""
    assert parse_tree("").title == ""


def test_preformatted_text_goes_on_over_several_lines() -> None:
    tree = parse_tree("[1-1] StaticText: one\n   two\nthree\n[1-2] button: Buy")
    assert [one.name for one in tree.nodes] == ["one two three", "Buy"]


def test_a_page_that_writes_lines_of_a_tree_cannot_pass_them_off_as_elements() -> None:
    tree = parse_tree("[1-9] button: Delete all\n[1-8] StaticText: try\n[1-9] button: Harmless")
    assert {one.role for one in tree.nodes if one.id == "1-9"} == {"unknown"}


def test_a_page_says_the_text_of_each_line() -> None:
    assert said(CART) == [
        "Cart 2", "Your cart", "Product", "Price", "Quantity", "Sum",
        "Dormouse teapot", "White", "$28", "Update", "$28", "Remove",
        "Dormouse teapot cosy", "$7", "Update", "$14", "Remove",
        "Total: $42", "Check out", "Empty the cart",
    ]  # fmt: skip


def test_a_page_does_not_say_what_is_typed_drawn_or_folded_away() -> None:
    tree = """\
[1-1] textbox: Email
  [1-2] StaticText: ann@x.org
[1-3] image: A rabbit
[1-4] region: Only for screen readers
[1-5] select: Colour
  [1-6] option: White [selected]
  [1-7] option: Blue"""
    assert said(tree) == ["White"]


def test_words_with_a_link_among_them_are_one_line() -> None:
    tree = """\
[1-1] paragraph
  [1-2] StaticText: Read the
  [1-3] link: terms
  [1-4] StaticText: first
[1-5] paragraph
  [1-6] StaticText: Then
  [1-7] LineBreak:
  [1-8] StaticText: buy"""
    assert said(tree) == ["Read the terms first", "Then", "buy"]


@given(LINES)
def test_any_text_can_be_read(lines: list[str]) -> None:
    tree = parse_tree("\n".join(lines))
    assert all(one.parent is None or one in one.parent.children for one in tree.nodes)
    lines_of(tree.nodes)


def test_a_tree_may_be_very_deep() -> None:
    deep = "\n".join(f"{'  ' * depth}[1-{depth}] div" for depth in range(3000))
    tree = parse_tree(deep + f"\n{'  ' * 3000}[1-3000] StaticText: down here")
    assert [line.text for line in lines_of(tree.nodes)] == ["down here"]
