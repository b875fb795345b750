"""The dialog that assigns cases to a reviewer and reports the outcome."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.dialogs.assign_text import (
    busy_line,
    cases_words,
    done_words,
    person_line,
    plan_lines,
    refused_lines,
    title_words,
)
from screens.dialogs.text_sheet import TextSheet
from screens.shell.base_screen import Dialog, TooSmall
from screens.shell.bindings import bind
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, UNEASY, key_hints, plain
from screens.widgets.text_fields import TextLine
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.registry import BACK

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.service_protocols import ScreenServices
    from workbench.services.queue.assignment import Assignment, Candidate


class AssignDialog(Dialog["Assignment"]):
    """Asks for a reviewer and a reason, assigns the cases, and closes when that is done.

    It assigns them itself, so that it cannot be closed before the outcome is known.
    """

    DEFAULT_CSS = """
    AssignDialog { align: center middle; background: $background 60%; }
    AssignDialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 96%; border: round $border; background: $surface;
        padding: 0 1;
    }
    AssignDialog Static { height: auto; }
    AssignDialog OptionList {
        height: auto; max-height: 9; border: none; padding: 0; margin-top: 1; background: $surface;
        scrollbar-size-vertical: 1;
    }
    AssignDialog OptionList:focus { border: none; }
    AssignDialog #reason-title { margin-top: 1; color: $text-muted; }
    AssignDialog Input { border: none; height: 1; padding: 0; margin-bottom: 1; background: $panel; }
    AssignDialog Input:focus { border: none; background-tint: $foreground 8%; }
    """
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [bind(BACK, "back")]

    people = getters.query_one(OptionList)
    reason = getters.query_one(Input)
    about = getters.query_one("#about", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self, services: "ScreenServices", case_ids: tuple[int, ...], view: View) -> None:
        super().__init__()
        self._services = services
        self._case_ids = case_ids
        self._view = view
        self._people: tuple[Candidate, ...] = ()
        self._plan: Assignment | None = None
        self._is_assigning = False

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = plain(title_words(self._case_ids))
            yield Static(plain(_("Loading the reviewers …"), FAINT), id="about", markup=False)
            yield OptionList(markup=False)
            yield Static(plain(_("Reason, for colleagues")), id="reason-title", markup=False)
            yield TextLine()
            yield Static(id="hint", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        self.prepare()
        self._show_keys()

    def on_resize(self) -> None:
        self._show_plan()

    @work(exclusive=True, group="read")
    async def prepare(self) -> None:
        """Load the reviewers and the effect of an assignment."""
        try:
            self._people = await asyncio.to_thread(self._services.assigning.candidates)
            self._plan = await asyncio.to_thread(self._services.assigning.plan, self._case_ids)
        except WorkbenchError as error:
            self.about.update(plain(str(error), BAD))
            return
        self.people.set_options(
            [Option(person_line(one, at, self._view)) for at, one in enumerate(self._people, start=1)]
        )
        self.people.highlighted = 0 if self._people else None
        self._show_plan()
        self._show_keys()

    @work(group="give")
    async def assign(self, login: str, reason: str) -> None:
        """Assign the cases in a thread; the dialog stays open until it ends."""
        self._is_assigning = True
        self.hint.update(busy_line(len(self._case_ids), login))
        try:
            done = await asyncio.to_thread(self._services.assigning.give, self._case_ids, login, reason)
        except WorkbenchError as error:
            self._is_assigning = False
            self.hint.update(plain(str(error), BAD))
            return
        self.leave(done)

    @on(OptionList.OptionHighlighted)
    def follow(self) -> None:
        """Name the selected reviewer in the last line."""
        self._show_keys()

    @on(OptionList.OptionSelected)
    def ask_reason(self) -> None:
        """Ask for the reason next."""
        self.reason.focus()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Assign the cases, if a reason is given."""
        login, reason = self._login, event.value.strip()
        if self._is_assigning or not login:
            return
        if not reason:
            self.hint.update(plain(_("Enter some text first, or press Esc to cancel."), UNEASY))
            return
        self.assign(login, reason)

    @on(Input.Changed)
    def clear_hint(self) -> None:
        """Replace the hint about the previous input by the keys."""
        if not self._is_assigning:
            self._show_keys()

    def on_descendant_focus(self) -> None:
        self._show_keys()

    def on_key(self, event: events.Key) -> None:
        if event.key.isdigit() and self.focused is self.people and 0 < int(event.key) <= len(self._people):
            event.stop()
            self.people.highlighted = int(event.key) - 1
            self.reason.focus()

    def action_back(self) -> None:
        if self._is_assigning:
            return
        if self.focused is self.reason:
            self.people.focus()
        else:
            self.leave()

    @property
    def _login(self) -> str:
        at = self.people.highlighted
        return self._people[at].login if at is not None and at < len(self._people) else ""

    def _show_plan(self) -> None:
        if self._plan is not None:
            self.about.update(plan_lines(self._plan, max(20, self.about.size.width)))

    def _show_keys(self) -> None:
        if self._is_assigning:
            return
        does = _("continue to the reason")
        if self.focused is self.reason:
            does = _("assign {cases} to {login}").format(cases=cases_words(len(self._case_ids)), login=self._login)
        self.hint.update(key_hints(("Enter", does), ("Esc", _("back"))))


async def give_away(screen: "Screen[None]", services: "ScreenServices", case_ids: tuple[int, ...], view: View) -> bool:
    """Ask for a reviewer, assign the cases and report; return whether any case was assigned."""
    dialog = AssignDialog(services, case_ids, view)
    done = await screen.app.push_screen_wait(dialog)
    if done is None:
        return False
    if done.given:
        screen.notify(done_words(done, done.given[0].to), markup=False, timeout=8)
    if done.refused:
        title = _("Not assigned: {cases}").format(cases=cases_words(len(done.refused)))

        def lines(width: int) -> list[Content]:
            return refused_lines(done, width)

        screen.app.push_screen(TextSheet(title, lines))
    return bool(done.given)
