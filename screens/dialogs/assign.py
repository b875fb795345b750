"""The dialog that moves cases to a person, or spreads them over people, and the undo of a move."""

from collections.abc import Callable, Sequence
from functools import partial

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker

from screens.dialogs.assign_text import (
    case_lines,
    cases_words,
    heading_line,
    outcome_words,
    person_line,
    plan_lines,
    refused_lines,
    spread_line,
    title_words,
)
from screens.dialogs.task_dialog import BusyDialog, TaskDialog
from screens.dialogs.text_sheet import TextSheet
from screens.shell.base_screen import attempt, drop_messages, in_thread
from screens.shell.view import View
from screens.widgets.row_list import SafeOptionList
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Static, plain
from screens.widgets.text_fields import PROSE, TextLine
from workbench.domain.case.lifecycle import Action
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.registry import with_keys
from workbench.services.acts.many_cases import RefusedCase
from workbench.services.queue.assignment import Assignment, Candidate
from workbench.services.wiring import Services

CaseChoice = tuple[str, tuple[int, ...]]
"""Cases to move: what they are in words, "" if they were chosen one by one, and their ids."""

_SPREAD = 0
"""The place of spreading in the list; the people have the next ones."""


class _CandidateList(SafeOptionList):
    """Lists to whom cases can go; the dialog gets its keys first."""

    def _forward_event(self, event: events.Event) -> None:
        dialog = self.screen
        if not (isinstance(dialog, AssignDialog) and isinstance(event, events.Key) and dialog.handles_key(event)):
            super()._forward_event(event)


class AssignDialog(TaskDialog[Assignment]):
    """Asks who gets the cases, and for a reason; shows the effect, moves them, and closes when that is done.

    `choices` reads the groups of cases that can be moved: the dialog begins with the first, and a key shows the next.
    """

    DEFAULT_CSS = """
    AssignDialog OptionList {
        height: auto; max-height: 5; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
    }
    AssignDialog OptionList:focus { border: none; }
    AssignDialog #heading { margin-top: 1; color: $text-muted; }
    AssignDialog VerticalScroll { max-height: 5; margin-top: 1; }
    AssignDialog.-low VerticalScroll { max-height: 4; }
    AssignDialog.-tall OptionList, AssignDialog.-tall VerticalScroll { max-height: 12; }
    AssignDialog #reason-title { margin-top: 1; color: $text-muted; }
    AssignDialog Input { margin-bottom: 1; }
    """

    people = getters.query_one(OptionList)
    reason = getters.query_one(Input)
    about = getters.query_one("#about", Static)
    preview = getters.query_one("#preview", Static)

    def __init__(self, services: Services, choices: Callable[[], Sequence[CaseChoice]], view: View) -> None:
        super().__init__(_("Loading the reviewers …"))
        self._services = services
        self._read_choices = choices
        self._choices: list[CaseChoice] = []
        """The groups of cases; the first one is shown."""
        self._view = view
        self._candidates: tuple[Candidate, ...] = ()
        self._plan: Assignment | None = None
        self._planned = _SPREAD
        """The place in the list for which the plan is made."""
        self._submits = False
        """Whether Enter was pressed before the effect was known."""
        self._early_keys: list[events.Key] = []
        """The keys that were pressed before the people were read, and act afterwards."""

    def parts(self) -> ComposeResult:
        yield Static(plain(_("Loading the reviewers …"), MUTED), id="about", markup=False)
        yield Static(id="heading", markup=False)
        yield _CandidateList(markup=False)
        with VerticalScroll(can_focus=False):
            yield Static(id="preview", markup=False)
        yield Static(plain(_("Reason, for colleagues")), id="reason-title", markup=False)
        yield TextLine(classes=PROSE)
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.set_focus(self.people)
        self.prepare()
        self.show_keys()

    @work(exclusive=True, group="read")
    async def prepare(self) -> None:
        """Load the cases and the people, and go to the first entry, which spreads the cases."""
        # The thread also imports the services.
        read = in_thread(lambda: (self._read_choices(), self._services.assigning.candidates()))
        found = await attempt(self, read, self._show_error)
        if found is None:
            return
        choices, candidates = found
        if not choices:
            self.query_one("BoxDialog > Vertical").border_title = plain(_("move cases"))
            self.about.update(plain(_("This person has no open cases that can be moved."), MUTED))
            return
        self._choices, self._candidates = list(choices), candidates
        self.people.set_options([Option("") for _line in range(len(candidates) + 1)])
        self.people.highlighted = _SPREAD
        for event in self._early_keys:
            (self.focused or self)._forward_event(event)  # noqa: SLF001 - as Textual passes a key on

    def _show_error(self, error: WorkbenchError) -> None:
        self._plan, self._submits = None, False
        self.about.update(plain(str(error), ERROR))

    @on(OptionList.OptionHighlighted)
    @work(exclusive=True, group="plan")
    async def plan(self) -> None:
        """Compute and show what happens if the cases go to the person under the cursor."""
        self._plan, self._planned = None, self.people.highlighted or _SPREAD
        self.query_one("BoxDialog > Vertical").border_title = plain(title_words(*self._choices[0]))
        self.show_keys()
        _words, case_ids = self._choices[0]
        login = "" if self._planned == _SPREAD else self._candidates[self._planned - 1].login
        plan = await attempt(self, in_thread(self._services.assigning.plan, case_ids, login), self._show_error)
        if plan is not None:
            self._plan = plan
            self._show_plan()
            self.show_keys()
        if self._submits:
            self.submit()

    @on(OptionList.OptionSelected)
    def ask_reason(self) -> None:
        """Ask for the reason next."""
        self.reason.focus()

    @on(Input.Submitted)
    def submit(self) -> None:
        """Move the cases as shown, if a reason is given. Before the effect is shown, wait for it."""
        plan, reason = self._plan, self.reason.value.strip()
        self._submits = plan is None or self._planned != (self.people.highlighted or _SPREAD)
        if self.is_busy or self._submits or plan is None or not plan.assigned:
            return
        if not reason:
            self.hint.update(plain(_("Enter some text first, or press Esc to go back."), WARNING))
            return
        message = _("Moving {cases} …").format(cases=cases_words(len(plan.assigned)))
        self.run_task(partial(self._services.assigning.carry_out, plan, reason), plain(message, MUTED))

    def handles_key(self, event: events.Key) -> bool:
        """Handle a key of the list at once, before the next key arrives, and return whether it was handled.

        Until the people are read, every key except Esc is kept for later.
        """
        if not self._candidates and event.key != "escape":
            self._early_keys.append(event)
        elif event.key == "enter":
            self.set_focus(self.reason)
        elif event.key.isdigit() and int(event.key) <= len(self._candidates):
            self.people.highlighted = int(event.key)
            self.set_focus(self.reason)
        elif event.key in {"up", "down"}:
            getattr(self.people, f"action_cursor_{event.key}")()
        elif event.key == "l" and len(self._choices) > 1:
            self._choices.append(self._choices.pop(0))
            self.plan()
        else:
            return False
        return True

    def read_again(self) -> Worker[None] | None:
        """Plan again after a change by another program."""
        return self.plan() if self._choices and not self.is_busy else None

    def action_back(self) -> None:
        self._submits = False
        if self.focused is self.reason and not self.is_busy:
            self.people.focus()
        else:
            super().action_back()

    def _show_plan(self) -> None:
        if self._plan is None:
            return
        # One cell less for the scroll bar.
        width, view = max(20, self.about.size.width - 1), self._view
        self.about.update(plan_lines(self._plan, width))
        self.query_one("#heading", Static).update(heading_line())
        self.people.replace_option_prompt_at_index(_SPREAD, spread_line())
        for number, person in enumerate(self._candidates, start=1):
            line = person_line(person, number, self._plan.loads, view)
            self.people.replace_option_prompt_at_index(number, line)
        self.preview.update(Content("\n").join(case_lines(self._plan, view, width)))

    on_resize = _show_plan

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys; the arrows choose until the reason is written."""
        if self.focused is self.reason:
            return super().keys()
        more = [("l", words) for words, _cases in self._choices[1:2]]
        return [("↑ ↓", _("choose")), *more, *super().keys()]

    def enter_key_label(self) -> str:
        """Return what Enter does."""
        if self.focused is not self.reason:
            return _("continue to the reason")
        assigned = self._plan.assigned if self._plan is not None else ()
        cases, owners = cases_words(len(assigned)), {case.to for case in assigned}
        if len(owners) == 1:
            return _("assign {cases} to {login}").format(cases=cases, login=owners.pop())
        people = _("{count} people").format(count=len(owners))
        return _("move {cases} to {people}").format(cases=cases, people=people)


async def assign_cases(
    screen: Screen[None], services: Services, choices: Callable[[], Sequence[CaseChoice]], view: View
) -> bool:
    """Ask who gets the cases, move them and report; return whether any case moved."""
    assignment = await screen.app.push_screen_wait(AssignDialog(services, choices, view))
    if assignment is None:
        return False
    if assignment.assigned:
        message = outcome_words(assignment) + " " + with_keys(_("To undo, press {desk.undo}."))
        screen.notify(message, timeout=8)
    list_refused(screen, _("Not assigned: {cases}"), assignment.refused)
    return bool(assignment.assigned)


async def undo_move(screen: Screen[None], services: Services) -> bool:
    """Undo the last move of this person, and name the cases that somebody touched since; return whether any moved."""
    last_act = await attempt(screen, in_thread(lambda: services.undo.last()))  # noqa: PLW0108 - the thread also imports the service
    if last_act is None or last_act.act != Action.ASSIGN:
        screen.notify(_("None of your moves can be undone now."))
        return False
    case_ids = last_act.together or (last_act.case_id,)
    title, undo = _("Undo the move of {cases}"), partial(services.undo.undo_move, case_ids)
    title = title.format(cases=cases_words(len(case_ids)))
    done = await screen.app.push_screen_wait(BusyDialog(title, undo, _("Moving the cases back …")))
    if done is None:
        return False
    undone, refused = done
    if undone:
        drop_messages(screen.app)
        screen.notify(_("Moved back: {cases}.").format(cases=cases_words(len(undone))), timeout=6)
    list_refused(screen, _("Not moved back: {cases}"), refused)
    return bool(undone)


def list_refused(screen: Screen[None], title: str, refused: Sequence[RefusedCase]) -> None:
    """Show the cases for which an act was refused, if there are any; the `title` has `{cases}` for their number."""
    if refused:
        title = title.format(cases=cases_words(len(refused)))
        screen.app.push_screen(TextSheet(title, partial(refused_lines, refused)))
