"""What a plain instruction does to which element, in Stagehand's terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from executor.matcher import naming
from executor.matcher.imperative import targetless
from executor.matcher.naming import Fitting, the_one
from executor.matcher.quoting import VARIABLE
from executor.matcher.refusing import described, listed
from executor.matcher.roles import CHOICES, DROPDOWNS, FIELDS, OPERABLE, TICKED, UNTICKED
from executor.matcher.tree import Tree
from executor.words.question import ModelError, NoSuchElementError

if TYPE_CHECKING:
    from executor.matcher.imperative import Imperative, Verb
    from executor.matcher.tree import Node

_ANYTHING = Fitting(OPERABLE, strict=False, texts=True)
_FITTING: dict[Verb, Fitting] = {
    "click": _ANYTHING,
    "double_click": _ANYTHING,
    "hover": _ANYTHING,
    "scroll": _ANYTHING,
    "press_key": Fitting(OPERABLE, strict=False),
    "type": Fitting(FIELDS),
    "set": Fitting(FIELDS | DROPDOWNS),
    "clear": Fitting(FIELDS | UNTICKED),
    "check": Fitting(TICKED),
    "uncheck": Fitting(UNTICKED),
}
_MOUSE = {"hover": "hover", "scroll": "scrollTo", "double_click": "doubleClick"}
_DROPDOWN = Fitting(DROPDOWNS)
_OPTION = Fitting(CHOICES, strict=False)
_CHOICE = Fitting(CHOICES | TICKED | {"button", "link"}, strict=False, preferred=CHOICES)


@dataclass(frozen=True, slots=True)
class Deed:
    """One element, and what to do to it: `method` and `arguments` are Stagehand's."""

    node: Node
    method: str
    arguments: tuple[str, ...] = ()


def deed_of(tree: Tree, wanted: Imperative) -> Deed:
    """What the instruction means on this page.

    Raises ModelError, NoSuchElementError and AmbiguousError.
    """
    if targetless(wanted):
        raise ModelError("needs_model", f"{wanted.verb} is for the page, not for an element of it")
    if wanted.verb == "choose":
        return _choose(tree, wanted)
    require_names(wanted.words)
    fitting = _FITTING[wanted.verb]
    around = _scrolling(tree, wanted, fitting) if wanted.verb == "scroll" else tree
    node = the_one(around, wanted.target, fitting, wanted.words)
    match wanted.verb:
        case "type":
            return Deed(node, "fill", (wanted.value or "",))
        case "set":
            return _set(tree, node, wanted)
        case "clear":
            return Deed(node, "fill", ("",)) if node.role in FIELDS else Deed(node, "click")
        case "press_key":
            return Deed(node, "press", (wanted.value or "",))
        case "hover" | "scroll" | "double_click":
            return Deed(node, _MOUSE[wanted.verb], (wanted.value,) if wanted.value else ())
    # Ticking is a click too: what performs it leaves a box alone that is ticked already.
    return _chosen(node)


def require_names(words: str) -> None:
    """Raises ModelError if words that name an element have a secret in them: that may be typed
    unseen, but not looked for."""
    unseen = VARIABLE.search(words)
    if unseen is not None:
        raise ModelError(
            "needs_model",
            f'"{words}" is to name an element, but nobody who decides is told what {unseen[0]}'
            " stands for: write the name, or use a variable",
        )


def _scrolling(tree: Tree, wanted: Imperative, fitting: Fitting) -> Tree:
    """What can be scrolled to its end, if that is asked for and one of it fits."""
    scrolling = Tree(tuple(node for node in tree.nodes if node.scrolls))
    fits = wanted.value and naming.best(scrolling, wanted.target, fitting) is not None
    return scrolling if fits else tree


def _set(tree: Tree, node: Node, wanted: Imperative) -> Deed:
    """Some comboboxes are typed into and some chosen from: one that shows the option is the
    latter."""
    chosen = node.role in DROPDOWNS
    if node.role == "combobox":
        chosen = naming.best(_options(tree, node), wanted.option, _OPTION) is not None
    return _choose_from(tree, node, wanted) if chosen else Deed(node, "fill", (wanted.value or "",))


def _choose(tree: Tree, wanted: Imperative) -> Deed:
    if wanted.target and naming.best(tree, wanted.target, _DROPDOWN) is not None:
        return _choose_from(tree, the_one(tree, wanted.target, _DROPDOWN, wanted.words), wanted)
    require_names(wanted.words)
    return _chosen(the_one(tree, wanted.choice, _CHOICE, wanted.words))


def _choose_from(tree: Tree, dropdown: Node, wanted: Imperative) -> Deed:
    value = wanted.value or ""
    if VARIABLE.search(value) is not None and dropdown.role == "select":
        return Deed(dropdown, "selectOptionFromDropdown", (value,))
    options = _options(tree, dropdown)
    if naming.best(options, wanted.option, _OPTION) is None:
        shown = f"it shows {listed(options.nodes)}" if options.nodes else "it shows none: open it"
        raise NoSuchElementError(f'{described(dropdown)} has no option "{value}"; {shown}')
    return _chosen(the_one(options, wanted.option, _OPTION, value))


def _options(tree: Tree, dropdown: Node) -> Tree:
    """What can be chosen. The list of a combobox may stand anywhere on the page."""
    own = [node for node in dropdown.descendants() if node.role in CHOICES]
    if own or dropdown.role != "combobox":
        return Tree(tuple(own))
    return Tree(
        tuple(node for node in tree.of_roles(frozenset({"option"})) if _select(node) is None)
    )


def _chosen(node: Node) -> Deed:
    """Clicked, except for an option of the browser's own dropdown: that cannot be."""
    select = _select(node)
    if select is None:
        return Deed(node, "click")
    return Deed(select, "selectOptionFromDropdown", (node.name,))


def _select(node: Node) -> Node | None:
    """The browser's own dropdown that an element is in."""
    return next((above for above in node.ancestors() if above.role == "select"), None)
