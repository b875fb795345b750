"""The dialog that assigns cases to a reviewer and reports the outcome."""

import asyncio
from collections.abc import Iterable
from functools import partial

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from screens.dialogs.task_dialog import TaskDialog
from screens.dialogs.text_sheet import TextSheet
from screens.shell.base_screen import attempt
from screens.shell.view import View
from screens.widgets.row_list import SafeOptionList
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, Static, hanging, joined, plain, wrapped_lines
from screens.widgets.text_fields import PROSE, TextLine
from workbench.domain.case.case_id import format_case
from workbench.domain.text.safe import pad_left, pad_right, safe
from workbench.i18n import _, comma_joined
from workbench.services.queue.assignment import Assignment, Candidate, RefusedCase
from workbench.services.wiring import Services
from workbench.wording.amounts import commas

_NAME_CELLS = 10
"""The cells of a login or a case number."""


class AssignDialog(TaskDialog[Assignment]):
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
        yield SafeOptionList(markup=False)
        yield Static(plain(_("Reason, for colleagues")), id="reason-title", markup=False)
        yield TextLine(classes=PROSE)
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
            [Option(person_line(one, number, self._view)) for number, one in enumerate(self._people, start=1)]
        )
        self.people.highlighted = 0 if self._people else None
        self._show_plan()
        self.show_keys()

    @on(OptionList.OptionHighlighted)
    def show_selected(self) -> None:
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
        message = _("Assigning {cases} to {login} …").format(cases=cases_words(len(self._case_ids)), login=login)
        self.run_task(assign, plain(message, MUTED))

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

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys; the arrows choose a reviewer until the reason is written."""
        arrows = [("↑ ↓", _("choose"))] if self.focused is not self.reason else []
        return [*arrows, *super().keys()]

    def enter_key_label(self) -> str:
        """Return what Enter does."""
        if self.focused is not self.reason:
            return _("continue to the reason")
        return _("assign {cases} to {login}").format(cases=cases_words(len(self._case_ids)), login=self._login)


async def assign_cases(screen: Screen[None], services: Services, case_ids: tuple[int, ...], view: View) -> bool:
    """Ask for a reviewer, assign the cases and report; return whether any case was assigned."""
    assignment = await screen.app.push_screen_wait(AssignDialog(services, case_ids, view))
    if assignment is None:
        return False
    if assignment.assigned:
        screen.notify(outcome_words(assignment, assignment.assigned[0].to), timeout=8)
    if assignment.refused:
        title = _("Not assigned: {cases}").format(cases=cases_words(len(assignment.refused)))
        screen.app.push_screen(TextSheet(title, partial(refused_lines, assignment.refused)))
    return bool(assignment.assigned)


def cases_words(number: int) -> str:
    """Return a number of cases in words."""
    return _("1 case") if number == 1 else _("{count} cases").format(count=commas(number))


def title_words(case_ids: tuple[int, ...]) -> str:
    """Return the title of the dialog."""
    if len(case_ids) == 1:
        return _("Assign {case}").format(case=format_case(case_ids[0]))
    return _("Assign {cases}").format(cases=cases_words(len(case_ids)))


def plan_lines(plan: Assignment, width: int) -> Content:
    """Return the effect of an assignment: holds that end, and cases that cannot be assigned."""
    lines: list[Content] = []
    held = [assigned_case for assigned_case in plan.assigned if assigned_case.from_holder]
    if held:
        holders = comma_joined(sorted({assigned_case.from_holder or "" for assigned_case in held}))
        message = _("{cases} held by {who}: the hold ends and the draft is handed over.")
        lines += wrapped_lines(message.format(cases=cases_words(len(held)), who=holders), width, WARNING)
    if plan.refused:
        message = _("{cases} cannot be assigned, for example: {why}")
        message = message.format(cases=cases_words(len(plan.refused)), why=plan.refused[0].why)
        lines += wrapped_lines(message, width, ERROR)
    return Content("\n").join(lines or wrapped_lines(_("Nobody holds the selected cases."), width, MUTED))


def person_line(candidate: Candidate, number: int, view: View) -> Content:
    """Return a reviewer as a line of the list: the login, the cases held and assigned, and the absence."""
    login = pad_right(safe(candidate.login), _NAME_CELLS)
    parts: list[Part] = [
        (f"{number} " if number <= 9 else "  ", MUTED),  # noqa: PLR2004 - digits choose
        (login, "" if not candidate.is_away else MUTED),
        (pad_left(_("{count} held").format(count=commas(candidate.held)), 9), MUTED),
        (pad_left(_("{count} assigned").format(count=commas(candidate.assigned)), 16), MUTED),
    ]
    if candidate.is_away:
        until = _("away until {day}").format(day=view.day(candidate.away_until)) if candidate.away_until else _("away")
        parts.append((f"  {view.symbols.warn} {until}", WARNING))
    return joined(*parts)


def outcome_words(assignment: Assignment, login: str) -> str:
    """Return the outcome in one sentence."""
    if len(assignment.assigned) == 1:
        return _("{case} is assigned to {login}.").format(case=format_case(assignment.assigned[0].case_id), login=login)
    return _("{cases} go to {login}.").format(cases=cases_words(len(assignment.assigned)), login=login)


def refused_lines(refused: Iterable[RefusedCase], width: int) -> list[Content]:
    """Return each case for which an act was refused, with the reason."""
    return [
        line
        for case in refused
        for line in hanging([(f"{pad_right(format_case(case.case_id), _NAME_CELLS)} ", "bold")], case.why, width)
    ]
