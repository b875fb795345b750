"""What lists show instead of a due date while a clock is stopped, since the stored date will move."""

from datetime import datetime

from db.enums import FINAL_STATES
from workbench.domain.case.casefile import CaseRowView
from workbench.domain.case.running import is_with_applicant
from workbench.i18n import _


def is_suspended(row: CaseRowView, now: datetime) -> bool:
    """Say whether an open suspension stops the clock of a case that was not overdue before."""
    began = row.suspended_from
    return began is not None and began <= now and not row.is_breached and row.state not in FINAL_STATES


def stopped_clock_words(row: CaseRowView, now: datetime) -> str:
    """Return the words shown instead of the due date while the clock is stopped, else an empty text."""
    if is_with_applicant(row.state, row.waits_for):
        return _("with applicant")
    return _("suspended") if is_suspended(row, now) else ""
