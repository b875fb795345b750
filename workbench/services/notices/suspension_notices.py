"""Notices to applicants when a suspension starts and ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.enums import CaseState, SuspensionNotice
from db.models import CaseRow
from db.queries import suspension_notices
from db.queries.suspension_notices import SuspensionHistories
from workbench.domain.case.running import RUNNING_STATES, clock_runs
from workbench.domain.clock.clock import Standing, is_felt, is_suspended, standing_of
from workbench.domain.clock.suspension import Suspension
from workbench.services.clock.case_clocks import Clocks, kept
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueNews, tell_due

TOLD_STATES = RUNNING_STATES | {CaseState.RECTIFYING}
"""The states in which an applicant waits for an answer, and so is told of its date."""


@dataclass(frozen=True, slots=True)
class SuspensionLetters:
    """The notices about suspensions that applicants are owed, in the write transaction of their clocks.

    `told` is what they were told before.
    """

    context: Context
    clocks: Clocks
    told: SuspensionHistories

    def untold(self, case: CaseRow, *, has_news: bool) -> tuple[Suspension, ...]:
        """Return the suspensions that due dates are to take in and that an applicant is still to be told of.

        If the due date `has_news` of none, a receipt that was written since has told of them.
        """
        history = self.told[case.id or 0]
        return tuple(
            one
            for one in self.clocks.concerning(case)
            if not one.is_settled
            and one.id not in history[SuspensionNotice.ENDED if one.is_ended else SuspensionNotice.STARTED]
            and (has_news or one.id not in history[ClockLetterKind.RECEIPT])
        )

    def standing_as_told(self, case: CaseRow, untold: Sequence[Suspension]) -> Standing | None:
        """Return where a clock stands as its applicant knows it: without what is untold of suspensions."""
        budget = self.clocks.budget(case)
        known = (one.announced if one in untold else one for one in self.clocks.concerning(case))
        stops = [one for one in known if one is not None]
        return None if budget is None else standing_of(budget, stops, self.clocks.calendar(case))

    def tell(self, case: CaseRow, untold: Sequence[Suspension], before: datetime) -> list[int]:
        """Write the notices that an applicant is owed, and return the numbers of the suspensions they are about.

        Args:
            case: The case.
            untold: The suspensions that its applicant is still to be told of.
            before: The due date as its applicant knows it.
        """
        standing, case_id = kept(case), case.id or 0
        if standing is None or CaseState(case.state) not in TOLD_STATES:
            return []
        history = self.told[case_id]
        known = history[SuspensionNotice.STARTED] | history[SuspensionNotice.HELD]
        resumed = [one for one in untold if one.is_ended and one.id in known]
        # Whoever is told that work goes on need not be told of a suspension that had stopped their clock unnoticed.
        begun = [one for one in untold if not (one.is_ended and resumed)]
        if resumed and hold_back(self.context, self.clocks, case):
            resumed = []
        if resumed:
            self._write(case, ClockLetterKind.RESUMED, resumed)
            suspension_notices.tell_resumed(self.clocks.session, case_id, self.context.now())
        late = [one for one in begun if is_owed(self.clocks, case, before, one, standing)]
        if len(late) > 1:
            late = [one for one in late if one.span.is_open or self._moves(case, one, standing)] or late
        if late:
            self._write(case, ClockLetterKind.DELAY, late)
        return [one.id for one in (*resumed, *late)]

    def _moves(self, case: CaseRow, stop: Suspension, standing: Standing) -> bool:
        """Say whether a suspension moves the due date, beside the others."""
        without = tuple(one for one in self.clocks.suspensions if one.id != stop.id)
        other = replace(self.clocks, stops=without).standing(case)
        return other is not None and other.due_at < standing.due_at

    def _write(self, case: CaseRow, kind: ClockLetterKind, stops: Sequence[Suspension]) -> None:
        session, now = self.clocks.session, self.context.now()
        is_called_off = kind is ClockLetterKind.RESUMED and all(one.span.is_empty for one in stops)
        cause = "\n".join(dict.fromkeys(one.reason for one in stops))
        tell_due(session, self.context, case, DueNews(kind=kind, cause=cause, is_called_off=is_called_off))
        for told, ids in (
            (SuspensionNotice.STARTED, [one.id for one in stops]),
            (SuspensionNotice.ENDED, [one.id for one in stops if one.is_ended]),
        ):
            suspension_notices.tell(session, told, case.id or 0, ids, now)


def is_owed(clocks: Clocks, case: CaseRow, before: datetime, stop: Suspension, standing: Standing) -> bool:
    """Say whether an applicant is to be told of a suspension.

    Args:
        clocks: The clocks with the suspension.
        case: The case.
        before: Its due date without the suspension.
        stop: The suspension.
        standing: Where the clock of the case stands with it.
    """
    state = CaseState(case.state)
    if state not in TOLD_STATES or stop.id not in {one.id for one in clocks.concerning(case)}:
        return False
    return is_felt(stop, before, standing, runs=clock_runs(state, case.waits_for))


def hold_back(context: Context, clocks: Clocks, case: CaseRow) -> bool:
    """Say whether another suspension stops a clock now; if so its applicant is told that work goes on when it ends."""
    now = context.now()
    stopped_by = [one.id for one in clocks.concerning(case) if is_suspended([one], now)]
    suspension_notices.tell(clocks.session, SuspensionNotice.HELD, case.id or 0, stopped_by, now)
    return bool(stopped_by)
