"""What the desk looks like: head, notice, panels or a page, draft; and how it changes as time passes."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import getters, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.desk.empty_page import DeskPage
from screens.shell.base_screen import TooSmall, WorkScreen
from screens.shell.clock import ZONE, Clock
from screens.shell.footer import Hints
from screens.shell.header import Head, title_line, who_line
from screens.shell.revealed_fields import Revealed
from screens.shell.symbols import symbols_of
from screens.shell.view import View
from workbench.errors import WorkbenchError
from workbench.i18n import _, marked

if TYPE_CHECKING:
    from screens.desk.draft import Draft
    from screens.panels.evidence_panels import EvidencePanels
    from screens.service_protocols import ScreenServices as Services
    from workbench.domain.case.casefile import CaseFile, Decided, DeskCounts, Undoable
    from workbench.domain.forecast.result import CaseForecast

TICK_S = 1.0
COUNT_EVERY_TICKS = 60
"""A tick is a second; the figures of the head are read again each minute."""

_WIDE = 98


class DeskLayout(WorkScreen):
    """The desk as it is seen, with a case on it or without."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        Path(__file__).with_name("desk.tcss"),
        Path(__file__).parents[1] / "panels" / "panels.tcss",
    ]
    AUTO_FOCUS = None
    NAME: ClassVar[str] = marked("Desk")

    page = getters.query_one("#page", DeskPage)
    notice = getters.query_one("#notice", Static)
    reveal_bar = getters.query_one("#revealed", Static)
    draft_bar = getters.query_one("#draft", Static)

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.services: Services | None = None
        self.case: CaseFile | None = None
        self.draft: Draft | None = None
        self.revealed = Revealed(clock.monotonic)
        self.is_lost = False
        self.lost_words = Content()
        self.counts: DeskCounts | None = None
        self._is_uncounted = False
        self.last: Undoable | None = None
        self.done: Decided | None = None
        self.renewed_at: datetime | None = None
        self._zone = ZONE
        self.ticks = 0
        self._shown_minute = ""
        self._shown_revealed: frozenset[str] = frozenset()
        self.has_new_evidence = False
        self.forecast: CaseForecast | None = None

    def compose(self) -> ComposeResult:
        yield Head()
        yield Static(id="notice", markup=False)
        yield DeskPage()
        yield Static(id="revealed", markup=False)
        yield Static(id="draft", markup=False)
        yield Hints()
        yield TooSmall()

    @property
    def bench(self) -> "EvidencePanels":
        """The panels, which come with the office."""
        from screens.panels.evidence_panels import EvidencePanels

        return self.query_one(EvidencePanels)

    async def furnish(self) -> None:
        """Bring in the panels; the first frame does without what nobody sees yet."""
        from screens.panels.evidence_panels import EvidencePanels

        await self.mount(EvidencePanels(), before="#page")

    def on_mount(self) -> None:
        self.show_head()
        self.set_interval(TICK_S, self.tick)

    def on_resize(self) -> None:
        self.show_head()

    @work(exclusive=True, group="counts")
    async def count(self) -> None:
        """Read the figures of the head again; a failure shows at the next act, not here."""
        if self.services is None:
            return
        self._is_uncounted = False
        try:
            self.counts = await asyncio.to_thread(self.services.queue.counts)
            self.last = await asyncio.to_thread(self.services.undo.last)
            await self._look_for_evidence()
        except WorkbenchError as error:
            # The next tick tries again; until then an empty desk would go on saying that it opens.
            self._is_uncounted = self.counts is None
            if self._is_uncounted and self.case is None and self.page.is_welcoming:
                self.page.uncounted(error)
            return
        self.show_head()
        self.show_notice()
        if self.case is None and self.page.is_welcoming:
            self._show_welcome()

    async def _look_for_evidence(self) -> None:
        """See whether something arrived for the case on the desk since it was read."""
        case = self.case
        if self.services is None or case is None:
            return
        newest = await asyncio.to_thread(self.services.casefiles.evidence_no, case.header.id)
        if case.shows_same_state_as(self.case):
            self.has_new_evidence = newest != case.header.evidence_no
            self.refresh_bindings()

    def complain(self, error: WorkbenchError) -> None:
        """Say what could not be done; everything typed is still there."""
        self.notify(str(error), severity="error", markup=False, timeout=8)

    def view(self) -> View:
        """Return from where the case is looked at now."""
        return View(now=self.clock.now(), zone=self._zone, symbols=symbols_of(self), revealed=self.revealed.values())

    def put_on_desk(self, case: "CaseFile") -> None:
        """Lay a case on the desk and show it; what was typed on it meanwhile stays."""
        self.has_new_evidence = False
        is_same = self.case is not None and self.case.header.id == case.header.id
        if not is_same:
            self.revealed.clear()
        if self.services is not None and (self.draft is None or self.draft.case_id != case.header.id):
            from screens.desk.draft import Draft

            self.draft = Draft(case.header.id, case.draft, self.services.drafts.save)
        self.case, self.is_lost, self.renewed_at = case, False, self.clock.now()
        self._zone = ZoneInfo(case.policy.zone)
        self.add_class("-with-case")
        self.show_revealed()
        self.show_head()
        self.show_draft()
        if not is_same:
            self.bench.is_zoomed = False
            # Side by side all panels are seen; behind tabs only one is.
            first = "identity" if self.has_class("-wide") else self.bench.gravest
            self.call_after_refresh(self.bench.go, first)
        self.refresh_bindings()
        self.call_after_refresh(self.foresee)

    @work(exclusive=True, group="forecast")
    async def foresee(self) -> None:
        """Find out when the case on the desk is likely passed, once it is painted."""
        case = self.case
        if self.services is None or case is None:
            return
        from screens.desk.forecast_loader import foreseen

        self.forecast = await foreseen(self.services, case)
        if self.case is not None and self.forecast is not None:
            self.show_head()

    def clear_desk(self) -> None:
        """Show the desk without a case."""
        self.case, self.draft, self.is_lost, self.has_new_evidence = None, None, False, False
        self.revealed.clear()
        self.page.is_welcoming = True
        self.remove_class("-with-case")
        self.page.focus()
        self._show_welcome()
        self.show_head()
        self.show_notice()
        self.refresh_bindings()

    def hold_until(self, until: datetime) -> None:
        """Take note that the hold lasts until then."""
        if self.case is not None:
            self.case = replace(self.case, header=replace(self.case.header, held_until=until))
            self.show_head()

    def break_down(self, error: WorkbenchError) -> None:
        """Say that the database cannot be opened, and the way out."""
        self.page.broken(error)

    def tick(self) -> None:
        """Let time pass: clock, notice, hold, revealed values."""
        self.ticks += 1
        view = self.view()
        if view.clock(view.now) != self._shown_minute:
            self.show_head()
        self.show_notice()
        if frozenset(view.revealed) != self._shown_revealed:
            self.show_revealed()
        self.say_revealed()
        if self._is_uncounted or self.ticks % COUNT_EVERY_TICKS == 0:
            self.count()

    def show_revealed(self) -> None:
        """Show the panels with what is revealed now."""
        if self.case is None:
            return
        view = self.view()
        self._shown_revealed = frozenset(view.revealed)
        self.bench.show(self.case, view)
        self.say_revealed()

    def say_revealed(self) -> None:
        """Say in a quiet line that all is revealed and how that ends, or what to do for it."""
        is_said = self.revealed.is_all or self.revealed.is_hinting
        if is_said:
            from screens.desk.reveal_words import reveal_line

            self.reveal_bar.update(reveal_line(is_all=self.revealed.is_all))
        self.reveal_bar.set_class(is_said, "-said")

    def show_head(self) -> None:
        """Show the lines above the panels."""
        view, width = self.view(), max(10, self.size.width - 2)
        self._shown_minute = view.clock(view.now)
        login = self.services.actor.login if self.services is not None else ""
        is_wide = width >= _WIDE
        is_roomy = is_wide or self.case is None
        right = who_line(login, self.counts if is_roomy else None, view, has_clock=is_roomy)
        lines: list[Content] = []
        if self.case is not None:
            from screens.desk.forecast_loader import likely_words
            from screens.panels.case_header import case_lines, hold_words, narrow_lines

            likely = likely_words(self.forecast, self.case, view)
            if is_wide:
                lines = case_lines(self.case, view, width, login, is_lost=self.is_lost, likely=likely)
            else:
                hold = hold_words(self.case, view, login, is_lost=self.is_lost)
                right = Content.assemble(hold, f" {view.symbols.dot} ", right)
                lines = narrow_lines(self.case, view, width, likely)
        lines.insert(0, title_line(_(self.NAME), self.case, right, view, width))
        self.query_one(Head).update(Content("\n").join(lines))

    def show_notice(self) -> None:
        """Show the verdict that can be taken back, as long as it can be."""
        view = self.view()
        if self.last is not None and self.last.until is not None and self.last.until <= view.now:
            self.last = None
            self.refresh_bindings()
        self.set_class(self.last is not None or self.has_new_evidence or self.is_lost, "-noticed")
        if self.is_lost:
            self.notice.update(self.lost_words)
        elif self.has_new_evidence:
            from screens.desk.messages import evidence_bar

            self.notice.update(evidence_bar())
        elif self.last is not None:
            from screens.desk.messages import notice_bar

            self.notice.update(notice_bar(self.last, self._check_for(), view))

    def show_draft(self) -> None:
        """Show what was typed and not decided."""
        body = self.draft.body if self.draft is not None else {}
        from screens.desk.draft_words import draft_line

        line = draft_line(body, symbols_of(self), max(10, self.size.width - 2))
        self.draft_bar.set_class(line is not None, "-typed")
        if line is not None:
            self.draft_bar.update(line)

    def _show_welcome(self) -> None:
        if self.counts is not None and self.services is not None:
            self.page.welcome(self.counts, self.view(), self.services.actor)

    def _check_for(self) -> tuple[str, ...]:
        """Return why the last verdict waits for a second person, as far as this desk knows."""
        if self.done is None or self.last is None or self.done.decision_id != self.last.decision_id:
            return ()
        return self.done.check_for
