"""Writes receipts for applicants whose case is first queued, with its number, its due date and the next steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db.models import CaseRow
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.domain.policy.policy import Policy
from workbench.services.foundation.context import Context
from workbench.services.notices.bulk_letters import UnnumberedNotice
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueDateMessage, notice_about, notify


def owes_receipt(due_at: datetime | None, now: datetime) -> bool:
    """Say whether an applicant gets a receipt: only if the due date is in the future.

    An application with a past due date was submitted long ago, and is imported as history.
    """
    return due_at is not None and due_at > now


def shows_forecast(policy: Policy, due_at: datetime, suspended_from: datetime | None, now: datetime) -> bool:
    """Say whether a receipt shows the forecast; while work is suspended, there is none."""
    return policy.forecast.letters_give_forecast and owes_receipt(due_at, now) and suspended_from is None


def receipt_of(
    case: Mapping[str, Any],
    application: Mapping[str, Any],
    forecast: CaseForecast | None,
    findings: tuple[Finding, ...],
    policy: Policy,
    now: datetime,
) -> UnnumberedNotice | None:
    """Return the receipt of a case that is about to be opened; None if its applicant gets none."""
    if not owes_receipt(case["due_at"], now):
        return None
    message = DueDateMessage(kind=ClockLetterKind.RECEIPT, forecast=forecast, findings=findings)
    return notice_about(case, application, message, policy, now)


def send_receipt(
    session: Session, context: Context, case: CaseRow, forecast: CaseForecast | None, findings: tuple[Finding, ...]
) -> None:
    """Write the receipt of a case that has just become complete, in the caller's write transaction."""
    if owes_receipt(case.due_at, context.now()):
        message = DueDateMessage(kind=ClockLetterKind.RECEIPT, forecast=forecast, findings=findings)
        notify(session, context, [(case, message)])
