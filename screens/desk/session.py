"""The state of the desk, without any widget: the case, its draft and its hold, and every act on them.

The caller makes the `CaseRef` of the case before it awaits anything, and passes it to the act. The act returns an
outcome. If the case left the desk while the act ran, the outcome is `Superseded`, and there is nothing to show.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from screens.desk import outcomes
from screens.desk.draft import Draft
from screens.desk.outcomes import CaseChanged, CaseRef, CaseRemoved, CaseShown, HoldLost, Superseded, Unchanged, act_of
from screens.shell.revealed_fields import RevealedFields
from screens.shell.view import ZONE, Clock
from workbench.domain.case.casefile import CaseFile, DecisionResult, NoNextCase, VerdictRequest
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.domain.case.records import ChangesSinceSeen, DeskCounts, ItemLine, UndoableAct
from workbench.domain.case.vocabulary import ChecklistValue, ItemResult
from workbench.errors import StorageGone, WorkbenchError
from workbench.services.foundation.case_access import LostHold
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from workbench.domain.forecast.result import CaseForecast

Result = TypeVar("Result")

RENEW_EVERY = timedelta(minutes=1)


class DeskSession:
    """The work of one person at one desk."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services = services
        self.clock = clock
        self.started_at = clock.now()
        self.zone = ZONE
        self.case: CaseFile | None = None
        self.draft: Draft | None = None
        self.revealed = RevealedFields(clock.monotonic)
        self.is_lost = False
        self.loss: LostHold | None = None
        self.news = ChangesSinceSeen()
        self.forecast: CaseForecast | None = None
        self.counts: DeskCounts | None = None
        self.undoable: UndoableAct | None = None
        self.auto_next = False
        self.scope = ""
        """The filter of `next`."""
        self.check_reasons: dict[int, tuple[str, ...]] = {}
        """By decision: why the verdict needs a second person."""
        self.refusals: dict[Action, str | None] = {}
        """By action: why this person may not reopen or take the case, "" if they may, None until it is read."""
        self._renewed_at: datetime | None = None
        self._ending: CaseRef | None = None
        """The case whose hold an act of this session is ending: that it ended is no loss."""
        self._reads = 0
        """The number of reads of the case so far; only the answer of the last one is used."""

    @property
    def login(self) -> str:
        """The login of the person."""
        return self.services.actor.login

    @property
    def is_held(self) -> bool:
        """Whether this person holds the case on the desk."""
        return self.case is not None and not self.is_lost and self.case.header.held_by == self.login

    @property
    def is_unfinished(self) -> bool:
        """Whether `next` would return the case on the desk again, without new evidence."""
        if self.case is None or not self.is_held or self.news:
            return False
        header, now = self.case.header, self.clock.now()
        is_aside = header.aside_until is not None and header.aside_until > now
        return not is_aside and header.held_until is not None and header.held_until > now

    def is_on_desk(self, ref: CaseRef) -> bool:
        """Return whether a case is on the desk under the same hold."""
        return self.case is not None and CaseRef.of(self.case) == ref

    def place(self, case: CaseFile) -> CaseShown:
        """Put a case on the desk; the draft and the revealed fields of the same case stay."""
        is_same = self.case is not None and self.case.header.id == case.header.id
        if not is_same:
            self.revealed.hide_all()
            self.refusals = {}
            self._renewed_at = self.clock.now()
        if not is_same or (self.case is not None and self.case.header.state is not case.header.state):
            # A closed case has no forecast that would replace the one of its last state.
            self.forecast = None
        if self.draft is None or self.draft.case_id != case.header.id:
            self.draft = Draft(case.header.id, case.draft, self.services.drafts.save)
        self.case, self.is_lost, self.news = case, False, ChangesSinceSeen()
        self.zone = ZoneInfo(case.policy.zone)
        return CaseShown(is_same)

    def remove(self, ref: CaseRef | None = None, decided: DecisionResult | None = None) -> CaseRemoved | Superseded:
        """Take the case off the desk; with a reference, only if that case is on it."""
        if ref is not None and not self.is_on_desk(ref):
            return Superseded()
        self.case = self.draft = self._ending = None
        self.is_lost, self.news = False, ChangesSinceSeen()
        self.revealed.hide_all()
        return CaseRemoved(decided)

    async def save_draft(self) -> bool:
        """Save what was typed on the case, and return True.

        Raises:
            WorkbenchError: If it cannot be saved.
        """
        if self.draft is not None:
            await self.draft.save()
        return True

    async def next(self) -> CaseShown | NoNextCase:
        """Put the next case on the desk, or say why there is none."""
        await self.save_draft()
        answer = await self._write(self.services.claims.next, self.scope)
        if isinstance(answer, NoNextCase):
            self.remove()
            return answer
        return self.place(answer)

    async def open_held(self, case: CaseFile) -> CaseShown:
        """Put a held case, which was chosen in a list, on the desk; the draft of the previous case is saved."""
        await self.save_draft()
        self.draft = None
        return self.place(case)

    async def undo(self, undoable: UndoableAct) -> CaseShown | Unchanged:
        """Take back an act; its case comes to the desk if this person holds it afterwards."""
        await self.save_draft()
        try:
            case = await self._write(self.services.undo.undo, undoable.case_id, undoable)
        finally:
            self.undoable = None
        if case.header.held_by != self.login:
            return Unchanged()
        self.draft = None
        return self.place(case)

    async def reload(self, ref: CaseRef) -> CaseShown | Superseded:
        """Read the case again after something about it changed."""
        self._reads += 1
        number = self._reads
        case = await asyncio.to_thread(self.services.casefiles.show, ref.id)
        return self.place(case) if self.is_on_desk(ref) and number == self._reads else Superseded()

    async def give_up(self, ref: CaseRef, act: Callable[..., object], *arguments: object) -> CaseRemoved | Superseded:
        """Carry out an act that ends the hold on the case, and take the case off the desk."""
        await self.save_draft()
        await self._end(act, ref.id, *arguments)
        return self.remove(ref)

    async def _write(self, act: Callable[..., Result], *arguments: object) -> Result:
        """Carry out an act in a thread; if the database file is gone, the draft is saved to a file instead."""
        try:
            return await asyncio.to_thread(act, *arguments)
        except StorageGone:
            if self.draft is not None:
                self.draft.saved = {}
                await self.draft.save()
            raise

    async def decide(self, request: VerdictRequest) -> DecisionResult:
        """Give a verdict; the draft is saved before, so that an undo finds it."""
        await self.save_draft()
        return await self._end(self.services.verdicts.decide, request)

    async def _end(self, act: Callable[..., Result], *arguments: object) -> Result:
        """Carry out an act that ends the hold on the case; until the case leaves the desk, that is no loss."""
        self._ending = CaseRef.of(self.case) if self.case is not None else None
        try:
            return await self._write(act, *arguments)
        except BaseException:
            self._ending = None
            raise

    def finish(self, ref: CaseRef, decided: DecisionResult) -> CaseRemoved | Superseded:
        """Take the case off the desk after its verdict, which can be undone for a while."""
        self.check_reasons[decided.decision_id] = decided.check_for
        self.undoable = act_of(decided)
        return self.remove(ref, decided)

    async def comment(self, ref: CaseRef, text: str) -> CaseShown | Superseded:
        """Write a comment for colleagues."""
        draft = self.draft
        await self._write(self.services.remarks.comment, ref.id, text)
        if draft is not None and draft.case_id == ref.id and draft.change("comment", ""):
            await draft.save()
        return await self.reload(ref)

    async def record(self, ref: CaseRef, act: Callable[..., object], *arguments: object) -> CaseShown | Superseded:
        """Carry out an act that records something about the case, and read the case again."""
        await self._write(act, ref.id, *arguments)
        return await self.reload(ref)

    async def answer(self, ref: CaseRef, question: str, value: ChecklistValue) -> None:
        """Save an answer of the checklist."""
        await self._write(self.services.remarks.checklist, ref.id, question, value, "")

    async def judge(self, ref: CaseRef, number: int, result: ItemResult) -> tuple[ItemLine, ...]:
        """Judge an item to rectify, and return all items."""
        await self._write(self.services.item_judging.judge, ref.id, str(number), result, ref.fence)
        await self.reload(ref)
        return self.case.asked_items if self.case is not None else ()

    async def reveal(self, ref: CaseRef, field: str, *, single: bool = False) -> CaseChanged | Superseded | Unchanged:
        """Reveal a field, or the whole identity on a second press (never if `single`); without a field, show a hint."""
        files, generation = self.services.casefiles, self.revealed.generation
        is_all = not single and self.revealed.is_second_press()
        if not is_all and not field:
            self.revealed.hint()
            return Unchanged()
        if is_all:
            values = await self._write(files.reveal_identity, ref.id)
        else:
            values = {field: await self._write(files.reveal, ref.id, field)}
        # The history panel must show this reveal at once.
        history = (await asyncio.to_thread(files.show, ref.id)).history
        if self.case is None or not self.is_on_desk(ref) or self.revealed.generation != generation:
            return Superseded()
        if is_all:
            self.revealed.reveal_all(values)
        else:
            self.revealed.reveal(field, values[field])
        self.case = replace(self.case, history=history)
        return CaseChanged()

    async def load_forecast(self, case: CaseFile) -> "CaseForecast | None":
        """Return the forecast of a case; None if there is none, or this person may not see it."""
        if not is_allowed(Action.FORECAST, case.header.state, self.services.actor):
            return None
        try:
            # The thread also imports the modules of the forecast, so that the first case need not wait for them.
            forecast = await asyncio.to_thread(lambda: self.services.forecasts.of_case(case.header.id))
        except WorkbenchError:
            return None
        if self.is_on_desk(CaseRef.of(case)):
            self.forecast = forecast
        return forecast

    def note_key(self) -> bool:
        """Record a key press; return whether the hold has to be renewed."""
        self.revealed.note_key()
        now = self.clock.now()
        must_renew = self.is_held and (self._renewed_at is None or now - self._renewed_at >= RENEW_EVERY)
        if must_renew:
            self._renewed_at = now
        return must_renew

    async def renew(self, ref: CaseRef) -> CaseChanged | HoldLost | Superseded | Unchanged:
        """Renew the hold, since its holder is active."""
        until = await self._write(self.services.claims.renew, ref.id)
        if until is None:
            return await self.check_hold(ref, has_ended=True)
        if self.case is None or not self.is_on_desk(ref):
            return Superseded()
        self.case = replace(self.case, header=replace(self.case.header, held_until=until))
        return CaseChanged()

    async def check_hold(self, ref: CaseRef, *, has_ended: bool = False) -> HoldLost | Superseded | Unchanged:
        """Check whether the hold is lost; with `has_ended`, it surely is. A failure of the check is not reported."""
        try:
            loss = await asyncio.to_thread(self.services.claims.loss, ref.id, ref.fence)
        except WorkbenchError:
            return Unchanged()
        if not self.is_on_desk(ref) or ref == self._ending:
            return Superseded()
        if self.is_lost or (loss is None and not has_ended):
            return Unchanged()
        self.is_lost, self.loss = True, loss
        return HoldLost()

    async def refresh(self) -> CaseShown | Unchanged:
        """Read counts, undo and news; place the case as it is now, unless it is lost, or held and has news."""
        case = self.case
        read = asyncio.to_thread(outcomes.read_state, self.services, case, self.scope)
        self.counts, self.undoable, news, current = await read
        if case is None or CaseRef.of(case) == self._ending or not case.shows_same_state_as(self.case):
            return Unchanged()
        self.news = news
        stays = self.is_lost or (news and self.is_held)
        return Unchanged() if current is None or stays else self.place(current)

    def drop_late_undo(self) -> bool:
        """Forget an undoable act whose notice has gone out; return whether there was one."""
        undoable = self.undoable
        is_late = undoable is not None and undoable.until is not None and undoable.until <= self.clock.now()
        if is_late:
            self.undoable = None
        return is_late
