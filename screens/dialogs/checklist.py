"""The dialog with the checklist of a case, answered question by question."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from screens.dialogs.list_dialog import ListDialog, list_key_hints
from screens.widgets.safe_text import ERROR, MUTED, Static, plain, row, wrapped
from workbench.domain.case.records import ChecklistLine
from workbench.domain.case.vocabulary import ChecklistValue
from workbench.errors import WorkbenchError
from workbench.i18n import _, current_language
from workbench.wording.case.labels import ANSWER_WORDS

SaveAnswer = Callable[[str, ChecklistValue], Awaitable[None]]
_KEYS = {"1": ChecklistValue.YES, "2": ChecklistValue.NO, "3": ChecklistValue.NOT_APPLICABLE}


class Checklist(ListDialog[ChecklistLine, bool]):
    """Shows the questions; digits answer the one under the cursor. The result says whether any was answered."""

    DEFAULT_CSS = """
    Checklist > Vertical { width: 90; max-height: 92%; }
    Checklist #foot { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"answer('{value.value}')", show=False) for key, value in _KEYS.items()),
        Binding("y", "answer('yes')", show=False),
        Binding("n", "answer('no')", show=False),
    ]

    def __init__(self, lines: tuple[ChecklistLine, ...], save_answer: SaveAnswer) -> None:
        super().__init__(_("Checklist"), _("The policy has no questions for this case."))
        self._list = lines
        self._answers: dict[str, str | None] = {line.question: line.answer for line in lines}
        self._save_answer = save_answer
        self._cursor = next((index for index, line in enumerate(lines) if line.answer is None), 0)
        self._is_answered = False

    def parts(self) -> ComposeResult:
        yield Static(id="list", markup=False)
        yield Static(id="message", markup=False)
        keys = ((key, _(ANSWER_WORDS[value.value])) for key, value in _KEYS.items())
        yield Static(list_key_hints(*keys), id="foot", markup=False)

    @work(group="write")
    async def save(self, question: str, value: ChecklistValue) -> None:
        """Save an answer and move to the next question."""
        try:
            await self._save_answer(question, value)
        except WorkbenchError as error:
            self.message.update(plain(str(error), ERROR))
            return
        self._answers[question] = value.value
        self._is_answered = True
        self.action_move(1)

    def action_answer(self, value: str) -> None:
        if self.current is not None:
            self.save(self.current.question, ChecklistValue(value))

    def action_back(self) -> None:
        self.leave(self._is_answered)

    def entry_lines(self, entry: ChecklistLine, width: int) -> list[Content]:
        """Return a question and its answer."""
        answer = self._answers[entry.question]
        word = _(ANSWER_WORDS[answer]) if answer in ANSWER_WORDS else _("unanswered")
        style = MUTED if answer is None else "$text-accent bold"
        first, *rest = wrapped(entry.text.in_language(current_language()), width - 20)
        return [row(plain(f" {first}"), plain(f"{word} ", style), width), *(plain(f" {part}") for part in rest)]
