"""Composes the letters about verdicts and appeals from the case and the texts of the policy."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.enums import RESTRICTIONS, AppealStatus, CaseState, Language, Measure, Verdict
from db.models import AppealRow, CaseRow, DecisionRow, NoticeRow
from db.queries.published import APPLICATION
from workbench.domain.case.appeal import last_filing_day
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CachedCase, CaseFile, ItemRequest, VerdictRequest
from workbench.domain.case.items import documents_named
from workbench.domain.case.measures import MeasurePlan
from workbench.domain.text.mask import DOT
from workbench.i18n import comma_joined
from workbench.services.case.assessment import findings_of_case
from workbench.services.case.decisions import appeal_filing_day, first_deadline, items_in_plan, newest_appeal
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.foundation.context import Context
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.bulk_letters import add_notice
from workbench.services.notices.due_date_notices import filing_day_after, provisional_years
from workbench.services.notices.letter import Letter, causes_text, head_of
from workbench.services.notices.letter_facts import (
    AppealLetterKind,
    Bar,
    ClockLetterKind,
    Correction,
    LetterFacts,
    LetterItem,
    LetterReason,
)
from workbench.services.notices.letter_measures import bars_beside, bars_in_force, bars_lifted, without_numbers
from workbench.services.site.people import solo_reason
from workbench.wording.findings import LetterDetails, reason_item, reason_letter

_ASKING = {Verdict.FAIL.value, Verdict.PENDING.value, ClockLetterKind.INCOMPLETE.value}
"""The first kinds of notices of a review that name reasons or ask for something."""


def _details(casefile: CaseFile, code: str, items: Sequence[ItemRequest]) -> LetterDetails:
    """Return the details for the wording of a reason, besides the findings."""
    application = casefile.evidence.application
    ends = {"id_days_left": application.handler_id_valid_to, "licence_days_left": application.licence_valid_to}
    return LetterDetails(
        dates={fact: end for fact, end in ends.items() if end is not None},
        documents=documents_named(code, items, casefile.policy, casefile.findings),
    )


def _reasons(casefile: CaseFile, codes: Sequence[str], items: Sequence[ItemRequest] = ()) -> tuple[LetterReason, ...]:
    """Return each reason with its sentence in the applicant's language."""
    findings, language = casefile.findings, casefile.header.language
    policy = casefile.policy.addressing(casefile.header.applicant_kind)
    return tuple(
        LetterReason(
            code=code,
            sentence=reason_letter(policy.reasons[code], findings, policy, language, _details(casefile, code, items)),
            title=policy.reason_title(code, language),
            shows_code=set(policy.reasons[code].verdicts) != {Verdict.PASS},
        )
        for code in codes
        if code in policy.reasons
    )


def causes(casefile: CaseFile, codes: Sequence[str], items: Sequence[ItemRequest] = ()) -> str:
    """Return the default text of the causes, which the reviewer may edit; the items may name documents."""
    return causes_text(_reasons(casefile, codes, items), Language(casefile.header.language))


def worded_items(
    casefile: CaseFile, items: Sequence[ItemRequest], named: Collection[str] = ()
) -> tuple[ItemRequest, ...]:
    """Return the items with their texts: the reviewer's, else the reason's, else the document's name.

    An item without any text is left out, unless the reviewer `named` its code; then it has the title of the reason. One
    that was not named is left out too if a named one has its text. The items get the documents that their texts list.
    """
    policy, language = casefile.policy.addressing(casefile.header.applicant_kind), casefile.header.language
    asking_for_documents = {code for code, reason in policy.reasons.items() if reason.names_documents}
    names = {kind.value: words.in_language(language) for kind, words in policy.documents.names.items()}
    worded: list[ItemRequest] = []
    for item in items:
        reason, details = policy.reasons.get(item.code), _details(casefile, item.code, items)
        default = "" if reason is None else reason_item(reason, casefile.findings, policy, language, details).strip()
        listed = documents_named(item.code, [item], policy)
        written = comma_joined((names[kind] for kind in listed), language=language) or item.text.strip()
        own = "" if item.code in asking_for_documents and listed else written
        title = reason.title.in_language(language) if reason is not None and item.code in named else ""
        text = own or default or names.get(item.code, "") or title
        if text:
            missing = details.documents if item.code in asking_for_documents else ()
            documents = listed if own else missing or None
            worded.append(ItemRequest(code=item.code, text=text, documents=documents))
    texts_of_named = {item.text for item in worded if item.code in named}
    return tuple(item for item in worded if item.code in named or item.text not in texts_of_named)


def with_clear_findings(session: Session, shown: CaseFile) -> CaseFile:
    """Return a masked case with the phone numbers in its findings in clear."""
    is_masked = any(DOT in finding.subject for finding in shown.findings)
    return replace(shown, findings=findings_of_case(session, shown.header.id)) if is_masked else shown


def with_numbers_in_clear(request: VerdictRequest, shown: CaseFile, clear: CaseFile) -> VerdictRequest:
    """Return a verdict with the numbers in clear in each sentence that the reviewer saw masked and kept as it was."""
    codes = tuple(dict.fromkeys((*request.reasons, *(item.code for item in request.items))))

    def sentences(casefile: CaseFile) -> Iterator[str]:
        yield from (reason.sentence for reason in _reasons(casefile, codes, request.items))
        yield from (item.text for item in worded_items(casefile, [ItemRequest(code=code) for code in codes]))

    sentence_pairs = zip(sentences(shown), sentences(clear), strict=True)
    pairs = [(masked, sentence) for masked, sentence in sentence_pairs if DOT in masked]

    def written(text: str) -> str:
        for masked, sentence in pairs:
            text = text.replace(masked, sentence)
        return text

    return replace(
        request,
        letter=None if request.letter is None else written(request.letter),
        items=tuple(replace(item, text=written(item.text)) for item in request.items),
    )


def verdict_letter(  # noqa: PLR0913, PLR0917 - a letter needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    decision: DecisionRow,
    cached: CachedCase,
    codes: Sequence[str],
    plan: MeasurePlan,
    bars_and_lifted: tuple[tuple[Bar, ...], tuple[Bar, ...]],
) -> Letter:
    """Return the letter about a decision, with the applicant's name and numbers in clear.

    A decision that is not in effect yet corrects the notice that the case names.

    Args:
        session: The transaction.
        context: The policies and the clock.
        case: The case.
        decision: The decision.
        cached: The case as the reviewer saw it.
        codes: The reasons of the decision.
        plan: The measure that it orders.
        bars_and_lifted: The bars in force, and the bars that a pass lifts.
    """
    # The stored text has the causes, unless the reviewer deleted them.
    casefile = cached.casefile if decision.letter else with_clear_findings(session, cached.casefile)
    policy = casefile.policy
    corrects_id = decision.corrects_id or case.corrects_id
    corrected = None if corrects_id is None else session.get_one(DecisionRow, corrects_id)
    correction = _correction(session, context, corrected)
    bars, lifted = bars_and_lifted
    if plan.measure is not Measure.RESTORE:
        # The answer to the appeal that passed the review has already named the lifted bars.
        notified = None if correction and correction.later == "passed" else corrected
        lifted = without_numbers(bars_lifted(session, context, case, notified), plan.numbers)
    bars, lifted = bars_beside(bars, lifted, plan)
    appeal_until = None
    if decision.verdict == Verdict.FAIL or decision.measure in RESTRICTIONS:
        released_at = decision.release_at or context.now() + timedelta(seconds=policy.desk.grace_s)
        appeal_until = filing_day_after(session, context, case, released_at)
    facts = LetterFacts(
        kind=Verdict(decision.verdict),
        release_at=decision.release_at,
        deadline_at=decision.deadline_at,
        fail_kind=decision.fail_kind,
        reasons=_reasons(casefile, codes),
        edited_causes=decision.letter,
        items=tuple(LetterItem(item.text, item.deadline_at) for item in items_in_plan(decision)),
        measure=plan.measure,
        msisdns=plan.numbers,
        waits_for=decision.waits_for,
        next_action_on=decision.until_on,
        appeal_until=appeal_until,
        answer_days=policy.appeal.answer_days,
        corrects=correction,
        bars=bars,
        lifted=lifted,
        is_misuse=any(policy.reasons[code].misuse for code in codes if code in policy.reasons),
        was_asked=decision.verdict == Verdict.PASS and not _ASKING.isdisjoint(line.kind for line in casefile.notices),
        is_decided_alone=bool(decision.waived),
    )
    dates = (decision.deadline_at, decision.until_on, appeal_until)
    return _addressed(session, context, case, casefile.header, facts, dates)


def appeal_letter(  # noqa: PLR0913 - a letter needs all of these facts
    session: Session,
    context: Context,
    case: CaseRow,
    appeal: AppealRow,
    kind: AppealLetterKind,
    *,
    due_at: datetime | None,
    result_notice: NoticeRow | None = None,
    bars: tuple[Bar, ...] | None = None,
) -> Letter:
    """Return a letter about an appeal, released when the act on the appeal can no longer be undone.

    Args:
        session: The transaction.
        context: The policies and the clock.
        case: The case.
        appeal: The appeal.
        kind: The kind of the letter.
        due_at: When the appeal, or the review after it, is due.
        result_notice: The notice of the appealed result, if the letter says until when another appeal is possible.
        bars: The bars in force before the act; None for those in force now.
    """
    columns = (APPLICATION.c.language, APPLICATION.c.applicant_kind)
    application = session.execute(select(*columns).where(APPLICATION.c.id == case.application_id)).one()
    calendar = context.calendar(session, case.policy_version_id)
    until = stated = None
    if result_notice is not None:
        until = appeal_filing_day(session, context, case)
        file_days = context.policy(session, case.policy_version_id).appeal.file_days
        stated = result_notice.appeal_until_on or last_filing_day(result_notice.release_at, file_days, calendar)
    facts = LetterFacts(
        kind=kind,
        release_at=appeal.release_at,
        is_lapse=appeal.state_before == CaseState.LAPSED,
        bars=bars_in_force(session, context, case) if bars is None else bars,
        received_on=calendar.local_day(appeal.received_at),
        due_at=due_at,
        outcome=appeal.outcome,
        to_state=appeal.to_state,
        answer=appeal.answer,
        is_decided_alone=bool(appeal.waived if kind is AppealLetterKind.DECIDED else solo_reason(session)),
        appeal_until=until if until is not None and until >= calendar.local_day(context.now()) else None,
        is_later=until != stated,
        rectify_until=first_deadline(session, case),
    )
    return _addressed(session, context, case, application, facts, (due_at, facts.rectify_until))


def notify_of_appeal(
    session: Session, context: Context, case: CaseRow, appeal: AppealRow, kind: AppealLetterKind, **more: Any
) -> str:
    """Write the notice with a letter about an appeal, and return its text with personal values masked.

    `more` are further arguments of `appeal_letter`.
    """
    gives_date = kind is AppealLetterKind.RECEIVED or appeal.to_state == CaseState.QUEUED
    due_at = case.due_at if gives_date else None
    letter = appeal_letter(session, context, case, appeal, kind, due_at=due_at, **more)
    return redaction_of(session, key_of(case)).mask_in(add_notice(session, letter, case))


def _addressed(
    session: Session, context: Context, case: CaseRow, applicant: Any, facts: LetterFacts, dates: Iterable[date | None]
) -> Letter:
    """Return the letter about a result; `dates` are the days and instants that it states.

    `applicant` has the language and the kind of the applicant.
    """
    to = {"language": applicant.language, "applicant_kind": applicant.applicant_kind}
    policy = replace(context.policy(session, case.policy_version_id), supplier=context.policy(session).supplier)
    known = vars(facts) | head_of({**to, "applicant_name": case.applicant_name}, policy, context.now())
    known["provisional_years"] = provisional_years(session, context, case, dates)
    return Letter(**known, case_no=format_case(case.id or 0), application_no=case.application_no, agent=case.agent)


def _correction(session: Session, context: Context, corrected: DecisionRow | None) -> Correction | None:
    """Return the notice that a letter corrects: the last notice about the result of a verdict.

    This may be a later notice of a lapse or of an appeal. An appeal after which the case was reviewed again has no
    result.
    """
    if corrected is None:
        return None
    appeal = newest_appeal(session, corrected.case_id, AppealStatus.CLOSED)
    answer = "" if appeal is None or appeal.decision_id != corrected.id else appeal.to_state or appeal.outcome
    later = {ClockLetterKind.LAPSED.value: CaseState.LAPSED.value}
    if answer not in {"", CaseState.QUEUED}:
        later[AppealLetterKind.DECIDED.value] = answer
    of_decision = col(NoticeRow.decision_id) == corrected.id
    first_id = select(func.min(NoticeRow.id)).where(of_decision).scalar_subquery()
    notice = session.exec(
        select(NoticeRow)
        .where(NoticeRow.case_id == corrected.case_id, col(NoticeRow.cancelled_at).is_(None))
        .where(of_decision | (col(NoticeRow.kind).in_(later) & (col(NoticeRow.id) > first_id)))
        .order_by(col(NoticeRow.id).desc())
        .limit(1)
    ).first()
    if notice is None:
        return None
    on = notice.created_at.astimezone(context.zone(session)).date()
    return from_row(Correction, corrected, notice_no=notice.id, on=on, later=later.get(notice.kind, ""))
