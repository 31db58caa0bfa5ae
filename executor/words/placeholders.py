"""Variables in an instruction: what of them a model sees, and how they come back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.decision import DecidedAction
    from executor.browser.variables import Variables

_SHOWN = re.compile(r"%(secret_)?([A-Za-z_][A-Za-z0-9_.]*)%")


class Placeholders:
    """The variables of one instruction.

    A secret is shown as `%secret_NAME%` and nothing else, so its value is never in a prompt. The
    value of a variable is shown, because it may name the element; where it comes back as a value to
    type or choose it becomes the variable again, and the decision holds for other values too.
    """

    def __init__(self, instruction: str, variables: Variables) -> None:
        self._instruction = instruction
        self._variables = variables
        self._values = {
            place: variables.value(place) for place in variables.named(instruction, secret=False)
        }

    def shown(self) -> str:
        """What a model reads. Raises UnknownVariableError."""
        return self._variables.fill_text(self._instruction, secret=lambda name: f"%secret_{name}%")

    def bound_to(self, actions: Iterable[DecidedAction]) -> str | None:
        """The instruction with the values of those variables that the actions' arguments do not
        leave open: a decision holds for another run only if this is the same there. None if they
        leave all of them open."""
        arguments = [argument for action in actions for argument in action.arguments]
        left_open = {
            place for place in self._values if any(f"${{{place}}}" in arg for arg in arguments)
        }
        if left_open == set(self._values):
            return None
        return self._variables.fill_text(
            self._instruction, keep=left_open, secret=lambda name: f"${{secret:{name}}}"
        )

    def opened(self, argument: str) -> str:
        """A decided argument with variables in the place of their values and stand-ins."""
        argument = _SHOWN.sub(self._original, argument)
        for place, value in self._values.items():
            if value and argument == value:
                return f"${{{place}}}"
        return argument

    def _original(self, shown: re.Match[str]) -> str:
        is_secret, name = shown.groups()
        return f"${{secret:{name}}}" if is_secret else f"${{{name}}}"
