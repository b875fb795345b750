"""Notices about due dates, written in the transaction of whatever moved them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from db.enums import ApplicantKind, CaseState, Language
from db.models import CaseRow, NoticeRow
from db.queries.published import table_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.running import is_with_applicant
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.domain.policy.policy import Policy
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
    tell_each(session, context, [(case, dict.fromkeys(Language, news))])


def tell_each(session: Session, context: Context, told: Iterable[tuple[Any, Mapping[Language, DueNews]]]) -> None:
    """Write notices about cases, released at once, in the caller's transaction, each in the applicant's language.

    A case is an entity, or a row with all columns. Thousands are told the same in the same words, so each wording is
    composed once.
    """
    pairs = list(told)
    columns = (APPLICATION.c.id, APPLICATION.c.language, APPLICATION.c.applicant_kind, APPLICATION.c.applicant_name)
    wanted = APPLICATION.c.id.in_({case.application_id for case, _news in pairs})
    applications = {row.id: row for row in session.execute(select(*columns).where(wanted))}
    receipts = select(NOTICE.c.case_id).where(NOTICE.c.case_id.in_({case.id for case, _news in pairs}), *_RECEIPT)
    promised = set(session.execute(receipts).scalars())
    now, notices = context.now(), []
    for case, news in pairs:
        application, policy = applications[case.application_id], context.policy(session, case.policy_version_id)
        news_said = news[Language(application.language)]
        letter = _letter(case, application, news_said, policy, now, was_promised=case.id in promised)
        if letter is not None:
            words = {
                NAME: application.applicant_name,
                NUMBER: format_case(case.id),
                APPLICATION_NO: case.application_no,
            }
            notices.append(filled(frame_of(letter), case.id, words))
    if notices:
        session.execute(insert(NOTICE), notices)


def _letter(
    case: Any, application: Any, news: DueNews, policy: Policy, now: datetime, *, was_promised: bool
) -> ClockLetter | None:
    """Return the letter to one applicant with placeholders for what is their own, None before there is a due date."""
    due_at = news.deadline_at or case.due_at
    if due_at is None:
        return None
    language, state = Language(application.language), CaseState(case.state)
    is_with = is_with_applicant(state, case.waits_for)
    # Nobody knows how long it takes while work is suspended.
    forecast = None if case.suspended_from else news.forecast
    expected, tells_due = time_told(forecast, policy.forecast, language)
    return ClockLetter(
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
        was_promised=was_promised,
        cause=news.cause.strip(),
        expected=expected,
        tells_due=tells_due,
        asked=asked_lines(news.asked, policy, language),
        supplier=policy.supplier,
        written_at=now,
        zone=policy.zone,
    )
