"""Notices to applicants when a suspension starts and ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState, SuspensionNotice
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.published import CASE, NOTICE
from db.queries.suspension_notices import SuspensionHistories
from workbench.domain.case.running import RUNNING_STATES, clock_runs
from workbench.domain.clock.clock import ClockState, affects_due_date, clock_state, is_suspended
from workbench.domain.clock.spans import NEVER
from workbench.domain.clock.suspension import Suspension
from workbench.domain.policy.policy import BilingualText
from workbench.services.acts.act import note_act
from workbench.services.case.decisions import appeal_filing_day, decision_in_effect, items_in_plan
from workbench.services.clock.case_clocks import Clocks, stored_clock_state
from workbench.services.clock.stated_deadlines import (
    MOVED_ACTION,
    StatedDeadline,
    deadline_in_letter,
    move_deadlines,
    stated_deadlines,
)
from workbench.services.foundation.audit_log import append_many
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import (
    CALENDAR_CHANGED,
    cancel_letters,
    cancel_unsent,
    notice_of_lapse,
    notify,
)
from workbench.services.notices.letter_facts import ClockLetterKind, DeadlineFacts, LetterFacts, LetterItem

_GIVING_A_DEADLINE = (ClockLetterKind.DEADLINE_MOVED.value, ClockLetterKind.DEADLINE_NEAR.value)
NOTIFIED_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and gets notices about the due date."""


@dataclass(frozen=True, slots=True)
class SuspensionLetters:
    """Collects notices about suspensions, and writes them in one transaction.

    Attributes:
        clocks: The clocks of the cases, with the session.
        history: The earlier notices, by case.
        deadlines: The deadlines of applicants, by case.
        unsent: The letters that can be cancelled, by case.
        corrected: The number and the time of the notice of a lapse that was taken back, by case.
        messages: The notices to write.
        records: What the notices announce: case id, suspension id and kind.
        resumed_case_ids: The cases whose applicants get the notice that work resumes.
        cancelled_ids: The letters to cancel.
    """

    clocks: Clocks
    history: SuspensionHistories = field(default_factory=dict)
    deadlines: Mapping[int, list[StatedDeadline]] = field(default_factory=dict)
    unsent: Mapping[int, Sequence[Any]] = field(default_factory=dict)
    corrected: dict[int, tuple[int, datetime] | None] = field(default_factory=dict)
    messages: list[tuple[CaseRow, LetterFacts]] = field(default_factory=list)
    records: list[tuple[int, int, SuspensionNotice]] = field(default_factory=list)
    resumed_case_ids: list[int] = field(default_factory=list)
    cancelled_ids: list[int] = field(default_factory=list)

    def unannounced_suspensions(self, case: CaseRow, *, has_changed: bool) -> Sequence[Suspension]:
        """Return the unsettled suspensions that no notice has announced to the applicant of a case.

        A receipt that was written after the suspension started or ended announces it, unless the stored clock of the
        case has changed in this transaction (`has_changed`).
        """
        earlier = self.history[case.id or 0]
        found = (
            one
            for one in self.clocks.suspensions_of(case)
            if not one.is_settled
            and one.id not in earlier[SuspensionNotice.ENDED if one.is_ended else SuspensionNotice.STARTED]
            and (has_changed or one.id not in earlier[ClockLetterKind.RECEIPT])
        )
        return sorted(found, key=lambda one: (one.is_ended, one.id))

    def last_announced_state(self, case: CaseRow, unannounced: Sequence[Suspension]) -> ClockState | None:
        """Return the state of the clock as the applicant knows it, without the unannounced suspensions."""
        budget = self.clocks.budget(case)
        known = (one.announced if one in unannounced else one for one in self.clocks.suspensions_of(case))
        announced = [one for one in known if one is not None]
        return None if budget is None else clock_state(budget, announced, self.clocks.calendar(case, budget))

    def add_notices(self, case: CaseRow, unannounced: Sequence[Suspension], before: ClockState) -> list[int]:
        """Add the notices to an applicant, and return the ids of the suspensions that they are about.

        Args:
            case: The case, with its due date recomputed.
            unannounced: The suspensions that no notice has announced to the applicant.
            before: The state of the clock that the applicant knows.
        """
        current, case_id = stored_clock_state(case), case.id or 0
        has_deadline = self._deadline(case) is not None
        if current is None or (CaseState(case.state) not in NOTIFIED_STATES and not has_deadline):
            return []
        called_off, unsent = {one.id for one in unannounced if one.is_called_off}, self.unsent.get(case_id, ())
        outdated = [row.id for row in unsent if row.suspension_id in called_off]
        self.cancelled_ids.extend(outdated)
        self.records.extend((case_id, number, SuspensionNotice.ENDED) for number in called_off)
        earlier, withdrawn_ids = self.history[case_id], {row.suspension_id for row in unsent if row.id in outdated}
        known_ids = (earlier[SuspensionNotice.STARTED] | earlier[SuspensionNotice.HELD]) - (withdrawn_ids & called_off)
        ended = [one for one in unannounced if one.is_ended and one.id in known_ids]
        resumed = ended if ended and self._is_news(case, ended) and self.add_end_notice(case, ended) else []
        # A cancelled letter may also have announced other suspensions.
        announced_again = [one for one in self.clocks.suspensions_of(case) if one.id in withdrawn_ids - called_off]
        # The notice that work resumes also announces ended suspensions that were never announced before.
        announceable = [one for one in unannounced if not (one.is_ended and ended)]
        delaying = [*(one for one in announceable if self._affects(case, one, before, current)), *announced_again]
        if len(delaying) > 1 and not has_deadline:
            delaying = [one for one in delaying if one.span.is_open or self._moves(case, one, current)] or delaying
        if delaying:
            self._add(case, ClockLetterKind.DELAY, delaying)
        return [one.id for one in (*resumed, *delaying)]

    def relied_on(self, case: CaseRow) -> Sequence[Suspension]:
        """Return the suspensions as the applicant was told of them, in letters that cannot be cancelled."""
        unsent = {row.suspension_id for row in self.unsent.get(case.id or 0, ())}
        known_ids = self.history[case.id or 0][SuspensionNotice.STARTED] - unsent
        found = self.clocks.suspensions_of(case)
        return [one if one.is_settled or one.id not in known_ids else one.as_announced for one in found]

    def _is_news(self, case: CaseRow, ended: Sequence[Suspension]) -> bool:
        """Say whether the end of suspensions concerns the applicant: one called off only if the deadline changes."""
        deadline = self._deadline(case)
        has_changed = deadline is None or deadline.stored_at(self.clocks.calendar(case)) != deadline.in_force_at
        concerns = (not one.is_called_off or (one.announced and one.announced.span.is_open) for one in ended)
        return has_changed or any(concerns)

    def add_end_notice(self, case: CaseRow, ended: Sequence[Suspension]) -> bool:
        """Add the notice that work resumes after suspensions ended, and return whether it was added.

        It is not added if another suspension stops the clock now: the applicant gets it when that suspension ends.
        """
        case_id, now = case.id or 0, self.clocks.context.now()
        stopping_ids = [one.id for one in self.clocks.suspensions_of(case) if is_suspended([one], now)]
        if CaseState(case.state) not in NOTIFIED_STATES and self._deadline(case) is None:
            return False
        if stopping_ids:
            self.records.extend((case_id, number, SuspensionNotice.HELD) for number in stopping_ids)
            return False
        self._add(case, ClockLetterKind.RESUMED, ended)
        self.resumed_case_ids.append(case_id)
        return True

    def write(self) -> None:
        """Write the notices, and record what they announce."""
        session = self.clocks.session
        moved_ids = [case.id for case, message in self.messages if message.deadline]
        is_replaced = NOTICE.c.case_id.in_(moved_ids) & NOTICE.c.kind.in_(_GIVING_A_DEADLINE)
        cancelled = cancel_unsent(session, self.clocks.context, [NOTICE.c.id.in_(self.cancelled_ids) | is_replaced])
        now = notify(session, self.clocks.context, self.messages)
        suspension_notices.reassign_to_new_letters(session, cancelled, now)
        suspension_notices.record_notices(session, self.records, now)
        suspension_notices.record_resumption(session, self.resumed_case_ids, now)

    def add_deadline_notice(self, case: CaseRow) -> bool:
        """Add the notice of the suspensions that move a deadline of the applicant, or keep it from passing."""
        deadline, found = self._deadline(case), self.clocks.suspensions_of(case)
        moving = [one for one in found if deadline is not None and self._moves_deadline(case, deadline, one)]
        if moving:
            self._add(case, ClockLetterKind.DELAY, moving)
        return bool(moving)

    def _deadline(self, case: CaseRow) -> StatedDeadline | None:
        return deadline_in_letter(case, self.deadlines.get(case.id or 0, ()), self.clocks)

    def _affects(self, case: CaseRow, suspension: Suspension, before: ClockState, current: ClockState) -> bool:
        """Say whether a suspension moves or holds the deadline of the applicant or, if there is none, the due date."""
        deadline = self._deadline(case)
        if deadline is None:
            runs = clock_runs(CaseState(case.state), case.waits_for)
            return case.state in NOTIFIED_STATES and affects_due_date(suspension, before.due_at, current, runs=runs)
        return self._moves_deadline(case, deadline, suspension)

    def _moves_deadline(self, case: CaseRow, deadline: StatedDeadline, suspension: Suspension) -> bool:
        suspensions, calendar = self.clocks.suspensions_of(case), self.clocks.calendar(case)
        moved_at = deadline.moved(suspensions, calendar)
        if suspension.span.is_open:
            return suspension.span.start < moved_at
        return deadline.moved([one for one in suspensions if one.id != suspension.id], calendar) < moved_at

    def _moves(self, case: CaseRow, suspension: Suspension, current: ClockState) -> bool:
        """Say whether a suspension moves the due date later than the other suspensions do."""
        others = tuple(one for one in self.clocks.suspensions if one.id != suspension.id)
        without = replace(self.clocks, given_suspensions=others).state(case)
        return without is not None and without.due_at < current.due_at

    def _add(self, case: CaseRow, kind: ClockLetterKind, suspensions: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in suspensions)
        cause = "\n".join(dict.fromkeys(one.reason for one in suspensions))
        message = LetterFacts(kind=kind, cause=cause, is_called_off=is_called_off)
        if (deadline := self._deadline(case)) is not None:
            message = self.about_deadline(case, deadline, suspensions)
        self.messages.append((case, message))
        for one in suspensions:
            self.records.append((case.id or 0, one.id, SuspensionNotice.STARTED))
            if one.is_ended:
                self.records.append((case.id or 0, one.id, SuspensionNotice.ENDED))

    def about_deadline(
        self, case: CaseRow, stated: StatedDeadline, suspensions: Sequence[Suspension], cause: str | BilingualText = ""
    ) -> LetterFacts:
        """Return the message about a deadline that suspensions, or else a day off, move.

        It replaces the unsent messages. Therefore, it is also about their suspensions that are not over, and names the
        causes of those that are over and moved the deadline.
        """
        clocks, now = self.clocks, self.clocks.context.now()
        calendar, unsent = clocks.calendar(case), self.unsent.get(case.id or 0, ())
        ids = {row.suspension_id for row in unsent if row.kind == ClockLetterKind.DEADLINE_MOVED}
        ids |= {one.id for one in suspensions}
        concerned = [one for one in clocks.suspensions_of(case) if one.id in ids and not one.span.is_empty]
        not_over = [one for one in concerned if one.span.end > now]
        moving = not_over or [one for one in concerned if one in suspensions]
        # Two suspensions at the same time both move the deadline, though without one of them it stays the same.
        already_over = [one for one in concerned if moving and one not in moving]
        causes = moving + [one for one in already_over if stated.moved((one,), calendar) > stated.deadline_at]
        causes += [one for one in already_over if self._moves_deadline(case, stated, one)]
        corrects = self.corrected.get(case.id or 0)
        if unsent and corrects is None and case.state == CaseState.RECTIFYING:
            lapse = notice_of_lapse(clocks.session, case)
            corrects = lapse if lapse and lapse[1] > stated.told_at else None
        asked = [LetterItem(one.text, one.deadline_at) for one in stated.items]
        if stated.what == "answer" and (decision := decision_in_effect(clocks.session, case.id or 0)):
            asked = [LetterItem(one.text) for one in items_in_plan(decision)]
        moved_at = stated.stored_at(calendar)
        if stated.row is None:
            moved_at = calendar.closing(appeal_filing_day(clocks.session, self.clocks.context, case))
        ends = [one.span.end for one in moving]
        facts = DeadlineFacts(
            what=stated.what,
            from_at=min((one.span.start for one in not_over or causes or suspensions), default=None),
            to_at=None if NEVER in ends else max(ends, default=None),
            former_at=stated.deadline_at if unsent else stated.in_force_at,
            is_moved=moved_at != (stated.in_force_at if stated.row is None else stated.deadline_at),
        )
        return LetterFacts(
            kind=ClockLetterKind.DEADLINE_MOVED,
            cause="\n".join(dict.fromkeys(one.reason for one in causes or suspensions)) or cause,
            is_called_off=bool(suspensions) and not moving,
            deadline_at=moved_at,
            asked=tuple(asked),
            deadline=facts,
            corrects=corrects,
        )


def letters_about(clocks: Clocks, cases: Sequence[CaseRow]) -> SuspensionLetters:
    """Return the letters about suspensions, and about the deadlines of applicants, that some cases may get."""
    session, ids = clocks.session, [case.id or 0 for case in cases]
    ending = [one for one in clocks.given_suspensions or () if one.is_ended and not one.is_settled]
    was_open = {one.id: one.announced is not None and one.announced.span.is_open for one in ending}
    sent = suspension_notices.notices_sent(session, ids, was_open)
    unsent = suspension_notices.unsent_letters(session, ids, clocks.context.now())
    return SuspensionLetters(clocks, sent, stated_deadlines(clocks, cases), unsent)


def follow_days_off(
    session: Session, context: Context, case_ids: Sequence[int], days: Sequence[date]
) -> Sequence[tuple[CaseRow, StatedDeadline, datetime]]:
    """Move the deadlines of applicants on days off to the next working day (Civil Code, art. 203), and return them."""
    clocks, moved, moves = Clocks(session, context), [], {}
    cases = session.execute(select(CaseRow).where(CASE.c.id.in_(case_ids)).order_by(CASE.c.id)).scalars().all()
    letters = letters_about(clocks, cases)
    for case in cases:
        deadlines = letters.deadlines.get(case.id or 0, [])
        if body := move_deadlines(case, deadlines, clocks):
            moves[case.id or 0] = {**body, "moved_by": f"days {' '.join(map(str, days))}"}
        deadline = deadline_in_letter(case, deadlines, clocks)
        if deadline is not None and (body or deadline.row is None):
            message = letters.about_deadline(case, deadline, (), CALENDAR_CHANGED)
            letters.messages.append((case, message))
            moved.append((case, deadline, message.deadline_at or deadline.in_force_at))
    append_many(session, context.actor, MOVED_ACTION, context.now(), moves.items())
    letters.write()
    return moved


def follow_undo(session: Session, context: Context, case: CaseRow, act_at: datetime) -> None:
    """Move the deadlines that the undo of an act has restored by what was suspended since, and notify the applicant."""
    clocks = Clocks(session, context)
    letters = letters_about(clocks, [case])
    cancel_letters(session, context, case, (ClockLetterKind.DEADLINE_MOVED,), NOTICE.c.created_at >= act_at)
    if body := move_deadlines(case, letters.deadlines.get(case.id or 0, []), clocks):
        note_act(session, context, MOVED_ACTION, case.id, body)
        letters.add_deadline_notice(case)
        letters.write()
