"""Appeals as commands and screens show them, and the rules of filing one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from db.enums import AppealOutcome, AppealStatus, CaseState
from workbench.domain.case.records import Waiver
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import due_at, moved_deadline
from workbench.domain.clock.suspension import Suspension
from workbench.i18n import N_

APPEAL_OUTCOME_WORDS = {AppealOutcome.STANDS: N_("stands"), AppealOutcome.OVERTURNED: N_("overturned")}

APPEAL_STATUS_WORDS = {
    AppealStatus.OPEN: N_("not decided yet"),
    AppealStatus.STAGED: N_("decided, waits for a check"),
    AppealStatus.CLOSED: N_("closed"),
    AppealStatus.WITHDRAWN: N_("withdrawn"),
    AppealStatus.UNDONE: N_("undone"),
}

STATES_AFTER_OVERTURN = (CaseState.PASSED, CaseState.QUEUED)
"""The states that a case can get when an appeal is overturned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal against a final fail or a lapse.

    Attributes:
        state_before: The state of the case before the appeal.
        to_state: The state that the decision gives to the case.
        answer: The reason that the applicant reads.
        waived: Why no second person checked the decision, None if that was not waived.
    """

    id: int
    decision_id: int | None
    state_before: CaseState
    grounds: str
    received_at: datetime
    filed_at: datetime
    filed_by: str
    due_at: datetime
    status: AppealStatus
    outcome: AppealOutcome | None
    to_state: CaseState | None
    answer: str
    decided_by: str | None
    decided_at: datetime | None
    checker: str | None
    checked_at: datetime | None
    check_note: str
    release_at: datetime | None
    waived: Waiver | None = None


def staged_appeal(appeals: Sequence[AppealLine]) -> AppealLine | None:
    """Return the appeal whose decision waits for its check, None without one."""
    return next((line for line in appeals if line.status is AppealStatus.STAGED), None)


def open_appeal(appeals: Sequence[AppealLine]) -> AppealLine | None:
    """Return the appeal that is neither closed, withdrawn nor undone, None without one."""
    return next((line for line in appeals if line.status in {AppealStatus.OPEN, AppealStatus.STAGED}), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAppeal:
    """An appealed case as a row of the list of appeals; `left_days` are the working days until it is due."""

    case_id: int
    applicant_name: str
    state_before: CaseState
    received_at: datetime
    due_at: datetime
    left_days: int
    is_overdue: bool
    assignee: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecision:
    """A decision on an appeal.

    Attributes:
        to_state: Passed or queued if the decision overturns the verdict, else None.
        version: The version that the case must still have; None skips the check.
    """

    case_id: int
    outcome: AppealOutcome
    note: str
    to_state: CaseState | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealResult:
    """The result of an act on an appeal.

    Attributes:
        waived: The two-person rules that did not apply.
        reasons: The reasons of the appealed verdict.
        notice: The letter with personal values masked, None without one.
    """

    case_id: int
    appeal_id: int
    state: CaseState
    status: AppealStatus
    outcome: AppealOutcome | None
    to_state: CaseState | None
    due_at: datetime | None
    assignee: str | None
    release_at: datetime | None
    waived: tuple[str, ...] = ()
    decision_id: int | None = None
    reasons: tuple[str, ...] = ()
    notice: str | None = None


def last_filing_day(
    released_at: datetime, file_days: int, calendar: WorkingCalendar, suspensions: Iterable[Suspension] = ()
) -> date:
    """Return the last day on which an appeal can be received, counted like a due date from the release of the notice.

    A period in days starts on the day after that of the notice (民法典, Civil Code, art. 201). Suspensions move it.
    """
    return calendar.local_day(
        moved_deadline(due_at(released_at, file_days, calendar), released_at, suspensions, calendar)
    )
