"""The dialog that assigns cases to a reviewer and reports the outcome."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.dialogs.assign_text import (
    busy_line,
    cases_words,
    outcome_words,
    person_line,
    plan_lines,
    refused_lines,
    title_words,
)
from screens.dialogs.task_dialog import TaskDialog
from screens.dialogs.text_sheet import TextSheet
from screens.shell.base_screen import attempt
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, WARNING, plain
from screens.widgets.text_fields import TextLine
from workbench.i18n import _
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from textual.screen import Screen

    from workbench.services.queue.assignment import Assignment, Candidate


class AssignDialog(TaskDialog["Assignment"]):
    """Asks for a reviewer and a reason, assigns the cases, and closes when that is done."""

    DEFAULT_CSS = """
    AssignDialog OptionList {
        height: auto; max-height: 9; border: none; padding: 0; margin-top: 1; background: $surface;
        scrollbar-size-vertical: 1;
    }
    AssignDialog OptionList:focus { border: none; }
    AssignDialog #reason-title { margin-top: 1; color: $text-muted; }
    AssignDialog Input { margin-bottom: 1; }
    """
    AUTO_FOCUS = "OptionList"

    people = getters.query_one(OptionList)
    reason = getters.query_one(Input)
    about = getters.query_one("#about", Static)

    def __init__(self, services: Services, case_ids: tuple[int, ...], view: View) -> None:
        super().__init__(title_words(case_ids))
        self._services = services
        self._case_ids = case_ids
        self._view = view
        self._people: tuple[Candidate, ...] = ()
        self._plan: Assignment | None = None

    def parts(self) -> ComposeResult:
        yield Static(plain(_("Loading the reviewers …"), MUTED), id="about", markup=False)
        yield OptionList(markup=False)
        yield Static(plain(_("Reason, for colleagues")), id="reason-title", markup=False)
        yield TextLine()
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.prepare()
        self.show_keys()

    def on_resize(self) -> None:
        self._show_plan()

    @work(exclusive=True, group="read")
    async def prepare(self) -> None:
        """Load the reviewers and the effect of an assignment."""
        await attempt(self, self._load, lambda error: self.about.update(plain(str(error), ERROR)))

    async def _load(self) -> None:
        self._people = await asyncio.to_thread(self._services.assigning.candidates)
        self._plan = await asyncio.to_thread(self._services.assigning.plan, self._case_ids)
        self.people.set_options(
            [Option(person_line(one, at, self._view)) for at, one in enumerate(self._people, start=1)]
        )
        self.people.highlighted = 0 if self._people else None
        self._show_plan()
        self.show_keys()

    @on(OptionList.OptionHighlighted)
    def follow(self) -> None:
        """Name the selected reviewer in the last line."""
        self.show_keys()

    @on(OptionList.OptionSelected)
    def ask_reason(self) -> None:
        """Ask for the reason next."""
        self.reason.focus()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Assign the cases, if a reason is given."""
        login, reason = self._login, event.value.strip()
        if self.is_busy or not login:
            return
        if not reason:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), WARNING))
            return
        assign = partial(self._services.assigning.assign_many, self._case_ids, login, reason)
        self.run_task(assign, busy_line(len(self._case_ids), login))

    def on_key(self, event: events.Key) -> None:
        if event.key.isdigit() and self.focused is self.people and 0 < int(event.key) <= len(self._people):
            event.stop()
            self.people.highlighted = int(event.key) - 1
            self.reason.focus()

    def action_back(self) -> None:
        if self.focused is self.reason and not self.is_busy:
            self.people.focus()
        else:
            super().action_back()

    @property
    def _login(self) -> str:
        at = self.people.highlighted
        return self._people[at].login if at is not None and at < len(self._people) else ""

    def _show_plan(self) -> None:
        if self._plan is not None:
            self.about.update(plan_lines(self._plan, max(20, self.about.size.width)))

    def enter_key_label(self) -> str:
        """Return what Enter does."""
        if self.focused is not self.reason:
            return _("continue to the reason")
        return _("assign {cases} to {login}").format(cases=cases_words(len(self._case_ids)), login=self._login)


async def assign_cases(screen: "Screen[None]", services: Services, case_ids: tuple[int, ...], view: View) -> bool:
    """Ask for a reviewer, assign the cases and report; return whether any case was assigned."""
    done = await screen.app.push_screen_wait(AssignDialog(services, case_ids, view))
    if done is None:
        return False
    if done.assigned:
        screen.notify(outcome_words(done, done.assigned[0].to), timeout=8)
    if done.refused:
        title = _("Not assigned: {cases}").format(cases=cases_words(len(done.refused)))
        screen.app.push_screen(TextSheet(title, partial(refused_lines, done)))
    return bool(done.assigned)
