"""The base of the screens that show a case: header, panels, message line and draft, updated every second."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from screens.desk import messages
from screens.desk.forecast_text import likely_words
from screens.desk.outcomes import CaseChanged, CaseRef, CaseRemoved, CaseShown, HoldLost, Outcome
from screens.desk.page import DeskPage, uncounted_page
from screens.desk.session import DeskSession
from screens.panels.case_header import case_lines, hold_words, narrow_lines, story_lines
from screens.panels.evidence_panels import EvidencePanels
from screens.shell.base_screen import WorkScreen, attempt, drop_messages, in_thread, run_in_worker
from screens.shell.header import HeaderBar, reviewer_status, title_line
from screens.shell.view import Clock, View, symbols_of
from screens.widgets.safe_text import MUTED, Static, plain
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.domain.text.safe import cells
from workbench.errors import WorkbenchError
from workbench.i18n import N_, _
from workbench.keys import desk
from workbench.services.wiring import Services

TICK_S = 1.0
"""How often the header and the masks of revealed fields follow the time."""

SAVE_AFTER_S = 0.4
"""How long after a change a draft is saved."""

_WIDE = 98
"""From this width on, the header has everything."""

_TITLE_CELLS = 8
"""The cells that the header keeps for its title while no case is shown."""

_CASE_TITLE_CELLS = 34
"""The cells that the header keeps for its title with the number and the round of a case."""

EXCLUSIVE_GROUPS = frozenset({"claim", "read"})
"""The groups of workers in which a new worker cancels the running one."""

MessageFunction = Callable[[DeskSession, View], Content | None]
"""Returns the text of the message line, None if there is nothing to say."""


class CaseScreen(WorkScreen):
    """Shows the case of a session, or a page while there is none; subclasses have the commands on the case."""

    CSS_PATH = "../panels/panels.tcss"
    AUTO_FOCUS = None
    NAME: ClassVar[str] = N_("Desk")
    IS_DESK: ClassVar[bool] = False
    """Whether this screen takes cases; if so, a case of a later round opens with the changes since its last round."""

    page = getters.query_one("#page", DeskPage)
    panels = getters.query_one(EvidencePanels)
    message_line = getters.query_one("#message", Static)
    reveal_bar = getters.query_one("#revealed", Static)
    draft_bar = getters.query_one("#draft", Static)

    def __init__(self, clock: Clock, services: Services, message_of: MessageFunction = messages.desk_message) -> None:
        super().__init__()
        self._message_of = message_of
        self.session = DeskSession(services, clock)
        self.revealed = self.session.revealed
        self._needs_count = False
        """Whether the counts could never be read, so that each tick tries it."""
        self._queued_when_empty: int | None = None
        """The queued cases when the page last said that none is left, -1 before they are counted; None otherwise."""
        self._shown_minute = ""
        self._shown_fields: frozenset[str] = frozenset()

    def parts(self) -> ComposeResult:
        yield EvidencePanels()
        yield DeskPage()
        with Vertical(id="lines"):
            yield Static(id="revealed", markup=False)
            yield Static(id="message", markup=False)
            yield Static(id="draft", markup=False)

    def on_mount(self) -> None:
        self.show_header()
        self.set_interval(TICK_S, self.tick)

    def tick(self) -> None:
        """Update what changes each second; read the counts again if they could never be read."""
        view = self.view()
        if view.time_of_day(view.now) != self._shown_minute:
            self.show_header()
        self.show_message_line()
        self.show_fields()
        if self._needs_count:
            self.read_again()

    @work(exclusive=True, group="counts")
    async def read_again(self) -> None:
        """Read the hold, the counts and the case again. A failure is not reported; the next act reports its own."""
        session, self._needs_count = self.session, False
        try:
            if session.case is not None and session.is_held:
                self.show(await session.check_hold(CaseRef.of(session.case)))
            self.show(await session.refresh())
        except WorkbenchError as error:
            self._needs_count = session.counts is None
            if self._needs_count and session.case is None and self.page.is_overview:
                self.page.show(uncounted_page(error), is_overview=True)
            return
        self.show_header()
        self.show_message_line()
        self.refresh_bindings()
        before = self._queued_when_empty
        if before is not None and session.counts is not None:
            self._queued_when_empty = session.counts.claimable
            self.page.is_overview |= 0 <= before < session.counts.claimable
        if session.case is None and self.page.is_overview:
            self.page.show(messages.overview(session, self.view()), is_overview=True)

    async def carry_out(self, act: Callable[[], Awaitable[Outcome]], message: str = "") -> Outcome | None:
        """Run an act, show its outcome and `message`, and return the outcome; None if the act failed."""
        outcome = await attempt(self, act)
        if outcome is not None:
            self.show(outcome)
            if message:
                self.notify(message)
        return outcome

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of an act."""
        session = self.session
        self.show_fields(is_forced=isinstance(outcome, CaseShown | CaseChanged))
        match outcome:
            case CaseShown(is_same) if session.case is not None:
                self._show_case(session.case, is_same=is_same)
            case CaseRemoved(decided):
                self.show_page(messages.decided_page(decided, self.view()) if decided is not None else None)
                self.read_again()
            case NoNextCase():
                self.show_page(messages.empty_queue_page(outcome, session, self.view()))
                self._queued_when_empty = -1
            case CaseChanged():
                self.show_header()
            case HoldLost() if session.case is not None:
                self.show_header()
                self.show_message_line()
                self.refresh_bindings()
                message = messages.lost_line(CaseRef.of(session.case).name, session.loss, self.view()).plain
                self.notify(message, severity="warning", timeout=10)

    def _show_case(self, case: CaseFile, *, is_same: bool) -> None:
        _show_panels_or_page(self, has_case=True)
        self.show_header()
        self.show_draft()
        if not is_same:
            drop_messages(self.app)
            self.panels.is_zoomed = False
            # With tabs, only one panel is visible.
            first = "identity" if self.has_class("-wide") else self.panels.most_severe
            self.panels.action_go(first)
            if self.IS_DESK and case.changes is not None:
                self.call_after_refresh(self.run_action, f"act('{desk.CHANGES.id}')")
        self.refresh_bindings()
        self.call_after_refresh(run_in_worker, self, partial(_read_refusals, self, case), "rights")
        self.call_after_refresh(run_in_worker, self, partial(_read_forecast, self, case), "forecast", is_exclusive=True)

    def show_page(self, text: Content | None = None) -> None:
        """Show the page without a case: a text, or the overview of waiting cases."""
        _show_panels_or_page(self, has_case=False)
        self.page.focus()
        self._queued_when_empty = None
        self.page.show(text or messages.overview(self.session, self.view()), is_overview=text is None)
        self.show_header()
        self.show_message_line()
        self.refresh_bindings()

    def keep_draft(self, case: CaseFile, name: str, value: Any) -> None:
        """Change a part of the draft of a case, and save the draft soon."""
        draft = self.session.draft
        if draft is not None and draft.case_id == case.header.id and draft.change(name, value):
            self.set_timer(SAVE_AFTER_S, partial(run_in_worker, self, partial(attempt, self, draft.save), "draft"))

    def view(self) -> View:
        """Return the time, zone, symbols and revealed fields that the case is shown with."""
        now, zone = self.session.clock.now(), self.session.zone
        return View(now=now, zone=zone, symbols=symbols_of(self), revealed=self.revealed.values())

    def show_fields(self, *, is_forced: bool = False) -> None:
        """Redraw the panels if the revealed fields changed, and show the line with the key that hides them."""
        view, case, revealed = self.view(), self.session.case, self.revealed
        fields = frozenset(view.revealed)
        if case is not None and (is_forced or fields != self._shown_fields):
            self._shown_fields = fields
            self.panels.show(case, view)
        if revealed.is_all or revealed.is_hinting:
            self.reveal_bar.update(messages.reveal_line(is_all=revealed.is_all))
        self.reveal_bar.set_class(revealed.is_all or revealed.is_hinting, "-shown")

    def hide_fields(self) -> None:
        """Mask all revealed fields."""
        self.revealed.hide_all()
        self.show_fields(is_forced=True)

    def show_header(self) -> None:
        """Show the lines above the panels."""
        session, view, width = self.session, self.view(), max(10, self.size.width - 2)
        self._shown_minute = view.time_of_day(view.now)
        case, login, is_wide = session.case, session.login, width >= _WIDE
        is_roomy = is_wide or case is None
        scope = messages.scope_words(session.scope, width)
        room = width - (_TITLE_CELLS if case is None else _CASE_TITLE_CELLS) - cells(scope)
        counts = session.counts if is_roomy else None
        right = reviewer_status(login, counts, view, has_clock=is_roomy, room=room, is_auto_next=session.auto_next)
        lines: list[Content] = []
        if case is not None:
            forecast = likely_words(session.forecast, case, view)
            if is_wide:
                lines = case_lines(case, view, width, login, is_lost=session.is_lost, forecast=forecast)
            else:
                hold = hold_words(case, view, login, is_lost=session.is_lost, is_narrow=True)
                right = Content.assemble(hold, f" {view.symbols.dot} ", right) if hold else right
                lines = narrow_lines(case, view, width, forecast)
            lines += story_lines(case, view, width, self.size.height)
        lines.insert(0, title_line(_(self.NAME), case, right, view, width, scope))
        self.query_one(HeaderBar).update(Content("\n").join(lines))

    on_resize = show_header

    def show_message_line(self) -> None:
        """Show the message line, or hide it if there is no message."""
        if self.session.drop_late_undo():
            self.refresh_bindings()
        line = self._message_of(self.session, self.view()) or plain(self.session.services.background(), MUTED)
        self.message_line.display = bool(line)
        if line:
            self.message_line.update(line)

    def show_draft(self) -> None:
        """Show the line with the draft."""
        body = self.session.draft.body if self.session.draft is not None else {}
        line = messages.draft_line(body, symbols_of(self), max(10, self.size.width - 2))
        self.draft_bar.set_class(line is not None, "-typed")
        if line is not None:
            self.draft_bar.update(line)

    def action_back(self) -> None:
        self.panels.is_zoomed = False


def _show_panels_or_page(screen: CaseScreen, *, has_case: bool) -> None:
    """Show the panels of a case, or the page instead.

    Each widget is changed on its own, because a CSS class of the screen would restyle all widgets of the screen.
    """
    screen.panels.display, screen.page.display = has_case, not has_case
    for bar in (screen.reveal_bar, screen.draft_bar):
        bar.set_class(has_case, "-with-case")


def start_act(screen: CaseScreen, act: Callable[[], Awaitable[Outcome]], group: str, message: str = "") -> None:
    """Start an act of the session in a worker of this group, such as `write`; it shows its outcome and a message."""
    run_in_worker(screen, partial(screen.carry_out, act, message), group, is_exclusive=group in EXCLUSIVE_GROUPS)


async def _read_forecast(screen: CaseScreen, case: CaseFile) -> None:
    """Show in the header when the case will probably be decided."""
    if await screen.session.load_forecast(case) is not None:
        screen.show_header()


async def _read_refusals(screen: CaseScreen, case: CaseFile) -> None:
    """Read why this person may not reopen or take the case, so that only allowed keys work.

    A person who made or checked the verdict may not reopen it; the policy says who may take a case out of turn.
    """
    session, services = screen.session, screen.session.services
    why_not_of = {Action.REOPEN: services.reopening.why_not}
    if not session.is_held:
        why_not_of[Action.TAKE] = services.taking.why_not
    for action, why_not in why_not_of.items():
        if is_allowed(action, case.header.state, services.actor):
            refusal = await attempt(screen, in_thread(why_not, case.header.id))
            if session.is_on_desk(CaseRef.of(case)):
                session.refusals[action] = refusal
    screen.refresh_bindings()
