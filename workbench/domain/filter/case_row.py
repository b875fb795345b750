"""A case as a row of a list, and whether its clock is stopped."""

from dataclasses import dataclass
from datetime import datetime

from db import enums
from workbench.domain.case.casefile import CaseLine
from workbench.domain.case.running import is_with_applicant
from workbench.domain.clock.late_risk import LateRisk
from workbench.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRowView(CaseLine):
    """A case as a row of a list.

    Attributes:
        blocks: How many block findings it has.
        warns: How many warnings it has.
        is_returned: Whether a check returned it, so that it waits for its maker.
        reopen_for: The rules whose block findings are newer than the verdict.
        late: Why it is likely late, None if it is not.
        stuck: Why nothing will happen to it by itself, "" if something will.
    """

    blocks: int
    warns: int
    province: str = ""
    service_class: enums.ServiceClass = enums.ServiceClass.STANDARD
    risk: enums.Risk = enums.Risk.LOW
    is_returned: bool = False
    reopen_for: tuple[str, ...] = ()
    late: LateRisk | None = None
    stuck: str = ""


def is_clock_suspended(row: CaseRowView, now: datetime) -> bool:
    """Say whether a suspension without a known end stops the clock of a case that was not overdue before it.

    While it is suspended, a case is overdue only if it was so before.
    """
    start = row.suspended_from
    return start is not None and start <= now and not row.is_overdue and row.state not in enums.FINAL_STATES


def stopped_clock_words(row: CaseRowView, now: datetime) -> str:
    """Return the words shown instead of the due date while the clock is stopped, else an empty text."""
    if is_with_applicant(row.state, row.waits_for):
        return _("with applicant")
    return _("suspended") if is_clock_suspended(row, now) else ""
