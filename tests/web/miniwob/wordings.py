"""How the package words its tasks, and the plain instructions for each wording.

A rule knows the wording, and what the task's page always looks like: never the episode's own page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.web.miniwob.values import CODES, WIDGETS, clock, date_steps, nth, ticks

Steps = list[Any]
"""Instructions for `act`, or whole steps."""

Build = Callable[[re.Match[str]], Steps | None]

_THEN = re.compile(r",? *(?:and then|and|then) (?=click|press|hit|enter)", re.IGNORECASE)


def as_said(found: re.Match[str]) -> Steps:
    """The task is a plain instruction already, or several after each other."""
    return list(_THEN.split(found[0].rstrip(".")))


def _says(*steps: str) -> Build:
    """These instructions, with `{0}` for what the pattern's first group has found."""
    return lambda found: [step.format(*found.groups()) for step in steps]


def _copies(what: str, into: str) -> Build:
    """What is shown goes through a variable: there is no clipboard in a plain instruction."""

    def build(found: re.Match[str]) -> Steps:
        reading = {"instruction": what.format(*found.groups()), "schema": {"value": "string"}}
        typing = "type ${copied.value} into " + into
        return [{"extract": {**reading, "save_as": "copied"}}, typing, _SUBMIT]

    return build


def _menu(found: re.Match[str]) -> Steps:
    *above, last = found[1].split(">")
    return [*(f"hover over {name}" for name in above), f"click {last}"]


def _found(found: re.Match[str]) -> Steps:
    """Three results a page."""
    page, place = divmod(int(found[2]) - 1, 3)
    turned = [f'click the link "{number + 2}"' for number in range(page)]
    typed = f'type "{found[1]}" into the textbox'
    return [typed, "click Search", *turned, f"click the {nth(place + 1)} link"]


def _post(found: re.Match[str]) -> Steps:
    """The icons have no names, and change under the pointer, as does the menu behind the last."""
    icon = {"Reply": "first", "Retweet": "second", "Like": "third"}.get(found[2], "last")
    image = f"the {icon} image next to {found[1]}"
    return [f"hover over {image}", f"click {image}",
            *([f'click the last "{found[2]}"'] if icon == "last" else [])]  # fmt: skip


_SUBMIT = "click Submit"
_TYPED = 'type "{0}" into the text field'
_MAIL = 'click the last "{0}"'

_WORDINGS: list[tuple[str, Build]] = [
    # Plain already.
    (r'click (?:on )?(?:the )?"[^"]+" button\.', as_said),
    (r"click (?:on )?(?:the )?(?:cancel |close )?button(?: [A-Z]+)?\.", as_said),
    (r"click button ONE, then click button TWO\.", as_said),
    (r"click on tab #\d\.", as_said),
    (r"focus into the .*textbox\.", as_said),
    (r"select .+ from the (?:scroll )?list and click submit\.", as_said),
    (r"choose .+ from the dropdown, then click .+", as_said),
    (r'enter "[^"]+" into the text field and press submit\.', as_said),
    # Searching, unfolding and closing.
    (r'(?:(?:switch between|expand) .+ to find and )?click on the link "(.+)"\.',
     _says('click "{0}"')),
    (r"expand the section below and click submit\.", _says("click the first tab", _SUBMIT)),
    (r'navigate through the file tree\. .+ named "(.+)"\.', _says('click "{0}"')),
    (r'expand the pie menu below and click on the item labeled "(.+)"\.',
     _says('click "+"', 'click the last "{0}"')),
    (r'click the "Menu" button, and then find and click on the item labeled "(.+)"\.',
     _says('click the "Menu" button', 'click "{0}"')),
    (r"select ([\w>]+)", _menu),
    (r'click the button in the dialog box labeled "(.+)"\.',
     _says('click the "{0}" button in the dialog')),
    (r"close the dialog box .+", _says("click Close")),
    (r'click on a "(.+)" widget\.', lambda found: [f"click the first {WIDGETS[found[1]]}"]),
    (r"click on the numbers in ascending order\.", _says(*(f'click "{n}"' for n in range(1, 6)))),
    # Forms.
    (r"select (?!words similar)([\w, ]+) and click submit\.",
     lambda found: [*ticks(found[1]), _SUBMIT]),
    (r'check (.+) and (enter the number "-?\d+" into .+)\.',
     _says("check {0}", "{1}", _SUBMIT)),
    (r"enter (\d\d)/(\d\d)/(\d{4}) as the date and hit submit\.",
     _says("type {2}-{0}-{1} into the date field", _SUBMIT)),
    (r"enter (\d+):(\d\d) (AM|PM) as the time and press submit\.",
     lambda found: [f'type "{clock(*found.groups())}" into the time field', _SUBMIT]),
    (r"select (\d\d)/(\d\d)/2016 as the date and hit submit\.",
     lambda found: [*date_steps(int(found[1]), int(found[2])), _SUBMIT]),
    (r'enter the password "(.+)" into both text fields and press submit\.',
     _says('type "{0}" into Password', 'type "{0}" into Verify password', _SUBMIT)),
    (r'enter the username "(.+)" and the password "(.+)" into the text fields and press login\.',
     _says('type "{0}" into Username', 'type "{1}" into Password', "click the button")),
    (r'type "(\w+)" in all (upper|lower) case letters in the text input and press submit\.',
     lambda found: [_TYPED.format(getattr(found[1], found[2])()), _SUBMIT]),
    (r"select (-?\d+) with the spinner and hit submit\.",
     _says('type "{0}" into the spinner', _SUBMIT)),
    (r"search for (\w+) movies directed by (\w+) from year (\d+)\.",
     _says("type {0} into Genre", "type {1} into Director", "type {2} into Year", _SUBMIT)),
    (r'use the textbox to enter "(.+)" and press "Search", then .+ the (\d+)\w\w search result\.',
     _found),
    (r"order one of each item: (.+)",
     lambda found: [*(f'click "+" next to "{dish}"' for dish in found[1].split(", ")),
                    "click Order"]),
    (r"select (\w+) with the color picker and hit submit\.",
     lambda found: [f"type {CODES[found[1]]} into the text box", _SUBMIT]
     if found[1] in CODES else None),
    (r'enter an item that starts with "([^"]+)"\.', _says(_TYPED, _SUBMIT)),
    # What is shown, and typed again.
    (r"enter the value of (.+) into the text field and press submit\.",
     _copies("{0}", "the text field")),
    (r"copy the text from the (\d\w\w) text area below and paste it .+",
     _copies("the text in the {0} text area", "the last text field")),
    # Texts that scroll.
    (r'scroll to the bottom of the textarea, enter the name "(.+)" then press "(.+)"',
     _says("scroll the textarea to the bottom", 'type "{0}" into the name field', 'click "{1}"')),
    (r"scroll the textarea to the (bottom|top) of the text hit submit\.",
     _says("scroll the textarea to the {0}", _SUBMIT)),
    # Mail, posts and contacts, whose icons have no names.
    (r"find \w+ in the contact book and click on their (phone|email|address).*",
     _says("click the link next to {0}")),
    (r"find the email by (\w+) and click the trash icon .+",
     _says("click the first image next to {0}")),
    (r"find the email by (\w+) and click the star icon .+",
     _says("click the second image next to {0}")),
    (r'find the email by (\w+) and reply to them with the text "(.+)"\.',
     _says(_MAIL, "click Reply", 'type "{1}" into the textbox', "click the last image")),
    (r"find the email by (\w+) and forward that email to (\w+)\.",
     _says(_MAIL, "click Forward", "type {1} into the to field", "click the second image")),
    (r'for the user (@\w+), click on the "(.+)" button\.', _post),
]  # fmt: skip

RULES = [(re.compile(wording, re.IGNORECASE), build) for wording, build in _WORDINGS]
