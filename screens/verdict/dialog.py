"""The dialog in which a verdict is filled in, reviewed and confirmed."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, TextArea

from screens.dialogs.text_sheet import TextSheet
from screens.shell.base_screen import Dialog, TooSmall, attempt, in_thread
from screens.shell.bindings import bind
from screens.shell.key_guard import ConfirmationGuard, key_presses_of
from screens.shell.view import View, symbols_of
from screens.verdict import dialog_text
from screens.verdict.closing_lines import ClosingLines, foot_line, too_soon_line
from screens.verdict.form_state import FormEdited, VerdictActions, VerdictState, next_choice
from screens.verdict.item_dialogs import ask_item
from screens.verdict.letter_editor import LetterEditor
from screens.verdict.mark_list import MarkList
from screens.verdict.measure_choice import NumberChooser, measure_line
from screens.verdict.reason_picker import ReasonPicker
from screens.verdict.rectification_form import RectificationForm
from screens.widgets.debounce import Debounce
from screens.widgets.safe_text import MUTED, Static, key_hints, plain, row, wrapped_lines
from screens.widgets.text_fields import EnterField, takes_prose
from workbench.domain.case.casefile import CaseFile, VerdictPreview, VerdictRequest
from workbench.domain.case.items import vague_words, waiting_reasons
from workbench.domain.case.verdict import is_last_round, pending_waits_for
from workbench.domain.case.vocabulary import FailKind, Measure, Verdict
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys import registry as keys
from workbench.keys.command import Place, shown_key

_TYPING_PAUSE_S = 0.2
_BOX_CELLS, _FRAME_CELLS = 96, 5
"""The width of the box, and the part of it that frame, padding and scroll bar take."""


class VerdictDialog(Dialog[Any]):
    """Fills in one verdict; the result is what `actions.decide` returns, or None."""

    CSS_PATH = "verdict.tcss"
    AUTO_FOCUS = "MarkList"
    PLACE: ClassVar[Place] = "verdict"
    FILLS_FIELDS: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.CONFIRM, "confirm"),
        bind(keys.SEARCH, "go('search')"),
        bind(keys.FINAL, "final"),
        bind(keys.WAIT_FOR, "wait_for"),
        bind(keys.MEASURE, "measure"),
        bind(keys.NUMBERS, "numbers"),
        bind(keys.ITEMS, "go('items')"),
        bind(keys.LETTER, "go('letter')"),
        bind(keys.WHOLE_LETTER, "whole_letter"),
        bind(keys.NOTE, "go('note')"),
    ]

    picker = getters.query_one(ReasonPicker)
    rectification = getters.query_one(RectificationForm)
    letter = getters.query_one(LetterEditor)
    note = getters.query_one("#note", TextArea)
    closing = getters.query_one(ClosingLines)

    def __init__(
        self,
        case: CaseFile,
        state: VerdictState,
        actions: VerdictActions,
        view: View,
        preview: VerdictPreview | None,
        *,
        items_first: bool = False,
    ) -> None:
        super().__init__()
        self._items_first = items_first
        self._case = case
        self._state = state
        self._actions = actions
        self._view = view
        self._guard = ConfirmationGuard(key_presses_of(self))
        self._preview, self._previewed_parts = preview, state.checked_parts
        self._debounce = Debounce(self, "preview", self._show_preview)
        self._is_deciding = False
        self._accepts_new_evidence = False
        """Whether the reviewer has been told that something changed, and may confirm all the same."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes=f"-{self._state.verdict}"):
            yield Static(id="marked", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Static(id="kind", markup=False)
                yield Static(id="measure", markup=False)
                yield ReasonPicker(self._case, self._state.verdict, self._width - 1, self._actions.recent_reasons)
                items = self._preview.own_items if self._preview else ()
                fields = (self._state, self._actions.date_reader, items, self._width)
                yield RectificationForm(*fields, items_first=self._items_first)
                yield LetterEditor(self._case, self._width)
                yield Static(id="note-heading", classes="title", markup=False)
                yield EnterField(self._state.note, id="note")
            yield ClosingLines(self._case, self._view)
        yield TooSmall()

    def on_mount(self) -> None:
        self.rectification.display = self.check_action("go", ("items",)) is True
        self.letter.display = self._actions.has_effects
        self.picker.show(self._state.reasons)
        self._draw()
        if self._preview is None:
            self._debounce.request()
        self._guard.watch(self)

    async def _show_preview(self) -> None:
        parts, compute = self._state.checked_parts, in_thread(self._actions.preview, self._request())
        preview = await attempt(self, compute, self._show_problem)
        if preview is not None:
            self._preview, self._previewed_parts = preview, parts
            await self.rectification.show(preview.own_items)
            self._draw()

    @work(group="write")
    async def decide(self) -> None:
        """Record the verdict, or show why it cannot be recorded."""
        self._is_deciding = True
        try:
            if await key_presses_of(self).is_alone():
                self.leave(await self._actions.decide(self._request()))
            else:
                self.closing.say(too_soon_line())
        except WorkbenchError as error:
            self._show_problem(error)
            self._debounce.request()
        finally:
            self._is_deciding = False

    @on(MarkList.Marked)
    def toggle_reason(self, event: MarkList.Marked) -> None:
        """Mark or unmark a reason; ask what it is about if its item does not say so."""
        self._set_state(self._state.toggled(event.code, waiting_reasons(self._case.policy).values()))
        self.picker.show(self._state.reasons)
        if self._actions.has_effects and event.code in self._state.reasons:
            ask_item(self.app, self._request(), self._case, (event.code,), self.rectification.write)

    @on(FormEdited)
    def apply_edit(self, event: FormEdited) -> None:
        """Update the state with what was typed into the form or the letter."""
        self._set_state(replace(self._state, **event.changes), _TYPING_PAUSE_S)

    @on(TextArea.Changed, "#note")
    def apply_note(self) -> None:
        """Update the state with the internal note."""
        if self.note.text != self._state.note:
            self._state = replace(self._state, note=self.note.text)
            self._actions.keep_draft("note", self._state.note)
            self._show_problem("")
            self._debounce.request(_TYPING_PAUSE_S)

    @on(Input.Submitted)
    @on(EnterField.Submitted)
    def leave_field(self) -> None:
        """Leave a field; Enter never confirms."""
        self.picker.list.focus()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def show_keys(self) -> None:
        """Show the keys of the focused part."""
        is_writing, is_prose = isinstance(self.focused, Input | TextArea), takes_prose(self.focused)
        if self.focused is not None and not self.letter.edit.has_focus:
            self.letter.stop()
        policy = self._case.policy if self._actions.has_effects else None
        shown_foot = partial(foot_line, self._state, self._current_preview, policy, self._width)
        self.closing.foot.update(shown_foot(is_writing=is_writing, is_prose=is_prose))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        state, preview, case, has_effects = self._state, self._preview, self._case, self._actions.has_effects
        works = {
            "final": state.verdict is Verdict.FAIL and not is_last_round(case.policy, case.header.round),
            "wait_for": state.verdict is Verdict.PENDING and bool(waiting_reasons(case.policy)),
            "items": has_effects and (state.verdict is Verdict.PENDING or state.is_fixable),
            **dict.fromkeys(("letter", "whole_letter"), has_effects),
            "measure": preview is not None and len(preview.measures) > 1,
            "numbers": state.measure is not Measure.NONE,
        }
        return works.get(str(parameters[0]) if parameters else action, True)

    def action_confirm(self) -> None:
        if not self._guard.accepts_press() or self._is_deciding:
            self.closing.say(too_soon_line())
        elif self._preview is not None and self._preview.news and not self._accepts_new_evidence:
            self._accepts_new_evidence = True
            self._show_problem(dialog_text.confirm_again_words(self._preview.news))
        elif not self._state.reasons:
            self._show_problem(_("Mark at least one reason."))
        elif self.rectification.problem:
            self._show_problem(f"{self.rectification.problem} {dialog_text.note_hint()}")
        elif self._actions.has_effects and vague_words(self._request(), self._case.policy, self._case.findings):
            self._show_problem(_("Say what the applicant has to send: {key}").format(key=keys.ITEMS.key))
        else:
            self._show_problem("")
            self.decide()

    def action_final(self) -> None:
        kind = FailKind.FIXABLE if self._state.fail_kind is FailKind.FINAL else FailKind.FINAL
        self._set_state(replace(self._state, fail_kind=kind))
        self.rectification.display = self.check_action("go", ("items",)) is True

    def action_wait_for(self) -> None:
        waiting = waiting_reasons(self._case.policy)
        chosen = pending_waits_for(self._state.reasons, self._case.policy)
        self.toggle_reason(MarkList.Marked(waiting[next_choice(chosen, tuple(waiting))]))

    def action_measure(self) -> None:
        measures = self._preview.measures if self._preview else (Measure.NONE,)
        self._set_state(replace(self._state, measure=next_choice(self._state.measure, measures)))

    def action_numbers(self) -> None:
        state, apply = self._state, self._set_state
        if self._preview is not None and self._preview.numbers:
            chooser = NumberChooser(state, self._preview)
            self.app.push_screen(chooser, lambda keys: None if keys is None else apply(replace(state, numbers=keys)))

    def action_go(self, part: str) -> None:
        request, write = self._request(), self.rectification.write
        if part == "items" and ask_item(self.app, request, self._case, request.reasons, write):
            return
        go = {"search": self.picker.begin_search, "items": self.rectification.enter, "letter": self.letter.begin}
        go.get(part, self.note.focus)()

    @work(group="read", exclusive=True)
    async def action_whole_letter(self) -> None:
        if self.rectification.refuses(self._show_problem):
            return
        letter = await attempt(self, in_thread(self._actions.letter, self._request()), self._show_problem)
        if letter is not None:
            self.app.push_screen(TextSheet(_("The letter as it goes out"), partial(wrapped_lines, letter)))

    def action_back(self) -> None:
        is_writing = isinstance(self.focused, Input | TextArea)
        if self.picker.search.has_focus or (not is_writing and self.picker.search.value):
            self.picker.show_all()
        elif is_writing:
            self.picker.end_search()
        elif not self._is_deciding:
            self.leave()

    def _show_problem(self, problem: str | WorkbenchError) -> None:
        self.closing.show_problem(str(problem), self._preview, self._state)
        self._draw_warnings()

    def _request(self) -> VerdictRequest:
        until = self.rectification.chosen_until() if self.rectification.display else None
        return self._state.request(self._case, until, accepts_new_evidence=self._accepts_new_evidence)

    def _set_state(self, state: VerdictState, pause_s: float = 0.0) -> None:
        """Change the state, keep it in the draft, and show its preview after a pause."""
        self._state = state
        self._actions.keep_draft("verdict", state.to_draft())
        self._show_problem("")
        self._draw()
        self.refresh_bindings()
        self._debounce.request(pause_s)

    def _draw(self) -> None:
        preview, state, width = self._preview, self._state, self._width
        self.query_one("#box").border_title = plain(self._actions.heading or dialog_text.title(self._case, state))
        self.query_one("#marked", Static).update(dialog_text.marked_line(state, self._case, width))
        kind = dialog_text.kind_line(state, self._case, self._current_preview, symbols_of(self), width)
        self.query_one("#kind", Static).update(kind)
        self.query_one("#measure", Static).update(measure := measure_line(state, preview))
        self.query_one("#measure").display = bool(measure)
        keys_of_note = key_hints((keys.NOTE.shown_keys, _("write")), (shown_key(EnterField.NEW_LINE), _("new line")))
        self.query_one("#note-heading", Static).update(row(plain(_("For us only"), MUTED), keys_of_note, width))
        self.letter.show(state.letter, preview)
        typed, reader = self.rectification.chosen_until(), self._actions.date_reader
        self.rectification.show_date(*dialog_text.date_words(state, preview, typed, reader, self._view))
        self._draw_warnings()
        self.show_keys()

    on_resize = _draw

    @property
    def _current_preview(self) -> VerdictPreview | None:
        """The preview, None while it is that of a verdict that may need another check."""
        return self._preview if self._previewed_parts == self._state.checked_parts else None

    @property
    def _width(self) -> int:
        """The width of a line; before the first layout it follows from the window, so that each line is drawn once."""
        kind_line = self.query("#kind")
        width_in_layout = kind_line.first().content_size.width if kind_line else 0
        return width_in_layout or min(_BOX_CELLS, self.app.size.width) - _FRAME_CELLS

    def _draw_warnings(self) -> None:
        self.closing.draw(self._state, self._preview, self._width, is_low=self.has_class("-low"))
