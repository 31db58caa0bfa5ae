"""What is asked before something is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

_LOWEST = 10


class Question(ModalScreen[int]):
    """A sentence, and keys that answer it with a number; 0 is no answer."""

    DEFAULT_CSS = """
    Question {
        align: center middle;
        & > Static {
            width: auto; max-width: 80%; padding: 1 3; border: round $accent; background: $surface;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(0)", "leave it", key_display="esc")
    ]

    def __init__(self, sentence: str, keys: str) -> None:
        super().__init__()
        self._said = Text(sentence) + Text(f"\n\n{keys}", style="dim")

    def compose(self) -> ComposeResult:
        """The sentence alone."""
        yield Static(self._said)

    def action_answer(self, number: int) -> None:
        """Ends the question."""
        self.dismiss(number)


class YesOrNo(Question):
    """Answered with 1 for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y,enter", "answer(1)", "yes")]

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "y yes    n no")


class WhichPriority(Question):
    """Answered with a priority."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number % _LOWEST), f"answer({number})", show=False)
        for number in range(1, _LOWEST + 1)
    ]

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "1 (most urgent) to 9, 0 for 10    esc leaves it")
