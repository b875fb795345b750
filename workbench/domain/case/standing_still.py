"""Cases in a list whose clocks stand still: the date on file will move."""

from datetime import datetime

from db.enums import FINAL_STATES
from workbench.domain.case.casefile import CaseRowView
from workbench.domain.case.running import is_with_applicant
from workbench.i18n import _


def is_suspended(row: CaseRowView, now: datetime) -> bool:
    """Say whether an open suspension stands over a case that was not overdue before."""
    began = row.suspended_from
    return began is not None and began <= now and not row.is_breached and row.state not in FINAL_STATES


def still_words(row: CaseRowView, now: datetime) -> str:
    """Return what a list says instead of the due date of a case whose clock stands still, nothing where it runs."""
    if is_with_applicant(row.state, row.waits_for):
        return _("with applicant")
    return _("suspended") if is_suspended(row, now) else ""
