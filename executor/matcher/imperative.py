"""Plain instructions: one verb, what it is for, and a value where the verb takes one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from executor.matcher.keys import CALLED_KEY, KEY, THE_KEY, key_of
from executor.matcher.phrase import Phrase, readings
from executor.matcher.plainness import names_one, plain
from executor.matcher.quoting import PART, sentence
from executor.matcher.splitting import split_choice, split_given, split_value, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from executor.matcher.quoting import Sentence

    Build = Callable[[Sentence, re.Match[str]], "Imperative | None"]

Verb = Literal[
    "click", "double_click", "hover", "scroll", "type", "set", "clear", "choose", "check",
    "uncheck", "press_key", "back", "forward", "reload",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imperative:
    """What an instruction asks for.

    `target` are the ways to read the words that name the element, and `words` these words; both are
    empty for the page as a whole. `value` is the text to type, the key as Playwright names it, how
    far to scroll in the element, as in `100%`, or the words for the option to choose. `option` are
    the ways to read these, `choice` the ways to read them together with their place, for options
    that are not in a dropdown.
    """

    verb: Verb
    target: tuple[Phrase, ...] = ()
    words: str = ""
    value: str | None = None
    option: tuple[Phrase, ...] = ()
    choice: tuple[Phrase, ...] = ()


def parse(instruction: str) -> Imperative | None:
    """What a plain instruction asks for. None for everything else: several actions, conditions,
    values that are described rather than given, verbs that are not known."""
    said = sentence(instruction)
    text = plain(said.text) if said.lines == 1 and said.closed else None
    for pattern, build in _GRAMMAR if text else ():
        found = pattern.fullmatch(text or "")
        if found is not None:
            return build(said, found)
    return None


def targetless(imperative: Imperative) -> bool:
    """Whether it is for the page as a whole: going back, reloading, a key for what has focus."""
    on_page = imperative.verb in {"back", "forward", "reload"}
    return on_page or (imperative.verb == "press_key" and not imperative.target)


# -- what the verbs take --------------------------------------------------------------------------


def _on_page(verb: Verb) -> Build:
    return lambda _said, _found: Imperative(verb)


def _on_element(verb: Verb) -> Build:
    return lambda said, found: _aimed(said, Imperative(verb), found["element"])


def _given(verb: Verb, preposition: str) -> Build:
    def build(said: Sentence, found: re.Match[str]) -> Imperative | None:
        split = split_given(found["both"], preposition, said)
        return _valued(said, verb, *split) if split is not None else None

    return build


def _labelled(said: Sentence, found: re.Match[str]) -> Imperative | None:
    return _valued(said, "type", found["value"], found["element"])


def _refused(_said: Sentence, _found: re.Match[str]) -> None:
    return None


def _press(said: Sentence, found: re.Match[str]) -> Imperative | None:
    key = key_of(said.opened(found["key"]))
    if key is None:
        return None
    pressing = Imperative("press_key", value=key)
    return _aimed(said, pressing, found["element"]) if found["element"] else pressing


def _press_button(said: Sentence, found: re.Match[str]) -> Imperative | None:
    """Whether `press "Enter"` means the key or a button of that name cannot be told."""
    words = said.opened(found["element"])
    return None if re.fullmatch(KEY, words, re.IGNORECASE) else _CLICK(said, found)


def _type(said: Sentence, found: re.Match[str]) -> Imperative | None:
    split = split_value(found["both"], said)
    return _valued(said, "type", *split) if split is not None else None


def _scroll_within(said: Sentence, found: re.Match[str]) -> Imperative | None:
    """The page as a whole is no element."""
    if _WHOLE_PAGE.fullmatch(found["element"]):
        return None
    end = "100%" if found["end"].casefold() == "bottom" else "0%"
    return _aimed(said, Imperative("scroll", value=end), found["element"])


def _choose(said: Sentence, found: re.Match[str]) -> Imperative | None:
    both = found["both"]
    option, words = split_choice(both, said)
    if not names_one(option):
        return None
    choosing = Imperative("choose", words=said.opened(both), value=said.opened(option))
    choosing = replace(choosing, option=readings(option, said), choice=readings(both, said))
    if not words:
        return choosing
    placed = readings(f"{option} in {words}", said)
    return replace(choosing, target=readings(words, said), choice=choosing.choice + placed)


def _valued(said: Sentence, verb: Verb, given: str, words: str) -> Imperative | None:
    value = value_of(given, said)
    if value is None:
        return None
    option = (Phrase(value, said.is_part(given)),)
    return _aimed(said, Imperative(verb, value=value, option=option), words)


def _aimed(said: Sentence, imperative: Imperative, words: str) -> Imperative | None:
    target = readings(words, said) if names_one(words) else ()
    return replace(imperative, target=target, words=said.opened(words)) if target else None


_CLICK = _on_element("click")
_WHOLE_PAGE = re.compile(r"(?:up|down|(?:(?:the|this) )?(?:page|screen|window))", re.IGNORECASE)


# -- the grammar ----------------------------------------------------------------------------------


def _rule(pattern: str, build: Build) -> tuple[re.Pattern[str], Build]:
    """`ELEMENT` is what is acted on, the last words of a sentence."""
    spelled = pattern.replace("ELEMENT", r"(?P<element>.+?)[.!]?")
    return re.compile(spelled, re.IGNORECASE), build


_PRESS = r"(?:press|hit|push|tap)(?-i: on)?"
_WHERE = (
    r"(?: on (?:the|your) keyboard"
    r"| (?:in|inside|within|on|into) (?!(?:the|your) keyboard)ELEMENT)?"
)
_IN = r"(?-i: (?:in|out))?"
_END = r"(?:the|its) (?P<end>top|bottom)"
_POINTER = r"the (?:mouse|pointer|cursor)"

_GRAMMAR: tuple[tuple[re.Pattern[str], Build], ...] = (
    _rule(r"(?:go|navigate) back(?: (?:one|a) page)?\.?", _on_page("back")),
    _rule(r"(?:go|navigate) forward(?: (?:one|a) page)?\.?", _on_page("forward")),
    _rule(r"(?:reload|refresh)(?: (?:the|this)(?: current)? page)?\.?", _on_page("reload")),
    # Keys, before the buttons that are pressed too.
    _rule(rf"{_PRESS}(?: the)? (?P<key>{CALLED_KEY}) key{_WHERE}\.?", _press),
    _rule(rf"{_PRESS} the (?P<key>{THE_KEY}){_WHERE}\.?", _press),
    _rule(rf"{_PRESS} (?P<key>{KEY}){_WHERE}\.?", _press),
    _rule(rf"{_PRESS} {KEY}.*", _refused),
    _rule(rf"{_PRESS} ELEMENT", _press_button),
    # Values.
    _rule(rf"fill{_IN} (?P<both>.+ with .+)", _given("type", "with")),
    _rule(rf"fill{_IN} (?P<element>[^:]+): (?P<value>{PART}|.*[^.])", _labelled),
    _rule(r"(?:set|change) (?P<both>.+ to .+)", _given("set", "to")),
    _rule(rf"(?:type|enter|put|write|input|insert|fill){_IN} (?P<both>.+?)\.?", _type),
    _rule(r"(?:select|choose|pick) (?P<both>.+?)\.?", _choose),
    # Boxes; what is checked "that", "if" or "for" is none.
    _rule(r"check (?:that|if|whether|for|out)\b.*", _refused),
    _rule(r"(?:check|tick|enable|turn on) ELEMENT", _on_element("check")),
    _rule(r"(?:uncheck|untick|deselect|disable|turn off) ELEMENT", _on_element("uncheck")),
    _rule(r"clear ELEMENT", _on_element("clear")),
    # The mouse.
    _rule(r"double[- ]?(?:click|tap)(?-i: on)? ELEMENT", _on_element("double_click")),
    _rule(rf"hover(?: {_POINTER})?(?-i: (?:over|on))? ELEMENT", _on_element("hover")),
    _rule(rf"(?:point (?:at|to)|move {_POINTER} (?:over|to|onto)) ELEMENT", _on_element("hover")),
    _rule(rf"scroll(?: (?:up|down))? to {_END} of ELEMENT", _scroll_within),
    _rule(rf"scroll (?P<element>.+?)(?: (?:up|down))? to {_END}\.?", _scroll_within),
    _rule(r"scroll to (?:the )?(?:top|bottom|end|start)\b.*", _refused),
    _rule(r"scroll(?: (?:up|down))? to ELEMENT", _on_element("scroll")),
    _rule(r"scroll (?P<element>.+) into view\.?", _on_element("scroll")),
    _rule(r"click(?-i: (?:on|in|into))? ELEMENT", _CLICK),
    _rule(r"focus(?-i: (?:on|in|into))? ELEMENT", _CLICK),
    _rule(r"(?:open|follow|visit|toggle|(?:go|navigate|switch) to) ELEMENT", _CLICK),
)  # fmt: skip
