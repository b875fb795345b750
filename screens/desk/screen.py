"""The desk: one case fills it, from its claim to its verdict."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import BindingType

from screens.desk.case_actions import CaseScreen
from screens.desk.key_map import ACTS, allowed_on
from screens.shell.bindings import bind
from screens.shell.key_guard import presses_of
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.case.vocabulary import FailKind, Verdict
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys import desk
from workbench.keys import registry as keys
from workbench.keys.command import Place

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices as Services
    from workbench.domain.case.casefile import CaseFile, Decided


class DeskScreen(CaseScreen):
    """The mode in which cases are decided."""

    PLACE: ClassVar[Place] = "desk"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(command, action) for command, action in ACTS),
        bind(keys.BACK, "back"),
    ]

    def on_screen_resume(self) -> None:
        self.count()

    @work(exclusive=True, group="start")
    async def begin(self, services: "Services", *, is_claiming: bool) -> None:
        """Begin work with an opened office; who asked for a case already is not shown an empty desk before it."""
        await self.furnish()
        self.services = services
        if not is_claiming:
            self.clear_desk()

    @work(exclusive=True, group="claim")
    async def take_next(self) -> None:
        """Take the next case, or say why there is none."""
        from screens.desk.messages import empty
        from workbench.domain.case.casefile import Empty

        if self.services is None:
            return
        before = self.case.header.id if self.case is not None and self.is_staying else None
        try:
            await self.flush()
            found = await asyncio.to_thread(self.services.claims.next)
        except WorkbenchError as error:
            self.complain(error)
            if self.case is None:
                self.clear_desk()
                self.count()
            return
        if isinstance(found, Empty):
            self.clear_desk()
            self.page.show(empty(found, self.view(), self.counts))
        else:
            self.put_on_desk(found)
            if found.header.id == before:
                said = _("Decide this case first, put it aside (h), skip (s) or release it (b).")
                self.notify(said, markup=False, timeout=6)
        self.count()

    @property
    def is_staying(self) -> bool:
        """Whether `next` would give the case again that lies on the desk, with nothing new about it."""
        if self.case is None or not self.is_held or self.has_new_evidence:
            return False
        header, now = self.case.header, self.clock.now()
        is_aside = header.aside_until is not None and header.aside_until > now
        return not is_aside and header.held_until is not None and header.held_until > now

    @work(exclusive=True, group="claim")
    async def take_back(self) -> None:
        """Take back the last verdict; its case comes back to the desk."""
        if self.services is None or self.last is None:
            return
        try:
            await self.flush()
            case = await asyncio.to_thread(self.services.undo.undo, self.last.case_id)
        except WorkbenchError as error:
            self.complain(error)
        else:
            self.last = None
            self._show_taken_back(case)
        self.count()

    async def lay(self, case: "CaseFile") -> None:
        """Lay a held case on the desk that was chosen elsewhere; what was typed on the one before is saved.

        Raises:
            WorkbenchError: If that cannot be saved.
        """
        await self.flush()
        self.draft = None
        self.put_on_desk(case)

    def _show_taken_back(self, case: "CaseFile") -> None:
        if self.services is not None and case.header.held_by == self.services.actor.login:
            self.draft = None
            self.put_on_desk(case)
            self.notify(_("{case} is back on your desk.").format(case=self._named()), markup=False)
        else:
            self.notify(_("Taken back; the case waits for its checker again."), markup=False)

    @work(group="dialog")
    async def ask_verdict(self, verdict: Verdict, *, items_first: bool = False) -> None:
        """Open the dialog of a verdict, and go on from what was decided."""
        from screens.verdict.dialog import VerdictDialog
        from screens.verdict.form_state import VerdictState
        from screens.verdict.giving import VerdictActions

        if self.services is None or self.case is None or self.draft is None:
            return
        case = replace(self.case, draft=self.draft.body)
        state = VerdictState.of(case, verdict)
        if items_first:
            state = replace(state, fail_kind=FailKind.FIXABLE)
        giving = VerdictActions(
            preview=self.services.verdicts.preview,
            give=self.give,
            keep=self.keep,
            presses=presses_of(self),
        )
        dialog = VerdictDialog(case, state, giving, self.view(), items_first=items_first)
        done = await self.app.push_screen_wait(dialog)
        if done is not None:
            self.after(done)
        else:
            self.show_draft()

    def after(self, done: "Decided") -> None:
        """Go on from a verdict: the notice above, the next case one key away."""
        from screens.desk.messages import decided
        from workbench.domain.case.casefile import Undoable

        self.draft = None
        self.last = Undoable(
            case_id=done.case_id, decision_id=done.decision_id, verdict=done.verdict, until=done.release_at
        )
        self.done = done
        self.clear_desk()
        self.page.show(decided(done, self.view()))
        self.count()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action == "back":
            return self.case is not None and self.bench.is_zoomed
        if self.services is None:
            return None
        if action == "next":
            return True if role_refusal(Action.NEXT, self.services.actor) is None and not self.is_staying else None
        if action == "undo":
            return True if self.last is not None else None
        return allowed_on(action, self.case, self.services.actor, holds=self.is_held)

    def on_key(self, event: events.Key) -> None:
        """Let the key of the next case say why there is none, where it is not offered."""
        if self.case is not None and self.is_staying and event.key in desk.NEXT.all_keys:
            event.stop()
            event.prevent_default()
            if not presses_of(self).is_repeat:
                self.take_next()

    def action_next(self) -> None:
        self.take_next()

    def action_undo(self) -> None:
        # A key held down takes back one verdict, not one after the other.
        if not presses_of(self).is_repeat:
            self.take_back()

    def action_verdict(self, verdict: str) -> None:
        self.ask_verdict(Verdict(verdict))

    def action_rectify(self) -> None:
        self.ask_verdict(Verdict.FAIL, items_first=True)

    def action_skip(self) -> None:
        self.ask_skip()

    def action_aside(self) -> None:
        self.ask_aside()

    def action_release(self) -> None:
        if self.services is not None:
            self.let_go(self.services.claims.release, _("{case} released."))

    def action_back(self) -> None:
        self.bench.is_zoomed = False
