"""What a task's words come to, where its page wants them written differently."""

from __future__ import annotations

CODES = {
    "red": "FF0000", "green": "008000", "blue": "0000FF", "yellow": "FFFF00", "cyan": "00FFFF",
    "magenta": "FF00FF", "white": "FFFFFF", "black": "000000", "gray": "808080", "teal": "008080",
    "navy": "000080", "purple": "800080", "maroon": "800000", "olive": "808000", "lime": "00FF00",
}  # fmt: skip
"""The colours of CSS that tasks ask for, as they are typed."""

WIDGETS = {
    "button": "button", "checkbox": "checkbox", "radio": "radio button", "text": "text field",
    "textarea": "text area",
}  # fmt: skip
"""What people call them."""


def ticks(names: str) -> list[str]:
    """Boxes to check."""
    return [] if names == "nothing" else [f"check {name}" for name in names.split(", ")]


def clock(hour: str, minute: str, half: str) -> str:
    """A time as a time field takes it."""
    return f"{int(hour) % 12 + 12 * (half == 'PM'):02}:{minute}"


def date_steps(month: int, day: int) -> list[str]:
    """Choosing a day: the calendar opens in December, and goes back month by month."""
    return ["click the date", *["click Prev"] * (12 - month), f'click "{day}"']


def nth(number: int) -> str:
    """The first three ordinals."""
    return ("first", "second", "third")[number - 1]
