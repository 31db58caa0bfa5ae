"""Where on the page something was read, so that it can be read again without a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from domain.decision import Source
from executor.browser.path import TEXT_OF_PATH, locate
from executor.words.fit import MisfitError, misfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Frame, Page

_AROUND = 80
"""Characters kept on either side of a value."""

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"\w+")
_READ = """(elements) => elements.map((element) =>
  element.matches("input, textarea, select") ? element.value : element.innerText)"""
_FIND = f"""(wanted) => {{
  const path = {TEXT_OF_PATH};
  const fold = (text) => (text ?? "").replace(/\\s+/g, " ").trim();
  const found = [];
  const keep = (element, text) => {{
    if (!element.checkVisibility() || !text.includes(wanted)) return;
    found.push([path(element), text, fold(element.parentElement?.innerText)]);
  }};
  const descend = (element) => {{
    if (["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT"].includes(element.tagName)) return;
    const inner = [...element.children].filter((one) => fold(one.textContent).includes(wanted));
    if (inner.length === 0) keep(element, fold(element.innerText));
    inner.forEach(descend);
  }};
  const search = (root) => {{
    [...root.children].forEach(descend);
    for (const element of root.querySelectorAll("*")) {{
      if (element.matches("input, textarea, select")) keep(element, fold(element.value));
      if (element.shadowRoot) search(element.shadowRoot);
    }}
  }};
  search(document);
  return found.slice(0, 50);
}}"""
"""The innermost elements that show the words, with their path, text and their parent's text."""


async def source_of(page: Page, field: str, value: Any, about: str) -> Source | None:
    """Where the page says `value`; of several places the one most about what was asked for.

    None if it says it nowhere in so many words, as with a sum that a model has added up.
    """
    best: tuple[int, Source] | None = None
    for form in _forms(value):
        for path, text, around in await _places(page, form):
            before, _, after = text.partition(form)
            source = Source(
                field=field, selector=path, before=before[-_AROUND:], after=after[:_AROUND]
            )
            score = _likeness(f"{about} {field}", f"{text} {around[:200]}")
            if best is None or score > best[0]:
                best = (score, source)
    return best[1] if best else None


async def quoted(page: Page, quote: str) -> Source | None:
    """Where the page says the words that prove a statement."""
    folded = " ".join(quote.split())
    places = await _places(page, folded) if folded else []
    return Source(field="", selector=places[0][0], quote=folded) if places else None


async def read_again(page: Page, source: Source, value: Any) -> Any:
    """What stands at a source now, of the type of the earlier `value`. Raises MisfitError."""
    text = await _text(page, source.selector)
    before = re.escape(source.before) if source.before else "^"
    after = re.escape(source.after) if source.after else "$"
    found = re.search(f"{before}(.+?){after}", text)
    if found is None:
        raise MisfitError(
            f"at {source.selector} stands {text[:200]!r}: no {source.field} between"
            f" {source.before[-40:]!r} and {source.after[:40]!r}"
        )
    return _typed(found[1], value, source)


async def still_says(page: Page, source: Source) -> None:
    """Raises MisfitError if the words that proved a statement are gone."""
    text = await _text(page, source.selector)
    if source.quote is None or source.quote not in text:
        raise MisfitError(f"at {source.selector} stands {text[:200]!r}, not {source.quote!r}")


async def _text(page: Page, path: str) -> str:
    try:
        texts = await locate(page, path).evaluate_all(_READ)
    except Error as error:
        raise misfit(error, path) from None
    if not texts:
        raise MisfitError(f"nothing stands at {path} any more")
    return " ".join(str(texts[0]).split())


async def _places(page: Page, wanted: str) -> list[tuple[str, str, str]]:
    places = []
    for frame in page.frames:
        prefix = await _path_to(frame)
        if prefix is None:
            continue
        try:
            found = await frame.evaluate(_FIND, wanted)
        except Error:
            continue  # It went away, or is somebody else's.
        places += [(prefix + path, text, around) for path, text, around in found]
    return places


async def _path_to(frame: Frame) -> str | None:
    """The path of the frame's own element; "" for the page's main frame, None for one that went."""
    if frame.parent_frame is None:
        return ""
    try:
        element = await frame.frame_element()
        outer = await _path_to(frame.parent_frame)
        own = await element.evaluate(TEXT_OF_PATH)
    except Error:
        return None
    return None if outer is None else outer + str(own)


def _forms(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        folded = " ".join(value.split())
        if folded:
            yield folded
    elif isinstance(value, int | float) and not isinstance(value, bool):
        whole = float(value).is_integer()
        forms = [
            f"{value:,.2f}",
            f"{value:.2f}",
            *([f"{value:,.0f}", f"{value:.0f}"] if whole else []),
        ]
        yield from dict.fromkeys([*forms, f"{value:,}", f"{value}"])


def _typed(text: str, value: Any, source: Source) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text.strip()
    number = _NUMBER.search(text)
    if number is None:
        raise MisfitError(f"at {source.selector} stands {text[:100]!r}, which is no number")
    return type(value)(float(number[0].replace(",", "")))


def _likeness(asked: str, text: str) -> int:
    words = {word.casefold() for word in _WORD.findall(text)}
    return sum(word.casefold() in words for word in set(_WORD.findall(asked)))
