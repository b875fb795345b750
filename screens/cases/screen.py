"""The base of modes that list cases, show a text about the case under the cursor, and open it with its panels."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from screens.documents.dialog import show_documents
from screens.panels.case_header import case_lines, story_lines
from screens.panels.evidence_panels import EvidencePanels
from screens.panels.lines import PanelLine
from screens.shell.base_screen import ModeScreen, attempt, in_thread, unreported
from screens.shell.bindings import refusal_elsewhere
from screens.shell.header import HeaderBar, reviewer_status, title_line
from screens.shell.view import Clock, View
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import MUTED, Static, paragraphs
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.i18n import _
from workbench.keys.command import PLACES
from workbench.keys.desk import DESK_COMMANDS
from workbench.services.wiring import Services


class CaseSource(Protocol):
    """Provides the cases of a browser; `read_rows` and `read_case` run in a thread."""

    about_title: str
    """The title of the text about a case, untranslated."""

    def read_rows(self) -> Mapping[int, Any]:
        """Return the rows by case id."""

    def read_case(self, case_id: int) -> CaseFile:
        """Return a case."""

    def refusal(self, action: str, case: CaseFile) -> str:
        """Return why an action of the screen is not possible on a case, "" if it is possible."""

    def row_content(self, row: Any, view: View, width: int) -> Content:
        """Return a row of the list."""

    def about(self, case: CaseFile, view: View, width: int) -> Content | None:
        """Return the text about a case, None if there is none."""

    def head_lines(self, width: int) -> Sequence[Content]:
        """Return the lines between the title and the list."""

    def empty_words(self) -> str:
        """Return the text that replaces an empty list."""


class CaseBrowser(Vertical):
    """Shows the cases of a source; `is_open` while the case under the cursor is shown with its panels."""

    DEFAULT_CSS = """
    CaseBrowser {
        height: 1fr;
        #nothing { display: none; height: 1fr; content-align: center middle; text-align: center; }
        #about {
            height: auto; max-height: 45%; padding: 0 1; background: $surface; border-top: solid $border-blurred;
            scrollbar-size-vertical: 1;
        }
        #about:focus { border-top: solid $border; }
        #about > Static { height: auto; }
        #panels { display: none; height: 1fr; }

        &.-open #panels { display: block; }
        &.-open #list { display: none; }
        &.-empty #list, &.-empty #about { display: none; }
        &.-empty #nothing { display: block; }
    }
    """

    class Changed(Message):
        """The list or the case under the cursor was read, opened or closed."""

    list = getters.query_one("#list", RowList)
    about = getters.query_one("#about", VerticalScroll)
    panels = getters.query_one(EvidencePanels)

    def __init__(self, source: CaseSource, view: Callable[[], View]) -> None:
        super().__init__()
        self._source, self._view = source, view
        self._rows: Mapping[int, Any] = {}
        self._case: CaseFile | None = None
        """The case that was read last; the cursor may have left it."""

    def compose(self) -> ComposeResult:
        yield RowList(id="list")
        yield Static(paragraphs(self._source.empty_words()).stylize(MUTED), id="nothing", markup=False)
        with VerticalScroll(id="about"):
            yield Static(markup=False)
        yield EvidencePanels((self._source.about_title, self._about_lines))

    def _about_lines(self, case: CaseFile, view: View, width: int) -> Sequence[PanelLine]:
        text = self._source.about(case, view, width)
        return [] if text is None else [PanelLine(line) for line in text.split(allow_blank=True)]

    @property
    def is_open(self) -> bool:
        """Whether the case under the cursor is shown with its panels."""
        return self.has_class("-open")

    @property
    def case(self) -> CaseFile | None:
        """The case under the cursor, None until it is read."""
        case = self._case
        return case if case is not None and case.header.id == self.list.current else None

    @work(exclusive=True, group="read")
    async def load(self, done: Collection[int] = ()) -> None:
        """Load the list; the cursor stays on its case, or goes to the next one if its case is in `done`."""
        rows = await attempt(self, in_thread(self._source.read_rows))
        if rows is not None:
            self._rows, self._case = rows, None
            self.remove_class("-open")
            self.draw(done)
            self.list.focus()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """Read the list and the case under the cursor again; a case that left the list stays open."""
        rows = await attempt(self, in_thread(self._source.read_rows), unreported)
        if rows is None:
            return
        self._rows, before = rows, self.case
        if before is not None:
            case = await attempt(self, in_thread(self._source.read_case, before.header.id), unreported)
            # The cursor may have moved to another case meanwhile.
            if case is not None and self.case is before:
                self._case = case
        self.draw()

    @on(OptionList.OptionHighlighted, "#list")
    def follow(self) -> None:
        """Show the case under the cursor."""
        case_id = self.list.current
        if case_id is not None and self.case is None:
            self._read(case_id)

    @work(exclusive=True, group="case")
    async def _read(self, case_id: int) -> None:
        case = await attempt(self, in_thread(self._source.read_case, case_id))
        if case is not None:
            self._case = case
            self._show_case()

    def open(self) -> None:
        """Open the case under the cursor."""
        if self.case is not None:
            self.add_class("-open")
            self.draw()
            # With tabs, only one panel is visible.
            first = "subject" if self.screen.has_class("-narrow") else self.panels.most_severe
            self.call_after_refresh(self.panels.action_go, first)

    def go_back(self) -> None:
        """Leave the zoomed panel, or else the open case."""
        if self.panels.is_zoomed:
            self.panels.is_zoomed = False
        else:
            self.remove_class("-open")
            self.list.focus()
            self.draw()

    def draw(self, done: Collection[int] = ()) -> None:
        """Draw the list or the open case, and the text about the case."""
        self.set_class(not self._rows and not self.is_open, "-empty")
        if not self.is_open:
            view, width = self._view(), max(10, self.screen.size.width - 4)
            contents = {case_id: self._source.row_content(row, view, width) for case_id, row in self._rows.items()}
            self.list.show(contents, done)
        self._show_case()

    def _show_case(self) -> None:
        view, width = self._view(), self.screen.size.width
        if self._case is not None:
            view = replace(view, zone=ZoneInfo(self._case.policy.zone))
        if self.is_open and self.case is not None:
            self.panels.show(self.case, view)
        # While a case is open, the text about it is one of its panels.
        case = None if self.is_open else self._case
        text = self._source.about(case, view, max(8, width - 4)) if case is not None else None
        self.about.display = text is not None
        self.about.query_one(Static).update(text or "")
        self.post_message(self.Changed())


class CaseBrowserScreen(ModeScreen):
    """Shows the cases of a source; its actions are `load`, `open`, `about`, `back`, `desk` and `documents`."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).parents[1] / "panels" / "panels.tcss"]
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
        lines = [title_line(_(PLACES[self.PLACE]), case, reviewer_status(login, None, view), view, width)]
        if case is None:
            lines += self._source.head_lines(width)
        else:
            lines += [*case_lines(case, view, width, login), *story_lines(case, view, width, self.size.height)]
        self.query_one(HeaderBar).update(Content("\n").join(lines))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action in {"back", "about"}:
            return self.browser.is_open
        if action == "desk":
            return not self.browser.is_open
        if action == "open":
            return self.case is not None and not self.browser.is_open
        if action == "documents":
            return self.case is not None and is_allowed(Action.DOCUMENTS, self.case.header.state, self.services.actor)
        return True

    def why_not(self, key: str) -> str | None:
        """Return why a key does nothing now, such as most keys of the desk on an opened case."""
        active = self.active_bindings.get(key)
        if active is not None:
            if active.enabled or self.case is None:
                return None
            return self._source.refusal(active.binding.action, self.case) or None
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
