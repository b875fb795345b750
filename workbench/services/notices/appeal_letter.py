"""Letters to applicants about their appeals: the receipt, the answer with its reason, and a withdrawal."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import select
from sqlmodel import Session

from db.enums import AppealOutcome, ApplicantKind, CaseState, Language
from db.models import AppealRow, CaseRow, NoticeRow
from workbench.domain.case.case_id import format_case
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.case.known_people import redaction_of
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import has_restriction
from workbench.services.notices.verdict_letter import ComposedLetter, Letter, rendered
from workbench.wording.letter_dates import letter_day, plain_day
from workbench.wording.quotation import quoted_if_foreign


class AppealLetterKind(StrEnum):
    """The kind of a letter about an appeal, and of its notice."""

    RECEIVED = "appeal-received"
    DECIDED = "appeal-decided"
    WITHDRAWN = "appeal-withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLetter(Letter):
    """What a letter about an appeal says.

    `is_lapse` says that the appeal is against a lapse. `due_on` is until when the appeal is answered; in the answer to
    an overturned one, until when the case is reviewed. `outcome` and `answer` are empty before the decision.
    """

    kind: AppealLetterKind
    is_lapse: bool
    restricts: bool
    received_on: date
    written_on: date
    due_on: date | None = None
    outcome: AppealOutcome | None = None
    to_state: CaseState | None = None
    answer: str = ""
    appeal_until: date | None = None
    provisional_years: tuple[int, ...] = ()


def compose_appeal_letter(letter: AppealLetter) -> ComposedLetter:
    """Return the subject and body of a letter about an appeal, in the applicant's language."""
    return rendered(
        "appeal_subject",
        "appeal",
        replace(letter, answer=quoted_if_foreign(letter.answer.strip(), letter.language)),
        day=partial(letter_day, language=letter.language),
        written_day=plain_day(letter.written_on, letter.language),
    )


def appeal_letter(  # noqa: PLR0913 - a letter needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    appeal: AppealRow,
    kind: AppealLetterKind,
    *,
    due_at: datetime | None,
    appeal_until: date | None = None,
    restricts: bool | None = None,
) -> ComposedLetter:
    """Return a letter about an appeal.

    `due_at` is when the appeal, or the review after it, is due. `appeal_until` is the last day of
    another appeal against the same result, which the letter gives if it is not past. `restricts` says whether a
    measure was in force before the act, by default whether one is in force now.
    """
    columns = (APPLICATION.c.language, APPLICATION.c.applicant_kind, APPLICATION.c.applicant_name)
    application = session.execute(select(*columns).where(APPLICATION.c.id == case.application_id)).one()
    policy = context.policy(session, case.policy_version_id)
    calendar = context.calendar(session, case.policy_version_id)
    today = calendar.local_day(context.now())
    due_on = None if due_at is None else calendar.local_day(due_at)
    return compose_appeal_letter(
        AppealLetter(
            kind=kind,
            language=Language(application.language),
            applicant_kind=ApplicantKind(application.applicant_kind),
            applicant_name=application.applicant_name,
            case_no=format_case(case.id or 0),
            application_no=case.application_no,
            agent=case.agent,
            supplier=context.policy(session).supplier,
            zone=policy.zone,
            is_lapse=appeal.state_before == CaseState.LAPSED,
            restricts=has_restriction(session, context, case) if restricts is None else restricts,
            received_on=calendar.local_day(appeal.received_at),
            written_on=today,
            due_on=due_on,
            outcome=AppealOutcome(appeal.outcome) if appeal.outcome else None,
            to_state=CaseState(appeal.to_state) if appeal.to_state else None,
            answer=appeal.answer,
            appeal_until=appeal_until if appeal_until is not None and appeal_until >= today else None,
            provisional_years=calendar.provisional_years(today, max(filter(None, (due_on, today)))),
        )
    )


def notify_of_appeal(  # noqa: PLR0913 - a letter needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    appeal: AppealRow,
    kind: AppealLetterKind,
    *,
    release_at: datetime,
    appeal_until: date | None = None,
    restricts: bool | None = None,
) -> str:
    """Write the notice with a letter about an appeal, and return its text with personal values masked."""
    gives_date = kind is AppealLetterKind.RECEIVED or appeal.to_state == CaseState.QUEUED
    due_at = case.due_at if gives_date else None
    letter = appeal_letter(
        session, context, case, appeal, kind, due_at=due_at, appeal_until=appeal_until, restricts=restricts
    )
    language = select(APPLICATION.c.language).where(APPLICATION.c.id == case.application_id)
    session.add(
        NoticeRow(
            case_id=case.id or 0,
            kind=kind.value,
            language=session.execute(language).scalar_one(),
            subject=letter.subject,
            body=letter.body,
            created_at=context.now(),
            release_at=release_at,
            told_due_at=due_at,
        )
    )
    return redaction_of(session, (case.agent, case.application_no)).mask_in(letter.body)
