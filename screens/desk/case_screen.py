"""A screen that shows a case: header, notice, panels, draft; and how it changes as time passes."""

from collections.abc import Awaitable, Coroutine
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import getters, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker

from screens.desk.empty_page import DeskPage
from screens.desk.forecast_text import likely_words
from screens.desk.key_map import COMMANDS, is_available
from screens.desk.messages import draft_line, reveal_line
from screens.desk.outcomes import CaseShown, FieldsRevealed, Outcome
from screens.desk.session import DeskSession
from screens.panels.case_header import case_lines, hold_words, narrow_lines
from screens.panels.evidence_panels import EvidencePanels
from screens.shell.base_screen import TooSmall, WorkScreen
from screens.shell.clock import Clock
from screens.shell.footer import Hints
from screens.shell.header import Head, title_line, who_line
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from workbench.domain.case.casefile import CaseFile
from workbench.errors import WorkbenchError
from workbench.i18n import _, marked

if TYPE_CHECKING:
    from workbench.services.wiring import Services

TICK_S = 1.0
COUNT_EVERY_TICKS = 60
"""The figures of the header are read again each minute."""

SAVE_AFTER_S = 0.4
_WIDE = 98

Result = TypeVar("Result")


class CaseScreen(WorkScreen):
    """Shows the case of a session, or a page if there is none, and runs the commands on it."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).with_name("desk.tcss"),
        Path(__file__).parents[1] / "panels" / "panels.tcss",
    ]
    AUTO_FOCUS = None
    NAME: ClassVar[str] = marked("Desk")

    page = getters.query_one("#page", DeskPage)
    panels = getters.query_one(EvidencePanels)
    notice = getters.query_one("#notice", Static)
    reveal_bar = getters.query_one("#revealed", Static)
    draft_bar = getters.query_one("#draft", Static)

    def __init__(self, clock: Clock, services: "Services") -> None:
        super().__init__()
        self.session = DeskSession(services, clock)
        self.revealed = self.session.revealed
        self.ticks = 0
        self._is_count_owed = False
        self._shown_minute = ""
        self._shown_fields: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield Head()
        yield Static(id="notice", markup=False)
        yield EvidencePanels()
        yield DeskPage()
        yield Static(id="revealed", markup=False)
        yield Static(id="draft", markup=False)
        yield Hints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.show_head()
        self.set_interval(TICK_S, self.tick)

    def on_resize(self) -> None:
        self.show_head()

    def tick(self) -> None:
        """Show what a second changes, and read the figures again once a minute."""
        self.ticks += 1
        view = self.view()
        if view.clock(view.now) != self._shown_minute:
            self.show_head()
        self.show_notice()
        self.show_fields()
        if self._is_count_owed or self.ticks % COUNT_EVERY_TICKS == 0:
            self.count()

    @work(exclusive=True, group="counts")
    async def count(self) -> None:
        """Read the figures of the header again; the next act reports a failure, not this."""
        session, self._is_count_owed = self.session, False
        is_idle = session.case is None and self.page.is_welcoming
        try:
            await session.refresh()
        except WorkbenchError as error:
            self._is_count_owed = session.counts is None
            if self._is_count_owed and is_idle:
                self.page.show_uncounted(error)
            return
        self.show_head()
        self.show_notice()
        self.refresh_bindings()
        if session.case is None and session.counts is not None and self.page.is_welcoming:
            self.page.welcome(session.counts, self.view(), session.services.actor)

    @work(exclusive=True, group="forecast")
    async def load_forecast(self, case: CaseFile) -> None:
        """Show when the case is likely passed."""
        if await self.session.load_forecast(case) is not None:
            self.show_head()

    def start(self, act: Coroutine[Any, Any, Result], group: str, *, is_exclusive: bool = False) -> Worker[Result]:
        """Run an act beside the screen."""
        return self.run_worker(act, group=group, exclusive=is_exclusive)

    async def attempt(self, act: Awaitable[Result]) -> Result | None:
        """Return the result of an act; None if it failed, which the screen reports."""
        try:
            return await act
        except WorkbenchError as error:
            self.complain(error)
            return None

    def complain(self, error: WorkbenchError) -> None:
        """Report what could not be done; nothing that was typed is lost."""
        self.notify(str(error), severity="error", markup=False, timeout=8)

    async def carry_out(self, act: Awaitable[Outcome], said: str = "") -> None:
        """Show the outcome of an act, and a sentence if it succeeds."""
        try:
            outcome = await act
        except WorkbenchError as error:
            self.complain(error)
            return
        self.show(outcome)
        if said:
            self.notify(said, markup=False)

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of an act."""
        case = self.session.case
        self.show_fields(is_forced=isinstance(outcome, CaseShown | FieldsRevealed))
        if not isinstance(outcome, CaseShown) or case is None:
            return
        self.add_class("-with-case")
        self.show_head()
        self.show_draft()
        if not outcome.is_same:
            self.panels.is_zoomed = False
            # Behind tabs only one panel is seen.
            first = "identity" if self.has_class("-wide") else self.panels.gravest
            self.call_after_refresh(self.panels.go, first)
        self.refresh_bindings()
        self.call_after_refresh(self.load_forecast, case)

    def keep_draft(self, case: CaseFile, name: str, value: Any) -> None:
        """Keep a part of the draft of a case, and save it soon."""
        draft = self.session.draft
        if draft is not None and draft.case_id == case.header.id and draft.change(name, value):
            self.set_timer(SAVE_AFTER_S, lambda: self.start(self.attempt(draft.save()), "draft"))

    def view(self) -> View:
        """Return the time, zone, symbols and revealed fields that the case is shown with."""
        session = self.session
        values = self.revealed.values()
        return View(now=session.clock.now(), zone=session.zone, symbols=symbols_of(self), revealed=values)

    def show_fields(self, *, is_forced: bool = False) -> None:
        """Show the panels if other fields are revealed than before, and the line that says how that ends."""
        view, case, revealed = self.view(), self.session.case, self.revealed
        fields = frozenset(view.revealed)
        if case is not None and (is_forced or fields != self._shown_fields):
            self._shown_fields = fields
            self.panels.show(case, view)
        if revealed.is_all or revealed.is_hinting:
            self.reveal_bar.update(reveal_line(is_all=revealed.is_all))
        self.reveal_bar.set_class(revealed.is_all or revealed.is_hinting, "-said")

    def hide_fields(self) -> None:
        """Mask what is revealed."""
        self.revealed.clear()
        self.show_fields(is_forced=True)

    def show_head(self) -> None:
        """Show the lines above the panels."""
        session, view, width = self.session, self.view(), max(10, self.size.width - 2)
        self._shown_minute = view.clock(view.now)
        case, login, is_wide = session.case, session.login, width >= _WIDE
        is_roomy = is_wide or case is None
        right = who_line(login, session.counts if is_roomy else None, view, has_clock=is_roomy)
        lines: list[Content] = []
        if case is not None:
            likely = likely_words(session.forecast, case, view)
            if is_wide:
                lines = case_lines(case, view, width, login, is_lost=session.is_lost, likely=likely)
            else:
                hold = hold_words(case, view, login, is_lost=session.is_lost)
                right = Content.assemble(hold, f" {view.symbols.dot} ", right)
                lines = narrow_lines(case, view, width, likely)
        lines.insert(0, title_line(_(self.NAME), case, right, view, width))
        self.query_one(Head).update(Content("\n").join(lines))

    def show_notice(self) -> None:
        """Show the line under the header."""
        raise NotImplementedError

    def show_draft(self) -> None:
        """Show what was typed and not decided."""
        body = self.session.draft.body if self.session.draft is not None else {}
        line = draft_line(body, symbols_of(self), max(10, self.size.width - 2))
        self.draft_bar.set_class(line is not None, "-typed")
        if line is not None:
            self.draft_bar.update(line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return self.panels.is_zoomed
        return is_available(str(parameters[0]), self.session) if action == "act" else True

    def action_act(self, command_id: str) -> None:
        case, command = self.session.case, COMMANDS[command_id]
        if case is None:
            return
        run = command.run(self, case)
        if command.group:
            self.start(run, command.group, is_exclusive=command.group == "read")

    def action_back(self) -> None:
        self.panels.is_zoomed = False
