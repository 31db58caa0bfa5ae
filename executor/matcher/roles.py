"""What elements are called: the nouns of instructions, and Chromium's roles behind them."""

from __future__ import annotations

import re

Roles = frozenset[str]

FIELDS: Roles = frozenset(
    {
        "textbox", "searchbox", "spinbutton", "combobox", "slider",
        "Date", "DateTime", "InputTime", "ColorWell",
    }
)  # fmt: skip
"""What a value can be typed into."""

DROPDOWNS: Roles = frozenset({"select", "combobox", "listbox"})
"""What an option can be chosen from. Only `select` is the browser's own."""

TICKED: Roles = frozenset(
    {"checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"}
)  # fmt: skip
UNTICKED: Roles = TICKED - {"radio", "menuitemradio"}
"""What can be cleared again: a radio button cannot."""

CHOICES: Roles = frozenset({"option", "radio", "tab", "menuitem", "menuitemradio", "treeitem"})
OPERABLE: Roles = (
    FIELDS | DROPDOWNS | TICKED | CHOICES
    | {"button", "link", "DisclosureTriangle", "gridcell", "input, file"}
)  # fmt: skip
"""What people operate, as opposed to what they read."""

CELLS: Roles = frozenset({"cell", "gridcell", "rowheader", "columnheader"})
ITEMS: Roles = frozenset({"row", "listitem", "article", "treeitem", "figure"})
"""One of several that are alike."""

GROUPS: Roles = ITEMS | {
    "region", "form", "group", "radiogroup", "navigation", "dialog", "alertdialog", "list", "table",
    "grid", "complementary", "search", "tabpanel", "toolbar", "menu", "menubar", "tablist",
    "Iframe", "banner", "contentinfo", "section", "div", "tree", "DescriptionList",
}  # fmt: skip
"""What holds things that belong together."""

WHOLE_PAGES: Roles = frozenset({"RootWebArea", "scrollable, html", "html", "body", "main"})

_BUTTONS: Roles = frozenset({"button", "DisclosureTriangle"})
_MENUITEMS: Roles = frozenset({"menuitem", "menuitemcheckbox", "menuitemradio"})
_IMAGES: Roles = frozenset({"image", "img", "graphics-document", "svg"})
_TEXTS: Roles = frozenset({"StaticText", "LabelText", "paragraph", "Legend", "caption", "p"})
_CHECKBOXES: Roles = frozenset({"checkbox", "switch", "menuitemcheckbox"})
_DIALOGS: Roles = frozenset({"dialog", "alertdialog"})

KINDS: dict[str, Roles] = {
    **dict.fromkeys(["button"], _BUTTONS),
    **dict.fromkeys(["link", "hyperlink"], frozenset({"link"})),
    **dict.fromkeys(
        ["field", "text field", "text box", "textbox", "input", "input field", "text input",
         "input box", "text area", "textarea", "entry field", "form field", "input textbox",
         "input text box", "text input field"],
        FIELDS,
    ),
    **dict.fromkeys(["box"], FIELDS | _CHECKBOXES),
    **dict.fromkeys(
        ["search box", "search field", "search bar", "searchbox", "search input"],
        frozenset({"searchbox"}),
    ),
    **dict.fromkeys(["checkbox", "check box", "tick box"], _CHECKBOXES),
    **dict.fromkeys(["radio button", "radio"], frozenset({"radio", "menuitemradio"})),
    **dict.fromkeys(["switch", "toggle"], frozenset({"switch", "checkbox"})),
    **dict.fromkeys(
        ["dropdown", "drop-down", "drop down", "dropdown list", "drop-down list", "dropdown menu",
         "drop-down menu", "select", "select box", "combobox", "combo box", "select menu"],
        DROPDOWNS,
    ),
    **dict.fromkeys(["listbox", "list box"], frozenset({"listbox", "select"})),
    **dict.fromkeys(["option", "choice"], frozenset({"option", "radio"}) | _MENUITEMS),
    **dict.fromkeys(["tab"], frozenset({"tab"})),
    **dict.fromkeys(["menu item", "menuitem", "menu entry"], _MENUITEMS),
    **dict.fromkeys(["menu"], _BUTTONS | _MENUITEMS | {"menu", "menubar", "combobox"}),
    **dict.fromkeys(["slider"], frozenset({"slider"})),
    **dict.fromkeys(
        ["spinner", "stepper", "number field", "number input"], frozenset({"spinbutton"})
    ),
    **dict.fromkeys(
        ["date field", "date input", "date picker"], frozenset({"Date", "DateTime"})
    ),
    **dict.fromkeys(["time field", "time input", "time picker"], frozenset({"InputTime"})),
    **dict.fromkeys(
        ["color field", "color input", "color picker", "colour field", "colour picker"],
        frozenset({"ColorWell"}),
    ),
    **dict.fromkeys(["heading", "headline"], frozenset({"heading"})),
    **dict.fromkeys(["image", "picture", "photo"], _IMAGES),
    **dict.fromkeys(["icon"], _IMAGES | _BUTTONS | {"link"}),
    **dict.fromkeys(["text", "label", "paragraph"], _TEXTS),
    **dict.fromkeys(["cell", "table cell"], frozenset({"cell", "gridcell"})),
    **dict.fromkeys(["column header", "column"], frozenset({"columnheader"})),
    **dict.fromkeys(["row", "table row"], frozenset({"row"})),
    **dict.fromkeys(["list item"], frozenset({"listitem"})),
    **dict.fromkeys(["table", "grid"], frozenset({"table", "grid"})),
    **dict.fromkeys(["list"], frozenset({"list"})),
    **dict.fromkeys(["article"], frozenset({"article"})),
    **dict.fromkeys(["form"], frozenset({"form", "search"})),
    **dict.fromkeys(["dialog", "dialogue", "popup", "modal", "pop-up"], _DIALOGS),
    **dict.fromkeys(["frame", "iframe"], frozenset({"Iframe"})),
    **dict.fromkeys(["navigation", "navigation bar", "nav", "navbar"], frozenset({"navigation"})),
    **dict.fromkeys(["header", "banner"], frozenset({"banner"})),
    **dict.fromkeys(["footer"], frozenset({"contentinfo"})),
    **dict.fromkeys(["sidebar"], frozenset({"complementary"})),
    **dict.fromkeys(["alert"], frozenset({"alert", "alertdialog"})),
    **dict.fromkeys(["control", "element", "interactive element"], OPERABLE),
}  # fmt: skip
"""What the nouns of an instruction stand for."""

PLACES: dict[str, Roles] = {
    **KINDS,
    **dict.fromkeys(["section", "region", "area", "part", "panel", "group", "fieldset"], GROUPS),
    **dict.fromkeys(["product", "item", "card", "entry", "result"], ITEMS),
    **dict.fromkeys(["form"], frozenset({"form", "search", "group", "region", "section"})),
    **dict.fromkeys(["menu"], frozenset({"menu", "menubar", "navigation", "listbox"})),
}
"""The same for the place where something is; nouns that are too loose to name an element may tell
its surroundings."""


def kind_of(noun: str) -> str:
    """The singular of a noun that `pattern_of` matches, as it stands in `KINDS` or `PLACES`."""
    singulars = (noun, noun.removesuffix("s"), noun.removesuffix("es"))
    return next(singular for singular in singulars if singular in PLACES)


def pattern_of(kinds: dict[str, Roles]) -> str:
    """A regular expression for these nouns, the longest first, in singular or plural."""
    nouns = sorted(kinds, key=len, reverse=True)
    return "|".join(re.escape(noun).replace(r"\ ", r"\s+") + "(?:e?s)?" for noun in nouns)


_SHOWN = {
    "StaticText": "text",
    "LabelText": "label",
    "DisclosureTriangle": "disclosure",
    "Iframe": "frame",
    "input, file": "file field",
    "ColorWell": "colour field",
    "Date": "date field",
    "RootWebArea": "page",
    "div": "section",
}


def shown(role: str) -> str:
    """A role as it is written in messages."""
    return _SHOWN.get(role, role)
