"""Writes notices about due dates, deadlines and states of cases, in the transaction that changes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Update, select, text, update
from sqlmodel import Session

from db.enums import ApplicantKind, CaseState, Language
from db.models import CaseRow
from db.models.life_cycle import OPEN_APPEAL
from db.queries.outbox import is_leased
from db.queries.published import APPEAL, APPLICATION, CASE, NOTICE, chunks
from workbench.domain.case.act_words import ACT_WORDS
from workbench.domain.case.appeal import last_filing_day
from workbench.domain.case.running import is_with_applicant
from workbench.domain.findings.finding import Finding
from workbench.domain.forecast.result import CaseForecast
from workbench.domain.policy.policy import BilingualText, Policy
from workbench.services.acts.declarations import UNDOABLE
from workbench.services.clock.due_date_changes import DueChange, stated_due_dates, write_due_changes
from workbench.services.foundation.calendar_days import suspensions_concerning
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.bulk_letters import UnnumberedNotice, add_notices, notice_of
from workbench.services.notices.letter import head_of
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts
from workbench.services.notices.letter_measures import bars_in_force
from workbench.wording.findings import LetterDetails
from workbench.wording.what_would_help import findings_in_letters

LETTERS_ABOUT_DOCUMENTS = (
    ClockLetterKind.INCOMPLETE.value,
    ClockLetterKind.STILL_INCOMPLETE.value,
    ClockLetterKind.POLICY.value,
)
"""The letters that ask for the documents of an incomplete case."""

_MICROSECOND = timedelta(microseconds=1)
_AT_THE_END_OF_THE_DAY = frozenset({ClockLetterKind.INCOMPLETE, ClockLetterKind.LAPSED})

# Of the letters of an extension, only that about a deadline is one of an act that can be undone.
REVERSIBLE_LETTERS = frozenset(
    [ClockLetterKind.DEADLINE.value]
    + [kind for name, words in ACT_WORDS.items() if name in UNDOABLE for kind in words.letters.split(",")]
)
"""The letters of acts that can be undone; they are released when the undo time ends."""

CALENDAR_CHANGED = BilingualText(en="The working calendar has changed.", zh="工作日安排有调整。")


class _CaseFacts(NamedTuple):
    """The columns of a case that its letters depend on."""

    application_no: str
    agent: str
    due_at: datetime | None
    is_due_provisional: bool
    suspended_from: datetime | None
    state: CaseState
    waits_for: str


class Outlook(NamedTuple):
    """What a letter may say about what comes: the forecast, made before the transaction, and findings to act on."""

    forecast: CaseForecast | None = None
    findings: Sequence[Finding] = ()


NO_OUTLOOK = Outlook()
_Outlooks = Mapping[int | None, Outlook]
_NO_OUTLOOKS: _Outlooks = {}


def notify(
    session: Session, context: Context, letters: Iterable[tuple[Any, LetterFacts]], outlooks: _Outlooks = _NO_OUTLOOKS
) -> datetime:
    """Write letters about cases in the applicants' languages, and return the time of writing.

    Each case is a `CaseRow`, or a result row with all columns of the table. The outlooks are by case.
    """
    pairs, now = list(letters), context.now()
    columns = (APPLICATION.c.id, APPLICATION.c.language, APPLICATION.c.applicant_kind, APPLICATION.c.applicant_name)
    wanted = APPLICATION.c.id.in_({case.application_id for case, _facts in pairs})
    applications = {row.id: row for row in session.execute(select(*columns).where(wanted))}
    case_ids = [case.id for case, _facts in pairs]
    told_due_dates = stated_due_dates(session, case_ids)
    appealed = select(APPEAL.c.case_id).where(APPEAL.c.case_id.in_(case_ids), text(OPEN_APPEAL))
    appealed_ids = set(session.execute(appealed).scalars())
    supplier = context.policy(session).supplier
    versions = {case.policy_version_id for case, _facts in pairs}
    policies = {one: replace(context.policy(session, one), supplier=supplier) for one in versions}
    notices = []
    for case, given in pairs:
        applicant, policy = applications[case.application_id], policies[case.policy_version_id]
        facts = replace(given, is_appeal=True) if case.id in appealed_ids else given
        outlook, told_due_at = outlooks.get(case.id, NO_OUTLOOK), told_due_dates.get(case.id)
        notice = notice_about(case, applicant, facts, policy, now, outlook, told_due_at)
        if notice is not None:
            notices.append(notice.numbered(case.id))
    if notices:
        add_notices(session, notices)
    return now


def notify_of_status(
    session: Session, context: Context, case: CaseRow, facts: LetterFacts, outlook: Outlook = NO_OUTLOOK
) -> None:
    """Write the letter about the state of a case, such as missing documents or a near deadline.

    By default, the letter names the bars in force now. An act that lifts bars gives the bars before it in `facts`.
    """
    policy = context.policy(session, case.policy_version_id)
    release_at, deadline_at = release_time(session, context, facts.kind, policy), facts.deadline_at
    appeal_until = filing_day_after(session, context, case, release_at)
    if facts.kind is ClockLetterKind.WITHDRAWN:
        deadline_at = context.calendar(session, case.policy_version_id).closing(appeal_until)
    last_day = appeal_until if facts.kind is ClockLetterKind.LAPSED else None
    dates = (deadline_at, case.due_at, facts.asked_until, last_day)
    facts = replace(
        facts,
        deadline_at=deadline_at,
        bars=bars_in_force(session, context, case) if facts.bars is None else facts.bars,
        appeal_until=appeal_until,
        answer_days=policy.appeal.answer_days,
        provisional_years=provisional_years(session, context, case, dates),
        release_at=release_at,
    )
    notify(session, context, [(case, facts)], {case.id: outlook})


def filing_day_after(session: Session, context: Context, case: CaseRow, released_at: datetime) -> date:
    """Return the last day to appeal or to object after a letter that is released at a time."""
    file_days = context.policy(session, case.policy_version_id).appeal.file_days
    calendar = context.calendar(session, case.policy_version_id)
    return last_filing_day(released_at, file_days, calendar, suspensions_concerning(session, case))


def provisional_years(
    session: Session, context: Context, case: CaseRow, dates: Iterable[date | None]
) -> tuple[int, ...]:
    """Return the years with an unpublished calendar on which the days and instants in a letter of today depend."""
    calendar = context.calendar(session, case.policy_version_id)
    days = [calendar.local_day(one) if isinstance(one, datetime) else one for one in dates if one is not None]
    today = calendar.local_day(context.now())
    return calendar.provisional_years(today, max([today, *days]))


def release_time(session: Session, context: Context, kind: StrEnum, policy: Policy) -> datetime:
    """Return when a letter is released: at the end of the undo time if its act can be undone, otherwise at once.

    The first letter about missing documents and the letter about a missed deadline wait until the end of the day,
    because documents that were received in time often come later, in a separate file.
    """
    if kind in REVERSIBLE_LETTERS:
        return context.now() + timedelta(seconds=policy.desk.grace_s)
    return context.end_of_today(session) + _MICROSECOND if kind in _AT_THE_END_OF_THE_DAY else context.now()


def cancelling(context: Context, *of_letters: ColumnElement[bool]) -> Update:
    """Return the update that cancels letters, released or not, unless they were sent or a gateway is sending them."""
    unsent = (NOTICE.c.cancelled_at.is_(None), NOTICE.c.sent_at.is_(None), ~is_leased(context.now()))
    return update(NOTICE).where(*of_letters, *unsent).values(cancelled_at=context.now())


def cancel_unsent(session: Session, context: Context, of_letters: Iterable[ColumnElement[bool]]) -> dict[int, str]:
    """Cancel letters as `cancelling` does, and return the kind of each by its number."""
    return dict(session.execute(cancelling(context, *of_letters).returning(NOTICE.c.id, NOTICE.c.kind)).all())


def cancel_letters(
    session: Session, context: Context, case: CaseRow, kinds: Iterable[str], *conditions: ColumnElement[bool]
) -> dict[int, str]:
    """Cancel the letters of some kinds about a case as `cancel_unsent` does; `conditions` are further ones."""
    return cancel_unsent(session, context, (NOTICE.c.case_id == case.id, NOTICE.c.kind.in_(list(kinds)), *conditions))


def notice_of_lapse(session: Session, case: CaseRow) -> tuple[int, datetime] | None:
    """Return the number and the time of the last notice of a lapse, unless it was cancelled before its release."""
    of_lapse = (NOTICE.c.case_id == case.id, NOTICE.c.kind == ClockLetterKind.LAPSED.value)
    columns = (NOTICE.c.id, NOTICE.c.created_at, NOTICE.c.cancelled_at, NOTICE.c.release_at)
    letter = session.execute(select(*columns).where(*of_lapse).order_by(NOTICE.c.id.desc()).limit(1)).first()
    if letter is None or (letter.cancelled_at is not None and letter.cancelled_at < letter.release_at):
        return None
    return letter.id, letter.created_at


def follow_calendar(session: Session, context: Context, changes: Sequence[DueChange]) -> None:
    """Write the due dates that a calendar change moves, and the notices about them, in the caller's transaction."""
    write_due_changes(session, context, changes)
    facts = LetterFacts(kind=ClockLetterKind.DELAY, cause=CALENDAR_CHANGED)
    for chunk in chunks([one for one in changes if one.is_notified]):
        cases = select(CASE).where(CASE.c.id.in_([one.case_id for one in chunk])).order_by(CASE.c.id)
        notify(session, context, [(case, facts) for case in session.execute(cases)])


def notice_about(  # noqa: PLR0913, PLR0917 - a letter needs all of these facts
    case_row: Any,
    application_row: Any,
    stated: LetterFacts,
    policy: Policy,
    now: datetime,
    outlook: Outlook = NO_OUTLOOK,
    told_due_at: datetime | None = None,
) -> UnnumberedNotice | None:
    """Return the notice about a case to its applicant, None if the applicant gets none.

    Args:
        case_row: The row of the case, or a mapping.
        application_row: The row of its application, or a mapping.
        stated: The facts that an act states.
        policy: The policy of the case, with the supplier of the policy in force.
        now: The time of writing.
        outlook: What the letter may say about what comes.
        told_due_at: The due date that the last letter stated.
    """
    case, head = from_row(_CaseFacts, case_row), head_of(application_row, policy, now)
    due_at = stated.deadline_at or case.due_at
    if due_at is None or (stated.kind is ClockLetterKind.RECEIPT and not owes_receipt(due_at, now)):
        return None
    language, is_with, zone = head["language"], is_with_applicant(case.state, case.waits_for), ZoneInfo(policy.zone)
    cause = stated.cause.in_language(language) if isinstance(stated.cause, BilingualText) else stated.cause
    found_on = now.astimezone(zone).date()
    letter = {
        **head,
        "application_no": case.application_no,
        "agent": case.agent,
        "due_at": due_at,
        "is_provisional": case.is_due_provisional,
        "stopped_at": None if stated.deadline_at else case.suspended_from,
        "is_with_applicant": is_with,
        "awaits_others": case.state is CaseState.PENDING and not is_with,
        "told_on": None if told_due_at is None or stated.deadline_at else told_due_at.astimezone(zone).date(),
        "cause": cause.strip(),
        "is_queue_long": outlook.forecast is not None and outlook.forecast.is_queue_long,
        "suggestions": suggestion_lines(outlook.findings, policy, language, head["applicant_kind"], found_on),
    }
    # While work is suspended, there is no forecast.
    if outlook.forecast is not None and case.suspended_from is None and policy.forecast.letters_give_forecast:
        due_on = due_at.astimezone(zone).date() if policy.forecast.letters_give_due_date else None
        letter |= _forecast_facts(outlook.forecast, language, due_on)
    return notice_of(letter, stated)


def _forecast_facts(forecast: CaseForecast, language: Language, due_on: date | None) -> dict[str, Any]:
    """Return the facts of a letter with a forecast; it shows the due date only if one is given."""
    # Imported on first use, because the wording takes long to import and would delay the first screen.
    from workbench.wording.forecast import letter_sentence

    return {
        "forecast_sentence": letter_sentence(forecast, language, due_on),
        "forecast_days": "" if forecast.has_no_day else f"{forecast.decided.p50}..{forecast.decided.p90}",
        "is_forecast_later": due_on is not None and due_on < forecast.decided.p90,
        "shows_due_date": due_on is not None,
        "saved_days": forecast.saved_days,
    }


def suggestion_lines(
    findings: Sequence[Finding], policy: Policy, language: Language, kind: ApplicantKind, found_on: date
) -> str:
    """Return numbered lines that say in a language what the applicant can do to make the review faster.

    `found_on` is the local day of the findings.
    """
    ends = {
        finding.observes: found_on + timedelta(days=finding.observed)
        for finding in findings
        if finding.unit == "days" and isinstance(finding.observed, int)
    }
    addressed = policy.addressing(kind) if findings else policy
    found = findings_in_letters(findings, addressed, language.value, LetterDetails(dates=ends))
    return "\n".join(
        f"{number}. {noticed}可先提交或整改：{item}。"
        if language is Language.ZH
        else f"{number}. {noticed} You can already submit or correct: {item}."
        for number, (noticed, item) in enumerate(found, start=1)
    )


RECEIPT = LetterFacts(kind=ClockLetterKind.RECEIPT)
"""The receipt of a case that is complete; nobody gets one for an application that was imported as history."""


def owes_receipt(due_at: datetime | None, now: datetime) -> bool:
    """Say whether an applicant gets a receipt: only if the due date is in the future.

    An application with a past due date was submitted long ago, and is imported as history.
    """
    return due_at is not None and due_at > now


def shows_forecast(policy: Policy, due_at: datetime, suspended_from: datetime | None, now: datetime) -> bool:
    """Say whether a receipt shows the forecast; while work is suspended, there is none."""
    return policy.forecast.letters_give_forecast and owes_receipt(due_at, now) and suspended_from is None
