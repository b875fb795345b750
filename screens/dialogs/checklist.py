"""The dialog with the checklist of a case, answered question by question."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.panels.labels import ANSWER
from screens.shell.base_screen import Dialog, TooSmall
from screens.shell.bindings import bind
from screens.widgets.safe_text import BAD, FAINT, key_hints, plain, row, wrapped
from workbench.domain.case.casefile import ChecklistLine
from workbench.domain.case.vocabulary import ChecklistValue
from workbench.errors import WorkbenchError
from workbench.i18n import _, current
from workbench.keys.registry import BACK

Answer = Callable[[str, ChecklistValue], Awaitable[None]]
_KEYS = {"1": ChecklistValue.YES, "2": ChecklistValue.NO, "3": ChecklistValue.NOT_APPLICABLE}


class Checklist(Dialog[bool]):
    """Shows the questions; digits answer the one under the cursor. The result says whether any was answered."""

    DEFAULT_CSS = """
    Checklist { align: center middle; background: $background 60%; }
    Checklist > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 92%; border: round $border; background: $surface;
        padding: 0 1;
    }
    Checklist Static { height: auto; }
    Checklist #foot { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"answer('{value.value}')", show=False) for key, value in _KEYS.items()),
        Binding("y", "answer('yes')", show=False),
        Binding("n", "answer('no')", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        bind(BACK, "back"),
    ]

    list = getters.query_one("#list", Static)
    message = getters.query_one("#message", Static)

    def __init__(self, lines: tuple[ChecklistLine, ...], answer: Answer) -> None:
        super().__init__()
        self._lines = lines
        self._answers: dict[str, str | None] = {line.question: line.answer for line in lines}
        self._answer = answer
        self._cursor = next((at for at, line in enumerate(lines) if line.answer is None), 0)
        self._has_answered = False

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = plain(f"{_('Checklist')}")
            yield Static(id="list", markup=False)
            yield Static(id="message", markup=False)
            keys = [(key, _(ANSWER[value.value])) for key, value in _KEYS.items()] + [("Esc", _("back"))]
            yield Static(key_hints(*keys), id="foot", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        self._draw()

    @work(group="write")
    async def save(self, question: str, value: ChecklistValue) -> None:
        """Save an answer and move to the next question."""
        try:
            await self._answer(question, value)
        except WorkbenchError as error:
            self.message.update(plain(str(error), BAD))
            return
        self._answers[question] = value.value
        self._has_answered = True
        self.action_move(1)

    def action_answer(self, value: str) -> None:
        if self._lines:
            self.save(self._lines[self._cursor].question, ChecklistValue(value))

    def action_move(self, step: int) -> None:
        self._cursor = min(max(0, self._cursor + step), max(0, len(self._lines) - 1))
        self._draw()

    def action_back(self) -> None:
        self.leave(self._has_answered)

    def _draw(self) -> None:
        if not self.query("#list"):
            # Called after a refresh; the dialog may be closed by then.
            return
        width = self.list.content_size.width
        if not width:
            return
        drawn: list[Content] = []
        for at, line in enumerate(self._lines):
            answer = self._answers[line.question]
            word = _(ANSWER[answer]) if answer in ANSWER else _("unanswered")
            style = FAINT if answer is None else "$text-accent bold"
            parts = wrapped(line.text.in_language(current()), width - 20)
            first = row(plain(f" {parts[0]}"), plain(f"{word} ", style), width)
            block = [first, *(plain(f" {part}") for part in parts[1:])]
            drawn += [content.stylize("on $panel") for content in block] if at == self._cursor else block
        self.list.update(
            Content("\n").join(drawn) if drawn else plain(_("The policy has no questions for this case."), FAINT)
        )
