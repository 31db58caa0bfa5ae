"""Keys, named as people say them and as Playwright does."""

from __future__ import annotations

import re

_ARROWS = {
    said: f"Arrow{way.title()}"
    for way in ("up", "down", "left", "right")
    for said in (f"arrow {way}", f"{way} arrow", f"arrow{way}")
}
_PLAIN = {
    "enter": "Enter", "escape": "Escape", "esc": "Escape", "tab": "Tab", "space": "Space",
    "space bar": "Space", "spacebar": "Space", "backspace": "Backspace",
    "page up": "PageUp", "pageup": "PageUp", "page down": "PageDown", "pagedown": "PageDown",
    **_ARROWS, **{f"f{number}": f"F{number}" for number in range(1, 13)},
}  # fmt: skip
_ALSO_ON_BUTTONS = {
    "return": "Enter", "delete": "Delete", "del": "Delete", "insert": "Insert", "home": "Home",
    "end": "End",
}  # fmt: skip
"""A key only if it is called one: "press Delete" more likely means a button."""

_NAMED = _PLAIN | _ALSO_ON_BUTTONS
_MODIFIERS = {
    "control": "Control", "ctrl": "Control", "shift": "Shift", "alt": "Alt", "meta": "Meta",
    "cmd": "Meta", "command": "Meta", "controlormeta": "ControlOrMeta",
}  # fmt: skip


def _any_of(names: dict[str, str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_COMBINATION = rf"(?:(?:{_any_of(_MODIFIERS)})\s*\+\s*)+(?:{_any_of(_NAMED)}|\S)"
KEY = rf"(?:{_COMBINATION}|{_any_of(_PLAIN)})(?!\S)"
"""A regular expression for what can only be a key."""

THE_KEY = rf"(?:space bar|{_any_of(_ARROWS)})"
"""The same after an article: the tab is something else than Tab."""

CALLED_KEY = rf"(?:{_COMBINATION}|{_any_of(_NAMED)}|\S)"
"""The same for what stands before the word "key"."""


def key_of(said: str) -> str | None:
    """The key as Playwright names it: `ctrl+a` is `Control+a`. None if there is no such key."""
    if re.fullmatch(CALLED_KEY, said, re.IGNORECASE) is None:
        return None
    *modifiers, key = re.split(r"\s*\+\s*(?=\S)", said)
    return "+".join([*(_MODIFIERS[one.casefold()] for one in modifiers), _one(key)])


def _one(key: str) -> str:
    return _NAMED.get(" ".join(key.casefold().split()), key)
