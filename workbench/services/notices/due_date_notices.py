"""Writes notices about due dates, deadlines and states of cases, in the transaction that changes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, text, update
from sqlmodel import Session

from db.enums import ApplicantKind, CaseState, Language
from db.models import CaseRow
from db.models.life_cycle import OPEN_APPEAL
from db.queries.outbox import is_leased
from db.queries.published import APPEAL, APPLICATION, CASE, NOTICE, chunks
from workbench.domain.case.appeal import last_filing_day
from workbench.domain.case.running import is_with_applicant
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.domain.policy.policy import BilingualText, Policy
from workbench.services.clock.due_date_changes import DueChange, stated_due_dates, write_due_changes
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.bulk_letters import UnnumberedNotice, add_notices, notice_of
from workbench.services.notices.due_date_letter import ClockLetterKind, StatedFacts, forecast_fields, suggestion_lines
from workbench.services.notices.letter import Sender
from workbench.services.notices.letter_measures import bars_in_force

LETTERS_ABOUT_DOCUMENTS = (
    ClockLetterKind.INCOMPLETE.value,
    ClockLetterKind.STILL_INCOMPLETE.value,
    ClockLetterKind.POLICY.value,
)
"""The letters that ask for the documents of an incomplete case."""

_MICROSECOND = timedelta(microseconds=1)
_AT_THE_END_OF_THE_DAY = frozenset({ClockLetterKind.INCOMPLETE, ClockLetterKind.LAPSED})

REVERSIBLE_LETTERS = frozenset(
    {
        *(ClockLetterKind.WITHDRAWN, ClockLetterKind.REOPENED, ClockLetterKind.WAIVED, ClockLetterKind.LAPSE_UNDONE),
        ClockLetterKind.DEADLINE,
    }
)
"""The letters of acts that can be undone; they are released when the undo time ends."""

CALENDAR_CHANGED = BilingualText(en="The working calendar has changed.", zh="工作日安排有调整。")


@dataclass(frozen=True, kw_only=True)
class DueDateMessage(StatedFacts):
    """The message to an applicant about the due date of a case, or about the deadline of a rectification.

    `forecast` was made before the transaction; the policy decides whether the letter shows it. `findings` are those
    that the letter may mention, so that the applicant can act on them early.
    """

    cause: str | BilingualText = ""
    deadline_at: datetime | None = None
    forecast: CaseForecast | None = None
    findings: tuple[Finding, ...] = ()


class _CaseFacts(NamedTuple):
    """The columns of a case that its letters depend on."""

    application_no: str
    agent: str
    due_at: datetime | None
    is_due_provisional: bool
    suspended_from: datetime | None
    state: CaseState
    waits_for: str


class _Applicant(NamedTuple):
    """The columns of an application that its letters depend on."""

    language: Language
    applicant_kind: ApplicantKind
    applicant_name: str


def notify(session: Session, context: Context, messages: Iterable[tuple[Any, DueDateMessage]]) -> datetime:
    """Write notices about cases in the applicants' languages, in the caller's transaction, and return when.

    Each case is a `CaseRow`, or a result row with all columns of the table.
    """
    pairs, now = list(messages), context.now()
    columns = (APPLICATION.c.id, APPLICATION.c.language, APPLICATION.c.applicant_kind, APPLICATION.c.applicant_name)
    wanted = APPLICATION.c.id.in_({case.application_id for case, _message in pairs})
    applications = {row.id: row for row in session.execute(select(*columns).where(wanted))}
    case_ids = [case.id for case, _message in pairs]
    stated = stated_due_dates(session, case_ids)
    appealed = select(APPEAL.c.case_id).where(APPEAL.c.case_id.in_(case_ids), text(OPEN_APPEAL))
    appealed_ids = set(session.execute(appealed).scalars())
    supplier = context.policy(session).supplier
    versions = {case.policy_version_id for case, _message in pairs}
    policies = {one: replace(context.policy(session, one), supplier=supplier) for one in versions}
    notices = []
    for case, given in pairs:
        applicant, policy = applications[case.application_id], policies[case.policy_version_id]
        message = replace(given, is_appeal=True) if case.id in appealed_ids else given
        notice = notice_about(case, applicant, message, policy, now, stated.get(case.id))
        if notice is not None:
            notices.append(notice.numbered(case.id))
    if notices:
        add_notices(session, notices)
    return now


def notify_of_status(session: Session, context: Context, case: CaseRow, message: DueDateMessage) -> None:
    """Write the letter about the state of a case, such as missing documents or a near deadline.

    Its bars are by default those in force now; an act that lifts bars names those before it.
    """
    policy = context.policy(session, case.policy_version_id)
    calendar = context.calendar(session, case.policy_version_id)
    release_at, deadline_at = release_time(session, context, message.kind, policy), message.deadline_at
    suspensions = suspensions_concerning(session, case)
    appeal_until = last_filing_day(release_at, policy.appeal.file_days, calendar, suspensions)
    if message.kind is ClockLetterKind.WITHDRAWN:
        deadline_at = calendar.closing(appeal_until)
    days = [calendar.local_day(at) for at in (deadline_at, case.due_at) if at]
    days += filter(None, [message.asked_until, appeal_until if message.kind is ClockLetterKind.LAPSED else None])
    message = replace(
        message,
        deadline_at=deadline_at,
        bars=bars_in_force(session, context, case) if message.bars is None else message.bars,
        appeal_until=appeal_until,
        answer_days=policy.appeal.answer_days,
        provisional_years=calendar.provisional_years(
            today := calendar.local_day(context.now()), max(days, default=today)
        ),
        release_at=release_at,
    )
    notify(session, context, [(case, message)])


def release_time(session: Session, context: Context, kind: ClockLetterKind, policy: Policy) -> datetime:
    """Return when a letter is released: at the end of the undo time if its act can be undone, otherwise at once.

    The first letter about missing documents and the letter about a missed deadline wait until the end of the day,
    because documents that were received in time often come later, in a separate file.
    """
    if kind in REVERSIBLE_LETTERS:
        return context.now() + timedelta(seconds=policy.desk.grace_s)
    return context.end_of_today(session) + _MICROSECOND if kind in _AT_THE_END_OF_THE_DAY else context.now()


def cancel_unreleased(session: Session, context: Context, case: CaseRow, kind: ClockLetterKind) -> None:
    """Cancel the letters of a kind about a case that are not released yet."""
    unreleased = (NOTICE.c.case_id == case.id, NOTICE.c.kind == kind.value, NOTICE.c.release_at > context.now())
    cancel_unsent(session, context, unreleased)


def cancel_unsent(session: Session, context: Context, of_letters: Iterable[ColumnElement[bool]]) -> dict[int, str]:
    """Cancel letters, released or not, unless they were sent or a gateway is sending them.

    Return the kind of each by its number.
    """
    is_open = (NOTICE.c.cancelled_at.is_(None), NOTICE.c.sent_at.is_(None), ~is_leased(context.now()))
    cancelling = update(NOTICE).where(*of_letters, *is_open).values(cancelled_at=context.now())
    return {row.id: row.kind for row in session.execute(cancelling.returning(NOTICE.c.id, NOTICE.c.kind))}


def notice_of_lapse(session: Session, case: CaseRow) -> tuple[int, datetime] | None:
    """Return the number and the time of the last notice of a lapse, unless it was cancelled before its release."""
    of_lapse = (NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.LAPSED.value)
    columns = (NOTICE.c.id, NOTICE.c.created_at, NOTICE.c.cancelled_at, NOTICE.c.release_at)
    letter = session.execute(select(*columns).where(*of_lapse).order_by(NOTICE.c.id.desc()).limit(1)).first()
    if letter is None or (letter.cancelled_at is not None and letter.cancelled_at < letter.release_at):
        return None
    return letter.id, letter.created_at


def cancel_outdated(session: Session, context: Context, case: CaseRow, *, is_complete: bool) -> None:
    """Cancel the letters about missing documents that are not released yet; of a complete case, all unsent ones."""
    unreleased = [] if is_complete else [NOTICE.c.release_at > context.now()]
    is_about_documents = NOTICE.c.kind.in_(LETTERS_ABOUT_DOCUMENTS)
    cancel_unsent(session, context, (NOTICE.c.case_id == case.id, is_about_documents, *unreleased))


def follow_calendar(session: Session, context: Context, changes: Sequence[DueChange]) -> None:
    """Write the due dates that a calendar change moves, and the notices about them, in the caller's transaction."""
    write_due_changes(session, context, changes)
    message = DueDateMessage(kind=ClockLetterKind.DELAY, cause=CALENDAR_CHANGED)
    for chunk in chunks([one for one in changes if one.is_notified]):
        cases = select(CASE).where(CASE.c.id.in_([one.case_id for one in chunk])).order_by(CASE.c.id)
        notify(session, context, [(case, message) for case in session.execute(cases)])


def notice_about(
    case_row: Any,
    application_row: Any,
    message: DueDateMessage,
    policy: Policy,
    now: datetime,
    told_due_at: datetime | None = None,
) -> UnnumberedNotice | None:
    """Return the notice about a case to its applicant, None if the case has no due date yet.

    The rows of the case and its application may also be mappings. `policy` is the policy of the case with the supplier
    of the policy in force. `told_due_at` is the due date that the last letter stated.
    """
    case, applicant = from_row(_CaseFacts, case_row), from_row(_Applicant, application_row)
    due_at = message.deadline_at or case.due_at
    if due_at is None:
        return None
    language, is_with = applicant.language, is_with_applicant(case.state, case.waits_for)
    # While work is suspended, there is no forecast.
    forecast = None if case.suspended_from else message.forecast
    zone = ZoneInfo(policy.zone)
    cause = message.cause.in_language(language) if isinstance(message.cause, BilingualText) else message.cause
    found_on = now.astimezone(zone).date()
    letter = {
        **applicant._asdict(),
        "application_no": case.application_no,
        "agent": case.agent,
        "due_at": due_at,
        "is_provisional": case.is_due_provisional,
        "stopped_at": None if message.deadline_at else case.suspended_from,
        "is_with_applicant": is_with,
        "awaits_others": case.state is CaseState.PENDING and not is_with,
        "told_on": None if told_due_at is None or message.deadline_at else told_due_at.astimezone(zone).date(),
        "cause": cause.strip(),
        "is_queue_long": message.forecast is not None and message.forecast.is_queue_long,
        **forecast_fields(forecast, policy.forecast, language, due_at.astimezone(zone).date()),
        "suggestions": suggestion_lines(message.findings, policy, language, applicant.applicant_kind, found_on),
        "saved_days": 0 if forecast is None else forecast.saved_days,
        "supplier": Sender.of(policy.supplier, language),
        "written_at": now,
        "zone": policy.zone,
    }
    return notice_of(letter, message)


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
