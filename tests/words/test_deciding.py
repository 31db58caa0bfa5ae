"""What is made of a decision on an element that nothing can be done with."""

from __future__ import annotations

import pytest

from domain.steps import Step
from executor.browser.variables import Variables
from executor.words.asking import Asked
from executor.words.deciding import ChangedError, Decider
from executor.words.placeholders import Placeholders
from executor.words.question import Answer, ModelError, Question
from tests.support.waiting import in_loop

TREE = "[0-2] RootWebArea: Shop\n  [0-11] button: Go"


class Asking:
    """Stagehand found nothing at what was decided on."""

    model = "matcher"

    def __init__(self, element):
        self.element = element

    async def find(self, *_):
        question = Question("act", "press Go", "", "", TREE, {})
        answer = Answer({"elements": [{"elementId": self.element}]}, "", "1")
        return [], Asked(question, answer, 0.1)


async def decide(element):
    step = Step.model_validate({"act": "press Go"})
    await Decider(Asking(element)).decide(
        None, step, Placeholders(step.instruction, Variables({}, {}))
    )


@in_loop
async def test_an_element_that_was_shown_and_is_gone_means_that_the_page_changed():
    with pytest.raises(ChangedError, match="the page changed while it was decided"):
        await decide("0-11")


@in_loop
async def test_an_element_that_was_never_shown_was_made_up():
    with pytest.raises(ModelError, match="element 0-99, which is not on the page"):
        await decide("0-99")
