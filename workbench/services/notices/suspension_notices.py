"""Notices to applicants when a suspension starts and ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from db.enums import CaseState, SuspensionNotice
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.chunks import chunks
from db.queries.published import CASE, NOTICE
from db.queries.suspension_notices import SuspensionHistories
from workbench.domain.case.running import RUNNING_STATES, clock_runs
from workbench.domain.clock.clock import ClockState, affects_due_date, clock_state, is_suspended
from workbench.domain.clock.spans import NEVER
from workbench.domain.clock.suspension import Suspension
from workbench.domain.policy.policy import BilingualText
from workbench.services.case.decisions import appeal_filing_day, items_in_plan, newest_decision
from workbench.services.clock.case_clocks import Clocks, stored_clock_state
from workbench.services.clock.told_deadlines import (
    MOVED_ACTION,
    ToldDeadline,
    current_deadline,
    move_deadlines,
    told_deadlines,
)
from workbench.services.foundation.audit_log import append_many
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind, DeadlineFacts
from workbench.services.notices.due_date_notices import CALENDAR_CHANGED, DueDateMessage, cancel_unsent, notify
from workbench.services.notices.verdict_letter import LetterItem

NOTIFIED_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and gets notices about the due date."""


@dataclass(frozen=True, slots=True)
class SuspensionLetters:
    """Collects notices about suspensions, and writes them in one transaction with the session of `clocks`.

    `history` has the earlier notices, `told` the deadlines of applicants, `corrected` the number and the time of a
    notice of a lapse that was taken back, by case. `messages` are the notices to write, `records` what they announce
    (case id, suspension id, kind), and `resumed_case_ids` the cases whose applicants get the notice that work resumes.
    """

    context: Context
    clocks: Clocks
    history: SuspensionHistories = field(default_factory=dict)
    told: Mapping[int, Sequence[ToldDeadline]] = field(default_factory=dict)
    corrected: dict[int, tuple[int, datetime] | None] = field(default_factory=dict)
    messages: list[tuple[CaseRow, DueDateMessage]] = field(default_factory=list)
    records: list[tuple[int, int, SuspensionNotice]] = field(default_factory=list)
    resumed_case_ids: list[int] = field(default_factory=list)

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
        earlier = self.history[case_id]
        known_ids = earlier[SuspensionNotice.STARTED] | earlier[SuspensionNotice.HELD]
        ended = [one for one in unannounced if one.is_ended and one.id in known_ids]
        resumed = ended if ended and self.add_end_notice(case, ended) else []
        # The notice that work resumes also announces ended suspensions that were never announced before.
        delaying = [
            one for one in unannounced if not (one.is_ended and ended) and self._affects(case, one, before, current)
        ]
        if len(delaying) > 1 and not has_deadline:
            delaying = [one for one in delaying if one.span.is_open or self._moves(case, one, current)] or delaying
        if delaying:
            self._add(case, ClockLetterKind.DELAY, delaying)
        return [one.id for one in (*resumed, *delaying)]

    def add_end_notice(self, case: CaseRow, ended: Sequence[Suspension]) -> bool:
        """Add the notice that work resumes after suspensions ended, and return whether it was added.

        It is not added if another suspension stops the clock now: the applicant gets it when that suspension ends.
        """
        case_id, now = case.id or 0, self.context.now()
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
        session, now = self.clocks.session, self.context.now()
        notify(session, self.context, self.messages)
        suspension_notices.record_notices(session, self.records, now)
        suspension_notices.record_resumption(session, self.resumed_case_ids, now)

    def add_deadline_notice(self, case: CaseRow) -> bool:
        """Add the notice of the suspensions that move a deadline of the applicant, or keep it from passing."""
        told = self._deadline(case)
        moving = (
            []
            if told is None
            else [one for one in self.clocks.suspensions_of(case) if self._moves_deadline(case, told, one)]
        )
        if moving:
            self._add(case, ClockLetterKind.DELAY, moving)
        return bool(moving)

    def _deadline(self, case: CaseRow) -> ToldDeadline | None:
        return current_deadline(case, self.told.get(case.id or 0, ()), self.clocks)

    def _affects(self, case: CaseRow, suspension: Suspension, before: ClockState, current: ClockState) -> bool:
        """Say whether a suspension moves or holds the date that the applicant waits for: the own deadline, if any."""
        told = self._deadline(case)
        if told is None:
            return needs_notice(case, suspension, before, current)
        return self._moves_deadline(case, told, suspension)

    def _moves_deadline(self, case: CaseRow, told: ToldDeadline, suspension: Suspension) -> bool:
        suspensions, calendar = self.clocks.suspensions_of(case), self.clocks.calendar(case)
        moved_at = told.moved(suspensions, calendar)
        if suspension.span.is_open:
            return suspension.span.start < moved_at
        return told.moved([one for one in suspensions if one.id != suspension.id], calendar) < moved_at

    def _moves(self, case: CaseRow, suspension: Suspension, current: ClockState) -> bool:
        """Say whether a suspension moves the due date later than the other suspensions do."""
        others = tuple(one for one in self.clocks.suspensions if one.id != suspension.id)
        without = replace(self.clocks, given_suspensions=others).state(case)
        return without is not None and without.due_at < current.due_at

    def _add(self, case: CaseRow, kind: ClockLetterKind, suspensions: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in suspensions)
        cause = "\n".join(dict.fromkeys(one.reason for one in suspensions))
        message = DueDateMessage(kind=kind, cause=cause, is_called_off=is_called_off)
        if (told := self._deadline(case)) is not None:
            corrects = self.corrected.get(case.id or 0)
            message = message_about(self.clocks, case, told, cause, suspensions, corrects)
            message = replace(message, is_called_off=is_called_off)
        self.messages.append((case, message))
        for one in suspensions:
            self.records.append((case.id or 0, one.id, SuspensionNotice.STARTED))
            if one.is_ended:
                self.records.append((case.id or 0, one.id, SuspensionNotice.ENDED))


def message_about(
    clocks: Clocks,
    case: CaseRow,
    told: ToldDeadline,
    cause: str | BilingualText,
    suspensions: Sequence[Suspension] = (),
    corrects: tuple[int, datetime] | None = None,
) -> DueDateMessage:
    """Return the message about a deadline that some suspensions, or else a day off, move."""
    session, ends = clocks.session, [one.span.end for one in suspensions]
    asked = [LetterItem(one.text, one.deadline_at) for one in told.items]
    if told.what == "answer" and (decision := newest_decision(session, case.id or 0, "applied", "approved")):
        asked = [LetterItem(one.text) for one in items_in_plan(decision)]
    calendar = clocks.calendar(case)
    facts = DeadlineFacts(
        what=told.what,
        from_at=min((one.span.start for one in suspensions), default=None),
        to_at=None if NEVER in ends else max(ends, default=None),
    )
    moved_at = told.current(calendar)
    if told.row is None:
        moved_at = calendar.closing(appeal_filing_day(session, clocks.context, case))
    return DueDateMessage(
        kind=ClockLetterKind.DEADLINE_MOVED,
        cause=cause,
        deadline_at=moved_at,
        asked=tuple(asked),
        deadline=facts,
        corrects=corrects,
    )


def follow_days_off(session: Session, context: Context, case_ids: Sequence[int]) -> None:
    """Move the deadlines of applicants that are on days off to the next working day (Civil Code, art. 203)."""
    clocks, messages, moves = Clocks(session, context), [], {}
    for chunk in chunks(case_ids):
        cases = session.execute(select(CaseRow).where(CASE.c.id.in_(chunk)).order_by(CASE.c.id)).scalars().all()
        all_told = told_deadlines(clocks, cases)
        for case in cases:
            told = all_told.get(case.id or 0, ())
            if body := move_deadlines(case, told, clocks):
                moves[case.id or 0] = body
            if (main := current_deadline(case, told, clocks)) is not None:
                messages.append((case, message_about(clocks, case, main, CALENDAR_CHANGED)))
    append_many(session, context.actor, MOVED_ACTION, context.now(), moves.items())
    notify(session, context, messages)


def follow_undo(session: Session, context: Context, case: CaseRow, act_at: datetime) -> None:
    """Move the deadlines that the undo of an act has restored by what was suspended since, and notify the applicant."""
    clocks = Clocks(session, context)
    letters = SuspensionLetters(context, clocks, told=told_deadlines(clocks, [case]))
    is_moved_since = (NOTICE.c.kind == ClockLetterKind.DEADLINE_MOVED.value, NOTICE.c.created_at >= act_at)
    cancel_unsent(session, context, (NOTICE.c.case_id == case.id, *is_moved_since))
    if body := move_deadlines(case, letters.told.get(case.id or 0, ()), clocks):
        context.log(session, MOVED_ACTION, case_id=case.id, body=body)
        letters.add_deadline_notice(case)
        letters.write()


def is_untold(session: Session, context: Context, case: CaseRow, deadline_at: datetime) -> bool:
    """Cancel the unsent letters that give a moved deadline, and return whether no other letter gave it."""
    gave = (
        NOTICE.c.case_id == case.id,
        NOTICE.c.kind == ClockLetterKind.DEADLINE_MOVED.value,
        NOTICE.c.told_due_at == deadline_at,
    )
    cancel_unsent(session, context, gave)
    return session.execute(select(NOTICE.c.id).where(*gave, NOTICE.c.cancelled_at.is_(None)).limit(1)).first() is None


def needs_notice(case: CaseRow, suspension: Suspension, before: ClockState, current: ClockState) -> bool:
    """Say whether an applicant gets a notice of a suspension, given the state of the clock before and with it."""
    state = CaseState(case.state)
    return state in NOTIFIED_STATES and affects_due_date(
        suspension, before.due_at, current, runs=clock_runs(state, case.waits_for)
    )
