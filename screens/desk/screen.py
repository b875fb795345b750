"""The desk: one case at a time, from its claim to its verdict."""

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from screens.desk.case_screen import CaseScreen
from screens.desk.key_map import bindings
from screens.desk.messages import decided_page, empty, evidence_bar, lost, notice_bar
from screens.desk.outcomes import CaseRef, CaseRemoved, CaseShown, HoldLost, HoldRenewed, Outcome, UndoneElsewhere
from screens.shell.bindings import bind
from screens.shell.clock import Clock
from screens.shell.key_guard import presses_of
from workbench.domain.case.casefile import CaseFile, Empty
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys import desk
from workbench.keys.command import Place

if TYPE_CHECKING:
    from workbench.services.wiring import Services

WATCH_EVERY_TICKS = 5
"""Every so many seconds the desk looks whether somebody else took the case; it reads one row by its key."""

_COUNT_AFTER_CLAIM_S = 0.3


class DeskScreen(CaseScreen):
    """The mode in which cases are decided."""

    PLACE: ClassVar[Place] = "desk"
    BINDINGS: ClassVar[list[BindingType]] = [bind(desk.NEXT, "next"), bind(desk.UNDO, "undo"), *bindings()]

    def __init__(self, clock: Clock, services: "Services", *, is_claiming: bool = False) -> None:
        super().__init__(clock, services)
        self._is_claiming = is_claiming

    def on_mount(self) -> None:
        if self._is_claiming:
            # The claim comes before the figures.
            self.set_timer(_COUNT_AFTER_CLAIM_S, self.count)
        else:
            self.show_page()
            self.count()

    def on_screen_resume(self) -> None:
        if self.session.counts is not None:
            self.count()

    def tick(self) -> None:
        """Look now and then whether the case is still held."""
        super().tick()
        case = self.session.case
        if case is not None and self.session.is_held and self.ticks % WATCH_EVERY_TICKS == 0:
            self.start(self.watch_hold(CaseRef.of(case)), "hold", is_exclusive=True)

    async def watch_hold(self, ref: CaseRef) -> None:
        """Look whether somebody else took the case; the next act reports a failure, not this."""
        try:
            outcome = await self.session.check_hold(ref)
        except WorkbenchError:
            return
        self.show(outcome)

    def note_key(self) -> None:
        """Record that a key was pressed, which renews the hold."""
        if self.session.note_key():
            self.renew()

    def renew(self) -> None:
        """Renew the hold of the case on the desk."""
        case = self.session.case
        if case is not None and self.session.is_held:
            self.start(self.carry_out(self.session.renew(CaseRef.of(case))), "renew")

    async def take_next(self) -> None:
        """Take the next case, or say why there is none."""
        unfinished = self.session.case.header.id if self.session.case and self.session.is_unfinished else None
        outcome = await self.attempt(self.session.next())
        if outcome is not None:
            self.show(outcome)
        elif self.session.case is None:
            self.show_page()
        case = self.session.case
        if outcome is not None and case is not None and case.header.id == unfinished:
            said = _("Decide this case first, put it aside (h), skip (s) or release it (b).")
            self.notify(said, markup=False, timeout=6)
        self.count()

    async def undo(self) -> None:
        """Take back the last verdict; its case comes back to the desk."""
        if self.session.undoable is None:
            return
        outcome = await self.attempt(self.session.undo(self.session.undoable))
        self.show(outcome)
        if isinstance(outcome, CaseShown) and self.session.case is not None:
            name = CaseRef.of(self.session.case).name
            self.notify(_("{case} is back on your desk.").format(case=name), markup=False)
        elif isinstance(outcome, UndoneElsewhere):
            self.notify(_("Taken back; the case waits for its checker again."), markup=False)
        self.count()

    async def open_held(self, case: CaseFile) -> bool:
        """Show a held case that was chosen in a list; say whether that worked."""
        outcome = await self.attempt(self.session.open_held(case))
        self.show(outcome)
        return outcome is not None

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of an act."""
        super().show(outcome)
        match outcome:
            case CaseRemoved(decided):
                self.show_page()
                if decided is not None:
                    self.page.show(decided_page(decided, self.view()))
                self.count()
            case Empty():
                self.show_page()
                self.page.show(empty(outcome, self.view(), self.session.counts))
            case HoldRenewed():
                self.show_head()
            case HoldLost():
                self.show_head()
                self.show_notice()
                self.refresh_bindings()
                self.notify(self._lost_line().plain, severity="warning", markup=False, timeout=10)
            case _:
                pass

    def show_page(self) -> None:
        """Show the page of the desk without a case."""
        session = self.session
        self.page.is_welcoming = True
        self.remove_class("-with-case")
        self.page.focus()
        if session.counts is not None:
            self.page.welcome(session.counts, self.view(), session.services.actor)
        self.show_head()
        self.show_notice()
        self.refresh_bindings()

    def show_notice(self) -> None:
        """Show that the hold is lost, that evidence has arrived, or the verdict that can be undone."""
        session = self.session
        if session.drop_late_undo():
            self.refresh_bindings()
        self.set_class(session.is_lost or session.has_new_evidence or session.undoable is not None, "-noticed")
        if session.is_lost:
            self.notice.update(self._lost_line())
        elif session.has_new_evidence:
            self.notice.update(evidence_bar())
        elif session.undoable is not None:
            self.notice.update(notice_bar(session.undoable, session.check_for, self.view()))

    def on_key(self, event: events.Key) -> None:
        """Let the key of the next case say why there is none, where it is not offered."""
        if self.session.is_unfinished and event.key in desk.NEXT.all_keys:
            event.stop()
            event.prevent_default()
            if not presses_of(self).is_repeat:
                self.action_next()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next":
            may_claim = role_refusal(Action.NEXT, self.session.services.actor) is None
            return True if may_claim and not self.session.is_unfinished else None
        if action == "undo":
            return True if self.session.undoable is not None else None
        return super().check_action(action, parameters)

    def action_next(self) -> None:
        self.start(self.take_next(), "claim", is_exclusive=True)

    def action_undo(self) -> None:
        # A key held down takes back one verdict, not one after the other.
        if not presses_of(self).is_repeat:
            self.start(self.undo(), "claim", is_exclusive=True)

    def _lost_line(self) -> Content:
        name = CaseRef.of(self.session.case).name if self.session.case is not None else ""
        return lost(name, self.session.loss, self.view())
