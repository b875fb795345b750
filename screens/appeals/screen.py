"""The appeals screen: a supervisor reads appeals with their grounds, and decides them."""

import asyncio
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.appeals.appeal_text import appeal_lines, appeal_rows
from screens.panels.case_header import case_lines
from screens.panels.evidence_panels import EvidencePanels
from screens.shell.base_screen import ModeScreen, attempt
from screens.shell.bindings import bind
from screens.shell.clock import Clock
from screens.shell.header import HeaderBar, title_line, who_line
from screens.widgets.safe_text import MUTED, paragraphs
from screens.widgets.static import Static
from workbench.domain.case.appeal import WaitingAppeal, open_appeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.i18n import _
from workbench.keys import desk
from workbench.keys.appeals import DECIDE_APPEAL, LEAVE_APPEALS, OPEN_APPEAL, RELOAD_APPEALS
from workbench.keys.command import Command, Place
from workbench.keys.registry import BACK
from workbench.services.wiring import Services


class AppealsScreen(ModeScreen):
    """Lists the appealed cases and shows the one under the cursor."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).parents[1] / "panels" / "panels.tcss",
        Path(__file__).with_name("appeals.tcss"),
    ]
    PLACE: ClassVar[Place] = "appeals"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The list has an Enter of its own, which would hide this one from the footer.
        bind(OPEN_APPEAL, "open", priority=True),
        bind(DECIDE_APPEAL, "decide"),
        bind(RELOAD_APPEALS, "load"),
        bind(BACK, "back"),
        bind(LEAVE_APPEALS, "desk"),
        bind(desk.DOCUMENTS, "documents"),
    ]

    list = getters.query_one("#list", OptionList)
    appeal = getters.query_one("#appeal", VerticalScroll)
    panels = getters.query_one(EvidencePanels)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.case: CaseFile | None = None
        self._rows: tuple[WaitingAppeal, ...] = ()
        self._refusal = ""
        self._answers: dict[int, str] = {}

    def parts(self) -> ComposeResult:
        yield OptionList(id="list", markup=False)
        message = _(
            "No appeals are waiting for a decision.\nTo file one, open the failed or lapsed case and press {key}."
        )
        yield Static(paragraphs(message.format(key=desk.APPEAL.shown_keys)).stylize(MUTED), id="nothing", markup=False)
        with VerticalScroll(id="appeal"):
            yield Static(markup=False)
        yield EvidencePanels()

    @property
    def footer_commands(self) -> tuple[Command, ...]:
        """The commands in the footer; Esc is shown with what it does now."""
        return (DECIDE_APPEAL, OPEN_APPEAL, LEAVE_APPEALS, BACK)

    def on_screen_resume(self) -> None:
        # A dialog over an opened case has closed, or the person has come back to it.
        if not self.has_class("-open"):
            self.action_load()

    def on_resize(self) -> None:
        self._draw()

    @work(exclusive=True, group="read")
    async def action_load(self) -> None:
        """Load the list of appeals."""
        found = await attempt(self, partial(asyncio.to_thread, self.services.appeals.waiting))
        if found is None:
            return
        self._rows, self.case = found, None
        self.remove_class("-open")
        self._draw()
        if self._rows:
            self.list.focus()
            self.read(self._rows[0].case_id)

    @work(exclusive=True, group="case")
    async def read(self, case_id: int) -> None:
        """Load the case under the cursor, and why the person may not decide it."""
        services = self.services

        def load() -> tuple[CaseFile, str]:
            return services.casefiles.show(case_id), services.appeals.why_not_decide(case_id)

        found = await attempt(self, partial(asyncio.to_thread, load))
        if found is not None:
            (self.case, self._refusal) = found
            self.zone = ZoneInfo(self.case.policy.zone)
            self._show_case()

    @work(group="dialog")
    async def action_decide(self) -> None:
        from screens.appeals.decision_dialog import AppealDialog

        case = self.case
        if case is None:
            return
        case_id, appeals = case.header.id, self.services.appeals
        keep = partial(self._answers.__setitem__, case_id)
        dialog = AppealDialog(case, appeals.preview, appeals.decide, self._answers.get(case_id, ""), keep)
        decided = await self.app.push_screen_wait(dialog)
        if decided is not None:
            self._answers.pop(case_id, None)
            message = (
                _("The appeal of {case} is decided without a second person. To undo, press u on the desk.")
                if decided.waived
                else _("{case} waits for a check of your decision. To undo, press u on the desk.")
            )
            self.notify(message.format(case=format_case(case_id)), timeout=8)
            self.action_load()

    @work(group="dialog")
    async def action_documents(self) -> None:
        from screens.documents.dialog import DocumentList

        if self.case is not None:
            case_id = self.case.header.id
            dialog = DocumentList(self.services.documents, case_id, format_case(case_id), self.view())
            await self.app.push_screen_wait(dialog)

    @on(OptionList.OptionHighlighted, "#list")
    def follow(self, event: OptionList.OptionHighlighted) -> None:
        """Show the appeal of the case under the cursor."""
        if event.option_index < len(self._rows):
            self.read(self._rows[event.option_index].case_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        is_open, case = self.has_class("-open"), self.case
        if action in {"desk", "back"}:
            return is_open is (action == "back")
        if action == "open":
            return case is not None and not is_open
        if action == "decide":
            return (case is not None and not self._refusal) or None
        if action == "documents":
            return case is not None and is_allowed(Action.DOCUMENTS, case.header.state, self.services.actor)
        return True

    @on(OptionList.OptionSelected, "#list")
    def action_open(self) -> None:
        if self.case is not None:
            self.add_class("-open")
            self._show_case()
            self.call_after_refresh(self.panels.action_go, self.panels.most_severe)

    def action_back(self) -> None:
        if self.panels.is_zoomed:
            self.panels.is_zoomed = False
            return
        self.remove_class("-open")
        self.list.focus()
        self._draw()

    def _draw(self) -> None:
        view, width = self.view(), max(10, self.size.width - 2)
        login = self.services.actor.login
        case = self.case if self.has_class("-open") else None
        lines = [title_line(_("Appeals"), case, who_line(login, None, view), view, width)]
        lines += [] if case is None else case_lines(case, view, width, login)
        self.query_one(HeaderBar).update(Content("\n").join(lines))
        self.set_class(not self._rows, "-empty")
        if case is None:
            at = self.list.highlighted or 0
            self.list.set_options([Option(appeal_rows(found, view, width - 2, login)) for found in self._rows])
            self.list.highlighted = min(at, len(self._rows) - 1) if self._rows else None
        self._show_appeal()

    def _show_case(self) -> None:
        if self.case is not None and self.has_class("-open"):
            self.panels.show(self.case, self.view())
            self._draw()
        else:
            self._show_appeal()

    def _show_appeal(self) -> None:
        line = open_appeal(self.case.appeals) if self.case is not None else None
        self.appeal.display = line is not None
        # A click on the grounds leaves the focus, and so their keys, to the panels.
        self.appeal.can_focus = not self.has_class("-open")
        if self.case is not None and line is not None:
            text = appeal_lines(self.case, line, self._refusal, self.view(), max(8, self.size.width - 4))
            self.appeal.query_one(Static).update(text)
        self.refresh_bindings()
