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
    """Collects the notices about suspensions to write in one transaction, whose session the clocks have.

    `history` has the earlier notices. `letters` are the notices to write, `facts` what they announce (case,
    suspension, kind), and `resumed` the cases on which work goes on.
    """

    context: Context
    clocks: Clocks
    history: SuspensionHistories = field(default_factory=dict)
    letters: list[tuple[CaseRow, DueDateMessage]] = field(default_factory=list)
    facts: list[tuple[int, int, SuspensionNotice]] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)

    def unannounced(self, case: CaseRow, *, has_news: bool) -> Sequence[Suspension]:
        """Return the unsettled suspensions that no notice to the applicant of a case announced.

        A receipt that was written since counts as a notice, unless the due date has just changed (`has_news`).
        """
        earlier = self.history[case.id or 0]
        found = (
            one
            for one in self.clocks.concerning(case)
            if not one.is_settled
            and one.id not in earlier[SuspensionNotice.ENDED if one.is_ended else SuspensionNotice.STARTED]
            and (has_news or one.id not in earlier[ClockLetterKind.RECEIPT])
        )
        return sorted(found, key=lambda one: (one.is_ended, one.id))

    def announced_state(self, case: CaseRow, stops: Sequence[Suspension]) -> ClockState | None:
        """Return the state of a clock without the suspensions that no notice to its applicant announced."""
        budget = self.clocks.budget(case)
        known = (one.announced if one in stops else one for one in self.clocks.concerning(case))
        announced = [one for one in known if one is not None]
        return None if budget is None else clock_state(budget, announced, self.clocks.calendar(case))

    def add_notices(self, case: CaseRow, stops: Sequence[Suspension], before: ClockState) -> list[int]:
        """Add the notices to an applicant, and return the ids of the suspensions that they are about.

        Args:
            case: The case, with its due date recomputed.
            stops: The suspensions that no notice to its applicant announced.
            before: The state of its clock that its applicant knows.
        """
        current, case_id = stored_clock_state(case), case.id or 0
        if current is None or CaseState(case.state) not in NOTIFIED_STATES:
            return []
        earlier = self.history[case_id]
        known = earlier[SuspensionNotice.STARTED] | earlier[SuspensionNotice.HELD]
        ended = [one for one in stops if one.is_ended and one.id in known]
        resumed = ended if ended and self.add_end_notice(case, ended) else []
        # The notice that work goes on also covers an ended suspension that the applicant never knew of.
        late = [one for one in stops if not (one.is_ended and ended) and needs_notice(case, one, before, current)]
        if len(late) > 1:
            late = [one for one in late if one.span.is_open or self._moves(case, one, current)] or late
        if late:
            self._add(case, ClockLetterKind.DELAY, late)
        return [one.id for one in (*resumed, *late)]

    def add_end_notice(self, case: CaseRow, ended: Sequence[Suspension]) -> bool:
        """Add the notice that work goes on after suspensions ended, and return whether it was added.

        It is not added if another suspension stops the clock now: the applicant gets the notice when that one ends.
        """
        case_id, now = case.id or 0, self.context.now()
        stopped_by = [one.id for one in self.clocks.concerning(case) if is_suspended([one], now)]
        if stopped_by:
            self.facts.extend((case_id, number, SuspensionNotice.HELD) for number in stopped_by)
            return False
        self._add(case, ClockLetterKind.RESUMED, ended)
        self.resumed.append(case_id)
        return True

    def write(self) -> None:
        """Write the notices, and record what they announce."""
        session, now = self.clocks.session, self.context.now()
        notify(session, self.context, self.letters)
        suspension_notices.record(session, self.facts, now)
        suspension_notices.record_resumption(session, self.resumed, now)

    def _moves(self, case: CaseRow, stop: Suspension, current: ClockState) -> bool:
        """Say whether a suspension moves the due date in addition to the others."""
        without = tuple(one for one in self.clocks.suspensions if one.id != stop.id)
        other = replace(self.clocks, stops=without).state(case)
        return other is not None and other.due_at < current.due_at

    def _add(self, case: CaseRow, kind: ClockLetterKind, stops: Sequence[Suspension]) -> None:
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in stops)
        cause = "\n".join(dict.fromkeys(one.reason for one in stops))
        message = DueDateMessage(kind=kind, cause=cause, is_called_off=is_called_off)
        self.letters.append((case, message))
        for one in stops:
            self.facts.append((case.id or 0, one.id, SuspensionNotice.STARTED))
            if one.is_ended:
                self.facts.append((case.id or 0, one.id, SuspensionNotice.ENDED))


def needs_notice(case: CaseRow, stop: Suspension, before: ClockState, current: ClockState) -> bool:
    """Say whether an applicant gets a notice of a suspension, given the clock's state before and with it."""
    state = CaseState(case.state)
    return state in NOTIFIED_STATES and affects_due_date(
        stop, before.due_at, current, runs=clock_runs(state, case.waits_for)
    )
