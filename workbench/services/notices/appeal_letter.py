"""Letters to applicants about their appeals: the receipt, the answer with its reason, and a withdrawal."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.enums import AppealOutcome, ApplicantKind, CaseState, Language
from db.models import AppealRow, CaseRow, NoticeRow
from db.queries.published import APPLICATION
from workbench.domain.case.appeal import last_filing_day
from workbench.domain.case.case_id import format_case
from workbench.services.case.decisions import appeal_filing_day, first_deadline
from workbench.services.case.known_people import redaction_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.bulk_letters import add_notice
from workbench.services.notices.letter import Bars, Letter, Sender
from workbench.services.notices.letter_measures import bars_in_force
from workbench.services.site.people import solo_reason


class AppealLetterKind(StrEnum):
    """The kind of a letter about an appeal, and of its notice."""

    RECEIVED = "appeal-received"
    DECIDED = "appeal-decided"
    WITHDRAWN = "appeal-withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLetter(Letter):
    """The facts of a letter about an appeal.

    `is_lapse` says that the appeal is against a lapse. `due_at` is when the answer to the appeal is due; in the answer
    to an overturned one, when the review is. `outcome` and `answer` are empty before the decision. `is_decided_alone`
    says that one person reviews alone, who decides the appeal without a check. `appeal_until` is the last day of
    another appeal, and `is_later` says that it is later than the notice of the result says. `rectify_until` is set if a
    lapse was taken back, because the letter with the deadline had been sent late.
    """

    kind: AppealLetterKind
    is_lapse: bool
    bars: tuple[Bars, ...]
    received_on: date
    due_at: datetime | None = None
    outcome: AppealOutcome | None = None
    to_state: CaseState | None = None
    answer: str = ""
    appeal_until: date | None = None
    is_decided_alone: bool = False
    is_later: bool = False
    rectify_until: datetime | None = None

    @property
    def template(self) -> str:
        """The name of the template."""
        return "appeal"

    @property
    def told_due_at(self) -> datetime | None:
        """The due date of the answer, or of the review after it."""
        return self.due_at


def appeal_letter(  # noqa: PLR0913 - a letter needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    appeal: AppealRow,
    kind: AppealLetterKind,
    *,
    due_at: datetime | None,
    result_notice: NoticeRow | None = None,
    bars: tuple[Bars, ...] | None = None,
) -> AppealLetter:
    """Return a letter about an appeal, released when the act on the appeal can no longer be undone.

    `due_at` is when the appeal, or the review after it, is due. `result_notice` is the notice of the appealed result;
    with it, the letter says until when another appeal is possible. `bars` are the bars in force before the act, by
    default those in force now.
    """
    columns = (APPLICATION.c.language, APPLICATION.c.applicant_kind, APPLICATION.c.applicant_name)
    application = session.execute(select(*columns).where(APPLICATION.c.id == case.application_id)).one()
    language, policy = Language(application.language), context.policy(session, case.policy_version_id)
    calendar, now = context.calendar(session, case.policy_version_id), context.now()
    today, rectify_until = calendar.local_day(now), first_deadline(session, case)
    days = [today, *(calendar.local_day(at) for at in (due_at, rectify_until) if at)]
    until = stated = None
    if result_notice is not None:
        until = appeal_filing_day(session, context, case)
        stated = result_notice.appeal_until_on or last_filing_day(
            result_notice.release_at, policy.appeal.file_days, calendar
        )
    return from_row(
        AppealLetter,
        appeal,
        kind=kind,
        language=language,
        applicant_kind=ApplicantKind(application.applicant_kind),
        applicant_name=application.applicant_name,
        case_no=format_case(case.id or 0),
        application_no=case.application_no,
        agent=case.agent,
        supplier=Sender.of(context.policy(session).supplier, language),
        zone=policy.zone,
        written_at=now,
        is_lapse=appeal.state_before == CaseState.LAPSED,
        bars=bars_in_force(session, context, case) if bars is None else bars,
        received_on=calendar.local_day(appeal.received_at),
        due_at=due_at,
        is_decided_alone=bool(appeal.waived if kind is AppealLetterKind.DECIDED else solo_reason(session)),
        appeal_until=until if until is not None and until >= today else None,
        is_later=until != stated,
        rectify_until=rectify_until,
        provisional_years=calendar.provisional_years(today, max(days)),
    )


def notify_of_appeal(
    session: Session, context: Context, case: CaseRow, appeal: AppealRow, kind: AppealLetterKind, **known: Any
) -> str:
    """Write the notice with a letter about an appeal, and return its text with personal values masked.

    `known` are the last arguments of `appeal_letter`.
    """
    gives_date = kind is AppealLetterKind.RECEIVED or appeal.to_state == CaseState.QUEUED
    due_at = case.due_at if gives_date else None
    letter = appeal_letter(session, context, case, appeal, kind, due_at=due_at, **known)
    return redaction_of(session, (case.agent, case.application_no)).mask_in(add_notice(session, letter, case))
