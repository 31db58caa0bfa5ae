"""Texts of tested pages, and of whoever names runs, for display: as text, whatever is in them.

Jinja escapes what HTML would act on. What is left are characters that people do not see but that
change what they see: controls, ANSI sequences, marks that turn the direction round. They are shown
as what they are, and each text is isolated so that its direction ends with it.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Not the joiners U+200C and U+200D, without which Persian and many emoji fall apart."""

_PICTURES = 0x2400
_SPACE, _DELETE = 0x20, 0x7F

LONGEST = 2_000
"""Characters of one text on a page; the whole is in the events, which the page links to."""


def visible(text: str) -> str:
    """`text` with a sign in place of every character that cannot be seen."""
    return _INVISIBLE.sub(lambda found: _sign(ord(found[0])), text)


def shown(text: object, most: int = LONGEST) -> Markup:
    """`text` for a page: at most so many characters of it, and how many were left out."""
    whole = str(text)
    left_out = len(whole) - most
    # A few more than allowed are shown rather than counted.
    if left_out <= most // 10:
        return Markup("<bdi>{}</bdi>").format(escape(visible(whole)))
    more = Markup(' <span class="more">… {:,} more characters</span>').format(left_out)
    return Markup("<bdi>{}</bdi>").format(escape(visible(whole[:most]))) + more


def plain(text: object, most: int = 120) -> str:
    """The same where no element can be: in a title or an attribute."""
    whole = str(text)
    return visible(whole) if len(whole) <= most else visible(whole[: most - 1]) + "…"


def _sign(code: int) -> str:
    if code < _SPACE:
        return chr(_PICTURES + code)
    return "\u2421" if code == _DELETE else f"⟨U+{code:04X}⟩"
