"""The receipt that an applicant is sent when the case is first queued: number, time, what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db.enums import ApplicantKind, Language
from db.models import CaseRow
from db.queries.published import ImportedRow
from workbench.domain.case.case_id import format_case
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.domain.policy.policy import Policy
from workbench.services.foundation.context import Context
from workbench.services.notices.bulk_letters import APPLICATION_NO, ASKED, EXPECTED, NAME, NUMBER, filled, frame_of
from workbench.services.notices.due_date_letter import ClockLetter, ClockLetterKind, asked_lines, time_told
from workbench.services.notices.due_date_notices import DueNews, tell_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt whose case has no number yet: the same frame for many, and what stands in it for one."""

    frame: Mapping[str, Any]
    applicant_name: str
    application_no: str
    expected: str
    asked: str

    def numbered(self, case_id: int) -> dict[str, Any]:
        """Return the receipt as a row of the notices."""
        words = {
            NUMBER: format_case(case_id),
            NAME: self.applicant_name,
            APPLICATION_NO: self.application_no,
            EXPECTED: self.expected,
            ASKED: self.asked,
        }
        return filled(self.frame, case_id, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a receipt tells beside the application: until when, what is expected, and what was noticed at first.

    `suspended_from` is since when, or from when on, an open suspension stops the clock.
    """

    due_at: datetime
    is_provisional: bool
    suspended_from: datetime | None
    forecast: CaseForecast | None
    findings: tuple[Finding, ...]


def owes_receipt(due_at: datetime | None, now: datetime) -> bool:
    """Say whether an applicant is sent a receipt: not where the date that it would promise is past.

    Such applications were handed in long ago and are imported as history; what was promised then was told then.
    """
    return due_at is not None and due_at > now


def tells_forecast(policy: Policy, due_at: datetime, suspended_from: datetime | None, now: datetime) -> bool:
    """Say whether a receipt tells the forecast; while work is suspended nobody knows how long it takes."""
    return policy.forecast.letters_give_forecast and owes_receipt(due_at, now) and suspended_from is None


def receipt_of(row: ImportedRow, accepted: Accepted, policy: Policy, now: datetime) -> Receipt:
    """Return the receipt of an application whose case is about to be opened."""
    language = Language(row["language"])
    expected, tells_due = time_told(accepted.forecast, policy.forecast, language)
    asked = asked_lines(accepted.findings, policy, language)
    letter = ClockLetter(
        kind=ClockLetterKind.RECEIPT,
        language=language,
        applicant_kind=ApplicantKind(row["applicant_kind"]),
        applicant_name=NAME,
        case_no=NUMBER,
        application_no=APPLICATION_NO,
        due_at=accepted.due_at,
        is_provisional=accepted.is_provisional,
        stopped_at=accepted.suspended_from,
        expected=EXPECTED if expected else "",
        tells_due=tells_due,
        asked=ASKED if asked else "",
        supplier=policy.supplier,
        written_at=now,
        zone=policy.zone,
    )
    return Receipt(
        frame=frame_of(letter),
        applicant_name=row["applicant_name"],
        application_no=row["application_no"],
        expected=expected,
        asked=asked,
    )


def send_receipt(
    session: Session, context: Context, case: CaseRow, forecast: CaseForecast | None, findings: tuple[Finding, ...]
) -> None:
    """Write the receipt of a case that has just become complete, in the caller's write transaction."""
    if owes_receipt(case.due_at, context.now()):
        news = DueNews(kind=ClockLetterKind.RECEIPT, forecast=forecast, asked=findings)
        tell_due(session, context, case, news)
