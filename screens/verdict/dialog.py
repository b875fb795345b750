"""The dialog in which a verdict is filled in, reviewed and confirmed."""

import asyncio
from dataclasses import replace
from typing import ClassVar, TypeVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, TextArea

from screens.shell.base_screen import Dialog, TooSmall
from screens.shell.bindings import bind
from screens.shell.key_guard import Guard, presses_of
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from screens.verdict import dialog_text
from screens.verdict.form_state import Edited, VerdictActions, VerdictState
from screens.verdict.letter_editor import LetterEditor
from screens.verdict.reason_picker import ReasonList, ReasonPicker
from screens.verdict.rectification_form import RectificationForm
from screens.widgets.debounce import Debounce
from screens.widgets.safe_text import ERROR, MUTED, key_hints, plain, row
from screens.widgets.static import Static
from screens.widgets.text_fields import MultilineField
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, DecisionResult, VerdictPreview, VerdictRequest
from workbench.domain.case.verdict import is_last_round
from workbench.domain.case.vocabulary import FailKind, Measure, Verdict, WaitsFor
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.command import Place
from workbench.keys.registry import CONFIRM, FINAL, HELP, ITEMS, LETTER, MEASURE, NOTE, SEARCH, WAIT_FOR
from workbench.wording.case.labels import VERDICT

_TYPING_PAUSE_S = 0.2

Choice = TypeVar("Choice")


class VerdictDialog(Dialog[DecisionResult]):
    """Fills in one verdict; the result is the recorded decision, or None."""

    CSS_PATH = "verdict.tcss"
    AUTO_FOCUS = "ReasonList"
    PLACE: ClassVar[Place] = "verdict"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(CONFIRM, "confirm"),
        bind(SEARCH, "go('search')"),
        bind(FINAL, "final"),
        bind(WAIT_FOR, "wait_for"),
        bind(MEASURE, "measure"),
        bind(ITEMS, "go('items')"),
        bind(LETTER, "go('letter')"),
        bind(NOTE, "go('note')"),
        bind(HELP, "app.act('help')"),
    ]

    picker = getters.query_one(ReasonPicker)
    rectification = getters.query_one(RectificationForm)
    letter = getters.query_one(LetterEditor)
    note = getters.query_one("#note", TextArea)
    message = getters.query_one("#message", Static)
    foot = getters.query_one("#foot", Static)

    def __init__(
        self, case: CaseFile, state: VerdictState, actions: VerdictActions, view: View, *, items_first: bool = False
    ) -> None:
        super().__init__()
        self._case = case
        self._state = state
        self._actions = actions
        self._view = view
        self._guard = Guard(presses_of(self))
        self._preview: VerdictPreview | None = None
        self._previews = Debounce(self, "preview", self._show_preview)
        self._items_first = items_first
        self._is_deciding = False
        self._accepts_new_evidence = False
        self._problem = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = plain(f"{_(VERDICT[self._state.verdict])} {format_case(self._case.header.id)}")
            with VerticalScroll(id="body", can_focus=False):
                yield Static(id="kind", markup=False)
                yield Static(id="measure", markup=False)
                yield Static(plain(_("Reasons: / finds, digits mark"), MUTED), classes="title", markup=False)
                yield ReasonPicker(self._case, self._state.verdict)
                yield RectificationForm(self._state, self._actions.until)
                yield LetterEditor(self._case)
                yield Static(id="note-heading", classes="title", markup=False)
                yield MultilineField(self._state.note, id="note")
            with Vertical(id="ends"):
                yield Static(id="warnings", markup=False)
                yield Static(id="message", markup=False)
                yield Static(id="foot", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        self.rectification.display = self._state.is_fixable or self._state.verdict is Verdict.PENDING
        self.picker.show(self._state.reasons)
        self._draw()
        self._previews.ask()
        self.call_after_refresh(self._guard.note_paint)

    def on_resize(self) -> None:
        self._draw()

    async def _show_preview(self) -> None:
        try:
            self._preview = await asyncio.to_thread(self._actions.preview, self._request())
        except WorkbenchError as error:
            self._show_problem(str(error))
            return
        await self.rectification.show(self._preview.own_items)
        if self._items_first:
            self._items_first = False
            self.rectification.enter()
        self._draw()

    @work(group="write")
    async def decide(self) -> None:
        """Record the verdict, or show why it cannot be recorded."""
        self._is_deciding = True
        try:
            if await self._guard.is_alone():
                self.leave(await self._actions.decide(self._request()))
            else:
                self.message.update(dialog_text.too_soon_line())
        except WorkbenchError as error:
            self._show_problem(str(error))
            self._previews.ask()
        finally:
            self._is_deciding = False

    @on(ReasonList.Marked)
    def toggle_reason(self, event: ReasonList.Marked) -> None:
        """Mark or unmark a reason."""
        self._set_state(self._state.toggled(event.code))
        self.picker.show(self._state.reasons)

    @on(Edited)
    def apply_edit(self, event: Edited) -> None:
        """Update the state with what was typed into the form or the letter."""
        self._set_state(replace(self._state, **event.changes), _TYPING_PAUSE_S)

    @on(TextArea.Changed, "#note")
    def note_changed(self) -> None:
        """Update the state with the internal note."""
        if self.note.text != self._state.note:
            self._state = replace(self._state, note=self.note.text)
            self._actions.keep_draft("note", self._state.note)
            self._show_problem("")
            self._previews.ask(_TYPING_PAUSE_S)

    @on(Input.Submitted)
    def leave_field(self) -> None:
        """Leave a field; Enter never confirms."""
        self.picker.list.focus()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def show_keys(self) -> None:
        """Show the keys of the focused part."""
        is_writing = isinstance(self.focused, Input | TextArea)
        if self.focused is not None and not self.letter.edit.has_focus:
            self.letter.stop()
        self.foot.update(dialog_text.foot_line(self._preview, self._case.policy.desk.grace_s, is_writing=is_writing))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        verdict = self._state.verdict
        if action == "final":
            return verdict is Verdict.FAIL and not is_last_round(self._case.policy, self._case.header.round)
        if action == "wait_for":
            return verdict is Verdict.PENDING
        if parameters == ("items",):
            return verdict is Verdict.PENDING or self._state.is_fixable
        if action == "measure":
            return self._preview is not None and len(self._preview.measures) > 1
        return True

    def action_confirm(self) -> None:
        if not self._guard.accepts_press() or self._is_deciding:
            self.message.update(dialog_text.too_soon_line())
        elif self._preview is not None and self._preview.news and not self._accepts_new_evidence:
            self._accepts_new_evidence = True
            problem = _("New evidence has come; confirm once more to decide all the same.")
            if not self._preview.news.has_evidence:
                problem = _("The policy has changed; confirm once more to decide all the same.")
            self._show_problem(problem)
        elif self.rectification.display and self.rectification.problem:
            self._show_problem(f"{self.rectification.problem} {dialog_text.note_hint()}")
        else:
            self._show_problem("")
            self.decide()

    def action_final(self) -> None:
        kind = FailKind.FIXABLE if self._state.fail_kind is FailKind.FINAL else FailKind.FINAL
        self._set_state(replace(self._state, fail_kind=kind))
        self.rectification.display = self._state.is_fixable

    def action_wait_for(self) -> None:
        chosen = self._state.waits_for or (self._preview.waits_for if self._preview else None)
        self._set_state(replace(self._state, waits_for=_next_choice(chosen, tuple(WaitsFor))))

    def action_measure(self) -> None:
        measures = self._preview.measures if self._preview else (Measure.NONE,)
        self._set_state(replace(self._state, measure=_next_choice(self._state.measure, measures)))

    def action_go(self, part: str) -> None:
        go = {"search": self.picker.begin_search, "items": self.rectification.enter, "letter": self.letter.begin}
        go.get(part, self.note.focus)()

    def action_back(self) -> None:
        is_writing = isinstance(self.focused, Input | TextArea)
        if self.picker.search.has_focus or (not is_writing and self.picker.search.value):
            self.picker.show_all()
        elif is_writing:
            self.picker.end_search()
        elif not self._is_deciding:
            self.leave()

    def _show_problem(self, problem: str) -> None:
        """Show a problem, unless the preview lists it already."""
        self._problem = problem
        is_known = self._preview is not None and problem in self._preview.problems
        shown = plain(f"{symbols_of(self).warn} {problem}", ERROR)
        self.message.update(shown if problem and not is_known else "")
        self._draw_warnings()

    def _request(self) -> VerdictRequest:
        until = self.rectification.chosen_until() if self.rectification.display else None
        waits_for = self._state.waits_for or (self._preview.waits_for if self._preview else None)
        is_asking = self._state.is_fixable or waits_for is WaitsFor.APPLICANT
        state = self._state if is_asking else replace(self._state, items={})
        return state.request(self._case, until, accepts_new_evidence=self._accepts_new_evidence)

    def _set_state(self, state: VerdictState, pause_s: float = 0.0) -> None:
        """Change the state, keep it in the draft, and show its preview after a pause."""
        self._state = state
        self._actions.keep_draft("verdict", state.to_draft())
        self._show_problem("")
        self._draw()
        self.refresh_bindings()
        self._previews.ask(pause_s)

    def _draw(self) -> None:
        width = self.query_one("#kind").content_size.width
        preview, state = self._preview, self._state
        self.query_one("#kind", Static).update(
            dialog_text.kind_line(state, self._case, preview, symbols_of(self), width)
        )
        measures = preview.measures if preview else ()
        self.query_one("#measure", Static).update(dialog_text.measure_line(state, measures))
        self.query_one("#measure").display = len(measures) > 1
        keys = key_hints((NOTE.shown_keys, _("write")))
        self.query_one("#note-heading", Static).update(row(plain(_("For us only"), MUTED), keys, width))
        self.letter.show(state.letter or (preview.letter if preview else ""), is_own=bool(state.letter))
        typed = self.rectification.chosen_until()
        self.rectification.show_date(*dialog_text.date_words(state, preview, typed, self._actions.until, self._view))
        self._draw_warnings()
        self.show_keys()

    def _draw_warnings(self) -> None:
        warnings, width = self.query_one("#warnings", Static), self.query_one("#kind").content_size.width
        warnings.display = self._preview is not None
        if self._preview is not None and width:
            layout = (self._view, width, 1 if self.has_class("-low") else 2)
            is_confirming = self._problem in self._preview.problems
            warnings.update(
                dialog_text.warning_lines(self._state, self._case, self._preview, layout, is_confirming=is_confirming)
            )
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Limit the height of the body, so that the lines at the end stay visible."""
        if not self.query("#ends") or not self.query("#body"):
            # Called after a refresh; the dialog may be closed by then.
            return
        around = 2 if self.has_class("-low") else 4
        room = self.size.height - self.query_one("#ends").outer_size.height - around
        self.query_one("#body").styles.max_height = max(3, room)


def _next_choice(chosen: Choice | None, choices: tuple[Choice, ...]) -> Choice:
    """Return the choice after `chosen`; the first one follows the last."""
    return choices[(choices.index(chosen) + 1) % len(choices)] if chosen in choices else choices[0]
