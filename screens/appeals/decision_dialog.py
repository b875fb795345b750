"""The dialog that decides an appeal: the outcome, the answer, the letter and the confirmation."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import TextArea

from screens.dialogs.text_sheet import TextSheet
from screens.shell.base_screen import Dialog, TooSmall, attempt, in_thread
from screens.shell.bindings import bind, bind_key
from screens.shell.key_guard import ConfirmationGuard, key_presses_of
from screens.shell.view import symbols_of
from screens.verdict.closing_lines import too_soon_line
from screens.widgets.debounce import Debounce
from screens.widgets.safe_text import ERROR, MUTED, Static, WrappedText, key_hints, plain, wrapped_lines
from screens.widgets.text_fields import MultilineField
from workbench.domain.case.appeal import AppealDecision, AppealResult
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import AppealOutcome, CaseState
from workbench.errors import WorkbenchError
from workbench.i18n import N_, _
from workbench.keys.appeals import CHOOSE_OUTCOME, CONFIRM_APPEAL, WHOLE_ANSWER, WRITE_ANSWER
from workbench.keys.command import Place, shown_key
from workbench.keys.registry import HELP

_TYPING_PAUSE_S = 0.2
_CHOICES: tuple[tuple[str, AppealOutcome, CaseState | None], ...] = (
    (N_("the verdict stands"), AppealOutcome.STANDS, None),
    (N_("overturned: passed"), AppealOutcome.OVERTURNED, CaseState.PASSED),
    (N_("overturned: reviewed again"), AppealOutcome.OVERTURNED, CaseState.QUEUED),
)
"""For each choice: its words, the outcome, and the next state of the case. None means that the state stays."""


class AppealDialog(Dialog[AppealResult]):
    """Decides one appeal; the result is the staged decision, or None.

    Args:
        case: The appealed case.
        compose_letter: Returns the letter of a decision that is not made yet.
        stage: Stages a decision.
        answer: The answer to the applicant that was typed before; the screen calls it the reason.
        keep: Keeps the typed answer beyond the dialog.
    """

    AUTO_FOCUS = "#preview"
    PLACE: ClassVar[Place] = "appeals"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind_key(CHOOSE_OUTCOME, key, f"choose({number})") for number, key in enumerate(CHOOSE_OUTCOME.keys)),
        bind(WRITE_ANSWER, "write"),
        bind(WHOLE_ANSWER, "whole_letter"),
        bind(CONFIRM_APPEAL, "confirm"),
        bind(HELP, "app.act('help')"),
    ]

    answer = getters.query_one("#answer", TextArea)
    message = getters.query_one("#message", WrappedText)
    preview = getters.query_one("#preview", VerticalScroll)

    def __init__(
        self,
        case: CaseFile,
        compose_letter: Callable[[AppealDecision], str],
        stage: Callable[[AppealDecision], AppealResult],
        answer: str,
        keep: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._case, self._answer_text, self._keep = case, answer, keep
        self._compose_letter, self._stage = compose_letter, stage
        self._chosen: int | None = None
        self._letter = ""
        self._guard = ConfirmationGuard(key_presses_of(self))
        self._debounce = Debounce(self, "preview", self._show_preview)
        self._is_deciding = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = plain(_("Decide the appeal of {case}").format(case=format_case(self._case.header.id)))
            yield Static(id="choices", markup=False)
            yield Static(plain(_("Reason that the applicant reads"), MUTED), classes="title", markup=False)
            yield MultilineField(self._answer_text, id="answer")
            heading = plain(f"{_('The applicant reads')}   ", MUTED)
            letter_key = key_hints((WHOLE_ANSWER.key, _("whole letter")))
            yield Static(heading.append(letter_key), classes="title", markup=False)
            with VerticalScroll(id="preview"):
                yield Static(markup=False)
            yield WrappedText(id="message", markup=False)
            yield Static(id="foot", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        self.show_keys()
        self._guard.watch(self)

    @on(TextArea.Changed, "#answer")
    def keep_answer(self) -> None:
        """Keep the answer, even if the dialog is closed, and show it in the letter."""
        if self.answer.text != self._answer_text:
            self._answer_text = self.answer.text
            self._keep(self._answer_text)
            self._say("")
            self._debounce.request(_TYPING_PAUSE_S)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def show_keys(self) -> None:
        """Show the keys of the focused part, and the effect of a confirmation."""
        keys = [(CHOOSE_OUTCOME.shown_keys, _("choose")), (WRITE_ANSWER.key, _("reason"))]
        keys += [(CONFIRM_APPEAL.key, _("confirm")), ("Esc", _("back"))]
        if isinstance(self.focused, TextArea):
            keys = [(shown_key(CONFIRM_APPEAL.permanent_keys[0]), _("confirm")), ("Esc", _("leaves the field"))]
        then = plain(f"   {_('a second person checks it')}", MUTED)
        self.query_one("#foot", Static).update(key_hints(*keys).append(then))

    def action_choose(self, number: int) -> None:
        self._chosen = number
        self._say("")
        self._draw()
        self._debounce.request()

    def action_write(self) -> None:
        self.answer.focus()
        self.answer.move_cursor(self.answer.document.end)

    @work(group="read", exclusive=True)
    async def action_whole_letter(self) -> None:
        await self._show_preview()
        if self._letter:
            self.app.push_screen(TextSheet(_("The letter as it goes out"), partial(wrapped_lines, self._letter)))
        else:
            self._say(_("Choose the decision to see the letter."))

    def action_back(self) -> None:
        if self.answer.has_focus:
            self.preview.focus()
        elif not self._is_deciding:
            self.leave()

    def action_confirm(self) -> None:
        if not self._guard.accepts_press() or self._is_deciding:
            self.message.update(too_soon_line())
        elif self._chosen is None:
            self._say(_("Choose the decision first: 1, 2 or 3."))
        else:
            self.decide()

    @work(group="write")
    async def decide(self) -> None:
        """Stage the decision, or show why it cannot be made."""
        self._is_deciding = True
        try:
            if await key_presses_of(self).is_alone():
                self.leave(await asyncio.to_thread(self._stage, self._request()))
            else:
                self.message.update(too_soon_line())
        except WorkbenchError as error:
            self._say(str(error))
        finally:
            self._is_deciding = False

    def _request(self) -> AppealDecision:
        _words, outcome, to_state = _CHOICES[self._chosen or 0]
        header = self._case.header
        return AppealDecision(
            case_id=header.id, outcome=outcome, to_state=to_state, note=self._answer_text, version=header.version
        )

    async def _show_preview(self) -> None:
        if self._chosen is None:
            return
        compose = in_thread(self._compose_letter, self._request())
        letter = await attempt(self, compose, lambda error: self._say(str(error)))
        if letter is not None:
            self._letter = letter
            self._draw()

    def _draw(self) -> None:
        symbols = symbols_of(self)
        lines = [
            plain(f"{symbols.chosen if index == self._chosen else symbols.unchosen} {index + 1} {_(words)}")
            for index, (words, _outcome, _to_state) in enumerate(_CHOICES)
        ]
        self.query_one("#choices", Static).update(Content("\n").join(lines))
        shown = self.preview.query_one(Static)
        if self._letter:
            shown.update(Content("\n").join(wrapped_lines(self._letter, max(8, self.preview.size.width - 1))))
        else:
            shown.update(plain(_("Choose the decision to see the letter."), MUTED))

    on_resize = _draw

    def _say(self, problem: str) -> None:
        self.message.update(plain(f"{symbols_of(self).warn} {problem}", ERROR) if problem else "")
