"""Notices about due dates, written in the transaction of whatever moved them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlmodel import Session

from db.enums import ApplicantKind, CaseState, Language
from db.models import CaseRow, NoticeRow
from db.queries.published import table_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.running import is_with_applicant
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.foundation.context import Context
from workbench.services.notices.bulk_letters import APPLICATION_NO, NAME, NUMBER, filled, frame_of
from workbench.services.notices.due_date_letter import (
    ClockLetter,
    ClockLetterKind,
    asked_lines,
    time_told,
)

NOTICE = table_of(NoticeRow)

_RECEIPT = (NOTICE.c.kind == ClockLetterKind.RECEIPT.value, NOTICE.c.cancelled_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNews:
    """What an applicant is told of a due date, and why.

    `deadline_at` is that of a rectification; else it is about the due date that the case has now, which `is_late`
    says will not be kept. `is_called_off` says that a suspension which was announced takes no time. `forecast` was made
    before the transaction; letters tell it as the policy has it. `asked` are findings that the applicant may be asked
    about.
    """

    kind: ClockLetterKind
    cause: str = ""
    deadline_at: datetime | None = None
    is_late: bool = False
    is_called_off: bool = False
    forecast: CaseForecast | None = None
    asked: tuple[Finding, ...] = ()


def tell_due(session: Session, context: Context, case: CaseRow, news: DueNews) -> None:
    """Write the notice that tells an applicant of a due date, released at once, in the caller's transaction."""
    due_at = news.deadline_at or case.due_at
    if due_at is None:
        return
    had_receipt = exists().where(NOTICE.c.case_id == (case.id or 0), *_RECEIPT)
    application = session.execute(
        select(
            APPLICATION.c.language,
            APPLICATION.c.applicant_kind,
            APPLICATION.c.applicant_name,
            had_receipt.label("had_receipt"),
        ).where(APPLICATION.c.id == case.application_id)
    ).one()
    policy = context.policy(session, case.policy_version_id)
    now = context.now()
    language, state = Language(application.language), CaseState(case.state)
    is_with = is_with_applicant(state, case.waits_for)
    # Nobody knows how long it takes while work is suspended.
    forecast = None if case.suspended_from else news.forecast
    expected, tells_due = time_told(forecast, policy.forecast, language)
    letter = ClockLetter(
        kind=news.kind,
        language=language,
        applicant_kind=ApplicantKind(application.applicant_kind),
        applicant_name=NAME,
        case_no=NUMBER,
        application_no=APPLICATION_NO,
        due_at=due_at,
        is_provisional=case.is_due_provisional,
        stopped_at=None if news.deadline_at else case.suspended_from,
        is_late=news.is_late,
        is_called_off=news.is_called_off,
        is_with_applicant=is_with,
        awaits_others=state is CaseState.PENDING and not is_with,
        was_promised=application.had_receipt,
        cause=news.cause.strip(),
        expected=expected,
        tells_due=tells_due,
        asked=asked_lines(news.asked, policy, language),
        supplier=policy.supplier,
        written_at=now,
        zone=policy.zone,
    )
    words = {
        NAME: application.applicant_name,
        NUMBER: format_case(case.id or 0),
        APPLICATION_NO: case.application_no,
    }
    session.execute(insert(NOTICE), [filled(frame_of(letter), case.id or 0, words)])


def with_receipt(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Return which of some cases had a receipt, and so were told when an answer is due."""
    found = select(NOTICE.c.case_id).where(NOTICE.c.case_id.in_(case_ids), *_RECEIPT)
    return set(session.execute(found).scalars())
