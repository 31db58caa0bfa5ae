"""Deciding what a step in words means on the page at hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from domain.decision import DecidedAction, Decision
from executor.matcher.tree import parse_tree
from executor.words import fit, reading
from executor.words.question import ModelError, NoSuchElementError
from executor.words.shape import Judgement, leaves, shape_of

if TYPE_CHECKING:
    from playwright.async_api import Page
    from stagehand import Action

    from domain.decision import Method
    from domain.steps import Step
    from executor.words.asking import Asked, Asking
    from executor.words.placeholders import Placeholders

_ACT = (
    "Find the one element to act on in order to do this: {instruction}\n"
    "Return exactly one element, the most relevant, with the method and the arguments that do it;"
    " return none if nothing on the page fits. Do only what is said, and only its first action if"
    " there are several. For a key press choose the method press with the key's name, as in Enter."
    " For an option of a select element choose selectOptionFromDropdown on that element, with the"
    " option's exact text. Where the instruction has a placeholder such as %secret_NAME%, return it"
    " as it is."
)
_VERIFY = "Decide whether this statement about the page holds: {instruction}"
_METHODS: dict[str, Method] = {
    "click": "click", "doubleClick": "double_click", "fill": "fill", "type": "fill",
    "press": "press", "selectOptionFromDropdown": "select", "hover": "hover",
    "scrollTo": "scroll", "nextChunk": "scroll", "prevChunk": "scroll", "dragAndDrop": "drag",
}  # fmt: skip
_CHUNKS = {"nextChunk": "next", "prevChunk": "previous"}
_TICKED = {"checkbox", "radio", "switch"}
_UNTICK = re.compile(r"^\W*(please )?(uncheck|untick|deselect|disable|turn off|clear)\b", re.I)
_TICK = re.compile(r"^\W*(please )?(check|tick|select|choose|pick|enable|turn on)\b", re.I)
_LARGEST_VALUE = 20_000


class ChangedError(Exception):
    """The page changed between what was decided on and the deed."""


class Decider:
    """Decides the steps of one run."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    @property
    def free(self) -> bool:
        """Whether asking costs nothing."""
        return self._asking.model == "matcher"

    async def decide(self, page: Page, step: Step, places: Placeholders) -> Decision:
        """What the step means now; nothing is done yet.

        Raises what asking raises, and ChangedError if the page changed while a model thought.
        """
        decide = getattr(self, f"_{step.action}")
        decision: Decision = await decide(page, step, places)
        return decision

    async def _act(self, page: Page, step: Step, places: Placeholders) -> Decision:
        shown = places.shown()
        told = _ACT.format(instruction=shown)
        found, asked = await self._asking.find(page, "act", shown, told)
        if not found:
            raise _nothing(shown, asked)
        action = await self._held(page, found[0], _name_shown(asked, 0), step, places)
        return self._decision(step, places, asked, actions=(action,))

    async def _observe(self, page: Page, step: Step, places: Placeholders) -> Decision:
        shown = places.shown()
        found, asked = await self._asking.find(page, "observe", shown, shown)
        if not found:
            raise _nothing(shown, asked)
        actions = [
            await self._held(page, action, _name_shown(asked, index), step, places)
            for index, action in enumerate(found)
        ]
        return self._decision(step, places, asked, actions=tuple(actions))

    async def _extract(self, page: Page, step: Step, places: Placeholders) -> Decision:
        shown = places.shown()
        shape = shape_of(step.extract.fields if step.extract else {})
        read, asked = await self._asking.read(page, "extract", shown, shown, shape)
        value = read.model_dump(mode="json")
        if len(str(value)) > _LARGEST_VALUE:
            raise ValueError(f"more was extracted than {_LARGEST_VALUE:,} characters")
        sources = [await reading.source_of(page, name, leaf, shown) for name, leaf in leaves(value)]
        known = tuple(source for source in sources if source is not None)
        return self._decision(step, places, asked, value=value, sources=known)

    async def _verify(self, page: Page, step: Step, places: Placeholders) -> Decision:
        shown = places.shown()
        told = _VERIFY.format(instruction=shown)
        judged, asked = await self._asking.read(page, "verify", shown, told, Judgement)
        source = await reading.quoted(page, judged.quote)
        return self._decision(
            step,
            places,
            asked,
            holds=judged.holds,
            reason=judged.reason,
            sources=(source,) if source else (),
        )

    async def _held(
        self, page: Page, action: Action, shown: str, step: Step, places: Placeholders
    ) -> DecidedAction:
        """The action with the role and name of what stands at its path now."""
        path = action.selector.removeprefix("xpath=")
        found = await fit.look(page, path)
        if found.name and shown and not _alike(found.name, shown):
            raise ChangedError(
                f"the page changed while it was decided what to do: at {path} stands {found},"
                f" where {shown!r} was"
            )
        return DecidedAction(
            method=_method(action, found.role, step),
            selector=path,
            role=found.role,
            name=found.name,
            arguments=tuple(map(places.opened, _arguments(action))),
        )

    def _decision(self, step: Step, places: Placeholders, asked: Asked, **facts: Any) -> Decision:
        model = self._asking.model
        answer = asked.answer
        return Decision(
            instruction=step.instruction,
            bound=places.bound_to(facts.get("actions", ())),
            made="matcher" if model == "matcher" else "model",
            by=model,
            version=answer.version,
            calls=answer.calls,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            seconds=round(asked.seconds, 4),
            page=asked.fingerprint,
            **facts,
        )


def _nothing(shown: str, asked: Asked) -> Exception:
    """Stagehand leaves out what a model made up, and what went away while the page was read."""
    named = [element.get("elementId") for element in asked.answer.content.get("elements", [])]
    if named and parse_tree(asked.question.tree).find(named[0]) is not None:
        return ChangedError(f"the page changed while it was decided what to do: {shown}")
    if named:
        return ModelError(
            "garbage", f"the model decided on element {named[0]}, which is not on the page: {shown}"
        )
    return NoSuchElementError(f"nothing on the page fits: {shown}")


def _method(action: Action, role: str | None, step: Step) -> Method:
    """Ticking is not clicking: it leaves a box alone that is ticked already."""
    method = _METHODS.get(action.method or "click")
    if method is None:
        raise ValueError(f"a model decided to {action.method}, which is nothing Proctor can do")
    if method == "click" and (action.arguments or [])[:1] == ["right"]:
        return "right_click"
    if method == "click" and role in _TICKED:
        if _UNTICK.match(step.instruction):
            return "uncheck"
        if _TICK.match(step.instruction):
            return "check"
    return method


def _arguments(action: Action) -> tuple[str, ...]:
    if action.method in _CHUNKS:
        return (_CHUNKS[action.method],)
    return tuple(argument.removeprefix("xpath=") for argument in action.arguments or ())


def _name_shown(asked: Asked, index: int) -> str:
    """The name that the model saw for the element it decided on; "" where it cannot be told."""
    elements = asked.answer.content.get("elements", [])
    if index >= len(elements):
        return ""
    node = parse_tree(asked.question.tree).find(elements[index].get("elementId", ""))
    return node.name if node else ""


def _alike(one: str, other: str) -> bool:
    folded = [re.sub(r"\W+", "", text).casefold() for text in (one, other)]
    return folded[0] in folded[1] or folded[1] in folded[0]
