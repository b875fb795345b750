"""The base of the modes that list cases and open the one under the cursor."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList

from screens.cases.browser import CaseBrowser, CaseSource
from screens.documents.dialog import show_documents
from screens.panels.case_header import case_lines, story_lines
from screens.shell.base_screen import ModeScreen
from screens.shell.bindings import refusal_elsewhere
from screens.shell.clock import Clock
from screens.shell.header import HeaderBar, reviewer_status, title_line
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.i18n import _
from workbench.keys.desk import DESK_COMMANDS
from workbench.services.wiring import Services


class CaseListScreen(ModeScreen):
    """Shows the cases of a source; its actions are `load`, `open`, `about`, `back`, `desk` and `documents`."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).parents[1] / "panels" / "panels.tcss"]
    NAME: ClassVar[str]
    AUTO_FOCUS = "#list"

    browser = getters.query_one(CaseBrowser)

    def __init__(self, clock: Clock, services: Services, source: CaseSource) -> None:
        super().__init__(clock, services)
        self._source = source

    def parts(self) -> ComposeResult:
        yield CaseBrowser(self._source, self.view)

    @property
    def case(self) -> CaseFile | None:
        """The case under the cursor, None until it is read."""
        return self.browser.case

    def on_screen_resume(self) -> None:
        if not self.is_covered and not self.browser.is_open:
            self.action_load()

    def on_resize(self) -> None:
        self.browser.draw()

    @on(CaseBrowser.Changed)
    def show_header(self) -> None:
        """Show the header, and the keys that work now."""
        view, width, login = self.view(), max(10, self.size.width - 2), self.services.actor.login
        case = self.case if self.browser.is_open else None
        if case is not None:
            view = replace(view, zone=ZoneInfo(case.policy.zone))
        lines = [title_line(_(self.NAME), case, reviewer_status(login, None, view), view, width)]
        if case is None:
            lines += self._source.head_lines(width)
        else:
            lines += [*case_lines(case, view, width, login), *story_lines(case, view, width, self.size.height)]
        self.query_one(HeaderBar).update(Content("\n").join(lines))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action in {"desk", "back"}:
            return self.browser.is_open is (action == "back")
        if action == "about":
            return self.browser.is_open
        if action == "open":
            return self.case is not None and not self.browser.is_open
        if action == "documents":
            return self.case is not None and is_allowed(Action.DOCUMENTS, self.case.header.state, self.services.actor)
        return True

    def why_not(self, key: str) -> str | None:
        """Return why a key does nothing now, such as most keys of the desk on an opened case."""
        active = self.active_bindings.get(key)
        if active is not None:
            case = None if active.enabled else self.case
            return None if case is None else self._source.refusal(active.binding.action, case)
        command = next((desk_command for desk_command in DESK_COMMANDS if key in desk_command.keys), None)
        if command is None or not self.browser.is_open:
            return None
        return refusal_elsewhere(command, self.services.actor)

    def action_load(self, done: Collection[int] = ()) -> None:
        self.browser.load(done)

    @on(OptionList.OptionSelected, "#list")
    def action_open(self) -> None:
        self.browser.open()

    def action_about(self) -> None:
        """Go to the panel with the verdict to check or the appeal to decide."""
        self.browser.panels.action_go("subject")

    def action_back(self) -> None:
        self.browser.go_back()

    @work(group="dialog")
    async def action_documents(self) -> None:
        if self.case is not None:
            await show_documents(self.app, self.services.documents, self.case, self.view())
