"""The checks screen: a second person reads staged verdicts and approves or returns them."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.checks.staged_text import StagedVerdict, row_line
from screens.dialogs.prompt import Prompt
from screens.panels.case_header import case_lines
from screens.panels.evidence_panels import EvidencePanels
from screens.shell.base_screen import ModeScreen, attempt
from screens.shell.bindings import bind
from screens.shell.clock import Clock
from screens.shell.header import HeaderBar, title_line, who_line
from screens.widgets.safe_text import MUTED, WARNING, fitted, plain
from screens.widgets.static import Static
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, CaseRowView
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.i18n import _
from workbench.keys import desk
from workbench.keys.command import Command, Place
from workbench.keys.registry import APPROVE, BACK, GIVE_BACK, LEAVE_CHECKS, OPEN, RELOAD
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from workbench.services.appeals.checks import AppealChecks
    from workbench.services.review.second_checks import Checks


class ChecksScreen(ModeScreen):
    """Lists the staged verdicts and shows the case of the selected one."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).parents[1] / "panels" / "panels.tcss",
        Path(__file__).with_name("checks.tcss"),
    ]
    PLACE: ClassVar[Place] = "checks"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The list has an Enter of its own, which would hide this one from the footer.
        bind(OPEN, "open", priority=True),
        bind(APPROVE, "approve"),
        bind(GIVE_BACK, "give_back"),
        bind(RELOAD, "load"),
        bind(BACK, "back"),
        bind(LEAVE_CHECKS, "desk"),
        bind(desk.DOCUMENTS, "documents"),
        bind(desk.CHANGES, "changes"),
    ]

    list = getters.query_one("#list", OptionList)
    staged = getters.query_one("#staged", VerticalScroll)
    panels = getters.query_one(EvidencePanels)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.case: CaseFile | None = None
        self._rows: tuple[CaseRowView, ...] = ()
        self._single_reviewer_reason = ""
        self._notes: dict[str, str] = {}

    def parts(self) -> ComposeResult:
        yield OptionList(id="list", markup=False)
        yield Static(plain(_("No verdicts are waiting for a check."), MUTED), id="nothing", markup=False)
        yield EvidencePanels()
        with VerticalScroll(id="staged"):
            yield Static(markup=False)

    @property
    def footer_commands(self) -> tuple[Command, ...]:
        """The commands in the footer; Esc is shown with what it does now."""
        return (APPROVE, GIVE_BACK, OPEN, LEAVE_CHECKS, BACK)

    def on_screen_resume(self) -> None:
        # A dialog over an opened case has closed, or the person has come back to it.
        if not self.has_class("-open"):
            self.action_load()

    def on_resize(self) -> None:
        self._draw()

    @work(exclusive=True, group="read")
    async def action_load(self) -> None:
        """Load the list of staged verdicts."""
        checks = self.services.checks
        found = await attempt(self, partial(asyncio.to_thread, lambda: (checks.waiting(), checks.why_alone())))
        if found is None:
            return
        self._rows, self._single_reviewer_reason = found
        self.case = None
        self.remove_class("-open")
        self._draw()
        if self._rows:
            self.list.focus()
            self.read(self._rows[0].id)

    @work(exclusive=True, group="case")
    async def read(self, case_id: int) -> None:
        """Load the case under the cursor with its verdict."""
        case = await attempt(self, partial(asyncio.to_thread, self.services.casefiles.show, case_id))
        if case is not None:
            self.case, self.zone = case, ZoneInfo(case.policy.zone)
            self._show_case()

    @work(group="dialog")
    async def ask(self, title: str, hint: str, act: Callable[[int, str, int | None], object], message: str) -> None:
        """Ask for a note, run `act` on the case with it, and show `message`."""
        if self.case is None:
            return
        case_id = self.case.header.id
        # The service refuses if another verdict was staged after this one was read, or new evidence came.
        seen = next((line.id for line in reversed(self.case.decisions) if line.status == "staged"), None)
        if self._verdict.appeal is not None:
            seen = self.case.header.version
        act = partial(act, evidence_no=self.case.header.evidence_no) if act == self.services.checks.approve else act
        title = title.format(case=format_case(case_id))
        keep = partial(self._notes.__setitem__, title)
        note = await self.app.push_screen_wait(Prompt(title, hint, self._notes.get(title, ""), on_change=keep))
        if note is None:
            return
        if await attempt(self, partial(asyncio.to_thread, act, case_id, note, seen)) is not None:
            self._notes.pop(title, None)
            self.notify(message.format(case=format_case(case_id)), timeout=8)
            self.action_load()

    @work(group="dialog")
    async def action_documents(self) -> None:
        from screens.documents.dialog import DocumentList

        if self.case is not None:
            case_id = self.case.header.id
            dialog = DocumentList(self.services.documents, case_id, format_case(case_id), self.view())
            await self.app.push_screen_wait(dialog)

    def action_changes(self) -> None:
        from screens.changes.sheet import ChangesSheet

        if self.case is None or self.case.changes is None:
            self.notify(_("This is the first round; there is nothing to compare it with."))
        else:
            self.app.push_screen(ChangesSheet(self.case, self.case.changes, self.view()))

    @on(OptionList.OptionHighlighted, "#list")
    def follow(self, event: OptionList.OptionHighlighted) -> None:
        """Show the verdict of the case under the cursor."""
        if event.option_index < len(self._rows):
            self.read(self._rows[event.option_index].id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        is_open = self.has_class("-open")
        if action == "desk":
            return not is_open
        if action == "open":
            return self.case is not None and not is_open
        if action == "back":
            return is_open
        if action == "documents":
            return self.case is not None and is_allowed(Action.DOCUMENTS, self.case.header.state, self.services.actor)
        if action in {"approve", "give_back"}:
            return True if self._verdict.may(Action.APPROVE if action == "approve" else Action.RETURN) else None
        return True

    @on(OptionList.OptionSelected, "#list")
    def action_open(self) -> None:
        if self.case is not None:
            self.add_class("-open")
            self._show_case()
            self.call_after_refresh(self.panels.action_go, self.panels.most_severe)

    def action_approve(self) -> None:
        hint = _("The verdict takes effect and its notice goes out. A note is required: what did you check?")
        message = _("{case} approved. To undo, press u on the desk.")
        self.ask(_("Approve {case}"), hint, self._checks.approve, message)

    def action_give_back(self) -> None:
        hint = _("A note is required: what should the maker review again?")
        self.ask(_("Return {case}"), hint, self._checks.give_back, _("{case} returned to its maker."))

    def action_back(self) -> None:
        if self.panels.is_zoomed:
            self.panels.is_zoomed = False
            return
        self.remove_class("-open")
        self.list.focus()
        self._draw()

    def _draw(self) -> None:
        view, width = self.view(), max(10, self.size.width - 2)
        case = self.case if self.has_class("-open") else None
        right = who_line(self.services.actor.login, None, view)
        lines = [title_line(_("Checks"), case, right, view, width)]
        if case is not None:
            lines += case_lines(case, view, width, self.services.actor.login)
        elif self._single_reviewer_reason:
            message = _("Only one person reviews here ({reason}): verdicts take effect without a second person.")
            message = message.format(reason=self._single_reviewer_reason)
            lines.append(plain(fitted(message, width).rstrip(), WARNING))
        self.query_one(HeaderBar).update(Content("\n").join(lines))
        self.set_class(not self._rows, "-empty")
        if case is None:
            at = self.list.highlighted or 0
            self.list.set_options([Option(row_line(found, view, width - 2)) for found in self._rows])
            self.list.highlighted = min(at, len(self._rows) - 1) if self._rows else None
        self._show_staged()

    def _show_case(self) -> None:
        if self.case is not None and self.has_class("-open"):
            self.panels.show(self.case, self.view())
            self._draw()
        else:
            self._show_staged()

    def _show_staged(self) -> None:
        lines = self._verdict.lines(self.view(), max(8, self.size.width - 4))
        self.staged.display = lines is not None
        # A click on the verdict leaves the focus, and so their keys, to the panels.
        self.staged.can_focus = not self.has_class("-open")
        self.staged.query_one(Static).update(lines or "")
        self.refresh_bindings()

    @property
    def _checks(self) -> "Checks | AppealChecks":
        """The checks of what is staged on the case: of a verdict, or of a decision on an appeal."""
        return self.services.checks if self._verdict.appeal is None else self.services.appeal_checks

    @property
    def _verdict(self) -> StagedVerdict:
        return StagedVerdict(self.case, self.services.actor, is_alone=bool(self._single_reviewer_reason))
