"""Notices to applicants when a suspension starts and ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from db.enums import CaseState, SuspensionNotice
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.suspension_notices import SuspensionHistories
from workbench.domain.case.running import RUNNING_STATES, clock_runs
from workbench.domain.clock.clock import ClockState, affects_due_date, clock_state, is_suspended
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import Clocks, stored_clock_state
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueDateMessage, notify

NOTIFIED_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and gets notices about the due date."""


@dataclass(frozen=True, slots=True)
class SuspensionLetters:
    """Collects notices about suspensions, and writes them in one transaction with the session of `clocks`.

    `history` has the earlier notices. `messages` are the notices to write, `records` what they announce (case id,
    suspension id, kind), and `resumed_case_ids` the cases whose applicants get the notice that work resumes.
    """

    context: Context
    clocks: Clocks
    history: SuspensionHistories = field(default_factory=dict)
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
        if current is None or CaseState(case.state) not in NOTIFIED_STATES:
            return []
        earlier = self.history[case_id]
        known_ids = earlier[SuspensionNotice.STARTED] | earlier[SuspensionNotice.HELD]
        ended = [one for one in unannounced if one.is_ended and one.id in known_ids]
        resumed = ended if ended and self.add_end_notice(case, ended) else []
        # The notice that work resumes also announces ended suspensions that were never announced before.
        delaying = [
            one for one in unannounced if not (one.is_ended and ended) and needs_notice(case, one, before, current)
        ]
        if len(delaying) > 1:
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

    def _moves(self, case: CaseRow, suspension: Suspension, current: ClockState) -> bool:
        """Say whether a suspension moves the due date later than the other suspensions do."""
        others = tuple(one for one in self.clocks.suspensions if one.id != suspension.id)
        without = replace(self.clocks, given_suspensions=others).state(case)
        return without is not None and without.due_at < current.due_at

    def _add(self, case: CaseRow, kind: ClockLetterKind, suspensions: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in suspensions)
        cause = "\n".join(dict.fromkeys(one.reason for one in suspensions))
        message = DueDateMessage(kind=kind, cause=cause, is_called_off=is_called_off)
        self.messages.append((case, message))
        for one in suspensions:
            self.records.append((case.id or 0, one.id, SuspensionNotice.STARTED))
            if one.is_ended:
                self.records.append((case.id or 0, one.id, SuspensionNotice.ENDED))


def needs_notice(case: CaseRow, suspension: Suspension, before: ClockState, current: ClockState) -> bool:
    """Say whether an applicant gets a notice of a suspension, given the state of the clock before and with it."""
    state = CaseState(case.state)
    return state in NOTIFIED_STATES and affects_due_date(
        suspension, before.due_at, current, runs=clock_runs(state, case.waits_for)
    )
