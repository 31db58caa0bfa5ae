"""Statements about a page, decided where their words and the page's decide them."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from executor.matcher import judging
from executor.matcher.claim import Claim, Verdict
from executor.matcher.phrase import readings, without_article
from executor.matcher.quoting import PART, VARIABLE, sentence
from executor.words.question import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from executor.matcher.phrase import Phrase
    from executor.matcher.quoting import Sentence
    from executor.matcher.tree import Tree

_NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
]  # fmt: skip


def verify(tree: Tree, statement: str) -> dict[str, Any]:
    """The judgement on a statement: `holds`, `reason`, and `quote`, the words on the page that
    decide it, empty if something absent does.

    Raises ModelError where it cannot be decided literally, AmbiguousError, NoSuchElementError.
    """
    said = sentence(statement)
    text = _simple(said.text)
    several = _SEVERAL.search(text) is not None
    unknown = VARIABLE.search(statement) is not None or not said.closed
    for pattern, judge in () if unknown else _GRAMMAR:
        found = pattern.fullmatch(text)
        verdict = judge(_Statement(tree, said, found)) if found is not None else None
        if verdict is not None and not (several and not (verdict.holds and verdict.quote)):
            return asdict(verdict)
    raise ModelError("needs_model", _undecided(statement))


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement that one rule of the grammar fits, and the page it is about."""

    tree: Tree
    said: Sentence
    found: re.Match[str]

    @property
    def negated(self) -> bool:
        """Whether it says that something is not so."""
        return any(self.found.groupdict().get(group) for group in ("not", "no"))

    @property
    def in_so_many_words(self) -> bool:
        """Whether it is about words: what a page "shows" may go by another name on it."""
        return (self.found.groupdict().get("verb") or "").casefold() in {"say", "says", "reads"}

    def words(self, group: str) -> str:
        """A group's words, quotes opened."""
        return self.said.opened(without_article(self.found[group]))

    def claim(self, group: str) -> Claim | None:
        """What is claimed; None if only a part of it is quoted."""
        text = self.found[group].strip()
        quoted = self.said.is_part(text)
        if not quoted and re.search(PART, text):
            return None
        return Claim(self.said.opened(text), quoted)

    def phrases(self, group: str) -> tuple[Phrase, ...]:
        """The ways to read a group that names an element."""
        return readings(self.found[group], self.said)

    def judged(self, verdict: Verdict | None) -> Verdict | None:
        """The verdict on what is said not to be so is the opposite one."""
        if verdict is None or not self.negated:
            return verdict
        return replace(verdict, holds=not verdict.holds)


# -- the judges -----------------------------------------------------------------------------------


def _says(one: _Statement) -> Verdict | None:
    claim = one.claim("claim")
    verdict = judging.says(one.tree, claim) if claim is not None else None
    if claim is None or verdict is None:
        return None
    if not verdict.holds and not claim.quoted and (one.negated or not one.in_so_many_words):
        return None  # Not in these words; perhaps in others.
    return one.judged(verdict)


def _is_there(one: _Statement) -> Verdict | None:
    return one.judged(judging.is_there(one.tree, one.phrases("element")))


def _are_there(one: _Statement) -> Verdict | None:
    number = one.found["number"].casefold()
    noun = one.claim("noun")
    if noun is None:
        return None
    wanted = _NUMBERS.index(number) if number in _NUMBERS else int(number)
    return judging.are_there(one.tree, wanted, noun, one.phrases("noun"))


def _is_titled(one: _Statement) -> Verdict | None:
    claim = one.claim("claim")
    return judging.is_titled(one.tree, claim) if claim is not None else None


def _is_headed(one: _Statement) -> Verdict | None:
    claim = one.claim("claim")
    return judging.is_headed(one.tree, claim) if claim is not None else None


def _is_on(one: _Statement) -> Verdict | None:
    return one.judged(judging.is_on(one.tree, one.phrases("element"), one.words("element")))


def _is_off(one: _Statement) -> Verdict | None:
    verdict = _is_on(one)
    return None if verdict is None else replace(verdict, holds=not verdict.holds)


def _is_empty(one: _Statement) -> Verdict | None:
    return one.judged(judging.is_empty(one.tree, one.phrases("element"), one.words("element")))


def _holds(one: _Statement) -> Verdict | None:
    claim = one.claim("claim")
    if claim is None:
        return None
    partly = (one.found.groupdict().get("verb") or "").casefold().startswith("contain")
    phrases, words = one.phrases("element"), one.words("element")
    return one.judged(judging.holds(one.tree, phrases, words, claim, partly=partly))


def _is_labelled(one: _Statement) -> Verdict | None:
    label, claim = one.claim("element"), one.claim("claim")
    if label is None or claim is None:
        return None
    return one.judged(judging.is_labelled(one.tree, label, claim))


# -- the grammar ----------------------------------------------------------------------------------

_INTRODUCTION = re.compile(
    r"^(?:please )?(?:verify|check|make sure|ensure|confirm|assert|expect|see|test)"
    r"(?: that| if| whether)? ",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?<=[a-z])n['\u2019]t\b|\bcannot\b", re.IGNORECASE)
_VERBS = r"says?|shows?|contains?|displays?|reads?|includes?|mentions?|holds?|has|have|is|are"
_SHOULD = re.compile(
    rf"^(?P<subject>(?:(?!\b(?:{_VERBS})\b).)*)\b(?:should|must)(?P<not> not)? (?P<be>be\b)?",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:and|or|but)\b", re.IGNORECASE)


def _simple(text: str) -> str:
    """The statement alone, in the indicative: "should be" is "is", "isn't" is "is not"."""
    text = _NOT.sub(" not", _INTRODUCTION.sub("", text)).strip()
    text = re.sub(rf"({PART})\.$", r"\1", text)
    return _SHOULD.sub(_indicative, text, count=1)


def _indicative(found: re.Match[str]) -> str:
    negation = found["not"] or ""
    if found["be"]:
        return f"{found['subject']}is{negation}"
    return found["subject"] + ("does not " if negation else "")


def _rule(
    pattern: str, judge: Callable[[_Statement], Verdict | None]
) -> tuple[re.Pattern[str], Callable[[_Statement], Verdict | None]]:
    spelled = pattern.replace("ELEMENT", "(?P<element>.+?)").replace("CLAIM", "(?P<claim>.+?)")
    return re.compile(spelled.replace("QUOTE", f"(?P<claim>{PART})"), re.IGNORECASE), judge


_ON_IT = r"(?:anywhere )?on (?:the|this) (?:page|screen)"
_ON_PAGE = rf"(?: {_ON_IT})"
_PAGE = r"(?:the |this )?(?:page|screen)"
_DOES = r"(?P<not> does not)?"
_IS = r"(?:is|are)(?P<not> not)?"
_SAYS = r"(?:says?|shows?|contains?|displays?|reads?|includes?|mentions?|has|have)"
_HAS = r"(?:has|have|shows?|contains?|displays?)"
_TEXT = r"(?:(?:the |an? )?(?:text|words?|message|phrase) )?"
_SHOWN = rf"(?:(?:shown|visible|displayed|present|there){_ON_PAGE}?|{_ON_IT})"
_ARTICLE = r"(?P<no>no )?(?:an? |the |any )?"
_NUMBER = rf"(?:exactly |only )?(?P<number>\d{{1,9}}|{'|'.join(_NUMBERS)}) (?P<noun>.+?)"

_GRAMMAR = (
    _rule(rf"{_PAGE}{_DOES} {_SAYS} {_TEXT}QUOTE", _says),
    _rule(rf"{_TEXT}QUOTE {_IS} {_SHOWN}", _says),
    _rule(rf"{_TEXT}QUOTE{_DOES} appears?{_ON_PAGE}?", _says),
    _rule(rf"(?:I|you|we)(?: can)?(?P<not>(?: do)? not)? see {_TEXT}QUOTE{_ON_PAGE}?", _says),
    _rule(rf"there is (?P<no>no )?{_TEXT}QUOTE{_ON_PAGE}?", _says),
    _rule(rf"(?:there (?:is|are)|{_PAGE} {_HAS}) {_NUMBER}{_ON_PAGE}?\.?", _are_there),
    _rule(rf"there {_IS} {_ARTICLE}ELEMENT{_ON_PAGE}?\.?", _is_there),
    _rule(rf"{_PAGE}{_DOES} {_HAS} {_ARTICLE}ELEMENT\.?", _is_there),
    _rule(rf"{_ARTICLE}ELEMENT {_IS} {_SHOWN}\.?", _is_there),
    _rule(r"(?:the|a) (?:main |page )?heading (?:is|says?|reads?) CLAIM", _is_headed),
    _rule(r"(?:the )?(?:(?:page|document)(?:['\u2019]s)? )?title (?:is|reads?) CLAIM", _is_titled),
    _rule(rf"{_PAGE} is (?:titled|entitled) CLAIM", _is_titled),
    _rule(rf"ELEMENT {_IS} (?:checked|ticked|selected|chosen|(?:turned )?on)\.?", _is_on),
    _rule(rf"ELEMENT {_IS} (?:unchecked|unticked|unselected|(?:turned )?off)\.?", _is_off),
    _rule(rf"ELEMENT {_IS} (?:empty|blank)\.?", _is_empty),
    _rule(rf"(?:the )?value of ELEMENT {_IS} CLAIM", _holds),
    _rule(rf"ELEMENT{_DOES} (?P<verb>holds?|contains?|has|have|shows?|reads?|says?)"
          r" (?:the (?:value|text) )?CLAIM", _holds),
    _rule(rf"ELEMENT {_IS} (?:set to )?CLAIM", _holds),
    _rule(rf"ELEMENT {_IS} CLAIM", _is_labelled),
    _rule(rf"{_PAGE}{_DOES} (?P<verb>{_SAYS}) {_TEXT}CLAIM", _says),
)  # fmt: skip


def _undecided(statement: str) -> str:
    return (
        f'whether "{statement}" holds cannot be read off the page word by word, so it needs a'
        ' language model (set PROCTOR_MODEL). What can be: the page says "Thank you"; there is a'
        ' button "Buy now"; the Name field holds "Ann"; In stock only is checked; there are 9'
        ' products; the heading, the title, or what the page labels is "..."'
    )
